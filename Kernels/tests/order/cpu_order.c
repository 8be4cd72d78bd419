/* Rank profiles by order against elimination: every small case, random ones with ties, repeated points, the point 0 and
 * breaks of one orientation, drawn trials; and the theorem itself against elimination. */
#define _POSIX_C_SOURCE 200809L
#include "elimination/reference.h"
#include "order/order.h"
#include "support/instruction_sets.h"
#include "support/sessions.h"


#define MOST_POINTS 40
#define MOST_UNITS 60
typedef struct network { int64_t n, units; double x[MOST_POINTS], w[MOST_UNITS], b[MOST_UNITS]; } network;

static bool is_active(const network *t, int64_t unit, int64_t point) {
    return t->w[unit] * t->x[point] + t->b[unit] > 0;
}

static void by_elimination(const network *t, int64_t *pivots) {
    double *jacobian = malloc((size_t)(t->n * t->units * 2 + 1) * sizeof *jacobian);
    for (int64_t j = 0; j < t->n; j++)
        for (int64_t u = 0; u < t->units; u++) {
            jacobian[(j * t->units + u) * 2] = is_active(t, u, j) ? t->x[j] : 0;
            jacobian[(j * t->units + u) * 2 + 1] = is_active(t, u, j);
        }
    reference_profile(jacobian, t->n, t->units * 2, 8388593, pivots);
    free(jacobian);
}

static void check_network(fr_session *session, const network *t, const char *words) {
    const fr_problem p = {.points = t->n, .inputs = 1, .units = t->units, .bias = 1,
                          .input_distribution = FR_INPUTS_GIVEN, .weight_distribution = FR_WEIGHTS_GIVEN,
                          .given_inputs = t->x, .given_weights = t->w, .given_biases = t->b};
    int64_t expected[MOST_POINTS], pivots[MOST_POINTS];
    fr_outcome outcome;
    by_elimination(t, expected);
    const fr_status status = fr_order_profiles(session, &p, 0, 1, pivots, &outcome);
    const bool same = status == FR_OK && memcmp(pivots, expected, (size_t)t->n * sizeof *pivots) == 0;
    CHECK(same, "%s: n %lld, %lld units", words, (long long)t->n, (long long)t->units);
    if (same) return;
    for (int64_t j = 0; j < t->n; j++)
        printf("x %g: %lld, not %lld\n", t->x[j], (long long)pivots[j], (long long)expected[j]);
    for (int64_t u = 0; u < t->units; u++) printf("w %g b %g\n", t->w[u], t->b[u]);
}

/* Every choice of points among -1, 0, 1, 2 and of units among those that break between or at them. */
static void test_every_small_case(fr_session *session) {
    static const int64_t shapes[][2] = {{1, 4}, {2, 4}, {3, 4}, {4, 3}};
    for (size_t shape = 0; shape < sizeof shapes / sizeof *shapes; shape++) {
        network t = {.n = shapes[shape][0], .units = shapes[shape][1]};
        const int64_t kinds = 2 * (t.n < 4 ? 5 : 4);
        int64_t points = 1, units = 1;
        for (int64_t j = 0; j < t.n; j++) points *= 4;
        for (int64_t u = 0; u < t.units; u++) units *= kinds;
        for (int64_t i = 0; i < points; i++) {
            for (int64_t j = 0, rest = i; j < t.n; j++, rest /= 4) t.x[j] = (double)(rest % 4 - 1);
            for (int64_t c = 0; c < units; c++) {
                for (int64_t u = 0, rest = c; u < t.units; u++, rest /= kinds) {
                    t.w[u] = rest % 2 ? 1 : -1;
                    t.b[u] = -t.w[u] * ((double)(rest % kinds / 2) - 1.5);
                }
                check_network(session, &t, "small");
                if (check_failed > 3) return;
            }
        }
    }
}

static void test_random_cases(fr_session *session) {
    for (uint64_t round = 0; round < 40000 && check_failed < 4; round++) {
        check_seed = round;
        network t = {.n = 1 + (int64_t)(random_bits() % 12), .units = (int64_t)(random_bits() % 40)};
        if (round % 50 == 0) t.n = MOST_POINTS;
        const bool whole = random_bits() % 2; /* ties, repeated points, the point 0 */
        const uint64_t turns = (uint64_t[]){2, 2, 10, 60}[random_bits() % 4]; /* one unit of so many falls */
        for (int64_t j = 0; j < t.n; j++)
            t.x[j] = whole ? (double)((int64_t)(random_bits() % 15) - 7) : 4 * random_unit();
        for (int64_t u = 0; u < t.units; u++) {
            t.w[u] = random_bits() % turns ? 1 : -1;
            t.b[u] = whole ? (double)((int64_t)(random_bits() % 31) - 15) / 2 : 4 * random_unit();
            if (random_bits() % 40 == 0) t.w[u] = 0;
        }
        check_network(session, &t, "random");
    }
}

