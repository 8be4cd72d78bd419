#include "elimination/deep_columns.h"

#include <stdlib.h>
#include <string.h>

static int64_t next_block(fr_column_generator *base, int64_t want);
static void fill_pivot_rows(fr_column_generator *base, const int32_t *rows, int64_t count, double *out);
static void fill_nonpivot_rows(fr_column_generator *base, const int32_t *rows, int64_t groups, fr_grouped out);

static bool make(fr_deep_matrix *m, int64_t points, int64_t columns) {
    m->columns = columns;
    m->entries.stride = (columns + 1) * FR_GROUP;
    m->entries.at = calloc((size_t)(fr_groups(points) * m->entries.stride) + 1, sizeof *m->entries.at);
    return m->entries.at != NULL;
}

bool fr_deep_generator_create(fr_deep_generator *s, fr_deep_network *network, fr_residues residues, int64_t capacity) {
    memset(s, 0, sizeof *s);
    s->generator.next = next_block;
    s->generator.pivot_rows = fill_pivot_rows;
    s->generator.nonpivot_rows = fill_nonpivot_rows;
    s->network = network;
    s->residues = residues;
    s->capacity = capacity;
    s->inputs = calloc((size_t)network->hidden, sizeof *s->inputs);
    s->deltas = calloc((size_t)network->hidden, sizeof *s->deltas);
    s->columns = calloc((size_t)capacity, sizeof *s->columns);
    s->column_numbers = calloc((size_t)capacity, sizeof *s->column_numbers);
    bool made = s->inputs && s->deltas && s->columns && s->column_numbers;
    size_t most = 0;
    for (int64_t l = 0; made && l < network->hidden; l++) {
        const fr_problem *p = &network->layers[l].problem;
        made = make(&s->inputs[l], network->points, p->inputs) && make(&s->deltas[l], network->points, p->units);
        const size_t inputs = (size_t)(fr_groups(p->inputs) * FR_GROUP);
        const size_t units = (size_t)(fr_groups(p->units) * FR_GROUP);
        if (inputs * units > most) most = inputs * units;
    }
    s->factors = calloc(most + 1, sizeof *s->factors);
    s->generator.columns = s->column_numbers;
    return made && s->factors;
}

void fr_deep_generator_destroy(fr_deep_generator *s) {
    for (int64_t l = 0; l < (s->network ? s->network->hidden : 0); l++) {
        if (s->inputs) free(s->inputs[l].entries.at);
        if (s->deltas) free(s->deltas[l].entries.at);
    }
    free(s->inputs);
    free(s->deltas);
    free(s->factors);
    free(s->columns);
    free(s->column_numbers);
}

static double residue(const fr_deep_generator *s, double x) { return fr_residue_of(&s->residues, x); }

static inline double *entry(fr_deep_matrix m, int64_t row, int64_t column) {
    return fr_grouped_row(m.entries, row) + column * FR_GROUP;
}

/* Writes zeros where the layer's units are inactive, and on points beyond the last. */
static void mask(const fr_deep_generator *s, const fr_deep_layer *layer, fr_deep_matrix m) {
    for (int64_t row = 0; row < fr_groups(s->network->points) * FR_GROUP; row++)
        for (int64_t u = 0; u < m.columns; u++)
            if (row >= s->network->points || !fr_deep_is_active(layer, u, row)) *entry(m, row, u) = 0.0;
}

/* out += in (W of the layer, transposed unless `back`), mod p. */
static void multiply(fr_deep_generator *s, const fr_deep_layer *layer, bool back, fr_deep_matrix in,
                     fr_deep_matrix out) {
    const int64_t inputs = layer->problem.inputs;
    const fr_grouped factors = {s->factors, in.columns * FR_GROUP};
    for (int64_t t = 0; t < in.columns; t++)
        for (int64_t j = 0; j < out.columns; j++) {
            const double weight = back ? layer->weights[t * inputs + j] : layer->weights[j * inputs + t];
            *fr_grouped_transposed(factors, t, j) = -residue(s, weight);
        }
    s->network->isa->multiply_subtract(s->residues.field, fr_groups(s->network->points), out.columns, in.columns,
                                       in.entries, factors, out.entries);
}

