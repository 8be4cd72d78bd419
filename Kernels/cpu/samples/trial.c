/* Sampling and activation patterns of one trial. */
#include "samples/trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check_arguments.h"
#include "exact_sign.h"
#include "session/memory.h"
#include "sampling.h"

/* In whole lines of the cache. */
static double *zeros(size_t count) {
    double *numbers = fr_allocate(fr_size_product(count, sizeof(double)));
    if (numbers) memset(numbers, 0, count * sizeof(double));
    return numbers;
}

bool fr_trial_create(fr_trial *t, const fr_isa *isa, const fr_problem *problem) {
    memset(t, 0, sizeof *t);
    t->isa = isa;
    t->problem = problem;
    t->words = (problem->points + 63) / 64;
    t->ldx = 64 * t->words;
    const double bytes = 8.0 * (double)t->ldx * (double)(problem->inputs + 1);
    if (!fr_memory_holds(bytes)) return false;
    /* One spare element keeps empty shapes from asking for nothing. */
    t->x = zeros((size_t)t->ldx * (size_t)problem->inputs + 1);
    t->xnorm = zeros((size_t)t->ldx + 1);
    const bool steps = problem->weight_distribution == FR_WEIGHTS_STEPS;
    if (steps) t->order = calloc(2 * (size_t)problem->points + 2, sizeof *t->order);
    if (t->order) t->groups = t->order + problem->points;
    return t->x && t->xnorm && (!steps || t->order);
}

void fr_trial_destroy(fr_trial *t) {
    free(t->x);
    free(t->xnorm);
    free(t->order);
}

static void draw_inputs(fr_trial *t) {
    const fr_problem *p = t->problem;
    fr_draw draw = {FR_DRAW_NORMAL, 1.0, p->seed, t->number, FR_STREAM_INPUTS};
    if (p->input_distribution == FR_INPUTS_UNIFORM) draw.distribution = FR_DRAW_UNIFORM;
    if (p->input_distribution == FR_INPUTS_CUBE) draw.distribution = FR_DRAW_SYMMETRIC;
    t->isa->draw_columns(&draw, p->points, p->inputs, (fr_columns){t->x, t->ldx}, t->xnorm);
}

static void copy_inputs(fr_trial *t) {
    const fr_problem *p = t->problem;
    for (int64_t j = 0; j < p->points; j++) {
        t->xnorm[j] = 0;
        for (int64_t c = 0; c < p->inputs; c++) {
            const double x = t->x[c * t->ldx + j] = p->given_inputs[j * p->inputs + c], size = fabs(x);
            t->xnorm[j] = size > t->xnorm[j] ? size : t->xnorm[j];
        }
    }
}

/* Sorts t->order by input: runs of 1, 2, 4, ... points are merged, by way of t->groups. Not qsort_r, whose arguments
 * come in another order on each system. */
static void sort_by_input(fr_trial *t) {
    const int64_t n = t->problem->points;
    for (int64_t run = 1; run < n; run *= 2) {
        for (int64_t begin = 0; begin + run < n; begin += 2 * run) {
            const int64_t end = begin + 2 * run < n ? begin + 2 * run : n;
            int64_t left = 0, right = begin + run;
            memcpy(t->groups, t->order + begin, (size_t)run * sizeof *t->order);
            for (int64_t to = begin; left < run; to++) {
                const bool takes_right = right < end && t->x[t->order[right]] < t->x[t->groups[left]];
                t->order[to] = takes_right ? t->order[right++] : t->groups[left++];
            }
        }
    }
}

/* Equal points can't be told apart: a break falls between groups of them. */
static void sort_points(fr_trial *t) {
    const int64_t n = t->problem->points;
    for (int64_t j = 0; j < n; j++) t->order[j] = (int32_t)j;
    sort_by_input(t);
    t->group_count = 0;
    for (int64_t i = 0; i < n; i++)
        if (i == 0 || t->x[t->order[i]] != t->x[t->order[i - 1]]) t->groups[t->group_count++] = (int32_t)i;
    t->groups[t->group_count] = (int32_t)n;
}

void fr_trial_begin(fr_trial *t, uint64_t number) {
    t->number = number;
    if (t->problem->input_distribution == FR_INPUTS_GIVEN) {
        copy_inputs(t);
    } else {
        draw_inputs(t);
    }
    if (t->order) sort_points(t);
}

fr_draw fr_draw_of_weights(fr_weights distribution, int64_t inputs, uint64_t seed, uint64_t trial, uint32_t stream) {
    return (fr_draw){distribution == FR_WEIGHTS_NORMAL ? FR_DRAW_NORMAL : FR_DRAW_SYMMETRIC,
                     fr_weight_bound(inputs, distribution == FR_WEIGHTS_HE_UNIFORM), seed, trial, stream};
}

