/* The body of lanes_*.c, which define VL, LANES_TABLE and LANES_NAME. Multiplications and additions are separate, so
 * that all instruction sets give the same bits. */
#include <stddef.h>
#include <string.h>

#include "portability.h"

#include "fullrank_landscape.h"
#include "landscape/lanes.h"

typedef double vd __attribute__((vector_size(8 * VL)));
typedef uint64_t vu __attribute__((vector_size(8 * VL)));
typedef int64_t vi __attribute__((vector_size(8 * VL)));

#define INLINE static inline __attribute__((always_inline))
#define UNIT_ROUNDOFF 0x1p-53

INLINE vd spread(double x) { return x - (vd){0}; }
/* All bits of the lanes whose pattern has the point. */
INLINE vu active(vu pattern, int64_t point) { return -(pattern >> (uint64_t)point & 1); }
INLINE vd keep(vu mask, double x) { return (vd)(mask & (vu)spread(x)); }
INLINE vd magnitude(vd x) { return (vd)((vu)x & (UINT64_C(0x7FFFFFFFFFFFFFFF) + (vu){0})); }
INLINE vu load_words(const uint64_t *at) {
    vu words;
    memcpy(&words, at, sizeof words);
    return words;
}

/* Rows of a lower triangle follow each other. */
INLINE int64_t at_row(int64_t row) { return row * (row + 1) / 2; }

/* The Gram matrix of the cells' columns, with the projectors of narrow cells; A^T y; the trace. */
INLINE vd form(const fr_lanes_data *data, const fr_lanes *lanes, int first, int64_t columns, vd *gram, vd *moments) {
    const int64_t cells = lanes->cells, triangle = columns * (columns + 1) / 2;
    vd trace = {0};
    for (int64_t i = 0; i < cells; i++) {
        const vu own = load_words(lanes->patterns + i * FR_LANES + first);
        for (int64_t j = 0; j <= i; j++) {
            const vu both = own & load_words(lanes->patterns + j * FR_LANES + first);
            vd sums[FR_COMBINATION_MOST_COLUMNS * (FR_COMBINATION_MOST_COLUMNS + 1) / 2];
            for (int64_t t = 0; t < triangle; t++) sums[t] = (vd){0};
            for (int64_t point = 0; point < data->points; point++) {
                const vu mask = active(both, point);
                const double *products = data->products + point * triangle;
                for (int64_t t = 0; t < triangle; t++) sums[t] += keep(mask, products[t]);
            }
            if (i == j && lanes->has_narrow)
                for (int lane = 0; lane < VL; lane++) {
                    const double *narrow = lanes->narrow[i * FR_LANES + first + lane];
                    for (int64_t t = 0; narrow && t < triangle; t++) sums[t][lane] += narrow[t];
                }
            for (int64_t p = 0; p < columns; p++)
                for (int64_t q = 0; q < (i == j ? p + 1 : columns); q++)
                    gram[at_row(i * columns + p) + j * columns + q] = sums[p >= q ? at_row(p) + q : at_row(q) + p];
            for (int64_t p = 0; i == j && p < columns; p++) trace += sums[at_row(p) + p];
        }
        vd sums[FR_COMBINATION_MOST_COLUMNS];
        for (int64_t p = 0; p < columns; p++) sums[p] = (vd){0};
        for (int64_t point = 0; point < data->points; point++) {
            const vu mask = active(own, point);
            for (int64_t p = 0; p < columns; p++) sums[p] += keep(mask, data->moments[point * columns + p]);
        }
        for (int64_t p = 0; p < columns; p++) moments[i * columns + p] = sums[p];
    }
    return trace;
}

/* L D L^T in place, D on the diagonal. *positive: all of D is. Answers the trace of the inverse of L D L^T, as that of
 * Y^T Y with Y = D^-1/2 X, X the inverse of L; X is left in `inverse`. */
