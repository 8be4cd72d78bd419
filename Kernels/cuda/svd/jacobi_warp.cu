// One-sided Jacobi on triangles of up to 32 rows: SIZE lanes of a warp per matrix, everything in registers.
#include "svd/arithmetic.cuh"

namespace {

constexpr int threads = 128;

template <typename T, int SIZE> __device__ inline T square(const T (&row)[SIZE]) {
    T sums[4] = {0, 0, 0, 0};
    SVD_UNROLL
    for (int k = 0; k < SIZE; k++) sums[k % 4] = svd_fma(row[k], row[k], sums[k % 4]);
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// Makes the rows of each triangle orthogonal; their lengths are the singular values.
// Blocks: 128 / SIZE matrices each, SIZE (8, 16, 32) lanes per matrix. A lane holds one row (zeros beyond `side`). In
// step m of a sweep lane i meets lane i xor m: it gets that row by SIZE exchanges, both lanes form the same inner
// product and rotation, each changes its own row. All pairs meet once a sweep; a matrix that needed no rotation in a
// whole sweep is left as it is while its neighbours in the warp go on. Shared memory: none. Registers: 2 SIZE numbers
// and about 40 more. Bound: exchanges and FP64 issue alike: a pair costs SIZE exchanges (two each in double) and 4 SIZE
// fused a lane.
template <typename T, int SIZE>
__global__ void __launch_bounds__(threads) warp_kernel(const T *triangles, const typename SvdNumber<T>::Bits *largest,
                                                       int exponent, int side, int64_t batch, int64_t longer,
                                                       fr_singular *results, fr_outcome *outcomes) {
    const int lane = int(threadIdx.x) & (SIZE - 1);
    const int64_t wanted = (int64_t(blockIdx.x) * threads + threadIdx.x) / SIZE;
    const int64_t matrix = wanted < batch ? wanted : batch - 1;
    const SvdScale<T> scale(largest[matrix], exponent);
    T own[SIZE], other[SIZE];
    SVD_UNROLL
    for (int k = 0; k < SIZE; k++)
        own[k] = scale.finite && lane < side && k < side ? triangles[(matrix * side + lane) * side + k] : T(0);
    bool converged = false;
    for (int sweep = 0; sweep < fr_svd_sweep_limit; sweep++) {
        if (__all_sync(fr_all_lanes, converged)) break;
        const SvdLimits<T> limits(side, exponent, sweep);
        bool rotated = false;
        T squares = square(own);
        for (int m = 1; m < SIZE; m++) {
            T sums[4] = {0, 0, 0, 0};
            SVD_UNROLL
            for (int k = 0; k < SIZE; k++) {
                other[k] = __shfl_xor_sync(fr_all_lanes, own[k], m, SIZE);
                sums[k % 4] = svd_fma(own[k], other[k], sums[k % 4]);
            }
            const T product = (sums[0] + sums[1]) + (sums[2] + sums[3]);
            const T other_squares = __shfl_xor_sync(fr_all_lanes, squares, m, SIZE);
            T s, h;
            const T tie = (lane ^ m) < lane ? T(-1) : T(1);
            if (!converged && svd_rotation(squares, other_squares, product, limits, tie, &s, &h)) {
                // The other lane finds -s and -h: from either side the formula is the same.
                SVD_UNROLL
                for (int k = 0; k < SIZE; k++) own[k] = svd_rotated_x(own[k], other[k], s, h);
                squares = square(own);
                rotated = true;
            }
        }
        const unsigned any = __ballot_sync(fr_all_lanes, rotated);
        const unsigned mine = (SIZE == 32 ? fr_all_lanes : ((1u << (SIZE & 31)) - 1))
                              << ((int(threadIdx.x) & 31) / SIZE * SIZE);
        converged = converged || (any & mine) == 0;
    }

    const T value = sqrt(square(own));
    const T of_first = __shfl_sync(fr_all_lanes, value, 0, SIZE); // lane 0 always holds a row
    T most = lane < side ? value : of_first, least = most;
    for (int step = SIZE / 2; step > 0; step /= 2) {
        const T other_most = __shfl_xor_sync(fr_all_lanes, most, step, SIZE);
        const T other_least = __shfl_xor_sync(fr_all_lanes, least, step, SIZE);
        most = other_most > most ? other_most : most;
        least = other_least < least ? other_least : least;
    }
    int rank = lane < side && value > svd_rank_tolerance(most, longer);
    for (int step = SIZE / 2; step > 0; step /= 2) rank += __shfl_xor_sync(fr_all_lanes, rank, step, SIZE);
    if (lane == 0 && wanted < batch)
        svd_write_result(scale, converged, most, least, rank, results + matrix, outcomes + matrix);
}

template <typename T, int SIZE> fr_status launch(const SvdSlice<T> &slice) {
    constexpr int matrices = threads / SIZE;
    const auto kernel = warp_kernel<T, SIZE>;
    FR_LAUNCH(kernel, dim3(unsigned((slice.batch + matrices - 1) / matrices)), dim3(threads), 0, slice.session->stream,
              slice.triangles, slice.largest, slice.exponent, slice.side, slice.batch, slice.longer, slice.results,
              slice.outcomes);
    FR_TRY_LAUNCH(slice.session, "the Jacobi iteration of small matrices");
    return FR_OK;
}

} // namespace

template <typename T> fr_status fr_svd_warp(const SvdSlice<T> &slice) {
    if (slice.side <= 8) return launch<T, 8>(slice);
    if (slice.side <= 16) return launch<T, 16>(slice);
    return launch<T, 32>(slice);
}

template fr_status fr_svd_warp(const SvdSlice<double> &);
template fr_status fr_svd_warp(const SvdSlice<float> &);
