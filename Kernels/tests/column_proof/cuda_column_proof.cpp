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

static fr_problem plain(int64_t n, int64_t d0, int64_t units) {
    fr_problem p{};
    p.points = n;
    p.inputs = d0;
    p.units = units;
    p.bias = 1;
    return p;
}

// Answers how many were proved.
static int compare(Session &session, const fr_problem &p, const ProofOptions &options, int64_t trials,
                   const char *words) {
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
    for (int round = 0; round < 100; round++) {
        check_seed = uint64_t(round);
        const test_case c = random_case(round % 10 == 0 ? 150 : 70);
        proved += compare(session, c.problem, tiny_options(), 2, "random");
        trials += 2;
        free(c.inputs);
    }
    CHECK(10 * proved > 4 * trials && proved < trials, "%d of %d proved: both ways are to be tested", proved, trials);
}

// Small trials, a block each; few units at a time, so that proofs need further launches.
static void test_small_trials() {
    Session session;
    int proved = 0, trials = 0;
    for (int round = 0; round < 80; round++) {
        check_seed = uint64_t(1000 + round);
        const test_case c = random_case(round % 10 == 0 ? 150 : 70);
        ProofOptions options;
        options.unit_batch = round % 2 ? 1 + int64_t(random_bits() % 20) : 0;
        options.round = 1 + int64_t(random_bits() % 5);
        options.streams = 1 + int(random_bits() % 3);
        proved += compare(session, c.problem, options, 4, "small");
        trials += 4;
        free(c.inputs);
    }
    CHECK(10 * proved > 4 * trials && proved < trials, "%d of %d proved: both ways are to be tested", proved, trials);
}

#if defined(FR_HOST_BUILD)
// What docs/cuda.md states of large n is counted by the same loops: products of bytes, and multiplications in them, for
// a trial without dependent columns.
struct Work {
    long products = 0, multiplications = 0;

    void multiply(int64_t rows, int64_t columns, int64_t inner) {
        products++;
        multiplications += long(rows * columns * inner);
    }
    void subtract(const ProofShape &s, int64_t begin, int64_t end, int64_t columns, int64_t inner) {
        for (int64_t next; begin < end; begin = next) {
            next = s.factor.strip_end(begin, end);
            multiply(next - begin, columns, inner);
        }
    }
    // Diagonal blocks are whole from the first row on.
    void apply(const ProofShape &s, int64_t first, int64_t last, int64_t columns) {
        for (int64_t k = first; k < last; k += s.diagonal) {
            subtract(s, k, k == first ? k : k + s.diagonal, columns, k - first);
            multiply(s.diagonal, columns, s.diagonal);
        }
        if (first < last) subtract(s, last, s.rows, columns, last - first);
    }
    explicit Work(const ProofShape &s) {
        for (int64_t begin = 0; begin < s.n; begin += s.block) {
            const int64_t end = std::min(begin + s.block, s.n);
            apply(s, 0, begin, fr_round_up(end - begin, 16));
            for (int64_t at = begin + s.diagonal; at < end; at += s.diagonal)
                apply(s, begin, at, fr_round_up(std::min(s.diagonal, end - at), 16));
        }
    }
};

static void test_counts() {
    Session session;
    ProofOptions options;
    options.large = true;
    options.diagonal = 64;
    options.block = 128;
    options.strip = 96;
    options.streams = 1;
    for (const int64_t n : {int64_t(100), int64_t(333), int64_t(512)}) {
        const fr_problem p = plain(n, 10, 1000);
        const long products = fr_host_byte_products, multiplications = fr_host_byte_multiplications;
        CHECK(compare(session, p, options, 1, "counted") == 1, "not proved");
        const Work work(ProofShape::make(&p, options));
        CHECK(fr_host_byte_products - products == work.products, "n %lld: %ld products, not %ld", (long long)n,
              fr_host_byte_products - products, work.products);
        CHECK(fr_host_byte_multiplications - multiplications == work.multiplications, "n %lld", (long long)n);
    }
    const fr_problem large = plain(100000, 10, 1 << 20);
    const Work work(ProofShape::make(&large, ProofOptions()));
    CHECK(work.products == 9458 && work.multiplications == 333298514526208, "%ld products, %ld multiplications",
          work.products, work.multiplications);
}
#endif

