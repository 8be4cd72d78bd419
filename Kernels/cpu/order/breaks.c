/* Finds where units break. Units are drawn in batches and screened by the cells that still matter; for each gap the
 * first width with a break there is recorded. */
#include "order/order.h"

#include <string.h>

#include "exact_sign.h"
#include "sampling.h"

/* The number of points below t. */
static int64_t points_below(const fr_order *o, double t) {
    const uint32_t cell = fr_break_cell(t, o->origin, o->scale, o->last);
    int64_t low = o->cell_first[cell], high = o->cell_first[cell + 1];
    while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (o->value[middle] < t) low = middle + 1; else high = middle;
    }
    return low;
}

/* The gap of a unit. t is -b / w, rounded. A point above t is above -b / w, because rounding is monotone and points are
 * floats; a point below t is below -b / w. A point equal to t is decided exactly. */
static int64_t gap_of(const fr_order *o, double w, double b, bool *rises) {
    const int64_t g = o->distinct;
    *rises = !(w < 0.0);
    if (w == 0.0) return b > 0.0 ? 0 : g;
    const double t = -(b / w);
    const int64_t gap = points_below(o, t);
    if (gap == g || o->value[gap] != t) return gap;
    const bool active = fr_exact_sign(&w, o->value + gap, 1, 1, b) > 0;
    return active == *rises ? gap : gap + 1;
}

/* May be called from any thread. Widths only decrease, so the order of units does not matter. */
static void note(uint32_t *first, int64_t gap, uint32_t width) {
    uint32_t known = __atomic_load_n(first + gap, __ATOMIC_RELAXED);
    while (width < known &&
           !__atomic_compare_exchange_n(first + gap, &known, width, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
}

static void note_gap(fr_order *o, int64_t gap, bool rises, int64_t unit) {
    const uint32_t width = (uint32_t)unit + 1;
    if (o->all_ones == FR_ORDER_NEVER) {
        note(rises ? o->rising : o->falling, gap, width);
    } else {
        note(o->width, gap, width);
    }
}

/* Records one of the 2g steps, chosen as draw_step of samples/trial.c chooses it. */
static void note_steps(fr_order *o, int64_t first, int64_t count) {
    const uint64_t g = (uint64_t)o->distinct;
    const fr_problem *p = o->trial->problem;
    const bool screened = o->all_ones != FR_ORDER_NEVER;
    for (int64_t u = first; u < first + count; u++) {
        const uint64_t index =
            fr_index_below(fr_raw_bits(p->seed, o->trial->number, FR_STREAM_REGION, (uint32_t)u, 0), 2 * g);
        const bool rises = index >= g;
        const uint64_t gap = rises ? index - g : index;
        if (screened && !(o->wanted[gap >> 6] >> (gap & 63) & 1)) continue;
        note_gap(o, (int64_t)gap, rises, u);
    }
}

static void draw(const fr_order *o, int64_t first, int64_t count, double *weights, double *biases) {
    const fr_problem *p = o->trial->problem;
    if (p->weight_distribution == FR_WEIGHTS_GIVEN) {
        memcpy(weights, p->given_weights + first, (size_t)count * sizeof *weights);
        memcpy(biases, p->given_biases + first, (size_t)count * sizeof *biases);
        return;
    }
    const fr_draw how =
        fr_draw_of_weights(p->weight_distribution, 1, p->seed, o->trial->number, FR_STREAM_WEIGHTS);
    o->trial->isa->draw_rows(&how, (uint32_t)first, count, 1, weights, FR_STREAM_BIASES, biases);
}

void fr_order_note(fr_order *o, int64_t first, int64_t count, fr_order_scratch *s) {
    if (o->trial->problem->weight_distribution == FR_WEIGHTS_STEPS) return note_steps(o, first, count);
    draw(o, first, count, s->weights, s->biases);
    int64_t kept = count;
    const bool screened = o->all_ones != FR_ORDER_NEVER;
    if (screened)
        kept = o->trial->isa->screen_breaks(count, s->weights, s->biases, o->origin, o->scale, o->last, o->wanted,
                                            s->kept);
    for (int64_t i = 0; i < kept; i++) {
        const int64_t u = screened ? s->kept[i] : i;
        bool rises;
        const int64_t gap = gap_of(o, s->weights[u], s->biases[u], &rises);
        note_gap(o, gap, rises, first + u);
    }
}

void fr_order_begin_breaks(fr_order *o) {
    const size_t bytes = ((size_t)o->distinct + 1) * sizeof(uint32_t);
    memset(o->rising, 0xFF, bytes);
    memset(o->falling, 0xFF, bytes);
    o->width = o->falling;
    o->all_ones = FR_ORDER_NEVER;
    o->break_count = o->live_count = 0;
}
