// See svd/finite.h.
#include "svd/finite.h"

#include <vector>

#include "session/launch.h"

namespace {

// How the work divides: one thread per entry. Writes are rare, and all of a matrix's threads write the same flag.
template <typename T> __global__ void clear_not_finite(T *matrices, int64_t batch, int64_t entries, int *flags) {
    for (int64_t i = fr_cuda_first_item(); i < batch * entries; i += fr_cuda_stride())
        if (matrices[i] - matrices[i] != 0) { // infinity - infinity and NaN are NaN, which differs from 0
            matrices[i] = 0;
            flags[i / entries] = 1;
        }
}

} // namespace

template <typename T>
fr_status fr_cuda_clear_not_finite(fr_session *session, T *matrices, int64_t batch, int64_t entries,
                                   fr_outcome *outcomes) {
    if (batch * entries == 0) return FR_OK;
    std::vector<int> flags(size_t(batch), 0);
    DeviceBuffer<int> found;
    FR_PASS(found.allocate(session, flags.size()));
    FR_TRY(session, cudaMemsetAsync(found.get(), 0, flags.size() * sizeof(int), session->stream), "clearing flags");
    FR_LAUNCH(clear_not_finite<T>, fr_cuda_blocks(batch * entries, 256), 256, 0, session->stream, matrices, batch,
              entries, found.get());
    FR_TRY_LAUNCH(session, "looking for infinities");
    FR_TRY(session,
           cudaMemcpyAsync(flags.data(), found.get(), flags.size() * sizeof(int), cudaMemcpyDeviceToHost,
                           session->stream),
           "looking for infinities");
    FR_TRY(session, cudaStreamSynchronize(session->stream), "looking for infinities");
    for (int64_t i = 0; i < batch; i++)
        if (flags[size_t(i)]) outcomes[i] = FR_NOT_FINITE;
    return FR_OK;
}

template fr_status fr_cuda_clear_not_finite(fr_session *, double *, int64_t, int64_t, fr_outcome *);
template fr_status fr_cuda_clear_not_finite(fr_session *, float *, int64_t, int64_t, fr_outcome *);
