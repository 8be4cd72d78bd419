/* Verdicts of a backend library through the table against the CPU backend's: thousands of small regions of every kind
 * of labels, data that don't span, cells of one unit, memory for few regions at a time. */
#include "support/cuda_library.h"

static const fr_backend *cpu, *cuda;
static fr_session *on_cpu, *on_cuda;

typedef struct tally {
    int64_t regions, feasible, undecided, loose;
} tally;

/* Brackets and verdicts of both backends are equal. If nothing is undecided they are the only ones possible. */
static void compare(const fr_problem *p, const fr_minima *m, uint64_t first, int64_t trials, tally *t,
                    const char *what) {
    const size_t rows = (size_t)(trials * m->point_count), cells = rows * (size_t)m->unit_count;
    fr_width_bracket *brackets[2];
    uint8_t *verdicts[2];
    fr_outcome *outcomes[2];
    fr_status statuses[2];
    for (int side = 0; side < 2; side++) {
        brackets[side] = guarded(rows * sizeof(fr_width_bracket));
        verdicts[side] = guarded(cells);
        outcomes[side] = guarded((size_t)trials * sizeof(fr_outcome));
        statuses[side] = (side ? cuda : cpu)->minima(side ? on_cuda : on_cpu, p, m, first, trials, brackets[side],
                                                     verdicts[side], outcomes[side]);
    }
    CHECK(statuses[0] == FR_OK, "%s", cpu->last_error(on_cpu));
    CHECK(statuses[1] == FR_OK, "%s", cuda->last_error(on_cuda));
    CHECK(memcmp(outcomes[0], outcomes[1], (size_t)trials * sizeof(fr_outcome)) == 0, "%s: outcomes", what);
    CHECK(guarded_intact(brackets[1], rows * sizeof(fr_width_bracket)) && guarded_intact(verdicts[1], cells),
          "%s: wrote outside", what);
    for (size_t i = 0; statuses[0] == FR_OK && statuses[1] == FR_OK && i < cells; i++) {
        CHECK(verdicts[0][i] == verdicts[1][i],
              "%s: n %lld, d0 %lld, d1 %lld, trial %lld, cell %lld: %d, on the CPU %d", what, (long long)p->points,
              (long long)p->inputs, (long long)p->units,
              (long long)(first + i / (size_t)(m->point_count * m->unit_count)),
              (long long)(i % (size_t)(m->point_count * m->unit_count)), verdicts[1][i], verdicts[0][i]);
        t->regions++;
        t->feasible += verdicts[1][i] == FR_FEASIBLE;
        t->undecided += verdicts[1][i] == FR_UNDECIDED;
    }
    for (size_t i = 0; statuses[0] == FR_OK && statuses[1] == FR_OK && i < rows; i++) {
        const fr_width_bracket *a = &brackets[0][i], *b = &brackets[1][i];
        const int loose = (a->feasible >= 0 && a->feasible > a->infeasible + 1) ||
                          (b->feasible >= 0 && b->feasible > b->infeasible + 1);
        t->loose += loose;
        /* Widths that one of them left undecided: then they may not contradict each other. */
        CHECK(loose
                  ? (a->feasible < 0 || b->infeasible < a->feasible) && (b->feasible < 0 || a->infeasible < b->feasible)
                  : a->infeasible == b->infeasible && a->feasible == b->feasible,
              "%s: bracket %lld: %lld %lld, on the CPU %lld %lld", what, (long long)i, (long long)b->infeasible,
              (long long)b->feasible, (long long)a->infeasible, (long long)a->feasible);
    }
    for (int side = 0; side < 2; side++) {
        guarded_free(brackets[side]);
        guarded_free(verdicts[side]);
        guarded_free(outcomes[side]);
    }
}

static void say(const char *what, const tally *t) {
    CHECK(t->undecided == 0, "%s: %lld undecided", what, (long long)t->undecided);
    printf("%s: %lld regions, %lld feasible, %lld critical widths not exact\n", what, (long long)t->regions,
           (long long)t->feasible, (long long)t->loose);
    CHECK(t->loose * 100 <= t->regions, "%lld critical widths are not exact", (long long)t->loose);
}

static void test_drawn(void) {
    static const int64_t dimensions[] = {1, 2, 3, 5};
    const int64_t points[3] = {3, 6, 10}, units[6] = {1, 4, 8, 12, 18, 26};
    for (int labels = 0; labels < 3; labels++) {
        tally t = {0};
        for (int i = 0; i < 4; i++)
            for (int bias = 0; bias < 2; bias++) {
                const fr_problem p = {.seed = 40 + (uint64_t)labels, .points = 10, .inputs = dimensions[i], .units = 26,
                                      .bias = bias, .input_distribution = FR_INPUTS_CUBE,
                                      .weight_distribution = FR_WEIGHTS_HE_UNIFORM};
                const fr_minima m = {.labels = (fr_labels)labels, .outputs = (fr_outputs)bias,
                                     .teacher = FR_WEIGHTS_HE_UNIFORM, .points = points, .units = units,
                                     .point_count = 3, .unit_count = 6};
                compare(&p, &m, 3, 8, &t, labels == 0 ? "polynomial" : labels == 1 ? "teacher" : "random");
            }
        CHECK(t.feasible > t.regions / 20 && t.feasible < t.regions, "of %lld regions %lld feasible",
              (long long)t.regions, (long long)t.feasible);
        say(labels == 0 ? "polynomial labels" : labels == 1 ? "a teacher's labels" : "random labels", &t);
    }
}

