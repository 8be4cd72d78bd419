// The largest magnitude of each matrix, which determines the power of two that keeps squares in range.
#include "svd/arithmetic.cuh"

namespace {

constexpr int threads = 256;

// Largest magnitude of each matrix, as bits: an infinity or NaN is larger than every number.
// Each matrix has `pieces` blocks, each for `piece` elements. A thread reads every 256th element of the piece and keeps
// the largest bits in a register. The block's largest is written to global memory by one atomic maximum, so the order
// does not matter. Shared memory: 8 words. Bound: bandwidth, one read of the matrices.
template <typename T>
__global__ void __launch_bounds__(threads) largest_kernel(const T *matrices, int64_t elements, int64_t piece,
                                                          unsigned pieces, typename SvdNumber<T>::Bits *largest) {
    using Bits = typename SvdNumber<T>::Bits;
    __shared__ Bits of_warp[threads / 32];
    const int64_t matrix = blockIdx.x / pieces;
    const int64_t first = int64_t(blockIdx.x % pieces) * piece;
    const int64_t end = first + piece < elements ? first + piece : elements;
    Bits mine = 0;
    for (int64_t i = first + threadIdx.x; i < end; i += threads) {
        const Bits bits = svd_magnitude_bits(matrices[matrix * elements + i]);
        mine = bits > mine ? bits : mine;
    }
    for (int step = 16; step > 0; step /= 2) {
        const Bits other = __shfl_xor_sync(fr_all_lanes, mine, step);
        mine = other > mine ? other : mine;
    }
    if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = mine;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int warp = 1; warp < threads / 32; warp++) mine = of_warp[warp] > mine ? of_warp[warp] : mine;
        atomicMax(largest + matrix, mine);
    }
}

} // namespace

template <typename T> fr_status fr_svd_find_largest(const SvdSlice<T> &slice) {
    fr_session *session = slice.session;
    const int64_t elements = slice.rows * slice.columns;
    int64_t piece = 32 * threads; // enough work a block
    const int64_t most_pieces = INT32_MAX / slice.batch;
    while ((elements + piece - 1) / piece > most_pieces) piece *= 2;
    const unsigned pieces = unsigned((elements + piece - 1) / piece);
    FR_TRY(session, cudaMemsetAsync(slice.largest, 0, size_t(slice.batch) * sizeof *slice.largest, session->stream),
           "clearing the largest magnitudes");
    const auto kernel = largest_kernel<T>;
    FR_LAUNCH(kernel, dim3(unsigned(slice.batch) * pieces), dim3(threads), 0, session->stream, slice.matrices,
              elements, piece, pieces, slice.largest);
    FR_TRY_LAUNCH(session, "finding the largest magnitudes");
    return FR_OK;
}

template fr_status fr_svd_find_largest(const SvdSlice<double> &);
template fr_status fr_svd_find_largest(const SvdSlice<float> &);
