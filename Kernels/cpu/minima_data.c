/* Labels, output weights and patterns: docs/sampling.md, "Global minima", says every operation. */
#include "minima_data.h"

#include <stdlib.h>
#include <string.h>

#include "check_arguments.h"
#include "sampling.h"

bool fr_minima_data_create(fr_minima_data *d, const fr_isa *isa, const fr_problem *problem, const fr_minima *minima,
                           bool keeps_weights) {
    memset(d, 0, sizeof *d);
    d->problem = problem;
    d->minima = minima;
    d->keeps_weights = keeps_weights;
    const size_t n = (size_t)problem->points, d1 = (size_t)problem->units, d0 = (size_t)problem->inputs;
    /* A batch of units may run past the last one. */
    const size_t held = keeps_weights ? d1 + FR_UNIT_BATCH : FR_UNIT_BATCH;
    const bool made = fr_trial_create(&d->trial, isa, problem);
    d->labels = calloc(n + 2, sizeof(double));
    d->outputs = calloc(d1 + FR_UNIT_BATCH, sizeof(double));
    d->patterns = calloc(fr_size_product(d1 + 1, (size_t)d->trial.words + 1), sizeof(uint64_t));
    d->steps = calloc(d1 + 2, sizeof(fr_bits));
    d->weights = calloc(fr_size_product(held, d0 + 1), sizeof(double));
    d->biases = calloc(held, sizeof(double));
    d->draws = calloc((n > d1 ? n : d1) + FR_UNIT_BATCH, sizeof(double));
    return made && d->labels && d->outputs && d->patterns && d->steps && d->weights && d->biases && d->draws;
}

void fr_minima_data_destroy(fr_minima_data *d) {
    fr_trial_destroy(&d->trial);
    free(d->labels);
    free(d->outputs);
    free(d->patterns);
    free(d->steps);
    free(d->weights);
    free(d->biases);
    free(d->draws);
}

/* Number `column` of row 0 of the polynomial's stream, in [-1, 1). */
static double coefficient(uint64_t seed, uint64_t trial, uint32_t column) {
    const fr_pair pair =
        fr_symmetric_pair(fr_raw_pair(seed, trial, FR_STREAM_POLYNOMIAL, 0, column / 2), 1.0);
    return column % 2 ? pair.second : pair.first;
}

/* 1, then x_0, x_1, ..., then x_c x_d for c <= d, c outer: one addition after the other. */
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

void fr_minima_data_begin(fr_minima_data *d, uint64_t number) {
    const uint64_t data_number = d->minima->fixed_data ? 0 : number;
    const int64_t n = d->problem->points;
    fr_trial_begin(&d->trial, data_number);
    d->trial.number = d->number = number;
    for (int64_t i = 0; i < d->problem->units; i++) d->outputs[i] = output(d, number, i);
    draw_patterns(d);
    d->taught = 0;
    memset(d->labels, 0, (size_t)n * sizeof(double));
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

void fr_minima_data_teach(fr_minima_data *d, int64_t units) {
    if (d->minima->labels != FR_LABELS_TEACHER) return;
    const fr_problem *p = d->problem;
    const uint64_t number = d->minima->fixed_data ? 0 : d->number;
    const fr_distribution distribution =
        d->minima->teacher == FR_WEIGHTS_NORMAL ? FR_DRAW_NORMAL : FR_DRAW_SYMMETRIC;
    const double bound = fr_weight_bound(p->inputs, d->minima->teacher == FR_WEIGHTS_HE_UNIFORM);
    double *sum = d->draws;
    for (; d->taught < units; d->taught++) {
        const uint32_t unit = (uint32_t)d->taught;
        double first, second;
        for (int64_t j = 0; j < p->points; j++) sum[j] = 0;
        if (p->bias) {
            d->trial.isa->draw(distribution, bound, p->seed, number, FR_STREAM_TEACHER_BIASES, unit, 1, 0, &first,
                               &second);
            for (int64_t j = 0; j < p->points; j++) sum[j] = first;
        }
        for (int64_t c = 0; c < p->inputs; c++) {
            if (c % 2 == 0)
                d->trial.isa->draw(distribution, bound, p->seed, number, FR_STREAM_TEACHER_WEIGHTS, unit, 1,
                                   (uint32_t)(c / 2), &first, &second);
            const double w = c % 2 ? second : first;
            const double *x = d->trial.x + c * d->trial.ldx;
            for (int64_t j = 0; j < p->points; j++) sum[j] += w * x[j];
        }
        const double v = output(d, number, unit);
        for (int64_t j = 0; j < p->points; j++) d->labels[j] += v * (sum[j] > 0 ? sum[j] : 0);
    }
}
