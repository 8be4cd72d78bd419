/* Exact least squares over the rays in use. Their Gram matrix is kept as L D L'. */
#include <math.h>
#include <string.h>

#include "minima/exact/exact.h"

static fr_ball *gram(const fr_exact *e, int64_t a, int64_t b) { return e->gram + a * e->capacity + b; }

void fr_exact_inner(const fr_exact *e, fr_ball *sum, const fr_ball *x, const fr_ball *y) {
    fr_ball_set(&e->reals, sum, 0);
    for (int64_t j = 0; j < e->n; j++)
        if (x[j].sign || x[j].radius > 0) fr_ball_add_product(&e->reals, sum, x + j, y + j, 1);
}

/* Computes row `place` of the factors. Returns false if that ray depends on those before. */
static bool factorize(fr_exact *e, int64_t place) {
    fr_ball_context *r = &e->reals;
    const int64_t *names = e->region->squares.names;
    fr_ball *row = e->factor + place * e->capacity, pivot = *gram(e, names[place], names[place]);
    for (int64_t s = 0; s < place; s++) {
        e->row[s] = *gram(e, names[place], names[s]);
        for (int64_t q = 0; q < s; q++)
            fr_ball_add_product(r, &e->row[s], &e->factor[s * e->capacity + q], &e->row[q], -1);
        fr_ball_multiply(r, &row[s], &e->row[s], &e->inverse_pivots[s]);
        fr_ball_add_product(r, &pivot, &row[s], &e->row[s], -1);
    }
    if (fr_ball_sign(r, &pivot) == 0) return false;
    fr_ball one;
    fr_ball_set(r, &one, 1);
    fr_ball_divide(r, &e->inverse_pivots[place], &one, &pivot);
    return fr_exact_is_sure(e);
}

bool fr_exact_put_in(fr_exact *e, int64_t slot) {
    fr_region *r = e->region;
    fr_nnls *s = &r->squares;
    fr_ray *ray = &r->rays.list[slot];
    if (!fr_exact_ray(e, ray->unit, ray->zeros)) return false;
    ray->inside = true;
    fr_ball *values = e->values + slot * e->capacity;
    const bool positive = r->data->outputs[ray->unit] > 0;
    for (int64_t j = 0; j < e->n; j++) {
        const bool active = r->units.cells[ray->unit].pattern[j / 64] >> (j % 64) & 1;
        fr_ball_set(&e->reals, &values[j], 0);
        if (active) fr_ball_add(&e->reals, &values[j], &values[j], &e->heights[j], positive ? 1 : -1);
    }
    fr_exact_inner(e, &e->products[slot], values, e->labels);
    const int64_t place = s->count;
    s->names[place] = slot;
    for (int64_t t = 0; t <= place; t++) {
        fr_exact_inner(e, gram(e, slot, s->names[t]), values, e->values + s->names[t] * e->capacity);
        *gram(e, s->names[t], slot) = *gram(e, slot, s->names[t]);
    }
    if (!factorize(e, place)) return false;
    s->count++;
    return true;
}

static void take_out(fr_exact *e, int64_t place) {
    fr_region *r = e->region;
    fr_nnls *s = &r->squares;
    r->rays.free_slots[r->rays.free_count++] = s->names[place];
    s->count--;
    for (int64_t t = place; t < s->count; t++) {
        s->names[t] = s->names[t + 1];
        e->coefficients[t] = e->coefficients[t + 1];
    }
}

static void solve(fr_exact *e) {
    fr_ball_context *r = &e->reals;
    const fr_nnls *s = &e->region->squares;
    fr_ball *x = e->solution;
    for (int64_t t = 0; t < s->count; t++) {
        x[t] = e->products[s->names[t]];
        for (int64_t q = 0; q < t; q++) fr_ball_add_product(r, &x[t], &e->factor[t * e->capacity + q], &x[q], -1);
    }
    for (int64_t t = 0; t < s->count; t++) fr_ball_multiply(r, &x[t], &x[t], &e->inverse_pivots[t]);
    for (int64_t t = s->count - 1; t >= 0; t--)
        for (int64_t q = t + 1; q < s->count; q++)
            fr_ball_add_product(r, &x[t], &e->factor[q * e->capacity + t], &x[q], -1);
}

/* Lawson and Hanson's inner loop. */
bool fr_exact_settle(fr_exact *e) {
    fr_ball_context *r = &e->reals;
    fr_nnls *s = &e->region->squares;
    for (;;) {
        solve(e);
        int64_t blocking = -1;
        fr_ball step, reach, difference;
        for (int64_t t = 0; t < s->count; t++) {
            if (fr_ball_sign(r, &e->solution[t]) > 0) continue;
            fr_ball_add(r, &difference, &e->coefficients[t], &e->solution[t], -1);
            fr_ball_divide(r, &reach, &e->coefficients[t], &difference);
            if (blocking >= 0) fr_ball_add(r, &difference, &step, &reach, -1);
            if (blocking >= 0 && fr_ball_sign(r, &difference) <= 0) continue;
            step = reach;
            blocking = t;
        }
        if (!fr_exact_is_sure(e)) return false;
        if (blocking < 0) {
            memcpy(e->coefficients, e->solution, (size_t)s->count * sizeof(fr_ball));
            return true;
        }
        for (int64_t t = 0; t < s->count; t++) {
            fr_ball_add(r, &difference, &e->solution[t], &e->coefficients[t], -1);
            fr_ball_add_product(r, &e->coefficients[t], &step, &difference, 1);
        }
        fr_ball_set(r, &e->coefficients[blocking], 0);
        int64_t first = s->count;
        for (int64_t t = s->count - 1; t >= 0; t--)
            if (fr_ball_sign(r, &e->coefficients[t]) <= 0) {
                take_out(e, t);
                first = t;
            }
        for (int64_t t = first; t < s->count; t++)
            if (!factorize(e, t)) return false;
        if (!fr_exact_is_sure(e)) return false;
    }
}

bool fr_exact_find_residual(fr_exact *e) {
    fr_ball_context *r = &e->reals;
    fr_region *region = e->region;
    fr_nnls *s = &region->squares;
    int64_t scale = INT64_MIN;
    bool zero = true;
    for (int64_t j = 0; j < e->n; j++) {
        e->u[j] = e->labels[j];
        for (int64_t t = 0; t < s->count; t++)
            fr_ball_add_product(r, &e->u[j], &e->coefficients[t], &e->values[s->names[t] * e->capacity + j], -1);
        if (fr_ball_sign(r, &e->u[j]) == 0) fr_ball_set(r, &e->u[j], 0);
        if (e->u[j].sign == 0) continue;
        zero = false;
        if (e->u[j].exponent > scale) scale = e->u[j].exponent;
    }
    for (int64_t j = 0; j < e->n && !zero; j++) {
        const fr_ball *u = &e->u[j];
        const int64_t place = u->exponent - scale - 64 * r->limbs;
        s->residual[j] = fr_ball_double(r, u, scale);
        region->proof.deviation[j] = u->sign == 0 ? 0
                                                  : fabs(s->residual[j]) * 0x1p-50 +
                                                        ldexp(u->radius, place < -2000 ? -2000 : (int)place) + 0x1p-900;
    }
    return zero;
}
