/* The state of a region: the units that add something to it, its points in as many coordinates as they span. */
#include <stdlib.h>
#include <string.h>

#include "minima/region/region_state.h"

static void lay_out_units(fr_region *r, fr_arena *arena) {
    fr_region_units *u = &r->units;
    const int64_t units = r->problem->units + 1, k = r->k;
    FR_SLICE(arena, u->cells, units, 1);
    FR_SLICE(arena, u->zeros, units, k);
    FR_SLICE(arena, u->bases, units, k * k + k);
    FR_SLICE(arena, u->patterns, units, r->words + 1);
    FR_SLICE(arena, u->repeats, units, 1);
    FR_SLICE(arena, u->refused, units, 1);
    FR_SLICE(arena, u->table, u->table_size, 1);
}

static void lay_out_rays(fr_region *r, fr_arena *arena) {
    const int64_t n = r->largest + 1, k = r->k;
    FR_SLICE(arena, r->rays.list, n + 1, 1);
    FR_SLICE(arena, r->rays.zeros, n + 1, k);
    FR_SLICE(arena, r->rays.free_slots, n + 1, 1);
    FR_SLICE(arena, r->kept.list, n + 1, 1);
    FR_SLICE(arena, r->kept.zeros, n + 1, k);
    FR_SLICE(arena, r->kept.names, n + 1, 1);
    FR_SLICE(arena, r->kept.columns, n, n);
}

static void lay_out_proof(fr_region *r, fr_arena *arena) {
    fr_region_proofs *p = &r->proof;
    const int64_t n = r->largest + 1, k = r->k;
    FR_SLICE(arena, p->inverse, n, n);
    FR_SLICE(arena, p->errors, n, 1);
    FR_SLICE(arena, p->deviation, n, 1);
    FR_SLICE(arena, p->product_error, k + 1, 1);
    FR_SLICE(arena, p->neighbour, k, 1);
    FR_SLICE(arena, p->bases, r->problem->units + 1, k);
    fr_facts_lay_out(&p->facts, arena);
    fr_span_lay_out(&p->span, arena);
}

static void lay_out(void *object, fr_arena *arena) {
    fr_region *r = object;
    const int64_t n = r->largest + 1, k = r->k;
    FR_SLICE(arena, r->points.by_point, n, k);
    FR_SLICE(arena, r->points.by_coordinate, n, k);
    fr_rank_lay_out(&r->points.rank, arena);
    FR_SLICE(arena, r->cells.heights, n, 1);
    FR_SLICE(arena, r->cells.slopes, n, 1);
    FR_SLICE(arena, r->cells.scratch, k + 3, 4 * k + 4); /* 4 k (k + 2), and more */
    fr_cell_finder_lay_out(&r->finder, n, k, arena);
    lay_out_units(r, arena);
    fr_nnls_lay_out(&r->squares, arena);
    lay_out_rays(r, arena);
    lay_out_proof(r, arena);
    FR_SLICE(arena, r->scratch.masked, n, 1);
    FR_SLICE(arena, r->scratch.column, n, 1);
    FR_SLICE(arena, r->scratch.candidate, n, 1);
    FR_SLICE(arena, r->scratch.direction, k + 1, 1);
    FR_SLICE(arena, r->scratch.product, k + 1, 1);
}

fr_region *fr_region_create(const fr_problem *problem) {
    fr_region *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->problem = problem;
    r->dimensions = r->k = problem->inputs + problem->bias;
    r->largest = problem->points > r->k ? problem->points : r->k;
    r->words = (problem->points + 63) / 64;
    for (r->units.table_size = 1; r->units.table_size < 2 * problem->units;) r->units.table_size *= 2;
    r->points.rank.k = r->k;
    r->squares.capacity = r->largest;
    fr_facts_prepare(&r->proof.facts, problem->points, r->k);
    fr_span_prepare(&r->proof.span, problem->points, r->k);
    if (fr_arena_make(&r->memory, lay_out, r)) return r;
    fr_region_release(r);
    return NULL;
}

