/* The same active set as in minima_region.c, in numbers that know their sign: what floating point left undecided starts
 * from its last rays and takes the few steps that are missing. The distance to the labels falls with each, so it ends. */
#include "minima_exact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check_arguments.h"

static fr_real *numbers(size_t a, size_t b) {
    const size_t count = fr_size_product(a, b);
    return count > PTRDIFF_MAX / sizeof(fr_real) ? NULL : calloc(count, sizeof(fr_real));
}

void fr_exact_destroy(fr_exact *e) {
    if (!e) return;
    fr_real *all[] = {e->points, e->labels, e->values, e->gram, e->factor, e->inverse_pivots, e->products, e->solution,
                      e->coefficients, e->row, e->u, e->basis, e->centre, e->product, e->heights, e->slopes, e->inside, e->direction, e->elimination};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    free(e->zeros);
    free(e->some);
    free(e);
}

static fr_exact *create(fr_region *r) {
    fr_exact *e = calloc(1, sizeof *e);
    if (!e) return NULL;
    e->region = r;
    e->capacity = r->largest + 1;
    const size_t n = (size_t)e->capacity, k = (size_t)r->dimensions + 1;
    e->points = numbers(n, k);
    e->labels = numbers(n, 1);
    e->values = numbers(n, n);
    e->gram = numbers(n, n);
    e->factor = numbers(n, n);
    e->inverse_pivots = numbers(n, 1);
    e->products = numbers(n, 1);
    e->solution = numbers(n, 1);
    e->coefficients = numbers(n, 1);
    e->row = numbers(n, 1);
    e->u = numbers(n, 1);
    e->basis = numbers(k, k);
    e->centre = numbers(k, 1);
    e->product = numbers(k, 1);
    e->heights = numbers(n, 1);
    e->slopes = numbers(n, 1);
    e->inside = numbers(k, 1);
    e->direction = numbers(k, 1);
    e->elimination = numbers(k, 2 * k);
    e->zeros = calloc(k, sizeof(int64_t));
    e->some = calloc(n, sizeof(bool));
    if (e->points && e->labels && e->values && e->gram && e->factor && e->inverse_pivots && e->products && e->solution &&
        e->coefficients && e->row && e->u && e->basis && e->centre && e->product && e->heights && e->slopes &&
        e->inside && e->direction && e->elimination && e->zeros && e->some)
        return e;
    fr_exact_destroy(e);
    return NULL;
}

static bool is_sure(const fr_exact *e) { return !e->reals.doubt && !e->reals.failed; }

static fr_real *gram(const fr_exact *e, int64_t a, int64_t b) { return e->gram + a * e->capacity + b; }

static void inner(const fr_exact *e, fr_real *sum, const fr_real *x, const fr_real *y) {
    fr_real_set(&e->reals, sum, 0);
    for (int64_t j = 0; j < e->n; j++)
        if (x[j].sign || x[j].radius > 0) fr_real_add_product(&e->reals, sum, x + j, y + j, 1);
}

/* Row `place` of the factors; false where that ray depends on those before. */
static bool factorize(fr_exact *e, int64_t place) {
    fr_reals *r = &e->reals;
    const int64_t *names = e->region->squares.names;
    fr_real *row = e->factor + place * e->capacity, pivot = *gram(e, names[place], names[place]);
    for (int64_t s = 0; s < place; s++) {
        e->row[s] = *gram(e, names[place], names[s]);
        for (int64_t q = 0; q < s; q++)
            fr_real_add_product(r, &e->row[s], &e->factor[s * e->capacity + q], &e->row[q], -1);
        fr_real_multiply(r, &row[s], &e->row[s], &e->inverse_pivots[s]);
        fr_real_add_product(r, &pivot, &row[s], &e->row[s], -1);
    }
    if (fr_real_sign(r, &pivot) == 0) return false;
    fr_real one;
    fr_real_set(r, &one, 1);
    fr_real_divide(r, &e->inverse_pivots[place], &one, &pivot);
    return is_sure(e);
}

