/* Rays on demand against the region's own linear program (n d1 constraints, by GLPK), against the closed form of one
 * input, and what must always hold: the bracket, a region's own network, repeats, few points. */
#include "minima/line/line.h"
#include "minima/linear_program.h"
#include "minima/region/region_state.h"
#include "support/sessions.h"

static fr_session *session;
static const fr_backend *cpu;

static void test_against_the_program(void) {
    int64_t compared = 0, feasible = 0, undecided = 0;
    for (uint64_t turn = 0; turn < 600; turn++) {
        check_seed = 300 + turn;
        const int64_t d0 = 1 + (int64_t)(random_bits() % 4), n = 1 + (int64_t)(random_bits() % 12);
        const int64_t d1 = 1 + (int64_t)(random_bits() % 24);
        const int bias = d0 == 1 ? 0 : (int)(random_bits() % 2);
        fr_problem p = {.seed = check_seed, .points = n, .inputs = d0, .units = d1, .bias = bias,
                        .input_distribution = FR_INPUTS_CUBE, .weight_distribution = FR_WEIGHTS_HE_UNIFORM};
        int64_t units[32];
        for (int64_t i = 0; i < d1; i++) units[i] = i + 1;
        const fr_minima m = {.labels = (fr_labels)(2 * (random_bits() % 2)), .outputs = (fr_outputs)(random_bits() % 2),
                             .points = &n, .units = units, .point_count = 1, .unit_count = d1};
        uint8_t verdicts[32];
        fr_width_bracket s;
        fr_outcome outcome;
        CHECK(cpu->minima(session, &p, &m, turn, 1, &s, verdicts, &outcome) == FR_OK, "%s", cpu->last_error(session));
        double x[64], y[16], v[32];
        uint64_t patterns[32];
        cpu->sample_inputs(session, &p, turn, x);
        CHECK(cpu->minima_samples(session, &p, &m, turn, y, v, patterns) == FR_OK, "samples");
        for (int64_t w = 1; w <= d1; w++) {
            undecided += verdicts[w - 1] == FR_UNDECIDED;
            if (w != d1 && w != s.infeasible && w != s.feasible) continue;
            const minima_program program = {.n = n, .d0 = d0, .d1 = w, .bias = bias, .x = x, .y = y, .v = v,
                                            .patterns = patterns, .words = 1};
            const int answer = minima_program_feasible(&program);
            if (answer < 0 || verdicts[w - 1] == FR_UNDECIDED) continue;
            compared++;
            feasible += answer;
            CHECK(answer == (verdicts[w - 1] == FR_FEASIBLE), "d0 %d, bias %d, n %d, width %d: program %d", (int)d0,
                  bias, (int)n, (int)w, answer);
        }
    }
    CHECK(undecided == 0, "%d widths undecided", (int)undecided);
    printf("linear programs: %d compared, %d feasible, %d widths undecided\n", (int)compared, (int)feasible,
           (int)undecided);
}

/* k = 2 by rays on demand: the closed form knows. */
static void test_against_the_closed_form(void) {
    int64_t undecided = 0, decided = 0;
    for (uint64_t trial = 0; trial < 60; trial++) {
        const int64_t n = 2 + (int64_t)(trial % 30), d1 = 150;
        const fr_problem p = {.seed = 9, .points = n, .inputs = 1, .units = d1, .bias = 1,
                              .input_distribution = FR_INPUTS_CUBE, .weight_distribution = FR_WEIGHTS_HE_UNIFORM};
        const fr_minima m = {.labels = FR_LABELS_RANDOM};
        fr_minima_data data;
        fr_line line;
        fr_region *region = fr_region_create(&p);
        CHECK(fr_minima_data_create(&data, fr_isa_best(), &p, &m, true) && fr_line_create(&line, n) && region,
              "memory");
        fr_minima_data_begin(&data, trial, 0);
        fr_line_begin(&line, &data, n);
        fr_line_units(&line, &data, d1);
        for (int64_t width = 4; width <= d1; width += 7) {
            fr_region_begin(region, &data, n);
            const fr_verdict verdict = fr_region_decide(region, width);
            if (verdict == FR_UNDECIDED) {
                undecided++;
                continue;
            }
            decided++;
            CHECK((verdict == FR_FEASIBLE) == fr_line_is_feasible(&line, width), "n %d, width %d: %d", (int)n,
                  (int)width, verdict);
        }
        fr_region_begin(region, &data, n);
        const fr_width_bracket a = fr_region_width_bracket(region, -1, d1), b = fr_line_width_bracket(&line, d1);
        CHECK(a.infeasible <= b.infeasible && (a.feasible < 0 || b.feasible <= a.feasible),
              "bracket %d %d, closed form %d %d", (int)a.infeasible, (int)a.feasible, (int)b.infeasible,
              (int)b.feasible);
        fr_region_destroy(region);
        fr_line_destroy(&line);
        fr_minima_data_destroy(&data);
    }
    CHECK(undecided == 0, "%d undecided", (int)undecided);
    printf("closed form: %d agree, %d undecided\n", (int)decided, (int)undecided);
}

