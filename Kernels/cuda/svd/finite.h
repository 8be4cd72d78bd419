// Infinities and NaN in batches of matrices.
#ifndef FR_CUDA_FINITE_H
#define FR_CUDA_FINITE_H

#include "session/session.h"

// Outcomes of matrices (batch of `entries` numbers each, on the device) that hold an infinity or a NaN become
// FR_NOT_FINITE; these entries become 0, so that no iteration reads them. Other outcomes do not change. T is double or
// float. Synchronous.
template <typename T>
fr_status fr_cuda_clear_not_finite(fr_session *session, T *matrices, int64_t batch, int64_t entries,
                                   fr_outcome *outcomes);

#endif