/* Puts the ray of a slot behind those in use: false where it is none, or depends on them. */
static bool put_in(fr_exact *e, int64_t slot) {
    fr_region *r = e->region;
    fr_nonnegative *s = &r->squares;
    fr_ray *ray = &r->rays[slot];
    if (!fr_exact_ray(e, ray->unit, ray->zeros)) return false;
    ray->inside = true;
    fr_real *values = e->values + slot * e->capacity;
    const bool positive = r->data->outputs[ray->unit] > 0;
    for (int64_t j = 0; j < e->n; j++) {
        const bool active = r->units[ray->unit].pattern[j / 64] >> (j % 64) & 1;
        fr_real_set(&e->reals, &values[j], 0);
        if (active) fr_real_add(&e->reals, &values[j], &values[j], &e->heights[j], positive ? 1 : -1);
    }
    inner(e, &e->products[slot], values, e->labels);
    const int64_t place = s->count;
    s->names[place] = slot;
    for (int64_t t = 0; t <= place; t++) {
        inner(e, gram(e, slot, s->names[t]), values, e->values + s->names[t] * e->capacity);
        *gram(e, s->names[t], slot) = *gram(e, slot, s->names[t]);
    }
    if (!factorize(e, place)) return false;
    s->count++;
    return true;
}

static void take_out(fr_exact *e, int64_t place) {
    fr_region *r = e->region;
    fr_nonnegative *s = &r->squares;
    r->free_slots[r->free_count++] = s->names[place];
    s->count--;
    for (int64_t t = place; t < s->count; t++) {
        s->names[t] = s->names[t + 1];
        e->coefficients[t] = e->coefficients[t + 1];
    }
}

static void solve(fr_exact *e) {
    fr_reals *r = &e->reals;
    const fr_nonnegative *s = &e->region->squares;
    fr_real *x = e->solution;
    for (int64_t t = 0; t < s->count; t++) {
        x[t] = e->products[s->names[t]];
        for (int64_t q = 0; q < t; q++) fr_real_add_product(r, &x[t], &e->factor[t * e->capacity + q], &x[q], -1);
    }
    for (int64_t t = 0; t < s->count; t++) fr_real_multiply(r, &x[t], &x[t], &e->inverse_pivots[t]);
    for (int64_t t = s->count - 1; t >= 0; t--)
        for (int64_t q = t + 1; q < s->count; q++)
            fr_real_add_product(r, &x[t], &e->factor[q * e->capacity + t], &x[q], -1);
}

/* Lawson and Hanson's inner loop: towards the least squares of the rays in use, dropping those that reach 0. */
static bool settle(fr_exact *e) {
    fr_reals *r = &e->reals;
    fr_nonnegative *s = &e->region->squares;
    for (;;) {
        solve(e);
        int64_t blocking = -1;
        fr_real step, reach, difference;
        for (int64_t t = 0; t < s->count; t++) {
            if (fr_real_sign(r, &e->solution[t]) > 0) continue;
            fr_real_add(r, &difference, &e->coefficients[t], &e->solution[t], -1);
            fr_real_divide(r, &reach, &e->coefficients[t], &difference);
            if (blocking >= 0) fr_real_add(r, &difference, &step, &reach, -1);
            if (blocking >= 0 && fr_real_sign(r, &difference) <= 0) continue;
            step = reach;
            blocking = t;
        }
        if (!is_sure(e)) return false;
        if (blocking < 0) {
            memcpy(e->coefficients, e->solution, (size_t)s->count * sizeof(fr_real));
            return true;
        }
        for (int64_t t = 0; t < s->count; t++) {
            fr_real_add(r, &difference, &e->solution[t], &e->coefficients[t], -1);
            fr_real_add_product(r, &e->coefficients[t], &step, &difference, 1);
        }
        fr_real_set(r, &e->coefficients[blocking], 0);
        int64_t first = s->count;
        for (int64_t t = s->count - 1; t >= 0; t--)
            if (fr_real_sign(r, &e->coefficients[t]) <= 0) {
                take_out(e, t);
                first = t;
            }
        for (int64_t t = first; t < s->count; t++)
            if (!factorize(e, t)) return false;
        if (!is_sure(e)) return false;
    }
}