/* More than a word of points, more than a block of units, several turns of entering rays. */
static void test_larger(void) {
    tally t = {0};
    const int64_t points[2] = {33, 70}, units[3] = {20, 150, 300};
    for (int64_t d0 = 2; d0 <= 5; d0 += 3) {
        const fr_problem p = {.seed = 6, .points = 70, .inputs = d0, .units = 300, .bias = 1,
                              .input_distribution = FR_INPUTS_NORMAL, .weight_distribution = FR_WEIGHTS_UNIFORM};
        const fr_minima m = {.points = points, .units = units, .point_count = 2, .unit_count = 3};
        compare(&p, &m, 0, 1, &t, "larger");
    }
    say("larger regions", &t);
}

/* Small whole numbers, points on a plane, equal points: labels on the border, cells without a ray in floating point. */
static void test_degenerate(void) {
    tally t = {0};
    for (uint64_t turn = 0; turn < 60; turn++) {
        check_seed = 700 + turn;
        const int64_t d0 = 2 + (int64_t)(turn % 3), n = 3 + (int64_t)(random_bits() % 8);
        double x[64], y[16];
        for (int64_t j = 0; j < n; j++) {
            for (int64_t c = 0; c < d0; c++) x[j * d0 + c] = (double)(random_bits() % 4) - 1;
            if (turn % 3 == 2) x[j * d0 + 1] = 2 * x[j * d0] - 1; /* they span one dimension less */
            y[j] = (double)(random_bits() % 3) - 1;
        }
        const int64_t units[3] = {2, 7, 14};
        const fr_problem p = {.seed = turn, .points = n, .inputs = d0, .units = 14, .bias = (int32_t)(turn / 2 % 2),
                              .input_distribution = FR_INPUTS_GIVEN, .weight_distribution = FR_WEIGHTS_HE_UNIFORM,
                              .given_inputs = x};
        fr_minima m = {.labels = FR_LABELS_GIVEN, .given_labels = y, .points = &n, .units = units, .point_count = 1,
                       .unit_count = 3};
        compare(&p, &m, turn, 2, &t, "degenerate");
        for (int64_t j = 0; j < n; j++) y[j] = 0;
        compare(&p, &m, turn, 1, &t, "labels 0");
        m.labels = FR_LABELS_TEACHER;
        compare(&p, &m, turn, 1, &t, "degenerate, a teacher");
    }
    say("degenerate data", &t);
}

/* Regions drawn for each n by themselves, given as patterns. */
static void test_given_regions(void) {
    tally t = {0};
    enum { trials = 5, n = 11, d1 = 24 };
    static uint64_t regions[trials][2][d1];
    const int64_t points[2] = {8, n}, units[3] = {6, 12, d1};
    for (int64_t d0 = 2; d0 <= 4; d0++) {
        fr_problem p = {
            .seed = 50, .points = n, .inputs = d0, .units = d1, .bias = 1, .input_distribution = FR_INPUTS_CUBE};
        for (uint64_t trial = 0; trial < trials; trial++)
            for (int place = 0; place < 2; place++) {
                p.seed = 50 + (uint64_t)place; /* other weights, the same points */
                fr_problem other = p;
                double x[n * 4];
                p.seed = 50;
                CHECK(cpu->sample_inputs(on_cpu, &p, trial, x) == FR_OK, "inputs");
                other.input_distribution = FR_INPUTS_GIVEN;
                other.given_inputs = x;
                CHECK(cpu->activation_patterns(on_cpu, &other, trial, 0, d1, regions[trial][place]) == FR_OK,
                      "patterns");
            }
        p.weight_distribution = FR_WEIGHTS_PATTERN;
        p.given_patterns = regions[0][0];
        const fr_minima m = {.labels = FR_LABELS_RANDOM, .points = points, .units = units, .point_count = 2,
                             .unit_count = 3, .given_regions = regions[0][0]};
        compare(&p, &m, 0, trials, &t, "given regions");
    }
    say("given regions", &t);
}

/* More dimensions than the device takes: the host alone. */
static void test_many_dimensions(void) {
    tally t = {0};
    const int64_t points[2] = {5, 14}, units[2] = {10, 20};
    const fr_problem p = {.seed = 2, .points = 14, .inputs = 9, .units = 20, .bias = 1,
                          .input_distribution = FR_INPUTS_CUBE, .weight_distribution = FR_WEIGHTS_HE_UNIFORM};
    const fr_minima m = {.points = points, .units = units, .point_count = 2, .unit_count = 2};
    compare(&p, &m, 0, 4, &t, "d0 = 9");
    say("ten dimensions", &t);
}

