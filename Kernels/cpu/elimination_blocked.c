/* Elimination of many rows: M row-major, the large products by BLAS on slices of rows, one slice a thread at a time.
 *
 * M lives in one reservation of rows x rows numbers of which only the live corner, q x r <= rows^2/4, is ever backed
 * by memory: rows that leave are handed back to the system. */
#define _GNU_SOURCE
#include <cblas.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "elimination.h"

typedef struct fr_blocked blocked;

struct fr_blocked {
    int64_t capacity, ld, block; /* rows; block: columns a block */
    size_t reserved;
    double *m;                /* live x rank, row-major, ldm = ld */
    double *s, *n;            /* live x block, column-major, ld */
    double *pivot_block;      /* FR_DELAY x block, row-major */
    double *pivot_multipliers;/* block x rank, row-major */
    double *key, *rows_scratch, *multipliers_scratch;
    int32_t *row_of_slot, *slot_of_row, *pivot_row;
    int64_t *slots, *found, *from, *to;
    bool *is_dead;
    fr_screen screen;
    /* the matrix at hand */
    const fr_elimination *e;
    fr_source *source;
    int64_t live, rank;
    /* the product being split over threads */
    int64_t columns, inner, part, more;
};

static int64_t block_columns(int64_t rows) { return rows < 1500 ? 128 : rows < 6000 ? 256 : 512; }

size_t fr_blocked_memory(int64_t rows) {
    const size_t n = (size_t)rows, block = (size_t)block_columns(rows);
    return n * n / 4 * 8 + 3 * n * block * 8 + FR_DELAY * block * 8;
}

blocked *fr_blocked_create(int64_t rows) {
    blocked *b = calloc(1, sizeof *b);
    if (!b) return NULL;
    b->capacity = rows;
    b->ld = fr_padded(rows + 1);
    b->block = block_columns(rows);
    const size_t n = (size_t)rows + 1, ld = (size_t)b->ld, block = (size_t)b->block;
    b->reserved = n * ld * sizeof(double);
    void *m = mmap(NULL, b->reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    b->m = m == MAP_FAILED ? NULL : m;
    b->s = calloc(ld * block, sizeof(double));
    b->n = calloc(ld * block, sizeof(double));
    b->pivot_block = calloc(FR_DELAY * block, sizeof(double));
    b->pivot_multipliers = calloc(n * block, sizeof(double));
    b->key = calloc(ld, sizeof(double));
    b->rows_scratch = calloc(FR_PANEL_SUB * block, sizeof(double));
    b->multipliers_scratch = calloc(FR_PANEL_SUB * block, sizeof(double));
    b->row_of_slot = calloc(n, sizeof(int32_t));
    b->slot_of_row = calloc(n, sizeof(int32_t));
    b->pivot_row = calloc(n, sizeof(int32_t));
    b->slots = calloc(block, sizeof(int64_t));
    b->found = calloc(block, sizeof(int64_t));
    b->from = calloc(block, sizeof(int64_t));
    b->to = calloc(block, sizeof(int64_t));
    b->is_dead = calloc(n, sizeof(bool));
    if (fr_screen_make(&b->screen, rows) && b->m && b->s && b->n && b->pivot_block && b->pivot_multipliers && b->key &&
        b->rows_scratch && b->multipliers_scratch && b->row_of_slot && b->slot_of_row && b->pivot_row && b->slots && b->found &&
        b->from && b->to && b->is_dead)
        return b;
    fr_blocked_destroy(b);
    return NULL;
}

void fr_blocked_destroy(blocked *b) {
    if (!b) return;
    if (b->m) munmap(b->m, b->reserved);
    free(b->s);
    free(b->n);
    free(b->pivot_block);
    free(b->pivot_multipliers);
    free(b->key);
    free(b->rows_scratch);
    free(b->multipliers_scratch);
    free(b->row_of_slot);
    free(b->slot_of_row);
    free(b->pivot_row);
    free(b->slots);
    free(b->found);
    free(b->from);
    free(b->to);
    free(b->is_dead);
    fr_screen_free(&b->screen);
    free(b);
}

static void for_row_slices(blocked *b, int64_t rows, int64_t slice, fr_team_body body) {
    b->part = slice;
    const int64_t count = (rows + slice - 1) / slice;
    if (b->e->team) {
        fr_team_run(b->e->team, count, body, b);
    } else {
        for (int64_t i = 0; i < count; i++) body(b, i, 0);
    }
}

/* Rows begin..<end of S -= M[begin..<end, inner columns at `first`] * pivot_block, reduced. */
static void bring_up_to_date(void *context, int64_t index, int worker) {
    (void)worker;
    blocked *b = context;
    const int64_t begin = index * b->part;
    const int64_t rows = b->live - begin < b->part ? b->live - begin : b->part;
    const int64_t first = b->more; /* first of the M columns in this product */
    /* S is column-major, M and the pivot block row-major: transposed operands in column-major terms. */
    cblas_dgemm(CblasColMajor, CblasTrans, CblasTrans, (int)rows, (int)b->columns, (int)b->inner, -1.0,
                b->m + begin * b->ld + first, (int)b->ld, b->pivot_block, (int)b->columns, 1.0, b->s + begin,
                (int)b->ld);
    for (int64_t j = 0; j < b->columns; j++) b->e->isa->reduce(b->e->field, rows, b->s + j * b->ld + begin);
}

/* Rows begin..<end of M -= N * pivot_multipliers, reduced; then N's columns are appended. */
static void update_multipliers(void *context, int64_t index, int worker) {
    (void)worker;
    blocked *b = context;
    const int64_t begin = index * b->part;
    const int64_t rows = b->live - begin < b->part ? b->live - begin : b->part;
    if (b->rank)
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)rows, (int)b->rank, (int)b->more, -1.0, b->n + begin,
                    (int)b->ld, b->pivot_multipliers, (int)b->rank, 1.0, b->m + begin * b->ld, (int)b->ld);
    for (int64_t i = begin; i < begin + rows; i++) {
        double *row = b->m + i * b->ld;
        b->e->isa->reduce(b->e->field, b->rank, row);
        for (int64_t t = 0; t < b->more; t++) row[b->rank + t] = b->n[t * b->ld + i];
    }
}

