/* The active set of minima/region/region.c in exact arithmetic. It starts from the last rays of a region that floating
 * point left undecided, and takes the few missing steps. Each step decreases the distance to the labels, so the method
 * terminates. */
#include "minima/exact/exact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void fr_exact_destroy(fr_exact *e) {
    if (!e) return;
    fr_arena_free(&e->memory);
    free(e);
}

static void lay_out(void *object, fr_arena *arena) {
    fr_exact *e = object;
    const int64_t n = e->capacity, k = e->region->dimensions + 1;
    FR_SLICE(arena, e->points, n, k);
    FR_SLICE(arena, e->labels, n, 1);
    FR_SLICE(arena, e->values, n, n);
    FR_SLICE(arena, e->gram, n, n);
    FR_SLICE(arena, e->factor, n, n);
    FR_SLICE(arena, e->inverse_pivots, n, 1);
    FR_SLICE(arena, e->products, n, 1);
    FR_SLICE(arena, e->solution, n, 1);
    FR_SLICE(arena, e->coefficients, n, 1);
    FR_SLICE(arena, e->row, n, 1);
    FR_SLICE(arena, e->u, n, 1);
    FR_SLICE(arena, e->basis, k, k);
    FR_SLICE(arena, e->centre, k, 1);
    FR_SLICE(arena, e->product, k, 1);
    FR_SLICE(arena, e->heights, n, 1);
    FR_SLICE(arena, e->slopes, n, 1);
    FR_SLICE(arena, e->inside, k, 1);
    FR_SLICE(arena, e->direction, k, 1);
    FR_SLICE(arena, e->elimination, k, 2 * k);
    FR_SLICE(arena, e->zeros, k, 1);
    FR_SLICE(arena, e->some, n, 1);
}

static fr_exact *create(fr_region *r) {
    fr_exact *e = calloc(1, sizeof *e);
    if (!e) return NULL;
    e->region = r;
    e->capacity = r->largest + 1;
    if (fr_arena_make(&e->memory, lay_out, e)) return e;
    fr_exact_destroy(e);
    return NULL;
}

/* The unit whose ray has the largest product with u among those that are certain to have a positive one; -1: none. */
static int64_t price(fr_exact *e, int64_t width) {
    fr_region *r = e->region;
    int64_t best = -1;
    double best_value = 0;
    for (int64_t unit = 0; unit < width; unit++) {
        if (r->units.repeats[unit] || !fr_region_ready(r, unit)) continue;
        fr_region_product(r, unit);
        fr_cell_state *cell = &r->units.cells[unit];
        if (!fr_cell_maximize(&r->cells, cell, r->scratch.product)) continue;
        fr_region_bound_product(r, unit);
        const double *w = cell->inverse + (r->k - 1) * r->k;
        double value = 0, doubt = 0, size = 0;
        for (int64_t c = 0; c < r->k; c++) {
            value += r->scratch.product[c] * w[c];
            doubt += (r->proof.product_error[c] + 0x1p-40 * fabs(r->scratch.product[c])) * fabs(w[c]);
            size += w[c] * w[c];
        }
        if (value > 4 * doubt && value / sqrt(size) > best_value) {
            best_value = value / sqrt(size);
            best = unit;
        }
    }
    return best;
}

/* Adds the ray that the unit is at to the rays in use. */
static bool enter(fr_exact *e, int64_t unit) {
    fr_region *r = e->region;
    fr_nnls *s = &r->squares;
    if (s->count == e->n || r->rays.free_count == 0) return false; /* no more than n are independent */
    const int64_t slot = r->rays.free_slots[--r->rays.free_count];
    fr_ray *ray = &r->rays.list[slot];
    ray->zeros = fr_region_zeros(r, slot);
    fr_region_describe(r, unit, ray);
    fr_ball_set(&e->reals, &e->coefficients[s->count], 0);
    fr_ball value;
    if (fr_exact_put_in(e, slot)) {
        fr_exact_inner(e, &value, e->values + slot * e->capacity, e->u);
        if (fr_ball_sign(&e->reals, &value) > 0 && fr_exact_is_sure(e)) return true;
        s->count--;
    }
    r->rays.free_slots[r->rays.free_count++] = slot;
    return false;
}

/* Examines the units for which a ray with a positive product is not certain, until one has such a ray or all are
 * finished. */
