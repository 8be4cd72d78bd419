/* Labels, output weights and patterns. docs/sampling.md, "Global minima", defines every operation. */
#include "samples/minima_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check_arguments.h"
#include "exact_sign.h"
#include "session/memory.h"
#include "sampling.h"

double fr_minima_trial_bytes(const fr_problem *p) {
    return (double)p->units * (8.0 * (double)(p->inputs + 8) + (double)p->points / 8) +
           (double)p->points * (8.0 * (double)(p->inputs + 16));
}

bool fr_minima_data_create(fr_minima_data *d, const fr_isa *isa, const fr_problem *problem, const fr_minima *minima,
                           bool keeps_weights) {
    memset(d, 0, sizeof *d);
    d->problem = problem;
    d->minima = minima;
    d->keeps_weights = keeps_weights;
    if (!fr_memory_holds(fr_minima_trial_bytes(problem))) return false;
    const size_t n = (size_t)problem->points, d1 = (size_t)problem->units, d0 = (size_t)problem->inputs;
    /* A batch of units may extend beyond the last unit. */
    const size_t held = keeps_weights ? d1 + FR_UNIT_BATCH : FR_UNIT_BATCH;
    const bool made = fr_trial_create(&d->trial, isa, problem);
    d->labels = calloc(n + 2, sizeof(double));
    d->label_errors = calloc(n + 2, sizeof(double));
    d->label_sizes = calloc(n + 2, sizeof(double));
    d->exact = calloc(fr_size_product(n + 1, FR_LABEL_WORDS), sizeof(uint64_t));
    d->outputs = calloc(d1 + FR_UNIT_BATCH, sizeof(double));
    d->patterns = calloc(fr_size_product(d1 + 1, (size_t)d->trial.words + 1), sizeof(uint64_t));
    d->steps = calloc(d1 + 2, sizeof(fr_bits));
    d->weights = calloc(fr_size_product(held, d0 + 1), sizeof(double));
    d->biases = calloc(held, sizeof(double));
    d->teacher = calloc(d0 + 1, sizeof(double));
    d->draws = calloc((n > d1 ? n : d1) + FR_UNIT_BATCH, sizeof(double));
    return made && d->labels && d->label_errors && d->label_sizes && d->exact && d->outputs && d->patterns &&
           d->steps && d->weights && d->biases && d->teacher && d->draws;
}

void fr_minima_data_destroy(fr_minima_data *d) {
    fr_trial_destroy(&d->trial);
    free(d->labels);
    free(d->label_errors);
    free(d->label_sizes);
    free(d->exact);
    free(d->outputs);
    free(d->patterns);
    free(d->steps);
    free(d->weights);
    free(d->biases);
    free(d->teacher);
    free(d->draws);
}

/* Number `column` of row 0 of the polynomial's stream, in [-1, 1). */
static double coefficient(uint64_t seed, uint64_t trial, uint32_t column) {
    const fr_pair pair =
        fr_symmetric_pair(fr_raw_pair(seed, trial, FR_STREAM_POLYNOMIAL, 0, column / 2), 1.0);
    return column % 2 ? pair.second : pair.first;
}

/* Adds the terms 1, x_0, x_1, ..., then x_c x_d for c <= d (c in the outer loop), one after the other. */
static void polynomial(fr_minima_data *d, uint64_t number) {
    const int64_t n = d->problem->points, d0 = d->problem->inputs;
    const uint64_t seed = d->problem->seed;
    const double constant = coefficient(seed, number, 0);
    for (int64_t j = 0; j < n; j++) d->labels[j] = constant;
    uint32_t column = 1;
    for (int64_t c = 0; c < d0; c++) {
        const double a = coefficient(seed, number, column++);
        for (int64_t j = 0; j < n; j++) d->labels[j] += a * fr_minima_input(d, j, c);
    }
    for (int64_t c = 0; c < d0; c++)
        for (int64_t e = c; e < d0; e++) {
            const double a = coefficient(seed, number, column++);
            for (int64_t j = 0; j < n; j++) {
                const double product = fr_minima_input(d, j, c) * fr_minima_input(d, j, e);
                d->labels[j] += a * product;
            }
        }
}

