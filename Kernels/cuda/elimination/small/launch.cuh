// Launches of elimination_small's kernels, for the drivers of shallow and of deep trials.
#ifndef FR_CUDA_ELIMINATION_SMALL_LAUNCH_CUH
#define FR_CUDA_ELIMINATION_SMALL_LAUNCH_CUH

#include <algorithm>

#include "elimination/small/kernel.cuh"
#include "session/session.h"

namespace fr_small {

inline int threads_of(int64_t n) { return int(std::max<int64_t>(32, (n + 31) / 32 * 32)); }

inline int64_t shared_bytes_of(int64_t n, size_t value_bytes) {
    return int64_t(Layout::make(n, threads_of(n), value_bytes).bytes) * (n <= warp_rows ? warps_a_block : 1);
}

template <class A, bool one_warp> fr_status launch_teams(StreamContext *context, const A &a, const Batch &batch) {
    const auto kernel = eliminate_units<A, one_warp>;
    const int threads = threads_of(batch.n), trials_a_block = one_warp ? warps_a_block : 1;
    const int shared = int(shared_bytes_of(batch.n, sizeof(typename A::Value)));
    FR_TRY(context, cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared),
           "asking for shared memory");
    const dim3 grid{unsigned((batch.active + trials_a_block - 1) / trials_a_block)};
    const dim3 block{unsigned(threads), unsigned(trials_a_block)};
    FR_LAUNCH(kernel, grid, block, size_t(shared), context->stream, a, batch);
    FR_TRY_LAUNCH(context, "eliminating small trials");
    return FR_OK;
}

template <class A> fr_status launch(StreamContext *context, const A &a, const Batch &batch) {
    return batch.n <= warp_rows ? launch_teams<A, true>(context, a, batch) : launch_teams<A, false>(context, a, batch);
}

// See pack_points.
template <bool as_multipliers, class A>
fr_status launch_packing(StreamContext *context, const A &a, int64_t trials, int64_t inputs, int64_t k, int64_t padded,
                         const double *residues, int32_t *points) {
    const int64_t numbers = trials * k * padded;
    if (numbers == 0) return FR_OK;
    const int64_t blocks = std::min<int64_t>((numbers + 255) / 256, 65535);
    const auto kernel = pack_points<A, as_multipliers>;
    FR_LAUNCH(kernel, dim3(unsigned(blocks)), dim3(256), 0, context->stream, a, numbers, inputs, k, padded, residues,
              points);
    FR_TRY_LAUNCH(context, "packing residues");
    return FR_OK;
}

// Whether the FP64 rate is about half the FP32 rate, as on datacentre chips. All others have 1/32 or 1/64 of it.
inline bool has_fast_doubles() {
    int device = 0, major = 0, minor = 0;
    if (cudaGetDevice(&device) != cudaSuccess) return true;
    cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
    cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device);
    return minor == 0 && major >= 7 && major <= 10;
}

} // namespace fr_small

#endif
