/* Finds the rows that wait for all ones. While all ones cannot be formed, each break has one orientation. The blocks
 * whose ends differ in orientation form the circuit of A's columns (the left end of the line counts as falling, the
 * right end as rising). Take the first two rows of each block of the circuit: the last two of all these rows depend on
 * rows before them. */
#include "order/order.h"
#include "order/sort.h"

#include <string.h>

static const fr_two none = {FR_ORDER_NEVER, FR_ORDER_NEVER};

static fr_two merged(fr_two a, fr_two b) {
    const fr_two low = a.least <= b.least ? a : b, high = a.least <= b.least ? b : a;
    return (fr_two){low.least, low.second < high.least ? low.second : high.least};
}

/* A tree of `count` leaves, stored from tree[count] on. Node i combines nodes 2i and 2i + 1. */
static void build(fr_two *tree, int64_t count) {
    for (int64_t i = count - 1; i > 0; i--) tree[i] = merged(tree[2 * i], tree[2 * i + 1]);
}

static void set(fr_two *tree, int64_t count, int64_t leaf, fr_two value) {
    int64_t i = leaf + count;
    tree[i] = value;
    for (i /= 2; i > 0; i /= 2) tree[i] = merged(tree[2 * i], tree[2 * i + 1]);
}

static fr_two query(const fr_two *tree, int64_t count, int64_t begin, int64_t end) {
    fr_two found = none;
    for (begin += count, end += count; begin < end; begin /= 2, end /= 2) {
        if (begin & 1) found = merged(found, tree[begin++]);
        if (end & 1) found = merged(found, tree[--end]);
    }
    return found;
}

/* Fills `left` and `right` of each break: its neighbours at the time when it was added. They are found by removing
 * breaks in reverse order. order: the breaks by width. */
static void find_neighbours(fr_order *o, const int32_t *order) {
    const int64_t count = o->break_count;
    int32_t *left = o->left, *right = o->right;
    for (int32_t i = 0; i < count; i++) left[i] = i - 1, right[i] = i + 1;
    for (int64_t t = count - 1; t >= 0; t--) {
        const int32_t i = order[t];
        o->breaks[i].left = left[i];
        o->breaks[i].right = right[i];
        if (left[i] >= 0) right[left[i]] = right[i];
        if (right[i] < count) left[right[i]] = left[i];
    }
}

/* Numbers in `blocked` are negated, so that the two least are the last rows. A row that does not exist counts as the
 * last of all. */
static void put_block(fr_order *o, int64_t begin, int64_t end, bool left_rises, bool right_rises) {
    fr_two value = none;
    if (left_rises != right_rises) {
        const fr_two rows = query(o->rows, o->distinct, begin, end);
        value = (fr_two){~rows.second, ~rows.least};
    }
    set(o->blocked, o->distinct, begin, value);
}

static void wait(fr_order *o, uint32_t until) {
    const fr_two last = o->blocked[1];
    if (~last.least < (uint32_t)o->points) o->least[~last.least] = until;
    if (~last.second < (uint32_t)o->points) o->least[~last.second] = until;
}

void fr_order_block_rows(fr_order *o) {
    const int64_t g = o->distinct, count = o->break_count;
    memset(o->least, 0, (size_t)o->points * sizeof *o->least);
    if (g == 0) return;
    for (int64_t i = 0; i < g; i++) {
        o->rows[g + i] = (fr_two){(uint32_t)o->first[i], FR_ORDER_NEVER};
        o->blocked[g + i] = none;
    }
    build(o->rows, g);
    build(o->blocked, g);
    for (int64_t i = 0; i < count; i++) {
        o->keys[i] = o->breaks[i].width;
        o->items[i] = (int32_t)i;
    }
    fr_sort_keys(o->keys, o->items, count, o->other_keys, o->other_items);
    find_neighbours(o, o->items);
    put_block(o, 0, g, false, true);
    for (int64_t t = 0; t < count; t++) {
        const fr_order_break *b = &o->breaks[o->items[t]];
        wait(o, b->width);
        const bool has_left = b->left >= 0, has_right = b->right < count;
        put_block(o, has_left ? o->breaks[b->left].gap : 0, b->gap, has_left && o->breaks[b->left].rises, b->rises);
        put_block(o, b->gap, has_right ? o->breaks[b->right].gap : g, b->rises,
                  !has_right || o->breaks[b->right].rises);
    }
    wait(o, o->all_ones);
}
