// The CUDA backend's column profiles, on the host emulation (or a device): profiles and proofs equal to the CPU
// backend's, with blocks, panels and strips so small that small matrices reach every path; sizes beyond 2^31 bytes by
// arithmetic; running out of memory; cancellation.
#include <cstdlib>
#include <cstring>
#include <vector>

#include "support/device_session.h"
#include "column_proof/cases.h"
#include "support/sessions.h"

#include "column_proof/bytes.cuh"
#include "column_proof/stages.h"

struct Profiles {
    std::vector<int64_t> pivots;
    std::vector<uint8_t> proofs;
    std::vector<fr_outcome> outcomes;
    Profiles(int64_t trials, int64_t n)
        : pivots(size_t(trials * n), -2), proofs(size_t(trials), 9), outcomes(size_t(trials), FR_NOT_CONVERGED) {}
    bool operator==(const Profiles &other) const {
        return pivots == other.pivots && proofs == other.proofs && outcomes == other.outcomes;
    }
};

// Answers how many were proved.
static int compare(Session &session, const fr_problem &p, const ProofOptions &options, int64_t trials, const char *words) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session *host = open_session(1, 0);
    Profiles expected(trials, p.points), found(trials, p.points);
    CHECK(cpu->column_profiles(host, &p, FR_PRIME_MAX, 11, trials, expected.pivots.data(), expected.proofs.data(),
                               expected.outcomes.data()) == FR_OK, "%s", cpu->last_error(host));
    cpu->close(host);
    CHECK(fr_cuda_column_profiles_with(&session.at, options, &p, FR_PRIME_MAX, 11, trials, found.pivots.data(),
                                       found.proofs.data(), found.outcomes.data()) == FR_OK, "%s", session.at.error);
    CHECK(expected == found, "%s: n %lld d0 %lld d1 %lld bias %d, problem's seed %llu, proofs %d and %d", words,
          (long long)p.points, (long long)p.inputs, (long long)p.units, p.bias, (unsigned long long)p.seed,
          expected.proofs[0], found.proofs[0]);
    int proved = 0;
    for (const uint8_t proof : found.proofs) proved += proof;
    return proved;
}

static ProofOptions tiny_options() {
    ProofOptions options;
    options.large = true;
    options.diagonal = 16 << random_bits() % 2;
    options.block = options.diagonal << random_bits() % 3;
    options.strip = 16 << random_bits() % 3;
    options.delay = 16 << random_bits() % 4;
    options.unit_batch = 1 + int64_t(random_bits() % 40);
    options.streams = 1 + int(random_bits() % 2);
    return options;
}

static void test_random_cases() {
    Session session;
    int proved = 0, trials = 0;
    for (int round = 0; round < 120; round++) {
        check_seed = uint64_t(round);
        const test_case c = random_case(round % 10 == 0 ? 150 : 70);
        proved += compare(session, c.problem, tiny_options(), 2, "random");
        trials += 2;
        free(c.inputs);
    }
    CHECK(10 * proved > 4 * trials && proved < trials, "%d of %d proved: both ways are to be tested", proved, trials);
}

int main() {
    test_random_cases();
    return check_report();
}
