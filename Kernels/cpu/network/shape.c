#include "network/shape.h"

#include <math.h>
#include <string.h>

static fr_status check_layer(fr_session *session, const fr_network *network, int64_t index) {
    const fr_network_layer *layer = &network->layers[index];
    const long long number = (long long)index + 1;
    if (layer->units < 1 || layer->units >= INT64_C(1) << 31)
        return fr_fail(session, FR_INVALID_ARGUMENT,
                       "layer %lld has %lld units; it must have at least 1 and fewer than 2^31", number,
                       (long long)layer->units);
    if ((layer->bias & ~1) || (layer->trained & ~1))
        return fr_fail(session, FR_INVALID_ARGUMENT, "layer %lld: bias is %d, trained is %d; both must be 0 or 1",
                       number, (int)layer->bias, (int)layer->trained);
    if (index + 1 == network->layer_count) return FR_OK;
    const int activation = fr_enum_value(&layer->activation);
    if (activation < 0 || activation > FR_POWER)
        return fr_fail(session, FR_INVALID_ARGUMENT, "layer %lld: activation is %d; there is no such activation",
                       number, activation);
    if (layer->activation == FR_POWER && (layer->exponent < 1 || layer->exponent > FR_MOST_EXPONENT))
        return fr_fail(session, FR_INVALID_ARGUMENT, "layer %lld: exponent is %d; it must be from 1 to %d", number,
                       (int)layer->exponent, FR_MOST_EXPONENT);
    if (layer->activation == FR_LEAKY_RELU && !isfinite(layer->slope))
        return fr_fail(session, FR_INVALID_ARGUMENT, "layer %lld: slope is not finite", number);
    return FR_OK;
}

/* Sizes and counts; d_0 and the layers have been looked at. */
static fr_status count(fr_session *session, fr_network_shape *shape) {
    const fr_network *network = shape->network;
    double numbers = 0;
    for (int64_t l = 0; l < network->layer_count; l++)
        numbers += (double)network->layers[l].units * ((double)fr_layer_inputs(network, l) + network->layers[l].bias);
    if (numbers >= 0x1p31)
        return fr_fail(session, FR_INVALID_ARGUMENT, "the network has %.0f parameters; fewer than 2^31 are possible",
                       numbers);
    shape->widest = network->inputs;
    for (int64_t l = 0; l < network->layer_count; l++) {
        const int64_t own = fr_layer_parameters(network, l), units = network->layers[l].units;
        shape->parameters += own;
        if (network->layers[l].trained) shape->columns += own;
        if (units > shape->widest) shape->widest = units;
        if (l + 1 < network->layer_count && fr_is_kinked(network->layers[l].activation)) shape->kinks = l + 1;
    }
    const double rows = (double)network->points * (double)shape->rows_of_point;
    if (rows >= 0x1p62 ||
        (double)network->sets * fmax(numbers, (double)network->points * (double)network->inputs) >= 0x1p59)
        return fr_fail(session, FR_INVALID_ARGUMENT, "sets x parameters, or points x outputs, is too large");
    shape->rows = network->points * shape->rows_of_point;
    return FR_OK;
}

static fr_status check_outputs(fr_session *session, fr_network_shape *shape) {
    const fr_network *network = shape->network;
    const int64_t all = network->layers[network->layer_count - 1].units;
    shape->outputs = network->outputs ? network->output_count : all;
    if (network->outputs && (network->output_count < 1 || network->output_count > all))
        return fr_fail(session, FR_INVALID_ARGUMENT, "output_count is %lld; it must be from 1 to %lld",
                       (long long)network->output_count, (long long)all);
    for (int64_t i = 0; network->outputs && i < network->output_count; i++) {
        const int64_t output = network->outputs[i];
        if (output < 0 || output >= all || (i && output <= network->outputs[i - 1]))
            return fr_fail(session, FR_INVALID_ARGUMENT, "outputs[%lld] is %lld; outputs ascend, from 0 to %lld",
                           (long long)i, (long long)output, (long long)all - 1);
    }
    shape->rows_of_point = network->functionals ? 1 : shape->outputs;
    return FR_OK;
}

/* Exact signs need the real function, and exact numbers grow with the degree that comes before a kink. */
static fr_status check_kinks(fr_session *session, const fr_network_shape *shape) {
    const fr_network *network = shape->network;
    if (shape->kinks &&
        (network->parameter_numbers != FR_NUMBERS_DOUBLE || network->point_numbers != FR_NUMBERS_DOUBLE))
        return fr_fail(session, FR_INVALID_ARGUMENT, "layer %lld is ReLU or leaky ReLU: residues have no sign, so "
                       "parameters and points must be doubles", (long long)shape->kinks);
    double degree = 1;
    for (int64_t l = 0; l < shape->kinks; l++)
        if (network->layers[l].activation == FR_POWER) degree *= network->layers[l].exponent;
    if (degree > FR_MOST_EXPONENT)
        return fr_fail(session, FR_INVALID_ARGUMENT,
                       "the degree before layer %lld's kink is %.0f; at most %d is possible", (long long)shape->kinks,
                       degree, FR_MOST_EXPONENT);
    return FR_OK;
}

