/* Sampling and activation patterns of one trial. Inputs are drawn a pair of coordinates at a time over all points,
 * weights a pair over a batch of units, so that the generator runs in full vectors. */
#include "trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exact_sign.h"
#include "sampling.h"

bool fr_trial_create(fr_trial *t, const fr_isa *isa, const fr_problem *problem) {
    memset(t, 0, sizeof *t);
    t->isa = isa;
    t->problem = problem;
    t->words = (problem->points + 63) / 64;
    t->ldx = 64 * t->words;
    t->draws_capacity = t->ldx > FR_UNIT_BATCH ? t->ldx : FR_UNIT_BATCH;
    /* One spare element keeps empty shapes from asking for nothing. */
    t->x = calloc((size_t)t->ldx * (size_t)problem->inputs + 1, sizeof(double));
    t->xnorm = calloc((size_t)t->ldx + 1, sizeof(double));
    t->draws = calloc(2 * (size_t)t->draws_capacity, sizeof(double));
    t->spare = calloc((size_t)t->words + 1, sizeof(uint64_t));
    return t->x && t->xnorm && t->draws && t->spare;
}

void fr_trial_destroy(fr_trial *t) {
    free(t->x);
    free(t->xnorm);
    free(t->draws);
    free(t->spare);
}

static void draw_inputs(fr_trial *t) {
    const fr_problem *p = t->problem;
    fr_distribution distribution = FR_DRAW_NORMAL;
    if (p->input_distribution == FR_INPUTS_UNIFORM) distribution = FR_DRAW_UNIFORM;
    if (p->input_distribution == FR_INPUTS_CUBE) distribution = FR_DRAW_SYMMETRIC;
    for (int64_t c = 0; c < p->inputs; c += 2) {
        double *second = c + 1 < p->inputs ? t->x + (c + 1) * t->ldx : t->draws;
        t->isa->draw(distribution, 1.0, p->seed, t->number, FR_STREAM_INPUTS, 0, p->points, (uint32_t)(c / 2),
                     t->x + c * t->ldx, second);
    }
}

static void copy_inputs(fr_trial *t) {
    const fr_problem *p = t->problem;
    for (int64_t j = 0; j < p->points; j++)
        for (int64_t c = 0; c < p->inputs; c++) t->x[c * t->ldx + j] = p->given_inputs[j * p->inputs + c];
}

void fr_trial_begin(fr_trial *t, uint64_t number) {
    t->number = number;
    if (t->problem->input_distribution == FR_INPUTS_GIVEN) {
        copy_inputs(t);
    } else {
        draw_inputs(t);
    }
    memset(t->xnorm, 0, (size_t)t->ldx * sizeof(double));
    for (int64_t c = 0; c < t->problem->inputs; c++) {
        const double *x = t->x + c * t->ldx;
        for (int64_t j = 0; j < t->ldx; j++) {
            const double size = fabs(x[j]);
            t->xnorm[j] = size > t->xnorm[j] ? size : t->xnorm[j];
        }
    }
}

void fr_trial_weights(fr_trial *t, int64_t first_unit, int64_t units, double *weights, double *biases) {
    const fr_problem *p = t->problem;
    const int64_t d0 = p->inputs;
    if (p->weight_distribution == FR_WEIGHTS_GIVEN) {
        memcpy(weights, p->given_weights + first_unit * d0, (size_t)(units * d0) * sizeof(double));
        for (int64_t u = 0; u < units; u++) biases[u] = p->bias ? p->given_biases[first_unit + u] : 0.0;
        return;
    }
    const fr_distribution distribution =
        p->weight_distribution == FR_WEIGHTS_NORMAL ? FR_DRAW_NORMAL : FR_DRAW_SYMMETRIC;
    const double bound = fr_weight_bound(d0, p->weight_distribution == FR_WEIGHTS_HE_UNIFORM);
    double *first = t->draws, *second = t->draws + t->draws_capacity;
    for (int64_t c = 0; c < d0; c += 2) {
        t->isa->draw(distribution, bound, p->seed, t->number, FR_STREAM_WEIGHTS, (uint32_t)first_unit, units,
                     (uint32_t)(c / 2), first, second);
        for (int64_t u = 0; u < units; u++) {
            weights[u * d0 + c] = first[u];
            if (c + 1 < d0) weights[u * d0 + c + 1] = second[u];
        }
    }
    if (p->bias) {
        t->isa->draw(distribution, bound, p->seed, t->number, FR_STREAM_BIASES, (uint32_t)first_unit, units, 0, biases,
                     second);
    } else {
        memset(biases, 0, (size_t)units * sizeof(double));
    }
}

