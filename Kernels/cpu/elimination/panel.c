/* Elimination of a thin panel: the streamed elimination of elimination/elimination.h applied to the panel itself, block
 * within block, halving down to BASE_COLUMNS, so that most work is in products. Rows that have a pivot stay in their
 * slot, as zeros.
 *
 * Split over a pool: products by rows; the rest, of order rows x 8 a column, by one thread. */
#include "elimination/elimination.h"

#define BASE_COLUMNS 8
/* Multiply-adds below which waking the pool costs more than it brings (about 4 microseconds of one core). */
#define SPLIT_WORK 1e5

static inline int64_t place(int64_t slot, int64_t stride) { return slot / FR_GROUP * stride + slot % FR_GROUP; }

typedef struct product {
    const fr_isa *isa;
    fr_field field;
    int64_t groups, part, columns, inner, sa, sb, sc;
    const double *a, *b;
    double *c;
} product;

static void product_part(void *context, int64_t index, int worker) {
    (void)worker;
    const product *work = context;
    const int64_t begin = index * work->part;
    const int64_t groups = work->groups - begin < work->part ? work->groups - begin : work->part;
    work->isa->multiply_subtract(work->field, groups, work->columns, work->inner, work->a + begin * work->sa, work->sa,
                                 work->b, work->sb, work->c + begin * work->sc, work->sc);
}

void fr_parallel_multiply_subtract(fr_pool *pool, const fr_isa *isa, fr_field field, int64_t groups, int64_t columns,
                               int64_t inner, const double *a, int64_t sa, const double *b, int64_t sb, double *c,
                               int64_t sc) {
    const double work = (double)(groups * FR_GROUP) * (double)columns * (double)inner;
    if (!pool || fr_pool_size(pool) == 1 || work < SPLIT_WORK) {
        isa->multiply_subtract(field, groups, columns, inner, a, sa, b, sb, c, sc);
        return;
    }
    product whole = {isa, field, groups, 0, columns, inner, sa, sb, sc, a, b, c};
    /* Four parts a thread: a thread that is held up then costs little. */
    const int64_t parts = 4 * fr_pool_size(pool);
    whole.part = (groups + parts - 1) / parts;
    whole.part = (whole.part + 2) / 3 * 3; /* whole register tiles */
    fr_pool_run(pool, (groups + whole.part - 1) / whole.part, product_part, &whole);
}

static void take_reduced(fr_field field, double *row, int count, double *out) {
    for (int i = 0; i < count; i++) out[i] = row[i * FR_GROUP] = fr_reduce(field, row[i * FR_GROUP]);
}

/* At most BASE_COLUMNS columns: right-looking, a pivot at a time; entries are reduced when they are next looked at. */
static int64_t eliminate_base(const fr_panel *panel, double *s, int64_t columns, double *n, int64_t *slots,
                              int64_t *found, int64_t offset) {
    int64_t pivots = 0;
    for (int64_t j = 0; j < columns; j++) {
        double *column = s + j * FR_GROUP;
        const double key = panel->isa->topmost(panel->field, panel->groups, column, panel->ss, panel->key);
        if (key == FR_NO_KEY) continue;
        const int64_t slot = panel->slot_of_row[(int64_t)key] - panel->first_slot;
        double *s_at = column + place(slot, panel->ss), *n_at = n + place(slot, panel->sn);
        double s_row[BASE_COLUMNS], n_row[BASE_COLUMNS];
        const int rest = (int)(columns - j - 1);
        take_reduced(panel->field, s_at + FR_GROUP, rest, s_row);
        take_reduced(panel->field, n_at, (int)pivots, n_row);
        /* The pivot row's own multiplier is 1: the update turns it into zeros. */
        panel->isa->eliminate(panel->field, panel->groups, fr_inverse_by(panel->field, panel->inverses, *s_at), column, panel->ss, rest,
                              s_row, n, panel->sn, (int)pivots, n_row);
        n_at[pivots * FR_GROUP] = 0.0;
        slots[pivots] = slot;
        found[pivots] = offset + j;
        pivots++;
    }
    if (pivots > 1) panel->isa->reduce(panel->field, panel->groups, pivots - 1, n, panel->sn);
    return pivots;
}

/* Moves `count` numbers of each of the slots' rows, from `matrix` on, to `out`, its transpose by groups as
 * multiply_subtract takes it; leaves zeros. */
static void take_rows(double *matrix, int64_t stride, const int64_t *slots, int64_t rows, int64_t count, double *out) {
    for (int64_t i = 0; i < rows; i++) {
        double *row = matrix + place(slots[i], stride);
        for (int64_t j = 0; j < count; j++) {
            out[j / FR_GROUP * rows * FR_GROUP + i * FR_GROUP + j % FR_GROUP] = row[j * FR_GROUP];
            row[j * FR_GROUP] = 0.0;
        }
    }
}

static int64_t eliminate(const fr_panel *panel, double *s, int64_t columns, double *n, int64_t *slots, int64_t *found,
                         int64_t offset, int64_t nonpivots) {
    if (columns <= BASE_COLUMNS) return eliminate_base(panel, s, columns, n, slots, found, offset);
    /* Halves, of a whole number of base blocks. */
    const int64_t sub = (columns / 2 + BASE_COLUMNS - 1) / BASE_COLUMNS * BASE_COLUMNS;
    int64_t pivots = 0;
    for (int64_t begin = 0; begin < columns && pivots < nonpivots; begin += sub) {
        const int64_t width = columns - begin < sub ? columns - begin : sub;
        double *block = s + begin * FR_GROUP, *fresh = n + pivots * FR_GROUP;
        if (pivots) {
            take_rows(block, panel->ss, slots, pivots, width, panel->scratch);
            fr_parallel_multiply_subtract(panel->pool, panel->isa, panel->field, panel->groups, width, pivots, n,
                                      panel->sn, panel->scratch, pivots * FR_GROUP, block, panel->ss);
        }
        const int64_t more = eliminate(panel, block, width, fresh, slots + pivots, found + pivots, offset + begin,
                                       nonpivots - pivots);
        if (pivots && more) {
            take_rows(n, panel->sn, slots + pivots, more, pivots, panel->scratch);
            fr_parallel_multiply_subtract(panel->pool, panel->isa, panel->field, panel->groups, pivots, more, fresh,
                                      panel->sn, panel->scratch, more * FR_GROUP, n, panel->sn);
        }
        pivots += more;
    }
    return pivots;
}

int64_t fr_panel_eliminate(const fr_panel *panel, double *s, int64_t columns, double *n, int64_t *slots,
                           int64_t *columns_found) {
    return eliminate(panel, s, columns, n, slots, columns_found, 0, panel->nonpivots);
}