/* u = y - what the rays make, rounded into the residual with a bound of the rounding. Whether it is 0. */
static bool find_residual(fr_exact *e) {
    fr_reals *r = &e->reals;
    fr_region *region = e->region;
    fr_nonnegative *s = &region->squares;
    int64_t scale = INT64_MIN;
    bool zero = true;
    for (int64_t j = 0; j < e->n; j++) {
        e->u[j] = e->labels[j];
        for (int64_t t = 0; t < s->count; t++)
            fr_real_add_product(r, &e->u[j], &e->coefficients[t], &e->values[s->names[t] * e->capacity + j], -1);
        if (fr_real_sign(r, &e->u[j]) == 0) fr_real_set(r, &e->u[j], 0);
        if (e->u[j].sign == 0) continue;
        zero = false;
        if (e->u[j].exponent > scale) scale = e->u[j].exponent;
    }
    for (int64_t j = 0; j < e->n && !zero; j++) {
        const fr_real *u = &e->u[j];
        const int64_t place = u->exponent - scale - 64 * r->limbs;
        s->residual[j] = fr_real_double(r, u, scale);
        region->deviation[j] =
            u->sign == 0 ? 0 : fabs(s->residual[j]) * 0x1p-50 + ldexp(u->radius, place < -2000 ? -2000 : (int)place) + 0x1p-900;
    }
    return zero;
}

/* The unit whose ray has the largest product with u among those that are certain to have a positive one; -1: none. */
static int64_t price(fr_exact *e, int64_t width) {
    fr_region *r = e->region;
    int64_t best = -1;
    double best_value = 0;
    for (int64_t unit = 0; unit < width; unit++) {
        if (r->repeats[unit] || !fr_region_ready(r, unit)) continue;
        fr_region_product(r, unit);
        fr_cell_state *cell = &r->units[unit];
        if (!fr_cell_maximize(&r->cells, cell, r->product)) continue;
        fr_region_bound_product(r, unit);
        const double *w = cell->inverse + (r->k - 1) * r->k;
        double value = 0, doubt = 0, size = 0;
        for (int64_t c = 0; c < r->k; c++) {
            value += r->product[c] * w[c];
            doubt += (r->product_error[c] + 0x1p-40 * fabs(r->product[c])) * fabs(w[c]);
            size += w[c] * w[c];
        }
        if (value > 4 * doubt && value / sqrt(size) > best_value) {
            best_value = value / sqrt(size);
            best = unit;
        }
    }
    return best;
}

/* The ray the unit is at enters. */
static bool enter(fr_exact *e, int64_t unit) {
    fr_region *r = e->region;
    fr_nonnegative *s = &r->squares;
    if (s->count == e->n || r->free_count == 0) return false; /* no more than n are independent */
    const int64_t slot = r->free_slots[--r->free_count];
    fr_ray *ray = &r->rays[slot];
    ray->zeros = fr_region_zeros(r, slot);
    fr_region_describe(r, unit, ray);
    fr_real_set(&e->reals, &e->coefficients[s->count], 0);
    fr_real value;
    if (put_in(e, slot)) {
        inner(e, &value, e->values + slot * e->capacity, e->u);
        if (fr_real_sign(&e->reals, &value) > 0 && is_sure(e)) return true;
        s->count--;
    }
    r->free_slots[r->free_count++] = slot;
    return false;
}

/* Units that are not certain to have a ray with a positive product: each finishes, or one has. */
static fr_cell_answer search(fr_exact *e, int64_t width, int64_t *found) {
    fr_region *r = e->region;
    fr_region_begin_facts(r);
    for (int64_t unit = 0; unit < width; unit++) {
        if (r->repeats[unit]) continue;
        const bool ready = fr_region_ready(r, unit);
        if (ready && fr_region_finishes(r, unit)) continue;
        fr_cell_state *cell = &r->units[unit];
        memcpy(e->zeros, cell->zeros, (size_t)(r->k - 1) * sizeof(int64_t));
        if (!(ready && fr_exact_ray(e, unit, e->zeros)) && (!is_sure(e) || !fr_exact_start(e, unit, e->zeros)))
            return FR_CELL_FAILED;
        const fr_cell_answer answer = fr_exact_improve(e, unit, e->zeros);
        if (answer == FR_CELL_FAILED) return answer;
        memcpy(cell->zeros, e->zeros, (size_t)(r->k - 1) * sizeof(int64_t));
        cell->failed = !fr_cell_invert(&r->cells, cell);
        *found = unit;
        if (answer == FR_CELL_IMPROVES) return answer;
        memcpy(r->bases + unit * (r->k - 1), e->zeros, (size_t)(r->k - 1) * sizeof(int64_t));
    }
    return FR_CELL_FINISHED;
}

