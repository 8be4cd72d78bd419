/* The Jacobian as it stands: rows are (point, output), columns parameters, column by column. */
#include "network/columns.h"

static int64_t pivots_found(const fr_network_columns *s) {
    int64_t found = 0;
    for (int64_t i = 0; i < s->rows; i++) found += s->pivots[i] >= 0;
    return found;
}

/* A unit whose delta is zero on every row has columns of zeros. */
static bool is_zero(const fr_network_columns *s, fr_parameter at) {
    const fr_residue_matrix delta = s->passes->deltas[at.layer];
    for (int64_t row = 0; row < s->rows; row++)
        if (*fr_residue_at(delta, row, at.unit) != 0.0) return false;
    return true;
}

static int64_t next_block(fr_column_generator *base, int64_t want) {
    fr_network_columns *s = (fr_network_columns *)base;
    const fr_network_shape *shape = s->passes->shape;
    s->count = 0;
    if (s->bound < s->rows && pivots_found(s) >= s->bound) return 0;
    if (want > s->capacity) want = s->capacity;
    int64_t unit = -1, layer = -1; /* whose delta was looked at */
    while (s->count < want && s->next.layer < shape->network->layer_count) {
        if (s->next.unit != unit || s->next.layer != layer) {
            unit = s->next.unit;
            layer = s->next.layer;
            if (is_zero(s, s->next)) {
                s->next = fr_parameter_after_unit(shape, s->used, s->next);
                continue;
            }
        }
        /* Not read, but for leading blocks: fr_network_blocks. */
        s->column_numbers[s->count] = fr_units_needed(shape, s->next);
        s->parameters[s->count++] = s->next;
        s->next = fr_next_parameter(shape, s->used, s->next);
    }
    return s->count;
}

static inline double value(const fr_network_columns *s, fr_parameter at, int64_t row) {
    const fr_residue_matrix input = s->passes->inputs[at.layer];
    const double delta = *fr_residue_at(s->passes->deltas[at.layer], row, at.unit);
    if (at.coordinate == input.columns) return delta;
    const int64_t point = row / s->passes->shape->rows_of_point;
    return fr_reduce(s->passes->field, delta * *fr_residue_at(input, point, at.coordinate));
}

static void fill_pivot_rows(fr_column_generator *base, const int32_t *rows, int64_t count, double *out) {
    const fr_network_columns *s = (const fr_network_columns *)base;
    for (int64_t c = 0; c < s->count; c++)
        for (int64_t i = 0; i < count; i++)
            out[(c / FR_GROUP * count + i) * FR_GROUP + c % FR_GROUP] = value(s, s->parameters[c], rows[i]);
}

static void fill_nonpivot_rows(fr_column_generator *base, const int32_t *rows, int64_t groups,
                               fr_grouped out) {
    const fr_network_columns *s = (const fr_network_columns *)base;
    for (int64_t c = 0; c < s->count; c++)
        for (int64_t i = 0; i < groups * FR_GROUP; i++) {
            const int64_t row = rows ? rows[i] : i;
            fr_grouped_row(out, i)[c * FR_GROUP] = row < s->rows ? value(s, s->parameters[c], row) : 0.0;
        }
}

void fr_network_columns_use_rows(fr_network_columns *s) {
    s->generator.next = next_block;
    s->generator.pivot_rows = fill_pivot_rows;
    s->generator.nonpivot_rows = fill_nonpivot_rows;
}
