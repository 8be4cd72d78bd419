/* Random problems for tests of column profiles. Two sixths of the cases each: drawn inputs; small whole numbers (points
 * that coincide, or lie in planes); multiples of one of the small primes, or both. Patterns drawn from weights, or each
 * bit alone. */
#ifndef FR_TESTS_COLUMN_CASES_H
#define FR_TESTS_COLUMN_CASES_H

#include "proof_engine.h"
#include "support/check.h"

typedef struct test_case {
    fr_problem problem;
    double *inputs;
} test_case;

static inline test_case random_case(int64_t most_points) {
    test_case c;
    memset(&c, 0, sizeof c);
    fr_problem *p = &c.problem;
    p->seed = random_bits();
    p->bias = (int32_t)(random_bits() % 4 != 0);
    p->inputs = 3 + (int64_t)(random_bits() % (random_bits() % 8 ? 12 : 60));
    p->points = 8 + (int64_t)(random_bits() % (uint64_t)most_points);
    const int64_t k = p->inputs + p->bias;
    p->units = (int64_t)(random_bits() % (uint64_t)(4 * p->points / k + 4));
    if (random_bits() % 3 == 0) p->units = 100000;
    const fr_weights weights[] = {FR_WEIGHTS_UNIFORM, FR_WEIGHTS_HE_UNIFORM, FR_WEIGHTS_NORMAL, FR_WEIGHTS_BERNOULLI};
    p->weight_distribution = weights[random_bits() % 4];
    p->input_distribution = (fr_inputs)(random_bits() % 3);
    const int kind = (int)(random_bits() % 6);
    c.inputs = (double *)malloc((size_t)(p->points * p->inputs) * sizeof(double));
    if (kind < 3) return c;
    p->input_distribution = FR_INPUTS_GIVEN;
    p->given_inputs = c.inputs;
    /* Of points that coincide full rank is never reached: a short network then, or each of 100,000 units is drawn. */
    if (p->units == 100000) p->units = 40;
    static const int scale[] = {1, FR_BYTES_PRIME, FR_BYTES_PRIME * FR_BYTES_SECOND_PRIME};
    for (int64_t i = 0; i < p->points * p->inputs; i++) {
        const int64_t range = kind == 3 ? 2 : 1000;
        c.inputs[i] = (double)((int64_t)(random_bits() % (uint64_t)(2 * range + 1)) - range) * scale[kind - 3];
    }
    return c;
}

#endif
