/* An order of the points in which the first columns find their pivots on the diagonal, so that few rows need exchanging:
 * each unit gets points on which it is active, so that its columns are not 0 there, as many as it has columns; and of
 * these such as later units are inactive on, which are 0 in the columns of those before and after elimination. */
#include "column_proof/column_proof.h"

/* An open point on which the unit is active: of those that come first, one on which the next unit is inactive, among
 * these one on which the one after that is inactive, ... -1: none is open. */
static int64_t least_wanted(const fr_column_proof *p, int64_t unit, int64_t units) {
    for (int64_t w = 0; w < p->words; w++) {
        uint64_t points = fr_proof_pattern(p, unit)[w] & p->open_rows[w];
        if (points == 0) continue;
        for (int64_t v = unit + 1; v < units; v++) {
            const uint64_t spared = points & ~fr_proof_pattern(p, v)[w];
            if (spared) points = spared;
        }
        return 64 * w + __builtin_ctzll(points);
    }
    return -1;
}

void fr_column_proof_order(fr_column_proof *p) {
    fr_proof_all_points(p, p->open_rows);
    int64_t units = 0; /* that have positions */
    for (int64_t most = 0; units < FR_ORDERED_UNITS && units < p->units && most < p->n;) most += p->unit[units++].most;
    int64_t at = 0;
    for (int64_t u = 0; u < units && at < p->n; u++) {
        const fr_proof_unit *unit = &p->unit[u];
        const int64_t end = at + unit->most < unit->reached ? at + unit->most : unit->reached;
        while (at < end) {
            const int64_t point = least_wanted(p, u, units);
            p->order[at++] = (int32_t)point;
            if (point >= 0) p->open_rows[point >> 6] ^= UINT64_C(1) << (point & 63);
        }
    }
    while (at < p->n) p->order[at++] = -1;
    int64_t hole = 0; /* the rest of the points, where there is room */
    for (int64_t w = 0; w < p->words; w++)
        for (; p->open_rows[w]; p->open_rows[w] &= p->open_rows[w] - 1) {
            while (p->order[hole] >= 0) hole++;
            p->order[hole] = (int32_t)(64 * w + __builtin_ctzll(p->open_rows[w]));
        }
}
