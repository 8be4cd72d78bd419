/* The architecture of an fr_network, checked: what is counted of it, and the bound of its Jacobian's rank. Private to
 * Kernels/cpu. */
#ifndef FR_CPU_NETWORK_SHAPE_H
#define FR_CPU_NETWORK_SHAPE_H

#include "session/session.h"

typedef struct fr_network_shape {
    const fr_network *network;
    int64_t outputs;       /* chosen: c */
    int64_t rows_of_point; /* c, or 1 with functionals */
    int64_t rows;
    int64_t parameters;    /* of a set, trained or not */
    int64_t columns;       /* P */
    int64_t kinks;         /* hidden layers up to the last ReLU or leaky ReLU: those whose signs are wanted */
    int64_t widest;        /* most of d_0 ... d_L */
    bool in_blocks; /* ranks of leading blocks are wanted: all points are taken, and all columns that are not zero */
    bool by_unit; /* one hidden layer: parameters in the order of its units, b_L first (network/parameters.c); else in
                   * the order of layers */
} fr_network_shape;

/* FR_OK, or the first thing wrong, in words. */
fr_status fr_network_shape_make(fr_session *session, const fr_network *network, uint32_t prime,
                                fr_network_shape *shape);

/* d_{l-1} of layer l, from 0. */
static inline int64_t fr_layer_inputs(const fr_network *network, int64_t layer) {
    return layer ? network->layers[layer - 1].units : network->inputs;
}
/* W_l and b_l, as numbers. */
static inline int64_t fr_layer_parameters(const fr_network *network, int64_t layer) {
    return network->layers[layer].units * (fr_layer_inputs(network, layer) + network->layers[layer].bias);
}
static inline int64_t fr_chosen_output(const fr_network_shape *shape, int64_t index) {
    return shape->network->outputs ? shape->network->outputs[index] : index;
}
/* A polynomial network at drawn points: what depends on its inputs is a polynomial in them, at generic values. */
static inline bool fr_is_generic(const fr_network_shape *shape) {
    return shape->network->point_numbers == FR_NUMBERS_DRAWN && shape->kinks == 0;
}
static inline bool fr_is_kinked(fr_activation activation) {
    return activation == FR_RELU || activation == FR_LEAKY_RELU;
}

/* Of one set's points: used[c] is 0 if coordinate c is 0 on all of them, else 1. */
void fr_network_used_inputs(const fr_network_shape *shape, int64_t set, uint8_t *used);
/* With used NULL: all are. Columns that are not known to be zero: without the first layer's weights of unused inputs and, of the last layer, the
 * units that were not chosen. */
int64_t fr_network_kept_columns(const fr_network_shape *shape, const uint8_t *used);
/* A proved bound of the rank: fr_network_rank. */
int64_t fr_network_bound(const fr_network_shape *shape, const uint8_t *used);
/* Part of it: of a polynomial network without biases, by recursion over its layers; else INT64_MAX.
 * (network/dimension_bound.c) */
int64_t fr_network_dimension_bound(const fr_network_shape *shape, int64_t used_inputs);

#endif
