#include "minima/region/cell.h"

#include <math.h>
#include <string.h>

#include "minima/region/gauss_jordan.h"

static double dot(int64_t k, const double *x, const double *y) {
    double sum = 0;
    for (int64_t c = 0; c < k; c++) sum += x[c] * y[c];
    return sum;
}

static const double *point(const fr_cells *cells, int64_t j) { return cells->points + j * cells->k; }

static bool is_zero(const fr_cell_state *cell, int64_t count, int64_t j) {
    for (int64_t q = 0; q < count; q++)
        if (cell->zeros[q] == j) return true;
    return false;
}

/* Row q of M. */
static void row_of(const fr_cells *cells, const fr_cell_state *cell, int64_t q, double *row) {
    if (q == cells->k - 1) {
        memcpy(row, cell->centre, (size_t)cells->k * sizeof(double));
        return;
    }
    const double side = fr_cell_side(cell->pattern, cell->zeros[q]);
    for (int64_t c = 0; c < cells->k; c++) row[c] = side * point(cells, cell->zeros[q])[c];
}

bool fr_cell_invert(const fr_cells *cells, fr_cell_state *cell) {
    /* On [M | I]. */
    const int64_t k = cells->k, width = 2 * k;
    double *a = cells->scratch;
    memset(a, 0, (size_t)(k * width) * sizeof(double));
    for (int64_t q = 0; q < k; q++) {
        row_of(cells, cell, q, a + q * width);
        a[q * width + k + q] = 1;
    }
    if (!fr_gauss_jordan(k, width, a)) return false;
    for (int64_t q = 0; q < k; q++)
        for (int64_t c = 0; c < k; c++) cell->inverse[q * k + c] = a[c * width + k + q];
    return true;
}

/* A direction orthogonal to the first `count` zeros (orthonormal in `basis`) and to w. */
static bool direction(int64_t k, int64_t count, const double *basis, const double *w, double *d) {
    double best = 0;
    for (int64_t start = 0; start < k; start++) {
        double *trial = d + k; /* behind the best so far */
        memset(trial, 0, (size_t)k * sizeof(double));
        trial[start] = 1;
        for (int pass = 0; pass < 2; pass++) {
            for (int64_t b = 0; b < count; b++) {
                const double part = dot(k, basis + b * k, trial);
                for (int64_t c = 0; c < k; c++) trial[c] -= part * basis[b * k + c];
            }
            const double part = dot(k, w, trial) / dot(k, w, w);
            for (int64_t c = 0; c < k; c++) trial[c] -= part * w[c];
        }
        const double size = sqrt(dot(k, trial, trial));
        if (size > best) {
            best = size;
            memcpy(d, trial, (size_t)k * sizeof(double));
        }
    }
    return best > 1e-8;
}

/* The first constraint met from w along d or -d. */
static int64_t first_met(const fr_cells *cells, const fr_cell_state *cell, int64_t count, const double *w,
                         const double *d, double *step) {
    int64_t met[2] = {-1, -1};
    double least[2] = {INFINITY, INFINITY};
    fr_cell_products(cells, w, cells->heights);
    fr_cell_products(cells, d, cells->slopes);
    for (int64_t j = 0; j < cells->n; j++) {
        const double side = fr_cell_side(cell->pattern, j);
        const double height = side * cells->heights[j], slope = side * cells->slopes[j];
        const int way = slope > 0; /* met along -d */
        const double distance = (height > 0 ? height : 0) / fabs(slope);
        if (slope != 0 && distance < least[way] && !is_zero(cell, count, j)) {
            least[way] = distance;
            met[way] = j;
        }
    }
    const int way = least[1] < least[0];
    *step = way ? -least[1] : least[0];
    return met[way];
}

void fr_cell_find_centre(const fr_cells *cells, fr_cell_state *cell) {
    const int64_t k = cells->k;
    memset(cell->centre, 0, (size_t)k * sizeof(double));
    for (int64_t j = 0; j < cells->n; j++) {
        const double side = fr_cell_side(cell->pattern, j) / (double)cells->n;
        for (int64_t c = 0; c < k; c++) cell->centre[c] += side * point(cells, j)[c];
    }
}

bool fr_cell_begin(const fr_cells *cells, fr_cell_state *cell, const double *inside) {
    const int64_t k = cells->k;
    double *w = cells->scratch + 2 * k * k, *d = w + k, *basis = d + 2 * k; /* (k - 1) k more */
    fr_cell_find_centre(cells, cell);
    memcpy(w, inside, (size_t)k * sizeof(double));
    for (int64_t count = 0; count < k - 1; count++) {
        double step;
        if (!(dot(k, w, w) > 0) || !direction(k, count, basis, w, d)) return false;
        const int64_t met = first_met(cells, cell, count, w, d, &step);
        if (met < 0 || !isfinite(step)) return false;
        for (int64_t c = 0; c < k; c++) w[c] += step * d[c];
        cell->zeros[count] = met;
        double *b = basis + count * k;
        memcpy(b, point(cells, met), (size_t)k * sizeof(double));
        for (int pass = 0; pass < 2; pass++)
            for (int64_t e = 0; e < count; e++) {
                const double part = dot(k, basis + e * k, b);
                for (int64_t c = 0; c < k; c++) b[c] -= part * basis[e * k + c];
            }
        const double size = sqrt(dot(k, b, b));
        if (!(size > 0)) return false;
        for (int64_t c = 0; c < k; c++) b[c] /= size;
    }
    return fr_cell_invert(cells, cell);
}