void fr_trial_weights(fr_trial *t, int64_t first_unit, int64_t units, double *weights, double *biases) {
    const fr_problem *p = t->problem;
    const int64_t d0 = p->inputs;
    if (p->weight_distribution == FR_WEIGHTS_GIVEN) {
        memcpy(weights, p->given_weights + first_unit * d0, (size_t)(units * d0) * sizeof(double));
        for (int64_t u = 0; u < units; u++) biases[u] = p->bias ? p->given_biases[first_unit + u] : 0.0;
        return;
    }
    const fr_draw draw = fr_draw_of_weights(p->weight_distribution, d0, p->seed, t->number, FR_STREAM_WEIGHTS);
    t->isa->draw_rows(&draw, (uint32_t)first_unit, units, d0, weights, FR_STREAM_BIASES, p->bias ? biases : NULL);
    if (!p->bias) memset(biases, 0, (size_t)units * sizeof(double));
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

/* The patterns of the first `units` of FR_SIGN_UNITS units. */
static void signs_of_units(fr_trial *t, int64_t units, const double *weights, const double *biases,
                           uint64_t *patterns) {
    const int64_t d0 = t->problem->inputs, n = t->problem->points;
    const fr_sign_error error = {fr_sign_slack(d0), fr_sign_tiny(d0)};
    double wnorms[FR_SIGN_UNITS] = {0};
    for (int64_t c = 0; c < d0; c++)
        for (int u = 0; u < FR_SIGN_UNITS; u++) wnorms[u] += fabs(weights[u * d0 + c]);
    const fr_sign_units some = {d0, weights, biases, wnorms};
    for (int64_t word = 0; word < t->words; word++) {
        const int64_t first = FR_SIGN_POINTS * word, rest = n - first;
        const fr_sign_points points = {rest < FR_SIGN_POINTS ? rest : FR_SIGN_POINTS, {t->x + first, t->ldx},
                                       t->xnorm + first};
        fr_signs signs;
        t->isa->signs(&some, &points, error, &signs);
        for (int64_t u = 0; u < units; u++)
            patterns[u * t->words + word] =
                settle(t, weights + u * d0, biases[u], word, signs.positive[u], signs.doubtful[u]);
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
        const int64_t some = units - u < FR_SIGN_UNITS ? units - u : FR_SIGN_UNITS;
        signs_of_units(t, some, weights + u * t->problem->inputs, biases + u, patterns + u * t->words);
    }
    clear_unused(t, units, patterns);
}

static void draw_bits(const fr_trial *t, int64_t unit, uint64_t *pattern) {
    for (int64_t word = 0; word < t->words; word += 2) {
        const fr_bits bits =
            fr_raw_bits(t->problem->seed, t->number, FR_STREAM_PATTERN, (uint32_t)unit, (uint32_t)(word / 2));
        pattern[word] = bits.low;
        if (word + 1 < t->words) pattern[word + 1] = bits.high;
    }
}

/* One of the 2g step vectors of g distinct points in order: 1 before the m-th group, or 1 from it on, 0 <= m < g
 * (arXiv 2305.19510, Lemma 9; m counts from 0). */
static void draw_step(const fr_trial *t, int64_t unit, uint64_t *pattern) {
    memset(pattern, 0, (size_t)t->words * sizeof *pattern);
    const uint64_t groups = (uint64_t)t->group_count;
    if (groups == 0) return;
    const uint64_t index =
        fr_index_below(fr_raw_bits(t->problem->seed, t->number, FR_STREAM_REGION, (uint32_t)unit, 0), 2 * groups);
    const int64_t at = t->groups[index % groups];
    const int64_t begin = index < groups ? 0 : at, end = index < groups ? at : t->problem->points;
    for (int64_t i = begin; i < end; i++) pattern[t->order[i] >> 6] |= UINT64_C(1) << (t->order[i] & 63);
}

void fr_trial_patterns(fr_trial *t, int64_t first_unit, int64_t units, double *weights, double *biases,
                       uint64_t *patterns) {
    const fr_problem *p = t->problem;
    switch (p->weight_distribution) {
    case FR_WEIGHTS_PATTERN:
        memcpy(patterns, p->given_patterns + first_unit * t->words, (size_t)(units * t->words) * sizeof(uint64_t));
        break;
    case FR_WEIGHTS_BERNOULLI:
        for (int64_t u = 0; u < units; u++) draw_bits(t, first_unit + u, patterns + u * t->words);
        break;
    case FR_WEIGHTS_STEPS:
        for (int64_t u = 0; u < units; u++) draw_step(t, first_unit + u, patterns + u * t->words);
        break;
    default:
        fr_trial_weights(t, first_unit, units, weights, biases);
        fr_trial_signs(t, units, weights, biases, patterns);
        return;
    }
    clear_unused(t, units, patterns);
}
