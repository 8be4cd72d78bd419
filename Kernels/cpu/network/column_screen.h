/* Which columns of a Jacobian can still raise its rank, before they are computed. Private to Kernels/cpu.
 *
 * A random vector g of the left kernel of all columns so far (fr_random_relation) is orthogonal to a new column that
 * depends on them, and to any other one with probability 1/p. Of a unit's columns delta_u f_c the products are
 * sum over the points of (g delta_u) f_c: n multiply-adds a column, where an elimination takes rank x (n - rank).
 * Two vectors are tried. g stays good for columns that come later; it then finds fewer of those that are useless. */
#ifndef FR_CPU_NETWORK_COLUMN_SCREEN_H
#define FR_CPU_NETWORK_COLUMN_SCREEN_H

#include "elimination/elimination.h"
#include "network/passes.h"

#define FR_SCREEN_VECTORS 2

typedef struct fr_column_screen {
    const fr_passes *passes;
    int64_t rows, groups;
    double *vectors[FR_SCREEN_VECTORS]; /* g: one number a row, zeros up to whole groups */
    double *weighted;                   /* g delta_u */
    double *sums;                       /* coordinates x FR_GROUP */
    uint8_t *raises;                    /* of the unit looked at: its coordinates, the bias last */
    int64_t layer, unit;                /* that unit; -1 */
} fr_column_screen;

/* For one row a point. False: out of memory. */
bool fr_column_screen_create(fr_column_screen *screen, const fr_passes *passes, int64_t rows);
void fr_column_screen_destroy(fr_column_screen *screen);
/* New vectors, of the columns eliminated so far. */
void fr_column_screen_renew(fr_column_screen *screen, const fr_workspace *workspace, fr_pool *pool);
/* 1 for each coordinate of the unit whose column can raise the rank. */
const uint8_t *fr_column_screen_unit(fr_column_screen *screen, int64_t layer, int64_t unit);

#endif
