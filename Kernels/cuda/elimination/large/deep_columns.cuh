// Large trials of deep networks, with options for tests.
#ifndef FR_CUDA_ELIMINATION_LARGE_DEEP_CUH
#define FR_CUDA_ELIMINATION_LARGE_DEEP_CUH

#include "samples/deep_network.h"
#include "elimination/large/elimination.cuh"

fr_status fr_cuda_eliminate_deep_large_with(fr_session *, const fr_large_options &, const DeepProblem &, uint32_t prime,
                                            uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                            fr_outcome *outcomes);

#endif
