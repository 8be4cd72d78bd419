/* The Jacobian J: row j is a_j (x) x~_j, so unit u's part of it is x~_j where the unit is active and 0 elsewhere. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "jacobian.h"
#include "trial_batch.h"

enum { rows_per_block = 64 }; /* one word of each pattern */

/* The scratch memory: the patterns' words of one block of 64 rows, one a unit; then k zeros and x~_j. */
size_t fr_jacobian_scratch_bytes(int64_t units, int64_t k, fr_precision precision) {
    size_t words = fr_bytes(units, 1, sizeof(uint64_t)), rows = fr_bytes(2, k, fr_precision_bytes(precision));
    return words > SIZE_MAX - rows ? SIZE_MAX : words + rows;
}

/* One row of J: unit after unit either the zeros or x~, picked without a branch (patterns are random bits). Inlined
 * into a switch over `width` so that for small k a unit costs a few moves, and not a call of memcpy. */
static inline __attribute__((always_inline)) void copy_units(char *out, const char *zeros_and_row, size_t width,
                                                             const uint64_t *words, unsigned bit, int64_t units) {
    for (int64_t u = 0; u < units; u++, out += width)
        memcpy(out, zeros_and_row + ((words[u] >> bit) & 1) * width, width);
}

static void copy_row(char *out, const char *zeros_and_row, size_t width, const uint64_t *words, unsigned bit,
                     int64_t units) {
    switch (width) { /* the published figures have k = 2, 3, 4, 6 */
    case 8: copy_units(out, zeros_and_row, 8, words, bit, units); break;
    case 12: copy_units(out, zeros_and_row, 12, words, bit, units); break;
    case 16: copy_units(out, zeros_and_row, 16, words, bit, units); break;
    case 24: copy_units(out, zeros_and_row, 24, words, bit, units); break;
    case 32: copy_units(out, zeros_and_row, 32, words, bit, units); break;
    case 48: copy_units(out, zeros_and_row, 48, words, bit, units); break;
    default: copy_units(out, zeros_and_row, width, words, bit, units); break;
    }
}

/* x~_j in the precision asked for; false if rounding made an infinity. */
static bool round_row(const fr_trial_sample *sample, fr_precision precision, int64_t j, void *row) {
    const double *x = sample->inputs + j * sample->d0;
    bool finite = true;
    if (precision == FR_FLOAT64) {
        double *out = row;
        for (int64_t c = 0; c < sample->d0; c++) finite &= (bool)isfinite(out[c] = x[c]);
        if (sample->bias) out[sample->d0] = 1;
    } else {
        float *out = row;
        for (int64_t c = 0; c < sample->d0; c++) finite &= (bool)isfinite(out[c] = (float)x[c]);
        if (sample->bias) out[sample->d0] = 1;
    }
    return finite;
}

bool fr_jacobian_rows(const fr_trial_sample *sample, fr_precision precision, int64_t first_row, int64_t rows,
                      int64_t units, void *out, void *scratch) {
    size_t width = (size_t)fr_sample_k(sample) * fr_precision_bytes(precision);
    size_t stride = (size_t)units * width;
    uint64_t *words = scratch;
    char *zeros = (char *)(words + units), *row = zeros + width;
    memset(zeros, 0, width);
    bool finite = true;
    for (int64_t i = 0; i < rows && units > 0; i++) {
        int64_t j = first_row + i;
        if (i == 0 || j % 64 == 0)
            for (int64_t u = 0; u < units; u++) words[u] = sample->patterns[u * sample->words + j / 64];
        bool row_finite = round_row(sample, precision, j, row);
        copy_row((char *)out + (size_t)i * stride, zeros, width, words, (unsigned)(j % 64), units);
        for (int64_t u = 0; !row_finite && finite && u < units; u++) finite = (words[u] >> (j % 64) & 1) == 0;
    }
    return finite;
}

/* How the work divides: samples are made for a chunk of trials at a time; then the items of a team run are the
 * (trial, block of 64 rows) pairs of the chunk, each written by one thread, trial by trial, so that the team writes
 * one region of memory at a time. Bound by the bandwidth of the writes. */
typedef struct jacobian_run {
    fr_session *session;
    const fr_problem *problem;
    fr_trial_batch *batch;
    fr_precision precision;
    int64_t first; /* the chunk's first trial, counted from the call's */
    int64_t blocks;
    char *out;
    size_t scratch_bytes;
    char *scratch; /* one a worker */
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
        fr_team_run(run->session->team, chunk * run->blocks, write_block, run);
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
    run.scratch = fr_allocate(fr_bytes(fr_team_size(session->team), (int64_t)run.scratch_bytes, 1));
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
