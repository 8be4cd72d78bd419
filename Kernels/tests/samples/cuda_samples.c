/* Samples and patterns of a backend library: the CPU backend's, bit for bit; near ties; given data; nothing outside a
 * buffer touched. */
#include "support/two_backends.h"
#include "samples/near_ties.h"

static void test_problem(const fr_problem *p, uint64_t trial, int64_t first, int64_t units, const char *what) {
    const size_t input_bytes = (size_t)(p->points * p->inputs) * 8, weight_bytes = (size_t)(units * p->inputs) * 8;
    const size_t bias_bytes = p->bias ? (size_t)units * 8 : 0;
    const size_t pattern_bytes = (size_t)(units * ((p->points + 63) / 64)) * 8;
    char *x[2], *w[2], *b[2], *a[2];
    for (int side = 0; side < 2; side++) {
        const fr_backend *backend = side ? cuda : cpu;
        fr_session *session = side ? on_cuda : on_cpu;
        x[side] = guarded(input_bytes), w[side] = guarded(weight_bytes);
        b[side] = guarded(bias_bytes), a[side] = guarded(pattern_bytes);
        CHECK(backend->sample_inputs(session, p, trial, (double *)x[side]) == FR_OK, "%s",
              backend->last_error(session));
        if (p->weight_distribution < FR_WEIGHTS_PATTERN)
            CHECK(backend->sample_weights(session, p, trial, first, units, (double *)w[side],
                                          p->bias ? (double *)b[side] : NULL) == FR_OK,
                  "%s", backend->last_error(session));
        CHECK(backend->activation_patterns(session, p, trial, first, units, (uint64_t *)a[side]) == FR_OK, "%s",
              backend->last_error(session));
        CHECK(guarded_intact(x[side], input_bytes) && guarded_intact(w[side], weight_bytes) &&
              guarded_intact(b[side], bias_bytes) && guarded_intact(a[side], pattern_bytes), "outside, %s", what);
    }
    const struct { const char *name; char **sides; size_t bytes;
    } all[] = {{"inputs", x, input_bytes},
               {"weights", w, weight_bytes},
               {"biases", b, bias_bytes},
               {"patterns", a, pattern_bytes}};
    for (int i = 0; i < 4; i++) {
        CHECK(memcmp(all[i].sides[0], all[i].sides[1], all[i].bytes) == 0,
              "%s: %s, n %lld, d0 %lld, units %lld + %lld, bias %d, distributions %d %d", what, all[i].name,
              (long long)p->points, (long long)p->inputs, (long long)first, (long long)units, (int)p->bias,
              (int)p->input_distribution, (int)p->weight_distribution);
        guarded_free(all[i].sides[0]), guarded_free(all[i].sides[1]);
    }
}

static void test_shapes(void) {
    const int64_t points[] = {0, 1, 63, 64, 65, 255, 300}, inputs[] = {0, 1, 2, 3, 7, 64, 65, 130};
    const int64_t units[] = {0, 1, 7, 8, 19};
    int turn = 0;
    for (size_t a = 0; a < sizeof points / sizeof *points; a++)
        for (size_t b = 0; b < sizeof inputs / sizeof *inputs; b++)
            for (size_t c = 0; c < sizeof units / sizeof *units; c++, turn++) {
                const int32_t bias = inputs[b] == 0 || turn % 3 != 0;
                const fr_problem p = {.seed = UINT64_C(0x123456789abcdef0) + (uint64_t)turn, .points = points[a],
                                      .inputs = inputs[b], .units = units[c] + 3, .bias = bias,
                                      .input_distribution = (fr_inputs)(turn % 3),
                                      .weight_distribution = (fr_weights)(turn / 3 % 3)};
                test_problem(&p, ((uint64_t)turn << (turn % 50)) % (UINT64_C(1) << 56), turn % 4, units[c], "shapes");
            }
}

static void test_distributions(void) {
    for (int inputs = 0; inputs < 3; inputs++)
        for (int weights = 0; weights < 3; weights++)
            for (int32_t bias = 0; bias <= 1; bias++) {
                const fr_problem p = {.seed = 99, .points = 133, .inputs = 9, .units = 2000000000, .bias = bias,
                                      .input_distribution = (fr_inputs)inputs,
                                      .weight_distribution = (fr_weights)weights};
                test_problem(&p, 5, 0, 21, "distributions");
                test_problem(&p, UINT64_C(1) << 45, 1999999990, 10, "far units of a far trial");
            }
}

/* Patterns without weights; steps over points of which some coincide. */
static void cpu_ensembles(void) {
    const int64_t points[] = {0, 1, 2, 63, 64, 65, 128, 129, 200};
    double x[200];
    for (int i = 0; i < 200; i++) x[i] = (double)(int)(random_bits() % 90) - 40;
    for (size_t a = 0; a < sizeof points / sizeof *points; a++)
        for (int turn = 0; turn < 4; turn++) {
            fr_problem p = {.seed = random_bits(), .points = points[a], .inputs = turn, .units = 2000000000, .bias = 1,
                            .weight_distribution = FR_WEIGHTS_BERNOULLI};
            const uint64_t trial = random_bits() >> 8;
            test_problem(&p, trial, 1999999990, 9, "bits");
            p.inputs = 1, p.weight_distribution = FR_WEIGHTS_STEPS;
            test_problem(&p, trial, turn, 30, "steps");
            p.input_distribution = FR_INPUTS_GIVEN, p.given_inputs = x;
            test_problem(&p, trial, 7, 30, "steps of given points");
        }
}

