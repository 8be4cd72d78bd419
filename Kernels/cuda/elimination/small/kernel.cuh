// The kernel of elimination/small/elimination.cu: unfinished trials advance over a batch of units.
#ifndef FR_CUDA_ELIMINATION_SMALL_KERNEL_CUH
#define FR_CUDA_ELIMINATION_SMALL_KERNEL_CUH

#include "elimination/small/block.cuh"

namespace fr_small {

// Loads the state from global memory; in the first batch all rows are without a pivot.
template <class A, class T> __device__ void load(State<A> &s, const Batch &batch, T team, int number) {
    const int64_t trial = batch.trial[number];
    if (!batch.first) s.q = batch.nonpivots[trial];
    s.r = batch.n - s.q;
    const uint16_t *rows = batch.rows + trial * batch.n;
    for (int i = team.rank(); i < batch.n; i += team.threads()) {
        const uint16_t row = batch.first ? uint16_t(i) : rows[i];
        if (i < s.q) {
            s.row_of_slot[i] = row;
        } else {
            s.row_of_pivot[i - s.q] = row;
        }
    }
    const int32_t *m = batch.multipliers + trial * most_multipliers(batch.n);
    for (int i = team.rank(); i < s.q * s.r; i += team.threads()) s.m[i] = m[i];
    if (team.rank() == 0) {
        s.control->next_unit = s.control->coordinate = s.control->columns = 0;
        s.control->saturated = 0;
    }
    team.sync();
    const int slot = team.rank();
    if (s.q <= filter_rows && slot < s.q) {
        for (int w = 0; w < batch.words; w++) s.support[slot * batch.words + w] = 0;
        s.add_support(batch, slot, s.row_of_slot[slot]);
        for (int t = 0; t < s.r; t++)
            if (s.m[t * s.q + slot] != 0) s.add_support(batch, slot, s.row_of_pivot[t]);
    }
    team.sync();
}

template <class A, class T> __device__ void store(const State<A> &s, const Batch &batch, T team, int number) {
    const int64_t trial = batch.trial[number];
    uint16_t *rows = batch.rows + trial * batch.n;
    int32_t *m = batch.multipliers + trial * most_multipliers(batch.n);
    if (team.rank() == 0) batch.nonpivots[trial] = s.q;
    if (s.q == 0) return;
    for (int i = team.rank(); i < batch.n; i += team.threads())
        rows[i] = i < s.q ? s.row_of_slot[i] : s.row_of_pivot[i - s.q];
    for (int i = team.rank(); i < s.q * s.r; i += team.threads()) m[i] = s.m[i];
}

// Each trial uses one block of ceil(n/32) warps; for n <= 32, one warp, four trials per block. Thread i owns the i-th
// non-pivot row.
// The state (M, supports, row lists) is in shared memory, and the block's 8 columns of a row are in its thread's
// registers. Residues and patterns are read through L1.
//
// A block of 8 columns with q non-pivot rows and r pivots takes 8 q r multiply-adds for S and 8 q r for M. For 256 of
// them a warp reads 32 multipliers (neighbouring words, so no bank conflict) and a pivot row (one address for all
// lanes, so a broadcast; 4 loads of 16 bytes, 2 for integers). Then 8 pivots follow, with 7 cross products per row.
// Barriers: 2 r/16 for the products, 8 for the pivots, 4 more.
//
// Counted, not measured, for n = 100 at q = r = 50, in FP64 on a multiprocessor with 4 x 16 FP64 lanes (2 cycles a
// warp's operation). Issue, of a quarter, for one trial: products 2 warps x 50 x (9 + 12) x 2 = 4,200 cycles, pivots
// 2 x 8 x 7 x 5 x 2 = 1,100. Latency, of one trial alone: a pivot about 250 (ballot, store, barrier of 30 to 40, load,
// 5 dependent operations), a stretch of 16 pivots about 400, a block of columns about 5,500, a trial (13 blocks of
// columns) 70,000. Shared memory at n = 100: 13.4 KB, so 15 trials on 228 KB, 6 on 100 KB; registers: 64 a thread, so 8
// trials (6 blocks of 4 for n <= 32, at 80). 8 trials share 4 quarters: about 2 x 5,300 cycles to issue in 5,500 of
// latency, so the arithmetic is the limit, at about 17,000 cycles per trial and multiprocessor.
template <class A, bool one_warp>
__global__ void __launch_bounds__(one_warp ? 32 * warps_a_block : int(most_rows), one_warp ? 6 : 2)
    eliminate_units(A a, Batch batch) {
    const Team<one_warp> team;
    FR_DYNAMIC_SHARED(unsigned char, memory);
    const int number = one_warp ? int(blockIdx.x * blockDim.y + threadIdx.y) : int(blockIdx.x);
    if (number >= batch.active) return; // a whole warp of one_warp, which never waits for the others
    const int bytes = Layout::make(batch.n, team.threads(), sizeof(typename A::Value)).bytes;
    State<A> s(batch, number, team.threads(), memory + (one_warp ? int(threadIdx.y) * bytes : 0));
    int64_t *pivot_columns = batch.pivot_columns + int64_t(batch.trial[number]) * batch.n;
    load(s, batch, team, number);
    while (s.q > 0) {
        if (team.warp() == 0) choose_columns(s, batch, team.lane());
        team.sync();
        const int columns = s.control->columns;
        const bool inside_unit = s.control->coordinate > 0; // read now: the first warp may soon choose the next block
        if (columns == 0) break;
        if (batch.columns_run && team.rank() == 0) atomicAdd(batch.columns_run, (unsigned long long)(columns));
        typename A::Value z[block_columns];
        reduce_columns(a, s, batch, team, z);
        const Found<A> found = eliminate_columns(a, s, batch, team, pivot_columns, z);
        if (found.count) merge(a, s, batch, team, found, z);
        // Fewer pivots than columns inside a wide unit suggest that the rest of it has none.
        if (found.count < columns && inside_unit && s.q > 0 && is_exhausted(s, batch, team) && team.rank() == 0) {
            s.control->coordinate = 0;
            s.control->next_unit++;
        }
    }
    store(s, batch, team, number);
}

// Packs residues of a slice of trials, as drawn (trials x inputs x padded), into 32 bits and adds the bias's ones
// (trials x k x padded). as_multipliers: in the representation of a multiplier. Each thread packs one element.
template <class A, bool as_multipliers>
__global__ void pack_points(A a, int64_t count, int64_t inputs, int64_t k, int64_t padded, const double *residues,
                            int32_t *points) {
    const int64_t step = int64_t(gridDim.x) * blockDim.x;
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += step) {
        const int64_t row = i / padded, trial = row / k, coordinate = row % k, point = i % padded;
        const int32_t value =
            coordinate < inputs ? int32_t(residues[(trial * inputs + coordinate) * padded + point]) : 1;
        points[i] = as_multipliers ? A::pack(a.multiplier(A::unpack(value))) : value;
    }
}

} // namespace fr_small

#endif
