/* Builds the Jacobian of one trial, or a leading block of it. Private to Kernels/cpu. */
#ifndef FR_CPU_JACOBIAN_H
#define FR_CPU_JACOBIAN_H

#include "session/session.h"

/* The data of one trial that determine its Jacobian. */
typedef struct fr_trial_sample {
    const double *inputs;     /* points x d0, row-major */
    const uint64_t *patterns; /* units x words, bit j%64 of word j/64 */
    int64_t d0;
    int64_t words;            /* of one unit's pattern: ceil(points / 64) */
    int32_t bias;
} fr_trial_sample;

static inline int64_t fr_sample_k(const fr_trial_sample *sample) { return sample->d0 + sample->bias; }

/* Bytes of scratch memory fr_jacobian_rows needs, aligned to 8. */
size_t fr_jacobian_scratch_bytes(int64_t units, int64_t k, fr_precision precision);

/* Writes rows first_row ..< first_row + rows of the Jacobian of the first `units` units: `out` is rows x (units k),
 * row-major, of the given precision (each input rounded once). Returns false if an entry is not finite: a given input
 * is beyond float32's range, on a point where some unit is active. `out` is filled in either case. */
bool fr_jacobian_rows(const fr_trial_sample *sample, fr_precision precision, int64_t first_row, int64_t rows,
                      int64_t units, void *out, void *scratch);

#endif
