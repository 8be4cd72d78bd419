// The CUDA backend's elimination of large matrices, on the host emulation (or a device): equal to the CPU backend and
// to the slow reference, with blocks and tiles so small that small matrices reach every path; the memory it promises to
// keep to; running out of memory; cancellation.
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "support/device_session.h"
#include "support/random_problem.h"
#include "elimination/reference.h"
#include "support/sessions.h"

#include "elimination/large/elimination.cuh"
#if defined(FR_HOST_BUILD)
#include "host/counters.h"
#endif

static const uint32_t primes[] = {8388593, 4194319, 65537, 101, 3};


static bool same(const std::vector<int64_t> &a, const std::vector<int64_t> &b) { return a == b; }

static fr_large_options tiny_options(int round) {
    fr_large_options options;
    options.spare_bytes = 0;
    options.small_tiles = round % 8 != 7;
    options.block = options.small_tiles ? 4 + 4 * int64_t(random_bits() % 6) : 72;
    options.unit_batch = 1 + int64_t(random_bits() % 9);
    options.look_ahead = round % 3 == 2 ? -1 : 1;
    return options;
}

// A reciprocal that is off by as much as the device's may be.
struct Off {
    // nvcc compiles the function it is handed to for the device too, where nothing calls it.
    __host__ __device__ float operator()(float x) const {
        const float y = 1.0f / x; // half a unit at most
#ifdef __CUDA_ARCH__
        return y;
#else
        const uint64_t way = random_bits() % 3;
        return way == 0 ? y : nextafterf(y, way == 1 ? HUGE_VALF : -HUGE_VALF);
#endif
    }
};

static void test_inverses() {
    Session session;
    DeviceBuffer<float> device;
    CHECK(device.allocate(&session.at, fr_large_inverses) == FR_OK, "%s", session.at.error);
    std::vector<float> table(fr_large_inverses);
    for (const uint32_t p : primes) {
        const fr_field field = fr_field_make(p);
        CHECK(fr_large_fill_inverses(&session.at, field, device) == FR_OK, "%s", session.at.error);
        cudaMemcpy(table.data(), device, table.size() * sizeof(float), cudaMemcpyDeviceToHost);
        for (uint32_t i = 0; i < fr_large_inverses; i++)
            CHECK(fr_reduce(field, double(table[i]) * i - (i % p ? 1.0 : 0.0)) == 0.0, "inverse of %u mod %u", i, p);
        long wrong = 0;
        const int64_t steps = p > 100000 ? 50000 : p - 1;
        for (int64_t i = 1; i <= steps; i++) {
            const int64_t a = p > 100000 && i > 1000 ? 1 + int64_t(random_bits() % (p - 1)) : i;
            for (int64_t sign = -1; sign <= 1; sign += 2) {
                const double balanced = fr_reduce(field, double(sign * a));
                const double inverses[] = {fr_large_inverse<>(field, balanced, fr_large_inverses, table.data()),
                                           fr_large_inverse(field, balanced, fr_large_inverses, table.data(), Off()),
                                           fr_large_inverse<>(field, balanced, 2.0f, table.data()),
                                           fr_large_inverse(field, balanced, 2.0f, table.data(), Off())};
                for (const double inverse : inverses)
                    wrong += fr_reduce(field, fr_reduce(field, balanced * inverse) - 1.0) != 0.0 ||
                             inverse > (p + 3) / 2.0 || inverse < -((p + 3) / 2.0);
            }
        }
        CHECK(wrong == 0, "%ld inverses mod %u", wrong, p);
    }
}

