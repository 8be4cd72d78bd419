/* Deep networks of a backend library through the table, against the CPU backend: profiles equal, Jacobians bit for bit,
 * outcomes and refusals the same. */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "support/two_backends.h"

typedef struct network {
    fr_problem problem;
    int64_t widths[8], earlier;
} network;

static int64_t columns_of(const network *w) {
    int64_t columns = 0, inputs = w->problem.inputs;
    for (int64_t l = 0; l <= w->earlier; l++) {
        const int64_t units = l < w->earlier ? w->widths[l] : w->problem.units;
        columns += units * (inputs + w->problem.bias);
        inputs = units;
    }
    return columns;
}

static void describe(const network *w, char *words, size_t capacity) {
    int at = snprintf(words, capacity, "n %lld, d0 %lld, bias %d, inputs %d, weights %d, layers",
                      (long long)w->problem.points, (long long)w->problem.inputs, (int)w->problem.bias,
                      (int)w->problem.input_distribution, (int)w->problem.weight_distribution);
    for (int64_t l = 0; l <= w->earlier; l++)
        at += snprintf(words + at, capacity - (size_t)at, " %lld",
                       (long long)(l < w->earlier ? w->widths[l] : w->problem.units));
}

/* Returns how many of the trials were computed. */
static int64_t test_profiles(const network *w, uint32_t prime, uint64_t first, int64_t trials) {
    const int64_t n = w->problem.points;
    const size_t bytes = (size_t)(trials * n) * 8;
    int64_t *pivots[2], computed = 0;
    fr_outcome *outcomes[2];
    char words[256];
    describe(w, words, sizeof words);
    for (int side = 0; side < 2; side++) {
        const fr_backend *backend = side ? cuda : cpu;
        fr_session *session = side ? on_cuda : on_cpu;
        pivots[side] = guarded(bytes);
        outcomes[side] = guarded((size_t)trials * sizeof(fr_outcome));
        CHECK(backend->deep_rank_profiles(session, &w->problem, w->earlier ? w->widths : NULL, w->earlier, prime, first,
                                          trials, pivots[side], outcomes[side]) == FR_OK, "%s: %s", words,
              backend->last_error(session));
        CHECK(
            guarded_intact(pivots[side], bytes) && guarded_intact(outcomes[side], (size_t)trials * sizeof(fr_outcome)),
            "%s: wrote outside a buffer", words);
    }
    for (int64_t t = 0; t < trials; t++) {
        CHECK(outcomes[1][t] == outcomes[0][t], "%s: outcome of trial %lld: %d", words, (long long)t,
              (int)outcomes[1][t]);
        if (outcomes[0][t] != FR_COMPUTED) continue; /* the rest is not said */
        CHECK(memcmp(pivots[0] + t * n, pivots[1] + t * n, (size_t)n * 8) == 0, "%s, prime %u: profile of trial %lld",
              words, prime, (long long)t);
        computed++;
    }
    for (int side = 0; side < 2; side++) guarded_free(pivots[side]), guarded_free(outcomes[side]);
    return computed;
}

static int64_t test_jacobians(const network *w, uint64_t first, int64_t trials) {
    const int64_t entries = w->problem.points * columns_of(w);
    const size_t bytes = (size_t)(trials * entries) * 8;
    double *jacobians[2];
    fr_outcome *outcomes[2];
    int64_t computed = 0;
    char words[256];
    describe(w, words, sizeof words);
    for (int side = 0; side < 2; side++) {
        const fr_backend *backend = side ? cuda : cpu;
        fr_session *session = side ? on_cuda : on_cpu;
        jacobians[side] = guarded(bytes);
        outcomes[side] = guarded((size_t)trials * sizeof(fr_outcome));
        CHECK(backend->deep_jacobians(session, &w->problem, w->earlier ? w->widths : NULL, w->earlier, first, trials,
                                      jacobians[side], outcomes[side]) == FR_OK,
              "%s: %s", words, backend->last_error(session));
        CHECK(guarded_intact(jacobians[side], bytes) &&
                  guarded_intact(outcomes[side], (size_t)trials * sizeof(fr_outcome)),
              "%s: wrote outside a buffer", words);
    }
    for (int64_t t = 0; t < trials; t++) {
        CHECK(outcomes[1][t] == outcomes[0][t], "%s: outcome of trial %lld: %d", words, (long long)t,
              (int)outcomes[1][t]);
        if (outcomes[0][t] != FR_COMPUTED) continue;
        CHECK(memcmp(jacobians[0] + t * entries, jacobians[1] + t * entries, (size_t)entries * 8) == 0,
              "%s: Jacobian of trial %lld", words, (long long)t);
        computed++;
    }
    for (int side = 0; side < 2; side++) guarded_free(jacobians[side]), guarded_free(outcomes[side]);
    return computed;
}

