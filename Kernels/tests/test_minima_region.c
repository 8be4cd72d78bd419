/* Rays on demand against the region's own linear program (n d1 constraints, by GLPK), against the closed form of one
 * input, and what must always hold: the staircase, a region's own network, repeats, few points. */
#include "minima_line.h"
#include "minima_program.h"
#include "minima_region.h"
#include "sessions.h"

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
        fr_staircase s;
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
            CHECK(answer == (verdicts[w - 1] == FR_FEASIBLE), "d0 %d, bias %d, n %d, width %d: program %d", (int)d0, bias,
                  (int)n, (int)w, answer);
        }
    }
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
        CHECK(fr_minima_data_create(&data, fr_isa_best(), &p, &m, true) && fr_line_create(&line, n) && region, "memory");
        fr_minima_data_begin(&data, trial);
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
        const fr_staircase a = fr_region_staircase(region, -1, d1), b = fr_line_staircase(&line, d1);
        CHECK(a.infeasible <= b.infeasible && (a.feasible < 0 || b.feasible <= a.feasible),
              "staircase %d %d, closed form %d %d", (int)a.infeasible, (int)a.feasible, (int)b.infeasible,
              (int)b.feasible);
        fr_region_destroy(region);
        fr_line_destroy(&line);
        fr_minima_data_destroy(&data);
    }
    printf("closed form: %d agree, %d undecided\n", (int)decided, (int)undecided);
}

int main(void) {
    cpu = fullrank_cpu_backend_v1();
    session = open_session(1, 0);
    test_against_the_program();
    test_against_the_closed_form();
    cpu->close(session);
    return check_report();
}