// The largest residues, all of one sign: sums that only reductions every FR_DELAY terms keep exact.
static void test_largest_products() {
    Session session;
    const fr_field field = fr_field_make(8388593);
    const int64_t rows = 3, columns = 2, inner = 3 * FR_DELAY + 7;
    const double most = (8388593 + 3) / 2;
    std::vector<double> all(size_t(rows * inner + inner * columns + rows * columns), most);
    DeviceBuffer<double> device;
    CHECK(device.allocate(&session.at, all.size()) == FR_OK, "%s", session.at.error);
    cudaMemcpy(device, all.data(), all.size() * 8, cudaMemcpyHostToDevice);
    const LargeMatrix a = {device, rows}, b = {a.at + rows * inner, inner}, c = {b.at + inner * columns, rows};
    CHECK(fr_large_subtract(&session.at, field, rows, columns, inner, a, b, c) == FR_OK, "%s", session.at.error);
    cudaMemcpy(all.data(), device, all.size() * 8, cudaMemcpyDeviceToHost);
    const __int128 exact = (__int128)4194298 - (__int128)inner * 4194298 * 4194298;
    for (size_t i = all.size() - size_t(rows * columns); i < all.size(); i++)
        CHECK(((__int128)all[i] - exact) % 8388593 == 0 && fabs(all[i]) <= most, "%g", all[i]);
}

// ---- dense ----

static void plant(std::vector<double> &matrix, int64_t rows, int64_t columns, int64_t rank) {
    std::vector<double> left(size_t(rows * rank)), right(size_t(rank * columns));
    for (double &x : left) x = double(int64_t(random_bits() % 7) - 3);
    for (double &x : right) x = double(int64_t(random_bits() % 7) - 3);
    matrix.assign(size_t(rows * columns), 0.0);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t t = 0; t < rank; t++)
            for (int64_t j = 0; j < columns; j++)
                matrix[size_t(i * columns + j)] += left[size_t(i * rank + t)] * right[size_t(t * columns + j)];
}

static fr_status run_dense(Session &session, const fr_large_options &options, const std::vector<double> &matrices,
                           int64_t batch, int64_t rows, int64_t columns, uint32_t p, std::vector<int64_t> &pivots) {
    const size_t count = size_t(batch * rows * columns);
    const fr_field field = fr_field_make(p);
    std::vector<double> residues(count);
    for (size_t i = 0; i < count; i++) residues[i] = fr_reduce(field, matrices[i]);
    DeviceBuffer<double> device;
    FR_PASS(device.allocate(&session.at, count));
    FR_TRY(&session.at, cudaMemcpy(device, residues.data(), count * 8, cudaMemcpyHostToDevice), "copying");
    std::vector<fr_outcome> outcomes(size_t(batch), FR_NOT_CONVERGED);
    const size_t bytes = size_t(batch * rows) * sizeof(int64_t);
    int64_t *guarded_pivots = static_cast<int64_t *>(guarded(bytes));
    const fr_status status = fr_cuda_eliminate_dense_with(&session.at, options, device, batch, rows, columns, p,
                                                          guarded_pivots, outcomes.data());
    CHECK(guarded_intact(guarded_pivots, bytes), "written outside pivot_columns");
    pivots.assign(guarded_pivots, guarded_pivots + batch * rows);
    guarded_free(guarded_pivots);
    for (const fr_outcome outcome : outcomes)
        CHECK(status != FR_OK || outcome == FR_COMPUTED, "outcome %d", outcome);
    return status;
}

static void compare_dense(const std::vector<double> &matrix, int64_t rows, int64_t columns, uint32_t p,
                          const fr_large_options &options) {
    Session session;
    std::vector<int64_t> expected(static_cast<size_t>(rows)), pivots;
    reference_profile(matrix.data(), rows, columns, p, expected.data());
    CHECK(run_dense(session, options, matrix, 1, rows, columns, p, pivots) == FR_OK, "%s", session.at.error);
    CHECK(same(expected, pivots), "%lld x %lld mod %u, blocks of %lld", (long long)rows, (long long)columns, p,
          (long long)options.block);
}

static void test_planted_ranks() {
    static const int64_t shapes[][2] = {{0, 0}, {0, 3}, {3, 0}, {1, 1}, {1, 9}, {9, 1}, {5, 5}, {7, 30}, {30, 7},
                                        {17, 17}, {33, 50}, {50, 33}};
    int round = 0;
    for (const auto &shape : shapes) {
        const int64_t rows = shape[0], columns = shape[1], most = rows < columns ? rows : columns;
        std::vector<double> matrix;
        for (int64_t rank = 0; rank <= most; rank++, round++) {
            plant(matrix, rows, columns, rank);
            compare_dense(matrix, rows, columns, primes[rank % 5], tiny_options(round));
        }
    }
}