/* Takes up the rays that are in use, with their coefficients. */
static bool begin(fr_exact *e) {
    fr_region *r = e->region;
    fr_nonnegative *s = &r->squares;
    for (int64_t i = 0; i < e->n * e->k; i++) fr_real_set(&e->reals, &e->points[i], r->points[i]);
    for (int64_t j = 0; j < e->n; j++)
        if (!fr_region_label(r, &e->reals, j, &e->labels[j])) return false;
    const int64_t count = s->count;
    s->count = 0;
    bool begun = true;
    for (int64_t t = 0; t < count; t++) { /* names move down over those that are dropped */
        const int64_t slot = s->names[t];
        const double coefficient = s->coefficients[t];
        fr_real_set(&e->reals, &e->coefficients[s->count], coefficient);
        const bool useful = coefficient > 0 && isfinite(coefficient);
        if (useful && begun && put_in(e, slot)) continue;
        begun = begun && is_sure(e) && !fr_region_is_cancelled(r);
        if (useful && !begun) { /* for the next attempt */
            s->names[s->count++] = slot;
        } else {
            r->free_slots[r->free_count++] = slot;
        }
    }
    return begun;
}

static fr_verdict attempt(fr_exact *e, int64_t width) {
    if (!begin(e)) return FR_UNDECIDED;
    const int64_t most = 20 * e->n + 200;
    for (int64_t turn = 0; turn < most && !fr_region_is_cancelled(e->region); turn++) {
        if (!settle(e)) return FR_UNDECIDED;
        const bool zero = find_residual(e);
        if (!is_sure(e)) return FR_UNDECIDED;
        if (zero) return FR_FEASIBLE;
        int64_t unit = price(e, width);
        if (unit >= 0 && enter(e, unit)) continue;
        if (!is_sure(e)) return FR_UNDECIDED;
        switch (search(e, width, &unit)) {
            case FR_CELL_FINISHED: return FR_INFEASIBLE;
            case FR_CELL_FAILED: return FR_UNDECIDED;
            case FR_CELL_IMPROVES:
                if (!enter(e, unit)) return FR_UNDECIDED;
        }
    }
    return FR_UNDECIDED;
}

/* The rays in use, as the floating-point part keeps them. */
static void write_back(fr_exact *e) {
    fr_nonnegative *s = &e->region->squares;
    for (int64_t t = 0; t < s->count; t++) {
        s->coefficients[t] = fr_real_double(&e->reals, &e->coefficients[t], 0);
        for (int64_t j = 0; j < e->n; j++)
            s->columns[t * e->n + j] = fr_real_double(&e->reals, &e->values[s->names[t] * e->capacity + j], 0);
    }
}

fr_verdict fr_region_decide_exactly(fr_region *r, int64_t width) {
    if (!r->exact && !(r->exact = create(r))) return FR_UNDECIDED;
    fr_exact *e = r->exact;
    e->n = r->n;
    e->k = r->k;
    for (int turn = 0; turn < 3; turn++) { /* a bad prime is drawn anew */
        const uint64_t seed = r->problem->seed ^ r->data->number << 20 ^ (uint64_t)turn << 60;
        e->reals = (fr_reals){.p = fr_word_prime_draw(seed), .limbs = turn == 0 ? 4 : FR_REAL_LIMBS};
        const fr_verdict verdict = attempt(e, width);
        const bool sure = is_sure(e);
        write_back(e);
        if (sure) return verdict;
    }
    return FR_UNDECIDED;
}
