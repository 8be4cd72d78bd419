/* Cells of random Jacobians: equal to the decomposition of each Jacobian alone, to the bit, whatever the threads, the
 * batch, the memory limit or the company; closed forms; cancelling. */
#include "session/session.h"
#include "support/sessions.h"

static const fr_backend *cpu;
static const fr_cell cells[] = {{40, 12}, {0, 12}, {12, 0}, {1, 1},   {40, 1},
                                {1, 12},  {7, 5},  {24, 8}, {40, 12}, {3, 2}};
enum { cell_count = sizeof cells / sizeof *cells, trials = 7 };

static void test_same_everywhere(fr_problem problem, fr_precision precision) {
    const struct { int32_t threads; uint64_t limit; } ways[] = {{1, 0}, {2, 0}, {3, 0}, {2, 200000}};
    size_t bytes = trials * cell_count * sizeof(fr_singular);
    fr_singular *first = NULL;
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        fr_session *session = open_session(ways[w].threads, ways[w].limit);
        fr_singular *results = guarded(bytes);
        fr_outcome *outcomes = guarded(trials * cell_count * sizeof *outcomes);
        CHECK(cpu->singular_values(session, &problem, precision, cells, cell_count, 3, trials, results, outcomes) ==
              FR_OK, "%s", cpu->last_error(session));
        CHECK(cpu->progress(session) == 1, "progress %g", cpu->progress(session));
        CHECK(guarded_intact(results, bytes) && guarded_intact(outcomes, trials * cell_count * sizeof *outcomes),
              "wrote outside a buffer");
        for (int i = 0; i < trials * cell_count; i++) CHECK(outcomes[i] == FR_COMPUTED, "item %d", i);
        guarded_free(outcomes);
        if (w == 0) {
            first = results;
            cpu->close(session);
            continue;
        }
        CHECK(memcmp(results, first, bytes) == 0, "%d threads differ from 1", (int)ways[w].threads);
        /* Each cell of each trial alone: first as a cell, then as the leading problem's own Jacobian. */
        for (int i = 0; i < trials * cell_count; i++) {
            fr_cell cell = cells[i % cell_count];
            fr_singular alone;
            fr_outcome outcome;
            uint64_t trial = 3 + (uint64_t)(i / cell_count);
            cpu->singular_values(session, &problem, precision, &cell, 1, trial, 1, &alone, &outcome);
            CHECK(memcmp(&alone, &results[i], sizeof alone) == 0, "item %d alone differs", i);
            if (problem.weight_distribution == FR_WEIGHTS_PATTERN) continue;
            fr_problem leading = problem;
            leading.points = cell.points;
            leading.units = cell.units;
            int64_t columns = cell.units * (problem.inputs + problem.bias);
            void *jacobian = malloc((size_t)(cell.points * columns) * 8 + 1);
            CHECK(cpu->jacobians(session, &leading, precision, trial, 1, jacobian, &outcome) == FR_OK, "%s",
                  cpu->last_error(session));
            CHECK(cpu->matrix_singular_values(session, jacobian, precision, 1, cell.points, columns, &alone,
                                              &outcome) == FR_OK, "%s", cpu->last_error(session));
            CHECK(memcmp(&alone, &results[i], sizeof alone) == 0, "item %d differs from its Jacobian", i);
            free(jacobian);
        }
        guarded_free(results);
        cpu->close(session);
    }
    guarded_free(first);
}

/* With k >= n and generic data the rank is the number of points on which some unit is active. */
static void test_closed_form(void) {
    fr_session *session = open_session(2, 0);
    for (int round = 0; round < 30; round++) {
        check_seed = 500 + (uint64_t)round;
        enum { n = 9, d0 = 10, d1 = 3 };
        double inputs[n * d0];
        uint64_t patterns[d1], any = 0;
        for (int i = 0; i < n * d0; i++) inputs[i] = random_unit();
        for (int u = 0; u < d1; u++) any |= patterns[u] = random_bits() & random_bits() & 0x1ff;
        fr_problem problem = {.points = n, .inputs = d0, .units = d1, .bias = round % 2,
                              .input_distribution = FR_INPUTS_GIVEN, .weight_distribution = FR_WEIGHTS_PATTERN,
                              .given_inputs = inputs, .given_patterns = patterns};
        fr_cell cell = {n, d1};
        fr_singular result;
        fr_outcome outcome;
        CHECK(cpu->singular_values(session, &problem, FR_FLOAT64, &cell, 1, 0, 1, &result, &outcome) == FR_OK, "%s",
              cpu->last_error(session));
        CHECK(outcome == FR_COMPUTED && result.rank == __builtin_popcountll(any), "rank %lld, %d points active",
              (long long)result.rank, __builtin_popcountll(any));
    }
    cpu->close(session);
}

