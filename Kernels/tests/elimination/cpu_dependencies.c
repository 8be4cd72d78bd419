/* Relations of rows without pivots: against a plain elimination that keeps its row transforms, on random trials of
 * every kind, every instruction set and thread count; buffers too small, arguments that are wrong. */
#define _POSIX_C_SOURCE 200809L
#include "elimination/reference.h"
#include "support/instruction_sets.h"
#include "support/sessions.h"

static const uint32_t primes[] = {8388593, 4194319, 65537, 101, 3};

/* The slow way: eliminates J row by row beside an identity matrix, subtracting only pivot rows. A row that becomes zero
 * leaves the relation in the identity's part. Fills pivots and relations as `dependencies` does, and returns the number
 * of relations. */
static int64_t reference_relations(const double *jacobian, int64_t n, int64_t columns, int64_t p, int64_t *pivots,
                                   uint32_t *relations) {
    const int64_t width = columns + n;
    int64_t *a = calloc((size_t)(n * width + 1), sizeof *a), count = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t *row = a + i * width;
        for (int64_t c = 0; c < columns; c++) row[c] = reference_residue(jacobian[i * columns + c], p);
        row[columns + i] = 1;
        for (int64_t t = 0; t < i; t++) {
            if (pivots[t] < 0 || row[pivots[t]] == 0) continue;
            const int64_t *pivot = a + t * width;
            const int64_t factor = row[pivots[t]] * reference_power(pivot[pivots[t]], p - 2, p) % p;
            for (int64_t c = 0; c < width; c++) row[c] = ((row[c] - factor * pivot[c]) % p + p) % p;
        }
        pivots[i] = -1;
        for (int64_t c = 0; c < columns && pivots[i] < 0; c++)
            if (row[c]) pivots[i] = c;
        if (pivots[i] < 0) {
            for (int64_t j = 0; j < n; j++) relations[count * n + j] = (uint32_t)row[columns + j];
            count++;
        }
    }
    free(a);
    return count;
}

/* Deficient more often than not: few units, special data, repeated patterns. */
static fr_problem random_problem(double *inputs, uint64_t *patterns) {
    fr_problem p = {.seed = random_bits(), .points = (int64_t)(random_bits() % 41),
                    .inputs = (int64_t)(random_bits() % 5), .units = (int64_t)(random_bits() % 16),
                    .bias = random_bits() % 4 != 0};
    if (random_bits() % 6 == 0) p.units = (int64_t)(random_bits() % 80);
    if (p.inputs == 0) p.bias = 1;
    p.input_distribution = (fr_inputs)(random_bits() % 4);
    p.weight_distribution = (fr_weights)(random_bits() % 3);
    if (p.input_distribution == FR_INPUTS_GIVEN) {
        for (int64_t i = 0; i < p.points * p.inputs; i++) inputs[i] = (double)((int64_t)(random_bits() % 5) - 2);
        p.given_inputs = inputs;
    }
    if (random_bits() % 4 == 0) {
        for (int64_t i = 0; i < p.units * ((p.points + 63) / 64); i++)
            patterns[i] = random_bits() & (random_bits() | random_bits());
        for (int64_t u = 0; p.points && u < p.units; u++) patterns[u] &= (UINT64_C(1) << p.points) - 1;
        p.weight_distribution = FR_WEIGHTS_PATTERN;
        p.given_patterns = patterns;
    }
    return p;
}

static void test_against_reference(void) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    static double inputs[41 * 5];
    static uint64_t patterns[80];
    static uint32_t expected[41 * 41];
    fr_session *sessions[9];
    for (int s = 0; s < 9; s++) {
        setenv("FULLRANK_ISA", instruction_set_of(s % 3), 1);
        sessions[s] = open_session(1 + s / 3, 0);
    }
    long deficient = 0;
    for (int round = 0; round < 5000; round++) {
        const uint64_t case_seed = check_seed;
        const fr_problem p = random_problem(inputs, patterns);
        const int64_t n = p.points, columns = p.units * (p.inputs + p.bias);
        const uint32_t prime = primes[round % 5];
        fr_session *session = sessions[round % 9];
        setenv("FULLRANK_ISA", instruction_set_of(round % 9 % 3), 1);
        double *jacobian = malloc((size_t)(n * columns + 1) * sizeof *jacobian);
        fr_outcome outcome;
        CHECK(cpu->jacobians(session, &p, FR_FLOAT64, 7, 1, jacobian, &outcome) == FR_OK, "jacobians");
        int64_t pivots[41], known[41], count = -1;
        const int64_t rows = reference_relations(jacobian, n, columns, prime, known, expected);
        const int64_t capacity = round % 3 == 0 ? rows / 2 : rows;
        const size_t bytes = (size_t)(capacity * n) * sizeof(uint32_t);
        uint32_t *relations = guarded(bytes);
        CHECK(cpu->dependencies(session, &p, prime, 7, pivots, capacity, relations, &count) == FR_OK, "%s",
              cpu->last_error(session));
        CHECK(guarded_intact(relations, bytes), "written outside relations");
        CHECK(count == rows && (n == 0 || memcmp(pivots, known, (size_t)n * sizeof *known) == 0) &&
                  (bytes == 0 || memcmp(relations, expected, bytes) == 0),
              "round %d (case seed %" PRIu64 "): n %lld d0 %lld d1 %lld mod %u", round, case_seed, (long long)n,
              (long long)p.inputs, (long long)p.units, prime);
        deficient += rows > 0;
        guarded_free(relations);
        free(jacobian);
    }
    CHECK(deficient > 2000, "only %ld of 5000 cases have relations", deficient);
    for (int s = 0; s < 9; s++)
        cpu->close(sessions[s]);
    unsetenv("FULLRANK_ISA");
}