void fr_deep_generator_begin(fr_deep_generator *s) {
    fr_deep_network *w = s->network;
    const int64_t n = w->points, last = w->hidden - 1;
    const fr_trial *first = &w->layers[0].trial;
    for (int64_t row = 0; row < n; row++)
        for (int64_t c = 0; c < s->inputs[0].columns; c++)
            *entry(s->inputs[0], row, c) = residue(s, first->x[c * first->ldx + row]);
    for (int64_t l = 0; l < last; l++) {
        const fr_deep_layer *layer = &w->layers[l];
        fr_deep_matrix out = s->inputs[l + 1];
        for (int64_t u = 0; u < out.columns; u++) {
            const double bias = residue(s, layer->biases[u]);
            for (int64_t row = 0; row < n; row++) *entry(out, row, u) = bias;
        }
        multiply(s, layer, false, s->inputs[l], out);
        mask(s, layer, out);
    }
    for (int64_t u = 0; u < s->deltas[last].columns; u++) {
        const double output = residue(s, w->output[u]);
        for (int64_t row = 0; row < n; row++) *entry(s->deltas[last], row, u) = output;
    }
    mask(s, &w->layers[last], s->deltas[last]);
    for (int64_t l = last; l > 0; l--) {
        const fr_grouped delta = s->deltas[l - 1].entries;
        memset(delta.at, 0, (size_t)(fr_groups(n) * delta.stride) * sizeof(double));
        multiply(s, &w->layers[l], true, s->deltas[l], s->deltas[l - 1]);
        mask(s, &w->layers[l - 1], s->deltas[l - 1]);
    }
    s->layer = last;
    s->unit = s->coordinate = s->count = 0;
    s->generator.useful = NULL;
    s->generator.leading = 0;
}

/* If a unit's delta is zero on every point, its columns are zero. */
static bool is_zero(const fr_deep_generator *s, fr_deep_matrix delta, int64_t unit) {
    for (int64_t row = 0; row < s->network->points; row++)
        if (*entry(delta, row, unit) != 0.0) return false;
    return true;
}

static int64_t next_block(fr_column_generator *base, int64_t want) {
    fr_deep_generator *s = (fr_deep_generator *)base;
    if (want > s->capacity) want = s->capacity;
    s->count = 0;
    while (s->count < want && s->layer >= 0) {
        const fr_deep_layer *layer = &s->network->layers[s->layer];
        const fr_deep_matrix delta = s->deltas[s->layer], input = s->inputs[s->layer];
        const int64_t k = fr_deep_k(layer);
        if (s->unit == delta.columns) {
            s->layer--;
            s->unit = 0;
            continue;
        }
        if (s->coordinate == 0 && is_zero(s, delta, s->unit)) {
            s->unit++;
            continue;
        }
        fr_deep_column *column = &s->columns[s->count];
        column->delta = fr_grouped_from(delta.entries, 0, s->unit);
        column->input = fr_grouped_from(input.entries, 0, s->coordinate);
        if (s->coordinate >= input.columns) column->input.at = NULL;
        s->column_numbers[s->count++] = layer->first_column + s->unit * k + s->coordinate;
        if (++s->coordinate == k) {
            s->coordinate = 0;
            s->unit++;
        }
    }
    return s->count;
}

static inline double value(fr_field field, const fr_deep_column *column, int64_t row) {
    const double delta = *fr_grouped_row(column->delta, row);
    return column->input.at ? fr_reduce(field, delta * *fr_grouped_row(column->input, row)) : delta;
}

static void fill_pivot_rows(fr_column_generator *base, const int32_t *rows, int64_t count, double *out) {
    const fr_deep_generator *s = (const fr_deep_generator *)base;
    const fr_grouped transpose = {out, count * FR_GROUP};
    for (int64_t c = 0; c < s->count; c++)
        for (int64_t i = 0; i < count; i++)
            *fr_grouped_transposed(transpose, i, c) = value(s->residues.field, &s->columns[c], rows[i]);
}

static void fill_nonpivot_rows(fr_column_generator *base, const int32_t *rows, int64_t groups, fr_grouped out) {
    const fr_deep_generator *s = (const fr_deep_generator *)base;
    for (int64_t c = 0; c < s->count; c++)
        for (int64_t i = 0; i < groups * FR_GROUP; i++)
            fr_grouped_row(out, i)[c * FR_GROUP] = value(s->residues.field, &s->columns[c], rows ? rows[i] : i);
}