static double output(const fr_minima_data *d, uint64_t number, int64_t unit) {
    switch (d->minima->outputs) {
        case FR_OUTPUTS_GIVEN: return d->minima->given_outputs[unit];
        case FR_OUTPUTS_ALTERNATING: return unit % 2 ? -1 : 1;
        case FR_OUTPUTS_RANDOM: break;
    }
    return fr_raw_pair(d->problem->seed, number, FR_STREAM_OUTPUT_SIGNS, (uint32_t)unit, 0).first < 1.5 ? -1 : 1;
}

static void draw_patterns(fr_minima_data *d) {
    const int64_t d1 = d->problem->units, d0 = d->problem->inputs;
    if (d->problem->weight_distribution == FR_WEIGHTS_STEPS)
        for (int64_t i = 0; i < d1; i++)
            d->steps[i] = fr_raw_bits(d->problem->seed, d->number, FR_STREAM_REGION, (uint32_t)i, 0);
    for (int64_t i = 0; i < d1; i += FR_UNIT_BATCH) {
        const int64_t count = d1 - i < FR_UNIT_BATCH ? d1 - i : FR_UNIT_BATCH;
        const int64_t place = d->keeps_weights ? i : 0;
        fr_trial_patterns(&d->trial, i, count, d->weights + place * d0, d->biases + place,
                          d->patterns + i * d->trial.words);
    }
}

void fr_minima_data_unteach(fr_minima_data *d) {
    const size_t n = (size_t)d->problem->points;
    d->taught = 0;
    d->is_exact = d->minima->labels == FR_LABELS_TEACHER;
    memset(d->labels, 0, n * sizeof(double));
    memset(d->label_errors, 0, n * sizeof(double));
    memset(d->label_sizes, 0, n * sizeof(double));
    memset(d->exact, 0, n * FR_LABEL_WORDS * sizeof(uint64_t));
}

const uint64_t *fr_minima_patterns(const fr_minima_data *d, int64_t n) {
    int64_t place = 0;
    while (d->regions && place < d->minima->point_count && d->minima->points[place] != n) place++;
    return d->regions ? d->regions + place * d->problem->units * d->trial.words : d->patterns;
}

void fr_minima_data_begin(fr_minima_data *d, uint64_t number, int64_t item) {
    const uint64_t data_number = d->minima->fixed_data ? 0 : number;
    const int64_t n = d->problem->points;
    d->regions = d->minima->given_regions;
    if (d->regions) d->regions += item * d->minima->point_count * d->problem->units * d->trial.words;
    fr_trial_begin(&d->trial, data_number);
    d->trial.number = d->number = number;
    for (int64_t i = 0; i < d->problem->units; i++) d->outputs[i] = output(d, number, i);
    draw_patterns(d);
    fr_minima_data_unteach(d);
    switch (d->minima->labels) {
        case FR_LABELS_POLYNOMIAL: polynomial(d, data_number); break;
        case FR_LABELS_RANDOM:
            for (int64_t j = 0; j < n; j++)
                d->labels[j] =
                    fr_symmetric_pair(fr_raw_pair(d->problem->seed, data_number, FR_STREAM_LABELS, (uint32_t)j, 0), 1.0)
                        .first;
            break;
        case FR_LABELS_GIVEN:
            if (n) memcpy(d->labels, d->minima->given_labels, (size_t)n * sizeof(double));
            break;
        case FR_LABELS_TEACHER: break;
    }
}