/* Large: several blocks, memory handed back, threads on one trial. Each relation must hold, column by column. */
static void test_large(void) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    const fr_problem p = {.seed = 3, .points = 900, .inputs = 3, .units = 205, .bias = 1};
    const int64_t n = p.points, columns = p.units * 4, prime = 8388593;
    fr_session *session = open_session(3, 0);
    double *jacobian = malloc((size_t)(n * columns) * sizeof *jacobian);
    int64_t pivots[900], profile[900], count;
    uint32_t *relations = malloc((size_t)(n * n) * sizeof *relations);
    fr_outcome outcome;
    cpu->jacobians(session, &p, FR_FLOAT64, 0, 1, jacobian, &outcome);
    cpu->rank_profiles(session, &p, (uint32_t)prime, 0, 1, profile, &outcome);
    CHECK(cpu->dependencies(session, &p, (uint32_t)prime, 0, pivots, n, relations, &count) == FR_OK, "large");
    CHECK(memcmp(pivots, profile, sizeof profile) == 0, "the profile differs");
    CHECK(count > 50, "%lld relations", (long long)count);
    int64_t row = -1;
    for (int64_t r = 0; r < count; r++) {
        const uint32_t *c = relations + r * n;
        for (row++; pivots[row] >= 0;) row++;
        CHECK(c[row] == 1, "relation %lld", (long long)r);
        for (int64_t j = 0; j < n; j++) CHECK(c[j] == 0 || j == row || (j < row && pivots[j] >= 0), "support");
        for (int64_t column = 0; column < columns; column += 7) {
            int64_t sum = 0;
            for (int64_t j = 0; j < n; j++)
                if (c[j]) sum = (sum + c[j] * reference_residue(jacobian[j * columns + column], prime)) % prime;
            CHECK(sum == 0, "relation %lld, column %lld", (long long)r, (long long)column);
        }
    }
    free(jacobian);
    free(relations);
    cpu->close(session);
}

static void test_arguments(void) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session *session = open_session(1, 0);
    const fr_problem p = {.points = 2, .inputs = 1, .units = 1, .bias = 1};
    int64_t pivots[2], count;
    uint32_t relations[4];
#define REFUSED(words, ...)                                                                 \
    do {                                                                                    \
        CHECK(cpu->dependencies(session, __VA_ARGS__) == FR_INVALID_ARGUMENT, "%s", words); \
        CHECK_WORDS(cpu->last_error(session), words);                                       \
    } while (0)
    REFUSED("prime is 4", &p, 4, 0, pivots, 2, relations, &count);
    REFUSED("trials are numbered below 2^56", &p, 101, UINT64_C(1) << 56, pivots, 2, relations, &count);
    REFUSED("capacity is -1", &p, 101, 0, pivots, -1, relations, &count);
    REFUSED("pivot_columns is NULL", &p, 101, 0, NULL, 2, relations, &count);
    REFUSED("relations is NULL", &p, 101, 0, pivots, 2, NULL, &count);
    REFUSED("count is NULL", &p, 101, 0, pivots, 2, relations, NULL);
    CHECK(cpu->dependencies(session, &p, 101, 0, pivots, 0, NULL, &count) == FR_OK, "a count alone");
    const fr_problem none = {.points = 0, .inputs = 1, .units = 1, .bias = 1};
    CHECK(cpu->dependencies(session, &none, 101, 0, NULL, 3, NULL, &count) == FR_OK && count == 0, "no points");
    cpu->close(session);
}

int main(void) {
    test_against_reference();
    test_large();
    test_arguments();
    return check_report();
}
