// Deep trials by each elimination, with options under which small networks reach every path: profiles equal to the
// CPU's whatever the arithmetic, the chunk, the units of a launch, the blocks and the lanes.
#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "support/device_session.h"
#include "support/sessions.h"

#include "elimination/large/deep_columns.cuh"
#include "elimination/small/deep.cuh"

static fr_session *cpu;

struct Network {
    fr_problem problem = {};
    std::vector<int64_t> widths;
    DeepProblem deep() const { return {&problem, widths.data(), int64_t(widths.size())}; }
    std::vector<int64_t> profiles(uint32_t prime, uint64_t first, int64_t trials,
                                  std::vector<fr_outcome> *outcomes) const {
        std::vector<int64_t> pivots(size_t(trials * problem.points), -1);
        outcomes->assign(size_t(trials), FR_NOT_COMPUTED);
        const int64_t none = 0;
        CHECK(fullrank_cpu_backend_v1()->deep_rank_profiles(cpu, &problem, widths.empty() ? &none : widths.data(),
                                                            int64_t(widths.size()), prime, first, trials, pivots.data(),
                                                            outcomes->data()) == FR_OK, "CPU");
        return pivots;
    }
};

static int64_t below(int64_t bound) { return int64_t(random_bits() % uint64_t(bound)); }

static Network make(int64_t points, int64_t most_width, int64_t most_layers) {
    Network w;
    w.problem.seed = random_bits();
    w.problem.points = points;
    w.problem.inputs = below(5);
    w.problem.bias = w.problem.inputs == 0 || below(3) != 0;
    w.problem.units = 1 + below(most_width);
    w.problem.input_distribution = fr_inputs(below(3));
    w.problem.weight_distribution = fr_weights(below(3));
    for (int64_t l = below(most_layers); l > 0; l--) w.widths.push_back(1 + below(most_width));
    return w;
}

static const uint32_t primes[] = {8388593, 8388593, 65537, 5};

static void compare(const Network &w, uint32_t prime, int64_t trials, const char *what,
                    const std::function<fr_status(int64_t *, fr_outcome *)> &eliminate) {
    std::vector<fr_outcome> expected_outcomes, outcomes(size_t(trials), FR_NOT_CONVERGED);
    const std::vector<int64_t> expected = w.profiles(prime, 5, trials, &expected_outcomes);
    std::vector<int64_t> pivots(expected.size(), -1);
    CHECK(eliminate(pivots.data(), outcomes.data()) == FR_OK, "%s", what);
    CHECK(outcomes == expected_outcomes, "%s: outcomes", what);
    CHECK(pivots == expected, "%s: n %lld, %zu layers, last %lld, prime %u", what, (long long)w.problem.points,
          w.widths.size() + 1, (long long)w.problem.units, prime);
}

static void test_small() {
    Session session;
    const int64_t points[] = {1, 5, 20, 32, 33, 64, 70};
    for (int turn = 0; turn < 28; turn++) {
        check_seed = uint64_t(1000 + turn);
        const Network w = make(points[turn % 7], turn % 3 ? 12 : 40, 4);
        const uint32_t prime = primes[turn % 4];
        for (const fr_small_arithmetic arithmetic : {fr_small_arithmetic::doubles, fr_small_arithmetic::integers}) {
            fr_small_options options = {arithmetic, turn % 2 ? 2 : 0, turn % 5 ? 0 : 3};
            compare(w, prime, 3, arithmetic == fr_small_arithmetic::doubles ? "doubles" : "integers",
                    [&](int64_t *pivots, fr_outcome *outcomes) {
                        return fr_cuda_eliminate_deep_small_as(&session.at, w.deep(), prime, 5, 3, pivots, outcomes,
                                                               options);
                    });
        }
    }
}

// Points so close that units are active on all of them or on none, and deltas take few values; modulo a few, deltas
// vanish besides. In a shallow network a unit active wherever another was adds nothing to it; here it may.
static void test_close_points() {
    Session session;
    int64_t wider = 0;
    for (int turn = 0; turn < 12; turn++) {
        check_seed = uint64_t(1500 + turn);
        Network w = make(14 + below(12), 6, 3);
        w.problem.inputs = 7; // with the bias a block of the small elimination
        w.problem.bias = 1;
        w.problem.units = 2 + below(4);
        w.widths.assign(size_t(1 + below(2)), 2 + below(3));
        std::vector<double> inputs(size_t(7 * w.problem.points));
        for (double &x : inputs) x = 1 + (0.2 + 0.1 * double(turn % 4)) * random_unit();
        w.problem.input_distribution = FR_INPUTS_GIVEN;
        w.problem.given_inputs = inputs.data();
        const uint32_t prime = turn % 4 == 3 ? 7 : 8388593;
        compare(w, prime, 30, "close points", [&](int64_t *pivots, fr_outcome *outcomes) {
            const fr_status status =
                fr_cuda_eliminate_deep_small(&session.at, w.deep(), prime, 5, 30, pivots, outcomes);
            for (int64_t i = 0; i < 30 * w.problem.points; i++)
                wider += pivots[i] >= w.problem.units * (w.widths.back() + 1);
            return status;
        });
        fr_large_options options;
        options.block = 5;
        compare(w, prime, 4, "close points, large", [&](int64_t *pivots, fr_outcome *outcomes) {
            return fr_cuda_eliminate_deep_large_with(&session.at, options, w.deep(), prime, 5, 4, pivots, outcomes);
        });
    }
    CHECK(wider > 500, "%lld pivots behind the last layer", (long long)wider);
}