INLINE vd factor(int64_t size, vd *matrix, vd *inverse, vu *positive) {
    vd total = {0};
    vu good = ~(vu){0};
    for (int64_t i = 0; i < size; i++) {
        vd *row = matrix + at_row(i);
        vd pivot = row[i];
        for (int64_t j = 0; j < i; j++) {
            /* row[j] holds L_ij D_j until column j is done. */
            const vd *other = matrix + at_row(j);
            vd sum = row[j];
            for (int64_t k = 0; k < j; k++) sum -= row[k] * other[k];
            row[j] = sum;
        }
        for (int64_t j = 0; j < i; j++) {
            const vd scaled = row[j] / matrix[at_row(j) + j];
            pivot -= scaled * row[j];
            row[j] = scaled;
        }
        good &= (vu)(pivot > spread(0x1p-900));
        row[i] = pivot;
        vd *solved = inverse + at_row(i), squares = spread(1.0);
        for (int64_t j = 0; j < i; j++) {
            vd sum = -row[j];
            for (int64_t k = j + 1; k < i; k++) sum -= row[k] * inverse[at_row(k) + j];
            solved[j] = sum;
            squares += sum * sum;
        }
        solved[i] = spread(1.0);
        total += squares / pivot;
    }
    *positive = good;
    return total;
}

/* Signs of the solution against a cell's: whether it is strictly on the side s = 1 or -1 of all its hyperplanes, and
 * whether it is strictly beyond one. */
typedef struct sides {
    vu inside[2], outside[2];
} sides;

INLINE sides place(const fr_lanes_data *data, const fr_lanes *lanes, int first, int64_t cell, int64_t columns,
                   const vd *solution, vd error) {
    const vu pattern = load_words(lanes->patterns + cell * FR_LANES + first);
    sides found = {{~(vu){0}, ~(vu){0}}, {(vu){0}, (vu){0}}};
    for (int64_t point = 0; point < data->points; point++) {
        if (!(data->usable >> point & 1)) continue;
        const double *x = data->x + point * columns;
        vd value = spread(x[0]) * solution[0];
        for (int64_t p = 1; p < columns; p++) value += spread(x[p]) * solution[p];
        /* The sign changed where the cell is inactive. */
        value = (vd)((vu)value ^ ((~active(pattern, point)) & (UINT64_C(1) << 63)));
        const vd slack = spread(data->norms[point]) * error;
        const vu above = (vu)(value > slack), below = (vu)(-value > slack);
        found.inside[0] &= above;
        found.outside[0] |= below;
        found.inside[1] &= below;
        found.outside[1] |= above;
    }
    if (!lanes->has_narrow) return found;
    for (int lane = 0; lane < VL; lane++) {
        const double *narrow = lanes->narrow[cell * FR_LANES + first + lane];
        if (!narrow) continue;
        const double *rows = narrow + columns * (columns + 1) / 2;
        found.inside[0][lane] = found.inside[1][lane] = ~UINT64_C(0);
        found.outside[0][lane] = found.outside[1][lane] = 0;
        for (int row = 0; row < 2; row++) {
            double value = rows[row * columns] * solution[0][lane];
            for (int64_t p = 1; p < columns; p++) value += rows[row * columns + p] * solution[p][lane];
            const double slack = 1.01 * error[lane];
            if (!(value > slack)) found.inside[0][lane] = 0;
            if (!(-value > slack)) found.inside[1][lane] = 0;
            if (-value > slack) found.outside[0][lane] = ~UINT64_C(0);
            if (value > slack) found.outside[1][lane] = ~UINT64_C(0);
        }
    }
    return found;
}

