// Batches of column profiles. Trials are proved if possible; the others are eliminated modulo the caller's prime.
#include "column_proof/stages.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "check_arguments.h"
#include "proof_engine.h"
#include "table.h"

namespace {

// Trials that were not proved are eliminated modulo the caller's prime in runs of consecutive trials. A few additional
// small trials in a run cost less than another call.
constexpr int64_t small_gap = 256;

fr_status eliminate_run(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t first_trial,
                        int64_t begin, int64_t end, int64_t *pivot_columns, fr_outcome *outcomes) {
    const int64_t n = problem->points;
    std::vector<int64_t> profiles(size_t((end - begin) * n));
    std::vector<fr_outcome> computed(static_cast<size_t>(end - begin));
    FR_PASS(fr_cuda_rank_profiles(session, problem, prime, first_trial + uint64_t(begin), end - begin, profiles.data(),
                                  computed.data()));
    for (int64_t t = begin; t < end; t++) {
        if (outcomes[t] == FR_COMPUTED) continue; // proved
        int64_t *profile = profiles.data() + (t - begin) * n;
        std::sort(profile, profile + n, [](int64_t a, int64_t b) { return uint64_t(a) < uint64_t(b); }); // -1 last
        std::copy(profile, profile + n, pivot_columns + t * n);
        outcomes[t] = computed[size_t(t - begin)];
    }
    return FR_OK;
}

fr_status eliminate_rest(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t first_trial,
                         int64_t trials, int64_t *pivot_columns, fr_outcome *outcomes) {
    const int64_t gap = problem->points <= fr_cuda_small_rows(session) ? small_gap : 0;
    const auto left = [=](int64_t t) { return t < trials && outcomes[t] != FR_COMPUTED; };
    for (int64_t begin = 0; begin < trials; begin++) {
        if (!left(begin)) continue;
        int64_t end = begin + 1;
        for (int64_t t = end; t < trials && t <= end + gap; t++)
            if (left(t)) end = t + 1;
        fr_cuda_next_share(session, double(begin) / double(trials), double(end - begin) / double(trials));
        FR_PASS(eliminate_run(session, problem, prime, first_trial, begin, end, pivot_columns, outcomes));
        begin = end - 1;
    }
    fr_cuda_next_share(session, 0, 1);
    return FR_OK;
}

} // namespace

fr_status fr_cuda_column_profiles_with(fr_session *session, const ProofOptions &options, const fr_problem *problem,
                                       uint32_t prime, uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                       uint8_t *proofs, fr_outcome *outcomes) {
    const fr_words words = {session->error, sizeof session->error};
    FR_PASS(fr_cuda_check_problem(session, problem));
    FR_PASS(fr_refuse_trials(words, first_trial, trials));
    if (proofs == nullptr && trials > 0) return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "proofs is NULL");
    FR_PASS(fr_refuse_prime(words, prime));
    if (trials == 0) return FR_OK;
    if (fr_bytes(trials, problem->points, sizeof *pivot_columns) > PTRDIFF_MAX)
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "trials x points is too large");
    if (outcomes == nullptr || (problem->points > 0 && pivot_columns == nullptr))
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", outcomes ? "pivot_columns" : "outcomes");
    std::fill(outcomes, outcomes + trials, FR_NOT_COMPUTED);
    std::fill(proofs, proofs + trials, uint8_t(0));
    if (fr_column_proof_pays(problem)) {
        fr_cuda_release_small(session); // the memory kept for eliminating small trials may be most of the memory
        std::vector<int64_t> one_by_one;
        if (!options.large && fr_cuda_is_small_proof(session, problem)) {
            FR_PASS(fr_cuda_prove_small(session, options, problem, first_trial, trials, pivot_columns, proofs, outcomes,
                                        &one_by_one));
        } else {
            one_by_one.resize(size_t(trials));
            std::iota(one_by_one.begin(), one_by_one.end(), int64_t(0));
        }
        FR_PASS(fr_cuda_prove_large(session, options, problem, first_trial, one_by_one, pivot_columns, proofs, outcomes));
    }
    return eliminate_rest(session, problem, prime, first_trial, trials, pivot_columns, outcomes);
}

fr_status fr_cuda_column_profiles(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t first_trial,
                                  int64_t trials, int64_t *pivot_columns, uint8_t *proofs, fr_outcome *outcomes) {
    return fr_cuda_column_profiles_with(session, ProofOptions(), problem, prime, first_trial, trials, pivot_columns,
                                        proofs, outcomes);
}
