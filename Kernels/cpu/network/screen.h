/* Which rows of the Jacobian can raise the rank: those on which a random relation of the rows so far is not 0. Private
 * to Kernels/cpu.
 *
 * A relation is a vector of parameters, g, with J g = 0 for every row taken so far; J(x) g is the derivative of the
 * outputs at x in the direction g, one more forward pass for all outputs of a point, where the elimination would take
 * rank x (P - rank) multiply-adds for each of them. Two relations: a row that would raise the rank is missed with
 * probability p^-2. */
#ifndef FR_CPU_NETWORK_SCREEN_H
#define FR_CPU_NETWORK_SCREEN_H

#include "elimination/elimination.h"
#include "network/passes.h"

/* A trained parameter of layer `layer`, from 0; coordinate d_{l-1}: the bias. */
typedef struct fr_parameter { int32_t layer, unit, coordinate; } fr_parameter;

typedef struct fr_screen {
    const fr_passes *passes;
    double **factors, **biases; /* by layer: the direction's weights as a right factor, negative; its biases */
    fr_residue_matrix *tangents;      /* by layer: the derivative of f_l, points x d_l; of the last one, of z_L */
    double *direction;          /* a number for each parameter */
    uint8_t *raises;            /* of the chunk's rows: 1 if the row may raise the rank */
} fr_screen;

/* False: out of memory. parameters: how many are kept. */
bool fr_screen_create(fr_screen *screen, const fr_passes *passes, int64_t parameters);
void fr_screen_destroy(fr_screen *screen);
/* Looks at the rows of the `count` points that `passes` has run, from `first` on. parameters: the elimination's rows.
 */
void fr_screen_run(fr_screen *screen, fr_pool *pool, const fr_workspace *workspace, const fr_parameter *parameters,
                   int64_t parameter_count, int64_t first, int64_t count);

#endif
