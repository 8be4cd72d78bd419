/* The Jacobian's transpose: rows are parameters, columns (point, output), computed in chunks of points and handed out
 * in blocks. */
#include "network/columns.h"

/* How many pivots there are, and the last column that holds one; -1. */
static int64_t pivots_found(const fr_network_columns *s, int64_t *last) {
    int64_t found = 0;
    *last = -1;
    for (int64_t i = 0; i < s->rows; i++) {
        found += s->pivots[i] >= 0;
        if (s->pivots[i] > *last) *last = s->pivots[i];
    }
    return found;
}

/* No more columns are wanted. A point counts once all its rows were taken or passed over. */
static bool is_enough(fr_network_columns *s, int64_t found, int64_t last) {
    const int64_t patience = s->passes->shape->network->patience, per = s->passes->shape->rows_of_point;
    const int64_t since = s->points - (last < 0 ? 0 : last / per + 1);
    if (found >= s->bound) s->end = FR_END_BOUND;
    else if (patience && since >= patience) s->end = FR_END_PATIENCE;
    return s->end != FR_END_ALL_POINTS;
}

/* The next points' passes. False: none are left, or out of memory. */
static bool refill(fr_network_columns *s) {
    const fr_network_shape *shape = s->passes->shape;
    const int64_t all = shape->network->points;
    const bool many = s->screening && !shape->network->patience;
    const int64_t most = many ? s->chunk_capacity : s->unscreened_chunk;
    s->chunk_first += s->chunk_count;
    s->chunk_count = all - s->chunk_first < most ? all - s->chunk_first : most;
    s->cursor = 0;
    s->found = -1;
    if (s->chunk_count == 0) return false;
    s->out_of_memory = !fr_passes_run(s->passes, s->pool, s->chunk_first, s->chunk_count);
    if (s->out_of_memory) return false;
    fr_activity_add_zeros(&s->passes->activity, s->chunk_count, &s->zeros);
    return true;
}

/* Rows of the chunk for the block, from the cursor on: all, or those that may raise the rank. */
static void choose_rows(fr_network_columns *s, int64_t want, int64_t found) {
    const int64_t rows = s->chunk_count * s->passes->shape->rows_of_point;
    if (s->screening && s->found != found) {
        fr_screen_run(&s->screen, s->pool, s->workspace, s->parameters, s->rows, s->chunk_first, s->chunk_count);
        s->found = found;
    }
    for (; s->cursor < rows && s->count < want; s->cursor++)
        if (!s->screening || s->screen.raises[s->cursor]) s->block_rows[s->count++] = s->cursor;
    s->points = s->chunk_first + s->cursor / s->passes->shape->rows_of_point;
}

/* Copies the factors of the block's columns, so that groups of columns are groups of its own. */
static void take_block(fr_network_columns *s) {
    const fr_network_shape *shape = s->passes->shape;
    for (int64_t i = 0; i < s->count; i++)
        s->column_numbers[i] = s->chunk_first * shape->rows_of_point + s->block_rows[i];
    for (int64_t l = 0; l < shape->network->layer_count; l++) {
        if (!shape->network->layers[l].trained) continue;
        const fr_residue_matrix inputs = s->passes->inputs[l], deltas = s->passes->deltas[l];
        for (int64_t i = 0; i < s->count; i++) {
            const int64_t row = s->block_rows[i], point = row / shape->rows_of_point;
            for (int64_t c = 0; c < inputs.columns; c++)
                *fr_residue_at(s->block_inputs[l], i, c) = *fr_residue_at(inputs, point, c);
            for (int64_t u = 0; u < deltas.columns; u++)
                *fr_residue_at(s->block_deltas[l], i, u) = *fr_residue_at(deltas, row, u);
        }
    }
}

static int64_t next_block(fr_column_generator *base, int64_t want) {
    fr_network_columns *s = (fr_network_columns *)base;
    const int64_t per = s->passes->shape->rows_of_point, before = s->count;
    int64_t last;
    const int64_t found = pivots_found(s, &last), brought = found - s->before;
    /* One column in eight that brought nothing pays for the forward passes of screening. */
    if (before && brought < before - before / 8) s->screening = true;
    s->before = found;
    if (want > s->capacity) want = s->capacity;
    for (s->count = 0; s->count == 0;) {
        if (is_enough(s, found, last) || fr_is_cancelled(s->session)) return 0;
        if (s->cursor == s->chunk_count * per && !refill(s)) return 0;
        choose_rows(s, want, found);
    }
    take_block(s);
    const bool shared = s->update && fr_output_update_pays(s->update);
    s->generator.schur_update = shared ? fr_output_update_run : NULL;
    return s->count;
}

/* FR_GROUP columns of one parameter's row, from group `group` of the block. */
static inline void values(const fr_network_columns *s, fr_parameter at, int64_t group, double out[FR_GROUP]) {
    const fr_field field = s->passes->field;
    const fr_residue_matrix input = s->block_inputs[at.layer], deltas = s->block_deltas[at.layer];
    const double *delta = deltas.rows.at + group * deltas.rows.stride + at.unit * FR_GROUP;
    if (at.coordinate == input.columns) {
        for (int i = 0; i < FR_GROUP; i++) out[i] = delta[i];
        return;
    }
    const double *x = input.rows.at + group * input.rows.stride + at.coordinate * FR_GROUP;
    for (int i = 0; i < FR_GROUP; i++) out[i] = fr_reduce(field, delta[i] * x[i]);
}

static void fill_pivot_rows(fr_column_generator *base, const int32_t *rows, int64_t count, double *out) {
    const fr_network_columns *s = (const fr_network_columns *)base;
    for (int64_t group = 0; group < fr_groups(s->count); group++)
        for (int64_t i = 0; i < count; i++)
            values(s, s->parameters[rows[i]], group, out + (group * count + i) * FR_GROUP);
}

static void fill_nonpivot_rows(fr_column_generator *base, const int32_t *rows, int64_t groups,
                               fr_grouped out) {
    const fr_network_columns *s = (const fr_network_columns *)base;
    for (int64_t i = 0; i < groups * FR_GROUP; i++) {
        const int64_t row = rows ? rows[i] : i;
        double *to = fr_grouped_row(out, i);
        for (int64_t group = 0; group < fr_groups(s->count); group++) {
            double of_group[FR_GROUP] = {0};
            if (row < s->rows) values(s, s->parameters[row], group, of_group);
            const int64_t columns = s->count - group * FR_GROUP < FR_GROUP ? s->count - group * FR_GROUP : FR_GROUP;
            for (int64_t c = 0; c < columns; c++) to[(group * FR_GROUP + c) * FR_GROUP] = of_group[c];
        }
    }
}

void fr_network_columns_use_points(fr_network_columns *s) {
    s->generator.next = next_block;
    s->generator.pivot_rows = fill_pivot_rows;
    s->generator.nonpivot_rows = fill_nonpivot_rows;
}
