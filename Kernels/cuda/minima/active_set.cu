// The active sets of all regions, with one block per region. The best of the rays that pricing found enters. Then the
// least squares of the rays in use are solved with non-negative coefficients (Kernels/cpu/minima/region/nnls.c: Q R by
// Gram and Schmidt, twice; rays are removed by Givens rotations). The other candidates are priced again with the new
// residual, so that several rays enter in one launch.
#include <algorithm>

#include "minima/slots.cuh"

namespace {

// Threads per block: fewer if the points would leave most of them idle.
constexpr int most_threads = 128;
// Rays that may enter in a launch. The first is the best of all units; the others are the best of those that were best
// of some thread's share.
constexpr int entries_a_launch = 8;
// Columns of Q that a warp multiplies at a time: 32 / this lanes each.
constexpr int columns_a_warp = 4;
constexpr int lanes_a_column = 32 / columns_a_warp;

struct Best {
    double value;
    int place;
};

struct BlockScratch {
    Best best[most_threads / 32];
    double sums[most_threads / 32];
    int chosen;
};

// The largest value and its place (the first of equal values), in all threads.
__device__ Best block_best(double value, int place, BlockScratch &scratch) {
    for (int bits = 16; bits > 0; bits /= 2) {
        const double other = __shfl_xor_sync(0xffffffffu, value, bits);
        const int from = __shfl_xor_sync(0xffffffffu, place, bits);
        if (other > value || (other == value && from < place)) {
            value = other;
            place = from;
        }
    }
    __syncthreads(); // some threads may still read the previous result
    if (threadIdx.x % 32 == 0) scratch.best[threadIdx.x / 32] = {value, place};
    __syncthreads();
    Best best = scratch.best[0];
    for (unsigned w = 1; w < blockDim.x / 32; w++) {
        const Best other = scratch.best[w];
        if (other.value > best.value || (other.value == best.value && other.place < best.place)) best = other;
    }
    return best;
}

__device__ double block_sum(double value, BlockScratch &scratch) {
    for (int bits = 16; bits > 0; bits /= 2) value += __shfl_xor_sync(0xffffffffu, value, bits);
    __syncthreads();
    if (threadIdx.x % 32 == 0) scratch.sums[threadIdx.x / 32] = value;
    __syncthreads();
    double sum = scratch.sums[0];
    for (unsigned w = 1; w < blockDim.x / 32; w++) sum += scratch.sums[w];
    return sum;
}

// One region's set while its block works on it. All threads must call all functions. After a function all threads may
// read its results in memory.
struct ActiveSet {
    const MinimaRegion &region;
    BlockScratch &scratch;
    int n, k, tid, threads;
    int64_t stride; // of Q and R
    int count;      // rays in use
    double *residual, *column, *parts, *trial, *coefficients, *projections, *q, *r;
    const double *labels;
    int32_t *units, *zeros;

    __device__ ActiveSet(const MinimaRegion &region_, BlockScratch &scratch_, size_t set)
        : region(region_), scratch(scratch_), n(region_.task.n), k(region_.task.k), tid(int(threadIdx.x)),
          threads(int(blockDim.x)), stride(region_.slots.at.points), count(0) {
        const MinimaLayout &at = region.slots.at;
        residual = region.part<double>(at.residual);
        column = region.part<double>(at.column);
        parts = region.part<double>(at.parts);
        trial = region.part<double>(at.trial);
        coefficients = region.part<double>(set + at.coefficients);
        projections = region.part<double>(set + at.projections);
        q = region.part<double>(set + at.q);
        r = region.part<double>(set + at.r);
        labels = region.part<double>(at.labels);
        units = region.part<int32_t>(at.ray_units);
        zeros = region.part<int32_t>(at.ray_zeros);
    }

    __device__ double size_of(const double *x) {
        double squares = 0;
        for (int j = tid; j < n; j += threads) squares = minima_madd(x[j], x[j], squares);
        return sqrt(block_sum(squares, scratch));
    }

    // parts[s] = column s of Q times x, for s < columns. 2 n flops per column, 8 n bytes of Q.
    __device__ void project(const double *x, int columns) {
        const int lane = tid % lanes_a_column, first = tid / lanes_a_column, step = threads / lanes_a_column;
        for (int base = 0; base < columns; base += step) { // the same for all lanes of a warp
            const int s = base + first;
            double sum = 0;
            if (s < columns)
                for (int j = lane; j < n; j += lanes_a_column) sum = minima_madd(q[s * stride + j], x[j], sum);
            for (int bits = lanes_a_column / 2; bits > 0; bits /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, bits);
            if (s < columns && lane == 0) parts[s] = sum;
        }
        __syncthreads();
    }