/* Tiny integers: sums tie exactly all the time, and zeros have both signs. */
static void test_given(void) {
    for (int64_t turn = 0; turn < 24; turn++) {
        const int64_t n = 1 + (int64_t)(random_bits() % 150), d0 = (int64_t)(random_bits() % 70), d1 = 12;
        double *x = malloc((size_t)(n * d0 + 1) * 8), *w = malloc((size_t)(d1 * d0 + 1) * 8), b[12];
        uint64_t *patterns = malloc((size_t)(d1 * 3) * 8);
        const double scale = turn % 3 == 0 ? 1 : turn % 3 == 1 ? 0x1p-540 : 0x1p600;
        for (int64_t i = 0; i < n * d0; i++)
            x[i] = (double)(int)(random_bits() % 5 - 2) * scale * (random_bits() % 2 ? 1 : -1);
        for (int64_t i = 0; i < d1 * d0; i++)
            w[i] = (double)(int)(random_bits() % 3 - 1) * (turn % 3 == 1 ? 0x1p-530 : 1);
        for (int64_t i = 0; i < d1; i++) b[i] = (double)(int)(random_bits() % 7 - 3) * scale;
        for (int64_t i = 0; i < d1 * 3; i++) patterns[i] = random_bits();
        fr_problem p = {.points = n, .inputs = d0, .units = d1, .bias = 1, .input_distribution = FR_INPUTS_GIVEN,
                        .weight_distribution = FR_WEIGHTS_GIVEN, .given_inputs = x, .given_weights = w,
                        .given_biases = b, .given_patterns = patterns};
        test_problem(&p, 3, 0, d1, "given");
        test_problem(&p, 3, 5, 4, "given, some units");
        p.weight_distribution = FR_WEIGHTS_UNIFORM;
        test_problem(&p, 3, 2, 9, "given inputs");
        p.weight_distribution = FR_WEIGHTS_PATTERN;
        test_problem(&p, 3, 2, 9, "given patterns");
        free(x), free(w), free(patterns);
    }
}

static void test_near_ties(void) {
    for (size_t i = 0; i < near_tie_count; i++) {
        const near_tie *c = &near_ties[i];
        const fr_problem p = {.points = 1, .inputs = 2, .units = 1, .bias = 1, .input_distribution = FR_INPUTS_GIVEN,
                              .weight_distribution = FR_WEIGHTS_GIVEN, .given_inputs = c->x, .given_weights = c->w,
                              .given_biases = &c->b};
        uint64_t pattern = 99;
        CHECK(cuda->activation_patterns(on_cuda, &p, 0, 0, 1, &pattern) == FR_OK, "%s", cuda->last_error(on_cuda));
        CHECK(pattern == (c->sign > 0), "pattern of case %zu is %d", i, (int)pattern);
    }
}

static void refused(fr_status status, const char *words) {
    CHECK(status == FR_INVALID_ARGUMENT, "%s: status %d", words, (int)status);
    CHECK_WORDS(cuda->last_error(on_cuda), words);
}

static void test_arguments(void) {
    fr_problem p = {.points = 5, .inputs = 2, .units = 3, .bias = 1};
    double x[10], b[3];
    uint64_t a[3];
    refused(cuda->sample_inputs(on_cuda, NULL, 0, x), "problem is NULL");
    refused(cuda->sample_inputs(on_cuda, &p, 0, NULL), "inputs is NULL");
    refused(cuda->sample_weights(on_cuda, &p, 0, 0, 3, NULL, b), "weights is NULL");
    refused(cuda->sample_weights(on_cuda, &p, 0, 0, 3, x, NULL), "biases is NULL");
    refused(cuda->sample_weights(on_cuda, &p, 0, 2, 2, x, b), "first_unit, units are 2, 2");
    refused(cuda->activation_patterns(on_cuda, &p, 0, -1, 2, a), "first_unit, units are -1, 2");
    refused(cuda->activation_patterns(on_cuda, &p, 0, 0, 3, NULL), "patterns is NULL");
    p.points = -1;
    refused(cuda->activation_patterns(on_cuda, &p, 0, 0, 3, a), "points is -1");
    p.points = 1, p.weight_distribution = FR_WEIGHTS_PATTERN, p.given_patterns = a;
    refused(cuda->sample_weights(on_cuda, &p, 0, 0, 3, x, b), "has no weights");
    p.points = INT32_MAX, p.weight_distribution = FR_WEIGHTS_UNIFORM, p.inputs = 1 << 20, p.units = 1;
    CHECK(cuda->sample_inputs(on_cuda, &p, 0, x) == FR_OUT_OF_MEMORY, "2^54 bytes: %s", cuda->last_error(on_cuda));
    CHECK_WORDS(cuda->last_error(on_cuda), "memory");
    p.points = 5, p.inputs = 2;
    CHECK(cuda->sample_inputs(on_cuda, &p, 0, x) == FR_OK, "afterwards: %s", cuda->last_error(on_cuda));
}

int main(int count, char **arguments) {
    open_backends(count, arguments, 1);
    test_shapes();
    test_distributions();
    cpu_ensembles();
    test_given();
    test_near_ties();
    test_arguments();
    close_backends();
    return check_report();
}