/* Computes sum += value 2^shift, or -=. Returns false if the result does not fit. */
static bool add_shifted(uint64_t *sum, uint64_t value, int shift, bool negative) {
    if (value == 0) return true;
    if (shift < 0 || shift > 64 * FR_LABEL_WORDS - 130) return false;
    for (int part = 0; part < 2; part++) {
        uint64_t carry = part == 0 ? value << (shift % 64) : shift % 64 ? value >> (64 - shift % 64) : 0;
        for (int w = shift / 64 + part; carry && w < FR_LABEL_WORDS; w++) {
            const uint64_t before = sum[w];
            sum[w] = negative ? before - carry : before + carry;
            carry = negative ? before < carry : sum[w] < before;
        }
    }
    return true;
}

/* Computes sum += s a b for s = 1 or -1. */
static bool add_product(uint64_t *sum, double a, double b, bool negative) {
    const fr_parts x = fr_parts_of(a), y = fr_parts_of(b);
    const unsigned __int128 product = (unsigned __int128)x.mantissa * y.mantissa;
    const int shift = x.exponent + y.exponent + FR_LABEL_UNIT;
    const bool minus = (x.negative ^ y.negative ^ negative) != 0;
    if (product == 0) return true;
    return add_shifted(sum, (uint64_t)product, shift, minus) &&
           add_shifted(sum, (uint64_t)(product >> 64), shift + 64, minus);
}

/* Adds unit w x + b of output v = 1 or -1 to the exact labels of the points where it is positive. `sum` contains w x +
 * b, rounded. */
static void add_exactly(fr_minima_data *d, const double *w, double b, double v, const double *sum) {
    const int64_t d0 = d->problem->inputs, ldx = d->trial.ldx;
    for (int64_t j = 0; j < d->problem->points && d->is_exact; j++) {
        const double *x = d->trial.x + j;
        double size = fabs(b);
        for (int64_t c = 0; c < d0; c++) size += fabs(w[c] * x[c * ldx]);
        const double doubt = 0x1p-51 * (double)(d0 + 2) * size + 0x1p-1000;
        if (sum[j] > doubt || (sum[j] >= -doubt && fr_exact_sign(w, x, ldx, d0, b) > 0)) {
            uint64_t *label = d->exact + j * FR_LABEL_WORDS;
            d->is_exact = add_product(label, b, 1.0, v < 0);
            for (int64_t c = 0; c < d0 && d->is_exact; c++)
                d->is_exact = add_product(label, w[c], x[c * ldx], v < 0);
        }
    }
}

void fr_minima_data_teach(fr_minima_data *d, int64_t units) {
    if (d->minima->labels != FR_LABELS_TEACHER) return;
    const fr_problem *p = d->problem;
    const uint64_t number = d->minima->fixed_data ? 0 : d->number;
    const fr_draw draw = fr_draw_of_weights(d->minima->teacher, p->inputs, p->seed, number, FR_STREAM_TEACHER_WEIGHTS);
    double *sum = d->draws;
    for (; d->taught < units; d->taught++) {
        const uint32_t unit = (uint32_t)d->taught;
        double bias = 0;
        double *sizes = d->label_sizes;
        d->trial.isa->draw_rows(&draw, unit, 1, p->inputs, d->teacher, FR_STREAM_TEACHER_BIASES,
                                p->bias ? &bias : NULL);
        for (int64_t j = 0; j < p->points; j++) sum[j] = bias;
        for (int64_t c = 0; c < p->inputs; c++) {
            const double w = d->teacher[c];
            const double *x = d->trial.x + c * d->trial.ldx;
            for (int64_t j = 0; j < p->points; j++) {
                sum[j] += w * x[j];
                sizes[j] += fabs(w * x[j]);
            }
        }
        const double v = output(d, number, unit);
        for (int64_t j = 0; j < p->points; j++) {
            d->labels[j] += v * (sum[j] > 0 ? sum[j] : 0);
            sizes[j] += fabs(bias);
        }
        if (d->is_exact) add_exactly(d, d->teacher, bias, v, sum);
    }
    /* There are at most inputs + 2 operations per unit, and one for each further unit, on numbers no larger than their
     * sum. */
    for (int64_t j = 0; j < p->points; j++)
        d->label_errors[j] = 0x1p-52 * (double)(p->inputs + d->taught + 4) * d->label_sizes[j];
}
