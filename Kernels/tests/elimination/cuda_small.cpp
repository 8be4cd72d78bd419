// Many small trials on the device (the host emulation, in CI): equal to the CPU profile for profile, whatever the
// arithmetic, the chunks and the batches of units.
//
#include <cmath>
#include <cstdlib>
#include <thread>
#include <vector>

// support/check.h is C: its malloc() needs a cast here.
#define malloc(bytes) static_cast<unsigned char *>(malloc(bytes))
#include "support/check.h"
#undef malloc

#include "elimination/small/elimination.cuh"
#include "field.h"
#if defined(FR_HOST_BUILD)
#include "host/counters.h"
#endif

static const fr_backend *const cpu = fullrank_cpu_backend_v1();
static fr_session *cpu_session;

static fr_session *open(const fr_backend *backend) {
    fr_session_options options = {};
    options.struct_size = sizeof options;
    options.threads = 1;
    fr_session *session = nullptr;
    char reason[256] = "";
    if (backend->open(&options, &session, reason, sizeof reason) != FR_OK) {
        printf("open: %s\n", reason);
        exit(1);
    }
    return session;
}


extern "C" const fr_backend *fullrank_backend_v1(void);
static fr_session *open_device() { return open(fullrank_backend_v1()); }
static void close_device(fr_session *session) { fullrank_backend_v1()->close(session); }


static const uint32_t primes[] = {8388593, 4194319, 65537, 101, 3};

struct Case {
    fr_problem problem = {};
    std::vector<double> inputs;
    std::vector<uint64_t> patterns;
};

// Small integers, repeated points: special position.
static void give_inputs(Case &c) {
    c.inputs.resize(size_t(c.problem.points * c.problem.inputs + 1));
    for (double &x : c.inputs) x = double(int64_t(random_bits() % 5) - 2);
    c.problem.input_distribution = FR_INPUTS_GIVEN;
    c.problem.given_inputs = c.inputs.data();
}

// Sparse, empty and repeated ones.
static void give_patterns(Case &c) {
    const int64_t words = (c.problem.points + 63) / 64, units = c.problem.units;
    c.patterns.resize(size_t(units * words + 1));
    for (int64_t u = 0; u < units; u++) {
        const uint64_t kind = random_bits() % 4, copied = u ? random_bits() % uint64_t(u) : 0;
        for (int64_t w = 0; w < words; w++) {
            uint64_t bits = random_bits() & random_bits() & random_bits();
            if (kind == 0) bits = 0;
            if (kind == 1) bits |= random_bits();
            if (kind == 2) bits = c.patterns[copied * size_t(words) + size_t(w)];
            c.patterns[size_t(u * words + w)] = bits;
        }
    }
    c.problem.weight_distribution = FR_WEIGHTS_PATTERN;
    c.problem.given_patterns = c.patterns.data();
}

static void random_case(Case &c, int64_t most_points) {
    fr_problem &p = c.problem;
    p.seed = random_bits();
    p.points = int64_t(random_bits() % uint64_t(most_points + 1));
    p.inputs = int64_t(random_bits() % 7);
    p.bias = random_bits() % 4 != 0;
    if (random_bits() % 8 == 0) p.inputs = int64_t(random_bits() % uint64_t(2 * most_points)); // k > n, too
    if (p.inputs == 0) p.bias = 1;
    const int64_t k = p.inputs + p.bias;
    p.units = int64_t(random_bits() % uint64_t(3 * p.points / k + 12));
    p.input_distribution = fr_inputs(random_bits() % 3);
    p.weight_distribution = fr_weights(random_bits() % 3);
    if (random_bits() % 4 == 0) give_inputs(c);
    if (random_bits() % 4 == 0) give_patterns(c);
}