static const uint32_t primes[] = {FR_PRIME_MAX, 8388581, 65537, 101, 3};

/* Depths 1 to 4; n on both sides of a warp's rows and of words of patterns;
 * every distribution of inputs and weights. */
static void test_shapes(void) {
    const int64_t points[] = {0, 1, 2, 7, 31, 32, 33, 64, 65, 100, 128, 150};
    const int64_t widths[] = {1, 2, 3, 5, 8, 9, 16, 33, 40};
    int turn = 0;
    for (size_t a = 0; a < sizeof points / sizeof *points; a++)
        for (int64_t depth = 1; depth <= 4; depth++)
            for (int again = 0; again < 2; again++, turn++) {
                network w = {.problem = {.seed = 7 + (uint64_t)turn,
                                         .points = points[a],
                                         .inputs = (turn / 2) % 6,
                                         .units = widths[random_bits() % 9],
                                         .input_distribution = (fr_inputs)(turn % 3),
                                         .weight_distribution = (fr_weights)(turn / 3 % 3)},
                             .earlier = depth - 1};
                w.problem.bias = turn % 4 != 3 || w.problem.inputs == 0;
                for (int64_t l = 0; l + 1 < depth; l++) w.widths[l] = widths[random_bits() % 9];
                if (turn % 29 == 28) w.problem.units = 0;
                const uint64_t first = random_bits() % ((UINT64_C(1) << 56) - 8);
                check_seed = w.problem.seed;
                const int64_t trials = points[a] < 64 ? 1 + turn % 6 : 1 + turn % 2;
                CHECK(test_profiles(&w, primes[turn % 5], first, trials) == trials, "every trial is computed");
                CHECK(test_jacobians(&w, first, 1 + turn % 3) == 1 + turn % 3, "every trial is computed");
            }
}

/* Given points that are zero, equal, beyond all scales: ties, and active units whose rounded value is 0 or below. */
static void test_ties(void) {
    const double scales[] = {0.0, -0.0, 5e-324, -5e-324, 1e-310, 1e-300, -1e-300, 1.0, -1.0, 0x1p-52, 1e300, -1e300};
    for (int turn = 0; turn < 40; turn++) {
        double inputs[40 * 4];
        for (int i = 0; i < 160; i++)
            inputs[i] = scales[random_bits() % (turn % 2 ? 10 : 12)] * (1 + (double)(random_bits() % 2));
        for (int j = 0; j < 4; j++) memcpy(inputs + 4 * (10 + j), inputs + 4 * j, 4 * sizeof(double));
        network w = {.problem = {.seed = (uint64_t)turn,
                                 .points = 1 + turn,
                                 .inputs = 1 + turn % 4,
                                 .units = 1 + turn % 9,
                                 .bias = turn % 3 == 0,
                                 .input_distribution = FR_INPUTS_GIVEN,
                                 .weight_distribution = (fr_weights)(turn % 3),
                                 .given_inputs = inputs},
                     .widths = {1 + turn % 12, 9, 3},
                     .earlier = turn % 4};
        check_seed = w.problem.seed;
        test_profiles(&w, FR_PRIME_MAX, 3, 3);
        test_jacobians(&w, 3, 3);
    }
}

