/* Finds a ray of a cell from its pattern, in exact arithmetic, point by point, as minima/region/cell_find.c does. */
#include <string.h>

#include "minima/exact/exact.h"

/* Moves the current ray until point j, which does not bound the cell yet, is on its side. */
static bool bring(fr_exact *e, int64_t unit, int64_t *zeros, int64_t j) {
    fr_ball_context *r = &e->reals;
    fr_ball height;
    for (int64_t pivots = 0; pivots < 1000 * e->k; pivots++) {
        if (!fr_exact_ray(e, unit, zeros)) return false;
        fr_exact_along(e, &height, unit, j, e->k - 1);
        const int sign = fr_ball_sign(r, &height);
        if (r->doubt || r->failed) return false;
        if (sign >= 0) return true;
        for (int64_t c = 0; c < e->k; c++) {
            e->product[c] = e->points[j * e->k + c];
            if (fr_cell_side(e->region->units.cells[unit].pattern, j) < 0) fr_ball_negate(r, &e->product[c]);
        }
        if (fr_exact_advance(e, unit, zeros) != FR_CELL_IMPROVES)
            return false; /* the cell is empty: no unit has this pattern */
    }
    return false;
}

bool fr_exact_find(fr_exact *e, int64_t unit, int64_t *zeros) {
    const int64_t *independent = e->region->points.rank.rows;
    memset(e->some, 0, (size_t)e->n * sizeof(bool));
    for (int64_t i = 0; i < e->k; i++) e->some[independent[i]] = true;
    for (int64_t q = 0; q < e->k - 1; q++) zeros[q] = independent[q];
    e->included = e->some;
    bool found = true;
    for (int64_t j = 0; j < e->n && found; j++)
        if (!e->some[j]) {
            found = bring(e, unit, zeros, j);
            e->some[j] = true;
        }
    e->included = NULL;
    return found;
}
