/* Least squares over the cone of all units' rays, rays found when they are wanted: with the residual u, a unit either
 * has a ray with u.ray > 0, found by the simplex method in k dimensions, or is finished; when all are, u separates. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check_arguments.h"
#include "minima_rays.h"

/* Rays with a smaller product with the residual, relative to its size, are left out; verification has the last word. */
#define PRODUCT_TOLERANCE 1e-10
/* Units looked at beyond the first with a useful ray: the best of them is taken. */
#define LOOK_FURTHER 24

/* NULL where that many numbers don't fit. */
static double *numbers(size_t a, size_t b) {
    const size_t count = fr_size_product(a, b);
    return count > PTRDIFF_MAX / sizeof(double) ? NULL : calloc(count, sizeof(double));
}

fr_region *fr_region_create(const fr_problem *problem) {
    fr_region *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->problem = problem;
    r->dimensions = r->k = problem->inputs + problem->bias;
    r->largest = problem->points > r->k ? problem->points : r->k;
    r->words = (problem->points + 63) / 64;
    const size_t n = (size_t)r->largest + 1, k = (size_t)r->k, d1 = (size_t)problem->units + 1, z = k ? k : 1;
    bool made = fr_nonnegative_create(&r->squares, r->largest);
    r->points = numbers(n, k);
    r->columns = numbers(n, k);
    r->masked_residual = calloc(n, sizeof(double));
    r->cells.heights = calloc(n, sizeof(double));
    r->cells.slopes = calloc(n, sizeof(double));
    r->cells.scratch = calloc(4 * k * (k + 2) + 8, sizeof(double));
    r->units = calloc(d1, sizeof(fr_cell_state));
    r->zeros = calloc(fr_size_product(d1, z), sizeof(int64_t));
    r->states = numbers(d1, k * k + k);
    r->masked = calloc(fr_size_product(d1, (size_t)r->words + 1), sizeof(uint64_t));
    r->repeats = calloc(d1, sizeof(bool));
    r->refused = calloc(d1, sizeof(int64_t));
    r->order = calloc(4 * d1 + 8 + z, sizeof(int64_t));
    r->rays = calloc(n + 1, sizeof(fr_ray));
    r->kept = calloc(n + 1, sizeof(fr_ray));
    r->ray_zeros = calloc((n + 1) * z, sizeof(int64_t));
    r->kept_zeros = calloc((n + 1) * z, sizeof(int64_t));
    r->free_slots = calloc(n + 1, sizeof(int64_t));
    r->kept_names = calloc(n + 1, sizeof(int64_t));
    r->kept_columns = numbers(n, n);
    r->inverse = numbers(n, n);
    r->column = calloc(n, sizeof(double));
    r->candidate = calloc(n, sizeof(double));
    r->errors = calloc(n, sizeof(double));
    r->deviation = calloc(n, sizeof(double));
    r->direction = calloc(k + 1, sizeof(double));
    r->product = calloc(k + 1, sizeof(double));
    r->product_error = calloc(k + 1, sizeof(double));
    r->bases = calloc(fr_size_product(d1, z), sizeof(int64_t));
    made = fr_rank_create(&r->rank, r->k) && made;
    made = fr_facts_create(&r->facts, problem->points, r->k) && made;
    made = fr_span_create(&r->span, problem->points, r->k) && made;
    made = made && r->points && r->columns && r->masked_residual && r->cells.heights && r->cells.slopes &&
           r->cells.scratch && r->units && r->zeros && r->states && r->masked && r->repeats &&
           r->refused && r->order && r->rays && r->kept && r->ray_zeros && r->kept_zeros && r->free_slots &&
           r->kept_names && r->kept_columns && r->inverse && r->column && r->candidate && r->errors && r->deviation &&
           r->direction && r->product && r->product_error && r->bases;
    if (made) return r;
    fr_region_destroy(r);
    return NULL;
}

void fr_region_heed(fr_region *r, fr_session *session) { r->session = session; }

void fr_region_destroy(fr_region *r) {
    if (!r) return;
    fr_nonnegative_destroy(&r->squares);
    fr_rank_destroy(&r->rank);
    fr_facts_destroy(&r->facts);
    fr_span_destroy(&r->span);
    fr_exact_destroy(r->exact);
    void *buffers[] = {r->points, r->columns, r->masked_residual, r->cells.heights, r->cells.slopes, r->cells.scratch, r->units, r->zeros, r->states, r->masked, r->repeats, r->refused,
                       r->order, r->rays, r->kept, r->ray_zeros, r->kept_zeros, r->free_slots, r->kept_names,
                       r->kept_columns, r->inverse, r->column, r->candidate, r->errors, r->deviation, r->direction,
                       r->product, r->product_error, r->bases};
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) free(buffers[i]);
    free(r);
}

