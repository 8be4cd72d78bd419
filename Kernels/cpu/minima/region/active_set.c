/* Least squares over the cone of all units' rays, which are found on demand. With the residual u, a unit either has a
 * ray with u.ray > 0, found by the simplex method in k dimensions, or is finished. If all units are finished, u
 * separates. */
#include <math.h>
#include <string.h>

#include "minima/region/region_state.h"

/* Rays with a smaller product with the residual, relative to its size, are not used. Verification decides whether that
 * was right. */
#define PRODUCT_TOLERANCE 1e-10
/* Number of units examined after the first one with a useful ray. The best of them enters. */
#define LOOK_FURTHER 24

void fr_region_start_over(fr_region *r) {
    fr_nnls_begin(&r->squares, r->n, r->data->labels);
    r->rays.free_count = 0;
    for (int64_t slot = r->largest; slot >= 0; slot--) r->rays.free_slots[r->rays.free_count++] = slot;
}

void fr_region_product(fr_region *r, int64_t unit) {
    const int64_t n = r->n;
    const double *u = r->squares.residual;
    const uint64_t *pattern = r->units.cells[unit].pattern;
    double *masked = r->scratch.masked;
    for (int64_t j = 0; j < n; j++) masked[j] = pattern[j / 64] >> (j % 64) & 1 ? u[j] : 0;
    const double sign = fr_region_sign(r, unit);
    for (int64_t c = 0; c < r->k; c++)
        r->scratch.product[c] = sign * fr_dot(n, masked, r->points.by_coordinate + c * n);
}

static double size_of(int64_t n, const double *x) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += x[i] * x[i];
    return sqrt(sum);
}

/* The unit's ray as labels it can add; returns its size. */
static double write_ray(fr_region *r, int64_t unit, double *column) {
    const fr_cell_state *cell = &r->units.cells[unit];
    const int64_t k = r->k;
    const double sign = fr_region_sign(r, unit);
    fr_cell_products(&r->cells, cell->inverse + (k - 1) * k, column);
    for (int64_t j = 0; j < r->n; j++) column[j] = cell->pattern[j / 64] >> (j % 64) & 1 ? sign * column[j] : 0;
    for (int64_t q = 0; q < k - 1; q++) column[cell->zeros[q]] = 0;
    return size_of(r->n, column);
}

void fr_region_describe(fr_region *r, int64_t unit, fr_ray *ray) {
    fr_cell_state *cell = &r->units.cells[unit];
    const int64_t k = r->k;
    double rows, columns;
    fr_cell_defect(&r->cells, cell, &rows, &columns);
    double *off = r->scratch.direction; /* of each coordinate of w */
    const double share = rows < 0.5 ? 2 * rows : INFINITY;
    for (int64_t c = 0; c < k; c++) {
        off[c] = 0;
        for (int64_t q = 0; q < k; q++) off[c] += fabs(cell->inverse[q * k + c]);
        off[c] *= share;
    }
    ray->unit = unit;
    ray->error = 0;
    ray->inside = isfinite(share);
    const double *w = cell->inverse + (k - 1) * k;
    for (int64_t j = 0; j < r->n; j++) {
        bool zero = false;
        for (int64_t q = 0; q < k - 1; q++) zero |= cell->zeros[q] == j;
        if (zero) continue;
        double z = 0, error = 0;
        for (int64_t c = 0; c < k; c++) {
            const double x = r->points.by_point[j * k + c];
            z += x * w[c];
            error += fabs(x) * (off[c] + 0x1p-52 * (double)(k + 2) * fabs(w[c]));
        }
        error *= 1 + 1e-9;
        if (!(error <= ray->error)) ray->error = error;
        ray->inside &= fr_cell_side(cell->pattern, j) * z > error;
    }
    for (int64_t q = 0; q < k - 1; q++) { /* insertion */
        int64_t place = q;
        for (; place > 0 && ray->zeros[place - 1] > cell->zeros[q]; place--) ray->zeros[place] = ray->zeros[place - 1];
        ray->zeros[place] = cell->zeros[q];
    }
}

static void dropped(void *context, int64_t slot) {
    fr_region *r = context;
    r->rays.free_slots[r->rays.free_count++] = slot;
}

/* The unit with the best ray among the first useful ones from `*cursor` on; -1 if all are finished. */
static int64_t price(fr_region *r, int64_t width, int64_t *cursor) {
    const double least = PRODUCT_TOLERANCE * size_of(r->n, r->squares.residual) * sqrt((double)r->n);
    int64_t best = -1, further = 0;
    double best_value = 0;
    for (int64_t looked = 0; looked < width && further <= LOOK_FURTHER; looked++) {
        const int64_t unit = *cursor;
        *cursor = unit + 1 < width ? unit + 1 : 0;
        if (best >= 0) further++;
        if (r->units.repeats[unit] || r->units.refused[unit] == r->rays.steps || !fr_region_ready(r, unit)) continue;
        fr_region_product(r, unit);
        fr_cell_state *cell = &r->units.cells[unit];
        if (!fr_cell_maximize(&r->cells, cell, r->scratch.product)) continue;
        double value = 0;
        for (int64_t c = 0; c < r->k; c++) value += r->scratch.product[c] * cell->inverse[(r->k - 1) * r->k + c];
        if (!(value > least)) continue;
        const double size = write_ray(r, unit, r->scratch.candidate);
        if (!(size > 0) || value / size <= best_value) continue;
        best_value = value / size;
        best = unit;
        memcpy(r->scratch.column, r->scratch.candidate, (size_t)r->n * sizeof(double));
    }
    return best;
}

