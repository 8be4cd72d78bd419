/* The sampling contract: known answers, the functions of the normal distribution against libm, nesting, equality of
 * instruction sets, moments; exact signs where the floating-point sign is wrong; patterns against exact signs. */
#include <float.h>

#include "exact_sign.h"
#include "samples/near_ties.h"
#include "sampling.h"
#include "support/instruction_sets.h"
#include "support/sessions.h"

static void test_philox_known_answers(void) { /* Random123 1.14, tests/kat_vectors, philox4x32 10 */
    static const uint32_t vectors[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420,
         0x24126ea1}};
    for (int v = 0; v < 3; v++) {
        uint32_t w[4] = {vectors[v][0], vectors[v][1], vectors[v][2], vectors[v][3]};
        fr_philox4x32_10(&w[0], &w[1], &w[2], &w[3], vectors[v][4], vectors[v][5]);
        CHECK(memcmp(w, vectors[v] + 6, sizeof w) == 0, "vector %d", v);
    }
}

static const long double pi = 3.14159265358979323846264338327950288L;

/* On arm64 under macOS a long double is a double: what is compared with then errs as much as what is tested. */
static const double reference_error = LDBL_MANT_DIG > 53 ? 0 : 0x1p-52;

static void test_functions(void) {
    double worst_log = 0, worst_circle = 0;
    for (int i = 0; i < 200000; i++) {
        const double u = i < 100000
                             ? ldexp(1 + (double)(random_bits() >> 12) * 0x1p-52, -(int)(random_bits() % 52) - 1)
                             : 1 - (double)(random_bits() >> 12) * 0x1p-53 * ldexp(1, -(int)(random_bits() % 50));
        const double error = fabs((double)((logl((long double)u) - (long double)fr_log(u)) / logl((long double)u)));
        if (u < 1 && error > worst_log) worst_log = error;
        const double t = (double)(random_bits() >> 12) * 0x1p-52;
        const fr_pair p = fr_cos_sin_turns(t);
        const double ec = fabs((double)(cosl(2 * pi * (long double)t) - (long double)p.first));
        const double es = fabs((double)(sinl(2 * pi * (long double)t) - (long double)p.second));
        worst_circle = fmax(worst_circle, fmax(ec, es));
    }
    CHECK(worst_log < 0x1p-52 + reference_error, "log off by %g, relative", worst_log);
    CHECK(worst_circle < 0x1.8p-53 + 4 * reference_error, "cos, sin off by %g", worst_circle);
    CHECK(fr_log(1.0) == 0.0, "log 1 = %g", fr_log(1.0));
    const fr_pair quarter = fr_cos_sin_turns(0.25), half = fr_cos_sin_turns(0.5);
    CHECK(quarter.first == 0 && quarter.second == 1 && half.first == -1 && half.second == 0, "quarter turns");
}

/* Pins the contract: these numbers must never change (docs/sampling.md). */
static void test_pinned_samples(void) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session *session = open_session(1, 0);
    fr_problem p = {.seed = 42, .points = 2, .inputs = 3, .units = 2, .bias = 1};
    double x[6], w[6], b[2];
    cpu->sample_inputs(session, &p, 7, x);
    cpu->sample_weights(session, &p, 7, 0, 2, w, b);
    /* Philox by hand for row 1, half column 0 of the inputs. */
    uint32_t c[4] = {0, 1, 7, 0};
    fr_philox4x32_10(&c[0], &c[1], &c[2], &c[3], 42, 0);
    const double u1 = 1 - (double)(((uint64_t)c[1] << 32 | c[0]) >> 12) * 0x1p-52;
    const double u2 = (double)(((uint64_t)c[3] << 32 | c[2]) >> 12) * 0x1p-52;
    CHECK_NEAR(x[3], sqrt(-2 * log(u1)) * cos(2 * M_PI * u2), 1e-14, "Box-Muller, first");
    CHECK_NEAR(x[4], sqrt(-2 * log(u1)) * sin(2 * M_PI * u2), 1e-14, "Box-Muller, second");
    uint32_t d[4] = {1, 1, 7, FR_STREAM_WEIGHTS};
    fr_philox4x32_10(&d[0], &d[1], &d[2], &d[3], 42, 0);
    const double u = (double)(((uint64_t)d[1] << 32 | d[0]) >> 12) * 0x1p-52;
    CHECK(w[5] == (2 * u - 1) * (1 / sqrt(3.0)), "uniform weight %a", w[5]);
    CHECK(x[0] == -0x1.1197f79546c8dp+0 && x[5] == -0x1.d2242bd099d2p+0 && w[0] == 0x1.b563189d1c2b4p-2 &&
              b[1] == 0x1.9a3af9038bb6p-2,
          "the contract changed: %a %a %a %a", x[0], x[5], w[0], b[1]);
    cpu->close(session);
}

