#include "network/column_screen.h"

#include <stdlib.h>
#include <string.h>

bool fr_column_screen_create(fr_column_screen *s, const fr_passes *passes, int64_t rows) {
    const size_t padded = (size_t)(fr_groups(rows) * FR_GROUP) + 1, widest = (size_t)passes->shape->widest + 1;
    memset(s, 0, sizeof *s);
    s->passes = passes;
    s->rows = rows;
    s->groups = fr_groups(rows);
    s->layer = s->unit = -1;
    bool made = true;
    for (int i = 0; i < FR_SCREEN_VECTORS; i++) {
        s->vectors[i] = calloc(padded, sizeof(double));
        made = made && s->vectors[i];
    }
    s->weighted = calloc(padded, sizeof(double));
    s->sums = calloc(widest * FR_GROUP, sizeof(double));
    s->raises = calloc(widest, 1);
    return made && s->weighted && s->sums && s->raises;
}

void fr_column_screen_destroy(fr_column_screen *s) {
    for (int i = 0; i < FR_SCREEN_VECTORS; i++) free(s->vectors[i]);
    free(s->weighted);
    free(s->sums);
    free(s->raises);
    memset(s, 0, sizeof *s);
}

void fr_column_screen_renew(fr_column_screen *s, const fr_workspace *workspace, fr_pool *pool) {
    for (uint64_t i = 0; i < FR_SCREEN_VECTORS; i++)
        fr_random_relation(workspace, s->passes->field, pool, i, s->vectors[i]);
    s->layer = s->unit = -1;
}

static void weigh(const fr_column_screen *s, const double *g, fr_residue_matrix delta, int64_t unit) {
    for (int64_t group = 0; group < s->groups; group++) {
        const double *from = delta.rows.at + group * delta.rows.stride + unit * FR_GROUP;
        double *to = s->weighted + group * FR_GROUP;
        for (int i = 0; i < FR_GROUP; i++) to[i] = fr_reduce(s->passes->field, g[group * FR_GROUP + i] * from[i]);
    }
}

static void reduce_sums(const fr_column_screen *s, int64_t count) {
    for (int64_t i = 0; i < count * FR_GROUP; i++) s->sums[i] = fr_reduce(s->passes->field, s->sums[i]);
}

/* sums: of the products with each coordinate's column, lane by lane. */
static void add_products(const fr_column_screen *s, fr_residue_matrix input, bool bias) {
    const int64_t count = input.columns + bias;
    memset(s->sums, 0, (size_t)(count * FR_GROUP) * sizeof *s->sums);
    for (int64_t group = 0; group < s->groups; group++) {
        const double *x = input.rows.at + group * input.rows.stride, *g = s->weighted + group * FR_GROUP;
        for (int64_t c = 0; c < input.columns; c++)
            for (int i = 0; i < FR_GROUP; i++) s->sums[c * FR_GROUP + i] += g[i] * x[c * FR_GROUP + i];
        for (int i = 0; i < FR_GROUP && bias; i++) s->sums[input.columns * FR_GROUP + i] += g[i];
        if ((group + 1) % (FR_DELAY - 1) == 0) reduce_sums(s, count);
    }
    reduce_sums(s, count);
}

const uint8_t *fr_column_screen_unit(fr_column_screen *s, int64_t layer, int64_t unit) {
    if (layer == s->layer && unit == s->unit) return s->raises;
    const fr_residue_matrix input = s->passes->inputs[layer];
    const bool bias = s->passes->shape->network->layers[layer].bias;
    const int64_t count = input.columns + bias;
    s->layer = layer;
    s->unit = unit;
    memset(s->raises, 0, (size_t)count);
    bool all = false;
    for (int v = 0; v < FR_SCREEN_VECTORS && !all; v++) {
        weigh(s, s->vectors[v], s->passes->deltas[layer], unit);
        add_products(s, input, bias);
        all = true;
        for (int64_t c = 0; c < count; c++) {
            double sum = 0.0;
            for (int i = 0; i < FR_GROUP; i++) sum += s->sums[c * FR_GROUP + i];
            s->raises[c] |= fr_reduce(s->passes->field, sum) != 0.0;
            all &= s->raises[c];
        }
    }
    return s->raises;
}
