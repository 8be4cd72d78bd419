#include "network/ranker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool fr_ranking_create(fr_ranking *ranking, fr_session *session, uint32_t prime) {
    *ranking = (fr_ranking){.session = session, .isa = fr_isa_best(), .field = fr_field_make(prime)};
    ranking->powers = calloc(FR_POWER_COUNT, sizeof(double));
    if (!ranking->powers) return false;
    fr_fill_powers_of_two(ranking->field, ranking->powers);
    fr_fill_inverses(ranking->field, ranking->inverses);
    return true;
}

void fr_ranking_destroy(fr_ranking *ranking) { free(ranking->powers); }

static int64_t elimination_rows(const fr_network_shape *shape, int64_t kept) {
    return fr_network_is_by_points(shape, kept) ? kept : shape->rows;
}

int64_t fr_ranker_rows(const fr_network_shape *shape) { return elimination_rows(shape, shape->columns); }

double fr_ranker_memory(const fr_network_shape *shape) {
    const int64_t rows = fr_ranker_rows(shape);
    return (double)fr_workspace_memory(rows) + fr_passes_memory(shape, fr_network_chunk(shape, shape->columns)) +
           24.0 * (double)rows;
}

void fr_ranker_destroy(fr_ranker *r) {
    fr_network_columns_destroy(&r->columns);
    fr_passes_destroy(&r->passes);
    fr_workspace_destroy(r->workspace);
    free(r->used);
    free(r->pivots);
    memset(r, 0, sizeof *r);
}

/* For sets with these points. Sets that share their points share the state; else the inputs in use may differ. */
static bool prepare(fr_ranker *r, const fr_ranking *ranking, const fr_network_shape *shape, int64_t set) {
    if (r->shape != shape) fr_ranker_destroy(r);
    if (r->ready && !shape->network->points_of_each_set) return true;
    uint8_t *used = malloc((size_t)shape->network->inputs);
    if (!used) return false;
    fr_network_used_inputs(shape, set, used);
    if (r->ready && memcmp(used, r->used, (size_t)shape->network->inputs) == 0) {
        free(used);
        return true;
    }
    fr_ranker_destroy(r);
    r->shape = shape;
    r->used = used;
    r->kept = fr_network_kept_columns(shape, used);
    r->bound = fr_network_bound(shape, used);
    const int64_t rows = elimination_rows(shape, r->kept);
    r->pivots = calloc((size_t)rows + 1, sizeof *r->pivots);
    r->workspace = fr_workspace_create(rows);
    r->ready = r->pivots && r->workspace &&
               fr_passes_create(&r->passes, shape, ranking->isa, ranking->field, ranking->powers,
                                fr_network_chunk(shape, r->kept), fr_pool_size(ranking->session->pool)) &&
               fr_network_columns_create(&r->columns, &r->passes, r->used, r->kept);
    return r->ready;
}

static bool all_finite(const double *x, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(x[i])) return false;
    return true;
}

static bool is_finite_set(const fr_network_shape *shape, int64_t set) {
    const fr_network *network = shape->network;
    return (network->parameter_numbers != FR_NUMBERS_DOUBLE ||
            all_finite(fr_set_parameters(shape, set), shape->parameters)) &&
           (network->point_numbers != FR_NUMBERS_DOUBLE || network->points == 0 ||
            all_finite(fr_set_point(shape, set, 0), network->points * network->inputs));
}

static void write_result(const fr_ranker *r, fr_network_rank *rank) {
    *rank = (fr_network_rank){.bound = r->bound, .columns = r->shape->columns, .rows = r->shape->rows,
                              .points = r->columns.points, .end = r->columns.end};
    for (int64_t i = 0; i < r->columns.rows; i++) rank->rank += r->pivots[i] >= 0;
    if (rank->rank >= r->bound) rank->end = FR_END_BOUND;
    const fr_zeros *zeros = &r->columns.zeros;
    rank->zeros = zeros->count;
    rank->zero_layer = zeros->count ? zeros->layer : -1;
    rank->zero_unit = zeros->count ? zeros->unit : -1;
    rank->zero_point = zeros->count ? zeros->point : -1;
}

fr_status fr_ranker_run(fr_ranker *r, const fr_ranking *ranking, const fr_network_shape *shape, int64_t set,
                        fr_pool *pool, _Atomic double *done, fr_network_rank *rank, fr_outcome *outcome) {
    fr_session *session = ranking->session;
    if (!is_finite_set(shape, set)) {
        *outcome = FR_NOT_FINITE;
        return FR_OK;
    }
    if (!prepare(r, ranking, shape, set)) return FR_OUT_OF_MEMORY;
    fr_passes_begin(&r->passes, set);
    if (!fr_network_columns_begin(&r->columns, session, pool, r->bound, r->workspace, r->pivots))
        return FR_OUT_OF_MEMORY;
    if (fr_is_cancelled(session)) return FR_CANCELLED;
    const fr_elimination elimination = {session, {ranking->isa, ranking->field, ranking->inverses, pool}, done};
    const fr_status status =
        fr_eliminate(r->workspace, &elimination, &r->columns.generator, r->columns.rows, r->pivots);
    if (status != FR_OK) return status;
    if (r->columns.out_of_memory) return FR_OUT_OF_MEMORY;
    write_result(r, rank);
    *outcome = FR_COMPUTED;
    return FR_OK;
}
