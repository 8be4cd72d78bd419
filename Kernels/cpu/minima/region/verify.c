/* Proves verdicts in floating point: every bound includes the rounding of the quantity that it bounds (docs/minima.md,
 * section 4). gamma: k operations in a row are off by at most k 2^-53 / (1 - k 2^-53) of the sizes; 2^-52 (k + 2) is
 * more than twice that, which also covers the rounding of the bounds themselves. */
#include <math.h>
#include <string.h>

#include "minima/region/region_state.h"

static double gamma_of(int64_t operations) { return 0x1p-52 * (double)(operations + 2); }

static void list_errors(fr_region *r) {
    for (int64_t t = 0; t < r->squares.count; t++) r->proof.errors[t] = r->rays.list[r->squares.names[t]].error;
}

/* Proves y = sum of rays with positive coefficients. The rays are n rays that are in their cells, as a matrix R, and G
 * is near its inverse. The coefficients are (G R)^-1 G y. With c = G y > 0 and E = G R - I, scaled by c to E' = c^-1 E
 * c of norm t < 1, they differ from c by a share of at most t / (1 - t). */
bool fr_region_proves_feasible(fr_region *r) {
    const fr_nnls *s = &r->squares;
    const int64_t n = r->n;
    if (s->count < n) return false;
    for (int64_t t = 0; t < n; t++)
        if (!r->rays.list[s->names[t]].inside) return false;
    list_errors(r);
    fr_nnls_inverse(s, r->proof.inverse);
    double *values = r->scratch.candidate, most = 0; /* the largest share of c due to rounding and label errors */
    for (int64_t t = 0; t < n; t++) {
        double sum = 0, size = 0;
        for (int64_t j = 0; j < n; j++) {
            sum += r->proof.inverse[t * n + j] * s->y[j];
            size += fabs(r->proof.inverse[t * n + j]) * (gamma_of(n) * fabs(s->y[j]) + r->data->label_errors[j]);
        }
        if (!(sum > 0)) return false;
        values[t] = sum;
        most = fmax(most, size / sum * (1 + 1e-9));
    }
    double rows, columns;
    fr_nnls_defect(s, r->proof.inverse, r->proof.errors, values, &rows, &columns);
    return rows < 1 && most + rows / (1 - rows) * (1 + most) * (1 + 1e-9) < 1;
}

/* Whether the exact u is orthogonal to the unit's ray with these zeros: this follows from the rays in use by the rules
 * of minima/region/facts.c, or the ray is in their span, modulo a prime. */
static bool is_tight(fr_region *r, int64_t unit, const int64_t *zeros) {
    const uint64_t *pattern = r->units.cells[unit].pattern;
    if (fr_facts_hold(&r->proof.facts, zeros, r->k - 1, pattern)) return true;
    if (!r->proof.has_span) {
        r->proof.has_span = true;
        fr_span_begin(&r->proof.span, r->problem->seed ^ r->data->number << 20, r->n, r->points.by_point);
        for (int64_t t = 0; t < r->squares.count; t++) {
            const fr_ray *ray = &r->rays.list[r->squares.names[t]];
            fr_span_add(&r->proof.span, ray->zeros, r->units.cells[ray->unit].pattern);
        }
        fr_span_draw_witness(&r->proof.span, r->problem->seed ^ r->data->number << 20);
    }
    return fr_span_holds(&r->proof.span, zeros, pattern);
}

void fr_region_bound_product(fr_region *r, int64_t unit) {
    const int64_t k = r->k;
    const double *u = r->squares.residual;
    const uint64_t *pattern = r->units.cells[unit].pattern;
    memset(r->proof.product_error, 0, (size_t)k * sizeof(double));
    for (int64_t j = 0; j < r->n; j++)
        if (pattern[j / 64] >> (j % 64) & 1)
            for (int64_t c = 0; c < k; c++)
                r->proof.product_error[c] +=
                    fabs(r->points.by_point[j * k + c]) * (r->proof.deviation[j] + gamma_of(r->n) * fabs(u[j]));
}

/* The product g is a combination, with no positive coefficient, of the unit's normals s_j x_j: those of its k - 1 zeros
 * and their mean. Coefficients are negative beyond rounding, or 0 since the rays they belong to are tight. */
bool fr_region_finishes(fr_region *r, int64_t unit) {
    const int64_t k = r->k;
    fr_cell_state *cell = &r->units.cells[unit];
    fr_region_product(r, unit);
    if (!fr_cell_maximize(&r->cells, cell, r->scratch.product)) return false;
    fr_region_bound_product(r, unit);
    double rows, columns, largest = 0;
    fr_cell_defect(&r->cells, cell, &rows, &columns);
    if (!(columns < 0.5)) return false;
    double *values = r->scratch.direction;
    for (int pass = 0; pass < 2; pass++)
        for (int64_t q = 0; q < k; q++) {
            const double *v = cell->inverse + q * k;
            double sum = 0, off = 0;
            for (int64_t c = 0; c < k; c++) {
                sum += v[c] * r->scratch.product[c];
                off += fabs(v[c]) * (r->proof.product_error[c] + gamma_of(k) * fabs(r->scratch.product[c]));
            }
            if (pass == 0) {
                largest = fmax(largest, fabs(sum) + off);
            } else {
                values[q] = sum + (off + largest * columns / (1 - columns)) * (1 + 1e-9);
            }
        }
    const bool here = values[k - 1] < 0 ? false : is_tight(r, unit, cell->zeros);
    if (!(values[k - 1] < 0) && !here) return false;
    bool asked = here;
    for (int64_t q = 0; q < k - 1; q++) {
        if (values[q] < 0) continue;
        if (!asked && !is_tight(r, unit, cell->zeros)) return false;
        asked = true;
        double distance;
        const int64_t met = fr_cell_neighbour(&r->cells, cell, q, &distance);
        if (met < 0) return false;
        memcpy(r->proof.neighbour, cell->zeros, (size_t)(k - 1) * sizeof(int64_t));
        r->proof.neighbour[q] = met;
        if (!is_tight(r, unit, r->proof.neighbour)) return false;
    }
    memcpy(r->proof.bases + unit * (k - 1), cell->zeros, (size_t)(k - 1) * sizeof(int64_t));
    return true;
}