INLINE void solve_lanes(const fr_lanes_data *data, fr_lanes *lanes, int first, int64_t columns) {
    const int64_t cells = lanes->cells, size = cells * columns;
    vd *gram = (vd *)lanes->work, *inverse = gram + at_row(size), *moments = inverse + at_row(size);
    vd *solution = moments + size;
    const vd trace = form(data, lanes, first, columns, gram, moments);
    vu positive;
    const vd total = factor(size, gram, inverse, &positive);
    vd product = {0}, terms = {0}, length = {0}, moment_length = {0};
    for (int64_t i = 0; i < size; i++) {
        vd sum = moments[i];
        for (int64_t j = 0; j < i; j++) sum -= gram[at_row(i) + j] * solution[j];
        solution[i] = sum;
    }
    for (int64_t i = 0; i < size; i++) solution[i] /= gram[at_row(i) + i];
    for (int64_t i = size - 1; i >= 0; i--) {
        vd sum = solution[i];
        for (int64_t j = i + 1; j < size; j++) sum -= gram[at_row(j) + i] * solution[j];
        solution[i] = sum;
        const vd term = moments[i] * sum;
        product += term;
        terms += magnitude(term);
        length += magnitude(sum);
        moment_length += magnitude(moments[i]);
    }
    /* docs/landscape.md, section 8: |error| <= 1.05 trace(G^-1) (backward error |solution| + error of A^T y). */
    const double backward = 1.1 * (double)(8 * size + data->points + 32) * UNIT_ROUNDOFF;
    /* >= |A| |y|, as |A|^2 is at most its squared Frobenius norm: fr_combinations makes input_size of squares. */
    const double moment_error = 1.1 * (double)(data->points + 4) * UNIT_ROUNDOFF * data->label_size *
                                (data->input_size * (double)cells + 1.0);
    const vu solved = positive & (vu)(trace * total < spread(0.01 / backward));
    const vd error = spread(1.05) * total * (spread(backward) * trace * length + spread(moment_error));
    const vd slack = spread(1.01) * error + spread(1.1 * (double)(columns + 4) * UNIT_ROUNDOFF) * length;
    vu yes = solved, no = {0};
    for (int64_t cell = 0; cell < cells; cell++) {
        const sides found = place(data, lanes, first, cell, columns, solution + cell * columns, slack);
        vu own;
        for (int lane = 0; lane < VL; lane++) own[lane] = lanes->sides[cell * FR_LANES + first + lane];
        const vu positive_side = -(own & 1), negative_side = -(own >> 1 & 1), free_side = -(own >> 2 & 1);
        yes &= free_side | (positive_side & found.inside[0]) | (negative_side & found.inside[1]);
        no |= ~free_side & (~positive_side | found.outside[0]) & (~negative_side | found.outside[1]);
    }
    no &= solved;
    const double rounding = 1.1 * (double)(size + data->points + 8) * UNIT_ROUNDOFF;
    const vd low = spread(data->squares) - product -
                   (spread(1.1) * (moment_length * error + spread(moment_error) * length) +
                    spread(rounding) * (spread(data->squares) + terms));
    for (int lane = 0; lane < VL; lane++) {
        lanes->solved[first + lane] = solved[lane] != 0;
        lanes->yes[first + lane] = yes[lane] != 0;
        lanes->no[first + lane] = no[lane] != 0;
        lanes->low[first + lane] = low[lane] > 0.0 ? low[lane] : 0.0;
    }
}

/* Loops over a constant number of columns are unrolled. */
static void solve(const fr_lanes_data *data, fr_lanes *lanes) {
    for (int first = 0; first < FR_LANES; first += VL) switch (data->columns) {
        case 2: solve_lanes(data, lanes, first, 2); break;
        case 3: solve_lanes(data, lanes, first, 3); break;
        default: solve_lanes(data, lanes, first, data->columns);
        }
}

/* The Jacobian has rank n if A A^T, whose entries are x_i x_j times the number of cells active on both points, is
 * regular. */
static void rank(const fr_lanes_data *data, fr_lanes *lanes) {
    const int64_t n = data->points;
    const double backward = 1.1 * (double)(4 * n + data->columns + 32) * UNIT_ROUNDOFF;
    vd *gram = (vd *)lanes->work, *inverse = gram + at_row(n);
    for (int first = 0; first < FR_LANES; first += VL) {
        vd trace = {0};
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j <= i; j++) {
                vi count = {0};
                for (int64_t cell = 0; cell < lanes->cells; cell++) {
                    const vu pattern = load_words(lanes->patterns + cell * FR_LANES + first);
                    count += (vi)(pattern >> (uint64_t)i & pattern >> (uint64_t)j & 1);
                }
                const vd entry = spread(data->inner[at_row(i) + j]) * __builtin_convertvector(count, vd);
                gram[at_row(i) + j] = entry;
                if (i == j) trace += entry;
            }
        vu positive;
        const vd total = factor(n, gram, inverse, &positive);
        const vu full = positive & (vu)(trace * total < spread(0.01 / backward));
        for (int lane = 0; lane < VL; lane++) lanes->full[first + lane] = full[lane] != 0;
    }
}

const fr_lanes_isa LANES_TABLE = {.name = LANES_NAME, .solve = solve, .rank = rank};
