/* Numerical ranks of the leading blocks of random Jacobians. For each cell of each trial, J is built and decomposed.
 *
 * How the work divides: samples are made for a chunk of trials, once for each trial, however many cells there are. Then
 * svd/batch.c spreads the chunk's (trial, cell) pairs over the pool. */
#include <stdlib.h>

#include "svd/batch.h"
#include "samples/trial_batch.h"
#include "table.h"

typedef struct cell_source {
    const fr_trial_batch *batch;
    const fr_cell *cells;
    fr_precision precision;
} cell_source;

static bool fill_cell(void *context, int64_t trial, int64_t cell, void *matrix, void *scratch) {
    const cell_source *source = context;
    fr_trial_sample sample = fr_trial_batch_sample_at(source->batch, trial);
    const fr_cell *block = &source->cells[cell];
    return fr_jacobian_rows(&sample, source->precision, 0, block->points, block->units, matrix, scratch);
}

static fr_status run_chunks(fr_session *session, fr_trial_batch *batch, fr_svd_batch *svd, cell_source *source,
                            uint64_t first_trial, int64_t trials) {
    fr_status status = FR_OK;
    for (int64_t first = 0; first < trials && status == FR_OK; first += batch->capacity) {
        int64_t chunk = trials - first < batch->capacity ? trials - first : batch->capacity;
        status = fr_trial_batch_fill(batch, first_trial + (uint64_t)first, chunk);
        if (status == FR_OK) status = fr_svd_batch_run(svd, first, chunk, fill_cell, source);
    }
    if (status == FR_OK) fr_add_done(session, 1);
    return status;
}

fr_status fr_cpu_singular_values(fr_session *session, const fr_problem *problem, fr_precision precision,
                                 const fr_cell *cells, int64_t cell_count, uint64_t first_trial, int64_t trials,
                                 fr_singular *results, fr_outcome *outcomes) {
    fr_cell largest = {0, 0};
    fr_begin_call(session);
    fr_status status = fr_check_problem(session, problem);
    if (status == FR_OK) status = fr_check_precision(session, precision);
    if (status == FR_OK) status = fr_check_trials(session, first_trial, trials);
    if (status == FR_OK) status = fr_check_cells(session, problem, cells, cell_count, trials, &largest);
    if (status != FR_OK || trials == 0 || cell_count == 0) return status;
    if (results == NULL || outcomes == NULL)
        return fr_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", results == NULL ? "results" : "outcomes");

    int64_t k = problem->inputs + problem->bias;
    fr_shape *shapes = fr_allocate(fr_bytes(cell_count, 1, sizeof *shapes));
    if (shapes == NULL)
        return fr_fail(session, FR_OUT_OF_MEMORY, "no memory for the list of %lld cells", (long long)cell_count);
    for (int64_t i = 0; i < cell_count; i++) shapes[i] = (fr_shape){cells[i].points, cells[i].units * k};

    fr_svd_batch *svd;
    fr_trial_batch batch;
    const size_t scratch = fr_jacobian_scratch_bytes(largest.units, k, precision);
    const fr_svd_work work = {precision, shapes, cell_count, trials, scratch, results, outcomes};
    status = fr_svd_batch_open(&svd, session, &work);
    free(shapes);
    if (status != FR_OK) return status;
    status = fr_trial_batch_open(&batch, session, problem, largest.points, largest.units, trials);
    if (status == FR_OK) {
        cell_source source = {&batch, cells, precision};
        status = run_chunks(session, &batch, svd, &source, first_trial, trials);
        fr_trial_batch_close(&batch);
    }
    fr_svd_batch_close(svd);
    return status;
}