fr_solved fr_region_solve(fr_region *r, int64_t width) {
    const double size = size_of(r->n, r->data->labels);
    const int64_t most = 60 * r->n + 1000;
    int64_t cursor = 0;
    for (int64_t turn = 0; turn < most && !fr_region_is_cancelled(r); turn++) {
        if (r->squares.count == r->n || size_of(r->n, r->squares.residual) <= 1e-13 * size) return FR_SOLVED_MET;
        const int64_t unit = price(r, width, &cursor);
        if (unit < 0) return FR_SOLVED_SEPARATED;
        const int64_t slot = r->rays.free_slots[--r->rays.free_count];
        fr_ray *ray = &r->rays.list[slot];
        ray->zeros = fr_region_zeros(r, slot);
        fr_region_describe(r, unit, ray);
        if (fr_nnls_enter(&r->squares, r->scratch.column, slot, dropped, r)) {
            r->rays.steps++;
        } else {
            r->rays.free_slots[r->rays.free_count++] = slot;
            r->units.refused[unit] = r->rays.steps;
        }
    }
    return FR_SOLVED_STALLED;
}

void fr_region_keep(fr_region *r) {
    const int64_t z = r->k - 1;
    r->kept.count = r->squares.count;
    for (int64_t t = 0; t < r->squares.count; t++) {
        r->kept.list[t] = r->rays.list[r->squares.names[t]];
        memcpy(r->kept.zeros + t * z, r->kept.list[t].zeros, (size_t)z * sizeof(int64_t));
    }
    memcpy(r->kept.columns, r->squares.columns, (size_t)(r->squares.count * r->n) * sizeof(double));
}

void fr_region_take_up(fr_region *r) {
    fr_region_start_over(r);
    const int64_t z = r->k - 1;
    for (int64_t t = 0; t < r->kept.count; t++) {
        const int64_t slot = r->rays.free_slots[--r->rays.free_count];
        r->kept.names[t] = slot;
        r->rays.list[slot] = r->kept.list[t];
        r->rays.list[slot].zeros = fr_region_zeros(r, slot);
        memcpy(r->rays.list[slot].zeros, r->kept.zeros + t * z, (size_t)z * sizeof(int64_t));
    }
    if (!fr_nnls_restore(&r->squares, r->kept.columns, r->kept.names, r->kept.count)) fr_region_start_over(r);
    r->rays.steps++;
}


/* Moves the unit to the ray with these zeros, whatever ray it was at. */
static bool place(fr_region *r, int64_t unit, const int32_t *zeros, int64_t stride) {
    fr_cell_state *cell = &r->units.cells[unit];
    for (int64_t q = 0; q < r->k - 1; q++) {
        const int32_t zero = zeros[q * stride];
        if (zero < 0 || zero >= r->n) return false;
        cell->zeros[q] = zero;
    }
    fr_cell_find_centre(&r->cells, cell);
    cell->ready = fr_cell_invert(&r->cells, cell);
    cell->failed = false; /* if the inverse fails, the unit begins anew when its ray is next needed */
    return cell->ready;
}

bool fr_region_adopt(fr_region *r, int64_t width, const fr_solver_answer *answer) {
    const int64_t z = r->k - 1, rays = answer->rays < r->n ? answer->rays : r->n;
    bool adopted = true;
    r->kept.count = 0;
    for (int64_t t = 0; t < rays && adopted; t++) {
        const int64_t unit = answer->ray_units[t];
        adopted = unit >= 0 && unit < width && !r->units.repeats[unit] &&
                  place(r, unit, answer->ray_zeros + t * answer->zero_stride, 1);
        if (!adopted) break;
        fr_ray *ray = &r->kept.list[t];
        ray->zeros = r->kept.zeros + t * z;
        fr_region_describe(r, unit, ray);
        adopted = write_ray(r, unit, r->kept.columns + t * r->n) > 0;
        r->kept.count++;
    }
    if (!adopted) r->kept.count = 0;
    fr_region_take_up(r);
    adopted = adopted && r->squares.count == rays;
    if (answer->solved == FR_SOLVED_MET) return adopted;
    for (int64_t unit = 0; unit < width; unit++)
        if (!r->units.repeats[unit]) place(r, unit, answer->zeros + unit, answer->unit_stride);
    return adopted;
}
