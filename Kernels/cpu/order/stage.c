/* Batches of trials: side by side with one thread for each, or one after the other on all threads. */
#include <stdlib.h>

#include "fullrank_memory.h"
#include "fullrank_numbers.h"
#include "order/order.h"

/* Without a memory limit of its own, a session runs trials side by side while their workspaces stay below this. */
#define DEFAULT_WORKSPACES ((size_t)2 << 30)
/* From this size on, the last trials of a batch are split over threads. */
#define LARGE_POINTS 20000

typedef struct worker {
    fr_trial trial;
    fr_order order;
    bool ready, failed;
} worker;

typedef struct batch {
    fr_session *session;
    const fr_problem *problem;
    uint64_t first_trial;
    int64_t trials;
    int64_t *pivots;
    fr_outcome *outcomes;
    worker *workers;
    fr_pool *inner_pool; /* not NULL: one trial at a time, on the pool */
    int threads;         /* of one trial */
    _Atomic int64_t finished;
    _Atomic int failure; /* the first status that was neither FR_OK nor FR_CANCELLED */
} batch;

static bool prepare(batch *b, worker *w) {
    if (w->ready) return !w->failed;
    w->ready = true;
    w->failed = !fr_trial_create(&w->trial, fr_isa_best(), b->problem) ||
                !fr_order_create(&w->order, b->session, &w->trial, b->threads);
    return !w->failed;
}

static void release(batch *b, int count) {
    for (int i = 0; i < count; i++) {
        fr_order_destroy(&b->workers[i].order);
        fr_trial_destroy(&b->workers[i].trial);
        b->workers[i] = (worker){.ready = false};
    }
}

static void run_trial(void *context, int64_t item, int index) {
    batch *b = context;
    worker *w = &b->workers[index];
    if (fr_is_cancelled(b->session) || atomic_load(&b->failure)) return;
    if (!prepare(b, w)) return atomic_store(&b->failure, FR_OUT_OF_MEMORY);
    fr_trial_begin(&w->trial, b->first_trial + (uint64_t)item);
    const fr_status status = fr_order_profile(&w->order, b->inner_pool, b->trials == 1 ? &b->session->done : NULL,
                                              b->pivots + item * b->problem->points);
    if (status == FR_CANCELLED) return;
    if (status != FR_OK) return atomic_store(&b->failure, status);
    b->outcomes[item] = FR_COMPUTED;
    const int64_t count = atomic_fetch_add(&b->finished, 1) + 1;
    if (b->trials > 1) atomic_store(&b->session->done, (double)count / (double)b->trials);
}

int32_t fr_cpu_ranks_by_order(int64_t inputs, int32_t bias, int32_t drawn_patterns) {
    const fr_problem problem = {.inputs = inputs, .bias = bias,
                                .weight_distribution = drawn_patterns ? FR_WEIGHTS_STEPS : FR_WEIGHTS_UNIFORM};
    return fr_order_applies(&problem);
}

uint64_t fr_cpu_order_memory(int64_t rows) {
    return fr_order_memory(rows) + 3 * (uint64_t)rows * sizeof(double); /* inputs, their sizes, pivots */
}

fr_status fr_order_profiles(fr_session *session, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                            int64_t *pivots, fr_outcome *outcomes) {
    if (trials == 0) return FR_OK;
    if (outcomes == NULL || (pivots == NULL && problem->points > 0))
        return fr_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", outcomes ? "pivot_columns" : "outcomes");
    for (int64_t i = 0; i < trials; i++) outcomes[i] = FR_NOT_COMPUTED;
    const int threads = fr_pool_size(session->pool);
    batch b = {.session = session, .problem = problem, .first_trial = first_trial, .trials = trials, .pivots = pivots,
               .outcomes = outcomes, .threads = 1};
    b.workers = calloc((size_t)threads, sizeof *b.workers);
    if (!b.workers) return fr_fail(session, FR_OUT_OF_MEMORY, "not enough memory for %d threads", threads);
    const size_t limit = session->memory_limit_bytes ? session->memory_limit_bytes : DEFAULT_WORKSPACES;
    int64_t parallel = fr_order_memory(problem->points) * (size_t)threads <= limit ? trials : 0;
    if (problem->points >= LARGE_POINTS) parallel -= parallel % threads;
    fr_pool_run(session->pool, parallel, run_trial, &b);
    if (parallel < trials) {
        release(&b, threads);
        b.threads = threads;
        b.inner_pool = threads > 1 ? session->pool : NULL;
        for (int64_t i = parallel; i < trials; i++) run_trial(&b, i, 0);
    }
    release(&b, threads);
    free(b.workers);
    const fr_status failure = (fr_status)atomic_load(&b.failure);
    if (failure == FR_OUT_OF_MEMORY)
        return fr_fail(session, failure, "not enough memory to sort %lld points", (long long)problem->points);
    if (failure != FR_OK)
        return fr_fail(session, failure, "order: a unit has more than two pivots; please report this");
    if (fr_is_cancelled(session)) return fr_fail(session, FR_CANCELLED, "cancelled");
    return FR_OK;
}
