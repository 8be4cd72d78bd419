/* The cell of one unit as a cone, and the simplex method on it: dimension k, n constraints. Private to Kernels/cpu. */
#ifndef FR_CPU_MINIMA_CELL_H
#define FR_CPU_MINIMA_CELL_H

#include <stdbool.h>
#include <stdint.h>

#include "session/arena.h"

/* The data that the cells of a region share. */
typedef struct fr_cells {
    int64_t n, k;
    const double *points;  /* n x k: homogeneous inputs */
    const double *columns; /* the same, coordinate by coordinate, `stride` apart: k x n */
    int64_t stride;
    double *scratch;       /* 4 k (k + 2) */
    double *heights, *slopes; /* scratch: n each */
} fr_cells;

/* A cell {w: s_j x_j.w >= 0}, s_j = 1 if the pattern has a 1, else -1, at one of its rays: k - 1 points are 0 there.
 * M has the rows s_q x_q of these points and `centre`, the mean of all s_j x_j, which is positive on the cell. */
typedef struct fr_cell_state {
    const uint64_t *pattern;
    int64_t *zeros;   /* k - 1, in the order of M's rows */
    double *inverse;  /* of M: column q at q * k, the edge that leaves point q; the last is the ray */
    double *centre;   /* k */
    bool ready, failed;
} fr_cell_state;

static inline double fr_cell_side(const uint64_t *pattern, int64_t j) {
    return (double)(2 * (int)(pattern[j / 64] >> (j % 64) & 1) - 1); /* no branch: bits are like coin tosses */
}

/* out[j] = x_j.w for all points. */
static inline void fr_cell_products(const fr_cells *cells, const double *w, double *restrict out) {
    const int64_t n = cells->n;
    for (int64_t j = 0; j < n; j++) out[j] = cells->columns[j] * w[0];
    for (int64_t c = 1; c < cells->k; c++) {
        const double *x = cells->columns + c * cells->stride, factor = w[c];
        for (int64_t j = 0; j < n; j++) out[j] += x[j] * factor;
    }
}

/* Computes `centre` from the pattern. */
void fr_cell_find_centre(const fr_cells *cells, fr_cell_state *cell);
/* Finds a ray, from a point inside (k numbers). False if the cell has none because the data don't span. */
bool fr_cell_begin(const fr_cells *cells, fr_cell_state *cell, const double *inside);
/* Finds rays of cells whose pattern is known but no point inside. The points are in another order that begins with k
 * independent ones. */
typedef struct fr_cell_finder {
    fr_cells cells;
    int64_t *order;    /* n: points in that order */
    double *points, *columns;
    uint64_t *pattern;
} fr_cell_finder;
/* For up to that many points of up to k coordinates; scratch and heights are those of the cells it is begun with. */
void fr_cell_finder_lay_out(fr_cell_finder *finder, int64_t most_points, int64_t k, fr_arena *arena);
/* Sets the order of points. independent: k points. */
void fr_cell_finder_begin(fr_cell_finder *finder, const fr_cells *cells, const int64_t *independent);
/* Finds a ray, from the pattern. False if rounding hides the ray. */
bool fr_cell_find(fr_cell_finder *finder, const fr_cells *cells, fr_cell_state *cell);
/* Computes a point inside, k numbers, from a ray. */
void fr_cell_inside(const fr_cells *cells, const fr_cell_state *cell, double *inside);
/* Moves along edges to a ray with the largest g.w; false if rounding prevents termination. */
bool fr_cell_maximize(const fr_cells *cells, fr_cell_state *cell, const double *g);
/* Computes M's inverse anew. */
bool fr_cell_invert(const fr_cells *cells, fr_cell_state *cell);
/* The point that ends the edge leaving zero number q; -1: none does. */
int64_t fr_cell_neighbour(const fr_cells *cells, const fr_cell_state *cell, int64_t q, double *distance);
/* Upper bounds of |M V - I|, summed along rows (`rows`) and along columns, where V is the computed inverse and M has
 * the exact centre. A bound is at least 1 if V is not an inverse. */
void fr_cell_defect(const fr_cells *cells, const fr_cell_state *cell, double *rows, double *columns);

#endif
