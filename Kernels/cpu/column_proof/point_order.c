/* Orders the points so that the first columns have their pivots on the diagonal, and few rows need exchanging. Each
 * unit gets as many points as it has columns, points on which it is active: its columns are not 0 there. Among these,
 * points on which the later units are inactive come first: the later units' columns are 0 there, before and after
 * elimination. */
#include "column_proof/byte_engine.h"
#include "column_proof/column_proof.h"

/* Returns an unassigned point where this unit is active, preferring points where the next units, in order, are
 * inactive; -1 if there is none. */
static int64_t least_wanted(const fr_byte_engine *p, const fr_column_proof *proof, int64_t unit, int64_t units) {
    for (int64_t w = 0; w < p->words; w++) {
        uint64_t points = fr_proof_pattern(proof, unit)[w] & p->rows.unplaced[w];
        if (points == 0) continue;
        for (int64_t v = unit + 1; v < units; v++) {
            const uint64_t spared = points & ~fr_proof_pattern(proof, v)[w];
            if (spared) points = spared;
        }
        return 64 * w + __builtin_ctzll(points);
    }
    return -1;
}

void fr_byte_engine_order(fr_byte_engine *p, const fr_column_proof *proof) {
    fr_proof_all_points(p->n, p->rows.unplaced);
    int64_t units = 0; /* that have positions */
    for (int64_t most = 0; units < FR_ORDERED_UNITS && units < proof->units.count && most < p->n;)
        most += proof->units.list[units++].most;
    int64_t at = 0;
    for (int64_t u = 0; u < units && at < p->n; u++) {
        const fr_proof_unit *unit = &proof->units.list[u];
        const int64_t end = at + unit->most < unit->reached ? at + unit->most : unit->reached;
        while (at < end) {
            const int64_t point = least_wanted(p, proof, u, units);
            p->rows.order[at++] = (int32_t)point;
            if (point >= 0) p->rows.unplaced[point >> 6] ^= UINT64_C(1) << (point & 63);
        }
    }
    while (at < p->n) p->rows.order[at++] = -1;
    int64_t hole = 0; /* the rest of the points, where there is room */
    for (int64_t w = 0; w < p->words; w++)
        for (; p->rows.unplaced[w]; p->rows.unplaced[w] &= p->rows.unplaced[w] - 1) {
            while (p->rows.order[hole] >= 0) hole++;
            p->rows.order[hole] = (int32_t)(64 * w + __builtin_ctzll(p->rows.unplaced[w]));
        }
}
