/* One small case of every path through the kernels, each against the CPU backend: what a new device is asked first
 * (Scripts/gpu/run-first). `--list` names the cases, `--case NAME` runs one, so that a case that hangs or loses the
 * device leaves the others; `--case none` only opens a session. `--tiny` takes the emulation's sizes on a device too,
 * for compute-sanitizer. */
#include "support/two_backends.h"
#include "svd/reference.h"

static fr_problem shallow(int64_t d0, int64_t n, int64_t d1) {
    return (fr_problem){.seed = 11, .points = n, .inputs = d0, .units = d1, .bias = 1};
}

/* ---- samples ---- */

static void test_samples(void) {
    for (int kind = 0; kind < 9; kind++) {
        fr_problem p = shallow(3, 70, 40);
        p.input_distribution = (fr_inputs)(kind % 3), p.weight_distribution = (fr_weights)(kind / 3);
        double inputs[2][210], weights[2][120], biases[2][40];
        uint64_t patterns[2][80];
        for (int side = 0; side < 2; side++) {
            const fr_backend *b = side ? cuda : cpu;
            fr_session *s = side ? on_cuda : on_cpu;
            CHECK(b->sample_inputs(s, &p, 5, inputs[side]) == FR_OK, "%s", b->last_error(s));
            CHECK(b->sample_weights(s, &p, 5, 0, 40, weights[side], biases[side]) == FR_OK, "%s", b->last_error(s));
            CHECK(b->activation_patterns(s, &p, 5, 0, 40, patterns[side]) == FR_OK, "%s", b->last_error(s));
        }
        CHECK(memcmp(inputs[0], inputs[1], sizeof inputs[0]) == 0, "inputs %d", kind % 3);
        CHECK(memcmp(weights[0], weights[1], sizeof weights[0]) == 0, "weights %d", kind / 3);
        CHECK(memcmp(biases[0], biases[1], sizeof biases[0]) == 0, "biases %d", kind / 3);
        CHECK(memcmp(patterns[0], patterns[1], sizeof patterns[0]) == 0, "patterns %d", kind);
    }
}

static void test_jacobians(void) {
    const fr_problem p = shallow(4, 65, 13);
    for (int precision = 0; precision < 2; precision++) {
        const size_t bytes = 2 * 65 * 65 * (precision == FR_FLOAT64 ? 8 : 4);
        unsigned char *jacobians[2];
        fr_outcome outcomes[2];
        for (int side = 0; side < 2; side++) {
            const fr_backend *b = side ? cuda : cpu;
            jacobians[side] = guarded(bytes);
            CHECK(b->jacobians(side ? on_cuda : on_cpu, &p, (fr_precision)precision, 3, 2, jacobians[side], outcomes) ==
                      FR_OK, "Jacobians, precision %d", precision);
        }
        CHECK(memcmp(jacobians[0], jacobians[1], bytes) == 0, "Jacobians, precision %d", precision);
        CHECK(guarded_intact(jacobians[1], bytes), "wrote outside a buffer");
        guarded_free(jacobians[0]), guarded_free(jacobians[1]);
    }
}

/* ---- ranks ---- */

/* widths: NULL for a network of one layer. */
static void compare_profiles(fr_problem p, const int64_t *widths, int64_t earlier, int64_t trials) {
    const size_t bytes = (size_t)(trials * p.points) * 8;
    int64_t *pivots[2];
    fr_outcome *outcomes[2];
    for (int side = 0; side < 2; side++) {
        const fr_backend *b = side ? cuda : cpu;
        fr_session *s = side ? on_cuda : on_cpu;
        pivots[side] = guarded(bytes);
        outcomes[side] = guarded((size_t)trials * sizeof(fr_outcome));
        const fr_status status =
            widths == NULL
                ? b->rank_profiles(s, &p, FR_PRIME_MAX, 4, trials, pivots[side], outcomes[side])
                : b->deep_rank_profiles(s, &p, widths, earlier, FR_PRIME_MAX, 4, trials, pivots[side], outcomes[side]);
        CHECK(status == FR_OK, "%s: %s", b->name, b->last_error(s));
    }
    for (int64_t t = 0; t < trials; t++)
        CHECK(outcomes[0][t] == outcomes[1][t] &&
                  memcmp(pivots[0] + t * p.points, pivots[1] + t * p.points, (size_t)p.points * 8) == 0,
              "trial %lld of %lld: n %lld, d0 %lld, d1 %lld", (long long)t, (long long)trials, (long long)p.points,
              (long long)p.inputs, (long long)p.units);
    CHECK(guarded_intact(pivots[1], bytes), "wrote outside a buffer");
    for (int side = 0; side < 2; side++) guarded_free(pivots[side]), guarded_free(outcomes[side]);
}

