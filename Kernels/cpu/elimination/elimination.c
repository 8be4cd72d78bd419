/* The streamed elimination of elimination/elimination.h, on the state of elimination/workspace.h.
 *
 * Most pivots are found near the top, so the non-pivot rows above the new `first` move into the holes below it. This
 * needs few moves, and the memory in front of `first` is free again. */
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

/* The number of non-pivot rows that the remaining columns of this unit can change: rows that are active themselves, or
 * that have a multiplier for an active pivot row. */
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

/* From this many pivots on, their use is looked up row by row, as M is stored, by all threads. Pivot by
 * pivot on one thread, this took a tenth of the processor time at 25,660 rows (a 784-30-30-30-10 network; AMD EPYC,
 * 2 cores). */
#define MANY_PIVOTS 2048
/* Groups of rows that one thread looks through at a time. */
#define USE_BAND 16

/* Marks the pivots that rows of a band depend on, unless others do. */
static void find_used(void *context, int64_t band, int worker) {
    (void)worker;
    const fr_workspace *w = context;
    const int64_t first = w->first / FR_GROUP + band * USE_BAND, all = fr_groups(w->rows);
    for (int64_t group = first; group < first + USE_BAND && group < all; group++) {
        const int64_t begin = group * FR_GROUP, low = w->first > begin ? w->first - begin : 0;
        const int64_t high = w->rows - begin < FR_GROUP ? w->rows - begin : FR_GROUP;
        const double *m = fr_grouped_from(w->m, group, 0).at;
        for (int64_t t = 0; t < w->rank; t++) {
            if (atomic_load_explicit(&w->is_used[t], memory_order_relaxed)) continue;
            bool used = false;
            for (int64_t lane = low; lane < high; lane++) used |= m[t * FR_GROUP + lane] != 0.0;
            if (used) atomic_store_explicit(&w->is_used[t], 1, memory_order_relaxed);
        }
    }
}

static bool is_used(const fr_workspace *w, int64_t t) {
    bool used = false;
    for (int64_t slot = w->first; slot < w->rows && !used; slot++) used = fr_m_row(w, slot)[t * FR_GROUP] != 0.0;
    return used;
}

/* Removes the pivots on which no non-pivot row depends: their multipliers stay zero from then on. If a unit has more
 * columns than active points (k >= n, say), these are nearly all of its pivots. */
static void forget_unused(fr_workspace *w, fr_pool *pool) {
    int64_t kept = 0;
    const bool many = w->rank >= MANY_PIVOTS;
    if (many) {
        for (int64_t t = 0; t < w->rank; t++) atomic_init(&w->is_used[t], 0);
        const int64_t bands = (fr_groups(w->rows) - w->first / FR_GROUP + USE_BAND - 1) / USE_BAND;
        if (pool) fr_pool_run(pool, bands, find_used, w);
        for (int64_t i = 0; i < bands && !pool; i++) find_used(w, i, 0);
    }
    for (int64_t t = 0; t < w->rank; t++) {
        if (!(many ? atomic_load_explicit(&w->is_used[t], memory_order_relaxed) : is_used(w, t))) continue;
        if (kept != t) {
            w->pivot_row[kept] = w->pivot_row[t];
            for (int64_t g = w->first / FR_GROUP; g < fr_groups(w->rows); g++)
                memcpy(fr_grouped_from(w->m, g, kept).at, fr_grouped_from(w->m, g, t).at, FR_GROUP * sizeof(double));
        }
        kept++;
    }
    w->rank = kept;
}

/* Releases the memory of groups that no longer contain non-pivot rows. */
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

/* Merges the pivots just found in a block of columns into the state. Their multipliers are stored in M behind the old
 * ones. */
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
    if (more < columns) forget_unused(w, arithmetic->pool);
    hand_back(w, first_before);
    renew_filter(w);
}

/* Updates, eliminates and merges one block of columns. */
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

/* Few non-pivot rows need few columns, since columns of a block after the last pivot are wasted. */
static int64_t columns_wanted(const fr_workspace *w, int64_t rows) {
    const int64_t wanted = (rows + rows / 8 + 8) / 8 * 8;
    return wanted < w->block ? wanted : w->block;
}

/* The work done so far as a share of n^3/3: the integral of 2 r (n - r). */
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
            forget_unused(w, e->arithmetic.pool);
            renew_filter(w);
            generator->leading = 0;
        } else {
            const int64_t columns = generator->next(generator, columns_wanted(w, changeable));
            if (columns == 0) break;
            eliminate_block(w, &e->arithmetic, generator, columns, pivot_columns);
        }
        /* Columns that were eliminated stay zero in the non-pivot rows, however M changes later. */
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