    // x -= Q y, over `columns` columns.
    __device__ void subtract(double *x, const double *y, int columns) {
        for (int j = tid; j < n; j += threads) {
            double value = x[j];
            for (int s = 0; s < columns; s++) value = minima_madd(-y[s], q[s * stride + j], value);
            x[j] = value;
        }
        __syncthreads();
    }

    // Twice, because the residual may be far smaller than the labels. 8 n flops per ray.
    __device__ double find_residual() {
        for (int j = tid; j < n; j += threads) residual[j] = labels[j];
        __syncthreads();
        subtract(residual, projections, count);
        project(residual, count);
        subtract(residual, parts, count);
        return size_of(residual);
    }

    // Appends `column` to those in use. Returns false if it depends on them, as far as rounding shows. 8 n flops per
    // ray in use.
    __device__ bool put_in(int unit) {
        const int t = count;
        if (t >= n) return false;
        double *last = q + t * stride, *row = r + t * stride;
        const double size = size_of(column);
        for (int j = tid; j < n; j += threads) last[j] = column[j];
        __syncthreads();
        for (int pass = 0; pass < 2; pass++) {
            project(last, t);
            for (int s = tid; s < t; s += threads) row[s] = pass == 0 ? parts[s] : row[s] + parts[s];
            subtract(last, parts, t);
        }
        const double pivot = size_of(last);
        if (!(pivot > 1e-13 * size)) return false;
        double product = 0;
        for (int j = tid; j < n; j += threads) {
            last[j] /= pivot;
            product = minima_madd(last[j], labels[j], product);
        }
        product = block_sum(product, scratch);
        if (tid == 0) {
            row[t] = pivot;
            projections[t] = product;
            coefficients[t] = 0;
            units[t] = unit;
        }
        for (int i = tid; i < k - 1; i += threads)
            zeros[t * (k - 1) + i] = region.zeros(unit)[i * region.slots.at.units];
        count++;
        __syncthreads();
        return true;
    }

    // Removes ray `place`; the rays after it move up. 6 n + 3 count flops for each of them.
    __device__ void take_out(int place) {
        const int last = count - 1;
        __syncthreads(); // all have read the value that led to this call
        for (int s = tid; s <= last; s += threads)
            for (int t = place < s - 1 ? s - 1 : place; t < last; t++) r[t * stride + s] = r[(t + 1) * stride + s];
        if (tid == 0)
            for (int t = place; t < last; t++) {
                coefficients[t] = coefficients[t + 1];
                units[t] = units[t + 1];
            }
        for (int i = tid; i < k - 1; i += threads)
            for (int t = place; t < last; t++) zeros[t * (k - 1) + i] = zeros[(t + 1) * (k - 1) + i];
        __syncthreads();
        for (int t = place; t < last; t++) { // rows t and t + 1 of R, columns t and t + 1 of Q
            const double above = r[t * stride + t], below = r[t * stride + t + 1];
            const double h = sqrt(above * above + below * below), c = above / h, s = below / h;
            const double p = projections[t], next = projections[t + 1];
            __syncthreads(); // all have read
            for (int column_ = t + tid; column_ < last; column_ += threads) {
                double *e = r + column_ * stride;
                const double x = e[t], y = e[t + 1];
                e[t] = c * x + s * y;
                e[t + 1] = c * y - s * x;
            }
            for (int j = tid; j < n; j += threads) {
                const double x = q[t * stride + j], y = q[(t + 1) * stride + j];
                q[t * stride + j] = c * x + s * y;
                q[(t + 1) * stride + j] = c * y - s * x;
            }
            if (tid == 0) {
                projections[t] = c * p + s * next;
                projections[t + 1] = c * next - s * p;
            }
            __syncthreads();
        }
        count = last;
    }

    // Solves trial = R^-1 projections: count^2 flops, one barrier per ray.
    __device__ void solve() {
        for (int t = tid; t < count; t += threads) parts[t] = projections[t];
        __syncthreads();
        for (int t = count - 1; t >= 0; t--) {
            const double value = parts[t] / r[t * stride + t];
            for (int s = tid; s < t; s += threads) parts[s] = minima_madd(-r[t * stride + s], value, parts[s]);
            if (tid == 0) trial[t] = value;
            __syncthreads();
        }
    }

