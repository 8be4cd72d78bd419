// Left-looking elimination of one small trial by one block, tiles of 16 columns, all in shared memory. With B_K the
// tile's columns before its own steps, D_K^-1 the inverse of its pivots' rows, and y the next columns: U_K = D_K^-1
// y_K,   y <- y - B_K U_K      for K in order; then Gauss and Jordan on y, rows chosen as they come. Rows stay in
// place: slot s of the factor belongs to row pivots[s].
//
// By count n = 100 takes about 0.5 million dp4a, 0.4 million other instructions of lanes, and 500 barriers.
#include "column_proof/small.cuh"

namespace {

struct Shared {
    int8_t *factor, *inverses, *tile;
    int *sums;
    SmallUnit *units;
    int16_t *slot_of_row, *pivot_row;
    int leading, n;

    __device__ Shared(unsigned char *memory, const SmallLayout &l, int64_t rows) {
        factor = reinterpret_cast<int8_t *>(memory + l.factor);
        inverses = reinterpret_cast<int8_t *>(memory + l.inverses);
        tile = reinterpret_cast<int8_t *>(memory + l.tile);
        sums = reinterpret_cast<int *>(memory + l.sums);
        units = reinterpret_cast<SmallUnit *>(memory + l.lists);
        slot_of_row = reinterpret_cast<int16_t *>(memory + l.slots);
        pivot_row = reinterpret_cast<int16_t *>(memory + l.pivots);
        leading = int(l.leading);
        n = int(rows);
    }
};

constexpr int no_slot = INT16_MAX;

// Four bytes of a row, as dp4a takes them. Addresses must be multiples of 4.
__device__ int four(const int8_t *at) { return *reinterpret_cast<const int *>(at); }

// Applies tile `K`, of `count` pivots, to columns from ..< to. v and u are 16 x 16, by columns. Rows with slots before
// 16 K + count are done. The function ends with a barrier.
__device__ void apply_tile(ByteField field, const Shared &m, int K, int count, int from, int to, int8_t *v, int8_t *u) {
    const int thread = int(threadIdx.x), threads = int(blockDim.x);
    for (int e = 16 * from + thread; e < 16 * to; e += threads) {
        const int c = e / 16, i = e % 16;
        v[e] = int8_t(i < count ? fr_byte_residue(field, m.sums[c * m.n + m.pivot_row[16 * K + i]]) : 0);
    }
    __syncthreads();
    for (int e = 16 * from + thread; e < 16 * to; e += threads) {
        const int8_t *inverse = m.inverses + 16 * (16 * K + e % 16);
        int sum = 0;
        for (int l = 0; l < 16; l += 4) sum = __dp4a(four(inverse + l), four(v + e / 16 * 16 + l), sum);
        u[e] = int8_t(fr_byte_residue(field, sum));
    }
    __syncthreads();
    // Each thread keeps its row of the factor in registers while it processes the columns.
    for (int row = thread; row < m.n; row += threads) {
        if (m.slot_of_row[row] < 16 * K + count) continue;
        const int8_t *left = m.factor + row * m.leading + 16 * K;
        const int l0 = four(left), l1 = four(left + 4), l2 = four(left + 8), l3 = four(left + 12);
        for (int c = from; c < to; c++) {
            const int8_t *right = u + 16 * c;
            int sum = __dp4a(l0, four(right), 0);
            sum = __dp4a(l1, four(right + 4), sum);
            sum = __dp4a(l2, four(right + 8), sum);
            m.sums[c * m.n + row] -= __dp4a(l3, four(right + 12), sum);
        }
    }
    __syncthreads();
}

// Chooses at most `want` next columns, as the host's proof would after `pivots` pivots. Run by one thread.
__device__ int choose(const Shared &m, int units, int pivots, int want, SmallColumn *next, SmallColumn *chosen) {
    int count = 0;
    while (count < want && next->unit < units) {
        const SmallUnit unit = m.units[next->unit];
        if (next->coordinate >= unit.most || pivots + count >= unit.reached) {
            *next = {next->unit + 1, 0};
            continue;
        }
        chosen[count++] = *next;
        next->coordinate++;
    }
    return count;
}

// One step of Gauss and Jordan's method on columns 0 ..< to of the tile: column s, pivot in row `pivot`. scaled: 16
// numbers.
__device__ void step(ByteField field, const Shared &m, int first_slot, int s, int to, int pivot, int *scaled) {
    const int thread = int(threadIdx.x), threads = int(blockDim.x);
    const int inverse = fr_byte_inverse(field, m.tile[s * m.n + pivot]);
    if (thread == 0) {
        m.slot_of_row[pivot] = int16_t(first_slot + s);
        m.pivot_row[first_slot + s] = int16_t(pivot);
    }
    for (int l = thread; l < to; l += threads)
        scaled[l] = l == s ? inverse : fr_byte_short_residue(field, m.tile[l * m.n + pivot] * inverse);
    __syncthreads();
    for (int row = thread; row < m.n; row += threads) {
        if (m.slot_of_row[row] < first_slot) continue;
        const int factor = m.tile[s * m.n + row];
        for (int l = 0; l < to; l++) {
            const int before = l == s ? 0 : m.tile[l * m.n + row];
            m.tile[l * m.n + row] =
                int8_t(row == pivot ? scaled[l] : fr_byte_short_residue(field, before - factor * scaled[l]));
        }
    }
    __syncthreads();
}

// Each trial uses one block. n <= INT16_MAX.
__global__ void __launch_bounds__(256) prove_small(ByteField field, SmallLaunch launch, SmallLayout layout) {
    FR_DYNAMIC_SHARED(unsigned char, memory);
    __shared__ int v_words[64], u_words[64];
    __shared__ int scaled[16], found, count;
    __shared__ SmallColumn next, chosen[16];
    int8_t *const v = reinterpret_cast<int8_t *>(v_words), *const u = reinterpret_cast<int8_t *>(u_words);
    const Shared m(memory, layout, launch.n);
    const int thread = int(threadIdx.x), threads = int(blockDim.x), n = m.n;
    const SmallJob job = launch.jobs[blockIdx.x];
    const uint64_t *const patterns = launch.patterns + job.first_unit * launch.words;
    const int8_t *const x = launch.x + int64_t(job.trial) * launch.coordinates * launch.n;
    SmallColumn *const reports = launch.reports + int64_t(blockIdx.x) * (1 + launch.most_reports);

    for (int i = thread; i < job.units; i += threads) m.units[i] = launch.units[job.first_unit + i];
    for (int row = thread; row < n; row += threads) m.slot_of_row[row] = no_slot;
    if (thread == 0) next = {0, 0};
    __syncthreads();
    int pivots = 0, dependent = 0;
    for (int tile = 0; pivots < n && dependent < int(launch.most_reports); tile++) {
        int filled = 0; // pivots of this tile
        bool ends = false;
        while (filled < 16 && !ends && dependent < int(launch.most_reports)) {
            const int room = n - pivots < 16 - filled ? n - pivots : 16 - filled;
            if (thread == 0) count = choose(m, job.units, pivots, room, &next, chosen + filled);
            __syncthreads();
            const int to = filled + count;
            if (count == 0) break;
            for (int row = thread; row < n; row += threads)
                for (int c = filled; c < to; c++) {
                    const uint64_t word = patterns[chosen[c].unit * launch.words + (row >> 6)];
                    m.sums[c * n + row] = word >> (row & 63) & 1 ? x[chosen[c].coordinate * launch.n + row] : 0;
                }
            __syncthreads();
            for (int K = 0; K < tile; K++) apply_tile(field, m, K, 16, filled, to, v, u);
            // The columns before this tile's steps. Columns that do not exist yet are zero.
            for (int row = thread; row < n; row += threads)
                for (int c = filled; c < 16; c++)
                    m.factor[row * m.leading + 16 * tile + c] =
                        int8_t(c < to ? fr_byte_residue(field, m.sums[c * n + row]) : 0);
            __syncthreads();
            if (filled > 0) apply_tile(field, m, tile, filled, filled, to, v, u);
            for (int row = thread; row < n; row += threads)
                for (int c = filled; c < to && m.slot_of_row[row] == no_slot; c++)
                    m.tile[c * n + row] = int8_t(fr_byte_residue(field, m.sums[c * n + row]));
            for (int e = thread; e < filled * (to - filled); e += threads) {
                const int i = e % filled, c = filled + e / filled;
                m.tile[c * n + m.pivot_row[16 * tile + i]] = u[16 * c + i];
            }
            __syncthreads();
            ends = to < 16; // no more rows, or no more columns, unless one of these is dependent
            for (int s = filled; s < to; s++) {
                if (thread == 0) found = INT32_MAX;
                __syncthreads();
                for (int row = thread; row < n; row += threads)
                    if (m.slot_of_row[row] == no_slot && m.tile[s * n + row] != 0) {
                        atomicMin(&found, row);
                        break;
                    }
                __syncthreads();
                const int pivot = found;
                if (pivot == INT32_MAX) {
                    dependent++;
                    ends = false;
                    if (thread == 0) {
                        reports[dependent] = chosen[s];
                        next = {chosen[s].unit + 1, 0};
                    }
                    break;
                }
                step(field, m, 16 * tile, s, to, pivot, scaled);
                filled++;
                pivots++;
            }
            // The inverse of the pivots' rows so far.
            for (int e = thread; e < 256; e += threads) {
                const int i = e / 16, l = e % 16;
                m.inverses[16 * (16 * tile + i) + l] =
                    i < filled && l < filled ? m.tile[l * n + m.pivot_row[16 * tile + i]] : int8_t(0);
            }
            __syncthreads();
        }
        if (filled < 16) break; // no more columns
    }
    if (thread == 0) reports[0] = {dependent, pivots};
}

// Each thread computes one entry.
__global__ void small_inputs(ByteField field, int64_t n, int64_t padded, int64_t d0, int64_t coordinates,
                             int64_t trials, const double *residues, int8_t *x) {
    for (int64_t i = fr_cuda_first_item(); i < trials * coordinates * n; i += fr_cuda_stride()) {
        const int64_t row = i % n, c = i / n % coordinates, t = i / n / coordinates;
        x[i] = int8_t(c < d0 ? fr_byte_residue(field, int(residues[(t * d0 + c) * padded + row])) : 1);
    }
}

} // namespace

