// The arguments of elimination_small's kernel, and the places of a trial's state in shared memory.
#ifndef FR_CUDA_ELIMINATION_SMALL_STATE_CUH
#define FR_CUDA_ELIMINATION_SMALL_STATE_CUH

#include "elimination/small/arithmetic.cuh"

#if defined(__CUDACC__)
#define FR_SMALL_UNROLL_4 _Pragma("unroll 4")
#define FR_SMALL_UNROLL_1 _Pragma("unroll 1")
#else
#define FR_SMALL_UNROLL_1
#define FR_SMALL_UNROLL_4
#endif

namespace fr_small {

constexpr int block_columns = 8; // Jacobian columns eliminated at a time, a thread's share of a row in registers
constexpr int stretch = 16;      // pivots whose rows are in shared memory at a time (twice)
constexpr int filter_rows = 16;  // non-pivot rows below which units are judged by their patterns, as on the CPU
constexpr int warp_rows = 32;    // n up to this: a warp per trial
constexpr int warps_a_block = 4; // of these
constexpr int64_t most_rows = 480; // a sum of n products must not need a reduction in between: FR_DELAY = 512

// A chunk of trials, of which the `active` unfinished ones run. All pointers are to device memory.
struct Batch {
    int n, k, padded, words;   // points, columns per unit, points padded to 64, words of a pattern
    int64_t first_column;      // of the Jacobian: the batch's first unit's
    int units;                 // of this batch
    int64_t units_a_trial;     // from one trial's patterns (and deltas) to the next's
    bool first;                // batch: no state to load
    int active;
    const int32_t *trial;      // active: place in the chunk
    const int32_t *drawn;      // active: place in `patterns`
    const uint64_t *patterns;  // drawn trials x units_a_trial x words; of deep networks: where deltas are not 0
    const int32_t *points;     // chunk x k x padded: residues, coordinate-major, the bias's ones last
    const int32_t *deltas;     // deep networks: drawn trials x units_a_trial x padded, residues in a multiplier's form
    int64_t *pivot_columns;    // chunk x n
    int32_t *nonpivots;             // chunk: q, the non-pivot rows
    uint16_t *rows;            // chunk x n: non-pivot rows, then pivot rows
    int32_t *multipliers;      // chunk x most_multipliers(n): M, r x q
    uint64_t *seen;            // chunk x places x words: patterns of units that were eliminated; 0: none. Not deep
    int places;                // a power of two; deep networks: 0
    unsigned long long *columns_run; // if set: the number of eliminated columns is added
};

__host__ __device__ inline int64_t most_multipliers(int64_t n) { return n * n / 4; }

// The 32-bit words that the threads of a trial share.
struct Control {
    int next_unit;       // in the batch: the next to look at, or the one at hand if coordinate > 0
    int coordinate;      // of that unit: columns before it are done
    int columns;         // of the block
    unsigned saturated;  // non-pivot row i: units active on all of its support add nothing (pattern_filter.h)
    int unit[block_columns], column_of_unit[block_columns];
    int pivot_slot[block_columns]; // where the block's column j has its pivot, or -1
};

// Byte offsets in a trial's shared memory. A multiplier has 4 bytes; the rest is small in comparison for large n.
struct Layout {
    int pivot_rows, candidates, support, control, first_of_warp, multipliers, row_of_slot, row_of_pivot, bytes;

