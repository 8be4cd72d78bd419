/* Upper bounds of ranks, for any inputs. docs/mathematics.md, section 13.
 *
 * The columns of a unit may be replaced by their differences from those of an earlier unit: the columns up to the end of
 * any unit span what they did, and the differences are 0 but where the two patterns differ, the unit's support. */
#include <string.h>

#include "column_proof/column_proof.h"

void fr_column_proof_compare(fr_column_proof *p, int64_t unit) {
    fr_proof_unit *u = &p->unit[unit];
    const uint64_t *pattern = fr_proof_pattern(p, unit);
    uint64_t *support = p->supports + unit * p->words;
    int64_t least = p->bytes->differing(p->words, support, NULL);
    const int64_t nearest = p->bytes->nearest(p->words, pattern, unit, p->patterns, &least);
    for (int64_t w = 0; w < p->words && nearest >= 0; w++)
        support[w] = pattern[w] ^ fr_proof_pattern(p, nearest)[w];
    if (least < u->most) u->most = least;
}

/* A bit that is in the pattern and in the rows, and not in those left out; -1: none. */
static int64_t first_row(int64_t words, const uint64_t *pattern, const uint64_t *rows, const uint64_t *without) {
    for (int64_t w = 0; w < words; w++) {
        const uint64_t bits = pattern[w] & rows[w] & (without ? ~without[w] : ~UINT64_C(0));
        if (bits) return 64 * w + __builtin_ctzll(bits);
    }
    return -1;
}

/* An augmenting path from the unit, along which each unit takes a row from the next, up to one that is not matched. As
 * deep as there are rows, so not by recursion. */
static bool augment(fr_column_proof *p, int64_t unit) {
    int64_t depth = 0;
    p->path_unit[0] = (int32_t)unit;
    for (;;) {
        const uint64_t *support = p->supports + p->path_unit[depth] * p->words;
        int64_t row = first_row(p->words, support, p->open_rows, p->matched);
        if (row >= 0) {
            p->matched[row >> 6] |= UINT64_C(1) << (row & 63);
            for (; depth >= 0; row = p->path_row[depth--]) p->unit_of_row[row] = p->path_unit[depth];
            return true;
        }
        row = first_row(p->words, support, p->open_rows, NULL);
        if (row >= 0) {
            p->open_rows[row >> 6] ^= UINT64_C(1) << (row & 63);
            p->path_row[++depth] = (int32_t)row;
            p->path_unit[depth] = p->unit_of_row[row];
        } else if (depth-- == 0) {
            return false;
        }
    }
}

/* Classes of points that no unit up to this one tells apart: on them the units' rows of the pattern are multiples of one
 * of ones, and the columns have rank k at most. Of each class k points may be matched. */
static void split_classes(fr_column_proof *p, int64_t unit) {
    for (; p->classified <= unit; p->classified++) {
        const uint64_t *pattern = fr_proof_pattern(p, p->classified);
        int64_t kept = 0;
        uint64_t *from = p->classes, *to = p->split;
        for (int64_t c = 0; c < p->class_count; c++, from += p->words)
            for (int active = 0; active < 2; active++) {
                uint64_t *part = to + kept * p->words;
                for (int64_t w = 0; w < p->words; w++) part[w] = from[w] & (active ? pattern[w] : ~pattern[w]);
                kept += p->bytes->differing(p->words, part, NULL) > p->k;
            }
        p->class_count = kept;
        p->split = p->classes;
        p->classes = to;
    }
    memset(p->eligible, 0xFF, (size_t)p->words * sizeof *p->eligible);
    for (int64_t c = 0; c < p->class_count; c++) {
        const uint64_t *class = p->classes + c * p->words;
        int64_t left = p->k;
        for (int64_t w = 0; w < p->words; w++) {
            uint64_t beyond = class[w];
            for (; beyond && left > 0; left--) beyond &= beyond - 1;
            p->eligible[w] &= ~beyond;
        }
    }
}

/* One more row for the unit, the others keeping as many as they have: an augmenting path. */
static bool matches_one_more(fr_column_proof *p, int64_t unit) {
    memcpy(p->open_rows, p->eligible, (size_t)p->words * sizeof *p->open_rows);
    if (!augment(p, unit)) return false;
    p->unit[unit].matched++;
    return true;
}

/* Independent columns can be given different rows, each one in which the column is not 0. Of the replaced columns as many
 * as there are pivots, those of each unit among its own, are independent, and so have such rows, in the supports; if one
 * more for the unit cannot have one, no column of it is independent of the pivots. */
static bool has_no_row_left(fr_column_proof *p, int64_t unit) {
    for (int64_t e = 0; e <= unit; e++)
        while (p->unit[e].matched < p->unit[e].pivots)
            if (!matches_one_more(p, e)) return false; /* does not happen: see above */
    return !matches_one_more(p, unit);
}

bool fr_column_proof_is_exhausted(fr_column_proof *p, int64_t unit) {
    for (; p->compared <= unit; p->compared++) fr_column_proof_compare(p, p->compared);
    if (p->unit[unit].most == p->unit[unit].pivots) return true;
    split_classes(p, unit);
    return has_no_row_left(p, unit);
}
