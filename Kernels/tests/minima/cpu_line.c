/* The closed form for one input against the region's own linear program (n d1 constraints, by GLPK) and against exact
 * answers: constructed minima, their neighbours, ties that only exact arithmetic tells, the bracket. */
#include "numbers/bigint.h"
#include "minima/line/line.h"
#include "minima/linear_program.h"
#include "support/sessions.h"

typedef struct region {
    int64_t n, d1;
    double x[64], y[64], v[256];
    uint64_t patterns[256];
} region;

static fr_session *session;

/* What the backend says of widths 1 to d1. */
static void ask(const region *r, uint8_t *verdicts, fr_width_bracket *bracket) {
    int64_t units[256];
    for (int64_t i = 0; i < r->d1; i++) units[i] = i + 1;
    const fr_problem problem = {.points = r->n, .inputs = 1, .units = r->d1, .bias = 1,
                                .input_distribution = FR_INPUTS_GIVEN, .weight_distribution = FR_WEIGHTS_PATTERN,
                                .given_inputs = r->x, .given_patterns = r->patterns};
    const fr_minima minima = {.labels = FR_LABELS_GIVEN, .outputs = FR_OUTPUTS_GIVEN, .given_labels = r->y,
                              .given_outputs = r->v, .points = &r->n, .units = units, .point_count = 1,
                              .unit_count = r->d1};
    fr_outcome outcome;
    const fr_status status =
        fullrank_cpu_backend_v1()->minima(session, &problem, &minima, 0, 1, bracket, verdicts, &outcome);
    CHECK(status == FR_OK && outcome == FR_COMPUTED, "%s", fullrank_cpu_backend_v1()->last_error(session));
}

/* Random data; patterns are steps of them. */
static region random_region(int64_t n, int64_t d1, double scale) {
    region r = {.n = n, .d1 = d1};
    double sorted[64];
    for (int64_t j = 0; j < n; j++) sorted[j] = r.x[j] = scale ? round(random_unit() * scale) / 8 : random_unit();
    for (int64_t i = 0; i < n; i++) /* distinct, by trying again */
        for (int64_t j = 0; j < i; j++)
            if (r.x[i] == r.x[j]) {
                sorted[i] = r.x[i] = scale ? round(random_unit() * scale) / 8 : random_unit();
                j = -1;
            }
    for (int64_t i = 1; i < n; i++)
        for (int64_t j = i; j > 0 && sorted[j] < sorted[j - 1]; j--) {
            const double x = sorted[j];
            sorted[j] = sorted[j - 1];
            sorted[j - 1] = x;
        }
    for (int64_t j = 0; j < n; j++) r.y[j] = scale ? round(random_unit() * 4) : random_unit();
    for (int64_t i = 0; i < d1; i++) {
        const int64_t step = (int64_t)(random_bits() % (uint64_t)n);
        const bool rises = random_bits() % 2;
        r.v[i] = random_bits() % 2 ? 1 : -1;
        for (int64_t j = 0; j < n; j++)
            if (rises ? r.x[j] >= sorted[step] : r.x[j] < sorted[step]) r.patterns[i] |= UINT64_C(1) << j;
    }
    return r;
}

static void test_against_the_program(void) {
    int64_t decided = 0, feasible_count = 0;
    for (uint64_t turn = 0; turn < 2500; turn++) {
        check_seed = 100 + turn;
        const int64_t n = 1 + (int64_t)(random_bits() % 9), d1 = 1 + (int64_t)(random_bits() % 40);
        const bool integers = random_bits() % 2;
        const region r = random_region(n, d1, integers ? 64 : 0);
        uint8_t verdicts[256];
        fr_width_bracket s;
        ask(&r, verdicts, &s);
        for (int64_t w = 1; w < d1; w++) CHECK(verdicts[w] >= verdicts[w - 1], "feasible grows with the width");
        const int64_t widths[3] = {d1, s.infeasible, s.feasible};
        for (int i = 0; i < 3; i++) {
            const int64_t w = widths[i];
            if (w < 1) continue;
            const minima_program program = {.n = n, .d0 = 1, .d1 = w, .bias = 1, .x = r.x, .y = r.y, .v = r.v,
                                            .patterns = r.patterns, .words = 1};
            const int answer = minima_program_feasible(&program);
            if (answer < 0) continue; /* no solver, or it can't tell */
            decided++;
            feasible_count += verdicts[w - 1] == FR_FEASIBLE;
            CHECK(answer == (verdicts[w - 1] == FR_FEASIBLE), "n %d, width %d: program %d, verdict %d", (int)n, (int)w,
                  answer, verdicts[w - 1]);
        }
    }
    printf("linear programs: %d compared, %d feasible\n", (int)decided, (int)feasible_count);
}