/* Points exactly on the borders of the first layer's units, w.x = 0, and next to them: signs that rounding would get
 * wrong are visible in the patterns of the Jacobian. */
static void test_borders(void) {
    for (int turn = 0; turn < 12; turn++) {
        enum { units = 9, points = 27 };
        double inputs[points][2], weights[units][2];
        network w = {.problem = {.seed = (uint64_t)turn, .points = points, .inputs = 2, .units = 4,
                                 .weight_distribution = (fr_weights)(turn % 3)},
                     .widths = {units, 7}, .earlier = 2};
        fr_problem first = w.problem;
        first.units = units;
        CHECK(cpu->sample_weights(on_cpu, &first, 11, 0, units, &weights[0][0], NULL) == FR_OK, "weights");
        for (int j = 0; j < points; j++) {
            const double scale = ldexp(1, turn * 40 - 200), *v = weights[j % units];
            inputs[j][0] = v[1] * scale;
            inputs[j][1] = -v[0] * scale;
            if (j >= units) inputs[j][0] = nextafter(inputs[j][0], j < 2 * units ? INFINITY : -INFINITY);
        }
        w.problem.input_distribution = FR_INPUTS_GIVEN;
        w.problem.given_inputs = &inputs[0][0];
        CHECK(test_profiles(&w, FR_PRIME_MAX, 11, 1) == 1 && test_jacobians(&w, 11, 1) == 1, "computed");
    }
}

/* Numbers that overflow on their way, in some trials and not in others; and in the Jacobian alone. */
static void test_overflow(void) {
    double inputs[12 * 2];
    int64_t computed = 0, written = 0, of = 0;
    for (int turn = 0; turn < 30; turn++) {
        for (int i = 0; i < 24; i++)
            inputs[i] = random_unit() * (turn % 3 == 0 ? 1.7e308 : turn % 3 == 1 ? 4e307 : 1e307);
        const network w = {.problem = {.seed = (uint64_t)turn,
                                       .points = 12,
                                       .inputs = 2,
                                       .units = 4,
                                       .bias = 1,
                                       .input_distribution = FR_INPUTS_GIVEN,
                                       .weight_distribution = (fr_weights)(turn % 3),
                                       .given_inputs = inputs},
                           .widths = {3, 5},
                           .earlier = 1 + turn % 2};
        check_seed = w.problem.seed;
        computed += test_profiles(&w, FR_PRIME_MAX, 0, 6);
        written += test_jacobians(&w, 0, 6);
        of += 6;
    }
    CHECK(0 < written && written < computed && computed < of, "%lld, %lld of %lld: all kinds should be tried",
          (long long)written, (long long)computed, (long long)of);
}

