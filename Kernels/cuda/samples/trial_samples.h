// The samples of a batch of trials on the device, with inputs and all patterns, and the number of trials in a batch.
#ifndef FR_CUDA_TRIAL_SAMPLES_H
#define FR_CUDA_TRIAL_SAMPLES_H

#include "session/session.h"

struct TrialSamples {
    const fr_problem *problem = nullptr;
    DeviceBuffer<double> inputs;     // as fr_cuda_draw_inputs writes them
    DeviceBuffer<uint64_t> patterns; // trials x problem->units x words

    fr_status allocate(fr_session *session, const fr_problem *of, int64_t trials);
    fr_status draw(fr_session *session, uint64_t first_trial, int64_t trials);
};

// The device memory of one trial's samples.
size_t fr_cuda_sample_bytes(const fr_problem *problem);

// The number of items of this many bytes that the memory budget holds: from 1 to `items`.
int64_t fr_cuda_batch(fr_session *session, size_t bytes, int64_t items);

#endif