// Runs trials on the device and on the CPU.
static void compare(fr_session *session, const fr_problem &p, uint32_t prime, uint64_t first, int64_t trials,
                    fr_small_options options) {
    const size_t numbers = size_t(trials * p.points), bytes = numbers * sizeof(int64_t);
    std::vector<int64_t> expected(numbers + 1);
    std::vector<fr_outcome> outcomes(size_t(trials) + 1), ignored(size_t(trials) + 1);
    int64_t *pivots = static_cast<int64_t *>(guarded(bytes));
    CHECK(cpu->rank_profiles(cpu_session, &p, prime, first, trials, expected.data(), ignored.data()) == FR_OK, "%s",
          cpu->last_error(cpu_session));
    outcomes[size_t(trials)] = FR_NOT_CONVERGED;
    CHECK(fr_cuda_eliminate_small_as(session, &p, prime, first, trials, pivots, outcomes.data(), options) == FR_OK,
          "%s", session->error);
    CHECK(guarded_intact(pivots, bytes) && outcomes[size_t(trials)] == FR_NOT_CONVERGED, "written outside");
    for (int64_t t = 0; t < trials; t++)
        CHECK(
            outcomes[size_t(t)] == FR_COMPUTED &&
                memcmp(expected.data() + t * p.points, pivots + t * p.points, size_t(p.points) * 8) == 0,
            "trial %lld of %lld: n %lld d0 %lld bias %d d1 %lld mod %u, inputs %d weights %d, arithmetic %d chunk %lld "
            "batch %lld",
            (long long)t, (long long)trials, (long long)p.points, (long long)p.inputs, p.bias, (long long)p.units,
            prime, p.input_distribution, p.weight_distribution, int(options.arithmetic), (long long)options.chunk,
            (long long)options.first_batch);
    guarded_free(pivots);
}

static fr_small_options random_options(int round) {
    fr_small_options options = {};
    options.arithmetic = round % 2 ? fr_small_arithmetic::doubles : fr_small_arithmetic::integers;
    if (random_bits() % 2) options.chunk = 1 + int64_t(random_bits() % 4);
    if (random_bits() % 2) options.first_batch = 1 + int64_t(random_bits() % 5);
    return options;
}

static void test_random_problems(fr_session *session, int rounds, int64_t most_points) {
    for (int round = 0; round < rounds; round++) {
        Case c;
        random_case(c, most_points);
        compare(session, c.problem, primes[round % 5], random_bits() % 1000, 1 + round % 4, random_options(round));
    }
}

static fr_problem biased(uint64_t seed, int64_t points, int64_t inputs, int64_t units) {
    fr_problem problem = {};
    problem.seed = seed;
    problem.points = points;
    problem.inputs = inputs;
    problem.units = units;
    problem.bias = 1;
    return problem;
}

// Every n about the warp's and the words' ends, in one shape.
static void test_sizes(fr_session *session) {
    for (const int64_t n : {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 96, 97, 130})
        for (int arithmetic = 1; arithmetic <= 2; arithmetic++) {
            const fr_problem problem = biased(12, n, 3, n);
            compare(session, problem, 8388593, 0, 2, {fr_small_arithmetic(arithmetic), 0, 0});
        }
}

// Units far beyond full rank or what can be had, few of them useful: the filter, and batches that double.
static void test_wide_networks(fr_session *session) {
    for (int arithmetic = 1; arithmetic <= 2; arithmetic++)
        for (int64_t d0 = 1; d0 <= 3; d0++) {
            const fr_problem problem = biased(uint64_t(d0), 45, d0, 900);
            compare(session, problem, 8388593, 7, 5, {fr_small_arithmetic(arithmetic), 0, 0});
        }
}

// Units whose pattern was seen are passed over, in whatever batches they come: of d0 = 1 there are 2n patterns, of
// which each costs its k columns once (the first block of a straggler may see a few more).
static void test_repeated_patterns(fr_session *session) {
    for (const int64_t n : {12, 45, 90})
        for (int64_t first_batch : {0, 40}) {
            fr_problem problem = biased(uint64_t(n), n, 1, 700);
            std::vector<uint64_t> patterns;
            const int64_t trials = 3;
            int64_t columns = 0;
            fr_small_options options = {};
            options.first_batch = first_batch;
            options.columns_run = &columns;
            compare(session, problem, 8388593, 9, trials, options);
            CHECK(columns > 0 && columns <= trials * 2 * (2 * n), "%lld columns of 2 x %lld patterns",
                  (long long)columns, (long long)(2 * n));
            // Six patterns, each given many times, in a row and apart.
            patterns.assign(size_t(problem.units * ((n + 63) / 64)), 0);
            for (size_t i = 0; i < patterns.size(); i++)
                patterns[i] = UINT64_C(0x5555333311110f0f) * (1 + i / size_t((n + 63) / 64) / 9 % 6);
            problem.weight_distribution = FR_WEIGHTS_PATTERN;
            problem.given_patterns = patterns.data();
            columns = 0;
            compare(session, problem, 8388593, 9, trials, options);
            CHECK(columns == trials * 6 * 2, "%lld columns", (long long)columns);
        }
}

