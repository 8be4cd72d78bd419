/* Elimination of a thin panel: the streamed elimination of elimination/elimination.h applied to the panel itself,
 * recursively: the panel is halved down to FR_PANEL_COLUMNS columns, so that most work is in products. Rows with a
 * pivot stay in their slot, as zeros.
 *
 * Products are split by rows over a pool. One thread does the rest, on the order of rows x 8 operations per column. */
#include "elimination/elimination.h"

/* If a product has fewer multiply-adds than this, waking the pool (about 4 microseconds of one core) costs more than it
 * saves. */
#define SPLIT_WORK 1e5

typedef struct product {
    const fr_arithmetic *arithmetic;
    int64_t groups, part, columns, inner;
    fr_grouped a, b, c;
} product;

static void product_part(void *context, int64_t index, int worker) {
    (void)worker;
    const product *work = context;
    const int64_t begin = index * work->part;
    const int64_t groups = work->groups - begin < work->part ? work->groups - begin : work->part;
    work->arithmetic->isa->multiply_subtract(work->arithmetic->field, groups, work->columns, work->inner,
                                             fr_grouped_from(work->a, begin, 0), work->b,
                                             fr_grouped_from(work->c, begin, 0));
}

void fr_parallel_multiply_subtract(const fr_arithmetic *arithmetic, int64_t groups, int64_t columns, int64_t inner,
                                   fr_grouped a, fr_grouped b, fr_grouped c) {
    const double work = (double)(groups * FR_GROUP) * (double)columns * (double)inner;
    fr_pool *pool = arithmetic->pool;
    if (!pool || fr_pool_size(pool) == 1 || work < SPLIT_WORK) {
        arithmetic->isa->multiply_subtract(arithmetic->field, groups, columns, inner, a, b, c);
        return;
    }
    /* With four parts per thread, a thread that is held up costs little. */
    const int64_t parts = 4 * fr_pool_size(pool);
    int64_t part = (groups + parts - 1) / parts;
    part = (part + 2) / 3 * 3; /* whole register tiles */
    product whole = {arithmetic, groups, part, columns, inner, a, b, c};
    fr_pool_run(pool, (groups + part - 1) / part, product_part, &whole);
}

static void take_reduced(fr_field field, double *row, int count, double *out) {
    for (int i = 0; i < count; i++) out[i] = row[i * FR_GROUP] = fr_reduce(field, row[i * FR_GROUP]);
}

/* At most FR_PANEL_COLUMNS columns, right-looking, one pivot at a time. Entries are reduced when they are next read. */
static int64_t eliminate_base(const fr_panel *panel, fr_grouped s, int64_t columns, fr_grouped n, fr_found_pivots found,
                              int64_t offset) {
    const fr_isa *isa = panel->arithmetic->isa;
    const fr_field field = panel->arithmetic->field;
    int64_t pivots = 0;
    for (int64_t j = 0; j < columns; j++) {
        const fr_grouped rest = fr_grouped_from(s, 0, j);
        const double key = isa->topmost(field, panel->groups, rest, panel->key);
        if (key == FR_NO_KEY) continue;
        const int64_t slot = panel->slot_of_row[(int64_t)key] - panel->first_slot;
        double *s_at = fr_grouped_row(rest, slot), *n_at = fr_grouped_row(n, slot);
        fr_panel_pivot pivot;
        pivot.inverse = fr_inverse_by(field, panel->arithmetic->inverses, *s_at);
        pivot.behind = (int)(columns - j - 1);
        pivot.found = (int)pivots;
        take_reduced(field, s_at + FR_GROUP, pivot.behind, pivot.s);
        take_reduced(field, n_at, pivot.found, pivot.n);
        /* The pivot row's own multiplier is 1: the update turns it into zeros. */
        isa->eliminate(field, panel->groups, &pivot, rest, n);
        n_at[pivots * FR_GROUP] = 0.0;
        found.slots[pivots] = slot;
        found.columns[pivots] = offset + j;
        pivots++;
    }
    if (pivots > 1) isa->reduce(field, panel->groups, pivots - 1, n);
    return pivots;
}

/* Moves the first `count` numbers of each slot's rows to `out` and leaves zeros. `out` becomes rows x count, transposed
 * by groups as multiply_subtract takes it. */
static fr_grouped take_rows(fr_grouped matrix, const int64_t *slots, int64_t rows, int64_t count, double *out) {
    const fr_grouped taken = {out, rows * FR_GROUP};
    for (int64_t i = 0; i < rows; i++) {
        double *row = fr_grouped_row(matrix, slots[i]);
        for (int64_t j = 0; j < count; j++) {
            *fr_grouped_transposed(taken, i, j) = row[j * FR_GROUP];
            row[j * FR_GROUP] = 0.0;
        }
    }
    return taken;
}

static int64_t eliminate(const fr_panel *panel, fr_grouped s, int64_t columns, fr_grouped n, fr_found_pivots found,
                         int64_t offset, int64_t nonpivots) {
    if (columns <= FR_PANEL_COLUMNS) return eliminate_base(panel, s, columns, n, found, offset);
    /* Splits the columns in halves, each a whole number of base blocks. */
    const int64_t sub = (columns / 2 + FR_PANEL_COLUMNS - 1) / FR_PANEL_COLUMNS * FR_PANEL_COLUMNS;
    int64_t pivots = 0;
    for (int64_t begin = 0; begin < columns && pivots < nonpivots; begin += sub) {
        const int64_t width = columns - begin < sub ? columns - begin : sub;
        const fr_grouped block = fr_grouped_from(s, 0, begin), fresh = fr_grouped_from(n, 0, pivots);
        const fr_found_pivots next = {found.slots + pivots, found.columns + pivots};
        if (pivots) {
            const fr_grouped taken = take_rows(block, found.slots, pivots, width, panel->scratch);
            fr_parallel_multiply_subtract(panel->arithmetic, panel->groups, width, pivots, n, taken, block);
        }
        const int64_t more = eliminate(panel, block, width, fresh, next, offset + begin, nonpivots - pivots);
        if (pivots && more) {
            const fr_grouped taken = take_rows(n, next.slots, more, pivots, panel->scratch);
            fr_parallel_multiply_subtract(panel->arithmetic, panel->groups, pivots, more, fresh, taken, n);
        }
        pivots += more;
    }
    return pivots;
}

int64_t fr_panel_eliminate(const fr_panel *panel, fr_grouped s, int64_t columns, fr_grouped n, fr_found_pivots found) {
    return eliminate(panel, s, columns, n, found, 0, panel->nonpivots);
}