/* Labels that the region's own network makes, rounded: its parameters lie inside the region, so where the Jacobian has
 * full rank all labels near by are made there, too. */
static void test_own_network(void) {
    int feasible = 0;
    for (uint64_t turn = 0; turn < 60; turn++) {
        const int64_t d0 = 1 + (int64_t)(turn % 5), n = 6 + (int64_t)(turn % 15), d1 = 12 * n / d0;
        const fr_problem p = {.seed = turn, .points = n, .inputs = d0, .units = d1, .bias = 1,
                              .input_distribution = FR_INPUTS_NORMAL, .weight_distribution = FR_WEIGHTS_HE_UNIFORM};
        double x[128], w[2048], b[512], v[512], y[32] = {0};
        cpu->sample_inputs(session, &p, 0, x);
        cpu->sample_weights(session, &p, 0, 0, d1, w, b);
        for (int64_t i = 0; i < d1; i++) {
            v[i] = random_unit();
            for (int64_t j = 0; j < n; j++) {
                double z = b[i];
                for (int64_t c = 0; c < d0; c++) z += w[i * d0 + c] * x[j * d0 + c];
                y[j] += z > 0 ? v[i] * z : 0;
            }
        }
        int64_t pivots[32];
        fr_outcome outcome;
        cpu->rank_profiles(session, &p, 8388593, 0, 1, pivots, &outcome);
        bool full = true;
        for (int64_t j = 0; j < n; j++) full &= pivots[j] >= 0;
        const fr_minima m = {.labels = FR_LABELS_GIVEN, .outputs = FR_OUTPUTS_GIVEN, .given_labels = y,
                             .given_outputs = v, .points = &n, .units = &d1, .point_count = 1, .unit_count = 1};
        fr_width_bracket s;
        uint8_t verdict;
        CHECK(cpu->minima(session, &p, &m, 0, 1, &s, &verdict, &outcome) == FR_OK, "%s", cpu->last_error(session));
        if (!full) continue;
        CHECK(verdict == FR_FEASIBLE, "d0 %d, n %d: the region's own labels", (int)d0, (int)n);
        feasible += verdict == FR_FEASIBLE;
    }
    CHECK(feasible > 40, "only %d of 60 shown to be feasible", feasible);
}

/* From no rays at all in exact arithmetic: the same verdicts as from floating point with bounds. */
static void test_exact_alone(void) {
    int64_t feasible = 0;
    for (uint64_t trial = 0; trial < 120; trial++) {
        const int64_t n = 2 + (int64_t)(trial % 13), d0 = 1 + (int64_t)(trial % 4), d1 = 4 + 3 * n;
        const fr_problem p = {.seed = 17, .points = n, .inputs = d0, .units = d1, .bias = 1,
                              .input_distribution = FR_INPUTS_CUBE, .weight_distribution = FR_WEIGHTS_HE_UNIFORM};
        const fr_minima m = {.labels = (fr_labels)(trial % 3), .teacher = FR_WEIGHTS_HE_UNIFORM};
        fr_minima_data data;
        fr_region *region = fr_region_create(&p);
        CHECK(fr_minima_data_create(&data, fr_isa_best(), &p, &m, true) && region, "memory");
        fr_minima_data_begin(&data, trial, 0);
        for (int64_t width = 2; n > d0 && width <= d1; width += 5) {
            fr_minima_data_teach(&data, width);
            fr_region_begin(region, &data, n);
            const fr_verdict exact = fr_region_decide_exactly(region, width);
            fr_region_begin(region, &data, n);
            const fr_verdict verdict = fr_region_decide(region, width);
            CHECK(exact == verdict && exact != FR_UNDECIDED, "trial %d, n %d, width %d: %d, exactly %d", (int)trial,
                  (int)n, (int)width, verdict, exact);
            feasible += exact == FR_FEASIBLE;
        }
        fr_region_destroy(region);
        fr_minima_data_destroy(&data);
    }
    CHECK(feasible > 100, "only %d feasible", (int)feasible);
}

