/* The state of a streamed elimination. Private to elimination/elimination.c and elimination/workspace.c.
 *
 * Non-pivot rows sit in slots first ..< rows of M, in no order; the row a slot holds decides which is topmost. Slots
 * are grouped by eight (vector/isa.h); pivot slots in the first group and those beyond the last row carry FR_NO_KEY,
 * take part in the arithmetic and are never looked at. */
#ifndef FR_CPU_WORKSPACE_H
#define FR_CPU_WORKSPACE_H

#include "elimination/elimination.h"
#include "pattern_filter.h"

struct fr_workspace {
    int64_t capacity, stride; /* rows; numbers a group of M */
    int64_t block;            /* most columns a block */
    size_t reserved;          /* bytes of M: address space; memory comes as it is touched */
    double *m;                /* groups x rank, by groups */
    double *s;                /* groups x block, by groups; one column more keeps groups off the same cache set */
    double *rows_of_block;    /* transposed by groups: FR_DELAY x block, then block x rank */
    double *leading, *l;      /* of fr_initial_lu: its columns; L, groups x rank, by groups, with M's stride */
    double *key, *panel_scratch;
    int32_t *row_of_slot, *slot_of_row, *pivot_row;
    int64_t *slots, *found, *from, *to;
    bool *is_pivot;
    fr_pattern_filter filter;
    int64_t first, rows;       /* the matrix at hand: non-pivot rows are in slots first ..< rows */
    int64_t rank;              /* pivots that some non-pivot row depends on */
};

/* States up to this size stay for the next matrix: faulting pages in anew would cost more than they are worth. */
#define KEEP_BYTES ((size_t)64 << 20)

static inline double *fr_m_row(const fr_workspace *w, int64_t slot) {
    return w->m + slot / FR_GROUP * w->stride + slot % FR_GROUP;
}

#endif
