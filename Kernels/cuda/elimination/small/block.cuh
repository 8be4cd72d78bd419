// The three steps of the streamed elimination (docs/mathematics.md, section 4) on a block of columns.
#ifndef FR_CUDA_ELIMINATION_SMALL_BLOCK_CUH
#define FR_CUDA_ELIMINATION_SMALL_BLOCK_CUH

#include "elimination/small/units.cuh"

namespace fr_small {

// Loads pivot rows t0 .. of C, unit by unit from global memory, for all threads.
template <class A, class T>
__device__ void fill_columns(const A &a, const State<A> &s, const Batch &batch, T team, int half, int t0) {
    typename A::Value *to = s.pivot_rows + half * stretch * block_columns;
    FR_SMALL_UNROLL_1 for (int i = team.rank(); i < stretch * block_columns; i += team.threads()) {
        const int t = t0 + i / block_columns, c = i % block_columns;
        to[i] = t < s.r && c < s.control->columns ? s.entry(a, batch, c, s.row_of_pivot[t]) : 0;
    }
}

// Loads pivots t0 .. of M's rows that the block found, before M is packed again.
template <class A, class T> __device__ void fill_multipliers(const State<A> &s, T team, int half, int t0) {
    typename A::Value *to = s.pivot_rows + half * stretch * block_columns;
    FR_SMALL_UNROLL_1 for (int i = team.rank(); i < stretch * block_columns; i += team.threads()) {
        const int t = t0 + i / block_columns, slot = s.control->pivot_slot[i % block_columns];
        to[i] = t < s.r && slot >= 0 ? A::unpack(s.m[t * s.q + slot]) : 0;
    }
}

// z = this thread's row of S = C_live - M C_pivots. There is one barrier per stretch of pivots: one half of pivot_rows
// is read while the other is filled.
template <class A, class T>
__device__ void reduce_columns(A a, const State<A> &s, const Batch &batch, T team, typename A::Value *z) {
    const int slot = team.rank();
    const bool nonpivot = slot < s.q;
    typename A::Sum sum[block_columns];
    const int columns = s.control->columns;
    FR_UNROLL for (int c = 0; c < block_columns; c++) {
        z[c] = nonpivot && c < columns ? s.entry(a, batch, c, s.row_of_slot[slot]) : 0;
        sum[c] = A::begin(z[c]);
    }
    if (s.r == 0) return;
    fill_columns(a, s, batch, team, 0, 0);
    for (int t0 = 0, half = 0; t0 < s.r; t0 += stretch, half ^= 1) {
        team.sync();
        if (t0 + stretch < s.r) fill_columns(a, s, batch, team, half ^ 1, t0 + stretch);
        if (!nonpivot) continue;
        const typename A::Value *rows = s.pivot_rows + half * stretch * block_columns;
        const int count = s.r - t0 < stretch ? s.r - t0 : stretch;
        const int32_t *m = s.m + t0 * s.q + slot;
        FR_SMALL_UNROLL_4 for (int t = 0; t < count; t++, rows += block_columns, m += s.q) {
            const typename A::Value multiplier = A::unpack(*m);
            FR_UNROLL for (int c = 0; c < block_columns; c++) sum[c] = A::subtract(sum[c], multiplier, rows[c]);
        }
    }
    FR_UNROLL for (int c = 0; c < block_columns; c++) z[c] = a.finish(z[c], sum[c]);
}

// The result of a block's elimination, the same in all threads. Slots are in control->pivot_slot after the next
// barrier.
template <class A> struct Found {
    int count;               // pivots
    typename A::Value scale; // of z, see eliminate_columns
};

// Eliminates S, column by column. The pivot row is the topmost non-pivot row that is not 0. In z, a column with a pivot
// contains the row's multiplier N for it.
//
// A pivot costs one barrier: before it each warp finds its own topmost row by a ballot and puts that row into shared
// memory; after it all take the first warp's that has one. Alternate halves of `candidates` keep the next column's
// writers away from this one's readers. Nothing is divided: every row is multiplied by the pivot instead, so that all
// non-pivot rows are `scale` times their value, which changes no zero; N is divided by it once, at the end of the
// block (an inverse per pivot would cost more than everything else a pivot needs).
template <class A, class T>
__device__ Found<A> eliminate_columns(A a, const State<A> &s, const Batch &batch, T team, int64_t *pivot_columns,
                                      typename A::Value *z) {
    using Value = typename A::Value;
    const int slot = team.rank(), warps = (s.q + 31) / 32, columns = s.control->columns;
    bool nonpivot = slot < s.q;
    Found<A> found;
    found.count = 0;
    found.scale = 1;
    FR_UNROLL for (int j = 0; j < block_columns; j++) {
        if (team.rank() == 0) s.control->pivot_slot[j] = -1;
        if (j >= columns) continue;
        int32_t *first_of_warp = s.first_of_warp + (j & 1) * (team.threads() / 32);
        Value *candidates = s.candidates + (j & 1) * (team.threads() / 32) * block_columns;
        if (team.warp() < warps) {
            const unsigned nonzero = __ballot_sync(0xffffffffu, nonpivot && z[j] != 0);
            const int first = __ffs(int(nonzero)) - 1;
            if (team.lane() == 0) first_of_warp[team.warp()] = first;
            if (team.lane() == first) {
                FR_UNROLL for (int c = 0; c < block_columns; c++) candidates[team.warp() * block_columns + c] = z[c];
            }
        }
        team.sync();
        int warp = 0;
        while (warp < warps && first_of_warp[warp] < 0) warp++;
        if (warp == warps) continue;
        const Value *row = candidates + warp * block_columns;
        const int pivot_slot = 32 * warp + first_of_warp[warp];
        const Value pivot = row[j], own = z[j];
        if (slot == pivot_slot) {
            const int pivot_row = s.row_of_slot[slot];
            pivot_columns[pivot_row] =
                batch.first_column + int64_t(s.control->unit[j]) * batch.k + s.control->column_of_unit[j];
            s.row_of_pivot[s.r + found.count] = uint16_t(pivot_row);
            nonpivot = false;
        }
        if (team.rank() == 0) s.control->pivot_slot[j] = pivot_slot;
        found.count++;
        if (team.warp() < warps) {
            FR_UNROLL for (int c = 0; c < block_columns; c++)
                if (c != j) z[c] = a.cross(pivot, z[c], own, row[c]);
            z[j] = a.product(own, found.scale);
        }
        found.scale = a.product(pivot, found.scale);
    }
    return found;
}

// M's old columns <- those of M_nonpivots - N M_pivots. There is one barrier per stretch, and the update is in place: a
// row's new place is never after its old one, and a stretch is written after the barrier that follows its reads.
//
// screens: supports of the last rows are renewed in the same pass. Usually no screen is needed; then a whole stretch
// has no branch: by the assembler's count for doubles and sm_90, 27 instructions per pivot instead of 45. The form of
// one warp per trial keeps the branches, because it has no registers to spare.
template <bool screens, class A, class T>
__device__ void update_multipliers(A a, const State<A> &s, const Batch &batch, T team, const typename A::Value *z,
                                   bool nonpivot, int new_slot, int rest) {
    const int slot = team.rank();
    int32_t fresh[stretch] = {}; // multipliers computed and not yet written: of the `pending` pivots before t0
    int pending = 0;
    if (s.r) fill_multipliers(s, team, 0, 0);
    for (int t0 = 0, half = 0; t0 < s.r; t0 += stretch, half ^= 1) {
        team.sync();
        if (nonpivot && t0 > 0) {
            int32_t *to = s.m + (t0 - stretch) * rest + new_slot;
            FR_UNROLL for (int t = 0; t < stretch; t++) to[t * rest] = fresh[t];
        }
        if (t0 + stretch < s.r) fill_multipliers(s, team, half ^ 1, t0 + stretch);
        const typename A::Value *rows = s.pivot_rows + half * stretch * block_columns;
        const int32_t *m = s.m + t0 * s.q + slot;
        pending = s.r - t0 < stretch ? s.r - t0 : stretch;
        if (!nonpivot) continue;
        const auto compute = [&](int t) {
            const typename A::Value old = A::unpack(m[t * s.q]);
            typename A::Sum sum = A::begin(old);
            FR_UNROLL for (int c = 0; c < block_columns; c++) sum = A::subtract(sum, z[c], rows[t * block_columns + c]);
            fresh[t] = A::pack(a.finish(old, sum));
        };
        if (!screens && pending == stretch) {
            FR_UNROLL for (int t = 0; t < stretch; t++) compute(t);
            continue;
        }
        FR_UNROLL for (int t = 0; t < stretch; t++) {
            if (t >= pending) continue;
            compute(t);
            if (screens && rest <= filter_rows && fresh[t] != 0) s.add_support(batch, new_slot, s.row_of_pivot[t0 + t]);
        }
    }
    team.sync();
    if (nonpivot) {
        int32_t *to = s.m + (s.r - pending) * rest + new_slot;
        FR_UNROLL for (int t = 0; t < stretch; t++)
            if (t < pending) to[t * rest] = fresh[t];
    }
}

// M <- [ M_nonpivots - N M_pivots, N ], packed for the rows still without a pivot.
template <class A, class T>
__device__ void merge(A a, State<A> &s, const Batch &batch, T team, const Found<A> &found, typename A::Value *z) {
    using Value = typename A::Value;
    const int slot = team.rank(), rest = s.q - found.count;
    bool nonpivot = slot < s.q;
    int new_slot = slot;
    const Value divisor = a.divisor(found.scale);
    team.sync();
    FR_UNROLL for (int c = 0; c < block_columns; c++) {
        const int pivot_slot = s.control->pivot_slot[c];
        nonpivot = nonpivot && slot != pivot_slot;
        new_slot -= pivot_slot >= 0 && pivot_slot < slot;
        z[c] = pivot_slot >= 0 ? a.product(z[c], divisor) : 0;
    }
    const int row = nonpivot ? s.row_of_slot[slot] : 0;
    const bool filtered = nonpivot && rest <= filter_rows;
    if (team.rank() == 0) s.control->saturated = 0;
    if (filtered) {
        for (int w = 0; w < batch.words; w++) s.support[new_slot * batch.words + w] = 0;
        s.add_support(batch, new_slot, row);
    }
    if (T::is_one_warp || rest <= filter_rows)
        update_multipliers<true>(a, s, batch, team, z, nonpivot, new_slot, rest);
    else
        update_multipliers<false>(a, s, batch, team, z, nonpivot, new_slot, rest);
    if (nonpivot) {
        int t = s.r;
        FR_UNROLL for (int c = 0; c < block_columns; c++) {
            if (s.control->pivot_slot[c] < 0) continue;
            s.m[t * rest + new_slot] = A::pack(z[c]);
            if (filtered && z[c] != 0) s.add_support(batch, new_slot, s.row_of_pivot[t]);
            t++;
        }
        s.row_of_slot[new_slot] = uint16_t(row);
    }
    s.q = rest;
    s.r += found.count;
    team.sync();
}

} // namespace fr_small

#endif
