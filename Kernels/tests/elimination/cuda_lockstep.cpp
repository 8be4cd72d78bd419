// Large trials in lockstep on the host emulation (or a device): equal to the CPU backend, profile for profile, whatever
// the number of members, the blocks and the tiles; what lockstep leaves, lanes do.
#include <cstring>
#include <thread>
#include <vector>

#include "support/device_session.h"
#include "support/random_problem.h"
#include "support/sessions.h"

#include "elimination/large/lockstep.cuh"
#if defined(FR_HOST_BUILD)
#include "host/counters.h"
#endif

static const uint32_t primes[] = {8388593, 4194319, 65537, 101, 3};
static fr_session *cpu;

static fr_large_options tiny_options(int round) {
    fr_large_options options;
    options.small_tiles = round % 8 != 7;
    options.block = options.small_tiles ? 4 + 4 * int64_t(random_bits() % 6) : 72;
    options.unit_batch = round % 3 ? 0 : 1 + int64_t(random_bits() % 9);
    options.members = 1 + int(random_bits() % 5);
    return options;
}

// Returns how many trials were left to lanes.
static int64_t compare(const fr_problem &p, uint32_t prime, uint64_t first, int64_t trials, const fr_large_options &options) {
    Session session;
    const size_t numbers = size_t(trials * p.points), bytes = numbers * sizeof(int64_t);
    std::vector<int64_t> expected(numbers + 1);
    std::vector<fr_outcome> outcomes(static_cast<size_t>(trials)), ignored(static_cast<size_t>(trials));
    CHECK(fullrank_cpu_backend_v1()->rank_profiles(cpu, &p, prime, first, trials, expected.data(), ignored.data()) == FR_OK,
          "CPU");
    int64_t left = 0;
    for (const bool alone : {true, false}) {
        int64_t *pivots = static_cast<int64_t *>(guarded(bytes));
        for (fr_outcome &outcome : outcomes) outcome = FR_NOT_COMPUTED;
        const fr_status status = (alone ? fr_cuda_eliminate_in_lockstep : fr_cuda_eliminate_large_with)(
            &session.at, options, &p, prime, first, trials, pivots, outcomes.data());
        CHECK(status == FR_OK, "%s", session.at.error);
        CHECK(guarded_intact(pivots, bytes), "written outside pivot_columns");
        for (int64_t t = 0; t < trials; t++) {
            left += alone && outcomes[size_t(t)] != FR_COMPUTED;
            CHECK(alone || outcomes[size_t(t)] == FR_COMPUTED, "trial %lld was not computed", (long long)t);
            if (outcomes[size_t(t)] == FR_COMPUTED)
                CHECK(memcmp(expected.data() + t * p.points, pivots + t * p.points, size_t(p.points) * 8) == 0,
                      "trial %lld of %lld: n %lld d0 %lld bias %d d1 %lld mod %u, inputs %d weights %d, blocks of %lld, %d "
                      "members, alone %d", (long long)t, (long long)trials, (long long)p.points, (long long)p.inputs, p.bias,
                      (long long)p.units, prime, p.input_distribution, p.weight_distribution, (long long)options.block,
                      options.members, alone);
        }
        CHECK(alone || fabs(session.at.done - 1.0) < 1e-12 || trials * p.points * p.units == 0, "done %g", double(session.at.done));
        guarded_free(pivots);
    }
    return left;
}

static void test_random_problems() {
    int64_t left = 0, all = 0;
    for (int round = 0; round < 50; round++) {
        const RandomProblem problem(round % 10 == 0 ? 150 : 70, 60);
        const int64_t trials = 1 + round % 7;
        left += compare(problem.at, primes[round % 5], uint64_t(round), trials, tiny_options(round));
        all += trials;
    }
    CHECK(left < all / 4, "%lld of %lld trials were left", (long long)left, (long long)all);
}

// The case for which lockstep is meant: default tiles, and every trial is done in lockstep. The host waits once per
// block and window of units, for all members together.
static void test_default_options() {
    static const int64_t shapes[][3] = {{140, 4, 40}, {132, 2, 120}};
    for (const auto &shape : shapes) {
        fr_problem p = {};
        p.seed = 4;
        p.points = shape[0];
        p.inputs = shape[1];
        p.units = shape[2];
        p.bias = 1;
        fr_large_options options;
        options.members = 4;
        CHECK(compare(p, 8388593, 10, 4, options) == 0, "n %lld: trials left", (long long)p.points);
#if defined(FR_HOST_BUILD)
        Session session;
        std::vector<int64_t> pivots(size_t(4 * p.points));
        fr_outcome outcomes[4];
        fr_cuda_eliminate_in_lockstep(&session.at, options, &p, 8388593, 0, 1, pivots.data(), outcomes); // tables
        const int64_t before = fr_emulation::runtime_counts.synchronisations;
        const int64_t pageable = fr_emulation::runtime_counts.pageable_copies;
        fr_cuda_eliminate_in_lockstep(&session.at, options, &p, 8388593, 10, 4, pivots.data(), outcomes);
        const int64_t waits = fr_emulation::runtime_counts.synchronisations - before;
        CHECK(waits <= p.points / 128 + (p.inputs > 2 ? 6 : 40), "%lld waits for 4 trials of %lld points",
              (long long)waits, (long long)p.points);
        CHECK(fr_emulation::runtime_counts.pageable_copies == pageable, "a copy from memory that is not pinned");
#endif
    }
}

static void test_choice() {
    fr_problem p = {};
    p.seed = 4;
    p.points = 40;
    p.inputs = 4;
    p.units = 12;
    p.bias = 1;
    std::vector<int64_t> pivots(40 * 20);
    std::vector<fr_outcome> outcomes(20, FR_NOT_COMPUTED);
    Session session;
    fr_large_options options;
    const auto computed = [&](int members, int64_t trials) {
        outcomes.assign(20, FR_NOT_COMPUTED);
        options.members = members;
        CHECK(fr_cuda_eliminate_in_lockstep(&session.at, options, &p, 101, 0, trials, pivots.data(), outcomes.data()) == FR_OK,
              "%s", session.at.error);
        int64_t count = 0;
        for (const fr_outcome outcome : outcomes) count += outcome == FR_COMPUTED;
        return count;
    };
    CHECK(computed(3, 7) > 0, "asked for");
    CHECK(computed(-1, 7) == 0, "not wanted");
    CHECK(computed(0, 7) == 0, "few trials: lanes");
    session.at.memory_limit_bytes = 20000;
    CHECK(computed(3, 7) == 0, "no memory: lanes");
    session.at.memory_limit_bytes = 0;
    session.at.cancelled = 1;
    options.members = 3;
    CHECK(fr_cuda_eliminate_in_lockstep(&session.at, options, &p, 101, 0, 7, pivots.data(), outcomes.data()) == FR_CANCELLED,
          "cancelled");
    session.at.cancelled = 0;
}

int main() {
    cpu = open_session(1, 0);
    test_random_problems();
    test_default_options();
    test_choice();
    fullrank_cpu_backend_v1()->close(cpu);
    return check_report();
}
