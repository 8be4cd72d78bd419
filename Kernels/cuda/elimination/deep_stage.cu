// Batches of rank profiles of deep networks: small trials many at a time, large ones over lanes.
#include <algorithm>

#include "check_arguments.h"
#include "samples/deep_network.h"
#include "table.h"

namespace {

// The choice is as in elimination/stages.cu: enough trials to fill the device, but few enough that cancellation is
// prompt.
constexpr int64_t trials_a_multiprocessor = 64;

fr_status run_small(fr_session *session, const DeepProblem &deep, uint32_t prime, uint64_t first_trial, int64_t trials,
                    int64_t *pivot_columns, fr_outcome *outcomes) {
    const int64_t n = deep.problem->points,
                  round = std::max<int64_t>(1, session->multiprocessors * trials_a_multiprocessor);
    for (int64_t done = 0; done < trials; done += round) {
        if (fr_cuda_is_cancelled(session)) return fr_cuda_fail(session, FR_CANCELLED, "cancelled");
        const int64_t now = std::min(round, trials - done);
        fr_cuda_next_share(session, double(done) / double(trials), double(now) / double(trials));
        FR_PASS(fr_cuda_eliminate_deep_small(session, deep, prime, first_trial + uint64_t(done), now,
                                             pivot_columns + done * n, outcomes + done));
        fr_cuda_tell_done(session, 1);
    }
    return FR_OK;
}

} // namespace

fr_status fr_cuda_deep_rank_profiles(fr_session *session, const fr_problem *problem, const int64_t *widths,
                                     int64_t earlier, uint32_t prime, uint64_t first_trial, int64_t trials,
                                     int64_t *pivot_columns, fr_outcome *outcomes) {
    const DeepProblem deep = {problem, widths, earlier};
    FR_PASS(fr_cuda_check_deep(session, deep, first_trial, trials));
    FR_PASS(fr_refuse_prime({session->error, sizeof session->error}, prime));
    if (trials == 0) return FR_OK;
    if (fr_bytes(trials, problem->points, sizeof *pivot_columns) > PTRDIFF_MAX)
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "trials x points is too large");
    if (outcomes == nullptr || (problem->points > 0 && pivot_columns == nullptr))
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", outcomes ? "pivot_columns" : "outcomes");
    const bool empty = problem->points == 0;
    std::fill(outcomes, outcomes + trials, empty ? FR_COMPUTED : FR_NOT_COMPUTED);
    std::fill(pivot_columns, pivot_columns + trials * problem->points, int64_t(-1));
    if (empty) return FR_OK;
    const bool small = problem->points <= fr_cuda_small_rows(session);
    return (small ? run_small : fr_cuda_eliminate_deep_large)(session, deep, prime, first_trial, trials, pivot_columns,
                                                              outcomes);
}
