#include "network/passes.h"

#include <stdlib.h>
#include <string.h>

#include "elimination/elimination.h"
#include "session/memory.h"

static int64_t groups_of_points(const fr_passes *s) { return fr_groups(s->capacity); }
static int64_t groups_of_rows(const fr_passes *s) { return fr_groups(s->capacity * s->shape->rows_of_point); }

/* Of a right factor, inner x columns: transposed by groups. */
static size_t factor_size(int64_t inner, int64_t columns) {
    return (size_t)(fr_groups(columns) * FR_GROUP * inner) + 1;
}

double fr_passes_memory(const fr_network_shape *shape, int64_t capacity) {
    const fr_network *network = shape->network;
    const double points = (double)capacity + FR_GROUP, rows = points * (double)shape->rows_of_point;
    double bytes = 0;
    for (int64_t l = 0; l < network->layer_count; l++) {
        const double inputs = (double)fr_layer_inputs(network, l), units = (double)network->layers[l].units;
        bytes += 8 * (2 * (inputs + FR_GROUP) * (units + FR_GROUP) + points * (inputs + units) + rows * units);
        if (l < shape->kinks) bytes += points * units;
    }
    return bytes;
}

static bool make_residues(fr_residue_matrix *m, int64_t groups, int64_t columns) {
    m->columns = columns;
    m->rows.stride = columns * FR_GROUP;
    const size_t bytes = (size_t)(groups + 1) * (size_t)m->rows.stride * sizeof(double);
    m->rows.at = fr_allocate(bytes);
    if (m->rows.at) memset(m->rows.at, 0, bytes);
    return m->rows.at != NULL;
}

bool fr_passes_create(fr_passes *s, const fr_network_shape *shape, const fr_isa *isa, fr_field field,
                      const double *powers, int64_t capacity, int threads) {
    const fr_network *network = shape->network;
    const size_t layers = (size_t)network->layer_count;
    memset(s, 0, sizeof *s);
    *s = (fr_passes){.shape = shape, .isa = isa, .field = field, .powers = powers, .capacity = capacity,
                     .signs = shape->kinks > 0};
    if (!fr_memory_holds(fr_passes_memory(shape, capacity))) return false;
    s->forward = calloc(layers, sizeof *s->forward);
    s->backward = calloc(layers, sizeof *s->backward);
    s->biases = calloc(layers, sizeof *s->biases);
    s->inputs = calloc(layers, sizeof *s->inputs);
    s->gains = calloc(layers, sizeof *s->gains);
    s->deltas = calloc(layers, sizeof *s->deltas);
    bool made = s->forward && s->backward && s->biases && s->inputs && s->gains && s->deltas;
    for (int64_t l = 0; made && l < network->layer_count; l++) {
        const int64_t inputs = fr_layer_inputs(network, l), units = network->layers[l].units;
        s->forward[l] = fr_allocate(factor_size(inputs, units) * sizeof(double));
        s->backward[l] = fr_allocate(factor_size(units, inputs) * sizeof(double));
        s->biases[l] = calloc((size_t)units + 1, sizeof(double));
        made = s->forward[l] && s->backward[l] && s->biases[l] &&
               make_residues(&s->inputs[l], groups_of_points(s), inputs) &&
               make_residues(&s->deltas[l], groups_of_rows(s), units) &&
               (l + 1 == network->layer_count || make_residues(&s->gains[l], groups_of_points(s), units));
    }
    return made && fr_activity_create(&s->activity, shape, s->signs ? capacity : 0, threads);
}

void fr_passes_destroy(fr_passes *s) {
    for (int64_t l = 0; s->shape && l < s->shape->network->layer_count; l++) {
        if (s->forward) free(s->forward[l]);
        if (s->backward) free(s->backward[l]);
        if (s->biases) free(s->biases[l]);
        if (s->inputs) free(s->inputs[l].rows.at);
        if (s->gains) free(s->gains[l].rows.at);
        if (s->deltas) free(s->deltas[l].rows.at);
    }
    free(s->forward);
    free(s->backward);
    free(s->biases);
    free(s->inputs);
    free(s->gains);
    free(s->deltas);
    if (s->shape) fr_activity_destroy(&s->activity);
    memset(s, 0, sizeof *s);
}

void fr_passes_begin(fr_passes *s, int64_t set) {
    const fr_network *network = s->shape->network;
    s->set = set;
    for (int64_t l = 0; l < network->layer_count; l++) {
        const int64_t inputs = fr_layer_inputs(network, l), units = network->layers[l].units;
        memset(s->forward[l], 0, factor_size(inputs, units) * sizeof(double));
        /* Row-major first, in the place of the other factor, which is as large. */
        double *weights = s->backward[l];
        fr_network_parameter_residues(s, set, l, weights, s->biases[l]);
        for (int64_t u = 0; u < units; u++)
            for (int64_t c = 0; c < inputs; c++)
                s->forward[l][(u / FR_GROUP * inputs + c) * FR_GROUP + u % FR_GROUP] = -weights[u * inputs + c];
        memset(s->backward[l], 0, factor_size(units, inputs) * sizeof(double));
        for (int64_t u = 0; u < units; u++)
            for (int64_t c = 0; c < inputs; c++)
                s->backward[l][(c / FR_GROUP * units + u) * FR_GROUP + c % FR_GROUP] =
                    s->forward[l][(u / FR_GROUP * inputs + c) * FR_GROUP + u % FR_GROUP];
    }
}