static void test_nesting_and_instruction_sets(void) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    const char *const sets[] = {instruction_set_of(0), instruction_set_of(1), instruction_set_of(2)};
    for (int inputs = 0; inputs < 3; inputs++)
        for (int weights = 0; weights < 3; weights++) {
            double *x[3], *w[3], *b[3];
            uint64_t *patterns[3];
            const fr_problem p = {.seed = 3, .points = 133, .inputs = 7, .units = 75, .bias = 1,
                                  .input_distribution = (fr_inputs)inputs, .weight_distribution = (fr_weights)weights};
            for (int s = 0; s < 3; s++) {
                setenv("FULLRANK_ISA", sets[s], 1);
                fr_session *session = open_session(1, 0);
                x[s] = malloc(133 * 7 * 8), w[s] = malloc(75 * 7 * 8), b[s] = malloc(75 * 8),
                patterns[s] = malloc(75 * 3 * 8);
                cpu->sample_inputs(session, &p, 11, x[s]);
                cpu->sample_weights(session, &p, 11, 0, 75, w[s], b[s]);
                cpu->activation_patterns(session, &p, 11, 0, 75, patterns[s]);
                CHECK(memcmp(x[0], x[s], 133 * 7 * 8) == 0, "%s inputs %d", sets[s], inputs);
                CHECK(memcmp(w[0], w[s], 75 * 7 * 8) == 0 && memcmp(b[0], b[s], 75 * 8) == 0, "%s weights %d", sets[s],
                      weights);
                CHECK(memcmp(patterns[0], patterns[s], 75 * 3 * 8) == 0, "%s patterns", sets[s]);
                cpu->close(session);
            }
            unsetenv("FULLRANK_ISA");
            fr_session *session = open_session(1, 0);
            fr_problem small = p; /* fewer points, inputs, units: the leading part of the same numbers */
            small.points = 20, small.inputs = 4, small.units = 10;
            double xs[20 * 4], ws[10 * 4], bs[10];
            cpu->sample_inputs(session, &small, 11, xs);
            cpu->sample_weights(session, &small, 11, 3, 5, ws, bs);
            for (int j = 0; j < 20; j++)
                for (int c = 0; c < 4; c++) CHECK(xs[j * 4 + c] == x[0][j * 7 + c], "inputs nest");
            const double scale = weights == 2 ? 1 : sqrt(4.0 / 7.0); /* bounds go with 1/sqrt(d0) */
            for (int i = 0; i < 5; i++)
                for (int c = 0; c < 4; c++)
                    CHECK_NEAR(ws[i * 4 + c] * scale, w[0][(3 + i) * 7 + c], 1e-15, "weights nest");
            for (int i = 0; i < 75; i++) /* patterns: the exact signs, bit by bit */
                for (int j = 0; j < 133; j++)
                    CHECK((int)(patterns[0][i * 3 + j / 64] >> (j % 64) & 1) ==
                              (fr_exact_sign(w[0] + i * 7, x[0] + j * 7, 1, 7, b[0][i]) > 0), "unit %d point %d", i, j);
            for (int s = 0; s < 3; s++) free(x[s]), free(w[s]), free(b[s]), free(patterns[s]);
            cpu->close(session);
        }
}

