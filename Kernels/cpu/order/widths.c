/* Finds the least width at which each row leaves the span of the rows before it, and from it the pivots. */
#include "order/order.h"
#include "order/sort.h"

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }
static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }

/* The width from which on place p is separated from its nearest, or from its two nearest, points on one side; 0 if
 * there is no such point. */
static uint32_t left_once(const fr_order *o, int32_t p) { return o->left[p] < 0 ? 0 : o->separated[o->left[p]]; }
static uint32_t right_once(const fr_order *o, int32_t p) { return o->right[p] < 0 ? 0 : o->separated[p]; }
static uint32_t left_twice(const fr_order *o, int32_t p) {
    const int32_t near = o->left[p];
    return near < 0 || o->left[near] < 0 ? 0 : smaller(o->separated[near], o->separated[o->left[near]]);
}
static uint32_t right_twice(const fr_order *o, int32_t p) {
    const int32_t near = o->right[p];
    return near < 0 || o->right[near] < 0 ? 0 : smaller(o->separated[p], o->separated[near]);
}

/* With all ones, row j has a pivot iff at most one point of earlier rows is in its block. */
static uint32_t width_with_all_ones(const fr_order *o, int32_t p) {
    return smaller(larger(left_once(o, p), right_twice(o, p)), larger(left_twice(o, p), right_once(o, p)));
}

/* With all ones, a unit that adds one pivot separates a single point from two or more. If that point is 0, the unit's
 * first column, which is 0 there, adds nothing. */
static bool sets_zero_apart(const fr_order *o, int64_t row, uint32_t width) {
    const int64_t zero = o->zero;
    if (zero < 0 || o->first[zero] > row) return false;
    return larger(left_once(o, (int32_t)zero), right_once(o, (int32_t)zero)) == width;
}

static void take_out(fr_order *o, int32_t p) {
    const int32_t left = o->left[p], right = o->right[p];
    if (left >= 0) {
        o->separated[left] = smaller(o->separated[left], o->separated[p]);
        o->right[left] = right;
    }
    if (right >= 0) o->left[right] = left;
}

/* pivots[j] = 2 unit + (1 if the pivot is in the second column, unless a later step changes this); -1 if there is
 * none. */
static void find_widths(fr_order *o, int64_t *pivots) {
    const int64_t g = o->distinct;
    for (int64_t i = 0; i < g; i++) {
        o->left[i] = (int32_t)i - 1;
        o->right[i] = i + 1 < g ? (int32_t)i + 1 : -1;
        o->separated[i] = i + 1 < g ? o->width[i + 1] : FR_ORDER_NEVER;
    }
    for (int64_t j = o->points - 1; j >= 0; j--) {
        const int32_t p = o->place[j];
        pivots[j] = -1;
        if (p < 0) continue;
        const uint32_t later = width_with_all_ones(o, p), width = larger(later, o->least[j]);
        if (width != FR_ORDER_NEVER)
            pivots[j] = 2 * ((int64_t)width - 1) + (later > o->all_ones && sets_zero_apart(o, j, width));
        take_out(o, p);
    }
}

bool fr_order_pivots(fr_order *o, int64_t *pivots) {
    fr_order_block_rows(o);
    find_widths(o, pivots);
    int64_t count = 0;
    for (int64_t j = 0; j < o->points; j++) {
        if (pivots[j] < 0) continue;
        o->keys[count] = (uint64_t)pivots[j] >> 1;
        o->items[count++] = (int32_t)j;
    }
    fr_sort_keys(o->keys, o->items, count, o->other_keys, o->other_items);
    for (int64_t i = 0; i < count; i++) {
        if (i > 0 && o->keys[i] == o->keys[i - 1]) {
            if (i > 1 && o->keys[i] == o->keys[i - 2]) return false;
            pivots[o->items[i]] = pivots[o->items[i - 1]] ^ 1; /* the unit's other column */
            continue;
        }
        const int32_t row = o->items[i];
        const uint32_t width = (uint32_t)o->keys[i] + 1;
        if (o->zero >= 0 && width <= o->all_ones)
            pivots[row] = 2 * (int64_t)o->keys[i] + fr_order_early_pivot_is_second(o, row, width);
    }
    return true;
}