// Columns of zeros, rows of zeros and rows whose first entries are far down: tiles stop and are made of chosen rows.
static void test_sparse() {
    for (int round = 0; round < 60; round++) {
        const int64_t rows = 60 + int64_t(random_bits() % 90), columns = 40 + int64_t(random_bits() % 90);
        std::vector<double> matrix(size_t(rows * columns), 0.0);
        const uint64_t every = 1 + random_bits() % 60;
        for (double &x : matrix)
            if (random_bits() % every == 0) x = double(int64_t(random_bits() % 9) - 4);
        for (int64_t i = 0; i < rows; i++) // a bracket: column j starts at the bottom
            for (int64_t j = 0; round % 3 == 0 && j < columns; j++)
                if (i + j < rows - 2) matrix[size_t(i * columns + j)] = 0.0;
        compare_dense(matrix, rows, columns, primes[round % 5], tiny_options(round));
    }
}

// Default tiles and blocks, the inner dimension beyond FR_DELAY.
static void test_default_options() {
    std::vector<double> matrix;
    static const int64_t shapes[][3] = {{150, 200, 150}, {200, 150, 149}, {300, 300, 211}};
    for (const auto &shape : shapes) {
        plant(matrix, shape[0], shape[1], shape[2]);
        compare_dense(matrix, shape[0], shape[1], 8388593, fr_large_options());
    }
    fr_large_options options;
    options.block = 640;
    options.spare_bytes = 0;
    plant(matrix, 700, 760, 690);
    compare_dense(matrix, 700, 760, 8388593, options);
}

static void test_batch() {
    Session session;
    const int64_t rows = 23, columns = 31;
    std::vector<double> all, matrix;
    std::vector<int64_t> expected(3 * rows), pivots;
    for (int64_t i = 0; i < 3; i++) {
        plant(matrix, rows, columns, 9 + 7 * i);
        all.insert(all.end(), matrix.begin(), matrix.end());
        reference_profile(matrix.data(), rows, columns, 65537, expected.data() + i * rows);
    }
    CHECK(run_dense(session, tiny_options(1), all, 3, rows, columns, 65537, pivots) == FR_OK, "%s", session.at.error);
    CHECK(same(expected, pivots), "a batch of three");
    CHECK(fabs(session.at.done - 1.0) < 1e-12, "done %g", double(session.at.done));
    CHECK(run_dense(session, tiny_options(1), all, 0, rows, columns, 65537, pivots) == FR_OK, "an empty batch");
}

// ---- Jacobians ----

static void compare_trial(fr_session *cpu, const fr_problem &p, uint32_t prime, uint64_t trial,
                          const fr_large_options &options, const char *what) {
    Session session;
    const size_t n = size_t(p.points), bytes = n * sizeof(int64_t);
    std::vector<int64_t> expected(n);
    fr_outcome outcome;
    CHECK(fullrank_cpu_backend_v1()->rank_profiles(cpu, &p, prime, trial, 1, expected.data(), &outcome) == FR_OK,
          "CPU");
    int64_t *pivots = static_cast<int64_t *>(guarded(bytes));
    const fr_status status = fr_cuda_eliminate_large_with(&session.at, options, &p, prime, trial, 1, pivots, &outcome);
    CHECK(status == FR_OK && outcome == FR_COMPUTED, "%s", session.at.error);
    CHECK(guarded_intact(pivots, bytes), "written outside pivot_columns");
    CHECK(bytes == 0 || memcmp(expected.data(), pivots, bytes) == 0,
          "%s: n %lld d0 %lld d1 %lld mod %u, blocks of %lld", what, (long long)p.points, (long long)p.inputs,
          (long long)p.units, prime, (long long)options.block);
    guarded_free(pivots);
}

static void test_trials(fr_session *cpu) {
    for (int round = 0; round < 500; round++) {
        const RandomProblem problem(round % 10 == 0 ? 150 : 90, 150);
        compare_trial(cpu, problem.at, primes[round % 5], uint64_t(round), tiny_options(round), "random problem");
    }
}