void fr_region_begin_facts(fr_region *r) {
    r->proof.has_span = false;
    fr_facts_begin(&r->proof.facts, r->n, r->points.by_point);
    for (int64_t t = 0; t < r->squares.count; t++) {
        /* The error is finite, or the ray is exact, so its zeros are independent. */
        const fr_ray *ray = &r->rays.list[r->squares.names[t]];
        fr_facts_add(&r->proof.facts, ray->zeros, r->k - 1, r->units.cells[ray->unit].pattern);
    }
    fr_facts_close(&r->proof.facts);
}

/* The exact u is the residual plus a deviation that makes it orthogonal to the exact rays in use. */
bool fr_region_proves_infeasible(fr_region *r, int64_t width) {
    const fr_nnls *s = &r->squares;
    const int64_t n = r->n;
    double worst = 0;
    memset(r->proof.deviation, 0, (size_t)n * sizeof(double));
    if (s->count > 0) {
        list_errors(r);
        fr_nnls_inverse(s, r->proof.inverse);
        double rows, columns;
        fr_nnls_defect(s, r->proof.inverse, r->proof.errors, NULL, &rows, &columns);
        if (!(columns < 0.5)) return false;
        for (int64_t t = 0; t < s->count; t++) {
            double sum = 0, size = 0;
            for (int64_t j = 0; j < n; j++) {
                sum += s->residual[j] * s->columns[t * n + j];
                size += fabs(s->residual[j]) * (gamma_of(n) * fabs(s->columns[t * n + j]) + r->proof.errors[t]);
            }
            worst = fmax(worst, fabs(sum) + size);
        }
        worst = worst / (1 - columns) * (1 + 1e-9);
        for (int64_t t = 0; t < s->count; t++)
            for (int64_t j = 0; j < n; j++) r->proof.deviation[j] += worst * fabs(r->proof.inverse[t * n + j]);
        for (int64_t j = 0; j < n; j++) r->proof.deviation[j] *= 1 + 1e-9;
    }
    double product = 0, off = 0;
    for (int64_t j = 0; j < n; j++) {
        product += s->residual[j] * s->y[j];
        const double error = r->data->label_errors[j];
        off += (fabs(s->y[j]) + error) * r->proof.deviation[j] +
               fabs(s->residual[j]) * (gamma_of(n) * fabs(s->y[j]) + error);
    }
    if (!(product > off * (1 + 1e-9))) return false;
    fr_region_begin_facts(r);
    for (int64_t unit = 0; unit < width; unit++)
        if (!r->units.repeats[unit] && (!fr_region_ready(r, unit) || !fr_region_finishes(r, unit))) return false;
    return true;
}

bool fr_region_label(const fr_region *r, const fr_ball_context *reals, int64_t j, fr_ball *label) {
    const fr_minima_data *d = r->data;
    if (d->minima->labels != FR_LABELS_TEACHER) {
        fr_ball_set(reals, label, d->labels[j]);
    } else {
        fr_ball_set_words(reals, label, d->exact + j * FR_LABEL_WORDS, FR_LABEL_WORDS, -FR_LABEL_UNIT);
    }
    return d->minima->labels != FR_LABELS_TEACHER || d->is_exact;
}

fr_verdict fr_region_few_points(fr_region *r, int64_t width) {
    const double *y = r->data->labels;
    fr_ball_context reals = {.p = fr_word_prime_draw(r->problem->seed), .limbs = FR_REAL_LIMBS};
    for (int64_t j = 0; j < r->n; j++) {
        int sign = (y[j] > 0) - (y[j] < 0);
        fr_ball label;
        if (fabs(y[j]) <= r->data->label_errors[j]) {
            if (!fr_region_label(r, &reals, j, &label)) return FR_UNDECIDED;
            sign = fr_ball_sign(&reals, &label);
        }
        bool seen = sign == 0;
        for (int64_t unit = 0; unit < width && !seen; unit++)
            seen = !r->units.repeats[unit] && (sign > 0) == (fr_region_sign(r, unit) > 0) &&
                   (r->units.cells[unit].pattern[j / 64] >> (j % 64) & 1);
        if (!seen) return FR_INFEASIBLE;
    }
    return FR_FEASIBLE;
}

fr_verdict fr_region_no_dimension(fr_region *r) {
    fr_ball_context reals = {.p = fr_word_prime_draw(r->problem->seed), .limbs = FR_REAL_LIMBS};
    for (int64_t j = 0; j < r->n; j++) {
        fr_ball label;
        if (!fr_region_label(r, &reals, j, &label)) return FR_UNDECIDED;
        if (fr_ball_sign(&reals, &label) != 0) return FR_INFEASIBLE;
    }
    return FR_FEASIBLE;
}
