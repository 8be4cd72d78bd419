/* Upper bounds of ranks that hold for any inputs. docs/mathematics.md, section 13.
 *
 * The columns of a unit may be replaced by their differences from the columns of an earlier unit: the columns up to the
 * end of any unit span the same space as before, and the differences are 0 except where the two patterns differ, on the
 * unit's support. */
#include <string.h>

#include "column_proof/column_proof.h"

void fr_column_proof_compare(fr_column_proof *p, int64_t unit) {
    fr_proof_unit *u = &p->units.list[unit];
    const uint64_t *pattern = fr_proof_pattern(p, unit);
    uint64_t *support = p->units.supports + unit * p->words;
    int64_t least = p->bytes->differing(p->words, pattern, NULL);
    const int64_t nearest = p->bytes->nearest(p->words, pattern, unit, p->units.patterns, &least);
    memcpy(support, pattern, (size_t)p->words * sizeof *pattern);
    for (int64_t w = 0; w < p->words && nearest >= 0; w++) support[w] ^= fr_proof_pattern(p, nearest)[w];
    if (least < u->most) u->most = least;
}

/* The first bit that is set in the pattern and in `rows` but not in `without` (which may be NULL); -1 if there is none.
 */
static int64_t first_row(int64_t words, const uint64_t *pattern, const uint64_t *rows, const uint64_t *without) {
    for (int64_t w = 0; w < words; w++) {
        const uint64_t bits = pattern[w] & rows[w] & (without ? ~without[w] : ~UINT64_C(0));
        if (bits) return 64 * w + __builtin_ctzll(bits);
    }
    return -1;
}

/* Searches an augmenting path from the unit: each unit takes a row from the next one, and the last takes a row that is
 * not matched. The path may be as long as there are rows, so the search is not recursive. If no augmenting path exists,
 * the unit has no further pivot (Hall's theorem). */
static bool augment(fr_column_proof *p, int64_t unit) {
    fr_proof_matching *m = &p->matching;
    int64_t depth = 0;
    m->path_unit[0] = (int32_t)unit;
    for (;;) {
        const uint64_t *support = p->units.supports + m->path_unit[depth] * p->words;
        int64_t row = first_row(p->words, support, m->open_rows, m->matched);
        if (row >= 0) {
            m->matched[row >> 6] |= UINT64_C(1) << (row & 63);
            for (; depth >= 0; row = m->path_row[depth--]) m->unit_of_row[row] = m->path_unit[depth];
            return true;
        }
        row = first_row(p->words, support, m->open_rows, NULL);
        if (row >= 0) {
            m->open_rows[row >> 6] ^= UINT64_C(1) << (row & 63);
            m->path_row[++depth] = (int32_t)row;
            m->path_unit[depth] = m->unit_of_row[row];
        } else if (depth-- == 0) {
            return false;
        }
    }
}

/* Splits the points into classes that no unit up to this one tells apart. Within a class all points have the same
 * activations, so the class contributes rank at most k, and k of its points are eligible for the matching. */
static void split_classes(fr_column_proof *p, int64_t unit) {
    fr_proof_matching *m = &p->matching;
    for (; m->classified <= unit; m->classified++) {
        const uint64_t *pattern = fr_proof_pattern(p, m->classified);
        int64_t kept = 0;
        uint64_t *from = m->classes, *to = m->split;
        for (int64_t c = 0; c < m->class_count; c++, from += p->words)
            for (int active = 0; active < 2; active++) {
                uint64_t *part = to + kept * p->words;
                for (int64_t w = 0; w < p->words; w++) part[w] = from[w] & (active ? pattern[w] : ~pattern[w]);
                kept += p->bytes->differing(p->words, part, NULL) > p->k;
            }
        m->class_count = kept;
        m->split = m->classes;
        m->classes = to;
    }
    memset(m->eligible, 0xFF, (size_t)p->words * sizeof *m->eligible);
    for (int64_t c = 0; c < m->class_count; c++) {
        const uint64_t *class = m->classes + c * p->words;
        int64_t left = p->k;
        for (int64_t w = 0; w < p->words; w++) {
            uint64_t beyond = class[w];
            for (; beyond && left > 0; left--) beyond &= beyond - 1;
            m->eligible[w] &= ~beyond;
        }
    }
}

/* Matches one more row with the unit, while the other units keep as many rows as they have. */
static bool matches_one_more(fr_column_proof *p, int64_t unit) {
    memcpy(p->matching.open_rows, p->matching.eligible, (size_t)p->words * sizeof *p->matching.open_rows);
    if (!augment(p, unit)) return false;
    p->units.list[unit].matched++;
    return true;
}

/* Independent columns can be matched with different rows, each with a row in which the column is not 0. Among the
 * replaced columns of each unit, as many as it has pivots are independent; so they can be matched with rows in the
 * units' supports. If one more column of this unit cannot be matched, none of its columns is independent of the pivots.
 */
static bool has_no_row_left(fr_column_proof *p, int64_t unit) {
    for (int64_t e = 0; e <= unit; e++)
        while (p->units.list[e].matched < p->units.list[e].pivots)
            if (!matches_one_more(p, e)) return false; /* it never is: the pivots can be matched */
    return !matches_one_more(p, unit);
}

bool fr_column_proof_is_exhausted(fr_column_proof *p, int64_t unit) {
    for (; p->units.compared <= unit; p->units.compared++) fr_column_proof_compare(p, p->units.compared);
    if (p->units.list[unit].most == p->units.list[unit].pivots) return true;
    split_classes(p, unit);
    return has_no_row_left(p, unit);
}
