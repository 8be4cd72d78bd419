/* Which of a layer's inputs are enough: the others are the same combinations of them at every point. Private to
 * Kernels/cpu.
 *
 * f_c = sum over the kept b of lambda_(b, c) f_b: so is a unit's column delta_u f_c of its columns delta_u f_b. At
 * drawn points the f are generic: what holds at eight more points than the rank holds at all, but for a coincidence
 * that could only lower the rank. */
#ifndef FR_CPU_NETWORK_COORDINATE_BASIS_H
#define FR_CPU_NETWORK_COORDINATE_BASIS_H

#include "network/passes.h"

typedef struct fr_coordinate_basis {
    int64_t count;     /* d_{l-1} */
    int64_t rank;
    uint8_t *kept;     /* by coordinate: 1 if it is in the basis */
    int64_t *pivots;   /* the basis, in the order in which it was found */
    double *relations; /* rank x count: row i has lambda of pivots[i] */
} fr_coordinate_basis;

/* False: out of memory. */
bool fr_coordinate_basis_create(fr_coordinate_basis *basis, int64_t count);
void fr_coordinate_basis_destroy(fr_coordinate_basis *basis);
/* Of the first `points` rows of values. False: out of memory. */
bool fr_coordinate_basis_find(fr_coordinate_basis *basis, fr_field field, fr_residue_matrix values, int64_t points);

#endif
