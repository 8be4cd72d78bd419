/* Elimination of up to FR_RESIDENT_ROWS rows: M column-major in cache, products by our own kernels, no allocation
 * in the loop. */
#include <stdlib.h>
#include <string.h>

#include "elimination.h"

/* Columns a block. Wider blocks reduce M less often, narrower ones waste fewer columns: Kernels/profile/crossover.c. */
#define BLOCK_COLUMNS 64

struct fr_resident {
    int64_t capacity, ld;
    double *m, *s, *pivot_block, *pivot_multipliers, *key, *rows_scratch, *multipliers_scratch;
    int32_t *row_of_slot, *slot_of_row, *pivot_row;
    int64_t *slots, *found, *from, *to;
    bool *is_dead;
    fr_screen screen;
};

fr_resident *fr_resident_create(int64_t rows) {
    fr_resident *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    const size_t n = (size_t)rows + 1, ld = (size_t)fr_padded(rows + 1);
    w->capacity = rows;
    w->ld = (int64_t)ld;
    w->m = calloc(ld * n, sizeof(double));
    w->s = calloc(ld * BLOCK_COLUMNS, sizeof(double));
    w->pivot_block = calloc(n * BLOCK_COLUMNS, sizeof(double));
    w->pivot_multipliers = calloc(n * BLOCK_COLUMNS, sizeof(double));
    w->key = calloc(ld, sizeof(double));
    w->rows_scratch = calloc((size_t)FR_PANEL_SUB * BLOCK_COLUMNS, sizeof(double));
    w->multipliers_scratch = calloc((size_t)FR_PANEL_SUB * BLOCK_COLUMNS, sizeof(double));
    w->row_of_slot = calloc(n, sizeof(int32_t));
    w->slot_of_row = calloc(n, sizeof(int32_t));
    w->pivot_row = calloc(n, sizeof(int32_t));
    w->slots = calloc(BLOCK_COLUMNS, sizeof(int64_t));
    w->found = calloc(BLOCK_COLUMNS, sizeof(int64_t));
    w->from = calloc(BLOCK_COLUMNS, sizeof(int64_t));
    w->to = calloc(BLOCK_COLUMNS, sizeof(int64_t));
    w->is_dead = calloc(n, sizeof(bool));
    const bool screen = fr_screen_make(&w->screen, rows);
    if (!w->m || !w->s || !w->pivot_block || !w->pivot_multipliers || !w->key || !w->rows_scratch ||
        !w->multipliers_scratch || !w->row_of_slot || !w->slot_of_row || !w->pivot_row || !w->slots || !w->found || !w->from || !w->to ||
        !w->is_dead || !screen) {
        fr_resident_destroy(w);
        return NULL;
    }
    return w;
}

void fr_resident_destroy(fr_resident *w) {
    if (!w) return;
    free(w->m);
    free(w->s);
    free(w->pivot_block);
    free(w->pivot_multipliers);
    free(w->key);
    free(w->rows_scratch);
    free(w->multipliers_scratch);
    free(w->row_of_slot);
    free(w->slot_of_row);
    free(w->pivot_row);
    free(w->slots);
    free(w->found);
    free(w->from);
    free(w->to);
    free(w->is_dead);
    fr_screen_free(&w->screen);
    free(w);
}

static void renew_screen(fr_resident *w, int64_t live, int64_t rank) {
    fr_screen_clear(&w->screen);
    if (live > FR_SCREEN_ROWS) return;
    for (int64_t i = 0; i < live; i++) {
        fr_screen_add_row(&w->screen, w->row_of_slot[i]);
        for (int64_t t = 0; t < rank; t++)
            if (w->m[t * w->ld + i] != 0.0) fr_screen_add_support(&w->screen, i, w->pivot_row[t]);
    }
}

/* Can the rest of this unit's columns change any live row? Only rows active themselves, or with a multiplier for an
 * active pivot row. */
static bool unit_exhausted(const fr_resident *w, const uint64_t *pattern, int64_t live, int64_t rank) {
#define ACTIVE(row) (pattern[(row) >> 6] >> ((row) & 63) & 1)
    for (int64_t i = 0; i < live; i++)
        if (ACTIVE(w->row_of_slot[i])) return false;
    for (int64_t t = 0; t < rank; t++) {
        if (!ACTIVE(w->pivot_row[t])) continue;
        for (int64_t i = 0; i < live; i++)
            if (w->m[t * w->ld + i] != 0.0) return false;
    }
    return true;
#undef ACTIVE
}