// Default panels and blocks: a diagonal block of 256 columns, several of them, and trials short of full rank.
static void test_default_options() {
    Session session;
    ProofOptions options;
    options.large = true;
    static const int64_t shapes[][3] = {{600, 10, 1000}, {300, 5, 1000}, {300, 3, 60}};
    for (const auto &shape : shapes) {
        fr_problem p = plain(shape[0], shape[1], shape[2]);
        p.seed = 7;
        CHECK(compare(session, p, options, 1, "default") == 1, "n %lld: not proved", (long long)shape[0]);
    }
}

// Where B's bytes are: rows do not overlap, and nothing is cut to 32 bits. n = 400,000 has 8e10 of them.
static void test_sizes_beyond_32_bits() {
    fr_problem p = plain(0, 10, 1 << 20);
    for (const int64_t n : {int64_t(92681), int64_t(100000), int64_t(400000), int64_t(2000000)}) {
        p.points = n;
        const ProofShape shape = ProofShape::make(&p, ProofOptions());
        const FactorLayout &f = shape.factor;
        unsigned __int128 bytes = 0;
        for (int64_t s = 0; s < f.strips(); s++) bytes += (unsigned __int128)f.strip * f.strip * (s + 1);
        CHECK(bytes == f.bytes() && bytes > INT32_MAX, "n %lld", (long long)n);
        CHECK(f.rows >= n && f.rows < n + 16 && f.rows % 16 == 0 && f.strip % 16 == 0, "n %lld", (long long)n);
        CHECK(double(f.bytes()) < 0.5 * double(n + f.strip) * double(n + 2 * f.strip), "about n^2/2");
        CHECK(shape.bytes(&p) < 1.15 * double(f.bytes()) + 3e9, "n %lld: %g bytes", (long long)n, shape.bytes(&p));
        for (int round = 0; round < 1000; round++) {
            const int64_t row = int64_t(random_bits() % uint64_t(f.rows)), above = row > 0 ? row - 1 : 0;
            CHECK(f.leading(row) > row && f.leading(row) % 16 == 0 && f.at(row, 0) % 16 == 0, "row %lld", (long long)row);
            if (row > 0)
                CHECK(f.at(row, 0) - f.at(above, 0) == f.leading(above), "rows %lld overlap", (long long)row);
            const int64_t end = f.strip_end(row, f.rows);
            CHECK(end > row && end <= f.rows && f.leading(end - 1) == f.leading(row), "strip of row %lld", (long long)row);
        }
        CHECK(f.at(f.rows - 1, f.rows - 1) < int64_t(f.bytes()), "the last byte");
    }
}

// Residues of all sums, and inverses of all classes.
static void test_arithmetic() {
    for (const int32_t prime : {FR_BYTES_PRIME, FR_BYTES_SECOND_PRIME}) {
        const ByteField field = fr_byte_field(prime);
        const auto is_balanced = [=](int64_t x, int r) { return (x - r) % prime == 0 && 2 * abs(r) < prime; };
        for (int x = -8190; x <= 8190; x++)
            CHECK(is_balanced(x, fr_byte_short_residue(field, x)) && is_balanced(x, fr_byte_residue(field, x)), "%d", x);
        for (int round = 0; round < 100000; round++) {
            const int x = int(uint32_t(random_bits()));
            CHECK(is_balanced(x, fr_byte_residue(field, x)), "%d", x);
        }
        for (const int x : {INT32_MAX, INT32_MIN}) CHECK(is_balanced(x, fr_byte_residue(field, x)), "%d", x);
        for (int a = 1; a < prime; a++)
            CHECK((a * fr_byte_inverse(field, a <= prime / 2 ? a : a - prime) - 1) % prime == 0, "1/%d", a);
    }
}