static void renew_screen(blocked *b) {
    fr_screen_clear(&b->screen);
    if (b->live > FR_SCREEN_ROWS) return;
    for (int64_t i = 0; i < b->live; i++) {
        fr_screen_add_row(&b->screen, b->row_of_slot[i]);
        for (int64_t t = 0; t < b->rank; t++)
            if (b->m[i * b->ld + t] != 0.0) fr_screen_add_support(&b->screen, i, b->pivot_row[t]);
    }
}

static bool unit_exhausted(const blocked *b, const uint64_t *pattern) {
#define ACTIVE(row) (pattern[(row) >> 6] >> ((row) & 63) & 1)
    for (int64_t i = 0; i < b->live; i++)
        if (ACTIVE(b->row_of_slot[i])) return false;
    for (int64_t i = 0; i < b->live; i++)
        for (int64_t t = 0; t < b->rank; t++)
            if (b->m[i * b->ld + t] != 0.0 && ACTIVE(b->pivot_row[t])) return false;
    return true;
#undef ACTIVE
}

/* Small states stay for the next matrix: faulting pages in again would cost more than the memory is worth. */
#define KEEP_BYTES ((size_t)64 << 20)

static void hand_back(blocked *b, int64_t live_before) {
    if (b->reserved <= KEEP_BYTES) return;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t begin = ((uintptr_t)(b->m + b->live * b->ld) + page - 1) / page * page;
    const uintptr_t end = (uintptr_t)(b->m + live_before * b->ld) / page * page;
    if (begin < end) madvise((void *)begin, end - begin, MADV_DONTNEED);
}

