// Activation patterns without weights, on the device; for samples/signs.cu. trials, units and points are not 0.
#ifndef FR_CUDA_PATTERN_ENSEMBLES_H
#define FR_CUDA_PATTERN_ENSEMBLES_H

#include "session/session.h"

// FR_WEIGHTS_BERNOULLI. patterns: trials x units x words.
fr_status fr_cuda_draw_pattern_bits(StreamContext *context, const fr_problem *problem, uint64_t first_trial,
                                    int64_t trials, int64_t first_unit, int64_t units, uint64_t *patterns);
// FR_WEIGHTS_STEPS, of inputs as fr_cuda_draw_inputs left them.
fr_status fr_cuda_draw_pattern_steps(StreamContext *context, const fr_problem *problem, uint64_t first_trial,
                                     int64_t trials, int64_t first_unit, int64_t units, const double *inputs,
                                     uint64_t *patterns);

#endif