// Wide networks, which end in the filter and among repeats; units of more columns than a block, exhausted early.
static void test_wide_and_deep(fr_session *cpu) {
    for (int64_t d0 = 1; d0 <= 6; d0++) {
        fr_problem p = {};
        p.seed = 7;
        p.points = 60;
        p.inputs = d0;
        p.units = 2000;
        p.bias = 1;
        compare_trial(cpu, p, 8388593, uint64_t(d0), tiny_options(0), "wide");
        p.inputs = 50 * d0;
        p.units = 40;
        compare_trial(cpu, p, 8388593, uint64_t(d0), tiny_options(0), "deep");
    }
    fr_problem p = {};
    p.seed = 3;
    p.points = 150;
    p.inputs = 4;
    p.units = 60;
    p.bias = 1;
    compare_trial(cpu, p, 8388593, 1, fr_large_options(), "default options");
    p.points = 0;
    compare_trial(cpu, p, 8388593, 1, fr_large_options(), "no points");
    p.units = 0;
    compare_trial(cpu, p, 8388593, 1, fr_large_options(), "no points, no units");
    p.points = 9;
    p.units = 0;
    compare_trial(cpu, p, 8388593, 1, fr_large_options(), "no units");
}

// A trial that is alone begins nearly every block while the one before is in its panel, and finds the same pivots; not
// where that is not wanted, nor (test_promised_memory) with memory for the columns of one block.
static void test_looking_ahead(fr_session *cpu) {
    fr_problem p = {};
    p.seed = 5;
    p.points = 150;
    p.inputs = 4;
    p.units = 60;
    p.bias = 1;
    for (const int look_ahead : {1, 0, -1}) { // 0: by the device; the emulation has two multiprocessors
        int64_t blocks = 0, ahead = 0;
        fr_large_options options;
        options.small_tiles = true;
        options.block = 12;
        options.look_ahead = look_ahead;
        options.blocks_run = &blocks;
        options.looked_ahead = &ahead;
        compare_trial(cpu, p, 8388593, 4, options, "150 points");
        CHECK(look_ahead >= 0 ? ahead >= 10 && ahead < blocks : ahead == 0, "%lld of %lld blocks were begun early",
              (long long)ahead, (long long)blocks);
    }
    CHECK(LargeElimination::most_rows_ahead(132, 128) == 42240, "an H100");
    CHECK(LargeElimination::most_rows_ahead(128, 2) == 640, "a card with few lanes for doubles");
    // Pivots from the bottom of the matrix: rows of columns that were begun move.
    int64_t ahead = 0;
    for (int round = 0; round < 20; round++) {
        const int64_t rows = 90, columns = 100;
        std::vector<double> matrix(size_t(rows * columns));
        for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < columns; j++)
                matrix[size_t(i * columns + j)] =
                    i + j < rows - 1 && j < rows / 2 ? 0.0 : double(random_bits() % 9) - 4;
        fr_large_options options;
        options.small_tiles = round % 2 == 0;
        options.block = 8 + 4 * (round % 3);
        options.spare_bytes = round % 2 ? 0 : 1 << 20;
        options.look_ahead = 1;
        options.looked_ahead = &ahead;
        compare_dense(matrix, rows, columns, primes[round % 5], options);
    }
    CHECK(ahead >= 60, "%lld blocks were begun early", (long long)ahead);
}

