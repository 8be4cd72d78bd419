/* Upper bounds of ranks, for any inputs. docs/mathematics.md, section 12. */
#include "small_prime.h"

int64_t fr_small_prime_most_pivots(const fr_small_prime *p, int64_t unit, int64_t most) {
    const uint64_t *pattern = fr_proof_pattern(p, unit);
    for (int64_t e = 0; e < unit; e++) {
        const uint64_t *earlier = fr_proof_pattern(p, e);
        int64_t differing = 0;
        for (int64_t w = 0; w < p->words && differing < most; w++) differing += __builtin_popcountll(pattern[w] ^ earlier[w]);
        if (differing < most) most = differing;
    }
    return most;
}

static bool augment(fr_small_prime *p, int64_t unit) {
    const uint64_t *pattern = fr_proof_pattern(p, unit);
    for (int64_t w = 0; w < p->words; w++)
        for (uint64_t bits = pattern[w] & p->open_rows[w]; bits; bits &= bits - 1) {
            const int64_t row = 64 * w + __builtin_ctzll(bits);
            if (p->unit_of_row[row] >= 0) continue;
            p->unit_of_row[row] = (int32_t)unit;
            return true;
        }
    for (int64_t w = 0; w < p->words; w++)
        for (uint64_t bits; (bits = pattern[w] & p->open_rows[w]) != 0;) {
            const int64_t row = 64 * w + __builtin_ctzll(bits);
            p->open_rows[w] &= ~(bits & -bits);
            if (!augment(p, p->unit_of_row[row])) continue;
            p->unit_of_row[row] = (int32_t)unit;
            return true;
        }
    return false;
}

/* One more row for the unit, the others keeping as many as they have: an augmenting path. */
static bool matches_one_more(fr_small_prime *p, int64_t unit) {
    for (int64_t w = 0; w < p->words; w++) p->open_rows[w] = ~UINT64_C(0);
    if (!augment(p, unit)) return false;
    p->unit[unit].matched++;
    return true;
}

/* Independent columns can be given different rows, each one in which the column is not 0. The pivots so far have such
 * rows; if they and one more column of the unit cannot, no column of it is independent of the pivots. */
static bool has_no_row_left(fr_small_prime *p, int64_t unit) {
    for (int64_t e = 0; e <= unit; e++)
        while (p->unit[e].matched < p->unit[e].pivots)
            if (!matches_one_more(p, e)) return false; /* does not happen: see above */
    return !matches_one_more(p, unit);
}

bool fr_small_prime_is_exhausted(fr_small_prime *p, int64_t unit) {
    fr_proof_unit *u = &p->unit[unit];
    u->most = fr_small_prime_most_pivots(p, unit, u->most);
    return u->most == u->pivots || has_no_row_left(p, unit);
}