static void test_moments(void) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session *session = open_session(1, 0);
    enum { n = 200000 };
    double *x = malloc(n * 2 * sizeof *x);
    static const double mean[3] = {0, 0.5, 0}, variance[3] = {1, 1.0 / 12, 1.0 / 3}, fourth[3] = {3, 1.0 / 80, 0.2};
    for (int kind = 0; kind < 3; kind++) {
        const fr_problem p = {
            .seed = 5, .points = n, .inputs = 2, .units = 0, .bias = 1, .input_distribution = (fr_inputs)kind};
        cpu->sample_inputs(session, &p, 0, x);
        double m1 = 0, m2 = 0, m4 = 0, cross = 0;
        for (int i = 0; i < 2 * n; i++) {
            const double d = x[i] - mean[kind];
            m1 += d, m2 += d * d, m4 += d * d * d * d;
            if (i % 2) cross += d * (x[i - 1] - mean[kind]);
        }
        const double s = variance[kind], count = 2.0 * n; /* five standard deviations each */
        CHECK_NEAR(m1 / count, 0, 5 * sqrt(s / count), "mean, kind %d", kind);
        CHECK_NEAR(m2 / count, s, 5 * sqrt((fourth[kind] - s * s) / count), "variance, kind %d", kind);
        CHECK_NEAR(m4 / count, fourth[kind], 0.02 * fourth[kind], "fourth moment, kind %d", kind);
        CHECK_NEAR(cross / n, 0, 5 * s / sqrt(n), "coordinates of a pair, kind %d", kind);
    }
    free(x);
    cpu->close(session);
}

/* w.x + b = 2^-70 exactly, but products rounded one by one give 0 or the wrong sign. */
static void test_near_ties(void) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session *session = open_session(1, 0);
    for (size_t i = 0; i < near_tie_count; i++) {
        const near_tie *c = &near_ties[i];
        CHECK(fr_exact_sign(c->w, c->x, 1, 2, c->b) == c->sign, "case %zu", i);
        const fr_problem p = {.points = 1, .inputs = 2, .units = 1, .bias = 1, .input_distribution = FR_INPUTS_GIVEN,
                              .weight_distribution = FR_WEIGHTS_GIVEN, .given_inputs = c->x, .given_weights = c->w,
                              .given_biases = &c->b};
        uint64_t pattern = 99;
        CHECK(cpu->activation_patterns(session, &p, 0, 0, 1, &pattern) == FR_OK, "%s", cpu->last_error(session));
        CHECK(pattern == (c->sign > 0), "pattern of case %zu is %d", i, (int)pattern);
    }
    volatile double product = near_ties[0].w[0] * near_ties[0].x[0];
    CHECK(product + near_ties[0].w[1] * near_ties[0].x[1] == 0,
          "the plain sign should be wrong here, or this shows nothing");
    cpu->close(session);
}

static void test_exact_sign_at_random(void) { /* against 128-bit integers */
    for (int i = 0; i < 100000; i++) {
        double w[3], x[3], b;
        __int128 sum = 0;
        const int bits = 1 + (int)(random_bits() % 30);
        for (int c = 0; c < 3; c++) {
            const int64_t u = (int64_t)(random_bits() % (2u << bits)) - (1 << bits),
                          v = (int64_t)(random_bits() % (2u << bits)) - (1 << bits);
            w[c] = ldexp((double)u, -40), x[c] = ldexp((double)v, 17);
            sum += (__int128)u * v;
        }
        const int64_t t =
            (int64_t)(sum > 0 ? -(sum + (int)(random_bits() % 3) - 1) : -(sum + (int)(random_bits() % 3) - 1));
        b = (double)t;
        if ((int64_t)b != t) continue;
        sum += t;
        CHECK(fr_exact_sign(w, x, 1, 3, ldexp(b, -23)) == (sum > 0) - (sum < 0), "case %d", i);
    }
}

int main(void) {
    test_philox_known_answers();
    test_functions();
    test_pinned_samples();
    test_nesting_and_instruction_sets();
    test_moments();
    test_near_ties();
    test_exact_sign_at_random();
    return check_report();
}
