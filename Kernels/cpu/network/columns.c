#include "network/columns.h"

#include <stdlib.h>
#include <string.h>

/* Rows of the points whose passes are computed at a time: enough for a block of columns, and for products to be worth
 * their start. While rows are screened they are more, up to half of the elimination's, so that those that raise the
 * rank fill a block though they are few. A block, whatever its columns, and a screening each read all of M. */
#define CHUNK_ROWS 512

static int64_t points_of_rows(const fr_network_shape *shape, int64_t rows) {
    const int64_t points = (rows + shape->rows_of_point - 1) / shape->rows_of_point;
    return points < shape->network->points ? points : shape->network->points;
}

int64_t fr_network_chunk(const fr_network_shape *shape, int64_t kept) {
    const int64_t points = shape->network->points;
    if (!fr_network_is_by_points(shape, kept)) return points;
    return points_of_rows(shape, kept / 2 > CHUNK_ROWS ? kept / 2 : CHUNK_ROWS);
}

static bool make_block(fr_residue_matrix *m, int64_t capacity, int64_t columns) {
    m->columns = columns;
    m->rows.stride = columns * FR_GROUP;
    m->rows.at = calloc((size_t)(fr_groups(capacity) * m->rows.stride) + 1, sizeof(double));
    return m->rows.at != NULL;
}

bool fr_network_columns_create(fr_network_columns *s, fr_passes *passes, const uint8_t *used, int64_t kept) {
    const fr_network_shape *shape = passes->shape;
    memset(s, 0, sizeof *s);
    s->passes = passes;
    s->used = used;
    s->by_points = fr_network_is_by_points(shape, kept);
    s->rows = s->by_points ? kept : shape->rows;
    const int64_t columns = s->by_points ? shape->rows : kept, leading = fr_initial_lu_columns(s->rows);
    s->capacity = fr_block_columns(s->rows) > leading ? fr_block_columns(s->rows) : leading;
    if (s->capacity > columns) s->capacity = columns ? columns : 1;
    s->chunk_capacity = passes->capacity;
    s->unscreened_chunk = points_of_rows(shape, CHUNK_ROWS);
    s->column_numbers = calloc((size_t)s->capacity, sizeof *s->column_numbers);
    s->parameters = calloc((size_t)(s->by_points ? s->rows : s->capacity) + 1, sizeof *s->parameters);
    bool made = s->column_numbers && s->parameters;
    s->generator.columns = s->column_numbers;
    if (!s->by_points) return fr_network_columns_use_rows(s) && made;
    const size_t layers = (size_t)shape->network->layer_count;
    s->block_inputs = calloc(layers, sizeof *s->block_inputs);
    s->block_deltas = calloc(layers, sizeof *s->block_deltas);
    s->block_rows = calloc((size_t)s->capacity, sizeof *s->block_rows);
    made = made && s->block_inputs && s->block_deltas && s->block_rows && fr_screen_create(&s->screen, passes, kept);
    for (int64_t l = 0; made && l < shape->network->layer_count; l++)
        made = make_block(&s->block_inputs[l], s->capacity, fr_layer_inputs(shape->network, l)) &&
               make_block(&s->block_deltas[l], s->capacity, shape->network->layers[l].units);
    if (!made) return false;
    if (shape->rows_of_point > 1 && !fr_output_update_create(s)) return false;
    fr_parameter at = fr_first_parameter(shape, used);
    for (int64_t i = 0; i < s->rows; i++, at = fr_next_parameter(shape, used, at)) s->parameters[i] = at;
    fr_network_columns_use_points(s);
    return true;
}

void fr_network_columns_destroy(fr_network_columns *s) {
    const int64_t layers = s->passes ? s->passes->shape->network->layer_count : 0;
    for (int64_t l = 0; l < layers; l++) {
        if (s->block_inputs) free(s->block_inputs[l].rows.at);
        if (s->block_deltas) free(s->block_deltas[l].rows.at);
    }
    fr_output_update_destroy(s->update);
    fr_screen_destroy(&s->screen);
    fr_column_screen_destroy(&s->column_screen);
    for (int64_t l = 0; l < layers && s->bases; l++) fr_coordinate_basis_destroy(&s->bases[l]);
    free(s->bases);
    free(s->unit_columns);
    free(s->spare);
    free(s->block_rows);
    free(s->block_inputs);
    free(s->block_deltas);
    free(s->column_numbers);
    free(s->parameters);
    memset(s, 0, sizeof *s);
}

bool fr_network_columns_begin(fr_network_columns *s, fr_session *session, fr_pool *pool, int64_t bound,
                              const fr_workspace *workspace, const int64_t *pivots) {
    const fr_network_shape *shape = s->passes->shape;
    s->session = session;
    s->pool = pool;
    s->bound = bound;
    s->pivots = pivots;
    s->workspace = workspace;
    s->screening = s->column_screening = false;
    s->found = -1;
    s->before = 0;
    s->end = FR_END_ALL_POINTS;
    s->points = s->by_points ? 0 : shape->network->points;
    s->zeros = (fr_zeros){0, -1, -1, -1};
    s->out_of_memory = false;
    s->count = s->cursor = s->chunk_first = s->chunk_count = 0;
    s->generator.useful = NULL;
    s->generator.leading = fr_initial_lu_columns(s->rows) < s->capacity ? fr_initial_lu_columns(s->rows) : s->capacity;
    if (s->by_points) return true;
    s->next = fr_first_parameter(shape, s->used);
    if (!fr_passes_run(s->passes, pool, 0, shape->network->points)) return false;
    fr_activity_add_zeros(&s->passes->activity, shape->network->points, &s->zeros);
    for (int64_t l = 0; l < shape->network->layer_count && s->bases; l++)
        if (!fr_coordinate_basis_find(&s->bases[l], s->passes->field, s->passes->inputs[l], shape->network->points))
            return false;
    return true;
}
