/* The state of a streamed elimination. Private to elimination/elimination.c and elimination/workspace.c.
 *
 * Non-pivot rows are in slots first ..< rows of M, in arbitrary order; a slot's row number decides which is topmost.
 * Slots are grouped by eight (vector/isa.h); the pivot slots in the first group and the slots beyond the last row have
 * the key FR_NO_KEY. They take part in the arithmetic, but their results are never read. */
#ifndef FR_CPU_WORKSPACE_H
#define FR_CPU_WORKSPACE_H

#include "elimination/elimination.h"
#include "pattern_filter.h"

struct fr_workspace {
    int64_t capacity;      /* rows */
    int64_t block;         /* most columns per block */
    size_t reserved;       /* bytes of M: address space; memory comes as it is touched */
    fr_grouped m;          /* groups x rank */
    fr_grouped s;          /* groups x block; one column more keeps groups off the same cache set */
    double *rows_of_block; /* transposed by groups: FR_DELAY x block, then block x rank */
    double *leading;       /* of fr_initial_lu: its columns */
    fr_grouped l;          /* of fr_initial_lu: groups x rank */
    double *key, *panel_scratch;
    int32_t *row_of_slot, *slot_of_row, *pivot_row;
    fr_found_pivots found; /* in the block at hand */
    int64_t *from, *to;    /* moves of close_ranks */
    bool *is_pivot;
    _Atomic uint8_t *is_used; /* by pivot: scratch for those that non-pivot rows depend on */
    fr_pattern_filter filter;
    int64_t first, rows;   /* the matrix at hand: non-pivot rows are in slots first ..< rows */
    int64_t rank;          /* pivots that some non-pivot row depends on */
};

/* States up to this size are kept for the next matrix, because faulting pages in again would cost more. */
#define KEEP_BYTES ((size_t)64 << 20)

static inline double *fr_m_row(const fr_workspace *w, int64_t slot) {
    return fr_grouped_row(w->m, slot);
}

#endif