static void merge(blocked *b, int64_t more) {
    const int64_t live_before = b->live;
    for (int64_t i = 0; i < more; i++) {
        memcpy(b->pivot_multipliers + i * b->rank, b->m + b->slots[i] * b->ld, (size_t)b->rank * sizeof(double));
        b->pivot_row[b->rank + i] = b->row_of_slot[b->slots[i]];
    }
    const int64_t moves = fr_plan_moves(b->live, b->slots, more, b->is_dead, b->from, b->to);
    for (int64_t i = 0; i < moves; i++) {
        memcpy(b->m + b->to[i] * b->ld, b->m + b->from[i] * b->ld, (size_t)b->rank * sizeof(double));
        for (int64_t t = 0; t < more; t++) b->n[t * b->ld + b->to[i]] = b->n[t * b->ld + b->from[i]];
        b->row_of_slot[b->to[i]] = b->row_of_slot[b->from[i]];
        b->slot_of_row[b->row_of_slot[b->to[i]]] = (int32_t)b->to[i];
        b->key[b->to[i]] = b->key[b->from[i]];
    }
    b->live -= more;
    b->more = more;
    /* Slices small enough that a row is reduced while still in cache. */
    for_row_slices(b, b->live, 128, update_multipliers);
    b->rank += more;
    hand_back(b, live_before);
    renew_screen(b);
}

static int64_t eliminate_block(blocked *b, int64_t columns, const fr_panel *panel) {
    b->source->live_rows(b->source, b->row_of_slot, b->live, b->s, b->ld);
    const int threads = b->e->team ? fr_team_size(b->e->team) : 1;
    const int64_t slice = fr_padded((b->live + threads - 1) / threads);
    b->columns = columns;
    for (int64_t first = 0; first < b->rank; first += FR_DELAY) {
        b->inner = b->rank - first < FR_DELAY ? b->rank - first : FR_DELAY;
        b->more = first;
        b->source->pivot_rows(b->source, b->pivot_row + first, b->inner, b->pivot_block);
        for_row_slices(b, b->live, slice, bring_up_to_date);
    }
    return fr_panel_eliminate(panel, b->s, columns, b->n, b->slots, b->found);
}

/* Work done so far as a share of n^3/3: the integral of 2 r (n - r). */
static double share_done(int64_t rank, int64_t rows) {
    const double x = (double)rank / (double)rows;
    return x * x * (3.0 - 2.0 * x);
}

fr_status fr_eliminate_blocked(blocked *b, const fr_elimination *e, fr_source *source, int64_t rows,
                               int64_t *pivot_columns) {
    b->e = e;
    b->source = source;
    b->rank = 0;
    b->live = rows;
    for (int64_t i = 0; i < rows; i++) {
        pivot_columns[i] = -1;
        b->row_of_slot[i] = b->slot_of_row[i] = (int32_t)i;
        b->key[i] = (double)i;
    }
    b->screen.words = (rows + 63) / 64;
    renew_screen(b);
    source->useful = fr_screen_useful;
    source->useful_context = &b->screen;
    fr_status status = FR_OK;
    fr_panel panel = {e->isa, e->field, e->team, 0, 0, b->key, b->slot_of_row, b->ld, b->ld, b->rows_scratch, b->multipliers_scratch};
    while (b->live > 0) {
        if (fr_is_cancelled(e->session)) {
            status = FR_CANCELLED;
            break;
        }
        const int64_t want = b->live < b->block ? (b->live < 16 ? 16 : b->live) : b->block;
        const int64_t columns = source->next(source, want);
        if (columns == 0) break;
        panel.rows = panel.live = b->live;
        const int64_t more = eliminate_block(b, columns, &panel);
        for (int64_t i = 0; i < more; i++)
            pivot_columns[b->row_of_slot[b->slots[i]]] = source->columns[b->found[i]];
        if (more) merge(b, more);
        for (int64_t u = 0; u < source->pattern_count - source->inside_unit; u++)
            fr_screen_saw(&b->screen, source->patterns[u]);
        if (source->inside_unit && more < columns &&
            unit_exhausted(b, source->patterns[source->pattern_count - 1]))
            source->skip_unit(source);
        if (e->done) atomic_store_explicit(e->done, share_done(b->rank, rows), memory_order_relaxed);
    }
    return status;
}