/* Small whole numbers: many points on one hyperplane, equal points, labels that lie on the
 * border of the sum of cones. */
static void test_degenerate(void) {
    int64_t compared = 0, undecided = 0, all = 0;
    for (uint64_t turn = 0; turn < 400; turn++) {
        check_seed = 5000 + turn;
        const int64_t d0 = 2 + (int64_t)(turn % 2), n = d0 + 2 + (int64_t)(random_bits() % 8),
                      d1 = 1 + (int64_t)(random_bits() % 14);
        double x[64], y[16], v[16], w[64], b[16];
        uint64_t patterns[16];
        for (int64_t i = 0; i < n * d0; i++) x[i] = (double)(random_bits() % 4) - 1;
        for (int64_t j = 0; j < n; j++) y[j] = (double)(random_bits() % 3) - 1;
        for (int64_t i = 0; i < d1; i++) v[i] = i % 2 ? -1 : 1;
        for (int64_t i = 0; i < d1 * d0; i++) w[i] = random_unit() - 0.5;
        for (int64_t i = 0; i < d1; i++) b[i] = random_unit() - 0.5;
        if (turn % 2) { /* what one unit makes, on its cell's border as often as not */
            for (int64_t j = 0; j < n; j++) {
                double z = (double)(turn % 3) - 1;
                for (int64_t c = 0; c < d0; c++) z += x[j * d0 + c] * (c ? 1 : -1);
                y[j] = w[0] * x[j * d0] + w[1] * x[j * d0 + 1] + b[0] > 0 && z > 0 ? z : 0;
            }
        }
        const fr_problem p = {.points = n, .inputs = d0, .units = d1, .bias = 1, .input_distribution = FR_INPUTS_GIVEN,
                              .weight_distribution = FR_WEIGHTS_GIVEN, .given_inputs = x, .given_weights = w,
                              .given_biases = b};
        const fr_minima m = {.labels = FR_LABELS_GIVEN, .given_labels = y, .points = &n, .units = &d1, .point_count = 1,
                             .unit_count = 1};
        fr_width_bracket s;
        uint8_t verdict;
        fr_outcome outcome;
        CHECK(cpu->minima(session, &p, &m, 0, 1, &s, &verdict, &outcome) == FR_OK, "%s", cpu->last_error(session));
        CHECK(cpu->minima_samples(session, &p, &m, 0, y, v, patterns) == FR_OK, "samples");
        all++;
        undecided += verdict == FR_UNDECIDED;
        const minima_program program = {.n = n, .d0 = d0, .d1 = d1, .bias = 1, .x = x, .y = y, .v = v,
                                        .patterns = patterns, .words = 1};
        const int answer = minima_program_feasible(&program);
        if (answer < 0 || verdict == FR_UNDECIDED) continue;
        compared++;
        CHECK(answer == (verdict == FR_FEASIBLE), "d0 %d, n %d, d1 %d: program %d", (int)d0, (int)n, (int)d1, answer);
    }
    printf("degenerate data: %d compared, %d of %d undecided\n", (int)compared, (int)undecided, (int)all);
    CHECK(undecided == 0, "%d of %d undecided", (int)undecided, (int)all);
}