int64_t fr_cell_neighbour(const fr_cells *cells, const fr_cell_state *cell, int64_t q, double *distance) {
    const int64_t k = cells->k, n = cells->n;
    int64_t met = -1;
    double least = INFINITY;
    fr_cell_products(cells, cell->inverse + (k - 1) * k, cells->heights);
    fr_cell_products(cells, cell->inverse + q * k, cells->slopes);
    for (int64_t j = 0; j < n; j++) {
        const double side = fr_cell_side(cell->pattern, j);
        cells->heights[j] *= side;
        cells->slopes[j] *= -side;
    }
    for (int64_t j = 0; j < n; j++) {
        const double fall = cells->slopes[j], height = cells->heights[j];
        if (!(height < least * fall)) continue; /* nearly always true, so the branch is predicted */
        if (!(fall > 0) || is_zero(cell, k - 1, j)) continue;
        least = (height > 0 ? height : 0) / fall;
        met = j;
    }
    *distance = least;
    return met;
}

/* Updates the inverse after row q of M became the normal of another point: column q is scaled, and the other columns
 * lose their share of it. */
static bool replace(const fr_cells *cells, fr_cell_state *cell, int64_t q) {
    const int64_t k = cells->k;
    double *row = cells->scratch, *column = cell->inverse + q * k;
    row_of(cells, cell, q, row);
    const double pivot = dot(k, row, column);
    if (!(fabs(pivot) > 1e-300)) return false;
    for (int64_t c = 0; c < k; c++) column[c] /= pivot;
    for (int64_t p = 0; p < k; p++) {
        double *v = cell->inverse + p * k;
        const double share = dot(k, row, v);
        for (int64_t c = 0; p != q && c < k; c++) v[c] -= share * column[c];
    }
    return true;
}

bool fr_cell_maximize(const fr_cells *cells, fr_cell_state *cell, const double *g) {
    const int64_t k = cells->k;
    const double size = sqrt(dot(k, g, g));
    for (int64_t pivots = 0; pivots < 50 * k; pivots++) {
        int64_t best = -1;
        double gain = 0;
        for (int64_t q = 0; q < k - 1; q++) {
            const double *d = cell->inverse + q * k;
            const double length = sqrt(dot(k, d, d)), value = dot(k, g, d) / length;
            if (value > gain && value > 1e-12 * size) {
                gain = value;
                best = q;
            }
        }
        if (best < 0)
            return pivots == 0 || fr_cell_invert(cells, cell); /* anew, without the rounding of many steps */
        double distance;
        const int64_t met = fr_cell_neighbour(cells, cell, best, &distance);
        if (met < 0) return false;
        const int64_t left = cell->zeros[best];
        cell->zeros[best] = met;
        if (!replace(cells, cell, best)) {
            cell->zeros[best] = left;
            fr_cell_invert(cells, cell);
            return false;
        }
    }
    return false;
}

void fr_cell_defect(const fr_cells *cells, const fr_cell_state *cell, double *rows, double *columns) {
    const int64_t k = cells->k;
    double *row = cells->scratch, *sums = row + k;
    /* The rounding of a row of M times a column: k + 1 operations, and n + 2 more for the centre. */
    const double slack = 0x1p-52 * (double)(k + 2), centre_slack = 0x1p-52 * (double)(k + cells->n + 4);
    memset(sums, 0, (size_t)k * sizeof(double));
    *rows = *columns = 0;
    for (int64_t q = 0; q < k; q++) {
        row_of(cells, cell, q, row);
        double whole = 0;
        if (q == k - 1) { /* the sizes that the mean is made of */
            double *sizes = sums + k;
            memset(sizes, 0, (size_t)k * sizeof(double));
            for (int64_t j = 0; j < cells->n; j++)
                for (int64_t c = 0; c < k; c++) sizes[c] += fabs(point(cells, j)[c]) / (double)cells->n;
        }
        for (int64_t p = 0; p < k; p++) {
            const double *v = cell->inverse + p * k;
            double size = 0;
            for (int64_t c = 0; c < k; c++) size += (q == k - 1 ? (sums + k)[c] : fabs(row[c])) * fabs(v[c]);
            const double defect = fabs(dot(k, row, v) - (p == q)) + (q == k - 1 ? centre_slack : slack) * (size + 1);
            whole += defect;
            sums[p] += defect;
        }
        if (!(whole <= *rows)) *rows = whole;
    }
    for (int64_t p = 0; p < k; p++)
        if (!(sums[p] <= *columns)) *columns = sums[p];
}
