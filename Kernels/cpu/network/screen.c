#include "network/screen.h"

#include <stdlib.h>
#include <string.h>

/* Relations tried. */
#define RELATIONS 2

static size_t factor_size(int64_t inner, int64_t columns) {
    return (size_t)(fr_groups(columns) * FR_GROUP * inner) + 1;
}

bool fr_screen_create(fr_screen *s, const fr_passes *passes, int64_t parameters) {
    const fr_network *network = passes->shape->network;
    const size_t layers = (size_t)network->layer_count;
    memset(s, 0, sizeof *s);
    s->passes = passes;
    s->factors = calloc(layers, sizeof *s->factors);
    s->biases = calloc(layers, sizeof *s->biases);
    s->tangents = calloc(layers, sizeof *s->tangents);
    s->direction = calloc((size_t)parameters + 1, sizeof *s->direction);
    s->raises = calloc((size_t)(passes->capacity * passes->shape->rows_of_point) + 1, 1);
    bool made = s->factors && s->biases && s->tangents && s->direction && s->raises;
    for (int64_t l = 0; made && l < network->layer_count; l++) {
        const int64_t units = network->layers[l].units;
        s->factors[l] = calloc(factor_size(fr_layer_inputs(network, l), units), sizeof(double));
        s->biases[l] = calloc((size_t)units, sizeof(double));
        s->tangents[l] = (fr_residue_matrix){{NULL, units * FR_GROUP}, units};
        s->tangents[l].rows.at = calloc((size_t)((fr_groups(passes->capacity) + 1) * s->tangents[l].rows.stride), sizeof(double));
        made = s->factors[l] && s->biases[l] && s->tangents[l].rows.at;
    }
    return made;
}

void fr_screen_destroy(fr_screen *s) {
    for (int64_t l = 0; s->passes && l < s->passes->shape->network->layer_count; l++) {
        if (s->factors) free(s->factors[l]);
        if (s->biases) free(s->biases[l]);
        if (s->tangents) free(s->tangents[l].rows.at);
    }
    free(s->factors);
    free(s->biases);
    free(s->tangents);
    free(s->direction);
    free(s->raises);
    memset(s, 0, sizeof *s);
}

/* Parameters that are not kept stay 0: their columns are zero. */
static void set_direction(fr_screen *s, const fr_parameter *parameters, int64_t count) {
    const fr_network *network = s->passes->shape->network;
    for (int64_t i = 0; i < count; i++) {
        const fr_parameter at = parameters[i];
        const int64_t inputs = fr_layer_inputs(network, at.layer);
        if (at.coordinate == inputs) s->biases[at.layer][at.unit] = s->direction[i];
        else
            s->factors[at.layer][(at.unit / FR_GROUP * inputs + at.coordinate) * FR_GROUP + at.unit % FR_GROUP] =
                -s->direction[i];
    }
}

static void multiply(const fr_screen *s, fr_pool *pool, int64_t rows, fr_residue_matrix in, double *factor,
                     fr_residue_matrix out) {
    const fr_arithmetic arithmetic = {.isa = s->passes->isa, .field = s->passes->field, .pool = pool};
    fr_parallel_multiply_subtract(&arithmetic, fr_groups(rows), out.columns, in.columns, in.rows,
                                  (fr_grouped){factor, in.columns * FR_GROUP}, out.rows);
}

/* z'_l = W'_l f_{l-1} + b'_l + W_l f'_{l-1}, f'_l = phi'(z_l) z'_l. */
static void differentiate(const fr_screen *s, fr_pool *pool, int64_t count) {
    const fr_passes *passes = s->passes;
    const fr_network *network = passes->shape->network;
    for (int64_t l = 0; l < network->layer_count; l++) {
        const fr_residue_matrix out = s->tangents[l];
        for (int64_t u = 0; u < out.columns; u++)
            for (int64_t j = 0; j < fr_groups(count) * FR_GROUP; j++) *fr_residue_at(out, j, u) = s->biases[l][u];
        if (network->layers[l].trained) multiply(s, pool, count, passes->inputs[l], s->factors[l], out);
        if (l > 0) multiply(s, pool, count, s->tangents[l - 1], passes->forward[l], out);
        for (int64_t u = 0; u < out.columns && l + 1 < network->layer_count; u++)
            for (int64_t j = 0; j < count; j++) {
                double *tangent = fr_residue_at(out, j, u);
                *tangent = fr_reduce(passes->field, *tangent * *fr_residue_at(passes->gains[l], j, u));
            }
    }
}

/* The derivative of the row's output, or functional of outputs. */
static bool is_zero(const fr_screen *s, int64_t row, int64_t first) {
    const fr_passes *passes = s->passes;
    const fr_network_shape *shape = passes->shape;
    const fr_residue_matrix out = s->tangents[shape->network->layer_count - 1];
    if (!shape->network->functionals)
        return *fr_residue_at(out, row / shape->outputs, fr_chosen_output(shape, row % shape->outputs)) == 0.0;
    double sum = 0.0;
    for (int64_t i = 0; i < shape->outputs; i++)
        sum = fr_reduce(passes->field, sum + fr_network_functional(passes, first + row, i) *
                                                 *fr_residue_at(out, row, fr_chosen_output(shape, i)));
    return sum == 0.0;
}

void fr_screen_run(fr_screen *s, fr_pool *pool, const fr_workspace *workspace, const fr_parameter *parameters,
                   int64_t parameter_count, int64_t first, int64_t count) {
    const int64_t rows = count * s->passes->shape->rows_of_point;
    memset(s->raises, 0, (size_t)rows);
    for (uint64_t i = 0; i < RELATIONS; i++) {
        fr_random_relation(workspace, s->passes->field, pool, i, s->direction);
        set_direction(s, parameters, parameter_count);
        differentiate(s, pool, count);
        for (int64_t row = 0; row < rows; row++)
            if (!s->raises[row]) s->raises[row] = !is_zero(s, row, first);
    }
}