static fr_status check_residues(fr_session *session, const char *name, const uint32_t *residues, int64_t count,
                                uint32_t prime) {
    if (!residues && count > 0) return fr_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", name);
    for (int64_t i = 0; i < count; i++)
        if (residues[i] >= prime)
            return fr_fail(session, FR_INVALID_ARGUMENT, "%s[%lld] is %u; residues are from 0 to %u", name,
                           (long long)i, residues[i], prime - 1);
    return FR_OK;
}

/* Numbers that are not finite make a set FR_NOT_FINITE, but points that all sets have are the call's. */
static fr_status check_numbers(fr_session *session, const fr_network_shape *shape, uint32_t prime) {
    const fr_network *network = shape->network;
    const int parameters = fr_enum_value(&network->parameter_numbers), points = fr_enum_value(&network->point_numbers);
    if (parameters < 0 || parameters > FR_NUMBERS_DRAWN || points < 0 || points > FR_NUMBERS_DRAWN)
        return fr_fail(session, FR_INVALID_ARGUMENT,
                       "parameter_numbers, point_numbers are %d, %d; they must be from 0 to %d", parameters, points,
                       (int)FR_NUMBERS_DRAWN);
    const int64_t sets = network->points_of_each_set ? network->sets : 1;
    const int64_t parameter_count = network->sets * shape->parameters,
                  point_count = sets * network->points * network->inputs;
    fr_status status = FR_OK;
    if (parameters == FR_NUMBERS_DOUBLE && !network->parameters && parameter_count > 0)
        status = fr_fail(session, FR_INVALID_ARGUMENT, "parameters is NULL");
    if (parameters == FR_NUMBERS_RESIDUE)
        status = check_residues(session, "parameter_residues", network->parameter_residues, parameter_count, prime);
    if (status == FR_OK && points == FR_NUMBERS_DOUBLE && !network->point_values && point_count > 0)
        status = fr_fail(session, FR_INVALID_ARGUMENT, "point_values is NULL");
    if (status == FR_OK && points == FR_NUMBERS_RESIDUE)
        status = check_residues(session, "point_residues", network->point_residues, point_count, prime);
    if (status == FR_OK && points == FR_NUMBERS_DRAWN && network->points >= prime)
        status = fr_fail(session, FR_INVALID_ARGUMENT, "%lld points are drawn: fewer than the prime %u can be distinct",
                         (long long)network->points, prime);
    return status;
}

fr_status fr_network_shape_make(fr_session *session, const fr_network *network, uint32_t prime,
                                fr_network_shape *shape) {
    memset(shape, 0, sizeof *shape);
    shape->network = network;
    if (!network) return fr_fail(session, FR_INVALID_ARGUMENT, "network is NULL");
    if (network->struct_size < sizeof *network)
        return fr_fail(session, FR_INVALID_ARGUMENT, "struct_size is %u; it must be at least %zu", network->struct_size,
                       sizeof *network);
    if (network->inputs < 1 || network->inputs >= INT64_C(1) << 31 || network->points < 0 ||
        network->points >= INT64_C(1) << 31 || network->sets < 0 || network->sets >= INT64_C(1) << 31)
        return fr_fail(session, FR_INVALID_ARGUMENT,
                       "inputs, points, sets are %lld, %lld, %lld; they must be at least 1, 0, "
                       "0 and below 2^31",
                       (long long)network->inputs, (long long)network->points, (long long)network->sets);
    if (network->layer_count < 1 || network->layer_count > FR_MOST_NETWORK_LAYERS || !network->layers)
        return fr_fail(session, FR_INVALID_ARGUMENT, "the network has %lld layers; it must have from 1 to %d",
                       (long long)network->layer_count, FR_MOST_NETWORK_LAYERS);
    if (network->patience < 0 || network->most_rank < 0 || (network->functionals & ~1) ||
        (network->points_of_each_set & ~1) || network->reserved)
        return fr_fail(session, FR_INVALID_ARGUMENT, "patience and most_rank must be at least 0, functionals and "
                       "points_of_each_set 0 or 1, reserved 0");
    fr_status status = FR_OK;
    for (int64_t l = 0; status == FR_OK && l < network->layer_count; l++) status = check_layer(session, network, l);
    if (status == FR_OK) status = check_outputs(session, shape);
    if (status == FR_OK) status = count(session, shape);
    if (status == FR_OK) status = check_numbers(session, shape, prime);
    if (status == FR_OK) status = check_kinks(session, shape);
    return status;
}
