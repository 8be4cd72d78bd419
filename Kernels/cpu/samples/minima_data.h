/* A trial of the experiment on global minima: inputs, labels, signs of the output weights, patterns.
 * Private to Kernels/cpu. */
#ifndef FR_CPU_MINIMA_DATA_H
#define FR_CPU_MINIMA_DATA_H

#include "minima_solver.h"
#include "sampling.h"
#include "samples/trial.h"

typedef struct fr_minima_data {
    const fr_problem *problem;
    const fr_minima *minima;
    fr_trial trial;     /* inputs: trial.x, coordinate-major */
    double *labels;       /* n; a teacher's labels are rounded */
    double *label_errors; /* n: bounds of the rounding errors of `labels`; 0 unless a teacher sets them */
    double *label_sizes;  /* n: sums of the absolute values that were added up */
    uint64_t *exact; /* n x FR_LABEL_WORDS: a teacher's exact labels, two's complement, units of 2^-FR_LABEL_UNIT */
    bool is_exact;        /* whether `exact` has lost no bit */
    double *outputs;    /* d1 */
    uint64_t *patterns; /* d1 x words, of all points */
    fr_bits *steps;     /* d1: with FR_WEIGHTS_STEPS, what chooses a unit's region */
    double *weights;    /* units x d0 of a network, drawn where a solver wants interior points; else one batch */
    double *biases;
    bool keeps_weights;
    uint64_t number;
    int64_t taught; /* teacher units that `labels` sums */
    const uint64_t *regions; /* the trial's of given_regions, points x d1 x words; NULL: none */
    double *teacher; /* scratch: a unit's weights */
    double *draws;  /* scratch */
} fr_minima_data;

/* Approximate number of bytes of one trial, including stored weights. */
double fr_minima_trial_bytes(const fr_problem *problem);
bool fr_minima_data_create(fr_minima_data *data, const fr_isa *isa, const fr_problem *problem, const fr_minima *minima,
                           bool keeps_weights);
void fr_minima_data_destroy(fr_minima_data *data);
/* Draws trial `number`, which is at place `item` of the call. A teacher's labels are 0 until it has units. */
void fr_minima_data_begin(fr_minima_data *data, uint64_t number, int64_t item);
/* Removes the teacher's units: all labels become 0. */
void fr_minima_data_unteach(fr_minima_data *data);
/* Sets the labels of a teacher with this many units, which must not decrease within a trial. Other labels do not
 * change. */
void fr_minima_data_teach(fr_minima_data *data, int64_t units);
static inline double fr_minima_input(const fr_minima_data *data, int64_t point, int64_t c) {
    return data->trial.x[c * data->trial.ldx + point];
}

/* The patterns of the units' regions among the first n points. Each has as many words as for all points. */
const uint64_t *fr_minima_patterns(const fr_minima_data *data, int64_t n);
/* Whether `weights` are inside the regions: they are drawn or given, or there is one input. Otherwise there are no
 * weights. */
static inline bool fr_minima_has_weights(const fr_minima_data *data) {
    return data->problem->weight_distribution <= FR_WEIGHTS_GIVEN || fr_minima_is_line(data->problem);
}

/* FR_WEIGHTS_STEPS: the unit's region among the 2g regions of g distinct points in order. A unit with a region below g
 * is active on the points before that point; a unit with a region from g on is active on point `region - g` and those
 * after it. Regions are drawn anew for each n. */
static inline int64_t fr_minima_step(const fr_minima_data *data, int64_t unit, int64_t distinct) {
    return (int64_t)fr_index_below(data->steps[unit], 2 * (uint64_t)distinct);
}

#endif
