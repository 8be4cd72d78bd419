/* How a small elimination begins: its leading columns, about as many as full rank needs, go through the right-looking
 * elimination of vector/initial_lu.inc.h, whole and in cache. That leaves few non-pivot rows or none; their multipliers
 * M against the pivot rows follow from its L, and the streamed elimination continues from there. */
#include <string.h>

#include "elimination/workspace.h"

/* M = L_rest L_pivots^-1 (L_pivots: the pivot rows of L, unit lower triangular). L_rest multiplies the reduced pivot
 * rows; M multiplies the pivot rows as they are in the matrix. The columns of M are computed from the last to the
 * first, BLOCK at a time. */
static void make_multipliers(fr_workspace *w, const fr_arithmetic *arithmetic, int64_t pivots) {
#define BLOCK FR_GROUP
    const fr_isa *isa = arithmetic->isa;
    const fr_field field = arithmetic->field;
    const int64_t group = w->first / FR_GROUP, groups = fr_groups(w->rows) - group;
    const fr_grouped m = fr_grouped_from(w->m, group, 0), l_pivots = {w->rows_of_block, BLOCK * FR_GROUP};
    for (int64_t g = 0; g < groups; g++)
        memset(fr_grouped_from(m, g, 0).at, 0, (size_t)pivots * FR_GROUP * sizeof *m.at);
    for (int64_t slot = w->first; slot < w->rows; slot++) {
        const double *from = fr_grouped_row(w->l, w->row_of_slot[slot]);
        double *to = fr_m_row(w, slot);
        for (int64_t t = 0; t < pivots * FR_GROUP; t += FR_GROUP) to[t] = from[t];
    }
    for (int64_t end = pivots; end > 0; end = (end - 1) / BLOCK * BLOCK) {
        const int64_t begin = (end - 1) / BLOCK * BLOCK;
        for (int64_t t = begin; t < end; t++) {
            const double *row = fr_grouped_row(w->l, w->pivot_row[t]);
            for (int64_t s = 0; s < t; s++) *fr_grouped_transposed(l_pivots, t - begin, s) = row[s * FR_GROUP];
        }
        /* Within the block: subtracts the contribution of column t from the columns s < t. */
        for (int64_t t = end - 1; t > begin; t--)
            isa->multiply_subtract(field, groups, t - begin, 1, fr_grouped_from(m, 0, t),
                                   fr_grouped_from(l_pivots, begin / FR_GROUP, t - begin),
                                   fr_grouped_from(m, 0, begin));
        isa->multiply_subtract(field, groups, begin, end - begin, fr_grouped_from(m, 0, begin), l_pivots, m);
    }
#undef BLOCK
}

int64_t fr_initial_lu(fr_workspace *w, const fr_arithmetic *arithmetic, fr_column_generator *generator,
                      int64_t *pivot_columns) {
    const int64_t columns = generator->next(generator, generator->leading);
    const fr_grouped s = {w->leading, (columns + 1) * FR_GROUP};
    if (columns == 0) return 0;
    generator->nonpivot_rows(generator, NULL, fr_groups(w->rows), s);
    int32_t found[FR_LU_ROWS];
    const fr_lu lu = {w->rows, columns, s, w->l, w->rows_of_block, w->pivot_row, found};
    const int64_t pivots = arithmetic->isa->lu(arithmetic->field, arithmetic->inverses, &lu);
    for (int64_t t = 0; t < pivots; t++) {
        pivot_columns[w->pivot_row[t]] = generator->columns[found[t]];
        w->is_pivot[w->pivot_row[t]] = true;
    }
    w->first = pivots;
    if (pivots < w->rows) {
        for (int64_t slot = 0; slot < pivots; slot++) w->key[slot] = FR_NO_KEY;
        int64_t slot = pivots;
        for (int64_t row = 0; row < w->rows; row++) {
            if (w->is_pivot[row]) continue;
            w->row_of_slot[slot] = (int32_t)row;
            w->slot_of_row[row] = (int32_t)slot;
            w->key[slot++] = (double)row;
        }
        w->rank = pivots;
        make_multipliers(w, arithmetic, pivots);
    }
    memset(w->is_pivot, 0, (size_t)w->rows * sizeof *w->is_pivot);
    return columns;
}
