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

static bool is_linear(const fr_network_layer *layer) {
    switch (layer->activation) {
    case FR_IDENTITY: return true;
    case FR_POWER: return layer->exponent == 1;
    case FR_LEAKY_RELU: return layer->slope == 1;
    default: return false;
    }
}

/* Matrices of c rows and m columns with rank at most r: dimensions of their variety. */
static int64_t matrices(int64_t r, int64_t m, int64_t c) { return r * (m + c - r); }

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* A linear network computes W x + b, where W has at most the rank r of all widths. On points of rank m the values W x
 * are matrices of rank at most r, and the values of b are c numbers. If only hidden layers have biases, the last of them
 * layer k, (W b) has at most the rank of the widths from k on. If the last layer is not trained, all derivatives are
 * its W_L times a linear function of x, or of (x, 1). */
static int64_t linear_bound(const fr_network_shape *shape, const uint8_t *used) {
    const fr_network *network = shape->network;
    const int64_t last = network->layer_count - 1, c = shape->outputs;
    const int64_t inputs = used_inputs(shape, used), m = least(network->points, inputs);
    int64_t r = least(m, c), after = c;
    bool hidden_bias = false;
    for (int64_t l = 0; l < last; l++) {
        const fr_network_layer *layer = &network->layers[l];
        if (!is_linear(layer)) return INT64_MAX;
        r = least(r, layer->units);
        if (layer->bias) {
            hidden_bias = true;
            after = c;
        }
        after = least(after, layer->units);
    }
    const bool output_bias = network->layers[last].bias;
    const int64_t affine = least(network->points, inputs + hidden_bias);
    int64_t bound = matrices(r, m, c) + (hidden_bias || output_bias ? c : 0);
    if (hidden_bias && !output_bias) bound = least(bound, matrices(least(after, affine), affine, c));
    if (!network->layers[last].trained && last > 0)
        bound = least(bound, least(c, network->layers[last - 1].units) * affine);
    return bound;
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
        if (l + 1 == network->layer_count || is_linear(layer)) continue;
        if (layer->activation != FR_POWER) return INT64_MAX;
        if (degree > INT64_MAX / 4 / FR_MOST_EXPONENT) return INT64_MAX;
        degree *= layer->exponent;
    }
    const int64_t variables = used_inputs(shape, used) + !homogeneous;
    if (variables == 0) return 0;
    const int64_t monomials = binomial(degree + variables - 1, variables - 1);
    return monomials > INT64_MAX / shape->outputs ? INT64_MAX : monomials * shape->outputs;
}

int64_t fr_network_bound(const fr_network_shape *shape, const uint8_t *used) {
    const int64_t moving = fr_network_kept_columns(shape, used) - rescalings(shape->network);
    int64_t bound = least(shape->rows, moving > 0 ? moving : 0);
    bound = least(least(bound, linear_bound(shape, used)), ambient_bound(shape, used));
    bound = least(bound, fr_network_dimension_bound(shape, used_inputs(shape, used)));
    return shape->network->most_rank ? least(bound, shape->network->most_rank) : bound;
}
