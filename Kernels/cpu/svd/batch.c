/* Singular values of many matrices.
 *
 * How the work divides: an item is one matrix, filled in and decomposed by one thread with one-threaded BLAS, so that
 * its values do not depend on the pool. Items are ordered by decreasing work (all trials of the largest shape first),
 * so that threads wait only briefly for the last one. The pool runs "lanes": a lane owns one set of buffers and takes
 * items until none are left. There are as many lanes as threads, or fewer if memory is short. */
#include "svd/batch.h"

#include "svd/lapack.h"

#include <stdlib.h>
#include <string.h>

typedef struct shape_plan {
    fr_gesdd_plan plan;
    int64_t shape; /* index into the caller's shapes */
    double work;   /* in multiply-adds, roughly */
} shape_plan;

struct fr_svd_batch {
    fr_session *session;
    int64_t shape_count;
    fr_singular *results;
    fr_outcome *outcomes;
    shape_plan *plans; /* of the non-empty shapes, by falling work */
    int64_t plan_count;
    double total_work;
    fr_gesdd_buffers *lanes;
    int lane_count;

    int64_t first, chunk; /* the run */
    fr_svd_fill fill;
    void *context;
    _Atomic int64_t next;
    _Atomic int refused;
};

static int by_falling_work(const void *a, const void *b) {
    const shape_plan *left = a, *right = b;
    if (left->work != right->work) return left->work < right->work ? 1 : -1;
    return left->shape < right->shape ? -1 : 1; /* because qsort is not stable */
}

static fr_status make_plans(fr_svd_batch *batch, fr_precision precision, const fr_shape *shapes, int64_t trials,
                            fr_gesdd_sizes *sizes) {
    for (int64_t i = 0; i < batch->shape_count; i++) {
        int64_t rows = shapes[i].rows, columns = shapes[i].columns;
        if (rows == 0 || columns == 0) continue;
        shape_plan *plan = &batch->plans[batch->plan_count++];
        fr_status status = fr_gesdd_prepare(batch->session, rows, columns, precision, &plan->plan, sizes);
        if (status != FR_OK) return status;
        double shorter = (double)(rows < columns ? rows : columns), longer = (double)(rows < columns ? columns : rows);
        plan->shape = i;
        plan->work = 2 * shorter * shorter * longer + 100 * shorter * shorter;
        batch->total_work += plan->work * (double)trials;
    }
    qsort(batch->plans, (size_t)batch->plan_count, sizeof *batch->plans, by_falling_work);
    return FR_OK;
}

/* As many lanes as threads, matrices and memory allow; at least one. */
static fr_status make_lanes(fr_svd_batch *batch, int64_t trials, const fr_gesdd_sizes *sizes) {
    fr_session *session = batch->session;
    int wanted = fr_pool_size(session->pool);
    if (batch->plan_count * (double)trials < wanted) wanted = (int)(batch->plan_count * trials);
    size_t bytes = fr_gesdd_total(sizes);
    uint64_t limit = session->memory_limit_bytes;
    if (limit != 0 && bytes > limit)
        return fr_fail(session, FR_OUT_OF_MEMORY, "one matrix takes %zu MiB; the limit is %llu MiB", bytes >> 20,
                       (unsigned long long)(limit >> 20));
    uint64_t share = limit - limit / 4; /* the remaining quarter is for the samples */
    if (limit != 0 && share / bytes < (uint64_t)wanted) wanted = share < bytes ? 1 : (int)(share / bytes);
    wanted = fr_blas_reserve(wanted);
    batch->lanes = calloc((size_t)wanted, sizeof *batch->lanes);
    while (batch->lanes != NULL && batch->lane_count < wanted &&
           fr_gesdd_allocate(&batch->lanes[batch->lane_count], sizes))
        batch->lane_count++;
    if (batch->lane_count > 0) return FR_OK;
    return fr_fail(session, FR_OUT_OF_MEMORY, "no memory for a matrix and its work space, %zu MiB", bytes >> 20);
}

