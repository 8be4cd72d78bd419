/* Decides which of a unit's two columns holds a pivot found before all ones can be formed, if some point is 0.
 *
 * Among the rows up to this one, the unit removes one dimension from the relations sum_j v_j a_j (x) x~_j = 0: their
 * sums over the points on which it is active form a line. The line is that of a single point (x, 1), so the first
 * column has the pivot unless x = 0 (docs/mathematics.md, section 14). */
#include "order/order.h"

/* The rows up to `row` at one width, whose breaks are some of all breaks. */
typedef struct prefix {
    const fr_order *o;
    int64_t row;
    uint32_t width; /* breaks below it are there */
    int64_t points; /* distinct ones of the rows */
    int64_t zero;   /* place of the point 0 among them; -1: none */
} prefix;

static bool has(const prefix *p, int64_t place) { return p->o->first[place] <= p->row; }

/* The number of points of the prefix before a gap of all points. */
static int64_t gap_in(const prefix *p, int64_t gap) {
    int64_t count = 0;
    for (int64_t i = 0; i < gap; i++) count += has(p, i);
    return count;
}

/* Whether a break at `gap` of the prefix gives all ones. */
static bool is_all_ones(const prefix *p, int64_t gap, bool rises) { return gap == (rises ? 0 : p->points); }

typedef struct piece { int64_t begin, end; } piece;
static bool is_single(piece b) { return b.end - b.begin == 1; }
static bool is_zero(const prefix *p, piece b) { return is_single(b) && b.begin == p->zero; }

/* The result of the walk over the prefix's earlier breaks. */
typedef struct blocks {
    bool all_ones;       /* can be formed */
    bool is_new;         /* the unit's break is none of them */
    piece block;         /* the one that the unit's break splits */
    bool left_rises, right_rises;
    int64_t singles;     /* single points among the circuit's other blocks */
    piece single;        /* the last of them */
} blocks;

static void end_block(blocks *s, piece block, bool left_rises, bool right_rises, int64_t split) {
    if (s->is_new && block.begin < split && split < block.end) {
        s->block = block;
        s->left_rises = left_rises;
        s->right_rises = right_rises;
    } else if (left_rises != right_rises && is_single(block)) {
        s->singles++;
        s->single = block;
    }
}

static blocks walk(const prefix *p, int64_t split) {
    const fr_order *o = p->o;
    blocks s = {.is_new = split > 0 && split < p->points};
    int64_t at = 0, place = 0;
    /* First decides whether the unit's break is one of the earlier ones. */
    for (int64_t i = 0, before = 0, counted = 0; i < o->break_count; i++) {
        if (o->breaks[i].width >= p->width) continue;
        for (; counted < o->breaks[i].gap; counted++) before += has(p, counted);
        s.is_new = s.is_new && before != split;
    }
    piece block = {0, 0};
    bool left_rises = false;
    for (int64_t i = 0; i < o->break_count; i++) {
        const fr_order_break *b = &o->breaks[i];
        if (b->width >= p->width) continue;
        for (; place < b->gap; place++) at += has(p, place);
        s.all_ones = s.all_ones || is_all_ones(p, at, b->rises);
        if (at == 0 || at == p->points) continue;
        if (at == block.begin) { /* gaps of all points are one of the prefix's */
            s.all_ones = s.all_ones || b->rises != left_rises;
            continue;
        }
        block.end = at;
        end_block(&s, block, left_rises, b->rises, split);
        block.begin = at;
        left_rises = b->rises;
    }
    block.end = p->points;
    end_block(&s, block, left_rises, true, split);
    return s;
}

bool fr_order_early_pivot_is_second(const fr_order *o, int64_t row, uint32_t width) {
    if (o->first[o->zero] > row) return false;
    prefix p = {.o = o, .row = row, .width = width};
    p.points = gap_in(&p, o->distinct);
    p.zero = gap_in(&p, o->zero);
    int64_t gap = o->all_ones_gap;
    bool rises = o->all_ones_rises;
    for (int64_t i = 0; i < o->break_count; i++)
        if (o->breaks[i].width == width) gap = o->breaks[i].gap, rises = o->breaks[i].rises;
    const int64_t split = gap_in(&p, gap);
    const blocks s = walk(&p, split);
    if (!s.is_new) return s.singles > 0 && is_zero(&p, s.single);
    const piece left = {s.block.begin, split}, right = {split, s.block.end};
    const piece single = is_single(left) ? left : right;
    if (s.all_ones) return is_zero(&p, single);
    if (s.left_rises == s.right_rises) {
        /* The block is not part of the circuit. If its ends have the other orientation, both pieces join it. */
        const bool both = is_single(left) && is_single(right);
        return is_zero(&p, rises != s.left_rises && both ? s.single : single);
    }
    /* One piece stays in the circuit. */
    const piece leaves = rises == s.left_rises ? left : right, stays = rises == s.left_rises ? right : left;
    return is_zero(&p, is_single(leaves) ? leaves : stays);
}