// The time of a panel rests on this: nearly every tile finds a pivot in each of its 64 columns.
static void test_tiles_run(fr_session *cpu) {
    static const int64_t shapes[][3] = {{4, 120, 12}, {10, 80, 12}, {100, 20, 16}};
    for (const auto &shape : shapes) {
        int64_t tiles = 0, blocks = 0;
        fr_large_options options;
        options.tiles_run = &tiles;
        options.blocks_run = &blocks;
        fr_problem p = {};
        p.seed = 11;
        p.points = 600;
        p.inputs = shape[0];
        p.units = shape[1];
        p.bias = 1;
#if defined(FR_HOST_BUILD)
        const int64_t before = fr_emulation::runtime_counts.synchronisations;
#endif
        compare_trial(cpu, p, 8388593, 2, options, "600 points");
#if defined(FR_HOST_BUILD)
        // The host waits for opening and closing the session, its checks and its table, a batch of patterns: and once a
        // block, if the tiles decide their columns. Units of 101 columns are more than a block's rest: there some do not.
        const long waits = long(fr_emulation::runtime_counts.synchronisations - before),
                   most = blocks * (p.inputs == 100 ? 2 : 1) + 5;
        CHECK(waits <= most, "%ld waits for %lld blocks", waits, (long long)blocks);
#endif
        CHECK(tiles >= 10 && tiles <= shape[2], "%lld tiles for 600 points, d0 %lld", (long long)tiles,
              (long long)p.inputs);
    }
}

// ---- memory, cancellation ----

// The first trial of n points of four inputs and a bias, in a session of its own.
struct OneTrial {
    fr_problem problem = {};
    std::vector<int64_t> pivots;
    fr_outcome outcome = FR_COMPUTED;
    Session session;

    OneTrial(int64_t points, int64_t units) : pivots(size_t(points)) {
        problem.points = points;
        problem.inputs = 4;
        problem.units = units;
        problem.bias = 1;
    }
    fr_status eliminate() {
        return fr_cuda_eliminate_large(&session.at, &problem, 8388593, 0, 1, pivots.data(), &outcome);
    }
};

#if defined(FR_HOST_BUILD)
static size_t free_memory() {
    size_t free = 0, total = 0;
    cudaMemGetInfo(&free, &total);
    return free;
}

// The promised bytes are enough, and one less is refused in words; M is re-packed to stay in them.
static void test_promised_memory() {
    const int64_t rows = 150, columns = 170;
    fr_large_options options;
    options.small_tiles = true;
    options.block = 8;
    std::vector<double> matrix;
    plant(matrix, rows, columns, rows);
    std::vector<int64_t> expected(rows), pivots;
    reference_profile(matrix.data(), rows, columns, 8388593, expected.data());
    Session session;
    session.at.memory_limit_bytes = size_t(LargeElimination::bytes(rows, options)) + 1;
    CHECK(run_dense(session, options, matrix, 1, rows, columns, 8388593, pivots) == FR_OK, "%s", session.at.error);
    CHECK(same(expected, pivots), "in the promised memory");
    session.at.memory_limit_bytes -= 2;
    CHECK(run_dense(session, options, matrix, 1, rows, columns, 8388593, pivots) == FR_OUT_OF_MEMORY, "one byte less");
    CHECK_WORDS(session.at.error, "eliminating 150 rows needs ");
    CHECK_WORDS(session.at.error, " are available");
    session.at.memory_limit_bytes = 0;

    // M is re-packed often enough to stay small, but seldom; never if there is more memory.
    const int64_t n = 400;
    pivots.resize(n);
    options.block = 4;
    options.look_ahead = 1;
    for (const size_t spare : {size_t(0), size_t(4) << 20}) {
        options.spare_bytes = spare;
        const size_t free_before = free_memory();
        LargeElimination elimination(&session.at, 8388593, options);
        CHECK(elimination.prepare(n, 0.0) == FR_OK, "prepare");
        struct Identity : ColumnGenerator { // as many columns as rows, each with a pivot
            int64_t next_ = 0;
            fr_status next(int64_t want) override {
                columns.clear();
                for (; int64_t(columns.size()) < want && next_ < n; next_++) columns.push_back(next_);
                return FR_OK;
            }
            fr_status fill(const int32_t *rows, int64_t count, LargeMatrix out) override {
                cudaDeviceSynchronize(); // it fills at once, where streams may be late
                for (int64_t i = 0; i < count; i++)
                    for (size_t j = 0; j < columns.size(); j++)
                        out.at[i + int64_t(j) * out.ld] = rows[i] >= columns[j];
                return FR_OK;
            }
        } generator;
        CHECK(elimination.run(&generator, nullptr, pivots.data()) == FR_OK, "%s", session.at.error);
        for (int64_t i = 0; i < n; i++) CHECK(pivots[size_t(i)] == i, "row %lld", (long long)i);
        CHECK(spare ? elimination.repacks() == 0 : elimination.repacks() >= 4 && elimination.repacks() <= 12,
              "%lld times", (long long)elimination.repacks());
        const size_t taken = free_before - free_memory(); // nothing is given back before the end
        const double early = 8.0 * double(fr_large_padded(n) * options.block); // columns begun early
        CHECK(spare || double(taken) <= LargeElimination::bytes(n, options) + early, "%zu bytes", taken);
    }
    CHECK(LargeElimination::bytes(6, fr_large_options()) < 16384, "few rows need little");
    // n = 100,000: 17/64 n^2 numbers and three times n x 512.
    const double most = LargeElimination::bytes(100000, fr_large_options());
    CHECK(most > 21.25e9 && most < 22.6e9, "%g", most);
}

