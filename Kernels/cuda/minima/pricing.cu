// Pricing: with the residual u of its region, a unit's best ray maximizes g.w on its cell. One launch prices all units
// of all regions.
#include <algorithm>

#include "minima/cell.cuh"

namespace {

constexpr int threads_a_block = 128;

// Loads the points of the block's region into shared memory if they fit: all threads then read the same ones.
template <int K> __device__ MinimaPoints bring_points(const MinimaRegion &region, bool shared, double *memory) {
    const int n = region.task.n;
    if (!shared) return {region.points(), n};
    for (int i = int(threadIdx.x); i < n * K; i += int(blockDim.x)) memory[i] = region.points()[i];
    return {memory, n};
}

template <int K> __device__ void load(const MinimaRegion &region, int unit, MinimaCell<K> &cell) {
    const int64_t stride = region.slots.at.units;
    MINIMA_UNROLL
    for (int q = 0; q < K; q++)
        MINIMA_UNROLL
        for (int c = 0; c < K; c++) cell.v[q][c] = region.inverse(unit)[(q * K + c) * stride];
    MINIMA_UNROLL
    for (int q = 0; q < K - 1; q++) cell.zeros[q] = region.zeros(unit)[q * stride];
}

template <int K> __device__ void store(const MinimaRegion &region, int unit, const MinimaCell<K> &cell) {
    const int64_t stride = region.slots.at.units;
    MINIMA_UNROLL
    for (int q = 0; q < K; q++)
        MINIMA_UNROLL
        for (int c = 0; c < K; c++) region.inverse(unit)[(q * K + c) * stride] = cell.v[q][c];
    MINIMA_UNROLL
    for (int q = 0; q < K - 1; q++) region.zeros(unit)[q * stride] = cell.zeros[q];
}

// One thread per unit; grid: (units, tasks). A thread reads 8 K + 1 bytes and n/8 of its unit's pattern, and writes 8
// K^2 + 4 (K - 1); flops: cell_begin. Launched once for new regions.
template <int K>
__global__ void __launch_bounds__(threads_a_block)
    begin_cells(MinimaSlots slots, const MinimaTask *tasks, bool shared) {
    FR_DYNAMIC_SHARED(double, memory);
    const MinimaTask task = tasks[blockIdx.y];
    const MinimaRegion region{slots, task};
    const MinimaPoints points = bring_points<K>(region, shared, memory);
    __syncthreads();
    const int unit = int(blockIdx.x * blockDim.x + threadIdx.x);
    if (unit < task.units) {
        MinimaCell<K> cell;
        bool ready = false;
        if (region.part<int8_t>(slots.at.signs)[unit] != 0) {
            double w[K];
            MINIMA_UNROLL
            for (int c = 0; c < K; c++) w[c] = region.part<double>(slots.at.inside)[int64_t(unit) * K + c];
            ready = cell_begin<K>(points, region.pattern(unit), w, cell);
        }
        if (ready) {
            store<K>(region, unit, cell);
        } else {
            for (int q = 0; q < K - 1; q++) region.zeros(unit)[q * slots.at.units] = -1;
        }
        region.part<uint8_t>(slots.at.ready)[unit] = ready;
        region.part<int32_t>(slots.at.refused)[unit] = -1;
    }
}

// One unit per thread, grid: (units, tasks). At least 2 n K flops for g and 2 K^2 for the edges' gains, 4 n K + 4 K^2
// per pivot (usually none or one) and 2 n K + 4 K^3 for a new inverse if there was one; 2 n K + 2 n for the size
// of a ray that is useful. Reads 8 K^2 + 4 (K - 1) bytes per unit and n/8 of its pattern; the points come from shared
// memory. At n = 100, K = 6 these are some 3,000 flops for 350 bytes, so arithmetic is the limit. Neighbouring units
// diverge in their pivots only.
template <int K>
__global__ void __launch_bounds__(threads_a_block) price(MinimaSlots slots, const MinimaTask *tasks, bool shared) {
    FR_DYNAMIC_SHARED(double, memory);
    const MinimaTask task = tasks[blockIdx.y];
    const MinimaRegion region{slots, task};
    const MinimaHeader header = *region.header();
    const double *u = region.part<double>(slots.at.residual);
    const bool runs = header.status == MINIMA_RUNS; // of all threads of the block
    MinimaPoints points{region.points(), task.n};
    if (runs) {
        points = bring_points<K>(region, shared, memory);
        if (shared) {
            for (int j = int(threadIdx.x); j < task.n; j += int(blockDim.x)) memory[task.n * K + j] = u[j];
            u = memory + task.n * K;
        }
    }
    __syncthreads();
    const int unit = int(blockIdx.x * blockDim.x + threadIdx.x);
    if (!runs || unit >= task.width) return;
    double value = 0;
    const int8_t sign = region.part<int8_t>(slots.at.signs)[unit];
    if (sign != 0 && region.part<uint8_t>(slots.at.ready)[unit] &&
        region.part<int32_t>(slots.at.refused)[unit] != header.steps) {
        const uint64_t *pattern = region.pattern(unit);
        MinimaCell<K> cell;
        load<K>(region, unit, cell);
        double g[K];
        MINIMA_UNROLL
        for (int c = 0; c < K; c++) g[c] = 0;
        for (int j = 0; j < task.n; j++) {
            const double part = minima_is_active(pattern, j) ? sign * u[j] : 0.0;
            MINIMA_UNROLL
            for (int c = 0; c < K; c++) g[c] = minima_madd(part, points.x[j * K + c], g[c]);
        }
        bool moved;
        if (cell_maximize<K>(points, pattern, g, cell, &moved)) {
            if (moved) store<K>(region, unit, cell);
            const double product = cell_dot<K>(g, cell.v[K - 1]);
            if (product > header.least) {
                double squares = 0;
                for (int j = 0; j < task.n; j++) {
                    const double output =
                        minima_is_active(pattern, j) ? cell_dot<K>(points.x + j * K, cell.v[K - 1]) : 0.0;
                    squares = minima_madd(output, output, squares);
                }
                if (squares > 0) value = product / sqrt(squares);
            }
        }
    }
    region.part<double>(slots.at.values)[unit] = value;
}

// The shared memory for the points and u; 0 if they don't fit.
template <typename Kernel> size_t shared_bytes(StreamContext *context, Kernel kernel, int64_t n, int k) {
    const size_t wanted = size_t(n) * size_t(k + 1) * sizeof(double);
    if (wanted > context->session->shared_bytes) return 0;
    if (wanted > 48 << 10 &&
        cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, int(wanted)) != cudaSuccess) {
        cudaGetLastError();
        return 0;
    }
    return wanted;
}

