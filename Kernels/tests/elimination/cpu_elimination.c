/* Rank profiles: every instruction set and thread count against the slow reference, on planted ranks, random
 * Jacobians and special data, modulo large and small primes. */
#define _POSIX_C_SOURCE 200809L
#include "elimination/dense_columns.h"
#include "elimination/reference.h"
#include "support/instruction_sets.h"
#include "support/sessions.h"

static const uint32_t primes[] = {8388593, 4194319, 65537, 101, 3};

/* The engine straight on a dense matrix, in a workspace made for more rows than needed. */
static void run_engine(const fr_isa *isa, fr_pool *pool, const double *matrix, int64_t rows, int64_t columns,
                       int64_t leading, uint32_t p, int64_t *pivots) {
    fr_session *session = open_session(1, 0);
    double *powers = malloc(FR_POWER_COUNT * sizeof *powers);
    const fr_field field = fr_field_make(p);
    fr_fill_powers_of_two(field, powers);
    fr_dense_generator generator;
    fr_dense_generator_create(&generator, isa, fr_residues_make(field, powers), rows, columns, leading, 512);
    fr_dense_generator_begin(&generator, matrix);
    double inverses[FR_INVERSES];
    fr_fill_inverses(field, inverses);
    const fr_elimination elimination = {session, {isa, field, inverses, pool}, NULL};
    fr_workspace *workspace = fr_workspace_create(rows + 3);
    CHECK(fr_eliminate(workspace, &elimination, &generator.generator, rows, pivots) == FR_OK, "eliminate");
    fr_workspace_destroy(workspace);
    fr_dense_generator_destroy(&generator);
    free(powers);
    fullrank_cpu_backend_v1()->close(session);
}

static int same(const int64_t *a, const int64_t *b, int64_t count) {
    return count == 0 || memcmp(a, b, (size_t)count * sizeof *a) == 0;
}

static void compare(const double *matrix, int64_t rows, int64_t columns, uint32_t p, fr_pool *pool) {
    int64_t *expected = malloc((size_t)(rows + 1) * sizeof *expected), *pivots = malloc((size_t)(rows + 1) * 8);
    reference_profile(matrix, rows, columns, p, expected);
    for (size_t set = 0; set < INSTRUCTION_SETS; set++) {
        const fr_isa *isa = fr_isa_named(instruction_sets[set]);
        if (!isa) continue;
        const int64_t most = fr_initial_lu_columns(rows) < columns ? fr_initial_lu_columns(rows) : columns;
        const int64_t leading[] = {0, most, most ? 1 + (int64_t)(random_bits() % (uint64_t)most) : 0};
        for (int i = 0; i < 3; i++) {
            run_engine(isa, set == 0 ? pool : NULL, matrix, rows, columns, leading[i], p, pivots);
            CHECK(same(expected, pivots, rows), "%s, %lld x %lld mod %u, %lld columns at once", isa->name,
                  (long long)rows, (long long)columns, p, (long long)leading[i]);
        }
    }
    free(expected);
    free(pivots);
}

/* Rows and columns that repeat and combine: integers of few bits times a random factorisation of rank r. */
static void plant(double *matrix, int64_t rows, int64_t columns, int64_t rank) {
    double *left = calloc((size_t)(rows * rank + 1), sizeof *left), *right = calloc((size_t)(rank * columns + 1), 8);
    for (int64_t i = 0; i < rows * rank; i++) left[i] = (double)((int64_t)(random_bits() % 7) - 3);
    for (int64_t i = 0; i < rank * columns; i++) right[i] = (double)((int64_t)(random_bits() % 7) - 3);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) {
            double sum = 0;
            for (int64_t t = 0; t < rank; t++) sum += left[i * rank + t] * right[t * columns + j];
            matrix[i * columns + j] = sum * 0x1p-7;
        }
    free(left);
    free(right);
}

static void test_planted_ranks(fr_pool *pool) {
    static const int64_t shapes[][2] = {{0, 0}, {0, 3}, {3, 0}, {1, 1}, {1, 9}, {9, 1},  {5, 5},
                                        {7, 30}, {30, 7}, {17, 17}, {33, 70}, {70, 33}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const int64_t rows = shapes[s][0], columns = shapes[s][1], most = rows < columns ? rows : columns;
        double *matrix = calloc((size_t)(rows * columns + 1), sizeof *matrix);
        for (int64_t rank = 0; rank <= most; rank++) {
            plant(matrix, rows, columns, rank);
            compare(matrix, rows, columns, primes[rank % 5], pool);
        }
        free(matrix);
    }
}