// Stragglers: trials that need different widths, finished ones in between (a run of its own for each of some).
static void test_many_trials(fr_session *session) {
    for (int arithmetic = 1; arithmetic <= 2; arithmetic++) {
        const fr_problem problem = biased(5, 12, 1, 150);
        compare(session, problem, 65537, 100, 150, {fr_small_arithmetic(arithmetic), 0, 6});
    }
}

static void test_memory(fr_session *session) {
    const fr_problem problem = biased(6, 40, 2, 30);
#if defined(FR_HOST_BUILD)
    fr_cuda_release_small(session);
    setenv("FULLRANK_EMULATED_MEMORY", "200000", 1); // a chunk of 16 needs more
    compare(session, problem, 8388593, 0, 16, {fr_small_arithmetic::automatic, 16, 0});
    fr_cuda_release_small(session);
    setenv("FULLRANK_EMULATED_MEMORY", "1000", 1); // not even one trial
    std::vector<int64_t> pivots(40);
    fr_outcome outcome;
    CHECK(fr_cuda_eliminate_small(session, &problem, 8388593, 0, 1, pivots.data(), &outcome) == FR_OUT_OF_MEMORY,
          "%s", session->error);
    CHECK(outcome == FR_NOT_COMPUTED, "outcome %d", outcome);
    unsetenv("FULLRANK_EMULATED_MEMORY");
#endif
    compare(session, problem, 8388593, 0, 16, {});
}

#if defined(FR_HOST_BUILD)
static size_t free_memory() {
    size_t free = 0, total = 0;
    cudaMemGetInfo(&free, &total);
    return free;
}
#endif

// The session keeps the memory: calls of the same shape and of smaller ones allocate nothing. Any other stage of the
// table has it back first.
static void test_kept_memory(fr_session *session) {
    Case c;
    c.problem.seed = 8;
    c.problem.points = 50;
    c.problem.inputs = 3;
    c.problem.bias = 1;
    c.problem.units = 40;
    compare(session, c.problem, 8388593, 0, 24, {});
#if defined(FR_HOST_BUILD)
    const size_t before = free_memory();
    const int64_t waits = fr_emulation::runtime_counts.synchronisations;
    setenv("FULLRANK_EMULATED_MEMORY", "1", 1); // an allocation would fail
    compare(session, c.problem, 8388593, 24, 24, {});
    CHECK(fr_emulation::runtime_counts.synchronisations == waits, "the host waits for events alone");
    c.problem.points = 40;
    compare(session, c.problem, 65537, 3, 20, {}); // another prime
    c.problem.inputs = 2;
    c.problem.units = 30;
    compare(session, c.problem, 65537, 3, 24, {fr_small_arithmetic::integers, 0, 3});
    unsetenv("FULLRANK_EMULATED_MEMORY");
    CHECK(free_memory() == before, "%zu bytes, then %zu", before, free_memory());
    double inputs[80];
    CHECK(fullrank_backend_v1()->sample_inputs(session, &c.problem, 0, inputs) == FR_OK, "%s", session->error);
    CHECK(free_memory() > before, "%zu bytes, then %zu", before, free_memory());
#endif
}

// Many chunks through two slots: as many trials as 20 chunks and a rest, some of them with several batches.
static void test_many_chunks(fr_session *session) {
    for (int arithmetic = 1; arithmetic <= 2; arithmetic++)
        for (const int64_t chunk : {1, 7, 16}) {
            Case c;
            c.problem.seed = uint64_t(chunk);
            c.problem.points = 9;
            c.problem.inputs = 1;
            c.problem.bias = chunk != 7;
            c.problem.units = 70;
            compare(session, c.problem, 8388593, 50, 20 * chunk + 3, {fr_small_arithmetic(arithmetic), chunk, 4});
        }
}

// Columns numbered beyond 32 bits come back in 64.
static void test_wide_columns(fr_session *session) {
    Case c;
    c.problem.seed = 2;
    c.problem.points = 6;
    c.problem.inputs = 1;
    c.problem.bias = 1;
    c.problem.units = (int64_t(1) << 30) + 1;
    compare(session, c.problem, 8388593, 0, 3, {});
}

