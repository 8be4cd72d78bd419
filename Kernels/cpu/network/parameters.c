/* The trained parameters whose columns are not known to be zero, in order: layer by layer, or for a network of one
 * hidden layer unit by unit, so that the first units' columns are those of the network that has only them. */
#include "network/columns.h"

/* Whether unit `unit` of the layer has columns: of the last layer, only chosen outputs. */
static bool has_columns(const fr_network_shape *shape, int64_t layer, int64_t unit) {
    const fr_network *network = shape->network;
    if (layer + 1 < network->layer_count || !network->outputs) return true;
    for (int64_t i = 0; i < network->output_count; i++)
        if (network->outputs[i] == unit) return true;
    return false;
}

/* The first kept parameter from `at` on, which may lie beyond its unit or layer. */
static fr_parameter settle(const fr_network_shape *shape, const uint8_t *used, fr_parameter at) {
    const fr_network *network = shape->network;
    while (at.layer < network->layer_count) {
        const fr_network_layer *layer = &network->layers[at.layer];
        const int64_t inputs = fr_layer_inputs(network, at.layer), k = inputs + layer->bias;
        if (!layer->trained || at.unit >= layer->units) {
            at = (fr_parameter){at.layer + 1, 0, 0};
        } else if (at.coordinate >= k || !has_columns(shape, at.layer, at.unit)) {
            at.unit++;
            at.coordinate = 0;
        } else if (at.layer == 0 && at.coordinate < inputs && !used[at.coordinate]) {
            at.coordinate++;
        } else {
            break;
        }
    }
    return at;
}

/* The same in the order of units: b_L, then for each hidden unit its weights, its bias and its output weights. */
static fr_parameter settle_by_unit(const fr_network_shape *shape, const uint8_t *used, fr_parameter at) {
    const fr_network_layer *hidden = &shape->network->layers[0], *last = &shape->network->layers[1];
    const int64_t inputs = shape->network->inputs;
    for (;;) {
        if (at.layer == 0) {
            if (at.unit >= hidden->units) return (fr_parameter){(int32_t)shape->network->layer_count, 0, 0};
            if (!hidden->trained || at.coordinate >= inputs + hidden->bias) at = (fr_parameter){1, 0, at.unit};
            else if (at.coordinate < inputs && !used[at.coordinate]) at.coordinate++;
            else return at;
        } else {
            const bool is_bias = at.coordinate == hidden->units;
            if (!last->trained || at.unit >= last->units || (is_bias && !last->bias))
                at = (fr_parameter){0, is_bias ? 0 : at.coordinate + 1, 0};
            else if (!has_columns(shape, 1, at.unit)) at.unit++;
            else return at;
        }
    }
}

fr_parameter fr_first_parameter(const fr_network_shape *shape, const uint8_t *used) {
    const int32_t bias = (int32_t)shape->network->layers[0].units; /* its coordinate, by unit */
    if (shape->by_unit) return settle_by_unit(shape, used, (fr_parameter){1, 0, bias});
    return settle(shape, used, (fr_parameter){0, 0, 0});
}

fr_parameter fr_next_parameter(const fr_network_shape *shape, const uint8_t *used, fr_parameter at) {
    if (!shape->by_unit) {
        at.coordinate++;
        return settle(shape, used, at);
    }
    if (at.layer == 0) at.coordinate++;
    else at.unit++;
    return settle_by_unit(shape, used, at);
}

fr_parameter fr_parameter_after_unit(const fr_network_shape *shape, const uint8_t *used, fr_parameter at) {
    if (!shape->by_unit || at.layer == 0) at.coordinate = INT32_MAX - 1;
    return fr_next_parameter(shape, used, at);
}

int64_t fr_units_needed(const fr_network_shape *shape, fr_parameter at) {
    if (!shape->by_unit) return 0;
    if (at.layer == 0) return at.unit + 1;
    return at.coordinate == shape->network->layers[0].units ? 0 : at.coordinate + 1;
}