fr_status fr_cuda_launch_small(StreamContext *context, ByteField field, const SmallLaunch &launch, int64_t jobs) {
    const SmallLayout layout = SmallLayout::make(launch.n, launch.most_units);
#if defined(FR_HOST_BUILD)
    const int threads = 8; // fibers are expensive
#else
    const int threads = launch.n <= 64 ? 64 : launch.n <= 128 ? 128 : 256;
#endif
    FR_TRY(context, cudaFuncSetAttribute(prove_small, cudaFuncAttributeMaxDynamicSharedMemorySize, int(layout.bytes)),
           "asking for shared memory");
    FR_LAUNCH(prove_small, unsigned(jobs), threads, size_t(layout.bytes), context->stream, field, launch, layout);
    FR_TRY_LAUNCH(context, "eliminating small trials");
    return FR_OK;
}

fr_status fr_cuda_small_inputs(StreamContext *context, ByteField field, const ProofShape &shape, int64_t d0,
                               int64_t trials, const double *residues, int8_t *x) {
    const int64_t count = trials * shape.coordinates * shape.n;
    FR_LAUNCH(small_inputs, fr_cuda_blocks(count, fr_proof_threads), fr_proof_threads, 0, context->stream, field,
              shape.n, shape.padded, d0, shape.coordinates, trials, residues, x);
    FR_TRY_LAUNCH(context, "making residues of bytes");
    return FR_OK;
}
