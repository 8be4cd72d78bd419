/* Drawn activation patterns: the bits, that they nest, that steps are uniform over the regions; ranks against counts
 * and closed forms of docs/ensembles.md. */
#include <stdbool.h>

#include "philox.h"
#include "sampling.h"
#include "support/sessions.h"

#define P 8388593
#define TRIALS 100000

static const fr_backend *cpu;
static fr_session *session;

static void bits_are_those_of_the_contract(void) {
    const fr_problem p = {.seed = 77, .points = 300, .inputs = 1, .units = 40, .bias = 1,
                          .weight_distribution = FR_WEIGHTS_BERNOULLI};
    const uint64_t trial = (UINT64_C(1) << 40) + 9;
    uint64_t patterns[40 * 5], part[7 * 3];
    CHECK(cpu->activation_patterns(session, &p, trial, 0, 40, patterns) == FR_OK, "call");
    int64_t ones = 0;
    for (uint32_t u = 0; u < 40; u++)
        for (uint32_t j = 0; j < 320; j++) {
            uint32_t w[4] = {j / 128, u, (uint32_t)trial, (uint32_t)(trial >> 32) << 8 | 5};
            fr_philox4x32_10(&w[0], &w[1], &w[2], &w[3], 77, 0);
            const uint64_t expected = j < 300 ? w[j % 128 / 32] >> (j % 32) & 1 : 0;
            ones += (int64_t)expected;
            CHECK((patterns[u * 5 + j / 64] >> (j % 64) & 1) == expected, "unit %u, point %u", u, j);
        }
    CHECK(ones > 5700 && ones < 6300, "%lld ones of 12000", (long long)ones);
    fr_problem fewer = p;
    fewer.points = 130;
    CHECK(cpu->activation_patterns(session, &fewer, trial, 5, 7, part) == FR_OK, "call");
    for (int u = 0; u < 7; u++)
        for (int j = 0; j < 130; j++)
            CHECK((part[u * 3 + j / 64] >> (j % 64) & 1) == (patterns[(u + 5) * 5 + j / 64] >> (j % 64) & 1), "nested");
    double weights[40], biases[40];
    CHECK(cpu->sample_weights(session, &p, 0, 0, 40, weights, biases) == FR_INVALID_ARGUMENT, "there are no weights");
}

/* Every one of the 2n steps, equally often; points that coincide are never told apart. */
static void steps_are_uniform(void) {
    const double given[] = {0.5, -1, 0.5, 3, 2, -1, 0.25};
    const int32_t rank[] = {2, 0, 2, 4, 3, 0, 1};
    const fr_problem p = {.seed = 5, .points = 7, .inputs = 1, .units = TRIALS, .bias = 1,
                          .input_distribution = FR_INPUTS_GIVEN, .weight_distribution = FR_WEIGHTS_STEPS,
                          .given_inputs = given};
    uint64_t *patterns = calloc(TRIALS, sizeof *patterns);
    CHECK(cpu->activation_patterns(session, &p, 3, 0, TRIALS, patterns) == FR_OK, "call");
    int64_t seen[2][5] = {{0}}, unknown = 0;
    for (int u = 0; u < TRIALS; u++) {
        bool found = false;
        for (int right = 0; right < 2; right++)
            for (int m = 0; m < 5; m++) {
                uint64_t step = 0;
                for (int j = 0; j < 7; j++) step |= (uint64_t)(right ? rank[j] >= m : rank[j] < m) << j;
                if (step == patterns[u]) seen[right][m]++, found = true;
            }
        unknown += !found;
    }
    CHECK(unknown == 0, "%lld patterns are no steps", (long long)unknown);
    double chi_square = 0;
    for (int i = 0; i < 10; i++) {
        const double off = (double)seen[i / 5][i % 5] - TRIALS / 10.0;
        chi_square += off * off / (TRIALS / 10.0);
    }
    CHECK(chi_square < 33.7, "chi-square %g with 9 degrees of freedom: 33.7 is passed once in 10^4", chi_square);
    free(patterns);
}

/* Share of the trials with each rank, and whether `count` of `total` could be behind them. */
static void check_share(const fr_problem *p, int64_t rank, double probability, const char *what) {
    int64_t *pivots = calloc((size_t)(TRIALS * p->points), sizeof *pivots), hits = 0;
    fr_outcome *outcomes = calloc(TRIALS, sizeof *outcomes);
    CHECK(cpu->rank_profiles(session, p, P, 0, TRIALS, pivots, outcomes) == FR_OK, "%s", cpu->last_error(session));
    for (int64_t t = 0; t < TRIALS; t++) {
        int64_t found = 0;
        for (int64_t j = 0; j < p->points; j++) found += pivots[t * p->points + j] >= 0;
        hits += found == rank;
    }
    CHECK_NEAR((double)hits / TRIALS, probability, 4.5 * sqrt(probability * (1 - probability) / TRIALS) + 1e-12,
               "%s: rank %lld", what, (long long)rank);
    free(pivots);
    free(outcomes);
}