static int tiny;
static int small(void) { return tiny || is_emulation(cuda); }

static void test_ranks_warp(void) { compare_profiles(shallow(3, 32, 40), NULL, 0, small() ? 20 : 2000); }
static void test_ranks_block(void) { compare_profiles(shallow(5, 100, 60), NULL, 0, small() ? 6 : 2000); }
static void test_ranks_repeats(void) { compare_profiles(shallow(1, 60, 500), NULL, 0, small() ? 4 : 1000); }
static void test_ranks_block_largest(void) {
    compare_profiles(shallow(9, small() ? 200 : 470, 60), NULL, 0, small() ? 1 : 50);
}
static void test_ranks_large(void) { compare_profiles(shallow(9, small() ? 340 : 700, 100), NULL, 0, 1); }
static void test_ranks_lanes(void) {
    compare_profiles(shallow(9, small() ? 330 : 1200, 150), NULL, 0, small() ? 2 : 8);
}

static void test_ranks_given(void) {
    static double inputs[3 * 40];
    for (int i = 0; i < 120; i++) inputs[i] = (double)(random_bits() % 5) - 2;
    static uint64_t patterns[60];
    for (int i = 0; i < 60; i++) patterns[i] = random_bits() & random_bits() & ((UINT64_C(1) << 40) - 1);
    fr_problem p = shallow(3, 40, 60);
    p.input_distribution = FR_INPUTS_GIVEN, p.given_inputs = inputs;
    compare_profiles(p, NULL, 0, 10);
    p.weight_distribution = FR_WEIGHTS_PATTERN, p.given_patterns = patterns;
    compare_profiles(p, NULL, 0, 10);
}

static void test_ranks_deep(void) {
    const int64_t widths[] = {16, 12};
    compare_profiles(shallow(3, 50, 8), widths, 2, small() ? 4 : 500);
}
static void test_ranks_deep_large(void) {
    const int64_t widths[] = {40, 24};
    compare_profiles(shallow(5, small() ? 330 : 800, 12), widths, 2, small() ? 1 : 3);
}

static void test_ranks_dense(void) {
    enum { batch = 3, rows = 60, columns = 70 };
    static double matrices[batch][rows][columns];
    for (int b = 0; b < batch; b++)
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                matrices[b][i][j] = i % 7 == 6 ? matrices[b][i - 1][j] * 3 : (double)(random_bits() % 9) - 4;
    static int64_t pivots[2][batch][rows];
    fr_outcome outcomes[2][batch];
    for (int side = 0; side < 2; side++)
        CHECK((side ? cuda : cpu)->matrix_rank_profiles(side ? on_cuda : on_cpu, &matrices[0][0][0], batch, rows,
                                                        columns, FR_PRIME_MAX, &pivots[side][0][0], outcomes[side]) ==
                  FR_OK, "dense matrices");
    CHECK(memcmp(pivots[0], pivots[1], sizeof pivots[0]) == 0, "dense matrices");
}

static void test_deep_jacobians(void) {
    const int64_t widths[] = {12, 7};
    const fr_problem p = shallow(3, 40, 5);
    enum { columns = 5 * 8 + 7 * 13 + 12 * 4 };
    static double jacobians[2][2][40][columns];
    fr_outcome outcomes[2];
    for (int side = 0; side < 2; side++)
        CHECK((side ? cuda : cpu)->deep_jacobians(side ? on_cuda : on_cpu, &p, widths, 2, 1, 2,
                                                  &jacobians[side][0][0][0], outcomes) == FR_OK, "deep Jacobians");
    CHECK(memcmp(jacobians[0], jacobians[1], sizeof jacobians[0]) == 0, "deep Jacobians");
}

/* ---- singular values ---- */

