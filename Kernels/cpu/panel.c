/* Elimination of a thin panel: the streamed elimination of elimination.h applied to the panel itself, block within
 * block (8, then FR_PANEL_SUB columns, then all), so that most work is in products. Rows that have a pivot stay in
 * their slot, as zeros.
 *
 * Split over a team: products by rows; the rest, of order rows x 8 a column, by one thread. */
#include "elimination.h"

#define BASE_COLUMNS 8

typedef struct product {
    const fr_isa *isa;
    fr_field field;
    int64_t rows, part, columns, inner, lda, ldb, ldc;
    const double *a, *b;
    double *c;
} product;

static void product_part(void *context, int64_t index, int worker) {
    (void)worker;
    const product *work = context;
    const int64_t begin = index * work->part;
    const int64_t rows = work->rows - begin < work->part ? work->rows - begin : work->part;
    work->isa->multiply_subtract(work->field, rows, work->columns, work->inner, work->a + begin, work->lda, work->b,
                                 work->ldb, work->c + begin, work->ldc);
}

void fr_team_multiply_subtract(fr_team *team, const fr_isa *isa, fr_field field, int64_t rows, int64_t columns,
                               int64_t inner, const double *a, int64_t lda, const double *b, int64_t ldb, double *c,
                               int64_t ldc) {
    const double work = (double)rows * (double)columns * (double)inner;
    if (!team || fr_team_size(team) == 1 || work < 4e5) {
        isa->multiply_subtract(field, rows, columns, inner, a, lda, b, ldb, c, ldc);
        return;
    }
    product whole = {isa, field, rows, 0, columns, inner, lda, ldb, ldc, a, b, c};
    whole.part = fr_padded((rows + fr_team_size(team) - 1) / fr_team_size(team));
    fr_team_run(team, (rows + whole.part - 1) / whole.part, product_part, &whole);
}

/* At most BASE_COLUMNS columns: right-looking, a pivot at a time. */
static int64_t eliminate_base(const fr_panel *panel, double *s, int64_t columns, double *n, int64_t *slots,
                              int64_t *found, int64_t offset) {
    int64_t pivots = 0;
    for (int64_t j = 0; j < columns; j++) {
        double *column = s + j * panel->lds;
        const double key = panel->isa->topmost(panel->rows, column, panel->key);
        if (key == FR_NO_KEY) continue;
        const int64_t slot = panel->slot_of_row[(int64_t)key];
        double s_row[BASE_COLUMNS], n_row[BASE_COLUMNS];
        const int rest = (int)(columns - j - 1);
        for (int i = 0; i < rest; i++) s_row[i] = column[(i + 1) * panel->lds + slot];
        for (int64_t t = 0; t < pivots; t++) n_row[t] = n[t * panel->ldn + slot];
        double *m = n + pivots * panel->ldn;
        /* The pivot row's own multiplier is 1: the update turns it into zeros. */
        panel->isa->eliminate(panel->field, panel->rows, fr_inverse(panel->field, column[slot]), column, m,
                              column + panel->lds, panel->lds, rest, s_row, n, panel->ldn, (int)pivots, n_row);
        m[slot] = 0.0;
        slots[pivots] = slot;
        found[pivots] = offset + j;
        pivots++;
    }
    return pivots;
}

static int64_t eliminate(const fr_panel *panel, double *s, int64_t columns, double *n, int64_t *slots, int64_t *found,
                         int64_t offset, int64_t live) {
    if (columns <= BASE_COLUMNS) return eliminate_base(panel, s, columns, n, slots, found, offset);
    const int64_t sub = columns > FR_PANEL_SUB ? FR_PANEL_SUB : BASE_COLUMNS;
    int64_t pivots = 0;
    for (int64_t begin = 0; begin < columns && pivots < live; begin += sub) {
        const int64_t width = columns - begin < sub ? columns - begin : sub;
        double *block = s + begin * panel->lds;
        if (pivots) {
            for (int64_t j = 0; j < width; j++) {
                double *column = block + j * panel->lds;
                for (int64_t t = 0; t < pivots; t++) {
                    panel->rows_scratch[t * width + j] = column[slots[t]];
                    column[slots[t]] = 0.0;
                }
            }
            fr_team_multiply_subtract(panel->team, panel->isa, panel->field, panel->rows, width, pivots, n,
                                      panel->ldn, panel->rows_scratch, width, block, panel->lds);
        }
        double *fresh = n + pivots * panel->ldn;
        const int64_t more = eliminate(panel, block, width, fresh, slots + pivots, found + pivots, offset + begin,
                                       live - pivots);
        if (pivots && more) {
            for (int64_t t = 0; t < pivots; t++) {
                double *column = n + t * panel->ldn;
                for (int64_t i = 0; i < more; i++) {
                    const int64_t slot = slots[pivots + i];
                    panel->multipliers_scratch[i * pivots + t] = column[slot];
                    column[slot] = 0.0;
                }
            }
            fr_team_multiply_subtract(panel->team, panel->isa, panel->field, panel->rows, pivots, more, fresh,
                                      panel->ldn, panel->multipliers_scratch, pivots, n, panel->ldn);
        }
        pivots += more;
    }
    return pivots;
}

int64_t fr_panel_eliminate(const fr_panel *panel, double *s, int64_t columns, double *n, int64_t *slots,
                           int64_t *columns_found) {
    return eliminate(panel, s, columns, n, slots, columns_found, 0, panel->live);
}

int64_t fr_plan_moves(int64_t live_before, const int64_t *slots, int64_t dead, bool *is_dead, int64_t *from,
                      int64_t *to) {
    const int64_t live_after = live_before - dead;
    for (int64_t i = 0; i < dead; i++) is_dead[slots[i]] = true;
    int64_t moves = 0, last = live_before - 1;
    for (int64_t i = 0; i < dead; i++) {
        if (slots[i] >= live_after) continue;
        while (is_dead[last]) last--;
        from[moves] = last--;
        to[moves++] = slots[i];
    }
    for (int64_t i = 0; i < dead; i++) is_dead[slots[i]] = false;
    return moves;
}