template <int K>
fr_status launch(StreamContext *context, const MinimaSlots &slots, const MinimaTask *tasks, int64_t count,
                 int64_t units, int k, bool begins) {
    if constexpr (K > 0) {
        if (k != K) return launch<K - 1>(context, slots, tasks, count, units, k, begins);
        const auto kernel = begins ? begin_cells<K> : price<K>;
        const size_t shared = shared_bytes(context, kernel, slots.at.points, K);
        const int threads = int(std::min<int64_t>(threads_a_block, (units + 31) / 32 * 32));
        const dim3 grid(unsigned((units + threads - 1) / threads), unsigned(count));
        FR_LAUNCH(kernel, grid, unsigned(threads), shared, context->stream, slots, tasks, shared != 0);
        FR_TRY_LAUNCH(context, begins ? "beginning cells of units" : "pricing units");
    }
    return FR_OK;
}

} // namespace

fr_status fr_cuda_minima_begin_cells(StreamContext *context, const MinimaSlots &slots, const MinimaTask *tasks,
                                     int64_t count, int64_t units, int k) {
    return launch<fr_minima_most_k>(context, slots, tasks, count, units, k, true);
}

fr_status fr_cuda_minima_price(StreamContext *context, const MinimaSlots &slots, const MinimaTask *tasks, int64_t count,
                               int64_t width, int k) {
    return launch<fr_minima_most_k>(context, slots, tasks, count, width, k, false);
}