static void test_large() {
    Session session;
    for (int turn = 0; turn < 30; turn++) {
        check_seed = uint64_t(2000 + turn);
        const Network w = make(1 + below(90), turn % 3 ? 12 : 40, 4);
        const uint32_t prime = primes[turn % 4];
        fr_large_options options;
        options.small_tiles = turn % 2 == 0;
        options.block = turn % 3 == 0 ? 0 : 4 + turn;
        options.spare_bytes = turn % 4 == 0 ? 0 : size_t(1) << 20;
        options.streams = 1 + turn % 3;
        compare(w, prime, 1 + turn % 3, "large", [&](int64_t *pivots, fr_outcome *outcomes) {
            return fr_cuda_eliminate_deep_large_with(&session.at, options, w.deep(), prime, 5, 1 + turn % 3, pivots,
                                                     outcomes);
        });
        CHECK(std::fabs(session.at.done - 1.0) < 1e-12, "done %g", double(session.at.done));
    }
}

// Trials that overflow between others that do not, over lanes and in one launch.
static void test_overflow() {
    Session session;
    int64_t finite = 0, not_finite = 0;
    for (int turn = 0; turn < 6; turn++) {
        check_seed = uint64_t(3000 + turn);
        Network w = make(40, 6, 3);
        w.widths = {4, 5};
        w.problem.inputs = 2;
        std::vector<double> inputs(80);
        for (double &x : inputs) x = random_unit() * 8e307;
        w.problem.input_distribution = FR_INPUTS_GIVEN;
        w.problem.given_inputs = inputs.data();
        std::vector<fr_outcome> expected, outcomes(8);
        const std::vector<int64_t> profiles = w.profiles(8388593, 5, 8, &expected);
        for (const bool large : {false, true}) {
            std::vector<int64_t> pivots(profiles.size(), -1);
            fr_large_options options;
            options.streams = 2;
            const fr_status status = large ? fr_cuda_eliminate_deep_large_with(&session.at, options, w.deep(), 8388593,
                                                                               5, 8, pivots.data(), outcomes.data())
                                           : fr_cuda_eliminate_deep_small(&session.at, w.deep(), 8388593, 5, 8,
                                                                          pivots.data(), outcomes.data());
            CHECK(status == FR_OK && outcomes == expected, "outcomes: %s", session.at.error);
            for (int64_t t = 0; t < 8; t++) {
                const bool same =
                    std::equal(pivots.begin() + t * 40, pivots.begin() + (t + 1) * 40, profiles.begin() + t * 40);
                if (expected[size_t(t)] == FR_COMPUTED) CHECK(same, "trial %lld", (long long)t);
                if (expected[size_t(t)] != FR_COMPUTED) CHECK(pivots[size_t(t * 40)] == -1, "trial %lld", (long long)t);
                ++(expected[size_t(t)] == FR_COMPUTED ? finite : not_finite);
            }
        }
    }
    CHECK(finite > 0 && not_finite > 0, "both kinds should be tried");
}

#if defined(FR_HOST_BUILD)
// Memory that is there when lanes are counted and gone when they allocate.
static void test_memory() {
    check_seed = 4000;
    Network w = make(60, 20, 3);
    w.widths = {17, 11};
    w.problem.units = 20;
    for (const char *bytes : {"250000", "500000"}) {
        setenv("FULLRANK_EMULATED_MEMORY", bytes, 1);
        Session session;
        fr_large_options options;
        options.streams = 4;
        options.spare_bytes = 0;
        options.block = 16;
        compare(w, 8388593, 6, bytes, [&](int64_t *pivots, fr_outcome *outcomes) {
            const fr_status status =
                fr_cuda_eliminate_deep_large_with(&session.at, options, w.deep(), 8388593, 5, 6, pivots, outcomes);
            CHECK(status == FR_OK, "%s", session.at.error);
            return status;
        });
    }
    unsetenv("FULLRANK_EMULATED_MEMORY");
}
#endif

// In a large trial too: heard between blocks and layers.
static void test_cancellation() {
    check_seed = 5000;
    Network w = make(90, 40, 3);
    w.widths = {40, 40};
    Session session;
    std::atomic<bool> running{true};
    std::thread other([&] {
        while (running) {
            session.at.cancelled = 1;
            std::this_thread::yield();
        }
    });
    std::vector<int64_t> pivots(90 * 50);
    std::vector<fr_outcome> outcomes(50);
    while (!session.at.cancelled) std::this_thread::yield();
    const fr_status status =
        fr_cuda_eliminate_deep_large(&session.at, w.deep(), 8388593, 0, 50, pivots.data(), outcomes.data());
    running = false;
    other.join();
    CHECK(status == FR_CANCELLED && outcomes[49] == FR_NOT_COMPUTED, "%d", status);
    CHECK_WORDS(session.at.error, "cancelled");
}

int main() {
    cpu = open_session(1, 0);
    test_small();
    test_close_points();
    test_large();
    test_overflow();
#if defined(FR_HOST_BUILD)
    test_memory();
#endif
    test_cancellation();
    fullrank_cpu_backend_v1()->close(cpu);
    return check_report();
}