static uint64_t hash(const uint64_t *words, int64_t count, bool positive) {
    uint64_t h = positive ? UINT64_C(0x9e3779b97f4a7c15) : 1;
    for (int64_t i = 0; i < count; i++) {
        h = (h ^ words[i]) * UINT64_C(0xbf58476d1ce4e5b9);
        h ^= h >> 29;
    }
    return h;
}

/* Units whose pattern and sign an earlier one has add nothing, nor do inactive ones and those with output weight 0. */
static void find_repeats(fr_region *r) {
    const int64_t d1 = r->problem->units, words = (r->n + 63) / 64;
    int64_t size = 1;
    while (size < 2 * d1) size *= 2;
    for (int64_t i = 0; i < size; i++) r->order[i] = -1;
    for (int64_t unit = 0; unit < d1; unit++) {
        uint64_t *masked = r->masked + unit * r->words, any = 0;
        for (int64_t i = 0; i < words; i++) {
            masked[i] = r->data->patterns[unit * r->data->trial.words + i];
            if (64 * (i + 1) > r->n) masked[i] &= (UINT64_C(1) << (r->n % 64)) - 1;
            any |= masked[i];
        }
        r->repeats[unit] = !any || r->data->outputs[unit] == 0;
        const bool positive = fr_region_sign(r, unit) > 0;
        uint64_t place = hash(masked, words, positive) & (uint64_t)(size - 1);
        while (!r->repeats[unit] && r->order[place] >= 0) {
            const int64_t other = r->order[place];
            r->repeats[unit] = (fr_region_sign(r, other) > 0) == positive &&
                               memcmp(r->masked + other * r->words, masked, (size_t)words * sizeof(uint64_t)) == 0;
            place = (place + 1) & (uint64_t)(size - 1);
        }
        if (!r->repeats[unit]) r->order[place] = unit;
    }
}

static void start_over(fr_region *r) {
    fr_nonnegative_begin(&r->squares, r->n, r->data->labels);
    r->free_count = 0;
    for (int64_t slot = r->largest; slot >= 0; slot--) r->free_slots[r->free_count++] = slot;
}

void fr_region_begin(fr_region *r, const fr_minima_data *data, int64_t n) {
    r->data = data;
    r->n = n;
    const int64_t all = r->dimensions;
    for (int64_t j = 0; j < n; j++) {
        for (int64_t c = 0; c < r->problem->inputs; c++) r->points[j * all + c] = fr_minima_input(data, j, c);
        if (r->problem->bias) r->points[j * all + all - 1] = 1;
    }
    fr_rank_find(&r->rank, r->problem->seed ^ data->number << 20, n, r->points);
    r->few = n < all && r->rank.rank == n;
    r->k = r->facts.k = r->span.k = r->few ? all : r->rank.rank;
    if (r->k < all) /* the coordinates that the others depend on, moved down */
        for (int64_t j = 0; j < n; j++)
            for (int64_t c = 0; c < r->k; c++) r->points[j * r->k + c] = r->points[j * all + r->rank.coordinates[c]];
    r->cells.n = n;
    r->cells.k = r->k;
    r->cells.points = r->points;
    for (int64_t c = 0; c < r->k; c++)
        for (int64_t j = 0; j < n; j++) r->columns[c * n + j] = r->points[j * r->k + c];
    r->cells.columns = r->columns;
    find_repeats(r);
    const int64_t k = r->k;
    for (int64_t unit = 0; unit < r->problem->units; unit++) {
        double *state = r->states + unit * (k * k + k);
        r->units[unit] = (fr_cell_state){.pattern = r->masked + unit * r->words, .zeros = r->zeros + unit * (k - 1),
                                         .inverse = state, .centre = state + k * k};
        r->refused[unit] = -1;
    }
    r->steps = 0;
    r->kept_count = 0;
    start_over(r);
}

bool fr_region_ready(fr_region *r, int64_t unit) {
    fr_cell_state *cell = &r->units[unit];
    if (!cell->ready) {
        double *inside = r->candidate, *folded = r->product; /* k <= largest + 1 numbers */
        for (int64_t c = 0; c < r->problem->inputs; c++)
            inside[c] = r->data->weights[unit * r->problem->inputs + c];
        if (r->problem->bias) inside[r->dimensions - 1] = r->data->biases[unit];
        for (int64_t i = 0; i < r->k; i++)
            folded[i] = r->k < r->dimensions ? fr_dot(r->dimensions, r->rank.fold + i * r->dimensions, inside) : inside[i];
        cell->failed = !fr_cell_begin(&r->cells, cell, folded);
        cell->ready = true;
    }
    return !cell->failed;
}

