/* The forward and backward pass of a network modulo a prime, on some points: the factors of the Jacobian's entries.
 * Private to Kernels/cpu. */
#ifndef FR_CPU_NETWORK_PASSES_H
#define FR_CPU_NETWORK_PASSES_H

#include "network/activity.h"
#include "vector/isa.h"

typedef struct fr_residue_matrix {
    fr_grouped rows;
    int64_t columns;
} fr_residue_matrix;

static inline double *fr_residue_at(fr_residue_matrix m, int64_t row, int64_t column) {
    return fr_grouped_row(m.rows, row) + column * FR_GROUP;
}

typedef struct fr_passes {
    const fr_network_shape *shape;
    const fr_isa *isa;
    fr_field field;
    const double *powers; /* of two: FR_POWER_COUNT */
    int64_t capacity;     /* points */
    int64_t set;
    bool signs;           /* the activity is wanted */
    fr_activity activity;
    double **forward, **backward, **biases; /* by layer: -W^T and -W as right factors of a product; b */
    fr_residue_matrix *inputs;  /* by layer: f_{l-1}, points x d_{l-1} */
    fr_residue_matrix *gains;   /* by hidden layer: phi'(z_l), points x d_l */
    fr_residue_matrix *deltas;  /* by layer: delta_l, rows x d_l; of the last layer: only if it is trained or the only one */
} fr_passes;

/* Bytes it takes. */
double fr_passes_memory(const fr_network_shape *shape, int64_t capacity);
/* powers is kept by the caller. threads: most of a pool that fr_passes_run is given. False: out of memory. */
bool fr_passes_create(fr_passes *passes, const fr_network_shape *shape, const fr_isa *isa, fr_field field,
                      const double *powers, int64_t capacity, int threads);
void fr_passes_destroy(fr_passes *passes);
/* The set's parameters, modulo the prime. */
void fr_passes_begin(fr_passes *passes, int64_t set);
/* `count` <= capacity points from `first` on. pool: NULL, or to be split over. False: out of memory. */
bool fr_passes_run(fr_passes *passes, fr_pool *pool, int64_t first, int64_t count);

/* Residues of a set's parameters and of points, given or drawn (network/residues.c). */
void fr_network_parameter_residues(const fr_passes *passes, int64_t set, int64_t layer, double *weights,
                                   double *biases);
void fr_network_point_residues(const fr_passes *passes, int64_t first, int64_t count, fr_residue_matrix out);
/* The coefficient of the i-th chosen output in the row of a point. */
double fr_network_functional(const fr_passes *passes, int64_t point, int64_t index);

#endif