/* The theorem for the first n' points and t units, said plainly. */
static int64_t rank_by_theorem(const network *t, int64_t points, int64_t units) {
    double x[MOST_POINTS];
    int64_t g = 0;
    for (int64_t j = 0; j < points; j++) {
        int64_t at = 0;
        while (at < g && x[at] < t->x[j]) at++;
        if (at < g && x[at] == t->x[j]) continue;
        memmove(x + at + 1, x + at, (size_t)(g - at) * sizeof *x);
        x[at] = t->x[j];
        g++;
    }
    bool rises[MOST_POINTS + 1] = {false}, falls[MOST_POINTS + 1] = {false}, all_ones = false;
    for (int64_t u = 0; u < units; u++) {
        int64_t active = 0, gap = 0;
        for (int64_t i = 0; i < g; i++) active += t->w[u] * x[i] + t->b[u] > 0;
        if (active == g && g > 0) all_ones = true;
        if (active == g || active == 0) continue;
        gap = t->w[u] > 0 ? g - active : active;
        (t->w[u] > 0 ? rises : falls)[gap] = true;
    }
    int64_t sum = 0, missing = 0, begin = 0;
    bool left_rises = false;
    for (int64_t m = 1; m <= g; m++) {
        all_ones = all_ones || (m < g && rises[m] && falls[m]);
        if (m < g && !rises[m] && !falls[m]) continue;
        const int64_t size = m - begin < 2 ? m - begin : 2;
        const bool right_rises = m == g || rises[m];
        sum += size;
        if (left_rises != right_rises) missing += 2 - size;
        left_rises = right_rises;
        begin = m;
    }
    return sum - (all_ones || missing > 2 || g == 0 ? 0 : 2 - missing);
}

static void test_theorem(void) {
    for (uint64_t round = 0; round < 4000; round++) {
        check_seed = round;
        network t = {.n = 1 + (int64_t)(random_bits() % 9), .units = (int64_t)(random_bits() % 16)};
        const uint64_t turns = 2 + random_bits() % 20;
        for (int64_t j = 0; j < t.n; j++) t.x[j] = (double)(random_bits() % 11) - 5;
        for (int64_t u = 0; u < t.units; u++) {
            t.w[u] = random_bits() % turns ? 1 : -1;
            t.b[u] = (double)(random_bits() % 23) / 2 - 5.5;
        }
        int64_t pivots[MOST_POINTS], wrong = 0;
        by_elimination(&t, pivots);
        for (int64_t n = 0; n <= t.n; n++)
            for (int64_t units = 0; units <= t.units; units++) {
                int64_t rank = 0;
                for (int64_t j = 0; j < n; j++) rank += pivots[j] >= 0 && pivots[j] < 2 * units;
                wrong += rank != rank_by_theorem(&t, n, units);
            }
        CHECK(wrong == 0, "%lld cells of n %lld, %lld units", (long long)wrong, (long long)t.n, (long long)t.units);
    }
}

/* Drawn trials through the table, with and without the path. */
static void test_drawn_trials(void) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    enum { trials = 100, rounds = 100, most = 120 };
    static int64_t pivots[2][trials * most];
    fr_outcome outcomes[trials];
    double given[most];
    int64_t reached = 0, short_of = 0;
    for (int round = 0; round < rounds; round++) {
        check_seed = (uint64_t)round;
        fr_problem p = {.seed = random_bits(), .inputs = 1, .bias = 1};
        p.points = (int64_t)(random_bits() % (round % 10 ? 30 : most));
        p.units = (int64_t)(random_bits() % (random_bits() % 2 ? 100 : 3000));
        p.input_distribution = (fr_inputs)(random_bits() % 4);
        p.weight_distribution = (fr_weights[]){FR_WEIGHTS_UNIFORM, FR_WEIGHTS_HE_UNIFORM, FR_WEIGHTS_NORMAL,
                                               FR_WEIGHTS_STEPS}[random_bits() % 4];
        for (int64_t j = 0; j < p.points; j++) given[j] = (double)((int64_t)(random_bits() % 4000) - 2000) / 1000;
        if (p.points > 1 && round % 2) given[random_bits() % (uint64_t)p.points] = -0.0;
        if (p.input_distribution == FR_INPUTS_GIVEN) p.given_inputs = given;
        setenv("FULLRANK_ISA", instruction_set_of(round), 1);
        for (int way = 0; way < 2; way++) {
            setenv("FULLRANK_ORDER", way ? "1" : "0", 1);
            fr_session *session = open_session(1 + round % 3, 0);
            CHECK(cpu->rank_profiles(session, &p, 8388593, 5, trials, pivots[way], outcomes) == FR_OK, "drawn");
            for (int t = 0; t < trials; t++) CHECK(outcomes[t] == FR_COMPUTED, "trial %d", t);
            cpu->close(session);
        }
        const size_t bytes = (size_t)(trials * p.points) * sizeof(int64_t);
        CHECK(memcmp(pivots[0], pivots[1], bytes) == 0, "n %lld d1 %lld inputs %d weights %d", (long long)p.points,
              (long long)p.units, (int)p.input_distribution, (int)p.weight_distribution);
        for (int64_t i = 0; i < trials * p.points; i++) *(pivots[1][i] >= 0 ? &reached : &short_of) += 1;
    }
    unsetenv("FULLRANK_ORDER");
    unsetenv("FULLRANK_ISA");
    CHECK(reached > 10000 && short_of > 10000, "%lld rows with pivots, %lld without", (long long)reached,
          (long long)short_of);
}