/* Few slots: regions take turns. */
static void test_little_memory(void) {
    tally t = {0};
    fr_session *kept = on_cuda;
    on_cuda = open_on(cuda, 100 << 10);
    const int64_t points[2] = {6, 12}, units[3] = {10, 20, 40};
    const fr_problem p = {.seed = 3, .points = 12, .inputs = 2, .units = 40, .bias = 1,
                          .input_distribution = FR_INPUTS_CUBE, .weight_distribution = FR_WEIGHTS_HE_UNIFORM};
    const fr_minima m = {
        .labels = FR_LABELS_RANDOM, .points = points, .units = units, .point_count = 2, .unit_count = 3};
    compare(&p, &m, 0, 12, &t, "little memory");
    cuda->close(on_cuda);
    on_cuda = open_on(cuda, 1000); /* not one slot */
    compare(&p, &m, 0, 2, &t, "no memory");
    cuda->close(on_cuda);
    on_cuda = kept;
    say("little memory", &t);
}

static void test_refusals(void) {
    const int64_t points[2] = {3, 2}, units[1] = {4};
    const fr_problem p = {.points = 3, .inputs = 2, .units = 4, .bias = 1};
    const fr_minima m = {.points = points, .units = units, .point_count = 2, .unit_count = 1};
    fr_width_bracket s[2];
    uint8_t verdicts[2];
    fr_outcome outcome;
    CHECK(cuda->minima(on_cuda, &p, &m, 0, 1, s, verdicts, &outcome) == FR_INVALID_ARGUMENT, "order");
    CHECK_WORDS(cuda->last_error(on_cuda), "points[1] is 2");
    CHECK(cuda->minima(on_cuda, &p, NULL, 0, 1, s, verdicts, &outcome) == FR_INVALID_ARGUMENT, "no question");
    CHECK(cuda->minima(on_cuda, NULL, &m, 0, 1, s, verdicts, &outcome) == FR_INVALID_ARGUMENT, "no problem");
    CHECK(cuda->minima(on_cuda, &p, &m, 0, 0, NULL, NULL, NULL) == FR_INVALID_ARGUMENT, "order, without trials");
}

/* What verdicts are about, and their proofs, are the host's. */
static void test_samples_and_proofs(void) {
    enum { n = 8, d1 = 30, z = 2 };
    const fr_problem p = {.seed = 5, .points = n, .inputs = 2, .units = d1, .bias = 1,
                          .input_distribution = FR_INPUTS_CUBE, .weight_distribution = FR_WEIGHTS_HE_UNIFORM};
    const fr_minima m = {.labels = FR_LABELS_RANDOM};
    double labels[2][n], outputs[2][d1], values[2][n] = {{0}};
    uint64_t patterns[2][d1], words[2][n * FR_LABEL_WORDS];
    int64_t units[2][n] = {{0}}, zeros[2][n * z] = {{0}}, bases[2][d1 * z] = {{0}};
    fr_minima_proof proofs[2];
    for (int side = 0; side < 2; side++) {
        const fr_backend *backend = side ? cuda : cpu;
        fr_session *session = side ? on_cuda : on_cpu;
        CHECK(backend->minima_samples(session, &p, &m, 4, labels[side], outputs[side], patterns[side]) == FR_OK, "%s",
              backend->last_error(session));
        proofs[side] = (fr_minima_proof){.ray_units = units[side], .ray_zeros = zeros[side], .labels = words[side],
                                         .values = values[side], .bases = bases[side]};
        CHECK(backend->minima_proof(session, &p, &m, 4, &proofs[side]) == FR_OK, "%s", backend->last_error(session));
    }
    CHECK(memcmp(labels[0], labels[1], sizeof labels[0]) == 0 &&
              memcmp(outputs[0], outputs[1], sizeof outputs[0]) == 0 &&
              memcmp(patterns[0], patterns[1], sizeof patterns[0]) == 0,
          "samples");
    CHECK(proofs[0].verdict == proofs[1].verdict && proofs[0].rays == proofs[1].rays && proofs[0].rays > 0, "proofs");
    CHECK(memcmp(values[0], values[1], sizeof values[0]) == 0 && memcmp(zeros[0], zeros[1], sizeof zeros[0]) == 0 &&
              memcmp(bases[0], bases[1], sizeof bases[0]) == 0, "their numbers");
}

int main(int count, char **arguments) {
    cpu = fullrank_cpu_backend_v1();
    cuda = load_library(count, arguments);
    if (cuda->minima == NULL) return puts("NOT TESTED: no minima in this library"), 0;
    on_cpu = open_session(0, 0);
    on_cuda = open_on(cuda, 0);
    test_refusals();
    test_samples_and_proofs();
    test_drawn();
    test_degenerate();
    test_given_regions();
    test_many_dimensions();
    test_little_memory();
    test_larger();
    cuda->close(on_cuda);
    cpu->close(on_cpu);
    return check_report();
}
