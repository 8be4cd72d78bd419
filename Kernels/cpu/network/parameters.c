/* The trained parameters whose columns are not known to be zero, in order. */
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

fr_parameter fr_first_parameter(const fr_network_shape *shape, const uint8_t *used) {
    return settle(shape, used, (fr_parameter){0, 0, 0});
}

fr_parameter fr_next_parameter(const fr_network_shape *shape, const uint8_t *used, fr_parameter at) {
    at.coordinate++;
    return settle(shape, used, at);
}