static void step_ranks_have_the_counts_of_the_closed_form(void) {
    static const int counts[2][4] = {{1, 6, 15, 14}, {1, 14, 57, 144}}; /* of (2n)^d1 regions, n = 3, by rank */
    for (int64_t d1 = 2; d1 <= 3; d1++)
        for (int64_t rank = 0; rank <= 3; rank++) {
            const fr_problem p = {.seed = 1, .points = 3, .inputs = 1, .units = d1, .bias = 1,
                                  .weight_distribution = FR_WEIGHTS_STEPS};
            check_share(&p, rank, counts[d1 - 2][rank] / pow(6, (double)d1), "steps");
        }
}

static void generic_patterns_have_the_closed_form(void) {
    for (int64_t n = 1; n <= 4; n++)
        for (int64_t d1 = 1; d1 <= 4; d1++) {
            const fr_problem p = {.seed = 2, .points = n, .inputs = 3, .units = d1, .bias = 1,
                                  .weight_distribution = FR_WEIGHTS_BERNOULLI};
            check_share(&p, n, pow(1 - pow(0.5, (double)d1), (double)n), "n <= k");
        }
}

static void binary_matrices_are_invertible_as_often_as_counted(void) {
    static const double invertible[] = {1, 6, 174, 22560}, ones[] = {1, 1, 1, 1};
    for (int64_t d = 1; d <= 4; d++) {
        const fr_problem p = {.seed = 3, .points = d, .inputs = 1, .units = d, .bias = 0,
                              .input_distribution = FR_INPUTS_GIVEN, .weight_distribution = FR_WEIGHTS_BERNOULLI,
                              .given_inputs = ones};
        check_share(&p, d, invertible[d - 1] / pow(2, (double)(d * d)), "binary");
    }
}

static void singular_values_see_the_same_patterns(void) {
    for (int weights = FR_WEIGHTS_BERNOULLI; weights <= FR_WEIGHTS_STEPS; weights++) {
        const fr_problem p = {.seed = 4, .points = 12, .inputs = 1, .units = 20, .bias = 1,
                              .weight_distribution = (fr_weights)weights};
        const fr_cell cells[] = {{12, 20}, {12, 9}, {5, 4}};
        int64_t pivots[20 * 12], deficient = 0;
        fr_outcome outcomes[60];
        fr_singular singular[60];
        CHECK(cpu->rank_profiles(session, &p, P, 0, 20, pivots, outcomes) == FR_OK, "exact");
        CHECK(cpu->singular_values(session, &p, FR_FLOAT64, cells, 3, 0, 20, singular, outcomes) == FR_OK, "svd");
        for (int t = 0; t < 20; t++)
            for (int c = 0; c < 3; c++) {
                int64_t rank = 0;
                for (int j = 0; j < cells[c].points; j++)
                    rank += pivots[t * 12 + j] >= 0 && pivots[t * 12 + j] < 2 * cells[c].units;
                deficient += rank < cells[c].points;
                CHECK(rank == singular[t * 3 + c].rank, "trial %d, cell %d: %lld and %lld", t, c, (long long)rank,
                      (long long)singular[t * 3 + c].rank);
            }
        CHECK(deficient > 0 && deficient < 60, "%lld deficient", (long long)deficient);
    }
}

static void steps_want_one_input_and_a_bias(void) {
    fr_problem p = {.points = 4, .inputs = 2, .units = 2, .bias = 1, .weight_distribution = FR_WEIGHTS_STEPS};
    int64_t pivots[4];
    fr_outcome outcome;
    CHECK(cpu->rank_profiles(session, &p, P, 0, 1, pivots, &outcome) == FR_INVALID_ARGUMENT, "two inputs");
    CHECK_WORDS(cpu->last_error(session), "one input and a bias");
    p.inputs = 1, p.bias = 0;
    CHECK(cpu->rank_profiles(session, &p, P, 0, 1, pivots, &outcome) == FR_INVALID_ARGUMENT, "no bias");
}

int main(void) {
    cpu = fullrank_cpu_backend_v1();
    session = open_session(2, 0);
    for (uint64_t count = 1; count < 5; count++) { /* the ends of the range */
        CHECK(fr_index_below((fr_bits){0, 0}, count) == 0, "least");
        CHECK(fr_index_below((fr_bits){UINT64_MAX, UINT64_MAX}, count) == count - 1, "most");
    }
    CHECK(fr_index_below((fr_bits){UINT64_MAX, UINT64_MAX}, UINT64_C(1) << 32) == 0xFFFFFFFFu, "most of 2^32");
    CHECK(fr_index_below((fr_bits){0, UINT64_C(1) << 63}, 7) == 3, "the middle");
    bits_are_those_of_the_contract();
    steps_are_uniform();
    step_ranks_have_the_counts_of_the_closed_form();
    generic_patterns_have_the_closed_form();
    binary_matrices_are_invertible_as_often_as_counted();
    singular_values_see_the_same_patterns();
    steps_want_one_input_and_a_bias();
    cpu->close(session);
    return check_report();
}
