/* Computes the Jacobians of many trials for the caller. */
#include <stdlib.h>

#include "jacobian/rows.h"
#include "samples/trial_batch.h"
#include "table.h"

enum { rows_per_block = 64 }; /* one word of each pattern */

/* How the work divides: samples are made for a chunk of trials at a time. The items of a pool run are then the (trial,
 * block of 64 rows) pairs of the chunk, in order of trials. One thread writes each item, so that the pool writes one
 * region of memory at a time. The bandwidth of the writes is the bound. */
typedef struct jacobian_run {
    fr_session *session;
    const fr_problem *problem;
    fr_trial_batch *batch;
    fr_precision precision;
    int64_t first; /* the chunk's first trial, counted from the call's */
    int64_t blocks;
    char *out;
    size_t scratch_bytes;
    char *scratch; /* one per worker */
    double share;  /* of one item in the call */
    _Atomic int *not_finite; /* by trial of the chunk */
    _Atomic int64_t *blocks_done;
} jacobian_run;

static void write_block(void *context, int64_t item, int worker) {
    jacobian_run *run = context;
    if (fr_is_cancelled(run->session)) return;
    const fr_problem *problem = run->problem;
    int64_t trial = item / run->blocks, first_row = item % run->blocks * rows_per_block;
    int64_t rows = problem->points - first_row < rows_per_block ? problem->points - first_row : rows_per_block;
    fr_trial_sample sample = fr_trial_batch_sample_at(run->batch, trial);
    size_t row_bytes = (size_t)(problem->units * fr_sample_k(&sample)) * fr_precision_bytes(run->precision);
    char *out = run->out + ((size_t)(run->first + trial) * (size_t)problem->points + (size_t)first_row) * row_bytes;
    if (!fr_jacobian_rows(&sample, run->precision, first_row, rows, problem->units, out,
                          run->scratch + (size_t)worker * run->scratch_bytes))
        atomic_store_explicit(&run->not_finite[trial], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&run->blocks_done[trial], 1, memory_order_relaxed);
    fr_add_done(run->session, run->share);
}

static fr_status run_chunks(jacobian_run *run, uint64_t first_trial, int64_t trials, fr_outcome *outcomes) {
    for (run->first = 0; run->first < trials; run->first += run->batch->capacity) {
        int64_t left = trials - run->first;
        int64_t chunk = left < run->batch->capacity ? left : run->batch->capacity;
        fr_status status = fr_trial_batch_fill(run->batch, first_trial + (uint64_t)run->first, chunk);
        if (status != FR_OK) return status;
        for (int64_t t = 0; t < chunk; t++) {
            atomic_store_explicit(&run->not_finite[t], 0, memory_order_relaxed);
            atomic_store_explicit(&run->blocks_done[t], 0, memory_order_relaxed);
        }
        fr_pool_run(run->session->pool, chunk * run->blocks, write_block, run);
        for (int64_t t = 0; t < chunk; t++)
            if (atomic_load_explicit(&run->blocks_done[t], memory_order_relaxed) == run->blocks)
                outcomes[run->first + t] = atomic_load_explicit(&run->not_finite[t], memory_order_relaxed)
                                               ? FR_NOT_FINITE
                                               : FR_COMPUTED;
        if (fr_is_cancelled(run->session)) return fr_fail(run->session, FR_CANCELLED, "cancelled");
    }
    return FR_OK;
}

fr_status fr_cpu_jacobians(fr_session *session, const fr_problem *problem, fr_precision precision,
                           uint64_t first_trial, int64_t trials, void *jacobians, fr_outcome *outcomes) {
    fr_begin_call(session);
    fr_status status = fr_check_problem(session, problem);
    if (status == FR_OK) status = fr_check_precision(session, precision);
    if (status == FR_OK) status = fr_check_trials(session, first_trial, trials);
    if (status != FR_OK || trials == 0) return status;
    if (outcomes == NULL) return fr_fail(session, FR_INVALID_ARGUMENT, "outcomes is NULL");
    int64_t k = problem->inputs + problem->bias, entries = problem->points * problem->units * k;
    if (fr_bytes(trials, entries, fr_precision_bytes(precision)) > PTRDIFF_MAX)
        return fr_fail(session, FR_INVALID_ARGUMENT, "trials x points x units x (inputs + bias) is too large");
    for (int64_t t = 0; t < trials; t++) outcomes[t] = entries == 0 ? FR_COMPUTED : FR_NOT_COMPUTED;
    if (entries == 0) return FR_OK;
    if (jacobians == NULL) return fr_fail(session, FR_INVALID_ARGUMENT, "jacobians is NULL");

    fr_trial_batch batch;
    status = fr_trial_batch_open(&batch, session, problem, problem->points, problem->units, trials);
    if (status != FR_OK) return status;
    jacobian_run run = {.session = session, .problem = problem, .batch = &batch, .precision = precision,
                        .blocks = (problem->points + rows_per_block - 1) / rows_per_block, .out = jacobians};
    run.share = 1.0 / ((double)trials * (double)run.blocks);
    run.scratch_bytes = fr_jacobian_scratch_bytes(problem->units, k, precision) + 63;
    run.scratch_bytes -= run.scratch_bytes % 64;
    run.scratch = fr_allocate(fr_bytes(fr_pool_size(session->pool), (int64_t)run.scratch_bytes, 1));
    run.not_finite = fr_allocate(fr_bytes(batch.capacity, 1, sizeof *run.not_finite));
    run.blocks_done = fr_allocate(fr_bytes(batch.capacity, 1, sizeof *run.blocks_done));
    if (run.scratch == NULL || run.not_finite == NULL || run.blocks_done == NULL)
        status = fr_fail(session, FR_OUT_OF_MEMORY, "no memory for the work space of a Jacobian %lld units wide",
                         (long long)problem->units);
    else
        status = run_chunks(&run, first_trial, trials, outcomes);
    free(run.blocks_done);
    free(run.not_finite);
    free(run.scratch);
    fr_trial_batch_close(&batch);
    return status;
}
