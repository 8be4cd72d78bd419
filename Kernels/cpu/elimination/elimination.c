/* The streamed elimination of elimination/elimination.h, on the state of elimination/workspace.h.
 *
 * Pivots come mostly from the top, so the non-pivot rows above the new `first` move into the holes below it: few moves,
 * and memory in front of `first` is free again. */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "elimination/workspace.h"
#include "session/memory.h"

static void renew_filter(fr_workspace *w) {
    fr_pattern_filter_clear(&w->filter);
    if (w->rows - w->first > FR_PATTERN_FILTER_ROWS) return;
    for (int64_t slot = w->first; slot < w->rows; slot++) {
        fr_pattern_filter_add_row(&w->filter, w->row_of_slot[slot]);
        const double *m = fr_m_row(w, slot);
        for (int64_t t = 0; t < w->rank; t++)
            if (m[t * FR_GROUP] != 0.0) fr_pattern_filter_add_support(&w->filter, slot - w->first, w->pivot_row[t]);
    }
}

/* How many non-pivot rows the rest of this unit's columns can change: those active themselves, or with a multiplier for
 * an active pivot row. */
static int64_t rows_affected(const fr_workspace *w, const uint64_t *pattern) {
#define ACTIVE(row) (pattern[(row) >> 6] >> ((row) & 63) & 1)
    int64_t affected = 0;
    for (int64_t slot = w->first; slot < w->rows; slot++) {
        const double *m = fr_m_row(w, slot);
        bool is = ACTIVE(w->row_of_slot[slot]);
        for (int64_t t = 0; t < w->rank && !is; t++) is = m[t * FR_GROUP] != 0.0 && ACTIVE(w->pivot_row[t]);
        affected += is;
    }
    return affected;
#undef ACTIVE
}

/* Forgets the pivots on which no non-pivot row depends: their multipliers stay zero whatever comes. If a unit has
 * more columns than active points (k >= n, say) these are nearly all. */
static void forget_unused(fr_workspace *w) {
    int64_t kept = 0;
    for (int64_t t = 0; t < w->rank; t++) {
        bool used = false;
        for (int64_t slot = w->first; slot < w->rows && !used; slot++) used = fr_m_row(w, slot)[t * FR_GROUP] != 0.0;
        if (!used) continue;
        if (kept != t) {
            w->pivot_row[kept] = w->pivot_row[t];
            for (int64_t g = w->first / FR_GROUP; g < fr_groups(w->rows); g++)
                memcpy(fr_grouped_from(w->m, g, kept).at, fr_grouped_from(w->m, g, t).at, FR_GROUP * sizeof(double));
        }
        kept++;
    }
    w->rank = kept;
}

/* Gives back the memory of the groups that died. */
static void hand_back(fr_workspace *w, int64_t first_before) {
    if (w->reserved <= KEEP_BYTES) return;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t begin = (uintptr_t)fr_grouped_from(w->m, first_before / FR_GROUP, 0).at / page * page;
    const uintptr_t end = (uintptr_t)fr_grouped_from(w->m, w->first / FR_GROUP, 0).at / page * page;
    if (begin < end) fr_memory_give_back((void *)begin, end - begin);
}

/* Moves the non-pivot rows above the new first slot into the pivot slots below it. */
static void close_ranks(fr_workspace *w, int64_t pivots) {
    const int64_t first = w->first, after = first + pivots;
    for (int64_t i = 0; i < pivots; i++) w->is_pivot[w->found.slots[i]] = true;
    int64_t moves = 0, nonpivots = first;
    for (int64_t i = 0; i < pivots; i++) {
        if (w->found.slots[i] < after) continue;
        while (w->is_pivot[nonpivots]) nonpivots++;
        w->from[moves] = nonpivots++;
        w->to[moves++] = w->found.slots[i];
    }
    for (int64_t i = 0; i < pivots; i++) w->is_pivot[w->found.slots[i]] = false;
    for (int64_t i = 0; i < moves; i++) {
        w->row_of_slot[w->to[i]] = w->row_of_slot[w->from[i]];
        w->slot_of_row[w->row_of_slot[w->to[i]]] = (int32_t)w->to[i];
        w->key[w->to[i]] = w->key[w->from[i]];
        const double *from = fr_m_row(w, w->from[i]);
        double *to = fr_m_row(w, w->to[i]);
        for (int64_t t = 0; t < (w->rank + pivots) * FR_GROUP; t += FR_GROUP) to[t] = from[t];
    }
    for (int64_t slot = first; slot < after; slot++) w->key[slot] = FR_NO_KEY;
    w->first = after;
}

/* Takes the pivots just found in a block of columns (their multipliers stand in M behind
 * the old ones) into the state. */
static void merge(fr_workspace *w, const fr_arithmetic *arithmetic, int64_t columns, int64_t more) {
    const int64_t first_before = w->first, group = w->first / FR_GROUP;
    if (w->rank) {
        const fr_grouped taken = {w->rows_of_block, more * FR_GROUP}, m = fr_grouped_from(w->m, group, 0);
        for (int64_t i = 0; i < more; i++) {
            const double *row = fr_m_row(w, w->found.slots[i]);
            for (int64_t t = 0; t < w->rank; t++) *fr_grouped_transposed(taken, i, t) = row[t * FR_GROUP];
        }
        fr_parallel_multiply_subtract(arithmetic, fr_groups(w->rows) - group, w->rank, more,
                                      fr_grouped_from(m, 0, w->rank), taken, m);
    }
    for (int64_t i = 0; i < more; i++) w->pivot_row[w->rank + i] = w->row_of_slot[w->found.slots[i]];
    close_ranks(w, more);
    w->rank += more;
    if (more < columns) forget_unused(w);
    hand_back(w, first_before);
    renew_filter(w);
}

