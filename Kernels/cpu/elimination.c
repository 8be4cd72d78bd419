/* The streamed elimination of elimination.h.
 *
 * Live rows sit in slots first ..< rows of M, in no order; the row a slot holds decides which is topmost. Pivots
 * come mostly from the top, so the live rows above the new `first` move into the holes below it: few moves, and
 * memory in front of `first` is free again. Slots are grouped by eight (isa.h); dead slots in the first group and
 * those beyond the last row carry FR_NO_KEY, take part in the arithmetic and are never looked at. */
#define _GNU_SOURCE
#include "elimination.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct fr_workspace {
    int64_t capacity, stride; /* rows; numbers a group of M */
    int64_t block;            /* most columns a block */
    size_t reserved;          /* bytes of M: address space; memory comes as it is touched */
    double *m;                /* groups x rank, by groups */
    double *s;                /* groups x block, by groups; one column more keeps groups off the same cache set */
    double *rows_of_block;    /* transposed by groups: FR_DELAY x block, then block x rank */
    double *key, *panel_scratch;
    int32_t *row_of_slot, *slot_of_row, *pivot_row;
    int64_t *slots, *found, *from, *to;
    bool *is_dead;
    fr_screen screen;
    int64_t first, rows;       /* the matrix at hand: live rows are in slots first ..< rows */
    int64_t rank;              /* pivots that some live row depends on */
};

/* Wide blocks touch M less often, narrow ones waste fewer columns and keep the panel in cache. Measured with
 * Kernels/profile/profile_peers.cpp on a Zen 4 with 1 MiB of second-level cache: flat within 5% around these. */
int64_t fr_block_columns(int64_t rows) { return rows <= 256 ? 24 : rows < 2000 ? 48 : rows < 6000 ? 128 : 256; }

/* States up to this size stay for the next matrix: faulting pages in anew would cost more than they are worth. */
#define KEEP_BYTES ((size_t)64 << 20)

static size_t rows_of_block_count(int64_t rows, int64_t block) {
    return (size_t)((rows > FR_DELAY ? rows : FR_DELAY) + FR_GROUP) * (size_t)block;
}

size_t fr_workspace_memory(int64_t rows) {
    const size_t n = (size_t)rows, block = (size_t)fr_block_columns(rows), m = n * n * sizeof(double);
    return (m <= KEEP_BYTES ? m : m / 4) + (n * block + rows_of_block_count(rows, (int64_t)block)) * sizeof(double);
}

/* Zeroed and aligned to a cache line: every vector of a group then lies in one. */
static double *aligned_numbers(size_t count) {
    const size_t bytes = (count * sizeof(double) + 63) / 64 * 64;
    double *numbers = aligned_alloc(64, bytes);
    return numbers ? memset(numbers, 0, bytes) : NULL;
}