/* The answer is a function of the arguments: not of threads, of the points asked for beside, of the order of trials. */
static void test_same_answers(void) {
    fr_session *two = open_session(2, 0);
    for (int labels = 0; labels < 3; labels++) {
        const int64_t points[3] = {4, 9, 20}, units[3] = {10, 30, 60};
        const fr_problem p = {.seed = 8, .points = 20, .inputs = 2, .units = 60, .bias = 1,
                              .input_distribution = FR_INPUTS_CUBE, .weight_distribution = FR_WEIGHTS_HE_UNIFORM};
        fr_minima m = {.labels = (fr_labels)labels, .teacher = FR_WEIGHTS_HE_UNIFORM, .points = points, .units = units,
                       .point_count = 3, .unit_count = 3};
        fr_width_bracket a[18], b[18];
        uint8_t va[54], vb[54], one[3];
        fr_outcome outcomes[6];
        CHECK(cpu->minima(session, &p, &m, 0, 6, a, va, outcomes) == FR_OK, "one thread");
        CHECK(cpu->minima(two, &p, &m, 0, 6, b, vb, outcomes) == FR_OK, "two threads");
        CHECK(memcmp(a, b, sizeof a) == 0 && memcmp(va, vb, sizeof va) == 0, "threads, labels %d", labels);
        m.points = points + 1;
        m.point_count = 1;
        for (uint64_t trial = 0; trial < 6; trial++) {
            CHECK(cpu->minima(session, &p, &m, trial, 1, b, one, outcomes) == FR_OK, "alone");
            for (int u = 0; u < 3; u++) {
                const uint8_t before = va[trial * 9 + 3 + (uint64_t)u];
                CHECK(before == one[u] || before == FR_UNDECIDED || one[u] == FR_UNDECIDED, "trial %d", (int)trial);
            }
        }
    }
    cpu->close(two);
}

/* The patterns of drawn weights, given without the weights: the same verdicts, by other rays. On points of small whole
 * numbers, too, where floating point finds no ray of some cells. */
static void test_patterns_alone(void) {
    int64_t feasible = 0, all = 0, undecided = 0;
    for (uint64_t turn = 0; turn < 160; turn++) {
        check_seed = 9000 + turn;
        const int64_t d0 = 2 + (int64_t)(turn % 4), n = d0 + (int64_t)(random_bits() % 14), d1 = 6 + 2 * n;
        double x[128];
        for (int64_t i = 0; i < n * d0; i++) x[i] = turn % 2 ? (double)(random_bits() % 4) - 1 : random_unit() - 0.5;
        int64_t units[64], points[2] = {(n + 1) / 2, n};
        for (int64_t i = 0; i < d1; i++) units[i] = i + 1;
        fr_problem p = {.seed = turn, .points = n, .inputs = d0, .units = d1, .bias = 1,
                        .input_distribution = FR_INPUTS_GIVEN, .given_inputs = x,
                        .weight_distribution = FR_WEIGHTS_HE_UNIFORM};
        fr_minima m = {.labels = (fr_labels)(turn % 3), .teacher = FR_WEIGHTS_HE_UNIFORM, .points = points,
                       .units = units, .point_count = 2, .unit_count = d1};
        fr_width_bracket a[4], b[4];
        uint8_t drawn[4 * 64], given[4 * 64];
        fr_outcome outcomes[2];
        uint64_t regions[4 * 64]; /* trial, points, unit */
        for (uint64_t trial = 0; trial < 2; trial++) {
            CHECK(cpu->activation_patterns(session, &p, trial, 0, d1, regions + (trial * 2) * (uint64_t)d1) == FR_OK,
                  "patterns");
            memcpy(regions + (trial * 2 + 1) * (uint64_t)d1, regions + trial * 2 * (uint64_t)d1, (size_t)d1 * 8);
        }
        CHECK(cpu->minima(session, &p, &m, 0, 2, a, drawn, outcomes) == FR_OK, "%s", cpu->last_error(session));
        p.weight_distribution = FR_WEIGHTS_PATTERN;
        p.given_patterns = m.given_regions = regions;
        CHECK(cpu->minima(session, &p, &m, 0, 2, b, given, outcomes) == FR_OK, "%s", cpu->last_error(session));
        for (int64_t i = 0; i < 4 * d1; i++) {
            all++;
            feasible += given[i] == FR_FEASIBLE;
            undecided += given[i] == FR_UNDECIDED;
            CHECK(drawn[i] == given[i] || drawn[i] == FR_UNDECIDED || given[i] == FR_UNDECIDED,
                  "turn %d, cell %d: %d, of weights %d", (int)turn, (int)i, given[i], drawn[i]);
        }
        /* From no rays at all, in exact arithmetic. */
        m.given_regions = NULL;
        fr_minima_data data;
        fr_region *region = fr_region_create(&p);
        CHECK(fr_minima_data_create(&data, fr_isa_best(), &p, &m, true) && region, "memory");
        fr_minima_data_begin(&data, 0, 0);
        for (int64_t width = 3; n > d0 && width <= d1; width += 7) {
            fr_minima_data_teach(&data, width);
            fr_region_begin(region, &data, n);
            if (fr_region_is_trivial(region)) continue;
            const fr_verdict exact = fr_region_decide_exactly(region, width);
            CHECK(exact == given[d1 + width - 1] || given[d1 + width - 1] == FR_UNDECIDED,
                  "turn %d, width %d: exactly %d", (int)turn, (int)width, exact);
        }
        fr_region_destroy(region);
        fr_minima_data_destroy(&data);
    }
    CHECK(feasible > all / 10 && feasible < all, "%d of %d feasible", (int)feasible, (int)all);
    CHECK(undecided * 1000 <= all, "%d of %d undecided", (int)undecided, (int)all);
    printf("patterns alone: %d verdicts, %d feasible, %d undecided\n", (int)all, (int)feasible, (int)undecided);
}

