/* Samples for many trials at a time.
 *
 * How the work divides: an item is a trial if there are at least as many trials as threads. With fewer trials, each is
 * cut into as many blocks of units as there are threads; the first block also makes the inputs. */
#include "samples/trial_batch.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

static const size_t usual_bytes = (size_t)64 << 20;

fr_status fr_trial_batch_open(fr_trial_batch *batch, fr_session *session, const fr_problem *problem, int64_t points,
                              int64_t units, int64_t trials) {
    memset(batch, 0, sizeof *batch);
    batch->session = session;
    batch->problem = *problem;
    batch->problem.units = units;
    /* Given patterns keep their row length, which depends on the number of points. */
    if (problem->weight_distribution != FR_WEIGHTS_PATTERN && problem->weight_distribution != FR_WEIGHTS_STEPS)
        batch->problem.points = points;
    points = batch->problem.points;
    batch->words = (points + 63) / 64;

    size_t input_bytes = fr_bytes(points, problem->inputs, sizeof(double));
    size_t pattern_bytes = fr_bytes(units, batch->words, sizeof(uint64_t));
    size_t bytes = input_bytes > SIZE_MAX - pattern_bytes ? SIZE_MAX : input_bytes + pattern_bytes;
    size_t budget = usual_bytes;
    if (session->memory_limit_bytes != 0 && session->memory_limit_bytes / 4 < budget)
        budget = (size_t)session->memory_limit_bytes / 4;
    int64_t capacity = (int64_t)(budget / (bytes + (bytes < SIZE_MAX)));
    /* There is at least one trial per thread, because the Jacobian that each thread then builds is larger than the
     * sample. */
    if (capacity < session->threads && session->memory_limit_bytes == 0) capacity = session->threads;
    if (capacity > trials) capacity = trials;
    if (capacity < 1) capacity = 1;
    batch->capacity = capacity;

    batch->inputs = fr_allocate(fr_bytes(capacity, (int64_t)(input_bytes / sizeof(double)), sizeof(double)));
    batch->patterns = fr_allocate(fr_bytes(capacity, (int64_t)(pattern_bytes / 8), sizeof(uint64_t)));
    if (batch->inputs != NULL && batch->patterns != NULL) return FR_OK;
    fr_trial_batch_close(batch);
    return fr_fail(session, FR_OUT_OF_MEMORY, "no memory for the samples of %lld trials, %zu MiB each",
                   (long long)capacity, bytes >> 20);
}

void fr_trial_batch_close(fr_trial_batch *batch) {
    free(batch->inputs);
    free(batch->patterns);
    batch->inputs = NULL;
    batch->patterns = NULL;
}

static void sample_part(void *context, int64_t item, int worker) {
    (void)worker;
    fr_trial_batch *batch = context;
    const fr_problem *problem = &batch->problem;
    fr_session *session = batch->session;
    int64_t t = item / batch->parts, part = item % batch->parts;
    int64_t first = problem->units * part / batch->parts, end = problem->units * (part + 1) / batch->parts;
    uint64_t trial = batch->first_trial + (uint64_t)t;
    fr_status status = fr_is_cancelled(session) ? FR_CANCELLED : FR_OK;
    if (status == FR_OK && part == 0 && problem->points > 0 && problem->inputs > 0)
        status = fr_cpu_sample_inputs(session, problem, trial,
                                      batch->inputs + t * problem->points * problem->inputs);
    if (status == FR_OK && problem->points > 0 && end > first)
        status = fr_cpu_activation_patterns(session, problem, trial, first, end - first,
                                            batch->patterns + (t * problem->units + first) * batch->words);
    int none = 0;
    if (status != FR_OK && status != FR_CANCELLED) atomic_compare_exchange_strong(&batch->failure, &none, (int)status);
}

fr_status fr_trial_batch_fill(fr_trial_batch *batch, uint64_t first_trial, int64_t trials) {
    fr_session *session = batch->session;
    batch->first_trial = first_trial;
    atomic_store(&batch->failure, 0);
    batch->parts = trials < session->threads ? session->threads : 1;
    double done = fr_begin_nested(session);
    fr_pool_run(session->pool, trials * batch->parts, sample_part, batch);
    fr_end_nested(session, done);

    int failure = atomic_load(&batch->failure); /* tells more than a cancellation, and its message is stored */
    if (failure != 0) return (fr_status)failure;
    if (fr_is_cancelled(session)) return fr_fail(session, FR_CANCELLED, "cancelled");
    return FR_OK;
}
