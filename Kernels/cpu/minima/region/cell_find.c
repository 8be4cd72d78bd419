/* Finds a ray of a cell from its pattern. The first ray is that of the cone of k independent points. Then one point
 * after the other is added to the cell, and the simplex method moves the last ray such that the new point's height
 * grows. */
#include <math.h>
#include <string.h>

#include "minima/region/cell.h"

void fr_cell_finder_lay_out(fr_cell_finder *f, int64_t most_points, int64_t k, fr_arena *arena) {
    FR_SLICE(arena, f->order, most_points, 1);
    FR_SLICE(arena, f->points, most_points, k);
    FR_SLICE(arena, f->columns, most_points, k);
    FR_SLICE(arena, f->pattern, most_points / 64 + 1, 1);
}

void fr_cell_finder_begin(fr_cell_finder *f, const fr_cells *cells, const int64_t *independent) {
    const int64_t n = cells->n, k = cells->k;
    int64_t count = 0;
    for (int64_t i = 0; i < k; i++) f->order[count++] = independent[i];
    for (int64_t j = 0; j < n; j++) {
        bool first = false;
        for (int64_t i = 0; i < k; i++) first |= independent[i] == j;
        if (!first) f->order[count++] = j;
    }
    f->cells = *cells;
    f->cells.points = f->points;
    f->cells.columns = f->columns;
    f->cells.stride = n;
    for (int64_t place = 0; place < n; place++)
        for (int64_t c = 0; c < k; c++)
            f->points[place * k + c] = f->columns[c * n + place] = cells->points[f->order[place] * k + c];
}

bool fr_cell_find(fr_cell_finder *f, const fr_cells *cells, fr_cell_state *cell) {
    const int64_t n = cells->n, k = cells->k;
    memset(f->pattern, 0, (size_t)((n + 63) / 64) * sizeof(uint64_t));
    for (int64_t place = 0; place < n; place++) {
        const int64_t j = f->order[place];
        f->pattern[place / 64] |= (cell->pattern[j / 64] >> (j % 64) & 1) << (place % 64);
    }
    fr_cell_state state = *cell;
    state.pattern = f->pattern;
    for (int64_t q = 0; q < k - 1; q++) state.zeros[q] = q;
    f->cells.n = k;
    /* The mean of the first normals, which is positive on all the smaller cells, too. */
    fr_cell_find_centre(&f->cells, &state);
    if (!fr_cell_invert(&f->cells, &state)) return false;
    double *goal = f->cells.scratch + 2 * k * k + k; /* fr_cell_maximize uses the scratch memory before this */
    for (int64_t place = k; place < n; place++) {
        const double side = fr_cell_side(f->pattern, place), *w = state.inverse + (k - 1) * k;
        for (int pass = 0; pass < 2; pass++) {
            double height = 0;
            for (int64_t c = 0; c < k; c++) height += side * f->points[place * k + c] * w[c];
            if (height >= 0) break;
            if (pass == 1) return false;
            for (int64_t c = 0; c < k; c++) goal[c] = side * f->points[place * k + c];
            if (!fr_cell_maximize(&f->cells, &state, goal)) return false;
        }
        f->cells.n = place + 1;
    }
    for (int64_t q = 0; q < k - 1; q++) cell->zeros[q] = f->order[state.zeros[q]];
    fr_cell_find_centre(cells, cell);
    return fr_cell_invert(cells, cell);
}

void fr_cell_inside(const fr_cells *cells, const fr_cell_state *cell, double *inside) {
    const int64_t n = cells->n, k = cells->k;
    const double *ray = cell->inverse + (k - 1) * k;
    double *along = cells->scratch, most = INFINITY;
    memset(along, 0, (size_t)k * sizeof(double));
    for (int64_t q = 0; q < k - 1; q++) {
        const double *edge = cell->inverse + q * k;
        double size = 0;
        for (int64_t c = 0; c < k; c++) size += edge[c] * edge[c];
        for (int64_t c = 0; c < k; c++) along[c] += edge[c] / sqrt(size);
    }
    fr_cell_products(cells, ray, cells->heights);
    fr_cell_products(cells, along, cells->slopes);
    for (int64_t j = 0; j < n; j++) {
        const double side = fr_cell_side(cell->pattern, j), height = side * cells->heights[j];
        const double fall = -side * cells->slopes[j];
        bool zero = false;
        for (int64_t q = 0; q < k - 1; q++) zero |= cell->zeros[q] == j;
        if (!zero && fall > 0 && height < most * fall) most = height / fall;
    }
    if (!(most > 0)) most = 0;
    const double step = isfinite(most) ? most / 2 : 1;
    for (int64_t c = 0; c < k; c++) inside[c] = ray[c] + step * along[c];
}
