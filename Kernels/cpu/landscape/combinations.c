/* Combinations of cells, FR_LANES of one shape at a time. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "portability.h"

#include "fullrank_landscape.h"
#include "landscape/queue.h"
#include "vector/isa.h"

typedef struct call {
    const fr_combination_data *data;
    fr_prepared shared;
    const fr_lanes_isa *isa;
    int64_t units;
    const double *signs;
    uint8_t *verdicts;
    double *low;
    uint64_t all; /* the points */
    double *work;
    fr_queue *solving;  /* 2 x (most cells + 1): by number of cells, without and with narrow ones */
    fr_queue *ranking;  /* most units + 1: by number of cells */
    int64_t most_cells;
} call;

static uint8_t verdict_of(int minimum, int unique, int full) { return (uint8_t)(minimum | unique << 2 | full << 4); }

static void set_field(uint8_t *verdict, int shift, int value) {
    *verdict = (uint8_t)((*verdict & ~(3 << shift)) | value << shift);
}

static const double *narrow_cell(const fr_combination_data *data, uint64_t pattern) {
    int64_t low = 0, high = data->narrow_count;
    while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (data->narrow_patterns[middle] < pattern) low = middle + 1;
        else high = middle;
    }
    if (low == data->narrow_count || data->narrow_patterns[low] != pattern) return NULL;
    return data->narrow + low * FR_NARROW_NUMBERS(data->columns);
}

static void solve(call *c, fr_queue *q) {
    if (q->count == 0) return;
    fr_queue_fill(q);
    q->lanes.work = c->work;
    c->isa->solve(&c->shared.lanes, &q->lanes);
    for (int lane = 0; lane < q->count; lane++) {
        const int64_t number = q->numbers[lane];
        uint8_t *verdict = c->verdicts + number;
        if (!q->lanes.solved[lane]) continue;
        if (q->lanes.yes[lane]) {
            set_field(verdict, 0, FR_COMBINATION_YES);
            c->low[number] = q->is_square[lane] ? 0.0 : q->lanes.low[lane];
        }
        if (q->lanes.no[lane]) set_field(verdict, 0, FR_COMBINATION_NO);
        set_field(verdict, 2, q->is_whole[lane] ? FR_COMBINATION_YES : FR_COMBINATION_NO);
        set_field(verdict, 4, q->is_square[lane] ? FR_COMBINATION_YES : FR_COMBINATION_NO);
    }
    q->count = 0;
}

static void rank(call *c, fr_queue *q) {
    if (q->count == 0) return;
    fr_queue_fill(q);
    q->lanes.work = c->work;
    c->isa->rank(&c->shared.lanes, &q->lanes);
    for (int lane = 0; lane < q->count; lane++)
        if (q->lanes.full[lane]) set_field(c->verdicts + q->numbers[lane], 4, FR_COMBINATION_YES);
    q->count = 0;
}

/* A unit in a cell of another leaves the sum of their weights free, if their signs may differ. */
static uint8_t joined(uint8_t side, uint8_t other) {
    return side == other && side != (FR_SIDE_POSITIVE | FR_SIDE_NEGATIVE) ? side : FR_SIDE_FREE;
}