/* Large trials: cells are screened, a trial is split over threads. */
static void test_large_trials(void) {
    enum { n = 30000, trials = 2 };
    fr_problem p = {.seed = 4, .points = n, .inputs = 1, .units = INT32_MAX, .bias = 1};
    int64_t *pivots[2];
    fr_outcome outcomes[trials];
    for (int i = 0; i < 2; i++) pivots[i] = malloc(trials * n * sizeof(int64_t));
    for (int kind = 0; kind < 2; kind++) {
        p.weight_distribution = kind ? FR_WEIGHTS_STEPS : FR_WEIGHTS_UNIFORM;
        if (kind) p.units = 2000000;
        for (int way = 0; way < 2; way++) {
            fr_session *session = open_session(way ? 3 : 1, 0);
            CHECK(fr_order_profiles(session, &p, 0, way ? trials : 1, pivots[way], outcomes) == FR_OK, "large");
            fullrank_cpu_backend_v1()->close(session);
        }
        CHECK(memcmp(pivots[0], pivots[1], n * sizeof(int64_t)) == 0, "threads, kind %d", kind);
        int64_t missing = 0;
        for (int64_t j = 0; j < n; j++) missing += pivots[0][j] < 0;
        CHECK(kind || missing == 0, "%lld rows without a pivot", (long long)missing);
    }
    for (int i = 0; i < 2; i++) free(pivots[i]);
}

/* Against the plain function, with numbers that are not finite too. */
static void test_screen(void) {
    enum { count = 1000, cells = 256 };
    static double w[count + FR_DRAW_ROWS], b[count + FR_DRAW_ROWS];
    static int32_t out[count + FR_DRAW_ROWS];
    uint64_t wanted[cells / 64];
    for (size_t set = 0; set < INSTRUCTION_SETS; set++) {
        const fr_isa *isa = fr_isa_named(instruction_sets[set]);
        if (!isa) continue;
        for (int round = 0; round < 200; round++) {
            check_seed = (uint64_t)round;
            for (int i = 0; i < count; i++) w[i] = random_unit(), b[i] = random_unit();
            for (int i = 0; i < 20; i++) w[random_bits() % count] = 0, b[random_bits() % count] = 0;
            for (int i = 0; i < cells / 64; i++) wanted[i] = random_bits() & random_bits();
            const int64_t some = (int64_t)(random_bits() % (count + 1));
            const double origin = random_unit(), scale = round % 10 ? 100 : INFINITY;
            const int64_t kept = isa->screen_breaks(some, w, b, origin, scale, cells - 1, wanted, out);
            int64_t expected = 0, wrong = 0;
            for (int64_t i = 0; i < some; i++) {
                const uint32_t cell = fr_break_cell(-(b[i] / w[i]), origin, scale, cells - 1);
                if (!(wanted[cell >> 6] >> (cell & 63) & 1)) continue;
                wrong += expected >= kept || out[expected] != i;
                expected++;
            }
            CHECK(kept == expected && wrong == 0, "%s: %lld kept, not %lld", isa->name, (long long)kept,
                  (long long)expected);
        }
    }
}

int main(void) {
    fr_session *session = open_session(1, 0);
    test_theorem();
    test_every_small_case(session);
    test_random_cases(session);
    fullrank_cpu_backend_v1()->close(session);
    test_screen();
    test_drawn_trials();
    test_large_trials();
    return check_report();
}
