// The kernel of elimination_small.cu: unfinished trials advance over a batch of units.
#ifndef FR_CUDA_ELIMINATION_SMALL_KERNEL_CUH
#define FR_CUDA_ELIMINATION_SMALL_KERNEL_CUH

#include "elimination_small_block.cuh"

namespace fr_small {

// From global memory, or the beginning of a trial: all rows live.
template <class A, class T> __device__ void load(State<A> &s, const Batch &batch, T team, int number) {
    const int64_t trial = batch.trial[number];
    if (!batch.first) s.q = batch.live[trial];
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
    if (s.q <= screen_rows && slot < s.q) {
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
    if (team.rank() == 0) batch.live[trial] = s.q;
    if (s.q == 0) return;
    for (int i = team.rank(); i < batch.n; i += team.threads())
        rows[i] = i < s.q ? s.row_of_slot[i] : s.row_of_pivot[i - s.q];
    for (int i = team.rank(); i < s.q * s.r; i += team.threads()) m[i] = s.m[i];
}

// A trial a block of ceil(n/32) warps, thread i owning the i-th live row; n <= 32: a trial a warp, four to a block.
// State (M, supports, row lists) in shared memory, the block's 8 columns of a row in its thread's registers; inputs and
// patterns are read through L1.
//
// Work a block of 8 columns, q live rows, r pivots, w = ceil(q/32) warps: 8 q r multiply-adds for S and as many for M,
// each warp taking one multiplier (one word a lane, no bank conflict) and one pivot row (broadcast, 4 or 2 loads of 16
// bytes) for 32 x 8 of them; 8 pivots at (7 cross products + reduction) a row. Barriers: 2 r/16 for the products, 8 for
// the pivots, 4 more.
//
// Expected at n = 100, r = q = 50, FP64, a multiprocessor with 64 FP64 lanes: products 2 x 2 x 50 x (8 FMA + 1 or 4 to
// convert and reduce) x 2 cycles on a quarter = 4,000 cycles of one quarter, 1,000 of four blocks side by side; pivots
// 8 x (7 x 5 + 10 instructions x 2 cycles x 2 warps) = 1,400 of one quarter. Latency, alone: a pivot about 250 cycles
// (ballot, store, barrier 30 to 40, load, 5 dependent operations of about 8 twice), a stretch about 400, so about 4,800
// a block of columns, 60,000 cycles a trial. Occupancy: 17 KB (doubles; 14 KB integers) of shared memory and 128
// threads a trial: at most 13 blocks on 227 KB, 5 on 96 KB; registers decide (ptxas: see docs/performance.md), 64 a thread
// allow 8. With 8 blocks a multiprocessor the issue slots, not the latency, are then the limit.
template <class A, bool one_warp> __global__ void __launch_bounds__(one_warp ? 32 * warps_a_block : int(most_rows), 1)
eliminate_units(A a, Batch batch) {
    const Team<one_warp> team;
    FR_DYNAMIC_SHARED(unsigned char, memory);
    const int number = one_warp ? int(blockIdx.x * blockDim.y + threadIdx.y) : int(blockIdx.x);
    if (number >= batch.active) return; // a whole warp of one_warp, which never meets the others
    const int bytes = Layout::make(batch.n, team.threads(), sizeof(typename A::Value)).bytes;
    State<A> s(batch, number, team.threads(), memory + (one_warp ? int(threadIdx.y) * bytes : 0));
    int64_t *pivot_columns = batch.pivot_columns + int64_t(batch.trial[number]) * batch.n;
    load(s, batch, team, number);
    while (s.q > 0) {
        if (team.warp() == 0) choose_columns(s, batch, team.lane());
        team.sync();
        const int columns = s.control->columns;
        if (columns == 0) break;
        typename A::Value z[block_columns];
        reduce_columns(a, s, batch, team, z);
        const Found<A> found = eliminate_columns(a, s, batch, team, pivot_columns, z);
        if (found.count) merge(a, s, batch, team, found, z);
        // Fewer pivots than columns inside a wide unit: perhaps the rest of it has none.
        if (found.count < columns && s.control->coordinate > 0 && s.q > 0 && is_exhausted(s, batch, team) &&
            team.rank() == 0) {
            s.control->coordinate = 0;
            s.control->next_unit++;
        }
    }
    store(s, batch, team, number);
}

// Residues of a slice of trials, as drawn (trials x inputs x padded), to 32 bits and with the bias's ones
// (trials x k x padded). A thread an element.
__global__ void pack_points(int64_t count, int inputs, int k, int padded, const double *residues, int32_t *points) {
    const int64_t step = int64_t(gridDim.x) * blockDim.x;
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += step) {
        const int64_t row = i / padded, trial = row / k, coordinate = row % k, point = i % padded;
        points[i] = coordinate < inputs ? int32_t(residues[(trial * inputs + coordinate) * padded + point]) : 1;
    }
}

} // namespace fr_small

#endif
