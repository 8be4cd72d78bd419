/* Parameters, points and output functionals modulo the prime: given as doubles or residues, or drawn. */
#include "network/passes.h"
#include "sampling.h"

static double balanced(const fr_passes *s, uint64_t residue) {
    return fr_reduce(s->field, (double)residue);
}

static double drawn(const fr_passes *s, int64_t set, uint32_t stream, uint32_t row, uint32_t column) {
    const fr_network *network = s->shape->network;
    return balanced(s,
                    fr_index_below(fr_raw_bits(network->seed, network->first_set + (uint64_t)set, stream, row, column),
                                   (uint64_t)s->field.prime));
}

static double of_double(const fr_passes *s, double x) {
    return fr_residue(s->field, s->powers, s->powers[FR_POWER_OFFSET + 27], x);
}

void fr_network_parameter_residues(const fr_passes *s, int64_t set, int64_t layer, double *weights, double *biases) {
    const fr_network *network = s->shape->network;
    const int64_t units = network->layers[layer].units, count = units * fr_layer_inputs(network, layer);
    int64_t before = 0;
    for (int64_t l = 0; l < layer; l++) before += fr_layer_parameters(network, l);
    const int64_t total = fr_layer_parameters(network, layer), first = set * s->shape->parameters + before;
    for (int64_t i = 0; i < total; i++) {
        double value;
        switch (network->parameter_numbers) {
        case FR_NUMBERS_DOUBLE: value = of_double(s, network->parameters[first + i]); break;
        case FR_NUMBERS_RESIDUE: value = balanced(s, network->parameter_residues[first + i]); break;
        default: value = drawn(s, set, FR_STREAM_PARAMETERS, (uint32_t)i, (uint32_t)layer); break;
        }
        if (i < count) weights[i] = value;
        else biases[i - count] = value;
    }
}

/* Whether only a point's direction counts. */
static bool is_homogeneous(const fr_network *network) {
    for (int64_t l = 0; l < network->layer_count; l++)
        if (network->layers[l].bias) return false;
    return true;
}

/* A drawn point of two inputs in a homogeneous network: (s, s t), s not 0, t = a + j b for the j-th point, b not 0. */
static double on_line(const fr_passes *s, int64_t set, int64_t point, int64_t coordinate) {
    double scale = drawn(s, set, FR_STREAM_POINTS, (uint32_t)point, 0);
    if (scale == 0.0) scale = 1.0;
    if (coordinate == 0) return scale;
    const double start = drawn(s, set, FR_STREAM_POINTS, UINT32_MAX, 0);
    double step = drawn(s, set, FR_STREAM_POINTS, UINT32_MAX, 1);
    if (step == 0.0) step = 1.0;
    const double index = balanced(s, (uint64_t)point);
    return fr_reduce(s->field, scale * fr_reduce(s->field, start + fr_reduce(s->field, index * step)));
}

void fr_network_point_residues(const fr_passes *s, int64_t first, int64_t count, fr_residue_matrix out) {
    const fr_network *network = s->shape->network;
    const int64_t inputs = network->inputs, set = network->points_of_each_set ? s->set : 0;
    const bool line = network->inputs == 2 && is_homogeneous(network);
    for (int64_t j = 0; j < count; j++)
        for (int64_t c = 0; c < inputs; c++) {
            const int64_t at = (set * network->points + first + j) * inputs + c;
            double value;
            switch (network->point_numbers) {
            case FR_NUMBERS_DOUBLE: value = of_double(s, network->point_values[at]); break;
            case FR_NUMBERS_RESIDUE: value = balanced(s, network->point_residues[at]); break;
            default:
                value = line ? on_line(s, set, first + j, c)
                             : drawn(s, set, FR_STREAM_POINTS, (uint32_t)(first + j), (uint32_t)c);
                break;
            }
            *fr_residue_at(out, j, c) = value;
        }
}

double fr_network_functional(const fr_passes *s, int64_t point, int64_t index) {
    return drawn(s, s->set, FR_STREAM_FUNCTIONALS, (uint32_t)point, (uint32_t)index);
}