static fr_cell_answer search(fr_exact *e, int64_t width, int64_t *found) {
    fr_region *r = e->region;
    fr_region_begin_facts(r);
    for (int64_t unit = 0; unit < width; unit++) {
        if (r->units.repeats[unit]) continue;
        const bool ready = fr_region_ready(r, unit);
        if (ready && fr_region_finishes(r, unit)) continue;
        fr_cell_state *cell = &r->units.cells[unit];
        memcpy(e->zeros, cell->zeros, (size_t)(r->k - 1) * sizeof(int64_t));
        if (!(ready && fr_exact_ray(e, unit, e->zeros)) && (!fr_exact_is_sure(e) || !fr_exact_start(e, unit, e->zeros)))
            return FR_CELL_FAILED;
        const fr_cell_answer answer = fr_exact_improve(e, unit, e->zeros);
        if (answer == FR_CELL_FAILED) return answer;
        memcpy(cell->zeros, e->zeros, (size_t)(r->k - 1) * sizeof(int64_t));
        cell->failed = !fr_cell_invert(&r->cells, cell);
        *found = unit;
        if (answer == FR_CELL_IMPROVES) return answer;
        memcpy(r->proof.bases + unit * (r->k - 1), e->zeros, (size_t)(r->k - 1) * sizeof(int64_t));
    }
    return FR_CELL_FINISHED;
}

/* Takes over the rays in use, with their coefficients. */
static bool begin(fr_exact *e) {
    fr_region *r = e->region;
    fr_nnls *s = &r->squares;
    for (int64_t i = 0; i < e->n * e->k; i++) fr_ball_set(&e->reals, &e->points[i], r->points.by_point[i]);
    for (int64_t j = 0; j < e->n; j++)
        if (!fr_region_label(r, &e->reals, j, &e->labels[j])) return false;
    const int64_t count = s->count;
    s->count = 0;
    bool begun = true;
    for (int64_t t = 0; t < count; t++) { /* names move down over dropped rays */
        const int64_t slot = s->names[t];
        const double coefficient = s->coefficients[t];
        fr_ball_set(&e->reals, &e->coefficients[s->count], coefficient);
        const bool useful = coefficient > 0 && isfinite(coefficient);
        if (useful && begun && fr_exact_put_in(e, slot)) continue;
        begun = begun && fr_exact_is_sure(e) && !fr_region_is_cancelled(r);
        if (useful && !begun) { /* kept for the next attempt */
            s->names[s->count++] = slot;
        } else {
            r->rays.free_slots[r->rays.free_count++] = slot;
        }
    }
    return begun;
}

static fr_verdict attempt(fr_exact *e, int64_t width) {
    if (!begin(e)) return FR_UNDECIDED;
    const int64_t most = 20 * e->n + 200;
    for (int64_t turn = 0; turn < most && !fr_region_is_cancelled(e->region); turn++) {
        if (!fr_exact_settle(e)) return FR_UNDECIDED;
        const bool zero = fr_exact_find_residual(e);
        if (!fr_exact_is_sure(e)) return FR_UNDECIDED;
        if (zero) return FR_FEASIBLE;
        int64_t unit = price(e, width);
        if (unit >= 0 && enter(e, unit)) continue;
        if (!fr_exact_is_sure(e)) return FR_UNDECIDED;
        switch (search(e, width, &unit)) {
            case FR_CELL_FINISHED: return FR_INFEASIBLE;
            case FR_CELL_FAILED: return FR_UNDECIDED;
            case FR_CELL_IMPROVES:
                if (!enter(e, unit)) return FR_UNDECIDED;
        }
    }
    return FR_UNDECIDED;
}

/* Converts the rays in use to the form of the floating-point part. */
static void write_back(fr_exact *e) {
    fr_nnls *s = &e->region->squares;
    for (int64_t t = 0; t < s->count; t++) {
        s->coefficients[t] = fr_ball_double(&e->reals, &e->coefficients[t], 0);
        for (int64_t j = 0; j < e->n; j++)
            s->columns[t * e->n + j] = fr_ball_double(&e->reals, &e->values[s->names[t] * e->capacity + j], 0);
    }
}

fr_verdict fr_region_decide_exactly(fr_region *r, int64_t width) {
    if (!r->exact && !(r->exact = create(r))) return FR_UNDECIDED;
    fr_exact *e = r->exact;
    e->n = r->n;
    e->k = r->k;
    for (int turn = 0; turn < 3; turn++) { /* if the prime is bad, another one is drawn */
        const uint64_t seed = r->problem->seed ^ r->data->number << 20 ^ (uint64_t)turn << 60;
        e->reals = (fr_ball_context){.p = fr_word_prime_draw(seed), .limbs = turn == 0 ? 4 : FR_REAL_LIMBS};
        const fr_verdict verdict = attempt(e, width);
        const bool sure = fr_exact_is_sure(e);
        write_back(e);
        if (sure) return verdict;
    }
    return FR_UNDECIDED;
}