static void test_wide_blocks(fr_pool *pool) {
    static const int64_t shapes[][3] = {{150, 400, 150}, {400, 150, 149}, {300, 600, 211}, {530, 700, 530}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const int64_t rows = shapes[s][0], columns = shapes[s][1];
        double *matrix = calloc((size_t)(rows * columns), sizeof *matrix);
        plant(matrix, rows, columns, shapes[s][2]);
        compare(matrix, rows, columns, 8388593, pool);
        free(matrix);
    }
}

/* A random problem of one of many kinds; the caller frees what it was given. */
static fr_problem random_problem(double **inputs, uint64_t **patterns) {
    fr_problem p = {.seed = random_bits(), .points = (int64_t)(random_bits() % 90),
                    .inputs = (int64_t)(random_bits() % 8), .units = (int64_t)(random_bits() % 60),
                    .bias = random_bits() % 4 != 0};
    if (random_bits() % 8 == 0) p.inputs = (int64_t)(random_bits() % 150);
    if (p.inputs == 0) p.bias = 1;
    p.input_distribution = (fr_inputs)(random_bits() % 4);
    p.weight_distribution = (fr_weights)(random_bits() % 3);
    *inputs = NULL;
    *patterns = NULL;
    if (p.input_distribution == FR_INPUTS_GIVEN) { /* small integers and repeated points: special position */
        *inputs = calloc((size_t)(p.points * p.inputs + 1), sizeof **inputs);
        for (int64_t i = 0; i < p.points * p.inputs; i++) (*inputs)[i] = (double)((int64_t)(random_bits() % 5) - 2);
        p.given_inputs = *inputs;
    }
    if (random_bits() % 4 == 0) {
        const int64_t words = p.units * ((p.points + 63) / 64);
        *patterns = calloc((size_t)words + 1, sizeof **patterns);
        for (int64_t i = 0; i < words; i++) (*patterns)[i] = random_bits() & random_bits() & random_bits();
        p.weight_distribution = FR_WEIGHTS_PATTERN;
        p.given_patterns = *patterns;
    }
    return p;
}

static void test_jacobians(void) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    for (int round = 0; round < 400; round++) {
        const uint64_t first_seed = check_seed;
        double *inputs;
        uint64_t *patterns;
        const fr_problem p = random_problem(&inputs, &patterns);
        const int64_t trials = 1 + round % 3, k = p.inputs + p.bias, columns = p.units * k, n = p.points;
        const uint32_t prime = primes[(size_t)round % 5];
        setenv("FULLRANK_ISA", instruction_set_of(round), 1);
        fr_session *session = open_session(1 + round % 4, 0);
        double *jacobian = malloc((size_t)(trials * n * columns + 1) * sizeof *jacobian);
        const size_t bytes = (size_t)(trials * n) * sizeof(int64_t);
        int64_t *pivots = guarded(bytes), *expected = malloc((size_t)(n + 1) * sizeof *expected);
        fr_outcome outcomes[3];
        CHECK(cpu->jacobians(session, &p, FR_FLOAT64, 5, trials, jacobian, outcomes) == FR_OK, "jacobians");
        CHECK(cpu->rank_profiles(session, &p, prime, 5, trials, pivots, outcomes) == FR_OK, "%s",
              cpu->last_error(session));
        CHECK(guarded_intact(pivots, bytes), "written outside pivot_columns");
        for (int64_t t = 0; t < trials; t++) {
            const double *j = jacobian + t * n * columns;
            reference_profile(j, n, columns, prime, expected);
            CHECK(outcomes[t] == FR_COMPUTED && same(expected, pivots + t * n, n),
                  "round %d (case seed %" PRIu64 "): n %lld d0 %lld d1 %lld mod %u", round, first_seed, (long long)n,
                  (long long)p.inputs, (long long)p.units, prime);
        }
        cpu->close(session);
        free(jacobian);
        guarded_free(pivots);
        free(expected);
        free(inputs);
        free(patterns);
    }
    unsetenv("FULLRANK_ISA");
}

/* Fact 2: the pivots of the whole give the rank of every leading block, as the reference finds it for that block
 * alone. */