/* What a combination's patterns say at once, and where it goes for the rest. */
static void take(call *c, int64_t number, const uint64_t *patterns) {
    const int64_t n = c->data->points, columns = c->data->columns;
    uint8_t *verdict = c->verdicts + number;
    fr_combination own;
    uint64_t covered = 0;
    int64_t rank_bound = 0;
    bool is_known = true, has_narrow = false, fits = true, is_free = true;
    own.cells = 0;
    for (int64_t unit = 0; unit < c->units; unit++) {
        const uint64_t pattern = patterns[unit] & c->all;
        const uint8_t side = !c->signs ? FR_SIDE_POSITIVE | FR_SIDE_NEGATIVE
                             : c->signs[unit] > 0.0 ? FR_SIDE_POSITIVE : FR_SIDE_NEGATIVE;
        if (pattern == 0) continue;
        covered |= pattern;
        int64_t cell = 0;
        while (cell < own.cells && own.patterns[cell] != pattern) cell++;
        if (cell < own.cells) {
            own.sides[cell] = joined(own.sides[cell], side);
            continue;
        }
        if (own.cells == FR_MOST_CELLS) {
            fits = false;
            break;
        }
        const int64_t active = __builtin_popcountll(pattern);
        own.patterns[cell] = pattern;
        own.sides[cell] = side;
        own.narrow[cell] = NULL;
        if (active < columns) {
            own.narrow[cell] = narrow_cell(c->data, pattern);
            has_narrow = true;
            is_known = is_known && own.narrow[cell];
        }
        rank_bound += active < columns ? active : columns;
        own.cells++;
    }
    for (int64_t cell = 0; cell < own.cells; cell++) is_free = is_free && own.sides[cell] == FR_SIDE_FREE;
    const bool is_whole = fits && own.cells == c->units && !has_narrow;
    int minimum = FR_COMBINATION_OPEN, unique = FR_COMBINATION_OPEN, full = FR_COMBINATION_OPEN;
    if (rank_bound > n || !is_whole) unique = FR_COMBINATION_NO;
    if (fits && (rank_bound < n || covered != c->all)) full = FR_COMBINATION_NO;
    c->low[number] = 0.0;
    if (fits && is_free) {
        /* The projection of the labels is reached; no cell at all leaves the labels themselves. */
        minimum = FR_COMBINATION_YES;
        if (own.cells == 0) c->low[number] = c->shared.lanes.squares * (1.0 - 0x1p-40);
    }
    *verdict = verdict_of(minimum, unique, full);
    if (!fits || own.cells == 0) return;
    if (rank_bound <= n && is_known && own.cells * columns <= FR_LANES_MOST_UNKNOWNS && covered != 0) {
        fr_queue *q = c->solving + 2 * own.cells + has_narrow;
        q->lanes.has_narrow = has_narrow;
        q->is_square[q->count] = rank_bound == n;
        q->is_whole[q->count] = is_whole;
        fr_queue_push(q, &own, number);
        if (q->count == FR_LANES) solve(c, q);
    } else if (full == FR_COMBINATION_OPEN) {
        fr_queue *q = c->ranking + own.cells;
        fr_queue_push(q, &own, number);
        if (q->count == FR_LANES) rank(c, q);
    }
}

static int decide(const fr_lanes_isa *isa, const fr_combination_data *data, int64_t count, int64_t units, int64_t stride,
                  const uint64_t *patterns, const double *signs, uint8_t *verdicts, double *low) {
    const int64_t n = data->points;
    call c = {.data = data, .isa = isa, .units = units, .signs = signs, .verdicts = verdicts, .low = low};
    c.all = n == 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
    c.most_cells = units < FR_MOST_CELLS ? units : FR_MOST_CELLS;
    /* Vectors of the widest set start at multiples of their size. */
    char *work = malloc(FR_LANES_WORK * sizeof(double) + 64);
    c.work = work ? (double *)(((uintptr_t)work + 63) / 64 * 64) : NULL;
    c.solving = fr_queues_create(2 * (c.most_cells + 1), c.most_cells);
    c.ranking = fr_queues_create(c.most_cells + 1, c.most_cells);
    int status = -1;
    if (work && c.solving && c.ranking && fr_prepare(&c.shared, data)) {
        for (int64_t number = 0; number < count; number++) take(&c, number, patterns + number * stride);
        for (int64_t place = 0; place < 2 * (c.most_cells + 1); place++) solve(&c, c.solving + place);
        for (int64_t place = 0; place <= c.most_cells; place++) rank(&c, c.ranking + place);
        status = 0;
    }
    free(c.shared.tables);
    free(c.ranking);
    free(c.solving);
    free(work);
    return status;
}

static const fr_lanes_isa *lanes_isa(const fr_isa *isa) {
#if defined(__x86_64__)
    if (strcmp(isa->name, "avx512") == 0) return &fr_lanes_avx512;
    if (strcmp(isa->name, "avx2") == 0) return &fr_lanes_avx2;
#endif
    (void)isa;
    return &fr_lanes_portable;
}

int fr_combinations(const fr_combination_data *data, int64_t count, int64_t units, int64_t stride,
                    const uint64_t *patterns, const double *signs, uint8_t *verdicts, double *low) {
    return decide(lanes_isa(fr_isa_best()), data, count, units, stride, patterns, signs, verdicts, low);
}

int fr_combinations_with(const char *instruction_set, const fr_combination_data *data, int64_t count, int64_t units,
                         int64_t stride, const uint64_t *patterns, const double *signs, uint8_t *verdicts,
                         double *low) {
    const fr_isa *isa = fr_isa_named(instruction_set);
    if (!isa) return -2;
    return decide(lanes_isa(isa), data, count, units, stride, patterns, signs, verdicts, low);
}
