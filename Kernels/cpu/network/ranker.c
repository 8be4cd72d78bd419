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

/* Points beyond the bound that are drawn at first: the chance that so many random points fall short is no more than
 * that of as many coincidences modulo the prime. */
#define MARGIN 8

/* How many points are enough, most likely, for the rank of all. Drawn points are generic: a polynomial network reaches
 * its rank with as many points as the rank, one row each. Few points make the elimination's rows points, and the
 * parameters, however many, its columns. */
static int64_t first_points(const fr_network_shape *shape, int64_t bound) {
    const fr_network *network = shape->network;
    if (!fr_is_generic(shape) || shape->rows_of_point > 1 || shape->in_blocks) return network->points;
    const int64_t more = network->patience > MARGIN ? network->patience : MARGIN;
    return bound < network->points - more ? bound + more : network->points;
}

fr_ranker_size fr_ranker_size_of(const fr_network_shape *shape) {
    fr_network_shape few = *shape;
    fr_network network = *shape->network;
    if (fr_is_generic(shape)) network.points = first_points(shape, fr_network_bound(shape, NULL));
    few.network = &network;
    few.rows = network.points * shape->rows_of_point;
    const int64_t rows = elimination_rows(&few, shape->columns);
    return (fr_ranker_size){rows, (double)fr_workspace_memory(rows) +
                                      fr_passes_memory(&few, fr_network_chunk(&few, shape->columns)) +
                                      24.0 * (double)rows};
}

/* Whether a workspace made for so many rows does for these as well as one of their own. */
static bool serves(int64_t made_for, int64_t rows) {
    return made_for >= rows && made_for <= 2 * rows + 64 && fr_block_columns(made_for) == fr_block_columns(rows) &&
           (fr_initial_lu_columns(made_for) > 0) == (fr_initial_lu_columns(rows) > 0);
}

static bool make_workspace(fr_ranker *r, int64_t rows) {
    if (r->workspace && serves(r->workspace_rows, rows)) return true;
    fr_workspace_destroy(r->workspace);
    r->workspace = fr_workspace_create(rows);
    r->workspace_rows = rows;
    return r->workspace != NULL;
}

static void take_points(fr_ranker *r, int64_t points) {
    r->network = *r->asked->network;
    r->network.points = points;
    r->shape = *r->asked;
    r->shape.network = &r->network;
    r->shape.rows = points * r->shape.rows_of_point;
}

/* The state for so many of the points. */
static bool make(fr_ranker *r, const fr_ranking *ranking, int64_t points) {
    take_points(r, points);
    const int64_t rows = elimination_rows(&r->shape, r->kept);
    r->pivots = calloc((size_t)rows + 1, sizeof *r->pivots);
    r->ready = r->pivots && make_workspace(r, rows) &&
               fr_passes_create(&r->passes, &r->shape, ranking->isa, ranking->field, ranking->powers,
                                fr_network_chunk(&r->shape, r->kept), fr_pool_size(ranking->session->pool)) &&
               fr_network_columns_create(&r->columns, &r->passes, r->used, r->kept);
    return r->ready;
}

static void release(fr_ranker *r) {
    fr_network_columns_destroy(&r->columns);
    fr_passes_destroy(&r->passes);
    free(r->pivots);
    r->pivots = NULL;
    r->ready = false;
}

void fr_ranker_destroy(fr_ranker *r) {
    release(r);
    fr_workspace_destroy(r->workspace);
    free(r->used);
    memset(r, 0, sizeof *r);
}