void fr_region_heed(fr_region *r, fr_session *session) { r->session = session; }

void fr_region_release(fr_region *r) {
    if (!r) return;
    fr_arena_free(&r->memory);
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

/* Units add nothing if an earlier one has the same pattern and sign, if they are inactive everywhere, or if their
 * output weight is 0. */
static void find_repeats(fr_region *r) {
    const int64_t d1 = r->problem->units, words = (r->n + 63) / 64;
    const uint64_t *patterns = fr_minima_patterns(r->data, r->n);
    const int64_t size = r->units.table_size;
    for (int64_t i = 0; i < size; i++) r->units.table[i] = -1;
    for (int64_t unit = 0; unit < d1; unit++) {
        uint64_t *masked = r->units.patterns + unit * r->words, any = 0;
        for (int64_t i = 0; i < words; i++) {
            masked[i] = patterns[unit * r->data->trial.words + i];
            if (64 * (i + 1) > r->n) masked[i] &= (UINT64_C(1) << (r->n % 64)) - 1;
            any |= masked[i];
        }
        r->units.repeats[unit] = !any || r->data->outputs[unit] == 0;
        const bool positive = fr_region_sign(r, unit) > 0;
        uint64_t place = hash(masked, words, positive) & (uint64_t)(size - 1);
        while (!r->units.repeats[unit] && r->units.table[place] >= 0) {
            const int64_t other = r->units.table[place];
            r->units.repeats[unit] = (fr_region_sign(r, other) > 0) == positive &&
                                     memcmp(r->units.patterns + other * r->words, masked,
                                            (size_t)words * sizeof(uint64_t)) == 0;
            place = (place + 1) & (uint64_t)(size - 1);
        }
        if (!r->units.repeats[unit]) r->units.table[place] = unit;
    }
}

void fr_region_begin(fr_region *r, const fr_minima_data *data, int64_t n) {
    r->data = data;
    r->n = n;
    const int64_t all = r->dimensions;
    double *x = r->points.by_point;
    for (int64_t j = 0; j < n; j++) {
        for (int64_t c = 0; c < r->problem->inputs; c++) r->points.by_point[j * all + c] = fr_minima_input(data, j, c);
        if (r->problem->bias) r->points.by_point[j * all + all - 1] = 1;
    }
    fr_rank_find(&r->points.rank, r->problem->seed ^ data->number << 20, n, r->points.by_point);
    r->points.few = n < all && r->points.rank.rank == n;
    r->k = r->proof.facts.k = r->proof.span.k = r->points.few ? all : r->points.rank.rank;
    if (r->k < all) /* moves the chosen coordinates down */
        for (int64_t j = 0; j < n; j++)
            for (int64_t c = 0; c < r->k; c++) x[j * r->k + c] = x[j * all + r->points.rank.coordinates[c]];
    r->cells.n = n;
    r->cells.k = r->k;
    r->cells.points = r->points.by_point;
    for (int64_t c = 0; c < r->k; c++)
        for (int64_t j = 0; j < n; j++) r->points.by_coordinate[c * n + j] = r->points.by_point[j * r->k + c];
    r->cells.columns = r->points.by_coordinate;
    r->cells.stride = n;
    if (!fr_region_is_trivial(r) && !fr_minima_has_weights(data))
        fr_cell_finder_begin(&r->finder, &r->cells, r->points.rank.rows);
    find_repeats(r);
    const int64_t k = r->k;
    for (int64_t unit = 0; unit < r->problem->units; unit++) {
        double *state = r->units.bases + unit * (k * k + k);
        r->units.cells[unit] = (fr_cell_state){.pattern = r->units.patterns + unit * r->words,
                                               .zeros = r->units.zeros + unit * (k - 1),
                                               .inverse = state, .centre = state + k * k};
        r->units.refused[unit] = -1;
    }
    r->rays.steps = 0;
    r->kept.count = 0;
    fr_region_start_over(r);
}

int64_t fr_region_dimensions(const fr_region *r) { return r->k; }

bool fr_region_is_trivial(const fr_region *r) { return r->points.few || r->k == 0; }