    // Adds `column` and drops the rays whose coefficients become 0. False if rounding hides the improvement.
    __device__ bool offer(int unit) {
        if (!put_in(unit)) return false;
        solve();
        if (!(trial[count - 1] > 0)) {
            count--;
            return false;
        }
        for (;;) {
            double reach = INFINITY;
            int blocking = -1;
            for (int t = tid; t < count; t += threads)
                if (trial[t] <= 0) {
                    const double step = coefficients[t] / (coefficients[t] - trial[t]);
                    if (blocking < 0 || step < reach) {
                        reach = step;
                        blocking = t;
                    }
                }
            const Best least = block_best(blocking < 0 ? -INFINITY : -reach, blocking < 0 ? n : blocking, scratch);
            const bool blocked = least.place < n;
            const double step = blocked ? -least.value : 1.0;
            for (int t = tid; t < count; t += threads)
                coefficients[t] = t == least.place ? 0.0 : coefficients[t] + step * (trial[t] - coefficients[t]);
            __syncthreads();
            if (!blocked) return true;
            for (int t = count - 1; t >= 0; t--)
                if (!(coefficients[t] > 0)) take_out(t); // the same in all threads
            solve();
        }
    }

    // Writes the contribution of the unit's ray to the labels into `column`: 2 n k flops.
    __device__ void write_column(int unit) {
        const double *w = region.inverse(unit) + (k - 1) * k * region.slots.at.units;
        const uint64_t *pattern = region.pattern(unit);
        const double sign = region.part<int8_t>(region.slots.at.signs)[unit];
        for (int j = tid; j < n; j += threads) {
            double sum = 0;
            for (int c = 0; c < k; c++)
                sum = minima_madd(region.points()[j * k + c], w[c * region.slots.at.units], sum);
            bool zero = !minima_is_active(pattern, j);
            for (int i = 0; i < k - 1; i++) zero |= region.zeros(unit)[i * region.slots.at.units] == j;
            column[j] = zero ? 0 : sign * sum;
        }
        __syncthreads();
    }

    // The product of the unit's ray with the residual over the ray's size, by one thread; 0 if the ray cannot be used.
    __device__ double worth(int unit, double least) const {
        double w[fr_minima_most_k];
        for (int c = 0; c < k; c++) w[c] = region.inverse(unit)[((k - 1) * k + c) * region.slots.at.units];
        const uint64_t *pattern = region.pattern(unit);
        double product = 0, squares = 0;
        for (int j = 0; j < n; j++) {
            if (!minima_is_active(pattern, j)) continue;
            double sum = 0;
            for (int c = 0; c < k; c++) sum = minima_madd(region.points()[j * k + c], w[c], sum);
            product = minima_madd(sum, residual[j], product);
            squares = minima_madd(sum, sum, squares);
        }
        product *= region.part<int8_t>(region.slots.at.signs)[unit];
        return product > least && squares > 0 ? product / sqrt(squares) : 0;
    }