fr_workspace *fr_workspace_create(int64_t rows) {
    fr_workspace *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    w->capacity = rows;
    w->stride = (rows + 1) * FR_GROUP;
    w->block = fr_block_columns(rows);
    const size_t n = (size_t)rows + FR_GROUP, groups = (size_t)fr_groups(rows) + 1, block = (size_t)w->block;
    w->reserved = groups * (size_t)w->stride * sizeof(double);
    void *m = mmap(NULL, w->reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    w->m = m == MAP_FAILED ? NULL : m;
    w->s = aligned_numbers(groups * FR_GROUP * (block + 1));
    w->rows_of_block = aligned_numbers(rows_of_block_count(rows, w->block));
    w->key = aligned_numbers(n);
    w->panel_scratch = aligned_numbers((block / 2 + 2 * FR_GROUP) * (block / 2 + 2 * FR_GROUP));
    w->row_of_slot = calloc(n, sizeof(int32_t));
    w->slot_of_row = calloc(n, sizeof(int32_t));
    w->pivot_row = calloc(n, sizeof(int32_t));
    w->slots = calloc(4 * block, sizeof(int64_t));
    w->is_dead = calloc(n, sizeof(bool));
    if (fr_screen_make(&w->screen, rows) && w->m && w->s && w->rows_of_block && w->key && w->panel_scratch &&
        w->row_of_slot && w->slot_of_row && w->pivot_row && w->slots && w->is_dead) {
        w->found = w->slots + block;
        w->from = w->found + block;
        w->to = w->from + block;
        return w;
    }
    fr_workspace_destroy(w);
    return NULL;
}

void fr_workspace_destroy(fr_workspace *w) {
    if (!w) return;
    if (w->m) munmap(w->m, w->reserved);
    free(w->s);
    free(w->rows_of_block);
    free(w->key);
    free(w->panel_scratch);
    free(w->row_of_slot);
    free(w->slot_of_row);
    free(w->pivot_row);
    free(w->slots);
    free(w->is_dead);
    fr_screen_free(&w->screen);
    free(w);
}

static double *m_row(const fr_workspace *w, int64_t slot) {
    return w->m + slot / FR_GROUP * w->stride + slot % FR_GROUP;
}

static void renew_screen(fr_workspace *w) {
    fr_screen_clear(&w->screen);
    if (w->rows - w->first > FR_SCREEN_ROWS) return;
    for (int64_t slot = w->first; slot < w->rows; slot++) {
        fr_screen_add_row(&w->screen, w->row_of_slot[slot]);
        const double *m = m_row(w, slot);
        for (int64_t t = 0; t < w->rank; t++)
            if (m[t * FR_GROUP] != 0.0) fr_screen_add_support(&w->screen, slot - w->first, w->pivot_row[t]);
    }
}

/* How many live rows the rest of this unit's columns can change: those active themselves, or with a multiplier for an
 * active pivot row. */
static int64_t rows_affected(const fr_workspace *w, const uint64_t *pattern) {
#define ACTIVE(row) (pattern[(row) >> 6] >> ((row) & 63) & 1)
    int64_t affected = 0;
    for (int64_t slot = w->first; slot < w->rows; slot++) {
        const double *m = m_row(w, slot);
        bool is = ACTIVE(w->row_of_slot[slot]);
        for (int64_t t = 0; t < w->rank && !is; t++) is = m[t * FR_GROUP] != 0.0 && ACTIVE(w->pivot_row[t]);
        affected += is;
    }
    return affected;
#undef ACTIVE
}

/* Forgets the pivots on which no live row depends: their multipliers stay zero whatever comes. Where a unit has more
 * columns than active points (k >= n, say) these are nearly all. */
static void forget_unused(fr_workspace *w) {
    int64_t kept = 0;
    for (int64_t t = 0; t < w->rank; t++) {
        bool used = false;
        for (int64_t slot = w->first; slot < w->rows && !used; slot++) used = m_row(w, slot)[t * FR_GROUP] != 0.0;
        if (!used) continue;
        if (kept != t) {
            w->pivot_row[kept] = w->pivot_row[t];
            for (int64_t g = w->first / FR_GROUP; g < fr_groups(w->rows); g++)
                memcpy(w->m + g * w->stride + kept * FR_GROUP, w->m + g * w->stride + t * FR_GROUP,
                       FR_GROUP * sizeof(double));
        }
        kept++;
    }
    w->rank = kept;
}

/* Gives back the memory of the groups that died. */
static void hand_back(fr_workspace *w, int64_t first_before) {
    if (w->reserved <= KEEP_BYTES) return;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t begin = (uintptr_t)(w->m + first_before / FR_GROUP * w->stride) / page * page;
    const uintptr_t end = (uintptr_t)(w->m + w->first / FR_GROUP * w->stride) / page * page;
    if (begin < end) madvise((void *)begin, end - begin, MADV_DONTNEED);
}

/* Moves the live rows above the new first slot into the dead slots below it. */
static void close_ranks(fr_workspace *w, int64_t dead) {
    const int64_t first = w->first, after = first + dead;
    for (int64_t i = 0; i < dead; i++) w->is_dead[w->slots[i]] = true;
    int64_t moves = 0, live = first;
    for (int64_t i = 0; i < dead; i++) {
        if (w->slots[i] < after) continue;
        while (w->is_dead[live]) live++;
        w->from[moves] = live++;
        w->to[moves++] = w->slots[i];
    }
    for (int64_t i = 0; i < dead; i++) w->is_dead[w->slots[i]] = false;
    for (int64_t i = 0; i < moves; i++) {
        w->row_of_slot[w->to[i]] = w->row_of_slot[w->from[i]];
        w->slot_of_row[w->row_of_slot[w->to[i]]] = (int32_t)w->to[i];
        w->key[w->to[i]] = w->key[w->from[i]];
        const double *from = m_row(w, w->from[i]);
        double *to = m_row(w, w->to[i]);
        for (int64_t t = 0; t < (w->rank + dead) * FR_GROUP; t += FR_GROUP) to[t] = from[t];
    }
    for (int64_t slot = first; slot < after; slot++) w->key[slot] = FR_NO_KEY;
    w->first = after;
}

/* Takes the pivots just found in a block of columns (their multipliers stand in M behind the old ones) into the state. */
static void merge(fr_workspace *w, const fr_elimination *e, int64_t columns, int64_t more) {
    const int64_t first_before = w->first, group = w->first / FR_GROUP;
    if (w->rank) {
        for (int64_t i = 0; i < more; i++) {
            const double *m = m_row(w, w->slots[i]);
            for (int64_t t = 0; t < w->rank; t++)
                w->rows_of_block[(t / FR_GROUP * more + i) * FR_GROUP + t % FR_GROUP] = m[t * FR_GROUP];
        }
        double *m = w->m + group * w->stride;
        fr_team_multiply_subtract(e->team, e->isa, e->field, fr_groups(w->rows) - group, w->rank, more,
                                  m + w->rank * FR_GROUP, w->stride, w->rows_of_block, more * FR_GROUP, m, w->stride);
    }
    for (int64_t i = 0; i < more; i++) w->pivot_row[w->rank + i] = w->row_of_slot[w->slots[i]];
    close_ranks(w, more);
    w->rank += more;
    if (more < columns) forget_unused(w);
    hand_back(w, first_before);
    renew_screen(w);
}

/* One block of columns: up to date, eliminated, merged. */
static void eliminate_block(fr_workspace *w, const fr_elimination *e, fr_source *source, int64_t columns,
                            int64_t *pivot_columns) {
    const int64_t group = w->first / FR_GROUP, groups = fr_groups(w->rows) - group, stride = (w->block + 1) * FR_GROUP;
    double *m = w->m + group * w->stride;
    source->live_rows(source, w->row_of_slot + group * FR_GROUP, groups, w->s, stride);
    if (source->subtract_product && w->rank)
        source->subtract_product(source, e->team, w->pivot_row, w->rank, groups, m, w->stride, w->s, stride);
    for (int64_t t = 0; t < w->rank && !source->subtract_product; t += FR_DELAY) {
        const int64_t inner = w->rank - t < FR_DELAY ? w->rank - t : FR_DELAY;
        source->pivot_rows(source, w->pivot_row + t, inner, w->rows_of_block);
        fr_team_multiply_subtract(e->team, e->isa, e->field, groups, columns, inner, m + t * FR_GROUP, w->stride,
                                  w->rows_of_block, inner * FR_GROUP, w->s, stride);
    }
    const fr_panel panel = {e->isa, e->field, e->team, groups, w->rows - w->first, w->key + group * FR_GROUP,
                            w->slot_of_row, group * FR_GROUP, stride, w->stride, w->panel_scratch};
    const int64_t more = fr_panel_eliminate(&panel, w->s, columns, m + w->rank * FR_GROUP, w->slots, w->found);
    for (int64_t i = 0; i < more; i++) {
        w->slots[i] += group * FR_GROUP;
        pivot_columns[w->row_of_slot[w->slots[i]]] = source->columns[w->found[i]];
    }
    if (more) merge(w, e, columns, more);
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
    w->screen.words = (rows + 63) / 64;
    renew_screen(w);
}

/* Few live rows need few columns: what a block holds beyond the last pivot is wasted. */
static int64_t columns_wanted(const fr_workspace *w, int64_t rows) {
    const int64_t wanted = (rows + rows / 8 + 8) / 8 * 8;
    return wanted < w->block ? wanted : w->block;
}

/* Work done so far as a share of n^3/3: the integral of 2 r (n - r). */
static double share_done(const fr_workspace *w) {
    const double x = (double)w->first / (double)w->rows;
    return x * x * (3.0 - 2.0 * x);
}

fr_status fr_eliminate(fr_workspace *w, const fr_elimination *e, fr_source *source, int64_t rows,
                       int64_t *pivot_columns) {
    begin(w, rows, pivot_columns);
    source->useful = fr_screen_useful;
    source->useful_context = &w->screen;
    int64_t changeable = rows; /* live rows that the next columns may change */
    while (w->first < rows) {
        if (fr_is_cancelled(e->session)) return FR_CANCELLED;
        const int64_t columns = source->next(source, columns_wanted(w, changeable));
        if (columns == 0) break;
        eliminate_block(w, e, source, columns, pivot_columns);
        /* Columns once eliminated stay zero in the live rows, however M changes later. */
        for (int64_t u = 0; u < source->pattern_count - source->inside_unit; u++)
            fr_screen_saw(&w->screen, source->patterns[u]);
        changeable = w->rows - w->first;
        if (source->inside_unit) {
            const int64_t affected = rows_affected(w, source->patterns[source->pattern_count - 1]);
            if (affected == 0) source->skip_unit(source);
            else changeable = affected;
        }
        if (e->done) atomic_store_explicit(e->done, share_done(w), memory_order_relaxed);
    }
    return FR_OK;
}