/* x^exponent. */
static double power(fr_field field, double x, int exponent) {
    double result = 1.0;
    for (; exponent; exponent >>= 1) {
        if (exponent & 1) result = fr_reduce(field, result * x);
        x = fr_reduce(field, x * x);
    }
    return result;
}

/* phi and phi' of z, which is in `values`. */
static void activate(fr_passes *s, int64_t index, int64_t count, fr_residue_matrix values) {
    const fr_network_layer *layer = &s->shape->network->layers[index];
    const fr_residue_matrix gains = s->gains[index];
    const double slope = layer->activation == FR_LEAKY_RELU
                             ? fr_residue(s->field, s->powers, s->powers[FR_POWER_OFFSET + 27], layer->slope) : 0.0;
    for (int64_t u = 0; u < layer->units; u++) {
        const uint8_t *active =
            fr_is_kinked(layer->activation) ? s->activity.active[index] + u * s->activity.capacity : NULL;
        for (int64_t j = 0; j < count; j++) {
            double *value = fr_residue_at(values, j, u), *gain = fr_residue_at(gains, j, u);
            if (layer->activation == FR_POWER) {
                const double below = power(s->field, *value, layer->exponent - 1);
                *gain = fr_reduce(s->field, below * (double)layer->exponent);
                *value = fr_reduce(s->field, below * *value);
            } else {
                *gain = !active || active[j] ? 1.0 : slope;
                *value = fr_reduce(s->field, *gain * *value);
            }
        }
    }
}

static void multiply(fr_passes *s, fr_pool *pool, int64_t rows, fr_residue_matrix in, double *factor,
                     fr_residue_matrix out) {
    const fr_arithmetic arithmetic = {.isa = s->isa, .field = s->field, .pool = pool};
    fr_parallel_multiply_subtract(&arithmetic, fr_groups(rows), out.columns, in.columns, in.rows,
                                  (fr_grouped){factor, in.columns * FR_GROUP}, out.rows);
}

static void forward(fr_passes *s, fr_pool *pool, int64_t count) {
    for (int64_t l = 0; l + 1 < s->shape->network->layer_count; l++) {
        const fr_residue_matrix out = s->inputs[l + 1];
        for (int64_t u = 0; u < out.columns; u++)
            for (int64_t j = 0; j < fr_groups(count) * FR_GROUP; j++) *fr_residue_at(out, j, u) = s->biases[l][u];
        multiply(s, pool, count, s->inputs[l], s->forward[l], out);
        activate(s, l, count, out);
    }
}

static void backward(fr_passes *s, fr_pool *pool, int64_t first, int64_t count) {
    const fr_network_shape *shape = s->shape;
    const int64_t last = shape->network->layer_count - 1, per = shape->rows_of_point, rows = count * per;
    const fr_residue_matrix top = s->deltas[last];
    memset(top.rows.at, 0, (size_t)(fr_groups(rows) * top.rows.stride) * sizeof(double));
    for (int64_t j = 0; j < count; j++)
        for (int64_t i = 0; i < shape->outputs; i++) {
            const int64_t row = shape->network->functionals ? j : j * per + i;
            *fr_residue_at(top, row, fr_chosen_output(shape, i)) =
                shape->network->functionals ? fr_network_functional(s, first + j, i) : 1.0;
        }
    for (int64_t l = last; l > 0; l--) {
        const fr_residue_matrix out = s->deltas[l - 1];
        memset(out.rows.at, 0, (size_t)(fr_groups(rows) * out.rows.stride) * sizeof(double));
        multiply(s, pool, rows, s->deltas[l], s->backward[l], out);
        for (int64_t row = 0; row < rows; row++)
            for (int64_t u = 0; u < out.columns; u++) {
                double *delta = fr_residue_at(out, row, u);
                *delta = fr_reduce(s->field, *delta * *fr_residue_at(s->gains[l - 1], row / per, u));
            }
    }
}

bool fr_passes_run(fr_passes *s, fr_pool *pool, int64_t first, int64_t count) {
    if (s->signs && !fr_activity_run(&s->activity, pool, s->set, first, count)) return false;
    fr_network_point_residues(s, first, count, s->inputs[0]);
    forward(s, pool, count);
    backward(s, pool, first, count);
    return true;
}