    __host__ __device__ static Layout make(int64_t n, int threads, size_t value_bytes) {
        const int warps = threads / 32, words = int((n + 63) / 64), value = int(value_bytes);
        Layout l;
        l.pivot_rows = 0;
        l.candidates = l.pivot_rows + 2 * stretch * block_columns * value;
        l.support = l.candidates + 2 * warps * block_columns * value;
        l.control = l.support + filter_rows * words * 8;
        l.first_of_warp = l.control + int(sizeof(Control));
        l.multipliers = l.first_of_warp + 2 * warps * 4;
        l.row_of_slot = l.multipliers + 4 * int(most_multipliers(n));
        l.row_of_pivot = l.row_of_slot + 2 * threads;
        l.bytes = (l.row_of_pivot + 2 * int(n) + 15) / 16 * 16;
        return l;
    }
};

// The threads that work on a trial: a warp of a block of several, or the whole block.
template <bool one_warp> struct Team {
    static constexpr bool is_one_warp = one_warp;
    __device__ static int rank() { return int(threadIdx.x); }
    __device__ static int lane() { return int(threadIdx.x) & 31; }
    __device__ static int warp() { return int(threadIdx.x) >> 5; }
    __device__ static int threads() { return one_warp ? 32 : int(blockDim.x); }
    __device__ static void sync() {
        if (one_warp) {
            __syncwarp();
        } else {
            __syncthreads();
        }
    }
    __device__ static bool any(bool predicate) {
        return one_warp ? __any_sync(0xffffffffu, predicate) != 0 : __syncthreads_or(predicate) != 0;
    }
};

// A trial's state as its threads see it. Thread i owns the non-pivot row in slot i. Slots are ascending by row, so the
// topmost row is in the lowest slot. M is stored pivot by pivot, M[t q + i], so that neighbouring threads read
// neighbouring words and nothing is padded (q r <= n^2/4 words at any time).
template <class A> struct State {
    typename A::Value *pivot_rows; // 2 x stretch x block_columns
    typename A::Value *candidates; // 2 x warps x block_columns
    uint64_t *support;             // filter_rows x words
    Control *control;
    int32_t *first_of_warp;        // 2 x warps
    int32_t *m;
    uint16_t *row_of_slot, *row_of_pivot;
    const uint64_t *patterns;      // of this trial, batch's units
    const int32_t *points, *deltas;
    uint64_t *seen;                // of this trial
    int q, r;                      // non-pivot rows, pivots: the same in all threads

    __device__ State(const Batch &batch, int number, int threads, unsigned char *memory) {
        const Layout l = Layout::make(batch.n, threads, sizeof(typename A::Value));
        pivot_rows = reinterpret_cast<typename A::Value *>(memory + l.pivot_rows);
        candidates = reinterpret_cast<typename A::Value *>(memory + l.candidates);
        support = reinterpret_cast<uint64_t *>(memory + l.support);
        control = reinterpret_cast<Control *>(memory + l.control);
        first_of_warp = reinterpret_cast<int32_t *>(memory + l.first_of_warp);
        m = reinterpret_cast<int32_t *>(memory + l.multipliers);
        row_of_slot = reinterpret_cast<uint16_t *>(memory + l.row_of_slot);
        row_of_pivot = reinterpret_cast<uint16_t *>(memory + l.row_of_pivot);
        patterns = batch.patterns + batch.drawn[number] * batch.units_a_trial * batch.words;
        deltas = A::is_deep ? batch.deltas + batch.drawn[number] * batch.units_a_trial * batch.padded : nullptr;
        points = batch.points + int64_t(batch.trial[number]) * batch.k * batch.padded;
        seen = batch.seen + int64_t(batch.trial[number]) * batch.places * batch.words;
        q = batch.n;
        r = 0;
    }
    __device__ bool is_active(const Batch &batch, int unit, int row) const {
        return (patterns[int64_t(unit) * batch.words + (row >> 6)] >> (row & 63) & 1) != 0;
    }
    // The Jacobian's entry in column c of the block.
    __device__ typename A::Value entry(const A &a, const Batch &batch, int c, int row) const {
        const int32_t *point = points + int64_t(control->column_of_unit[c]) * batch.padded + row;
        if constexpr (A::is_deep) {
            const int32_t delta = deltas[int64_t(control->unit[c]) * batch.padded + row];
            return delta != 0 ? a.product(A::unpack(delta), A::unpack(*point)) : 0;
        } else {
            return A::unpack(is_active(batch, control->unit[c], row) ? *point : 0);
        }
    }
    __device__ void add_support(const Batch &batch, int slot, int row) const {
        support[slot * batch.words + (row >> 6)] |= uint64_t(1) << (row & 63);
    }
};

} // namespace fr_small

#endif