static void compare_values(int64_t n, int64_t d1, int64_t trials, fr_precision precision) {
    const fr_problem p = shallow(9, n, d1);
    const fr_cell cell = {n, d1};
    const int64_t columns = d1 * 10, side = n < columns ? n : columns, longer = n < columns ? columns : n;
    fr_singular *results = calloc((size_t)trials, sizeof *results);
    fr_outcome *outcomes = calloc((size_t)trials, sizeof *outcomes);
    double *matrix = malloc((size_t)(n * columns) * sizeof *matrix), largest, smallest;
    CHECK(cuda->singular_values(on_cuda, &p, precision, &cell, 1, 0, trials, results, outcomes) == FR_OK, "%s",
          cuda->last_error(on_cuda));
    const double eps = precision == FR_FLOAT64 ? 0x1p-52 : 0x1p-23;
    for (int64_t t = 0; t < trials; t += trials > 4 ? trials / 2 : 1) {
        fr_outcome ignored;
        CHECK(cpu->jacobians(on_cpu, &p, FR_FLOAT64, (uint64_t)t, 1, matrix, &ignored) == FR_OK, "Jacobian");
        if (precision == FR_FLOAT32)
            for (int64_t i = 0; i < n * columns; i++) matrix[i] = (double)(float)matrix[i];
        reference_extremes(matrix, n, columns, &largest, &smallest);
        /* the bound of Kernels/cuda/svd/svd.cuh */
        const double bound = (8 + 0.5 * (double)side + sqrt((double)longer)) * eps * largest + 1e-12 * largest;
        CHECK(outcomes[t] == FR_COMPUTED, "trial %lld: outcome %d", (long long)t, (int)outcomes[t]);
        CHECK(fabs(results[t].largest - largest) <= bound && fabs(results[t].smallest - smallest) <= bound,
              "trial %lld, %lld x %lld: %.17g and %.17g, not %.17g and %.17g", (long long)t, (long long)n,
              (long long)columns, results[t].largest, results[t].smallest, largest, smallest);
    }
    free(results), free(outcomes), free(matrix);
}
static void both_precisions(int64_t n, int64_t d1, int64_t trials) {
    compare_values(n, d1, trials, FR_FLOAT64);
    compare_values(n, d1, trials, FR_FLOAT32);
}
static void test_values_warp(void) { both_precisions(20, 4, small() ? 3 : 500); }
static void test_values_block(void) { both_precisions(small() ? 50 : 100, 12, small() ? 1 : 100); }
static void test_values_block_largest(void) { both_precisions(small() ? 60 : 150, small() ? 6 : 20, small() ? 1 : 20); }
static void test_values_tiles(void) { both_precisions(small() ? 140 : 220, small() ? 14 : 25, 1); }

/* ---- regions ---- */

static void test_minima(void) {
    const int64_t points[2] = {6, 12}, units[3] = {8, 16, 30};
    fr_problem p = shallow(2, 12, 30);
    p.input_distribution = FR_INPUTS_CUBE, p.weight_distribution = FR_WEIGHTS_HE_UNIFORM;
    const fr_minima m = {.labels = FR_LABELS_RANDOM, .points = points, .units = units, .point_count = 2,
                         .unit_count = 3};
    uint8_t verdicts[2][24];
    fr_width_bracket brackets[8];
    fr_outcome outcomes[4];
    for (int side = 0; side < 2; side++)
        CHECK((side ? cuda : cpu)->minima(side ? on_cuda : on_cpu, &p, &m, 0, 4, brackets, verdicts[side], outcomes) ==
                  FR_OK, "minima");
    CHECK(memcmp(verdicts[0], verdicts[1], sizeof verdicts[0]) == 0, "verdicts");
}

static const struct { const char *name; void (*run)(void); } cases[] = {
    {"samples", test_samples},
    {"jacobians", test_jacobians},
    {"ranks-warp", test_ranks_warp},
    {"ranks-block", test_ranks_block},
    {"ranks-repeats", test_ranks_repeats},
    {"ranks-block-largest", test_ranks_block_largest},
    {"ranks-given", test_ranks_given},
    {"ranks-large", test_ranks_large},
    {"ranks-lanes", test_ranks_lanes},
    {"ranks-dense", test_ranks_dense},
    {"ranks-deep", test_ranks_deep},
    {"ranks-deep-large", test_ranks_deep_large},
    {"deep-jacobians", test_deep_jacobians},
    {"values-warp", test_values_warp},
    {"values-block", test_values_block},
    {"values-block-largest", test_values_block_largest},
    {"values-tiles", test_values_tiles},
    {"minima", test_minima},
};
enum { case_count = sizeof cases / sizeof *cases };

int main(int count, char **arguments) {
    const char *only = NULL;
    if (count == 2 && strcmp(arguments[1], "--list") == 0) {
        for (int i = 0; i < case_count; i++) printf("%s\n", cases[i].name);
        return 0;
    }
    if (strcmp(arguments[count - 1], "--tiny") == 0) tiny = 1, count--;
    if (count > 2 && strcmp(arguments[count - 2], "--case") == 0) only = arguments[count - 1], count -= 2;
    int known = only == NULL || strcmp(only, "none") == 0;
    for (int i = 0; i < case_count && !known; i++) known = strcmp(cases[i].name, only) == 0;
    if (!known) {
        fprintf(stderr, "%s: no case %s; --list names them\n", arguments[0], only);
        return 64;
    }
    open_backends(count, arguments, 0);
    for (int i = 0; i < case_count; i++)
        if (only == NULL || strcmp(cases[i].name, only) == 0) cases[i].run();
    close_backends();
    return check_report();
}
