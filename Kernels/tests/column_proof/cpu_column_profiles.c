/* Column profiles: what column_proof/column_proof.h proves, and what it leaves to the elimination, against sorted rank
 * profiles modulo a large prime; and against exact ranks where a small prime is wrong on purpose. */
#define _POSIX_C_SOURCE 200809L
#include "column_proof/bytes.h"
#include "column_proof/cases.h"
#include "support/instruction_sets.h"
#include "support/sessions.h"
#include "vector/isa.h"


static int by_column(const void *a, const void *b) {
    const uint64_t left = (uint64_t)*(const int64_t *)a, right = (uint64_t)*(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Answers how many were proved. */
static int compare(const fr_problem *p, int threads, int64_t trials, const char *words) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session *session = open_session(threads, 0);
    const int64_t n = p->points;
    const size_t bytes = (size_t)(trials * n) * sizeof(int64_t);
    int64_t *expected = malloc(bytes), *pivots = guarded(bytes);
    uint8_t *proofs = guarded((size_t)trials);
    fr_outcome *outcomes = malloc((size_t)trials * sizeof *outcomes);
    CHECK(cpu->rank_profiles(session, p, 8388593, 11, trials, expected, outcomes) == FR_OK, "rank profiles");
    CHECK(cpu->column_profiles(session, p, 8388593, 11, trials, pivots, proofs, outcomes) == FR_OK, "%s",
          cpu->last_error(session));
    CHECK(guarded_intact(pivots, bytes) && guarded_intact(proofs, (size_t)trials), "written outside");
    int proved = 0;
    for (int64_t t = 0; t < trials; t++) {
        qsort(expected + t * n, (size_t)n, sizeof *expected, by_column);
        CHECK(outcomes[t] == FR_COMPUTED && memcmp(expected + t * n, pivots + t * n, (size_t)n * sizeof *pivots) == 0,
              "%s: n %lld d0 %lld d1 %lld, problem's seed %llu, trial %lld, proof %d", words, (long long)n,
              (long long)p->inputs, (long long)p->units, (unsigned long long)p->seed, (long long)(11 + t), proofs[t]);
        proved += proofs[t];
    }
    cpu->close(session);
    free(expected);
    guarded_free(pivots);
    guarded_free(proofs);
    free(outcomes);
    return proved;
}

static void test_shapes(void) {
    int proved = 0, trials = 0;
    for (int round = 0; round < 600; round++) {
        check_seed = (uint64_t)round;
        const test_case c = random_case(round % 10 == 0 ? 300 : 100);
        const char *set = instruction_set_of(round);
        setenv("FULLRANK_ISA", set, 1);
        proved += compare(&c.problem, 1 + round % 3, 4, set);
        trials += 4;
        free(c.inputs);
    }
    unsetenv("FULLRANK_ISA");
    CHECK(10 * proved > 4 * trials && proved < trials, "%d of %d proved: both ways are to be tested", proved, trials);
}

/* Shapes that are meant to be proved are: or the check above would pass on an engine that proves nothing there. */
static void test_proofs_found(void) {
    static const int64_t shapes[][3] = {{10, 100, 98}, {10, 300, 99}, {5, 200, 97}, {3, 300, 97},
                                        {3, 100, 88},  {4, 50, 92},   {20, 30, 95}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const fr_problem p = {.seed = 3, .points = shapes[i][1], .inputs = shapes[i][0], .units = 1000000, .bias = 1};
        const int proved = compare(&p, 2, 100, "proofs");
        CHECK(proved >= shapes[i][2], "d0 %lld n %lld: %d of 100 proved", (long long)p.inputs, (long long)p.points,
              proved);
    }
}

/* Blocks of several tiles, one trial on the whole pool and a trial a thread; a network short of full rank, one in which
 * units repeat. */
static void test_large(void) {
    const fr_problem p = {.seed = 9, .points = 1100, .inputs = 6, .units = 1000000, .bias = 1};
    for (int threads = 1; threads <= 3; threads += 2) {
        CHECK(compare(&p, threads, 1, "one") == 1, "one large trial, %d threads", threads);
        compare(&p, threads, 3, "three");
    }
    fr_problem q = p;
    q.units = 100;
    CHECK(compare(&q, 3, 1, "short of full rank") == 1, "short of full rank");
    uint64_t *patterns = malloc(60 * 18 * sizeof *patterns);
    for (int i = 0; i < 60 * 18; i++) patterns[i] = random_bits();
    memcpy(patterns + 18, patterns, 18 * sizeof *patterns);         /* unit 1 repeats unit 0, */
    memcpy(patterns + 10 * 18, patterns, 18 * sizeof *patterns);    /* so does unit 10, but for one point; */
    patterns[10 * 18 + 5] ^= UINT64_C(1) << 33;
    memset(patterns + 20 * 18, 0, 18 * sizeof *patterns);           /* unit 20 is active on three points */
    patterns[20 * 18 + 2] = 7;
    for (int i = 0; i < 60; i++) patterns[18 * i + 17] &= (UINT64_C(1) << 12) - 1;
    q.units = 60;
    q.weight_distribution = FR_WEIGHTS_PATTERN;
    q.given_patterns = patterns;
    CHECK(compare(&q, 2, 1, "repeats") == 1, "units that repeat");
    free(patterns);
}

/* A point at the origin, without biases, is active in no unit: full rank is never reached, however many are drawn. Each
 * unit more is compared with all before it, so there must be an end to that. */
static void test_never_full(void) {
    double *inputs = malloc(100 * 5 * sizeof *inputs);
    for (int i = 0; i < 500; i++) inputs[i] = i / 5 == 40 ? 0 : random_unit();
    const fr_problem p = {.seed = 1, .points = 100, .inputs = 5, .units = 200000, .input_distribution = FR_INPUTS_GIVEN,
                          .given_inputs = inputs};
    CHECK(compare(&p, 1, 1, "never full") == 0, "given up");
    free(inputs);
}

static void test_arguments(void) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session *session = open_session(1, 0);
    const fr_problem p = {.points = 100, .inputs = 10, .units = 100, .bias = 1};
    int64_t pivots[100];
    uint8_t proof = 9;
    fr_outcome outcome;
    CHECK(cpu->column_profiles(session, &p, 8388593, 0, 1, pivots, NULL, &outcome) == FR_INVALID_ARGUMENT, "proofs");
    CHECK_WORDS(cpu->last_error(session), "proofs is NULL");
    CHECK(cpu->column_profiles(session, &p, 8388593, 0, 1, NULL, &proof, &outcome) == FR_INVALID_ARGUMENT, "pivots");
    CHECK(cpu->column_profiles(session, &p, 4, 0, 1, pivots, &proof, &outcome) == FR_INVALID_ARGUMENT, "prime");
    CHECK(cpu->column_profiles(session, &p, 8388593, 0, 0, NULL, NULL, NULL) == FR_OK, "no trials");
    const fr_problem none = {.points = 0, .inputs = 10, .units = 100, .bias = 1};
    CHECK(cpu->column_profiles(session, &none, 8388593, 0, 1, NULL, &proof, &outcome) == FR_OK && proof == 0 &&
              outcome == FR_COMPUTED, "no points");
    cpu->close(session);
}

int main(void) {
    test_shapes();
    test_proofs_found();
    test_large();
    test_never_full();
    test_arguments();
    return check_report();
}
