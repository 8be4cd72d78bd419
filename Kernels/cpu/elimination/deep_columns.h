/* The columns of a deep network's Jacobian as a column generator for the elimination. Private to Kernels/cpu.
 *
 * The derivative by weight (u, c) of layer l is  delta_l[u] f~_{l-1}[c],  delta_{h-1} = v a_{h-1} and
 * delta_l = a_l (W_{l+1}^T delta_{l+1}), entry by entry (docs/mathematics.md, section 9). f and delta are computed mod
 * p, forward and backward, for the network's activation patterns and its floats as the rationals they are. */
#ifndef FR_CPU_DEEP_SOURCE_H
#define FR_CPU_DEEP_SOURCE_H

#include "samples/deep_network.h"
#include "elimination/elimination.h"

typedef struct fr_deep_matrix { /* points x columns, residues */
    fr_grouped entries;
    int64_t columns;
} fr_deep_matrix;

typedef struct fr_deep_column { /* a product of two columns; input.at NULL: a bias */
    fr_grouped delta, input;
} fr_deep_column;

typedef struct fr_deep_generator {
    fr_column_generator generator; /* the first member: it is cast back to this */
    fr_deep_network *network;
    fr_residues residues;
    fr_deep_matrix *inputs; /* by layer: f_{l-1} */
    fr_deep_matrix *deltas; /* by layer */
    double *factors;        /* of a product: W or its transpose */

    int64_t layer, unit, coordinate; /* of the next column; layer < 0: none left */
    int64_t capacity, count;
    fr_deep_column *columns;         /* of the block */
    int64_t *column_numbers;
} fr_deep_generator;

/* capacity: the largest number of columns per block. */
bool fr_deep_generator_create(fr_deep_generator *generator, fr_deep_network *network, fr_residues residues,
                              int64_t capacity);
void fr_deep_generator_destroy(fr_deep_generator *generator);
/* Returns to the first column of the trial that was begun. */
void fr_deep_generator_begin(fr_deep_generator *generator);

#endif
