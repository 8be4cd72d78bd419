/* Finds a ray of a unit's cell if floating point finds none, which happens for points on common hyperplanes. */
#include <string.h>

#include "minima/exact/exact.h"
#include "numbers/ball_elimination.h"

/* inside = the unit's weights, folded to the current coordinates: both have the same values on independent points. */
static bool find_inside(fr_exact *e, int64_t unit) {
    const fr_region *region = e->region;
    const fr_minima_data *d = region->data;
    fr_ball_context *r = &e->reals;
    const int64_t k = e->k, d0 = region->problem->inputs;
    fr_ball w, x;
    if (k == region->dimensions) {
        for (int64_t c = 0; c < d0; c++) fr_ball_set(r, &e->inside[c], d->weights[unit * d0 + c]);
        if (region->problem->bias) fr_ball_set(r, &e->inside[k - 1], d->biases[unit]);
        return true;
    }
    const int64_t width = k + 1;
    for (int64_t i = 0; i < k; i++) {
        const int64_t j = region->points.rank.rows[i];
        fr_ball *row = e->elimination + i * width;
        memcpy(row, e->points + j * k, (size_t)k * sizeof(fr_ball));
        fr_ball_set(r, &row[k], region->problem->bias ? d->biases[unit] : 0);
        for (int64_t c = 0; c < d0; c++) {
            fr_ball_set(r, &w, d->weights[unit * d0 + c]);
            fr_ball_set(r, &x, fr_minima_input(d, j, c));
            fr_ball_add_product(r, &row[k], &w, &x, 1);
        }
    }
    if (k > FR_MOST_SET_POINTS) return false;
    if (fr_ball_eliminate(r, e->elimination, k, k, width, FR_PIVOT_FIRST, NULL) < k) return false;
    for (int64_t i = 0; i < k; i++) e->inside[i] = e->elimination[i * width + k];
    return true;
}

/* side_j x_j.w. */
static void height(const fr_exact *e, fr_ball *sum, int64_t unit, int64_t j, const fr_ball *w) {
    const fr_ball *x = e->points + j * e->k;
    fr_ball_multiply(&e->reals, sum, x, w);
    for (int64_t c = 1; c < e->k; c++) fr_ball_add_product(&e->reals, sum, x + c, w + c, 1);
    if (fr_cell_side(e->region->units.cells[unit].pattern, j) < 0) fr_ball_negate(&e->reals, sum);
}

/* Finds a direction along which the zeros stay zero, other than the direction of the point itself. */
static bool find_direction(fr_exact *e, const int64_t *zeros, int64_t count) {
    fr_ball_context *r = &e->reals;
    const int64_t k = e->k;
    int64_t lead[FR_MOST_SET_POINTS];
    for (int64_t q = 0; q < count; q++)
        memcpy(e->elimination + q * k, e->points + zeros[q] * k, (size_t)k * sizeof(fr_ball));
    if (k > FR_MOST_SET_POINTS) return false;
    if (fr_ball_eliminate(r, e->elimination, count, k, k, FR_PIVOT_FIRST, lead) < count) return false;
    bool leads[FR_MOST_SET_POINTS] = {false};
    for (int64_t q = 0; q < count; q++) leads[lead[q]] = true;
    /* The null vector of a free coordinate is 0 on the other free coordinates; the point is not 0 on all of them. */
    int64_t along = -1, first = -1;
    for (int64_t c = 0; c < k && along < 0; c++)
        if (!leads[c] && fr_ball_sign(r, &e->inside[c]) != 0) along = c;
    for (int64_t c = 0; c < k && first < 0; c++)
        if (!leads[c] && c != along) first = c;
    if (along < 0 || first < 0) return false;
    for (int64_t c = 0; c < k; c++) fr_ball_set(r, &e->direction[c], c == first);
    for (int64_t q = 0; q < count; q++) {
        e->direction[lead[q]] = e->elimination[q * k + first];
        fr_ball_negate(r, &e->direction[lead[q]]);
    }
    return true;
}

bool fr_exact_start(fr_exact *e, int64_t unit, int64_t *zeros) {
    fr_ball_context *r = &e->reals;
    const int64_t k = e->k;
    if (!fr_minima_has_weights(e->region->data)) return fr_exact_find(e, unit, zeros);
    if (!find_inside(e, unit)) return false;
    for (int64_t j = 0; j < e->n; j++) {
        height(e, &e->heights[j], unit, j, e->inside);
        if (fr_ball_sign(r, &e->heights[j]) < 0) return false;
    }
    for (int64_t count = 0; count < k - 1; count++) {
        if (!find_direction(e, zeros, count)) return false;
        for (int64_t j = 0; j < e->n; j++) height(e, &e->slopes[j], unit, j, e->direction);
        int64_t met = -1;
        fr_ball least, distance, difference, slope;
        for (int way = -1; way <= 1 && met < 0; way += 2) /* down along the direction, then along its opposite */
            for (int64_t j = 0; j < e->n; j++) {
                if (fr_ball_sign(r, &e->slopes[j]) != way) continue;
                slope = e->slopes[j];
                if (way < 0) fr_ball_negate(r, &slope);
                fr_ball_divide(r, &distance, &e->heights[j], &slope);
                if (met >= 0) fr_ball_add(r, &difference, &least, &distance, -1);
                if (met >= 0 && fr_ball_sign(r, &difference) <= 0) continue;
                least = distance;
                met = j;
            }
        if (met < 0 || r->doubt || r->failed) return false;
        const int way = fr_ball_sign(r, &e->slopes[met]) < 0 ? 1 : -1;
        for (int64_t c = 0; c < k; c++) fr_ball_add_product(r, &e->inside[c], &least, &e->direction[c], way);
        for (int64_t j = 0; j < e->n; j++) fr_ball_add_product(r, &e->heights[j], &least, &e->slopes[j], way);
        zeros[count] = met;
    }
    return !r->doubt && !r->failed;
}
