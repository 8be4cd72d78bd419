// One-sided Jacobi on triangles too large for one block: in global memory, bundles of rows against bundles of rows.
//
// A place for cuSOLVER: single matrices of a side of about 1000 and more, where the launches below (side / bundle of
// them a sweep) can't fill a device, may be faster through cusolverDnXgesvd on slice.triangles; fr_svd_tiles is the
// only function to change, by a measured cutoff.
#include "svd/arithmetic.cuh"

namespace {

// The state of the iteration, one for each matrix.
struct Progress {
    int *rotated; // in this sweep
    int *done;
    int *remaining; // one number: matrices not done
};

// Run by the whole warp: makes row x, held in registers (lane l has elements l, l + 32, ...), orthogonal to the row at
// y, which it rewrites. x becomes the larger of the two. Returns false if they were orthogonal already.
template <typename T, int ELEMENTS>
__device__ inline bool rotate(T (&x)[ELEMENTS], T *y_row, int side, SvdLimits<T> limits) {
    constexpr bool held = ELEMENTS <= 32; // y too would not fit in registers beyond
    const int lane = int(threadIdx.x) & 31;
    T y[held ? ELEMENTS : 1], xx = 0, yy = 0, xy = 0;
    SVD_UNROLL
    for (int k = 0; k < ELEMENTS; k++) {
        const int at = lane + 32 * k;
        const T of_y = at < side ? y_row[at] : T(0);
        if (held) y[held ? k : 0] = of_y;
        xx = svd_fma(x[k], x[k], xx);
        yy = svd_fma(of_y, of_y, yy);
        xy = svd_fma(x[k], of_y, xy);
    }
    svd_sum3<32>(xx, yy, xy);
    T s, h;
    if (!svd_rotation(xx, yy, xy, limits, T(1), &s, &h)) return false;
    const bool swap = xx < yy;
    SVD_UNROLL
    for (int k = 0; k < ELEMENTS; k++) {
        const int at = lane + 32 * k;
        if (at < side) {
            const T of_y = held ? y[held ? k : 0] : y_row[at];
            const T new_x = svd_rotated_x(x[k], of_y, s, h), new_y = svd_rotated_y(x[k], of_y, s, h);
            x[k] = swap ? new_y : new_x;
            y_row[at] = swap ? new_x : new_y;
        }
    }
    return true;
}

template <typename T, int ELEMENTS> __device__ inline void load_row(T (&x)[ELEMENTS], const T *row, int side) {
    const int lane = int(threadIdx.x) & 31;
    SVD_UNROLL
    for (int k = 0; k < ELEMENTS; k++) x[k] = row != nullptr && lane + 32 * k < side ? row[lane + 32 * k] : T(0);
}
template <typename T, int ELEMENTS> __device__ inline void store_row(const T (&x)[ELEMENTS], T *row, int side) {
    const int lane = int(threadIdx.x) & 31;
    SVD_UNROLL
    for (int k = 0; k < ELEMENTS; k++)
        if (row != nullptr && lane + 32 * k < side) row[lane + 32 * k] = x[k];
}

// Rotates all pairs within each bundle of ROWS rows once. Each block handles one bundle with ROWS / 2 warps; a warp
// takes one pair of each step of the tournament directly from global memory. Shared memory: none. Registers: 2 ELEMENTS
// numbers (one ELEMENTS from 64 on). Bound: latency; this is 1 / (bundles) of the work.
template <typename T, int ELEMENTS, int ROWS>
__global__ void __launch_bounds__(16 * ROWS, 1) bundle_kernel(T *triangles, int exponent, int sweep, int side,
                                                               int bundles, Progress progress) {
    const int matrix = int(blockIdx.x) / bundles, bundle = int(blockIdx.x) % bundles;
    T *const rows = triangles + int64_t(matrix) * side * side;
    const SvdLimits<T> limits(side, exponent, sweep);
    const int warp = int(threadIdx.x) / 32;
    if (progress.done[matrix]) return; // the whole block
    for (int step = 0; step < ROWS - 1; step++) {
        int low, high;
        svd_meeting({ROWS - 1, ROWS / 2, true}, warp, step, &low, &high);
        low += bundle * ROWS;
        high += bundle * ROWS;
        if (high < side) {
            T x[ELEMENTS];
            load_row(x, rows + int64_t(low) * side, side);
            if (rotate(x, rows + int64_t(high) * side, side, limits)) {
                store_row(x, rows + int64_t(low) * side, side);
                progress.rotated[matrix] = 1; // whoever writes, writes the same
            }
        }
        __syncthreads();
    }
}

// Rotates each row of a bundle with each row of another: one step of the order of bundles. Each block handles one pair
// of bundles with ROWS warps. Warp i keeps row i of one bundle in registers. The other bundle is in shared memory, and
// its rows are passed around: in turn r warp i takes row i xor r, reads, rotates and writes it back. There is one
// barrier per turn. Shared memory: ROWS x side numbers, at most 64 KiB in double. Registers: 2 ELEMENTS numbers and
// about 40 more (one ELEMENTS from 64 on). Bound: shared memory, 2 numbers moved per element pair for 7 operations;
// global memory moves 4 ROWS side numbers per block, 1 / ROWS of that.
template <typename T, int ELEMENTS, int ROWS>
__global__ void __launch_bounds__(32 * ROWS, 1) bundle_pair_kernel(T *triangles, int exponent, int sweep, int side,
                                                                   SvdOrder order, int step, Progress progress) {
    FR_DYNAMIC_SHARED(T, theirs);
    const int matrix = int(blockIdx.x) / order.pairs;
    int low, high;
    svd_meeting(order, int(blockIdx.x) % order.pairs, step, &low, &high);
    if (progress.done[matrix] || high * ROWS >= side) return; // the whole block
    T *const rows = triangles + int64_t(matrix) * side * side;
    const SvdLimits<T> limits(side, exponent, sweep);
    const int warp = int(threadIdx.x) / 32;
    const int count = side - high * ROWS < ROWS ? side - high * ROWS : ROWS;
    T *const their_rows = rows + int64_t(high) * ROWS * side; // one after the other, as in shared memory
    for (int i = int(threadIdx.x); i < count * side; i += 32 * ROWS) theirs[i] = their_rows[i];
    T *const my_row = rows + (int64_t(low) * ROWS + warp) * side; // the lower bundle is full
    T x[ELEMENTS];
    load_row(x, my_row, side);
    __syncthreads();
    bool rotated = false;
    for (int turn = 0; turn < ROWS; turn++) {
        const int other = warp ^ turn;
        if (other < count) rotated |= rotate(x, theirs + other * side, side, limits);
        __syncthreads();
    }
    if (rotated) {
        store_row(x, my_row, side);
        progress.rotated[matrix] = 1;
    }
    for (int i = int(threadIdx.x); i < count * side; i += 32 * ROWS) their_rows[i] = theirs[i];
}

// Runs before the first sweep (`first`) and after each. One thread per matrix. Bound: latency.
template <typename T>
__global__ void __launch_bounds__(128) progress_kernel(const typename SvdNumber<T>::Bits *largest, int64_t batch,
                                                       bool first, Progress progress) {
    const int64_t matrix = int64_t(blockIdx.x) * 128 + threadIdx.x;
    if (matrix < batch) {
        if (first)
            progress.done[matrix] = !SvdScale<T>(largest[matrix], 0).finite;
        else if (progress.rotated[matrix] == 0)
            progress.done[matrix] = 1;
        progress.rotated[matrix] = 0;
        if (!progress.done[matrix]) atomicAdd(progress.remaining, 1);
    }
}

// Computes the lengths of the rows, and from them the result. There is one block per matrix; each of its 8 warps
// processes one row at a time. Shared memory: `side` numbers. Bound: bandwidth, one read of the triangles.
template <typename T>
__global__ void __launch_bounds__(256) result_kernel(const T *triangles, const typename SvdNumber<T>::Bits *largest,
                                                     int exponent, int side, int64_t longer, Progress progress,
                                                     fr_singular *results, fr_outcome *outcomes) {
    FR_DYNAMIC_SHARED(T, values);
    const int64_t matrix = blockIdx.x;
    const T *const rows = triangles + matrix * side * side;
    for (int row = int(threadIdx.x) / 32; row < side; row += 8) {
        T squares = 0;
        for (int at = int(threadIdx.x) % 32; at < side; at += 32)
            squares = svd_fma(rows[int64_t(row) * side + at], rows[int64_t(row) * side + at], squares);
        for (int lanes = 16; lanes > 0; lanes /= 2) squares += __shfl_xor_sync(fr_all_lanes, squares, lanes);
        if (threadIdx.x % 32 == 0) values[row] = sqrt(squares);
    }
    __syncthreads();
    if (threadIdx.x < 32)
        svd_warp_result(values, side, longer, SvdScale<T>(largest[matrix], exponent), progress.done[matrix] != 0,
                        results + matrix, outcomes + matrix);
}

template <typename T>
fr_status count_remaining(const SvdSlice<T> &slice, bool first, Progress progress, int *remaining) {
    fr_session *session = slice.session;
    FR_TRY(session, cudaMemsetAsync(progress.remaining, 0, sizeof(int), session->stream), "clearing a counter");
    const auto kernel = progress_kernel<T>;
    FR_LAUNCH(kernel, dim3(unsigned((slice.batch + 127) / 128)), dim3(128), 0, session->stream, slice.largest,
              slice.batch, first, progress);
    FR_TRY_LAUNCH(session, "counting unfinished matrices");
    FR_TRY(session,
           cudaMemcpyAsync(remaining, progress.remaining, sizeof(int), cudaMemcpyDeviceToHost, session->stream),
           "copying a counter");
    FR_TRY(session, cudaStreamSynchronize(session->stream), "the Jacobi iteration of large matrices");
    return FR_OK;
}

template <typename T, int ELEMENTS, int ROWS> fr_status iterate(const SvdSlice<T> &slice, Progress progress) {
    fr_session *session = slice.session;
    const int side = slice.side, bundles = (side + ROWS - 1) / ROWS;
    const SvdOrder order = svd_order(bundles);
    const auto within = bundle_kernel<T, ELEMENTS, ROWS>;
    const auto between = bundle_pair_kernel<T, ELEMENTS, ROWS>;
    const size_t shared_bytes = size_t(ROWS) * size_t(side) * sizeof(T);
    FR_TRY(session, cudaFuncSetAttribute(between, cudaFuncAttributeMaxDynamicSharedMemorySize, int(shared_bytes)),
           "asking for shared memory");
    int remaining = 0;
    FR_PASS(count_remaining(slice, true, progress, &remaining));
    for (int sweep = 0; sweep < fr_svd_sweep_limit && remaining > 0; sweep++) {
        if (fr_cuda_is_cancelled(session)) return fr_cuda_fail(session, FR_CANCELLED, "cancelled");
        FR_LAUNCH(within, dim3(unsigned(slice.batch * bundles)), dim3(16 * ROWS), 0, session->stream, slice.triangles,
                  slice.exponent, sweep, side, bundles, progress);
        FR_TRY_LAUNCH(session, "the Jacobi iteration of large matrices");
        for (int step = 0; step < order.steps; step++) {
            FR_LAUNCH(between, dim3(unsigned(slice.batch * order.pairs)), dim3(32 * ROWS), shared_bytes,
                      session->stream, slice.triangles, slice.exponent, sweep, side, order, step, progress);
            FR_TRY_LAUNCH(session, "the Jacobi iteration of large matrices");
        }
        FR_PASS(count_remaining(slice, false, progress, &remaining));
    }
    const auto result = result_kernel<T>;
    FR_LAUNCH(result, dim3(unsigned(slice.batch)), dim3(256), size_t(side) * sizeof(T), session->stream,
              slice.triangles, slice.largest, slice.exponent, side, slice.longer, progress, slice.results,
              slice.outcomes);
    FR_TRY_LAUNCH(session, "collecting singular values");
    return FR_OK;
}

} // namespace

template <typename T> fr_status fr_svd_tiles(const SvdSlice<T> &slice, int elements, int *workspace) {
    const Progress progress = {workspace, workspace + slice.batch, workspace + 2 * slice.batch};
    const int needed = (slice.side + 31) / 32;
    if (elements < needed) elements = needed;
    if (elements <= 8) return iterate<T, 8, 16>(slice, progress);
    if (elements <= 16) return iterate<T, 16, 16>(slice, progress);
    if (elements <= 32) return iterate<T, 32, 8>(slice, progress);
    return iterate<T, 64, 4>(slice, progress);
}

template fr_status fr_svd_tiles(const SvdSlice<double> &, int, int *);
template fr_status fr_svd_tiles(const SvdSlice<float> &, int, int *);
