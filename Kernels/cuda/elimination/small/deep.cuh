// Small trials of deep networks, with the options that fr_cuda_eliminate_deep_small chooses by itself: for tests.
#ifndef FR_CUDA_ELIMINATION_SMALL_DEEP_CUH
#define FR_CUDA_ELIMINATION_SMALL_DEEP_CUH

#include "samples/deep_network.h"
#include "elimination/small/elimination.cuh"

// options.first_batch: most units per launch. No option changes a profile.
fr_status fr_cuda_eliminate_deep_small_as(fr_session *, const DeepProblem &, uint32_t prime, uint64_t first_trial,
                                          int64_t trials, int64_t *pivot_columns, fr_outcome *outcomes,
                                          fr_small_options options);

#endif