void fr_region_product(fr_region *r, int64_t unit) {
    const int64_t n = r->n;
    const double *u = r->squares.residual;
    const uint64_t *pattern = r->units[unit].pattern;
    double *masked = r->masked_residual;
    for (int64_t j = 0; j < n; j++) masked[j] = pattern[j / 64] >> (j % 64) & 1 ? u[j] : 0;
    const double sign = fr_region_sign(r, unit);
    for (int64_t c = 0; c < r->k; c++) r->product[c] = sign * fr_dot(n, masked, r->columns + c * n);
}

static double size_of(int64_t n, const double *x) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += x[i] * x[i];
    return sqrt(sum);
}

/* The unit's ray as labels it can add; returns its size. */
static double write_ray(fr_region *r, int64_t unit, double *column) {
    const fr_cell_state *cell = &r->units[unit];
    const int64_t k = r->k;
    const double sign = fr_region_sign(r, unit);
    fr_cell_products(&r->cells, cell->inverse + (k - 1) * k, column);
    for (int64_t j = 0; j < r->n; j++) column[j] = cell->pattern[j / 64] >> (j % 64) & 1 ? sign * column[j] : 0;
    for (int64_t q = 0; q < k - 1; q++) column[cell->zeros[q]] = 0;
    return size_of(r->n, column);
}

void fr_region_describe(fr_region *r, int64_t unit, fr_ray *ray) {
    fr_cell_state *cell = &r->units[unit];
    const int64_t k = r->k;
    double rows, columns;
    fr_cell_defect(&r->cells, cell, &rows, &columns);
    double *off = r->direction; /* of each coordinate of w */
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
            const double x = r->points[j * k + c];
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
    r->free_slots[r->free_count++] = slot;
}

/* The unit with the best ray among the first useful ones from `*cursor` on; -1: all are finished. */
static int64_t price(fr_region *r, int64_t width, int64_t *cursor) {
    const double least = PRODUCT_TOLERANCE * size_of(r->n, r->squares.residual) * sqrt((double)r->n);
    int64_t best = -1, further = 0;
    double best_value = 0;
    for (int64_t looked = 0; looked < width && further <= LOOK_FURTHER; looked++) {
        const int64_t unit = *cursor;
        *cursor = unit + 1 < width ? unit + 1 : 0;
        if (best >= 0) further++;
        if (r->repeats[unit] || r->refused[unit] == r->steps || !fr_region_ready(r, unit)) continue;
        fr_region_product(r, unit);
        fr_cell_state *cell = &r->units[unit];
        if (!fr_cell_maximize(&r->cells, cell, r->product)) continue;
        double value = 0;
        for (int64_t c = 0; c < r->k; c++) value += r->product[c] * cell->inverse[(r->k - 1) * r->k + c];
        if (!(value > least)) continue;
        const double size = write_ray(r, unit, r->candidate);
        if (!(size > 0) || value / size <= best_value) continue;
        best_value = value / size;
        best = unit;
        memcpy(r->column, r->candidate, (size_t)r->n * sizeof(double));
    }
    return best;
}

static fr_verdict decide_in_floats(fr_region *r, int64_t width) {
    const double size = size_of(r->n, r->data->labels);
    const int64_t most = 60 * r->n + 1000;
    int64_t cursor = 0;
    for (int64_t turn = 0; turn < most && !fr_region_is_cancelled(r); turn++) {
        if (r->squares.count == r->n || size_of(r->n, r->squares.residual) <= 1e-13 * size) {
            return fr_region_proves_feasible(r) ? FR_FEASIBLE : FR_UNDECIDED;
        }
        const int64_t unit = price(r, width, &cursor);
        if (unit < 0) {
            return fr_region_proves_infeasible(r, width) ? FR_INFEASIBLE : FR_UNDECIDED;
        }
        const int64_t slot = r->free_slots[--r->free_count];
        fr_ray *ray = &r->rays[slot];
        ray->zeros = fr_region_zeros(r, slot);
        fr_region_describe(r, unit, ray);
        if (fr_nonnegative_offer(&r->squares, r->column, slot, dropped, r)) {
            r->steps++;
        } else {
            r->free_slots[r->free_count++] = slot;
            r->refused[unit] = r->steps;
        }
    }
    return FR_UNDECIDED;
}

fr_verdict fr_region_decide(fr_region *r, int64_t width) {
    if (r->few) return r->verdict = fr_region_few_points(r, width);
    if (r->k == 0) return r->verdict = fr_region_no_dimension(r);
    r->verdict = decide_in_floats(r, width);
    if (r->verdict == FR_UNDECIDED) r->verdict = fr_region_decide_exactly(r, width);
    return r->verdict;
}

