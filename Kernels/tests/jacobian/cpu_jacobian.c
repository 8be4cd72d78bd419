/* Jacobians against the definition, entry by entry, on samples of every shape; nothing outside the buffer touched. */
#include "support/sessions.h"

static const fr_backend *cpu;

/* J[j][u k + c] = A[u][j] x~_j[c], from the backend's own samples. */
static void plain_jacobian(fr_session *session, const fr_problem *problem, uint64_t trial, double *out) {
    int64_t n = problem->points, d0 = problem->inputs, d1 = problem->units, k = d0 + problem->bias;
    int64_t words = (n + 63) / 64;
    double *x = calloc((size_t)(n * d0 + 1), sizeof *x);
    uint64_t *patterns = calloc((size_t)(d1 * words + 1), sizeof *patterns);
    CHECK(cpu->sample_inputs(session, problem, trial, x) == FR_OK, "%s", cpu->last_error(session));
    CHECK(cpu->activation_patterns(session, problem, trial, 0, d1, patterns) == FR_OK, "%s",
          cpu->last_error(session));
    for (int64_t j = 0; j < n; j++)
        for (int64_t u = 0; u < d1; u++)
            for (int64_t c = 0; c < k; c++) {
                int active = (patterns[u * words + j / 64] >> (j % 64)) & 1;
                out[(j * d1 + u) * k + c] = !active ? 0 : c < d0 ? x[j * d0 + c] : 1;
            }
    free(x);
    free(patterns);
}

static void test_shape(fr_session *session, int64_t n, int64_t d0, int64_t d1, int32_t bias, int64_t trials) {
    fr_problem problem = {.seed = 11, .points = n, .inputs = d0, .units = d1, .bias = bias};
    size_t entries = (size_t)(n * d1 * (d0 + bias)), all = entries * (size_t)trials;
    double *expected = calloc(all + 1, sizeof *expected);
    double *doubles = guarded(all * sizeof *doubles);
    float *singles = guarded(all * sizeof *singles);
    fr_outcome *outcomes = guarded((size_t)trials * sizeof *outcomes);
    for (int64_t t = 0; t < trials; t++)
        plain_jacobian(session, &problem, 5 + (uint64_t)t, expected + (size_t)t * entries);

    CHECK(cpu->jacobians(session, &problem, FR_FLOAT64, 5, trials, doubles, outcomes) == FR_OK, "%s",
          cpu->last_error(session));
    for (int64_t t = 0; t < trials; t++) CHECK(outcomes[t] == FR_COMPUTED, "trial %lld", (long long)t);
    CHECK(memcmp(doubles, expected, all * sizeof *doubles) == 0, "n %lld, d0 %lld, d1 %lld, bias %d", (long long)n,
          (long long)d0, (long long)d1, (int)bias);
    CHECK(cpu->jacobians(session, &problem, FR_FLOAT32, 5, trials, singles, outcomes) == FR_OK, "%s",
          cpu->last_error(session));
    int wrong = 0;
    for (size_t i = 0; i < all; i++) wrong += singles[i] != (float)expected[i];
    CHECK(wrong == 0, "float32: n %lld, d0 %lld, d1 %lld", (long long)n, (long long)d0, (long long)d1);
    CHECK(guarded_intact(doubles, all * sizeof *doubles) && guarded_intact(singles, all * sizeof *singles) &&
          guarded_intact(outcomes, (size_t)trials * sizeof *outcomes), "wrote outside a buffer");
    free(expected);
    guarded_free(doubles);
    guarded_free(singles);
    guarded_free(outcomes);
}

/* A given input that float32 can't hold spoils the trial where, and only where, its point has an active unit. */
static void test_overflow(fr_session *session) {
    double inputs[] = {1, 2, 1e300, 3};
    uint64_t patterns[] = {5, 5}; /* two units, points 0 and 2 active */
    fr_problem problem = {.points = 3, .inputs = 1, .units = 2, .bias = 1, .input_distribution = FR_INPUTS_GIVEN,
                          .weight_distribution = FR_WEIGHTS_PATTERN, .given_inputs = inputs,
                          .given_patterns = patterns};
    float singles[12];
    double doubles[12];
    fr_outcome outcome;
    CHECK(cpu->jacobians(session, &problem, FR_FLOAT32, 0, 1, singles, &outcome) == FR_OK, "-");
    CHECK(outcome == FR_NOT_FINITE, "outcome %d", (int)outcome);
    CHECK(cpu->jacobians(session, &problem, FR_FLOAT64, 0, 1, doubles, &outcome) == FR_OK, "-");
    CHECK(outcome == FR_COMPUTED && doubles[8] == 1e300, "outcome %d", (int)outcome);
    patterns[0] = patterns[1] = 3;
    CHECK(cpu->jacobians(session, &problem, FR_FLOAT32, 0, 1, singles, &outcome) == FR_OK, "-");
    CHECK(outcome == FR_COMPUTED, "outcome %d", (int)outcome);
}

int main(void) {
    cpu = fullrank_cpu_backend_v1();
    const int64_t points[] = {0, 1, 2, 7, 63, 64, 65, 129}, units[] = {0, 1, 2, 9, 40},
                  inputs[] = {0, 1, 2, 3, 5, 6, 17};
    for (int32_t threads = 1; threads <= 3; threads++) {
        fr_session *session = open_session(threads, threads == 2 ? 1 << 14 : 0); /* the limit makes many chunks */
        for (size_t a = 0; a < sizeof points / sizeof *points; a++)
            for (size_t b = 0; b < sizeof units / sizeof *units; b++)
                for (size_t c = 0; c < sizeof inputs / sizeof *inputs; c++)
                    for (int32_t bias = 0; bias <= 1; bias++)
                        if (inputs[c] + bias > 0)
                            test_shape(session, points[a], inputs[c], units[b], bias, (int64_t)((a + b + c) % 5));
        test_overflow(session);
        cpu->close(session);
    }
    return check_report();
}