/* For sets with these points. Sets that share their points share the state; else the inputs in use may differ. */
static bool prepare(fr_ranker *r, const fr_ranking *ranking, const fr_network_shape *shape, int64_t set) {
    if (r->asked == shape && r->ready && !shape->network->points_of_each_set) return true;
    uint8_t *used = malloc((size_t)shape->network->inputs);
    if (!used) return false;
    fr_network_used_inputs(shape, set, used);
    if (r->asked == shape && r->ready && memcmp(used, r->used, (size_t)shape->network->inputs) == 0) {
        free(used);
        return true;
    }
    release(r);
    free(r->used);
    r->asked = shape;
    r->used = used;
    r->kept = fr_network_kept_columns(shape, used);
    r->bound = fr_network_bound(shape, used);
    return make(r, ranking, first_points(shape, r->bound));
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

static int64_t rank_found(const fr_ranker *r) {
    int64_t rank = 0;
    for (int64_t i = 0; i < r->columns.rows; i++) rank += r->pivots[i] >= 0;
    return rank;
}

/* Of an elimination whose rows are points: the number of points after the last one that raised the rank. */
static int64_t points_since(const fr_ranker *r) {
    int64_t last = r->columns.rows - 1;
    while (last >= 0 && r->pivots[last] < 0) last--;
    return r->columns.rows - 1 - last;
}

static void write_result(const fr_ranker *r, fr_network_rank *rank) {
    const fr_network_shape *asked = r->asked;
    *rank = (fr_network_rank){.rank = rank_found(r), .bound = r->bound, .columns = asked->columns, .rows = asked->rows,
                              .points = r->columns.points, .end = r->columns.end};
    if (rank->rank >= r->bound) rank->end = FR_END_BOUND;
    else if (rank->points < asked->network->points) rank->end = FR_END_PATIENCE;
    const fr_zeros *zeros = &r->columns.zeros;
    rank->zeros = zeros->count;
    rank->zero_layer = zeros->count ? zeros->layer : -1;
    rank->zero_unit = zeros->count ? zeros->unit : -1;
    rank->zero_point = zeros->count ? zeros->point : -1;
}

static fr_status eliminate(fr_ranker *r, const fr_ranking *ranking, int64_t set, fr_pool *pool, _Atomic double *done) {
    fr_session *session = ranking->session;
    fr_passes_begin(&r->passes, set);
    if (!fr_network_columns_begin(&r->columns, session, pool, r->bound, r->workspace, r->pivots))
        return FR_OUT_OF_MEMORY;
    if (fr_is_cancelled(session)) return FR_CANCELLED;
    const fr_elimination elimination = {session, {ranking->isa, ranking->field, ranking->inverses, pool}, done};
    const fr_status status =
        fr_eliminate(r->workspace, &elimination, &r->columns.generator, r->columns.rows, r->pivots);
    return status == FR_OK && r->columns.out_of_memory ? FR_OUT_OF_MEMORY : status;
}

/* Whether the points taken settle the matter. */
static bool is_enough(const fr_ranker *r) {
    const int64_t patience = r->asked->network->patience;
    if (r->network.points == r->asked->network->points || rank_found(r) >= r->bound) return true;
    if (patience == 0) return false;
    return r->columns.by_points ? r->columns.end == FR_END_PATIENCE : points_since(r) >= patience;
}

fr_status fr_ranker_run(fr_ranker *r, const fr_ranking *ranking, const fr_network_shape *shape, int64_t set,
                        fr_pool *pool, _Atomic double *done, fr_network_rank *rank, fr_outcome *outcome) {
    if (!is_finite_set(shape, set)) {
        *outcome = FR_NOT_FINITE;
        return FR_OK;
    }
    if (!prepare(r, ranking, shape, set)) return FR_OUT_OF_MEMORY;
    fr_status status = eliminate(r, ranking, set, pool, done);
    const bool enough = status != FR_OK || is_enough(r);
    if (!enough) {
        release(r);
        if (!make(r, ranking, shape->network->points)) return FR_OUT_OF_MEMORY;
        status = eliminate(r, ranking, set, pool, done);
    }
    if (status != FR_OK) return status;
    if (ranking->blocks) {
        const int64_t count = ranking->blocks->point_count * ranking->blocks->unit_count;
        fr_count_blocks(ranking->blocks, &r->columns, r->pivots, ranking->block_ranks + set * count);
    } else {
        write_result(r, rank);
    }
    *outcome = FR_COMPUTED;
    if (!enough) release(r); /* the next set begins with few points again */
    return FR_OK;
}