// A point at the origin, without biases, is active in no unit: full rank is never reached, and lists of units get so
// long that a block of threads has no room for them.
static void test_never_full() {
    Session session;
    std::vector<double> inputs(60 * 5);
    for (size_t i = 0; i < inputs.size(); i++) inputs[i] = i / 5 == 40 ? 0 : random_unit();
    fr_problem p{};
    p.points = 60;
    p.inputs = 5;
    p.units = 400;
    p.input_distribution = FR_INPUTS_GIVEN;
    p.given_inputs = inputs.data();
    CHECK(compare(session, p, ProofOptions(), 3, "never full") == 0, "given up");
    const size_t shared = session.at.shared_bytes;
    for (session.at.shared_bytes = 8 << 10; !fr_cuda_is_small_proof(&session.at, &p); session.at.shared_bytes += 256) {}
    CHECK(session.at.shared_bytes < shared, "room for short lists");
    compare(session, p, ProofOptions(), 3, "never full, little shared memory");
    p.units = 200;
    p.input_distribution = FR_INPUTS_NORMAL;
    compare(session, p, ProofOptions(), 3, "little shared memory");
}

#if defined(FR_HOST_BUILD)
static void test_memory() {
    Session session;
    ProofOptions options;
    options.large = true;
    const fr_problem p = plain(200, 6, 1000);
    const size_t promised = size_t(ProofShape::make(&p, options).bytes(&p));
    session.at.memory_limit_bytes = promised + 1;
    CHECK(compare(session, p, options, 2, "in the promised memory") == 2, "not proved");
    Profiles found(2, 200);
    session.at.memory_limit_bytes = promised - 1;
    CHECK(fr_cuda_column_profiles_with(&session.at, options, &p, FR_PRIME_MAX, 0, 2, found.pivots.data(),
                                       found.proofs.data(), found.outcomes.data()) == FR_OUT_OF_MEMORY, "one byte less");
    CHECK_WORDS(session.at.error, "proving 200 rows needs ");
    CHECK(found.outcomes[0] == FR_NOT_COMPUTED && found.proofs[0] == 0, "outcome");
    session.at.memory_limit_bytes = 60000; // rounds of few small trials
    CHECK(compare(session, plain(40, 6, 1000), ProofOptions(), 9, "little memory") > 0, "none proved");
    session.at.memory_limit_bytes = 0;
    setenv("FULLRANK_EMULATED_MEMORY", "1000000", 1);
    const fr_problem q = plain(3000, 6, 1000);
    Profiles large(1, 3000);
    CHECK(fr_cuda_column_profiles_with(&session.at, options, &q, FR_PRIME_MAX, 0, 1, large.pivots.data(),
                                       large.proofs.data(), large.outcomes.data()) == FR_OUT_OF_MEMORY, "1 MB");
    unsetenv("FULLRANK_EMULATED_MEMORY");
}
#endif

static void test_cancellation() {
    Session session;
    for (const bool large : {false, true}) {
        ProofOptions options;
        options.large = large;
        const fr_problem p = plain(40, 4, 20);
        Profiles found(3, 40);
        session.at.cancelled = 1;
        CHECK(fr_cuda_column_profiles_with(&session.at, options, &p, FR_PRIME_MAX, 0, 3, found.pivots.data(),
                                           found.proofs.data(), found.outcomes.data()) == FR_CANCELLED, "cancelled");
        CHECK(found.outcomes[0] == FR_NOT_COMPUTED, "outcome");
    }
}

int main() {
    test_arithmetic();
    test_sizes_beyond_32_bits();
    test_default_options();
    test_small_trials();
    test_random_cases();
    test_never_full();
#if defined(FR_HOST_BUILD)
    test_memory();
    test_counts();
#endif
    test_cancellation();
    return check_report();
}