/* One block of columns: up to date, eliminated, merged. */
static void eliminate_block(fr_workspace *w, const fr_arithmetic *arithmetic, fr_column_generator *generator,
                            int64_t columns, int64_t *pivot_columns) {
    const int64_t group = w->first / FR_GROUP, groups = fr_groups(w->rows) - group;
    const fr_grouped m = fr_grouped_from(w->m, group, 0);
    generator->nonpivot_rows(generator, w->row_of_slot + group * FR_GROUP, groups, w->s);
    if (generator->schur_update && w->rank)
        generator->schur_update(generator, arithmetic->pool, w->pivot_row, w->rank, groups, m, w->s);
    for (int64_t t = 0; t < w->rank && !generator->schur_update; t += FR_DELAY) {
        const int64_t inner = w->rank - t < FR_DELAY ? w->rank - t : FR_DELAY;
        generator->pivot_rows(generator, w->pivot_row + t, inner, w->rows_of_block);
        fr_parallel_multiply_subtract(arithmetic, groups, columns, inner, fr_grouped_from(m, 0, t),
                                      (fr_grouped){w->rows_of_block, inner * FR_GROUP}, w->s);
    }
    const fr_panel panel = {arithmetic, groups, w->rows - w->first, w->key + group * FR_GROUP,
                            w->slot_of_row, group * FR_GROUP, w->panel_scratch};
    const int64_t more = fr_panel_eliminate(&panel, w->s, columns, fr_grouped_from(m, 0, w->rank), w->found);
    for (int64_t i = 0; i < more; i++) {
        w->found.slots[i] += group * FR_GROUP;
        pivot_columns[w->row_of_slot[w->found.slots[i]]] = generator->columns[w->found.columns[i]];
    }
    if (more) merge(w, arithmetic, columns, more);
}

static void begin(fr_workspace *w, int64_t rows, int64_t *pivot_columns) {
    w->first = w->rank = 0;
    w->rows = rows;
    for (int64_t slot = 0; slot < fr_groups(rows) * FR_GROUP; slot++) {
        w->row_of_slot[slot] = slot < rows ? (int32_t)slot : 0;
        w->key[slot] = slot < rows ? (double)slot : FR_NO_KEY;
    }
    for (int64_t row = 0; row < rows; row++) {
        w->slot_of_row[row] = (int32_t)row;
        pivot_columns[row] = -1;
    }
    w->filter.words = (rows + 63) / 64;
    renew_filter(w);
}

/* Few non-pivot rows need few columns: what a block holds beyond the last pivot is wasted. */
static int64_t columns_wanted(const fr_workspace *w, int64_t rows) {
    const int64_t wanted = (rows + rows / 8 + 8) / 8 * 8;
    return wanted < w->block ? wanted : w->block;
}

/* Work done so far as a share of n^3/3: the integral of 2 r (n - r). */
static double share_done(const fr_workspace *w) {
    const double x = (double)w->first / (double)w->rows;
    return x * x * (3.0 - 2.0 * x);
}

fr_status fr_eliminate(fr_workspace *w, const fr_elimination *e, fr_column_generator *generator, int64_t rows,
                       int64_t *pivot_columns) {
    begin(w, rows, pivot_columns);
    generator->useful = fr_pattern_filter_useful;
    generator->useful_context = &w->filter;
    int64_t changeable = rows; /* non-pivot rows that the next columns may change */
    while (w->first < rows) {
        if (fr_is_cancelled(e->session)) return FR_CANCELLED;
        if (w->leading && generator->leading) {
            if (fr_initial_lu(w, &e->arithmetic, generator, pivot_columns) == 0 || w->first == rows) break;
            forget_unused(w);
            renew_filter(w);
            generator->leading = 0;
        } else {
            const int64_t columns = generator->next(generator, columns_wanted(w, changeable));
            if (columns == 0) break;
            eliminate_block(w, &e->arithmetic, generator, columns, pivot_columns);
        }
        /* Columns once eliminated stay zero in the non-pivot rows, however M changes later. */
        for (int64_t u = 0; u < generator->pattern_count - generator->inside_unit; u++)
            fr_pattern_filter_saw(&w->filter, generator->patterns[u]);
        changeable = w->rows - w->first;
        if (generator->inside_unit) {
            const int64_t affected = rows_affected(w, generator->patterns[generator->pattern_count - 1]);
            if (affected == 0) generator->skip_unit(generator);
            else changeable = affected;
        }
        if (e->done) atomic_store_explicit(e->done, share_done(w), memory_order_relaxed);
    }
    return FR_OK;
}

void fr_relation(const fr_workspace *w, fr_field field, int64_t row, uint32_t *relation) {
    const double *m = fr_m_row(w, w->slot_of_row[row]);
    memset(relation, 0, (size_t)w->rows * sizeof *relation);
    relation[row] = 1;
    for (int64_t t = 0; t < w->rank; t++) {
        const double negative = -fr_reduce(field, m[t * FR_GROUP]);
        relation[w->pivot_row[t]] = (uint32_t)(negative < 0 ? negative + field.p : negative);
    }
}