static void test_refusals(void) {
    const fr_problem good = {.seed = 1, .points = 5, .inputs = 2, .units = 3, .bias = 1};
    int64_t pivots[20], widths[] = {3, 4};
    const int64_t none[] = {3, 0}, wide[] = {3, INT64_C(1) << 31}, negative[] = {-1, 2},
                  huge[] = {INT32_MAX, INT32_MAX};
    double jacobians[300];
    fr_outcome outcomes[4];
    fr_problem bad[8];
    int count = 0;
    for (int i = 0; i < 8; i++) bad[i] = good;
    bad[count++].points = -1;
    bad[count++].bias = 2;
    bad[count].inputs = 0, bad[count++].bias = 0;
    bad[count++].input_distribution = (fr_inputs)4;
    bad[count++].weight_distribution = FR_WEIGHTS_BERNOULLI;
    bad[count++].weight_distribution = FR_WEIGHTS_PATTERN;
    bad[count++].weight_distribution = FR_WEIGHTS_GIVEN;
    bad[count++].input_distribution = FR_INPUTS_GIVEN;
    for (int i = 0; i < count; i++) {
        SAME(deep_rank_profiles, &bad[i], widths, 2, FR_PRIME_MAX, 0, 1, pivots, outcomes);
        SAME(deep_jacobians, &bad[i], widths, 2, 0, 1, jacobians, outcomes);
    }
    const struct { const int64_t *widths; int64_t earlier; } layers[] = {{none, 2}, {wide, 2}, {negative, 2}, {huge, 2},
                                                                         {NULL, 1}, {widths, -1}, {widths, 121}};
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        SAME(deep_rank_profiles, &good, layers[i].widths, layers[i].earlier, FR_PRIME_MAX, 0, 1, pivots, outcomes);
        SAME(deep_jacobians, &good, layers[i].widths, layers[i].earlier, 0, 1, jacobians, outcomes);
    }
    SAME(deep_rank_profiles, NULL, widths, 2, FR_PRIME_MAX, 0, 1, pivots, outcomes);
    SAME(deep_rank_profiles, &good, widths, 2, 4, 0, 1, pivots, outcomes);
    SAME(deep_rank_profiles, &good, widths, 2, FR_PRIME_MAX, 0, -1, pivots, outcomes);
    SAME(deep_rank_profiles, &good, widths, 2, FR_PRIME_MAX, UINT64_MAX, 2, pivots, outcomes);
    SAME(deep_rank_profiles, &good, widths, 2, FR_PRIME_MAX, 0, 1, NULL, outcomes);
    SAME(deep_rank_profiles, &good, widths, 2, FR_PRIME_MAX, 0, 1, pivots, NULL);
    SAME(deep_jacobians, &good, widths, 2, 0, -1, jacobians, outcomes);
    SAME(deep_jacobians, &good, widths, 2, 0, INT64_C(1) << 55, jacobians, outcomes);
    SAME(deep_jacobians, &good, widths, 2, 0, 1, NULL, outcomes);
    SAME(deep_jacobians, &good, widths, 2, 0, 1, jacobians, NULL);
    CHECK(cuda->deep_rank_profiles(on_cuda, &good, widths, 2, FR_PRIME_MAX, 0, 0, NULL, NULL) == FR_OK, "no trials");
    CHECK(cuda->deep_jacobians(on_cuda, &good, widths, 2, 0, 0, NULL, NULL) == FR_OK, "no trials");
}

/* Less memory than the batch needs: smaller batches, parts of Jacobians. Less than one trial needs: a status, and
 * nothing marked computed. */
static void test_memory(void) {
    const network w = {
        .problem = {.seed = 8, .points = 70, .inputs = 3, .units = 20, .bias = 1}, .widths = {12, 9}, .earlier = 2};
    const network large = {
        .problem = {.seed = 8, .points = 140, .inputs = 3, .units = 20, .bias = 1}, .widths = {12}, .earlier = 1};
    fr_session *usual = on_cuda;
    const uint64_t limits[] = {400000, 150000, 60000};
    for (int i = 0; i < 3; i++) {
        on_cuda = open_on(cuda, limits[i]);
        test_profiles(&w, FR_PRIME_MAX, 0, 7);
        test_jacobians(&w, 0, 7);
        cuda->close(on_cuda);
    }
    on_cuda = usual;
    if (!is_emulation(cuda)) return;

    const char *sizes[] = {"1000000", "300000", "200000"};
    for (int i = 0; i < 3; i++) {
        setenv("FULLRANK_EMULATED_MEMORY", sizes[i], 1);
        on_cuda = open_on(cuda, 0);
        test_profiles(&w, FR_PRIME_MAX, 0, 9);
        test_jacobians(&w, 0, 9);
        cuda->close(on_cuda);
    }
    setenv("FULLRANK_EMULATED_MEMORY", "50000", 1);
    on_cuda = open_on(cuda, 0);
    static double jacobians[2 * 140 * 400];
    static int64_t pivots[2 * 140];
    const network *both[] = {&w, &large};
    for (int i = 0; i < 2; i++) {
        fr_outcome outcomes[2] = {FR_COMPUTED, FR_COMPUTED};
        CHECK(cuda->deep_rank_profiles(on_cuda, &both[i]->problem, both[i]->widths, both[i]->earlier, FR_PRIME_MAX, 0,
                                       2, pivots, outcomes) == FR_OUT_OF_MEMORY,
              "too little");
        CHECK(outcomes[0] == FR_NOT_COMPUTED && outcomes[1] == FR_NOT_COMPUTED, "outcomes");
        outcomes[0] = outcomes[1] = FR_COMPUTED;
        CHECK(cuda->deep_jacobians(on_cuda, &both[i]->problem, both[i]->widths, both[i]->earlier, 0, 2, jacobians,
                                   outcomes) == FR_OUT_OF_MEMORY, "too little");
        CHECK(cuda->last_error(on_cuda)[0] != 0, "no words");
        CHECK(outcomes[0] == FR_NOT_COMPUTED && outcomes[1] == FR_NOT_COMPUTED, "outcomes");
    }
    unsetenv("FULLRANK_EMULATED_MEMORY");
    test_profiles(&w, FR_PRIME_MAX, 0, 2);
    CHECK(cuda->last_error(on_cuda)[0] == 0 && cuda->progress(on_cuda) == 1, "no error, all done: %g",
          cuda->progress(on_cuda));
    test_jacobians(&w, 0, 2);
    CHECK(cuda->progress(on_cuda) == 1, "all done: %g", cuda->progress(on_cuda));
    cuda->close(on_cuda);
    on_cuda = usual;
}