/* float32 can't hold a given input: only the cells that contain it are spoilt. */
static void test_overflow(void) {
    fr_session *session = open_session(2, 0);
    double inputs[] = {1, 2, 1e300};
    uint64_t patterns[] = {7, 7};
    fr_problem problem = {.points = 3, .inputs = 1, .units = 2, .bias = 1, .input_distribution = FR_INPUTS_GIVEN,
                          .weight_distribution = FR_WEIGHTS_PATTERN, .given_inputs = inputs,
                          .given_patterns = patterns};
    const fr_cell two[] = {{3, 2}, {2, 2}};
    fr_singular results[2];
    fr_outcome outcomes[2];
    CHECK(cpu->singular_values(session, &problem, FR_FLOAT32, two, 2, 0, 1, results, outcomes) == FR_OK, "-");
    CHECK(outcomes[0] == FR_NOT_FINITE && results[0].rank == 0, "outcome %d", (int)outcomes[0]);
    CHECK(outcomes[1] == FR_COMPUTED && results[1].rank == 2, "outcome %d", (int)outcomes[1]);
    cpu->close(session);
}

/* A call cancelled in the middle says so, and what it had computed by then is right. */
#include <pthread.h>
static void *cancel_soon(void *session) {
    while (cpu->progress(session) < 0.05) {
    }
    cpu->cancel(session);
    return NULL;
}

static void test_cancel(void) {
    enum { many = 200 };
    fr_session *session = open_session(2, 0);
    fr_problem problem = {.seed = 3, .points = 80, .inputs = 2, .units = 60, .bias = 1};
    const fr_cell cell = {80, 60};
    static fr_singular results[many], whole[many];
    static fr_outcome outcomes[many];
    CHECK(cpu->singular_values(session, &problem, FR_FLOAT64, &cell, 1, 0, many, whole, outcomes) == FR_OK, "-");
    problem.seed = 3;
    fr_begin_call(session); /* progress is 1 from the last call, which cancel_soon would take for this one's */
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, cancel_soon, session) == 0, "thread");
    fr_status status = cpu->singular_values(session, &problem, FR_FLOAT64, &cell, 1, 0, many, results, outcomes);
    pthread_join(thread, NULL);
    CHECK(status == FR_CANCELLED, "status %d", (int)status);
    CHECK_WORDS(cpu->last_error(session), "cancelled");
    int computed = 0;
    for (int i = 0; i < many; i++) {
        computed += outcomes[i] == FR_COMPUTED;
        CHECK(outcomes[i] == FR_NOT_COMPUTED || memcmp(&results[i], &whole[i], sizeof *results) == 0, "item %d", i);
    }
    CHECK(computed > 0 && computed < many, "%d computed", computed);
    CHECK(cpu->singular_values(session, &problem, FR_FLOAT64, &cell, 1, 0, 2, results, outcomes) == FR_OK,
          "the next call is not cancelled: %s", cpu->last_error(session));
    cpu->close(session);
}

int main(void) {
    cpu = fullrank_cpu_backend_v1();
    fr_problem problem = {.seed = 7, .points = 40, .inputs = 3, .units = 12, .bias = 1};
    test_same_everywhere(problem, FR_FLOAT64);
    test_same_everywhere(problem, FR_FLOAT32);
    uint64_t patterns[12];
    for (int u = 0; u < 12; u++) patterns[u] = random_bits() & ((UINT64_C(1) << 40) - 1);
    problem.weight_distribution = FR_WEIGHTS_PATTERN;
    problem.given_patterns = patterns;
    test_same_everywhere(problem, FR_FLOAT64);
    test_closed_form();
    test_overflow();
    test_cancel();
    return check_report();
}