static void test_leading_blocks(void) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session *session = open_session(1, 0);
    for (int64_t d0 = 1; d0 <= 4; d0++) {
        const fr_problem p = {.seed = 77, .points = 60, .inputs = d0, .units = 40, .bias = 1};
        const int64_t k = d0 + 1, columns = p.units * k;
        double *jacobian = malloc((size_t)(p.points * columns) * sizeof *jacobian),
               *block = malloc((size_t)(p.points * columns) * 8);
        int64_t pivots[60], expected[60];
        fr_outcome outcome;
        cpu->jacobians(session, &p, FR_FLOAT64, 3, 1, jacobian, &outcome);
        cpu->rank_profiles(session, &p, 8388593, 3, 1, pivots, &outcome);
        for (int round = 0; round < 150; round++) {
            const int64_t n = (int64_t)(random_bits() % 61), units = (int64_t)(random_bits() % 41);
            for (int64_t i = 0; i < n; i++)
                memcpy(block + i * units * k, jacobian + i * columns, (size_t)(units * k) * sizeof *block);
            int64_t rank = 0;
            for (int64_t i = 0; i < n; i++) rank += pivots[i] >= 0 && pivots[i] < units * k;
            CHECK(rank == reference_profile(block, n, units * k, 4194319, expected), "d0 %lld n %lld d1 %lld",
                  (long long)d0, (long long)n, (long long)units);
        }
        free(jacobian);
        free(block);
    }
    cpu->close(session);
}

/* Large enough to split one trial over threads: equal to each other and to the reference. */
static void test_large_trials(void) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    const fr_problem p = {.seed = 9, .points = 700, .inputs = 6, .units = 220, .bias = 1};
    int64_t *pivots[3];
    for (int threads = 1; threads <= 3; threads++) {
        fr_session *session = open_session(threads, 0);
        pivots[threads - 1] = malloc(4 * 700 * sizeof(int64_t));
        fr_outcome outcomes[4];
        CHECK(cpu->rank_profiles(session, &p, 8388593, 0, 4, pivots[threads - 1], outcomes) == FR_OK, "large");
        CHECK(same(pivots[0], pivots[threads - 1], 4 * 700), "%d threads differ from 1", threads);
        cpu->close(session);
    }
    double *jacobian = malloc((size_t)700 * 1540 * sizeof *jacobian);
    int64_t expected[700];
    fr_outcome outcome;
    fr_session *session = open_session(1, 0);
    cpu->jacobians(session, &p, FR_FLOAT64, 2, 1, jacobian, &outcome);
    reference_profile(jacobian, 700, 1540, 8388593, expected);
    CHECK(same(expected, pivots[0] + 2 * 700, 700), "trial 2 differs from the reference");
    cpu->close(session);
    free(jacobian);
    for (int i = 0; i < 3; i++) free(pivots[i]);
}

static void test_arguments(void) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session *session = open_session(1, 0);
    double matrix[4] = {1, 2, 3, NAN};
    int64_t pivots[2];
    fr_outcome outcome;
    CHECK(cpu->matrix_rank_profiles(session, matrix, 1, 2, 2, 8388617, pivots, &outcome) == FR_INVALID_ARGUMENT,
          "prime");
    CHECK_WORDS(cpu->last_error(session), "prime is 8388617");
    CHECK(cpu->matrix_rank_profiles(session, matrix, 1, 2, 2, 8388593, pivots, &outcome) == FR_OK, "NaN is an outcome");
    CHECK(outcome == FR_NOT_FINITE, "outcome %d", outcome);
    const fr_problem p = {.points = 2, .inputs = 1, .units = 1, .bias = 1};
    CHECK(cpu->rank_profiles(session, &p, 101, 0, -1, pivots, &outcome) == FR_INVALID_ARGUMENT, "negative trials");
    CHECK(cpu->rank_profiles(session, &p, 101, UINT64_C(1) << 56, 1, pivots, &outcome) == FR_INVALID_ARGUMENT, "2^56");
    CHECK_WORDS(cpu->last_error(session), "trials are numbered below 2^56");
    CHECK(cpu->rank_profiles(session, &p, 101, 0, 1, NULL, &outcome) == FR_INVALID_ARGUMENT, "no buffer");
    uint64_t pattern;
    CHECK(cpu->activation_patterns(session, &p, 0, 1, 1, &pattern) == FR_INVALID_ARGUMENT, "unit 1 of 1");
    CHECK_WORDS(cpu->last_error(session), "the problem has 1 units");
    cpu->close(session);
}

int main(void) {
    fr_pool *pool = fr_pool_create(3);
    test_planted_ranks(pool);
    test_wide_blocks(pool);
    fr_pool_destroy(pool);
    test_jacobians();
    test_leading_blocks();
    test_large_trials();
    test_arguments();
    return check_report();
}
