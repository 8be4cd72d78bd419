/* What bounds the rank from above, whatever the numbers. For a fixed activation pattern the Jacobian's entries are
 * polynomials in the weights, so that no weights have a rank above that of generic ones, for which the directions below
 * are independent (docs/networks.md, section 2). */
#include "network/shape.h"

#include <string.h>

void fr_network_used_inputs(const fr_network_shape *shape, int64_t set, uint8_t *used) {
    const fr_network *network = shape->network;
    const int64_t inputs = network->inputs, first = network->points_of_each_set ? set * network->points * inputs : 0;
    if (network->point_numbers == FR_NUMBERS_DRAWN) {
        memset(used, 1, (size_t)inputs);
        return;
    }
    memset(used, 0, (size_t)inputs);
    for (int64_t j = 0; j < network->points; j++)
        for (int64_t c = 0; c < inputs; c++)
            used[c] |= network->point_numbers == FR_NUMBERS_DOUBLE
                           ? network->point_values[first + j * inputs + c] != 0.0
                           : network->point_residues[first + j * inputs + c] != 0;
}

static int64_t used_inputs(const fr_network_shape *shape, const uint8_t *used) {
    if (!used) return shape->network->inputs;
    int64_t count = 0;
    for (int64_t c = 0; c < shape->network->inputs; c++) count += used[c];
    return count;
}

/* Units of a layer whose own parameters matter. */
static int64_t units_kept(const fr_network_shape *shape, int64_t layer) {
    return layer + 1 == shape->network->layer_count ? shape->outputs : shape->network->layers[layer].units;
}

int64_t fr_network_kept_columns(const fr_network_shape *shape, const uint8_t *used) {
    const fr_network *network = shape->network;
    int64_t kept = 0;
    for (int64_t l = 0; l < network->layer_count; l++) {
        if (!network->layers[l].trained) continue;
        const int64_t inputs = l ? fr_layer_inputs(network, l) : used_inputs(shape, used);
        kept += units_kept(shape, l) * (inputs + network->layers[l].bias);
    }
    return kept;
}

/* Multiplying a hidden unit's weights and bias by s, and what the next layer takes of it by 1/s (s^-r for a power
 * without bias), changes nothing: where both are trained, that is a direction in which the function does not move. */
static int64_t rescalings(const fr_network *network) {
    int64_t count = 0;
    for (int64_t l = 0; l + 1 < network->layer_count; l++) {
        const fr_network_layer *layer = &network->layers[l];
        if (!layer->trained || !network->layers[l + 1].trained) continue;
        if (layer->activation == FR_POWER && layer->bias) continue;
        count += layer->units;
    }
    return count;
}

/* A linear network without biases, all of it trained, computes a matrix of rank at most r = min of all widths; at
 * generic weights its derivatives span the tangent space of such matrices, restricted to m points: r (m + c - r). */
static int64_t linear_bound(const fr_network_shape *shape, const uint8_t *used) {
    const fr_network *network = shape->network;
    const int64_t inputs = used_inputs(shape, used), points = network->points;
    const int64_t m = points < inputs ? points : inputs;
    int64_t r = m < shape->outputs ? m : shape->outputs;
    for (int64_t l = 0; l < network->layer_count; l++) {
        const fr_network_layer *layer = &network->layers[l];
        const bool last = l + 1 == network->layer_count;
        if (layer->bias || !layer->trained || (!last && layer->activation != FR_IDENTITY)) return INT64_MAX;
        if (!last && layer->units < r) r = layer->units;
    }
    return r * (m + shape->outputs - r);
}

/* C(n, k), or INT64_MAX where that is larger. */
static int64_t binomial(int64_t n, int64_t k) {
    if (k > n - k) k = n - k;
    unsigned __int128 value = 1;
    for (int64_t i = 1; i <= k; i++) {
        value = value * (unsigned __int128)(n - k + i) / (unsigned __int128)i;
        if (value > INT64_MAX) return INT64_MAX;
    }
    return (int64_t)value;
}

/* The outputs of a polynomial network are polynomials of degree D, the product of the exponents, homogeneous without
 * biases: so are all its derivatives. */
static int64_t ambient_bound(const fr_network_shape *shape, const uint8_t *used) {
    const fr_network *network = shape->network;
    int64_t degree = 1;
    bool homogeneous = true;
    for (int64_t l = 0; l < network->layer_count; l++) {
        const fr_network_layer *layer = &network->layers[l];
        homogeneous &= !layer->bias;
        if (l + 1 == network->layer_count || layer->activation == FR_IDENTITY) continue;
        if (layer->activation != FR_POWER) return INT64_MAX;
        if (degree > INT64_MAX / 4 / FR_MOST_EXPONENT) return INT64_MAX;
        degree *= layer->exponent;
    }
    const int64_t variables = used_inputs(shape, used) + !homogeneous;
    if (variables == 0) return 0;
    const int64_t monomials = binomial(degree + variables - 1, variables - 1);
    return monomials > INT64_MAX / shape->outputs ? INT64_MAX : monomials * shape->outputs;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

int64_t fr_network_bound(const fr_network_shape *shape, const uint8_t *used) {
    const int64_t moving = fr_network_kept_columns(shape, used) - rescalings(shape->network);
    int64_t bound = least(shape->rows, moving > 0 ? moving : 0);
    bound = least(least(bound, linear_bound(shape, used)), ambient_bound(shape, used));
    bound = least(bound, fr_network_dimension_bound(shape, used_inputs(shape, used)));
    return shape->network->most_rank ? least(bound, shape->network->most_rank) : bound;
}
