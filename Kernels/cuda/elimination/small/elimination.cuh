// Exact elimination of many small trials at once, with the options that fr_cuda_eliminate_small chooses by itself: for
// tests and measurements.
#ifndef FR_CUDA_ELIMINATION_SMALL_CUH
#define FR_CUDA_ELIMINATION_SMALL_CUH

#include "session/session.h"

enum class fr_small_arithmetic { automatic, doubles, integers };

struct fr_small_options {
    fr_small_arithmetic arithmetic; // automatic: doubles where the device has many FP64 units
    int64_t chunk;                  // trials at a time; 0: by memory
    int64_t first_batch;            // units of the first launch; 0: by n and k
    int64_t *columns_run = nullptr; // if set: the number of eliminated columns, over all trials, is added
};

// As fr_cuda_eliminate_small (session/session.h). No option changes a profile.
fr_status fr_cuda_eliminate_small_as(fr_session *session, const fr_problem *problem, uint32_t prime,
                                     uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                     fr_outcome *outcomes, fr_small_options options);

#endif
