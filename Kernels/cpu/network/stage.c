/* Ranks of a batch of parameter sets. Small sets are ranked side by side, one on each thread; all threads work on one
 * set if it is large or alone. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/blocks.h"
#include "network/columns.h"
#include "session/memory.h"
#include "table.h"

/* Below these many rows of an elimination a set is too short to be split over threads. */
#define SMALL_ROWS 512
/* Without a limit of its own a session ranks sets side by side while they take less than this. */
#define DEFAULT_MEMORY ((double)((size_t)2 << 30))

typedef struct worker {
    fr_passes passes;
    fr_network_columns columns;
    fr_workspace *workspace;
    uint8_t *used;
    int64_t *pivots;
    int64_t kept, bound;
    bool ready;
} worker;

typedef struct batch {
    fr_session *session;
    const fr_network_shape *shape;
    const fr_isa *isa;
    fr_field field;
    double *powers, inverses[FR_INVERSES];
    fr_network_rank *ranks; /* or NULL: block_ranks is wanted */
    const fr_network_blocks *blocks;
    int64_t *block_ranks;
    fr_outcome *outcomes;
    worker *workers;
    fr_pool *inner_pool; /* not NULL: sets one after the other, each on the pool */
    _Atomic int64_t finished;
    _Atomic int out_of_memory;
} batch;

static int64_t elimination_rows(const fr_network_shape *shape, int64_t kept) {
    return fr_network_is_by_points(shape, kept) ? kept : shape->rows;
}

static void release(worker *w) {
    fr_network_columns_destroy(&w->columns);
    fr_passes_destroy(&w->passes);
    fr_workspace_destroy(w->workspace);
    free(w->used);
    free(w->pivots);
    memset(w, 0, sizeof *w);
}

