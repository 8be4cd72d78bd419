/* One trial of a deep ReLU network: floats and activation patterns, layer by layer. Private to Kernels/cpu.
 *
 * Hidden layers count from 0, h of them, widths d_0 ... d_{h-1}; layer l maps f_{l-1} to f_l = a_l (W_l f_{l-1} + b_l)
 * entry by entry, f_{-1} = x; the output is v . f_{h-1}. A unit's activity a is the exact sign of its weights and bias
 * on the floats that it receives; f_l is computed in double precision, the bias first, then products in the order of
 * the inputs, every operation rounded. */
#ifndef FR_CPU_DEEP_NETWORK_H
#define FR_CPU_DEEP_NETWORK_H

#include "samples/trial.h"

typedef struct fr_deep_layer {
    fr_problem problem;  /* the layer as a shallow network: its inputs, its units */
    fr_trial trial;
    double *weights;     /* units x inputs, row-major */
    double *biases;      /* units; zeros without bias */
    uint64_t *patterns;  /* units x words */
    double *values;      /* f_l, points x units, row-major; not of the last layer */
    int64_t first_column; /* of the Jacobian: the last layer's come first, then those of the one before, ... */
} fr_deep_layer;

typedef struct fr_deep_network {
    const fr_isa *isa;
    int64_t points, hidden;
    fr_deep_layer *layers;
    double *output;       /* v: the last layer's units */
    double *scratch;      /* a unit's values on all points */
} fr_deep_network;

/* problem: inputs, distributions, and the units of the last hidden layer. widths: units of the `earlier` hidden layers
 * before it. */
bool fr_deep_network_create(fr_deep_network *network, const fr_isa *isa, const fr_problem *problem,
                            const int64_t *widths, int64_t earlier);
void fr_deep_network_destroy(fr_deep_network *network);
/* Draws the trial. Returns false if a value overflowed. */
bool fr_deep_network_begin(fr_deep_network *network, uint64_t trial);
/* Number of columns of the Jacobian. */
int64_t fr_deep_columns(const fr_deep_network *network);
static inline int64_t fr_deep_k(const fr_deep_layer *layer) { return layer->problem.inputs + layer->problem.bias; }
static inline bool fr_deep_is_active(const fr_deep_layer *layer, int64_t unit, int64_t point) {
    return layer->patterns[unit * layer->trial.words + (point >> 6)] >> (point & 63) & 1;
}

#endif