/* Takes the pivots just found into the state: M of the old pivots, holes filled, screen renewed. */
static void merge(fr_resident *w, const fr_elimination *e, int64_t live, int64_t rank, int64_t more) {
    const int64_t ld = w->ld;
    if (rank) {
        for (int64_t t = 0; t < rank; t++)
            for (int64_t i = 0; i < more; i++) w->pivot_multipliers[i * rank + t] = w->m[t * ld + w->slots[i]];
        e->isa->multiply_subtract(e->field, live, rank, more, w->m + rank * ld, ld, w->pivot_multipliers, rank, w->m,
                                  ld);
    }
    for (int64_t i = 0; i < more; i++) w->pivot_row[rank + i] = w->row_of_slot[w->slots[i]];
    const int64_t moves = fr_plan_moves(live, w->slots, more, w->is_dead, w->from, w->to);
    for (int64_t i = 0; i < moves; i++) {
        w->row_of_slot[w->to[i]] = w->row_of_slot[w->from[i]];
        w->slot_of_row[w->row_of_slot[w->to[i]]] = (int32_t)w->to[i];
        w->key[w->to[i]] = w->key[w->from[i]];
    }
    for (int64_t t = 0; t < rank + more; t++) {
        double *column = w->m + t * ld;
        for (int64_t i = 0; i < moves; i++) column[w->to[i]] = column[w->from[i]];
    }
    renew_screen(w, live - more, rank + more);
}

/* Few live rows need few columns; what a block holds beyond the last pivot is wasted. */
static int64_t columns_wanted(int64_t live) {
    const int64_t wanted = (live + live / 8 + 8) / 8 * 8;
    return wanted < BLOCK_COLUMNS ? wanted : BLOCK_COLUMNS;
}

fr_status fr_eliminate_resident(fr_resident *w, const fr_elimination *e, fr_source *source, int64_t rows,
                                int64_t *pivot_columns) {
    const int64_t ld = w->ld;
    int64_t live = rows, rank = 0;
    for (int64_t i = 0; i < rows; i++) {
        pivot_columns[i] = -1;
        w->row_of_slot[i] = w->slot_of_row[i] = (int32_t)i;
        w->key[i] = (double)i;
    }
    w->screen.words = (rows + 63) / 64;
    renew_screen(w, live, rank);
    source->useful = fr_screen_useful;
    source->useful_context = &w->screen;
    fr_panel panel = {e->isa, e->field, NULL, 0, 0, w->key, w->slot_of_row, ld, ld, w->rows_scratch, w->multipliers_scratch};
    while (live > 0) {
        if (fr_is_cancelled(e->session)) return FR_CANCELLED;
        const int64_t columns = source->next(source, columns_wanted(live));
        if (columns == 0) break;
        source->live_rows(source, w->row_of_slot, live, w->s, ld);
        if (rank) {
            source->pivot_rows(source, w->pivot_row, rank, w->pivot_block);
            e->isa->multiply_subtract(e->field, live, columns, rank, w->m, ld, w->pivot_block, columns, w->s, ld);
        }
        panel.rows = panel.live = live;
        const int64_t more = fr_panel_eliminate(&panel, w->s, columns, w->m + rank * ld, w->slots, w->found);
        for (int64_t i = 0; i < more; i++)
            pivot_columns[w->row_of_slot[w->slots[i]]] = source->columns[w->found[i]];
        if (more) {
            merge(w, e, live, rank, more);
            rank += more;
            live -= more;
        }
        /* Columns once eliminated stay zero in the live rows, however M changes later. */
        for (int64_t u = 0; u < source->pattern_count - source->inside_unit; u++)
            fr_screen_saw(&w->screen, source->patterns[u]);
        if (source->inside_unit && more < columns &&
            unit_exhausted(w, source->patterns[source->pattern_count - 1], live, rank))
            source->skip_unit(source);
    }
    return FR_OK;
}