    // Called after the residual: computes the threshold below which rays are not used, and whether the labels are
    // reached.
    __device__ int settle(double size, double label_size, double *least) {
        *least = 1e-10 * size * sqrt(double(n));
        if (count == n || size <= 1e-13 * label_size) return FR_SOLVED_MET;
        return size < INFINITY ? int(MINIMA_RUNS) : int(FR_SOLVED_STALLED); // not a number: never on a sane device
    }
};

template <typename T> __device__ void copy(T *to, const T *from, int64_t count) {
    for (int64_t i = threadIdx.x; i < count; i += blockDim.x) to[i] = from[i];
}

// Copies `count` rays from one set to another. Names of the rays in use are in the answer, names of other sets are
// stored after the set.
__device__ void copy_set(const MinimaRegion &region, size_t to, size_t from, int64_t count) {
    const MinimaLayout &at = region.slots.at;
    const size_t numbers[2] = {at.q, at.r}, rows[2] = {at.coefficients, at.projections};
    for (int i = 0; i < 2; i++) {
        copy(region.part<double>(to + numbers[i]), region.part<double>(from + numbers[i]), count * at.points);
        copy(region.part<double>(to + rows[i]), region.part<double>(from + rows[i]), count);
    }
    const auto units = [&](size_t set) { return set == at.used ? at.ray_units : set + at.set_units; };
    const auto zeros = [&](size_t set) { return set == at.used ? at.ray_zeros : set + at.set_zeros; };
    copy(region.part<int32_t>(units(to)), region.part<int32_t>(units(from)), count);
    copy(region.part<int32_t>(zeros(to)), region.part<int32_t>(zeros(from)), count * (region.task.k - 1));
}

// There is one block per region. It computes the set with which the region begins, copied from or to the stored one (16
// N bytes per ray read, as many written), and its residual, 8 n flops per ray.
__global__ void __launch_bounds__(most_threads)
    start_sets(MinimaSlots slots, const MinimaTask *tasks, int32_t *statuses) {
    __shared__ BlockScratch scratch;
    const MinimaTask task = tasks[blockIdx.x];
    const MinimaRegion region{slots, task};
    const MinimaLayout &at = slots.at;
    MinimaHeader *header = region.header();
    ActiveSet set(region, scratch, at.used);
    int kept = task.start == FR_START_NEW ? 0 : header->kept_count;
    const int used = task.start == FR_START_NEW ? 0 : header->count,
              steps = task.start == FR_START_NEW ? 0 : header->steps;
    __syncthreads();
    if (task.start == FR_START_KEEP) {
        copy_set(region, at.kept, at.used, used);
        kept = used;
    } else {
        copy_set(region, at.used, at.kept, kept);
    }
    __syncthreads();
    set.count = kept;
    const double label_size = set.size_of(set.labels);
    const double size = set.find_residual();
    double least;
    const int status = set.settle(size, label_size, &least);
    if (threadIdx.x == 0) {
        *header = {status, kept, kept, steps + 1, 0, 0, least, label_size};
        statuses[task.slot] = status;
    }
}

// There is one block per region; it runs after pricing and reads 8 bytes per unit. Each ray that enters, with t in use,
// takes 24 n t + 2 t^2 flops on 8 n t bytes of Q (read six times; at n = 100 it stays in the caches) and 4 t^2 of R,
// and about 2 t barriers of the triangular solve, which takes most of the time. Pricing a candidate again takes 2 n (k
// + 2) flops in one thread.
__global__ void __launch_bounds__(most_threads)
    enter_rays(MinimaSlots slots, const MinimaTask *tasks, int32_t *statuses) {
    __shared__ BlockScratch scratch;
    const MinimaTask task = tasks[blockIdx.x];
    const MinimaRegion region{slots, task};
    MinimaHeader *header = region.header();
    MinimaHeader h = *header;
    if (h.status == MINIMA_RUNS) { // of all threads
        ActiveSet set(region, scratch, slots.at.used);
        set.count = h.count;
        const double *values = region.part<double>(slots.at.values);
        int32_t *refused = region.part<int32_t>(slots.at.refused);
        double mine = 0;
        int unit = -1;
        for (int i = set.tid; i < task.width; i += set.threads)
            if (values[i] > mine) {
                mine = values[i];
                unit = i;
            }
        __syncthreads(); // all have read the header
        for (int entry = 0; entry < entries_a_launch && h.status == MINIMA_RUNS; entry++) {
            const Best best = block_best(mine, set.tid, scratch);
            if (!(best.value > 0)) {
                if (entry == 0) h.status = FR_SOLVED_SEPARATED;
                break;
            }
            if (best.place == set.tid) {
                scratch.chosen = unit;
                mine = 0;
            }
            __syncthreads();
            const int chosen = scratch.chosen;
            set.write_column(chosen);
            if (!set.offer(chosen)) {
                if (set.tid == 0) refused[chosen] = h.steps;
                continue;
            }
            h.steps++;
            h.status = set.settle(set.find_residual(), h.label_size, &h.least);
            if (mine > 0) mine = set.worth(unit, h.least);
        }
        h.count = set.count;
        h.turns++;
        if (h.status == MINIMA_RUNS && h.turns > 60 * task.n + 1000) h.status = FR_SOLVED_STALLED;
        if (set.tid == 0) {
            *header = h;
            statuses[task.slot] = h.status;
        }
    }
}

unsigned threads_for(int64_t points) {
    return unsigned(std::min<int64_t>(most_threads, std::max<int64_t>(1, (points + 31) / 32) * 32));
}

} // namespace

fr_status fr_cuda_minima_start(StreamContext *context, const MinimaSlots &slots, const MinimaTask *tasks, int64_t count,
                               int32_t *statuses) {
    FR_LAUNCH(start_sets, unsigned(count), threads_for(slots.at.points), 0, context->stream, slots, tasks, statuses);
    FR_TRY_LAUNCH(context, "starting active sets");
    return FR_OK;
}

fr_status fr_cuda_minima_enter(StreamContext *context, const MinimaSlots &slots, const MinimaTask *tasks, int64_t count,
                               int32_t *statuses) {
    FR_LAUNCH(enter_rays, unsigned(count), threads_for(slots.at.points), 0, context->stream, slots, tasks, statuses);
    FR_TRY_LAUNCH(context, "entering rays");
    return FR_OK;
}
