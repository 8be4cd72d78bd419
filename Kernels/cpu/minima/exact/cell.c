/* The simplex method on one unit's cell, in exact arithmetic, with Bland's rule: it terminates on degenerate data,
 * too. */
#include "minima/exact/exact.h"
#include "numbers/ball_elimination.h"

static const fr_ball *point(const fr_exact *e, int64_t j) { return e->points + j * e->k; }

static int side(const fr_exact *e, int64_t unit, int64_t j) {
    return fr_cell_side(e->region->units.cells[unit].pattern, j) > 0 ? 1 : -1;
}

static void dot(const fr_exact *e, fr_ball *sum, const fr_ball *x, int64_t stride, const fr_ball *y) {
    fr_ball_multiply(&e->reals, sum, x, y);
    for (int64_t c = 1; c < e->k; c++) fr_ball_add_product(&e->reals, sum, x + c * stride, y + c, 1);
}

static bool bounds(const fr_exact *e, int64_t j) { return !e->included || e->included[j]; }

/* basis = M^-1, M the rows side_q x_q and the sum of all side_j x_j; false if M is singular. */
static bool invert(fr_exact *e, int64_t unit, const int64_t *zeros) {
    fr_ball_context *r = &e->reals;
    const int64_t k = e->k, width = 2 * k;
    fr_ball *a = e->elimination;
    for (int64_t c = 0; c < k; c++) {
        fr_ball_set(r, &e->centre[c], 0);
        for (int64_t j = 0; j < e->n; j++)
            if (bounds(e, j)) fr_ball_add(r, &e->centre[c], &e->centre[c], &point(e, j)[c], side(e, unit, j));
    }
    for (int64_t q = 0; q < k; q++) {
        const fr_ball *row = q < k - 1 ? point(e, zeros[q]) : e->centre;
        for (int64_t c = 0; c < k; c++) {
            a[q * width + c] = row[c];
            if (q < k - 1 && side(e, unit, zeros[q]) < 0) fr_ball_negate(r, &a[q * width + c]);
            fr_ball_set(r, &a[q * width + k + c], q == c);
        }
    }
    if (fr_ball_eliminate(r, a, k, k, width, FR_PIVOT_LARGEST, NULL) < k) return false;
    for (int64_t i = 0; i < k; i++)
        for (int64_t c = 0; c < k; c++) e->basis[i * k + c] = a[i * width + k + c];
    return !r->doubt && !r->failed;
}

static bool is_zero(const fr_exact *e, const int64_t *zeros, int64_t j) {
    for (int64_t q = 0; q < e->k - 1; q++)
        if (zeros[q] == j) return true;
    return false;
}

void fr_exact_along(const fr_exact *e, fr_ball *sum, int64_t unit, int64_t j, int64_t q) {
    dot(e, sum, e->basis + q, e->k, point(e, j));
    if (side(e, unit, j) < 0) fr_ball_negate(&e->reals, sum);
}

bool fr_exact_ray(fr_exact *e, int64_t unit, const int64_t *zeros) {
    if (!invert(e, unit, zeros)) return false;
    for (int64_t j = 0; j < e->n; j++) {
        if (is_zero(e, zeros, j)) {
            fr_ball_set(&e->reals, &e->heights[j], 0);
            continue;
        }
        if (!bounds(e, j)) continue;
        fr_exact_along(e, &e->heights[j], unit, j, e->k - 1);
        if (fr_ball_sign(&e->reals, &e->heights[j]) < 0) return false;
    }
    return !e->reals.doubt && !e->reals.failed;
}

fr_cell_answer fr_exact_advance(fr_exact *e, int64_t unit, int64_t *zeros) {
    fr_ball_context *r = &e->reals;
    const int64_t k = e->k;
    fr_ball value;
    int64_t leaves = -1; /* Bland: the first point that gains */
    for (int64_t q = 0; q < k - 1; q++) {
        if (leaves >= 0 && zeros[q] > zeros[leaves]) continue;
        dot(e, &value, e->basis + q, k, e->product);
        if (fr_ball_sign(r, &value) > 0) leaves = q;
    }
    if (r->doubt || r->failed) return FR_CELL_FAILED;
    if (leaves < 0) return FR_CELL_FINISHED;
    int64_t met = -1;
    fr_ball least, distance, slope;
    for (int64_t j = 0; j < e->n; j++) {
        if (is_zero(e, zeros, j) || !bounds(e, j)) continue;
        fr_exact_along(e, &slope, unit, j, leaves);
        if (fr_ball_sign(r, &slope) >= 0) continue;
        fr_ball_negate(r, &slope);
        fr_ball_divide(r, &distance, &e->heights[j], &slope);
        fr_ball difference;
        if (met >= 0) fr_ball_add(r, &difference, &least, &distance, -1);
        if (met >= 0 && fr_ball_sign(r, &difference) <= 0) continue;
        least = distance;
        met = j;
    }
    if (met < 0 || r->doubt || r->failed) return FR_CELL_FAILED;
    zeros[leaves] = met;
    return FR_CELL_IMPROVES;
}

fr_cell_answer fr_exact_improve(fr_exact *e, int64_t unit, int64_t *zeros) {
    fr_ball_context *r = &e->reals;
    const int64_t k = e->k;
    const uint64_t *pattern = e->region->units.cells[unit].pattern;
    const int sign = e->region->data->outputs[unit] > 0 ? 1 : -1;
    for (int64_t c = 0; c < k; c++) {
        fr_ball_set(r, &e->product[c], 0);
        for (int64_t j = 0; j < e->n; j++)
            if (pattern[j / 64] >> (j % 64) & 1)
                fr_ball_add_product(r, &e->product[c], &e->u[j], &point(e, j)[c], sign);
    }
    for (int64_t pivots = 0; pivots < 1000 * k; pivots++) {
        if (!fr_exact_ray(e, unit, zeros)) return FR_CELL_FAILED;
        fr_ball value;
        dot(e, &value, e->basis + k - 1, k, e->product);
        if (fr_ball_sign(r, &value) > 0 && !r->doubt) return FR_CELL_IMPROVES;
        const fr_cell_answer answer = fr_exact_advance(e, unit, zeros);
        if (answer != FR_CELL_IMPROVES) return answer;
    }
    return FR_CELL_FAILED;
}
