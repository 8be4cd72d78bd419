/* The inputs and patterns of some trials at a time. Each is made once, however many cells use it. Private to
 * Kernels/cpu. */
#ifndef FR_CPU_TRIAL_BATCH_H
#define FR_CPU_TRIAL_BATCH_H

#include "jacobian/rows.h"

typedef struct fr_trial_batch {
    fr_session *session;
    fr_problem problem; /* the caller's, cut to the points and units anybody needs */
    int64_t words;
    int64_t capacity;   /* trials held at a time, at least 1 */
    double *inputs;     /* capacity x points x d0 */
    uint64_t *patterns; /* capacity x units x words */
    uint64_t first_trial;
    int64_t parts;       /* items to a trial */
    _Atomic int failure; /* the first status that was neither FR_OK nor FR_CANCELLED, or 0 */
} fr_trial_batch;

/* Makes room for up to `trials` trials of the leading `points` points and `units` units of a checked problem, or for
 * fewer trials if they would need too much memory. If the result is FR_OUT_OF_MEMORY, there is nothing to close. */
fr_status fr_trial_batch_open(fr_trial_batch *batch, fr_session *session, const fr_problem *problem, int64_t points,
                              int64_t units, int64_t trials);
void fr_trial_batch_close(fr_trial_batch *batch);

/* Samples `trials` <= capacity trials, counted from `first_trial`. */
fr_status fr_trial_batch_fill(fr_trial_batch *batch, uint64_t first_trial, int64_t trials);

/* The sample of the batch's t-th trial. */
static inline fr_trial_sample fr_trial_batch_sample_at(const fr_trial_batch *batch, int64_t t) {
    const fr_problem *problem = &batch->problem;
    return (fr_trial_sample){.inputs = batch->inputs + t * problem->points * problem->inputs,
                             .patterns = batch->patterns + t * problem->units * batch->words,
                             .d0 = problem->inputs,
                             .words = batch->words,
                             .bias = problem->bias};
}

#endif
