/* The state of a region: the units that add something to it, its points in as many coordinates as they span. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check_arguments.h"
#include "minima/region/region_state.h"

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
    bool made = fr_nnls_create(&r->squares, r->largest);
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
    r->table = calloc(4 * d1 + 8, sizeof(int64_t));
    r->neighbour = calloc(z, sizeof(int64_t));
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
    made = fr_cell_finder_create(&r->finder, r->largest, r->k) && made;
    made = fr_rank_create(&r->rank, r->k) && made;
    made = fr_facts_create(&r->facts, problem->points, r->k) && made;
    made = fr_span_create(&r->span, problem->points, r->k) && made;
    made = made && r->points && r->columns && r->masked_residual && r->cells.heights && r->cells.slopes &&
           r->cells.scratch && r->units && r->zeros && r->states && r->masked && r->repeats &&
           r->refused && r->table && r->neighbour && r->rays && r->kept && r->ray_zeros && r->kept_zeros && r->free_slots &&
           r->kept_names && r->kept_columns && r->inverse && r->column && r->candidate && r->errors && r->deviation &&
           r->direction && r->product && r->product_error && r->bases;
    if (made) return r;
    fr_region_release(r);
    return NULL;
}

void fr_region_heed(fr_region *r, fr_session *session) { r->session = session; }

void fr_region_release(fr_region *r) {
    if (!r) return;
    fr_nnls_destroy(&r->squares);
    fr_cell_finder_destroy(&r->finder);
    fr_rank_destroy(&r->rank);
    fr_facts_destroy(&r->facts);
    fr_span_destroy(&r->span);
    void *buffers[] = {r->points, r->columns, r->masked_residual, r->cells.heights, r->cells.slopes, r->cells.scratch, r->units, r->zeros, r->states, r->masked, r->repeats, r->refused,
                       r->table, r->neighbour, r->rays, r->kept, r->ray_zeros, r->kept_zeros, r->free_slots, r->kept_names,
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
    const uint64_t *patterns = fr_minima_patterns(r->data, r->n);
    int64_t size = 1;
    while (size < 2 * d1) size *= 2;
    for (int64_t i = 0; i < size; i++) r->table[i] = -1;
    for (int64_t unit = 0; unit < d1; unit++) {
        uint64_t *masked = r->masked + unit * r->words, any = 0;
        for (int64_t i = 0; i < words; i++) {
            masked[i] = patterns[unit * r->data->trial.words + i];
            if (64 * (i + 1) > r->n) masked[i] &= (UINT64_C(1) << (r->n % 64)) - 1;
            any |= masked[i];
        }
        r->repeats[unit] = !any || r->data->outputs[unit] == 0;
        const bool positive = fr_region_sign(r, unit) > 0;
        uint64_t place = hash(masked, words, positive) & (uint64_t)(size - 1);
        while (!r->repeats[unit] && r->table[place] >= 0) {
            const int64_t other = r->table[place];
            r->repeats[unit] = (fr_region_sign(r, other) > 0) == positive &&
                               memcmp(r->masked + other * r->words, masked, (size_t)words * sizeof(uint64_t)) == 0;
            place = (place + 1) & (uint64_t)(size - 1);
        }
        if (!r->repeats[unit]) r->table[place] = unit;
    }
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
    r->cells.stride = n;
    if (!fr_region_is_trivial(r) && !fr_minima_has_weights(data)) fr_cell_finder_begin(&r->finder, &r->cells, r->rank.rows);
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
    fr_region_start_over(r);
}

int64_t fr_region_dimensions(const fr_region *r) { return r->k; }

bool fr_region_is_trivial(const fr_region *r) { return r->few || r->k == 0; }