static void keep(fr_region *r) {
    const int64_t z = r->k - 1;
    r->kept_count = r->squares.count;
    for (int64_t t = 0; t < r->squares.count; t++) {
        r->kept[t] = r->rays[r->squares.names[t]];
        memcpy(r->kept_zeros + t * z, r->kept[t].zeros, (size_t)z * sizeof(int64_t));
    }
    memcpy(r->kept_columns, r->squares.columns, (size_t)(r->squares.count * r->n) * sizeof(double));
}

static void take_up(fr_region *r) {
    start_over(r);
    const int64_t z = r->k - 1;
    for (int64_t t = 0; t < r->kept_count; t++) {
        const int64_t slot = r->free_slots[--r->free_count];
        r->kept_names[t] = slot;
        r->rays[slot] = r->kept[t];
        r->rays[slot].zeros = fr_region_zeros(r, slot);
        memcpy(r->rays[slot].zeros, r->kept_zeros + t * z, (size_t)z * sizeof(int64_t));
    }
    if (!fr_nonnegative_restore(&r->squares, r->kept_columns, r->kept_names, r->kept_count)) start_over(r);
    r->steps++;
}

/* Widths that the rays in use reach. */
static int64_t reach(const fr_region *r) {
    int64_t width = 0;
    for (int64_t t = 0; t < r->squares.count; t++) {
        const int64_t unit = r->rays[r->squares.names[t]].unit;
        if (unit + 1 > width) width = unit + 1;
    }
    return width;
}

fr_staircase fr_region_staircase(fr_region *r, int64_t infeasible, int64_t units) {
    fr_staircase found = {infeasible, -1};
    bool zero = true;
    for (int64_t j = 0; j < r->n; j++) zero &= r->data->labels[j] == 0;
    if (zero) return (fr_staircase){-1, 0};
    if (found.infeasible < 0) found.infeasible = 0;
    if (found.infeasible >= units) return found;
    /* First the widest; then between the bounds. A width that can't be decided is passed by on one side, then on the
     * other. */
    int64_t low_end = units, high_begin = units;
    int64_t width = units;
    for (;;) {
        take_up(r);
        const fr_verdict verdict = fr_region_decide(r, width);
        if (verdict == FR_INFEASIBLE) {
            found.infeasible = width;
            keep(r);
        } else if (verdict == FR_FEASIBLE) {
            found.feasible = r->few ? width : reach(r);
            if (found.feasible < low_end) low_end = found.feasible;
            high_begin = found.feasible;
        } else {
            if (width < low_end) low_end = width;
            if (found.feasible >= 0 && width > found.infeasible && low_end < found.feasible && high_begin == found.feasible)
                high_begin = width;
        }
        if (low_end > found.infeasible + 1 && !(width == units && verdict == FR_INFEASIBLE)) {
            width = found.infeasible + (low_end - found.infeasible) / 2;
        } else {
            break;
        }
    }
    /* Undecided widths in between: the least feasible one above them. */
    int64_t below = low_end;
    while (found.feasible >= 0 && found.feasible > below + 1) {
        width = below + (found.feasible - below) / 2;
        take_up(r);
        const fr_verdict verdict = fr_region_decide(r, width);
        if (verdict == FR_FEASIBLE) {
            found.feasible = r->few ? width : reach(r);
        } else {
            below = width;
            if (verdict == FR_INFEASIBLE && width > found.infeasible) found.infeasible = width;
        }
    }
    return found;
}

void fr_region_proof(fr_region *r, fr_minima_proof *proof) {
    const fr_nonnegative *s = &r->squares;
    const int64_t z = r->k - 1, all = r->dimensions - 1;
    const bool has_rays = !r->few && r->k > 0;
    proof->verdict = r->verdict;
    proof->rays = has_rays ? s->count : 0;
    for (int64_t t = 0; t < proof->rays; t++) {
        const fr_ray *ray = &r->rays[s->names[t]];
        proof->ray_units[t] = ray->unit;
        for (int64_t q = 0; q < all; q++) proof->ray_zeros[t * all + q] = q < z ? ray->zeros[q] : -1;
    }
    const bool feasible = r->verdict == FR_FEASIBLE;
    if (has_rays)
        memcpy(proof->values, feasible ? s->coefficients : s->residual,
               (size_t)(feasible ? s->count : r->n) * sizeof(double));
    for (int64_t unit = 0; r->verdict == FR_INFEASIBLE && unit < r->problem->units; unit++)
        for (int64_t q = 0; q < all; q++)
            proof->bases[unit * all + q] = has_rays && q < z ? r->bases[unit * z + q] : -1;
}