static _Atomic int running;

static void *cancel_again_and_again(void *context) {
    (void)context;
    while (atomic_load(&running)) {
        cuda->cancel(on_cuda);
        usleep(200);
    }
    return NULL;
}

/* Items computed before are valid and marked as computed; all others are not. */
static void test_cancellation(void) {
    const network w = {
        .problem = {.seed = 4, .points = 20, .inputs = 3, .units = 30, .bias = 1}, .widths = {30, 30}, .earlier = 2};
    enum { trials = 200 };
    static int64_t pivots[2][trials * 20];
    static fr_outcome outcomes[2][trials];
    CHECK(cpu->deep_rank_profiles(on_cpu, &w.problem, w.widths, 2, FR_PRIME_MAX, 0, trials, pivots[0], outcomes[0]) ==
              FR_OK,
          "CPU");
    pthread_t thread;
    atomic_store(&running, 1);
    if (pthread_create(&thread, NULL, cancel_again_and_again, NULL) != 0) return;
    const fr_status status =
        cuda->deep_rank_profiles(on_cuda, &w.problem, w.widths, 2, FR_PRIME_MAX, 0, trials, pivots[1], outcomes[1]);
    double *jacobians = malloc(sizeof(double) * (size_t)(40 * 20 * columns_of(&w)));
    const fr_status other = cuda->deep_jacobians(on_cuda, &w.problem, w.widths, 2, 0, 40, jacobians, outcomes[0]);
    atomic_store(&running, 0);
    pthread_join(thread, NULL);
    if (is_emulation(cuda))
        CHECK(status == FR_CANCELLED && strcmp(cuda->last_error(on_cuda), "cancelled") == 0, "%d", (int)status);
    if (other == FR_CANCELLED) CHECK(outcomes[0][39] == FR_NOT_COMPUTED, "a Jacobian that was not written");
    for (int t = 0; t < trials; t++) {
        CHECK(outcomes[1][t] == FR_COMPUTED || (status == FR_CANCELLED && outcomes[1][t] == FR_NOT_COMPUTED),
              "trial %d", t);
        if (outcomes[1][t] == FR_COMPUTED)
            CHECK(memcmp(pivots[0] + t * 20, pivots[1] + t * 20, 160) == 0, "trial %d", t);
    }
    free(jacobians);
}

int main(int count, char **arguments) {
    open_backends(count, arguments, 1);
    test_shapes();
    test_ties();
    test_borders();
    test_overflow();
    test_refusals();
    test_memory();
    test_cancellation();
    close_backends();
    return check_report();
}