/* For sets with these points. Sets that share their points share the state; else the inputs in use may differ. */
static bool prepare(batch *b, worker *w, int64_t set) {
    const fr_network_shape *shape = b->shape;
    if (w->ready && !shape->network->points_of_each_set) return true;
    uint8_t *used = malloc((size_t)shape->network->inputs);
    if (!used) return false;
    fr_network_used_inputs(shape, set, used);
    if (w->ready && memcmp(used, w->used, (size_t)shape->network->inputs) == 0) {
        free(used);
        return true;
    }
    release(w);
    w->used = used;
    w->kept = fr_network_kept_columns(shape, used);
    w->bound = fr_network_bound(shape, used);
    const int64_t rows = elimination_rows(shape, w->kept);
    w->pivots = calloc((size_t)rows + 1, sizeof *w->pivots);
    w->workspace = fr_workspace_create(rows);
    w->ready = w->pivots && w->workspace &&
               fr_passes_create(&w->passes, shape, b->isa, b->field, b->powers, fr_network_chunk(shape, w->kept),
                                fr_pool_size(b->session->pool)) &&
               fr_network_columns_create(&w->columns, &w->passes, w->used, w->kept);
    return w->ready;
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

static void write_result(const batch *b, const worker *w, int64_t set) {
    const fr_network_shape *shape = b->shape;
    if (b->blocks) {
        const int64_t count = b->blocks->point_count * b->blocks->unit_count;
        fr_count_blocks(b->blocks, &w->columns, w->pivots, b->block_ranks + set * count);
        return;
    }
    fr_network_rank *rank = &b->ranks[set];
    *rank = (fr_network_rank){.bound = w->bound, .columns = shape->columns, .rows = shape->rows,
                              .points = w->columns.points, .end = w->columns.end};
    for (int64_t i = 0; i < w->columns.rows; i++) rank->rank += w->pivots[i] >= 0;
    if (rank->rank >= w->bound) rank->end = FR_END_BOUND;
    rank->zeros = w->columns.zeros.count;
    rank->zero_layer = w->columns.zeros.count ? w->columns.zeros.layer : -1;
    rank->zero_unit = w->columns.zeros.count ? w->columns.zeros.unit : -1;
    rank->zero_point = w->columns.zeros.count ? w->columns.zeros.point : -1;
}

static void run_set(void *context, int64_t set, int index) {
    batch *b = context;
    worker *w = &b->workers[index];
    if (fr_is_cancelled(b->session) || atomic_load(&b->out_of_memory)) return;
    if (!is_finite_set(b->shape, set)) {
        b->outcomes[set] = FR_NOT_FINITE;
        return;
    }
    _Atomic double *done = b->shape->network->sets == 1 ? &b->session->done : NULL;
    const fr_elimination elimination = {b->session, {b->isa, b->field, b->inverses, b->inner_pool}, done};
    bool made = prepare(b, w, set);
    if (made) {
        fr_passes_begin(&w->passes, set);
        made = fr_network_columns_begin(&w->columns, b->session, b->inner_pool, w->bound, w->workspace, w->pivots);
    }
    if (made && fr_is_cancelled(b->session)) return;
    if (made && fr_eliminate(w->workspace, &elimination, &w->columns.generator, w->columns.rows, w->pivots) != FR_OK)
        return;
    if (!made || w->columns.out_of_memory) {
        atomic_store(&b->out_of_memory, 1);
        return;
    }
    write_result(b, w, set);
    b->outcomes[set] = FR_COMPUTED;
    const int64_t count = atomic_fetch_add(&b->finished, 1) + 1;
    if (b->shape->network->sets > 1)
        atomic_store(&b->session->done, (double)count / (double)b->shape->network->sets);
}

/* Bytes of one worker, at most. */
static double worker_memory(const fr_network_shape *shape) {
    const int64_t rows = elimination_rows(shape, shape->columns);
    return (double)fr_workspace_memory(rows) + fr_passes_memory(shape, fr_network_chunk(shape, shape->columns)) +
           24.0 * (double)rows;
}

static void run_all(batch *b) {
    const fr_network_shape *shape = b->shape;
    const int threads = fr_pool_size(b->session->pool);
    const double limit = b->session->memory_limit_bytes ? (double)b->session->memory_limit_bytes : DEFAULT_MEMORY;
    int64_t parallel = worker_memory(shape) * threads <= limit ? shape->network->sets : 0;
    if (elimination_rows(shape, shape->columns) > SMALL_ROWS) parallel -= parallel % threads;
    if (threads == 1) parallel = 0;
    fr_pool_run(b->session->pool, parallel, run_set, b);
    b->inner_pool = threads > 1 ? b->session->pool : NULL;
    for (int64_t set = parallel; set < shape->network->sets; set++) run_set(b, set, 0);
}

/* Exactly one of ranks and blocks, with block_ranks, is not NULL. */
static fr_status rank_sets(fr_session *session, const fr_network_shape *checked, uint32_t prime, fr_network_rank *ranks,
                           const fr_network_blocks *blocks, int64_t *block_ranks, fr_outcome *outcomes) {
    const fr_network_shape shape = *checked;
    const fr_network *network = shape.network;
    for (int64_t set = 0; set < network->sets; set++) outcomes[set] = FR_NOT_COMPUTED;
    const int threads = fr_pool_size(session->pool);
    batch b = {.session = session, .shape = &shape, .isa = fr_isa_best(), .field = fr_field_make(prime), .ranks = ranks,
               .blocks = blocks, .block_ranks = block_ranks, .outcomes = outcomes};
    b.powers = calloc(FR_POWER_COUNT, sizeof(double));
    b.workers = calloc((size_t)threads, sizeof *b.workers);
    if (b.powers && b.workers) {
        fr_fill_powers_of_two(b.field, b.powers);
        fr_fill_inverses(b.field, b.inverses);
        run_all(&b);
    } else {
        atomic_store(&b.out_of_memory, 1);
    }
    for (int i = 0; b.workers && i < threads; i++) release(&b.workers[i]);
    free(b.workers);
    free(b.powers);
    if (atomic_load(&b.out_of_memory))
        return fr_fail(session, FR_OUT_OF_MEMORY,
                       "not enough memory for %lld parameters on %lld rows: the elimination takes "
                       "%.3g GB",
                       (long long)shape.columns, (long long)shape.rows, worker_memory(&shape) * 1e-9);
    if (fr_is_cancelled(session)) return fr_fail(session, FR_CANCELLED, "cancelled");
    return FR_OK;
}

fr_status fr_cpu_network_ranks(fr_session *session, const fr_network *network, uint32_t prime, fr_network_rank *ranks,
                               fr_outcome *outcomes) {
    fr_begin_call(session);
    fr_network_shape shape;
    fr_status status = fr_check_prime(session, prime);
    if (status == FR_OK) status = fr_network_shape_make(session, network, prime, &shape);
    if (status != FR_OK || network->sets == 0) return status;
    if (!ranks || !outcomes) return fr_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", ranks ? "outcomes" : "ranks");
    return rank_sets(session, &shape, prime, ranks, NULL, NULL, outcomes);
}

fr_status fr_cpu_network_block_ranks(fr_session *session, const fr_network *network, uint32_t prime,
                                     const fr_network_blocks *blocks, int64_t *ranks, fr_outcome *outcomes) {
    fr_begin_call(session);
    fr_network_shape shape;
    fr_status status = fr_check_prime(session, prime);
    if (status == FR_OK) status = fr_network_shape_make(session, network, prime, &shape);
    if (status == FR_OK) status = fr_check_blocks(session, network, blocks);
    if (status != FR_OK || network->sets == 0) return status;
    if (!ranks || !outcomes) return fr_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", ranks ? "outcomes" : "ranks");
    shape.by_unit = network->layer_count == 2;
    return rank_sets(session, &shape, prime, NULL, blocks, ranks, outcomes);
}
