/* Evaluates the units so far: from which width on all ones can be formed, and which gaps can still matter. */
#include "order/order.h"

#include <string.h>

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }
static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }

static void find_all_ones(fr_order *o) {
    const int64_t g = o->distinct;
    uint32_t width = o->rising[0];
    o->all_ones_gap = 0;
    o->all_ones_rises = true;
    if (o->falling[g] < width) {
        width = o->falling[g];
        o->all_ones_gap = (uint32_t)g;
        o->all_ones_rises = false;
    }
    for (int64_t m = 1; m < g; m++) {
        const uint32_t both = larger(o->rising[m], o->falling[m]);
        if (both >= width) continue;
        width = both;
        o->all_ones_gap = (uint32_t)m;
        o->all_ones_rises = o->rising[m] == both;
    }
    o->all_ones = width;
}

/* Lists the breaks before all_ones. Each has one orientation. */
static void list_breaks(fr_order *o) {
    o->break_count = 0;
    for (int64_t m = 1; m < o->distinct; m++) {
        const uint32_t width = smaller(o->rising[m], o->falling[m]);
        if (width >= o->all_ones) continue; /* also true if there is no break */
        o->breaks[o->break_count++] =
            (fr_order_break){.gap = (uint32_t)m, .width = width, .rises = o->rising[m] == width};
    }
}

static bool is_unbroken(const fr_order *o, int64_t gap) {
    return gap > 0 && gap < o->distinct && o->width[gap] == FR_ORDER_NEVER;
}

/* Blocks of one or two points have as many pivots as points, whatever further units do. A gap that is not live is never
 * examined again, so its further breaks need not be recorded. */
static void keep_live(fr_order *o) {
    int64_t kept = 0;
    for (int64_t i = 0; i < o->live_count; i++) {
        const int64_t m = o->live[i];
        if (is_unbroken(o, m) && (is_unbroken(o, m - 1) || is_unbroken(o, m + 1))) o->live[kept++] = (uint32_t)m;
    }
    o->live_count = kept;
}

static void set_bits(uint64_t *bits, uint64_t from, uint64_t to) {
    for (uint64_t at = from; at <= to;) {
        const uint64_t low = at & 63, end = (at | 63) < to ? at | 63 : to;
        bits[at >> 6] |= ~UINT64_C(0) >> (63 - (end - at)) << low;
        at = end + 1;
    }
}

/* A unit in gap m breaks between its two points, or at one of them. The same holds for its rounded -b / w. */
static void want_live(fr_order *o) {
    const bool steps = o->trial->problem->weight_distribution == FR_WEIGHTS_STEPS;
    const size_t bits = steps ? (size_t)o->distinct + 1 : (size_t)o->last + 1;
    memset(o->wanted, 0, (bits + 63) / 64 * sizeof *o->wanted);
    for (int64_t i = 0; i < o->live_count; i++) {
        const uint32_t m = o->live[i];
        uint64_t from = m, to = m;
        if (!steps) {
            from = fr_break_cell(o->value[m - 1], o->origin, o->scale, o->last);
            to = fr_break_cell(o->value[m], o->origin, o->scale, o->last);
        }
        set_bits(o->wanted, from, to);
    }
}

bool fr_order_look(fr_order *o) {
    const int64_t g = o->distinct;
    if (o->all_ones == FR_ORDER_NEVER) {
        find_all_ones(o);
        if (o->all_ones == FR_ORDER_NEVER) return true;
        list_breaks(o);
        o->live_count = 0;
        for (int64_t m = 1; m < g; m++) {
            o->width[m] = smaller(o->rising[m], o->falling[m]);
            o->live[o->live_count++] = (uint32_t)m;
        }
    }
    keep_live(o);
    want_live(o);
    return o->live_count > 0;
}

/* Called if there are no further units before all ones can be formed. */
void fr_order_end(fr_order *o) {
    if (o->all_ones != FR_ORDER_NEVER) return;
    list_breaks(o);
    for (int64_t m = 1; m < o->distinct; m++) o->width[m] = smaller(o->rising[m], o->falling[m]);
}