/* Labels that a network of the region makes, exactly: always feasible; and so small a step off that no float in between
 * tells, infeasible where the region's cone is not full. */
static void test_exact_ties(void) {
    int thin = 0;
    for (uint64_t turn = 0; turn < 2000; turn++) {
        check_seed = 50000 + turn;
        const int64_t n = 2 + (int64_t)(random_bits() % 20), d1 = 1 + (int64_t)(random_bits() % 12);
        region r = random_region(n, d1, 4096);
        memset(r.y, 0, sizeof r.y);
        memset(r.patterns, 0, sizeof r.patterns);
        for (int64_t i = 0; i < d1; i++) {
            const double w = round(random_unit() * 64), b = round(random_unit() * 4096) / 8;
            r.v[i] = i % 2 ? -1 : 1;
            for (int64_t j = 0; j < n; j++) {
                const double z = w * r.x[j] + b;
                if (z <= 0) continue;
                r.y[j] += r.v[i] * z; /* exact: small integers over 8 */
                r.patterns[i] |= UINT64_C(1) << j;
            }
        }
        uint8_t verdicts[256];
        fr_width_bracket s;
        ask(&r, verdicts, &s);
        CHECK(verdicts[d1 - 1] == FR_FEASIBLE, "the teacher's own pattern, n %d, d1 %d", (int)n, (int)d1);
        if (2 * d1 >= n) continue; /* fewer parameters than points: almost every neighbour is infeasible */
        const int64_t j = (int64_t)(random_bits() % (uint64_t)n);
        r.y[j] = nextafter(r.y[j], random_unit() > 0 ? 1e9 : -1e9);
        bool seen = false;
        for (int64_t i = 0; i < d1; i++) seen |= r.patterns[i] >> j & 1;
        ask(&r, verdicts, &s);
        thin += verdicts[d1 - 1] == FR_INFEASIBLE;
        if (!seen) CHECK(verdicts[d1 - 1] == FR_INFEASIBLE, "nobody sees point %d", (int)j);
    }
    CHECK(thin > 300, "only %d neighbours were infeasible", thin);
}

static void test_few_points(void) {
    region r = {.n = 1, .d1 = 2, .x = {3}, .y = {-2}, .v = {1, -1}, .patterns = {1, 1}};
    uint8_t verdicts[2];
    fr_width_bracket s;
    ask(&r, verdicts, &s);
    CHECK(verdicts[0] == FR_INFEASIBLE && verdicts[1] == FR_FEASIBLE && s.infeasible == 1 && s.feasible == 2, "n = 1");
    r.y[0] = 0;
    ask(&r, verdicts, &s);
    CHECK(s.infeasible == -1 && s.feasible == 0 && verdicts[0] == FR_FEASIBLE, "label 0 needs no unit");
    const region same = {.n = 2, .d1 = 1, .x = {1, 1}, .y = {1, 2}, .v = {1}, .patterns = {3}};
    ask(&same, verdicts, &s);
    CHECK(s.infeasible == 1 && s.feasible == -1, "one input, two labels");
}

static void test_bigint(void) {
    for (uint64_t turn = 0; turn < 2000; turn++) {
        check_seed = 900 + turn;
        const double a = ldexp(random_unit(), (int)(random_bits() % 60)), b = ldexp(random_unit(), -20),
                     c = random_unit();
        mpz_t v[4];
        for (int i = 0; i < 4; i++) mpz_init(v[i]);
        fr_bigint_set(v[0], a, -80);
        fr_bigint_set(v[1], b, -80);
        fr_bigint_set(v[2], c, -80);
        /* (a + b) (c - a) against long products by accumulators */
        mpz_add(v[3], v[0], v[1]);
        mpz_sub(v[2], v[2], v[0]);
        mpz_mul(v[1], v[3], v[2]);
        const long double expected = ((long double)a + b) * ((long double)c - a);
        CHECK(mpz_sgn(v[1]) == (expected > 0) - (expected < 0), "sign of a product");
        uint64_t words[4] = {(uint64_t)-5, UINT64_MAX, UINT64_MAX, UINT64_MAX};
        fr_bigint_set_words(v[1], words, 4);
        CHECK(mpz_cmp_si(v[1], -5) == 0, "words of -5");
        fr_bigint_set(v[1], -0x1.8p-1073, -1074);
        CHECK(mpz_cmp_si(v[1], -3) == 0 && fr_exponent(-0x1.8p-1073) == -1074 && fr_exponent(12) == 2, "three units");
        for (int i = 0; i < 4; i++) mpz_clear(v[i]);
    }
}

int main(void) {
    session = open_session(1, 0);
    test_bigint();
    test_few_points();
    test_exact_ties();
    test_against_the_program();
    fullrank_cpu_backend_v1()->close(session);
    return check_report();
}
