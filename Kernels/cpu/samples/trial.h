/* One trial's data in the CPU kernels: inputs coordinate-major, weights by batches of units. Private to
 * Kernels/cpu. */
#ifndef FR_CPU_TRIAL_H
#define FR_CPU_TRIAL_H

#include "session/session.h"
#include "vector/isa.h"

/* The number of units drawn at a time: a multiple of FR_SIGN_UNITS. Scratch for weights and biases has this size. */
#define FR_UNIT_BATCH 32

typedef struct fr_trial {
    const fr_isa *isa;
    const fr_problem *problem;
    uint64_t number;
    int64_t words; /* of a pattern: ceil(n/64) */
    int64_t ldx;   /* 64 * words */
    double *x;     /* d0 x ldx: coordinate c of point j is x[c * ldx + j]; zeros beyond n */
    double *xnorm; /* ldx: max |coordinate| of each point */
    int32_t *order;      /* n, only with FR_WEIGHTS_STEPS: the points by ascending input */
    int32_t *groups; /* group_count + 1: where each run of equal inputs begins in `order`; then the end of `order` */
    int64_t group_count; /* runs of equal inputs */
} fr_trial;

/* Creates a workspace for trials of problems of this shape. */
bool fr_trial_create(fr_trial *trial, const fr_isa *isa, const fr_problem *problem);
void fr_trial_destroy(fr_trial *trial);
/* Draws (or copies) the inputs. */
void fr_trial_begin(fr_trial *trial, uint64_t number);
/* Draws weights (units x d0, row-major) and biases (units; zeros without bias). units <= FR_UNIT_BATCH. Not for
 * FR_WEIGHTS_PATTERN. */
void fr_trial_weights(fr_trial *trial, int64_t first_unit, int64_t units, double *weights, double *biases);
/* Computes patterns (units x words): the exact signs of these weights and biases on the trial's points. weights and
 * biases are read up to the next multiple of FR_SIGN_UNITS units. */
void fr_trial_signs(fr_trial *trial, int64_t units, const double *weights, const double *biases, uint64_t *patterns);
/* Draws patterns (units x words) of units <= FR_UNIT_BATCH units. weights, biases: scratch of that size. */
void fr_trial_patterns(fr_trial *trial, int64_t first_unit, int64_t units, double *weights, double *biases,
                       uint64_t *patterns);

/* The distribution of the weights, or biases, of a layer with this many inputs. */
fr_draw fr_draw_of_weights(fr_weights distribution, int64_t inputs, uint64_t seed, uint64_t trial, uint32_t stream);

/* Hash of a pattern of `words` words; equal patterns have equal hashes. */
static inline uint64_t fr_pattern_hash(const uint64_t *pattern, int64_t words) {
    uint64_t hash = 0;
    for (int64_t w = 0; w < words; w++) {
        hash = (hash ^ pattern[w]) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    return hash;
}

#endif
