// Batches of rank profiles: small trials many at a time, large ones and dense matrices over lanes.
#include <algorithm>
#include <cmath>
#include <vector>

#include "check_arguments.h"
#include "samples/trial_samples.h"
#include "table.h"

namespace {

bool all_finite(const double *x, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (!std::isfinite(x[i])) return false;
    return true;
}

fr_status run_dense(fr_session *session, const double *matrices, int64_t batch, int64_t rows, int64_t columns,
                    uint32_t prime, int64_t *pivot_columns, fr_outcome *outcomes) {
    const int64_t entries = rows * columns;
    DeviceBuffer<double> residues;
    FR_PASS(residues.allocate(session, fr_bytes(batch, entries, 1)));
    FR_TRY(session,
           cudaMemcpyAsync(residues.get(), matrices, size_t(batch * entries) * sizeof(double), cudaMemcpyHostToDevice,
                           session->stream),
           "copying matrices");
    FR_PASS(fr_cuda_residues(session, prime, batch * entries, residues, residues));
    FR_TRY(session, cudaStreamSynchronize(session->stream), "making residues"); // other lanes read them
    return fr_cuda_eliminate_dense(session, residues, batch, rows, columns, prime, pivot_columns, outcomes);
}

} // namespace

fr_status fr_cuda_rank_profiles(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t first_trial,
                                int64_t trials, int64_t *pivot_columns, fr_outcome *outcomes) {
    const fr_words words = {session->error, sizeof session->error};
    FR_PASS(fr_cuda_check_problem(session, problem));
    FR_PASS(fr_refuse_prime(words, prime));
    FR_PASS(fr_refuse_trials(words, first_trial, trials));
    if (trials == 0) return FR_OK;
    if (fr_bytes(trials, problem->points, sizeof *pivot_columns) > PTRDIFF_MAX)
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "trials x points is too large");
    if (outcomes == nullptr || (problem->points > 0 && pivot_columns == nullptr))
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", outcomes ? "pivot_columns" : "outcomes");
    const bool empty = problem->points * problem->units == 0;
    std::fill(outcomes, outcomes + trials, empty ? FR_COMPUTED : FR_NOT_COMPUTED);
    std::fill(pivot_columns, pivot_columns + trials * problem->points, int64_t(-1));
    if (empty) return FR_OK;
    const bool small = problem->points <= fr_cuda_small_rows(session);
    if (!small) fr_cuda_release_small(session);
    return (small ? fr_cuda_eliminate_small : fr_cuda_eliminate_large)(session, problem, prime, first_trial, trials,
                                                                       pivot_columns, outcomes);
}

fr_status fr_cuda_matrix_rank_profiles(fr_session *session, const double *matrices, int64_t batch, int64_t rows,
                                       int64_t columns, uint32_t prime, int64_t *pivot_columns, fr_outcome *outcomes) {
    const fr_words words = {session->error, sizeof session->error};
    FR_PASS(fr_refuse_matrices(words, batch, rows, columns, sizeof *matrices, 1));
    if (rows > INT32_MAX || columns > INT32_MAX || fr_bytes(batch, rows, sizeof *pivot_columns) > PTRDIFF_MAX)
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "%lld matrices of %lld x %lld: sizes from 0 to 2^31 - 1",
                            (long long)batch, (long long)rows, (long long)columns);
    FR_PASS(fr_refuse_prime(words, prime));
    if (batch == 0) return FR_OK;
    const int64_t entries = rows * columns;
    if (outcomes == nullptr || (rows > 0 && pivot_columns == nullptr) || (entries > 0 && matrices == nullptr))
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "%s is NULL",
                            outcomes == nullptr                        ? "outcomes"
                            : entries > 0 && matrices == nullptr ? "matrices"
                                                                       : "pivot_columns");
    std::fill(outcomes, outcomes + batch, entries == 0 ? FR_COMPUTED : FR_NOT_COMPUTED);
    std::fill(pivot_columns, pivot_columns + batch * rows, int64_t(-1));
    if (entries == 0) return FR_OK;
    // Half of the budget: the elimination has buffers of its own.
    int64_t most = fr_cuda_batch(session, fr_bytes(entries, 2, sizeof *matrices), batch);
    for (int64_t done = 0; done < batch;) {
        if (fr_cuda_is_cancelled(session)) return fr_cuda_fail(session, FR_CANCELLED, "cancelled");
        int64_t run = 0; // number of finite matrices in a row from here on
        while (run < most && done + run < batch && all_finite(matrices + (done + run) * entries, entries)) run++;
        fr_cuda_next_share(session, double(done) / double(batch), double(std::max<int64_t>(run, 1)) / double(batch));
        if (run == 0) {
            outcomes[done++] = FR_NOT_FINITE;
        } else {
            const fr_status status = run_dense(session, matrices + done * entries, run, rows, columns, prime,
                                               pivot_columns + done * rows, outcomes + done);
            if (status == FR_OUT_OF_MEMORY && run > 1) {
                std::fill(outcomes + done, outcomes + done + run, FR_NOT_COMPUTED);
                most = (run + 1) / 2;
                continue;
            }
            if (status != FR_OK) return status;
            done += run;
        }
        fr_cuda_tell_done(session, 1);
    }
    return FR_OK;
}