static void test_trial_out_of_memory() {
    OneTrial trial(3000, 10);
    setenv("FULLRANK_EMULATED_MEMORY", "10000000", 1);
    CHECK(trial.eliminate() == FR_OUT_OF_MEMORY, "10 MB");
    CHECK(trial.outcome == FR_NOT_COMPUTED, "outcome %d", trial.outcome);
    CHECK_WORDS(trial.session.at.error, "eliminating 3000 rows needs ");
    unsetenv("FULLRANK_EMULATED_MEMORY");
}

// What the elimination keeps on the host changes while copies of it may still be under way.
static void test_copies_are_pinned() {
    fr_problem p = {};
    p.seed = 2;
    p.points = 150;
    p.inputs = 4;
    p.units = 60;
    p.bias = 1;
    std::vector<int64_t> pivots(150);
    fr_outcome outcome = FR_COMPUTED;
    Session session;
    const int64_t before = fr_emulation::runtime_counts.pageable_copies;
    CHECK(fr_cuda_eliminate_large_with(&session.at, tiny_options(0), &p, 8388593, 0, 1, pivots.data(), &outcome) ==
              FR_OK, "%s", session.at.error);
    CHECK(fr_cuda_eliminate_small(&session.at, &p, 8388593, 0, 1, pivots.data(), &outcome) == FR_OK, "%s",
          session.at.error);
    CHECK(fr_emulation::runtime_counts.pageable_copies == before, "%ld copies from memory that is not pinned",
          long(fr_emulation::runtime_counts.pageable_copies - before));
}

// Products that lose bits are noticed before they make a rank.
static void test_inexact_products() {
    OneTrial trial(40, 20);
    setenv("FULLRANK_EMULATED_ROUNDING", "1", 1);
    CHECK(trial.eliminate() == FR_UNAVAILABLE, "rounded");
    CHECK(trial.outcome == FR_NOT_COMPUTED, "outcome %d", trial.outcome);
    CHECK_WORDS(trial.session.at.error, "not exact here");
    unsetenv("FULLRANK_EMULATED_ROUNDING");
    CHECK(trial.eliminate() == FR_OK, "exact again");
}
#endif

static void test_cancellation() {
    OneTrial trial(40, 20);
    trial.session.at.cancelled = 1;
    CHECK(trial.eliminate() == FR_CANCELLED, "cancelled");
    CHECK(trial.outcome == FR_NOT_COMPUTED, "outcome %d", trial.outcome);
}

int main() {
    fr_session *cpu = open_session(1, 0);
#if defined(FR_HOST_BUILD)
    test_copies_are_pinned();
#endif
    test_inverses();
    test_largest_products();
    test_planted_ranks();
    test_sparse();
    test_default_options();
    test_batch();
    test_trials(cpu);
    test_wide_and_deep(cpu);
    test_looking_ahead(cpu);
    test_tiles_run(cpu);
#if defined(FR_HOST_BUILD)
    test_promised_memory();
    test_trial_out_of_memory();
    test_inexact_products();
#endif
    test_cancellation();
    fullrank_cpu_backend_v1()->close(cpu);
    return check_report();
}