// Cancelled at some moment: what is said to be computed is right.
static void test_cancellation_on_the_way(fr_session *session) {
    Case c;
    c.problem.seed = 9;
    c.problem.points = 12;
    c.problem.inputs = 1;
    c.problem.bias = 1;
    c.problem.units = 60;
    const int64_t trials = 150, n = c.problem.points;
    std::vector<int64_t> expected(trials * n), pivots(trials * n);
    std::vector<fr_outcome> outcomes(trials);
    cpu->rank_profiles(cpu_session, &c.problem, 8388593, 0, trials, expected.data(), outcomes.data());
    for (const double until : {0.01, 0.2, 0.5, 0.9}) {
        session->done = 0;
        std::thread watch([&] {
            while (session->done < until) std::this_thread::yield();
            session->cancelled = 1;
        });
        const fr_status status = fr_cuda_eliminate_small_as(session, &c.problem, 8388593, 0, trials, pivots.data(),
                                                            outcomes.data(), {fr_small_arithmetic::doubles, 11, 6});
        watch.join();
        session->cancelled = 0;
        CHECK(status == FR_CANCELLED || status == FR_OK, "%s", session->error);
        int64_t computed = 0;
        for (int64_t t = 0; t < trials; t++) {
            if (outcomes[size_t(t)] != FR_COMPUTED) continue;
            computed++;
            CHECK(memcmp(expected.data() + t * n, pivots.data() + t * n, size_t(n) * 8) == 0, "trial %lld", (long long)t);
        }
        CHECK(computed < trials || status == FR_OK, "%lld computed", (long long)computed);
        CHECK(computed > 0 || until < 0.1, "none computed at %g", until);
    }
}

static void test_cancellation(fr_session *session) {
    const fr_problem problem = biased(7, 10, 1, 200);
    const int64_t trials = 40, n = problem.points;
    std::vector<int64_t> expected(trials * n), pivots(trials * n);
    std::vector<fr_outcome> outcomes(trials);
    cpu->rank_profiles(cpu_session, &problem, 8388593, 0, trials, expected.data(), outcomes.data());
    session->cancelled = 1;
    CHECK(
        fr_cuda_eliminate_small(session, &problem, 8388593, 0, trials, pivots.data(), outcomes.data()) == FR_CANCELLED,
        "cancelled before");
    for (const fr_outcome outcome : outcomes) CHECK(outcome == FR_NOT_COMPUTED, "outcome %d", outcome);
    session->cancelled = 0;
}

static void test_limits(fr_session *session) {
    const int64_t most = fr_cuda_small_rows(session);
    CHECK(most >= 150, "%lld rows fit", (long long)most);
    Case c;
    c.problem.points = most + 1;
    c.problem.inputs = c.problem.units = 1;
    c.problem.bias = 1;
    std::vector<int64_t> pivots(size_t(most) + 1);
    fr_outcome outcome;
    CHECK(fr_cuda_eliminate_small(session, &c.problem, 101, 0, 1, pivots.data(), &outcome) == FR_UNSUPPORTED,
          "too large");
    CHECK(fr_cuda_eliminate_small(session, &c.problem, 8388617, 0, 1, pivots.data(), &outcome) == FR_INVALID_ARGUMENT,
          "prime");
    c.problem.points = most; // the largest that fits, and all of M's room at r = n/2
    c.problem.inputs = 40;
    c.problem.units = 9;
    for (int arithmetic = 1; arithmetic <= 2; arithmetic++)
        compare(session, c.problem, 8388593, 0, 1, {fr_small_arithmetic(arithmetic), 0, 0});
}

int main() {
    cpu_session = open(cpu);
    fr_session *session = open_device();
    test_sizes(session);
    test_random_problems(session, 1000, 70);
    test_random_problems(session, 80, 130);
    test_wide_networks(session);
    test_repeated_patterns(session);
    test_many_trials(session);
    test_memory(session);
    test_kept_memory(session);
    test_many_chunks(session);
    test_wide_columns(session);
    test_cancellation(session);
    test_cancellation_on_the_way(session);
    test_limits(session);
    close_device(session);
    cpu->close(cpu_session);
    return check_report();
}