/* Decides the doubtful points of one unit's 64, exactly. */
static uint64_t settle(const fr_trial *t, const double *w, double bias, int64_t word, uint64_t bits,
                       uint64_t doubtful) {
    for (; doubtful; doubtful &= doubtful - 1) {
        const int bit = __builtin_ctzll(doubtful);
        const int64_t j = 64 * word + bit;
        if (j >= t->problem->points) break;
        const int sign = fr_exact_sign(w, t->x + j, t->ldx, t->problem->inputs, bias);
        bits = (bits & ~(UINT64_C(1) << bit)) | (uint64_t)(sign > 0) << bit;
    }
    return bits;
}

/* The patterns of FR_SIGN_UNITS units. */
static void signs_of_units(fr_trial *t, const double *weights, const double *biases, uint64_t *const *patterns) {
    const int64_t d0 = t->problem->inputs;
    const double slack = fr_sign_slack(d0), tiny = fr_sign_tiny(d0);
    double wnorms[FR_SIGN_UNITS] = {0};
    for (int64_t c = 0; c < d0; c++)
        for (int u = 0; u < FR_SIGN_UNITS; u++) wnorms[u] += fabs(weights[u * d0 + c]);
    for (int64_t word = 0; word < t->words; word++) {
        uint64_t positive[FR_SIGN_UNITS], doubtful[FR_SIGN_UNITS];
        t->isa->signs(d0, weights, biases, wnorms, t->x + 64 * word, t->ldx, t->xnorm + 64 * word, slack, tiny,
                      positive, doubtful);
        for (int u = 0; u < FR_SIGN_UNITS; u++)
            patterns[u][word] = settle(t, weights + u * d0, biases[u], word, positive[u], doubtful[u]);
    }
}

/* Bits beyond the last point. */
static void clear_unused(const fr_trial *t, int64_t units, uint64_t *patterns) {
    const int used = (int)(t->problem->points & 63);
    if (used && t->words)
        for (int64_t u = 0; u < units; u++)
            patterns[u * t->words + t->words - 1] &= (UINT64_C(1) << used) - 1;
}

void fr_trial_signs(fr_trial *t, int64_t units, const double *weights, const double *biases, uint64_t *patterns) {
    for (int64_t u = 0; u < units; u += FR_SIGN_UNITS) {
        /* Beyond the last unit: whatever the scratch holds, into a spare row. */
        uint64_t *rows[FR_SIGN_UNITS];
        for (int64_t i = 0; i < FR_SIGN_UNITS; i++)
            rows[i] = u + i < units ? patterns + (u + i) * t->words : t->spare;
        signs_of_units(t, weights + u * t->problem->inputs, biases + u, rows);
    }
    clear_unused(t, units, patterns);
}

void fr_trial_patterns(fr_trial *t, int64_t first_unit, int64_t units, double *weights, double *biases,
                       uint64_t *patterns) {
    const fr_problem *p = t->problem;
    if (p->weight_distribution != FR_WEIGHTS_PATTERN) {
        fr_trial_weights(t, first_unit, units, weights, biases);
        fr_trial_signs(t, units, weights, biases, patterns);
        return;
    }
    memcpy(patterns, p->given_patterns + first_unit * t->words, (size_t)(units * t->words) * sizeof(uint64_t));
    clear_unused(t, units, patterns);
}
