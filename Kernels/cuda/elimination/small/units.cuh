// Which columns come next: units that cannot change the state are left out by their patterns alone
// (docs/mathematics.md, section 6). One warp per trial does this, one unit per lane, 32 units at a time. In a deep
// network only units whose delta is zero wherever it would matter are left out: their other deltas differ.
#ifndef FR_CUDA_ELIMINATION_SMALL_UNITS_CUH
#define FR_CUDA_ELIMINATION_SMALL_UNITS_CUH

#include "elimination/small/state.cuh"

namespace fr_small {

enum class Overlap { none, some, all };

__device__ inline Overlap overlap_of(const uint64_t *support, const uint64_t *pattern, int words) {
    uint64_t inside = 0, outside = 0;
    for (int w = 0; w < words; w++) {
        inside |= support[w] & pattern[w];
        outside |= support[w] & ~pattern[w];
    }
    return inside == 0 ? Overlap::none : outside == 0 ? Overlap::all : Overlap::some;
}

template <class A> __device__ bool is_useful(const State<A> &s, const Batch &batch, int unit, unsigned saturated) {
    const uint64_t *pattern = s.patterns + int64_t(unit) * batch.words;
    if (s.q > filter_rows) {
        uint64_t any = 0;
        for (int w = 0; w < batch.words; w++) any |= pattern[w];
        return any != 0;
    }
    for (int i = 0; i < s.q; i++) {
        const Overlap found = overlap_of(s.support + i * batch.words, pattern, batch.words);
        if (found == Overlap::some || (found == Overlap::all && !(saturated >> i & 1))) return true;
    }
    return false;
}

// ---- patterns seen: units with one of them add nothing. (With d0 = 1 there are 2 n, and in a wide network all units
// repeat.)
//
// One place per pattern, in sets of four by hash; the words are compared in full. If a set is full, an older pattern is
// dropped, which costs time but never correctness. A stored pattern is never all zeros, because inactive units are
// skipped before.

constexpr int seen_set = 4;

struct SeenSet {
    uint64_t *first; // seen_set x words
    unsigned victim;
};

template <class A> __device__ SeenSet set_of(const State<A> &s, const Batch &batch, const uint64_t *pattern) {
    uint64_t hash = 0;
    for (int w = 0; w < batch.words; w++) {
        hash = (hash ^ pattern[w]) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    const int64_t place = int64_t(hash & unsigned(batch.places - seen_set));
    return {s.seen + place * batch.words, unsigned(hash >> 32) % seen_set};
}

__device__ inline bool is_same(const uint64_t *a, const uint64_t *b, int words) {
    uint64_t different = 0;
    for (int w = 0; w < words; w++) different |= a[w] ^ b[w];
    return different == 0;
}

template <class A> __device__ bool was_seen(const State<A> &s, const Batch &batch, const uint64_t *pattern) {
    const SeenSet set = set_of(s, batch, pattern);
    bool any = false;
    for (int i = 0; i < seen_set; i++) any |= is_same(set.first + i * batch.words, pattern, batch.words);
    return any;
}

// Called by all lanes of one warp, for one pattern.
template <class A> __device__ void remember(const State<A> &s, const Batch &batch, const uint64_t *pattern, int lane) {
    const SeenSet set = set_of(s, batch, pattern);
    int place = int(set.victim);
    for (int i = seen_set - 1; i >= 0; i--) {
        uint64_t any = 0;
        for (int w = 0; w < batch.words; w++) any |= set.first[i * batch.words + w];
        if (any == 0) place = i;
    }
    __syncwarp(); // all have read
    for (int w = lane; w < batch.words; w += 32) set.first[place * batch.words + w] = pattern[w];
    __syncwarp();
}

// The non-pivot rows that the unit just completed saturates, one bit per row.
template <class A> __device__ unsigned saturated_by_block(const State<A> &s, const Batch &batch, int lane) {
    const Control *control = s.control;
    unsigned saturated = 0;
    for (int c = 0; c < control->columns; c++) {
        if (control->column_of_unit[c] != batch.k - 1) continue;
        const uint64_t *pattern = s.patterns + int64_t(control->unit[c]) * batch.words;
        const bool all = lane < s.q && overlap_of(s.support + lane * batch.words, pattern, batch.words) == Overlap::all;
        saturated |= __ballot_sync(0xffffffffu, all);
    }
    return saturated;
}

// Fills control with the next block's columns (none: the batch is done). Called by all lanes of one warp. The previous
// block, if any, is merged first.
template <class A> __device__ void choose_columns(const State<A> &s, const Batch &batch, int lane) {
    Control *control = s.control;
    __syncwarp(); // what lane 0 wrote
    unsigned saturated = control->saturated;
    if (!A::is_deep && s.q <= filter_rows) saturated |= saturated_by_block(s, batch, lane);
    int unit = control->next_unit, coordinate = control->coordinate, columns = 0;
    int window = unit; // units window ..< window + 32 are examined: bits of `useful`
    unsigned useful = 0;
    bool judged = false;
    __syncwarp(); // all have read control
    while (columns < block_columns) {
        if (coordinate == 0) {
            while (unit < batch.units) {
                if (!judged || unit >= window + 32) {
                    window = unit;
                    const bool is = window + lane < batch.units && is_useful(s, batch, window + lane, saturated) &&
                                    (A::is_deep ||
                                     !was_seen(s, batch, s.patterns + int64_t(window + lane) * batch.words));
                    useful = __ballot_sync(0xffffffffu, is);
                    judged = true;
                }
                const unsigned rest = useful >> (unit - window);
                if (rest == 0) {
                    unit = window + 32;
                    continue;
                }
                unit += __ffs(int(rest)) - 1;
                const uint64_t *pattern = s.patterns + int64_t(unit) * batch.words;
                if (A::is_deep || !was_seen(s, batch, pattern)) { // also true if it was seen in the window
                    if (!A::is_deep) remember(s, batch, pattern, lane);
                    break;
                }
                unit++;
            }
            if (unit >= batch.units) break;
        }
        const int left = batch.k - coordinate, room = block_columns - columns, width = left < room ? left : room;
        if (lane < width) {
            control->unit[columns + lane] = unit;
            control->column_of_unit[columns + lane] = coordinate + lane;
        }
        columns += width;
        coordinate += width;
        if (coordinate == batch.k) {
            coordinate = 0;
            unit++;
        }
    }
    if (lane == 0) {
        control->next_unit = unit;
        control->coordinate = coordinate;
        control->columns = columns;
        control->saturated = saturated;
    }
}

// No non-pivot row can change in the rest of the current unit if none is active or has a multiplier for an active pivot
// row.
template <class A, class T> __device__ bool is_exhausted(const State<A> &s, const Batch &batch, T team) {
    const int slot = team.rank(), unit = s.control->next_unit;
    bool affected = false;
    if (slot < s.q) {
        affected = s.is_active(batch, unit, s.row_of_slot[slot]);
        for (int t = 0; t < s.r && !affected; t++)
            affected = s.m[t * s.q + slot] != 0 && s.is_active(batch, unit, s.row_of_pivot[t]);
    }
    return !team.any(affected);
}

} // namespace fr_small

#endif
