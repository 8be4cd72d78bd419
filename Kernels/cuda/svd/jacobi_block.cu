// One-sided Jacobi, one thread block per matrix: the triangle in shared memory, or in global memory if it does not fit.
#include "svd/arithmetic.cuh"

static_assert(fr_svd_block_limit <= 160, "what the widest launch below holds");

namespace {

// Makes the rows of each triangle orthogonal; their lengths are the singular values.
// Blocks: one per matrix. LANES neighbouring lanes take one of the disjoint pairs of a step (in several passes, where
// there are more pairs than groups of lanes), each lane ELEMENTS of either row: it reads them into registers, sums
// products and squares over the lanes, rotates, writes back. One barrier per step; a sweep without a rotation ends it.
// Shared memory: side x stride numbers, stride chosen so that neighbouring groups start half the banks apart, plus
// `side` for the values. In global memory (SHARED false) stride = side; the arithmetic is the same, and so are the
// bits. Registers: 2 ELEMENTS numbers and about 40 more. Bound: shared memory, 4 numbers moved an element pair against
// 7 operations; latency of the barrier and two roots and three divisions a step where side is small.
template <typename T, int LANES, int ELEMENTS, int THREADS, bool SHARED>
__global__ void __launch_bounds__(THREADS, THREADS > 256 ? 1 : 2)
    block_kernel(T *triangles, const typename SvdNumber<T>::Bits *largest, int exponent, int side, int stride,
                 SvdOrder order, int64_t longer, fr_singular *results, fr_outcome *outcomes) {
    FR_DYNAMIC_SHARED(T, shared);
    const int64_t matrix = blockIdx.x;
    T *const triangle = triangles + matrix * side * side;
    T *const rows = SHARED ? shared : triangle;
    T *const values = SHARED ? shared + side * stride : shared;
    const SvdScale<T> scale(largest[matrix], exponent);
    if (SHARED)
        for (int i = int(threadIdx.x); i < side * side; i += THREADS)
            rows[i / side * stride + i % side] = triangle[i];
    __syncthreads();

    constexpr int groups = THREADS / LANES;
    const int group = int(threadIdx.x) / LANES, lane = int(threadIdx.x) % LANES;
    bool converged = !scale.finite;
    for (int sweep = 0; sweep < fr_svd_sweep_limit && !converged; sweep++) {
        const SvdLimits<T> limits(side, exponent, sweep);
        int rotated = 0;
        for (int step = 0; step < order.steps; step++) {
            for (int first = 0; first < order.pairs; first += groups) {
                const int pair = first + group;
                int low, high;
                svd_meeting(order, pair, step, &low, &high);
                const bool present = pair < order.pairs && high < side;
                T *const x_row = rows + (present ? low : 0) * stride;
                T *const y_row = rows + (present ? high : 0) * stride;
                T x[ELEMENTS], y[ELEMENTS], xx = 0, yy = 0, xy = 0;
                SVD_UNROLL
                for (int k = 0; k < ELEMENTS; k++) {
                    const int at = lane + k * LANES;
                    const bool inside = present && at < side;
                    x[k] = inside ? x_row[at] : T(0);
                    y[k] = inside ? y_row[at] : T(0);
                    xx = svd_fma(x[k], x[k], xx);
                    yy = svd_fma(y[k], y[k], yy);
                    xy = svd_fma(x[k], y[k], xy);
                }
                svd_sum3<LANES>(xx, yy, xy);
                T s, h;
                if (svd_rotation(xx, yy, xy, limits, T(1), &s, &h)) {
                    rotated = 1;
                    const bool swap = order.by_bits && xx < yy;
                    T *const x_to = swap ? y_row : x_row, *const y_to = swap ? x_row : y_row;
                    SVD_UNROLL
                    for (int k = 0; k < ELEMENTS; k++) {
                        const int at = lane + k * LANES;
                        if (at < side) {
                            x_to[at] = svd_rotated_x(x[k], y[k], s, h);
                            y_to[at] = svd_rotated_y(x[k], y[k], s, h);
                        }
                    }
                }
            }
            __syncthreads();
        }
        converged = !__syncthreads_or(rotated);
    }

    for (int first = 0; first < side; first += groups) {
        const int row = first + group;
        T squares = 0, none = 0, nothing = 0;
        for (int at = lane; at < side && row < side; at += LANES)
            squares = svd_fma(rows[row * stride + at], rows[row * stride + at], squares);
        svd_sum3<LANES>(squares, none, nothing);
        if (lane == 0 && row < side) values[row] = sqrt(squares);
    }
    __syncthreads();
    if (threadIdx.x < 32)
        svd_warp_result(values, side, longer, scale, converged, results + matrix, outcomes + matrix);
}

// Rows start LANES numbers apart modulo 2 LANES: groups that read neighbouring rows meet different banks.
int shared_stride(int side, int lanes) {
    int stride = (side + lanes - 1) / lanes * lanes;
    return stride / lanes % 2 == 0 ? stride + lanes : stride;
}

template <typename T, int LANES, int ELEMENTS, int THREADS>
fr_status launch(const SvdSlice<T> &slice, bool may_use_shared) {
    fr_session *session = slice.session;
    const SvdOrder order = svd_order(slice.side);
    const int stride = shared_stride(slice.side, LANES);
    const size_t values_bytes = size_t(slice.side) * sizeof(T);
    const size_t shared_bytes = size_t(slice.side) * size_t(stride) * sizeof(T) + values_bytes;
    if (may_use_shared && shared_bytes <= session->shared_bytes) {
        const auto kernel = block_kernel<T, LANES, ELEMENTS, THREADS, true>;
        FR_TRY(session,
               cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, int(shared_bytes)),
               "asking for shared memory");
        FR_LAUNCH(kernel, dim3(unsigned(slice.batch)), dim3(THREADS), shared_bytes, session->stream, slice.triangles,
                  slice.largest, slice.exponent, slice.side, stride, order, slice.longer, slice.results,
                  slice.outcomes);
    } else {
        const auto kernel = block_kernel<T, LANES, ELEMENTS, THREADS, false>;
        FR_LAUNCH(kernel, dim3(unsigned(slice.batch)), dim3(THREADS), values_bytes, session->stream, slice.triangles,
                  slice.largest, slice.exponent, slice.side, slice.side, order, slice.longer, slice.results,
                  slice.outcomes);
    }
    FR_TRY_LAUNCH(session, "the Jacobi iteration");
    return FR_OK;
}

} // namespace

template <typename T> fr_status fr_svd_block(const SvdSlice<T> &slice, bool may_use_shared) {
    if (slice.side <= 32) return launch<T, 8, 4, 128>(slice, may_use_shared);
    if (slice.side <= 48) return launch<T, 8, 6, 192>(slice, may_use_shared);
    if (slice.side <= 64) return launch<T, 8, 8, 256>(slice, may_use_shared);
    if (slice.side <= 96) return launch<T, 8, 12, 384>(slice, may_use_shared);
    if (slice.side <= 128) return launch<T, 8, 16, 512>(slice, may_use_shared);
    return launch<T, 8, 20, 384>(slice, may_use_shared); // 80 pairs take two passes with 512 threads as well
}

template fr_status fr_svd_block(const SvdSlice<double> &, bool);
template fr_status fr_svd_block(const SvdSlice<float> &, bool);