fr_status fr_svd_batch_open(fr_svd_batch **opened, fr_session *session, const fr_svd_work *work) {
    const int64_t shape_count = work->shape_count, trials = work->trials;
    *opened = NULL;
    for (int64_t i = 0; i < trials * shape_count; i++) {
        const fr_shape *shape = &work->shapes[i % shape_count];
        work->results[i] = (fr_singular){0, 0, 0};
        work->outcomes[i] = shape->rows == 0 || shape->columns == 0 ? FR_COMPUTED : FR_NOT_COMPUTED;
    }
    fr_svd_batch *batch = calloc(1, sizeof *batch);
    shape_plan *plans = batch == NULL ? NULL : fr_allocate(fr_bytes(shape_count, 1, sizeof *plans));
    if (plans == NULL) {
        free(batch);
        return fr_fail(session, FR_OUT_OF_MEMORY, "no memory for the list of %lld cells", (long long)shape_count);
    }
    *batch = (fr_svd_batch){.session = session, .shape_count = shape_count, .results = work->results,
                            .outcomes = work->outcomes, .plans = plans};
    fr_gesdd_sizes sizes = {.scratch = work->scratch};
    fr_status status = make_plans(batch, work->precision, work->shapes, trials, &sizes);
    if (status == FR_OK && batch->plan_count > 0) status = make_lanes(batch, trials, &sizes);
    if (status == FR_OK)
        *opened = batch;
    else
        fr_svd_batch_close(batch);
    return status;
}

void fr_svd_batch_close(fr_svd_batch *batch) {
    if (batch == NULL) return;
    for (int lane = 0; lane < batch->lane_count; lane++) fr_gesdd_free(&batch->lanes[lane]);
    free(batch->lanes);
    free(batch->plans);
    free(batch);
}

static void run_lane(void *context, int64_t lane, int worker) {
    (void)worker;
    fr_svd_batch *batch = context;
    fr_gesdd_buffers *buffers = &batch->lanes[lane];
    for (;;) {
        int64_t item = atomic_fetch_add_explicit(&batch->next, 1, memory_order_relaxed);
        if (item >= batch->plan_count * batch->chunk || fr_is_cancelled(batch->session)) return;
        const shape_plan *plan = &batch->plans[item / batch->chunk];
        int64_t trial = item % batch->chunk, place = (batch->first + trial) * batch->shape_count + plan->shape;
        int refused = 0;
        fr_outcome outcome = FR_NOT_FINITE;
        if (batch->fill(batch->context, trial, plan->shape, buffers->matrix, buffers->scratch)) {
            outcome = fr_gesdd(&plan->plan, buffers, &batch->results[place], &refused);
            if (outcome == FR_NOT_FINITE &&
                batch->fill(batch->context, trial, plan->shape, buffers->matrix, buffers->scratch))
                outcome = fr_gesdd_scaled(&plan->plan, buffers, &batch->results[place], &refused);
        }
        batch->outcomes[place] = outcome;
        if (refused != 0) atomic_store_explicit(&batch->refused, refused, memory_order_relaxed);
        fr_add_done(batch->session, plan->work / batch->total_work);
    }
}

fr_status fr_svd_batch_run(fr_svd_batch *batch, int64_t first, int64_t chunk, fr_svd_fill fill, void *context) {
    batch->first = first;
    batch->chunk = chunk;
    batch->fill = fill;
    batch->context = context;
    atomic_store_explicit(&batch->next, 0, memory_order_relaxed);
    fr_pool_run(batch->session->pool, batch->lane_count, run_lane, batch);
    int refused = atomic_load_explicit(&batch->refused, memory_order_relaxed);
    if (refused != 0) return fr_fail(batch->session, FR_INTERNAL, "gesdd refused its argument %d", refused);
    if (fr_is_cancelled(batch->session)) return fr_fail(batch->session, FR_CANCELLED, "cancelled");
    return FR_OK;
}