static void test_refusals(void) {
    const int64_t points[2] = {3, 2}, units[1] = {4};
    fr_problem p = {.points = 3, .inputs = 2, .units = 4, .bias = 1, .weight_distribution = FR_WEIGHTS_BERNOULLI};
    fr_minima m = {.points = points, .units = units, .point_count = 2, .unit_count = 1};
    fr_width_bracket s[2];
    uint8_t verdicts[2];
    fr_outcome outcome;
    CHECK(cpu->minima(session, &p, &m, 0, 1, s, verdicts, &outcome) == FR_UNSUPPORTED, "bits");
    p.weight_distribution = FR_WEIGHTS_UNIFORM;
    CHECK(cpu->minima(session, &p, &m, 0, 1, s, verdicts, &outcome) == FR_INVALID_ARGUMENT, "order");
    CHECK_WORDS(cpu->last_error(session), "points[1] is 2");
    m.point_count = 1;
    m.labels = FR_LABELS_GIVEN;
    CHECK(cpu->minima(session, &p, &m, 0, 1, s, verdicts, &outcome) == FR_INVALID_ARGUMENT, "no labels");
    CHECK_WORDS(cpu->last_error(session), "given_labels");
    m.labels = FR_LABELS_RANDOM;
    CHECK(cpu->minima(session, &p, NULL, 0, 1, s, verdicts, &outcome) == FR_INVALID_ARGUMENT, "no question");
    CHECK(cpu->minima(session, &p, &m, 0, 1, s, verdicts, &outcome) == FR_OK && outcome == FR_COMPUTED, "fine");
    p.inputs = 1;
    p.weight_distribution = FR_WEIGHTS_PATTERN;
    const uint64_t patterns[4] = {5, 5, 5, 5}; /* of three points: at most one other order has a step */
    const double x[3] = {1, 2, 3};
    p.given_patterns = patterns;
    p.given_inputs = x;
    p.input_distribution = FR_INPUTS_GIVEN;
    CHECK(cpu->minima(session, &p, &m, 0, 1, s, verdicts, &outcome) == FR_INVALID_ARGUMENT, "1, 0, 1");
    CHECK_WORDS(cpu->last_error(session), "no step vector");
}

int main(void) {
    cpu = fullrank_cpu_backend_v1();
    session = open_session(1, 0);
    test_refusals();
    test_same_answers();
    test_own_network();
    test_exact_alone();
    test_degenerate();
    test_patterns_alone();
    test_against_the_program();
    test_against_the_closed_form();
    cpu->close(session);
    return check_report();
}
