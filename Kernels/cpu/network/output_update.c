/* S -= M C for a block C of (point, output) columns of a network with several outputs, in a fraction of a plain
 * product's work.
 *
 * C's entry for parameter (unit u, coordinate c) and column (j, o) is delta_u[j, o] f_c[j]: the outputs of a point
 * differ in delta only. So M C = sum over units u of (sum over c of M_(u, c) f_c[j]) delta_u[j, o]: the inner sum is
 * formed once for each point, not once for each output, and not at all where the unit is inactive on the point.
 *
 * Work divides by bands of M's rows, each of which is read from memory once for all units. */
#include "network/columns.h"

#include <stdlib.h>
#include <string.h>

#define MOST_POINTS 128
/* Groups of rows a band: a unit's part of M, of 785 columns say, and the band's part of S stay in the second cache. */
#define BAND 6
/* Units that may be added before S must be reduced: 128 products below 2^44 are below 2^51. */
#define MOST_ADDED 128

struct fr_output_update {
    const fr_network_columns *columns;
    int64_t units;             /* of all trained layers */
    int64_t *first_of_layer;   /* number of a layer's first unit */
    int32_t *layer_of, *unit_of;
    int64_t *begin;            /* by unit: of its pivots in `index`; units + 1 */
    int32_t *index;            /* pivots sorted by unit, and FR_CLASS_AHEAD more */
    double *factors;           /* f_c[j] for a unit's pivots and active points, row-major */
    int64_t *factors_at;       /* by unit */
    int32_t *active;           /* by unit: MOST_POINTS block points on which delta is not 0 */
    int32_t *active_count;
    int32_t *place;            /* of a block's column: its point among the block's */
    int64_t points;            /* of the block */
    /* The call at hand. */
    int64_t groups, count;
    fr_grouped m, s;
};

bool fr_output_update_create(fr_network_columns *columns) {
    const fr_network *network = columns->passes->shape->network;
    fr_output_update *u = calloc(1, sizeof *u);
    columns->update = u;
    if (!u) return false;
    u->columns = columns;
    u->first_of_layer = calloc((size_t)network->layer_count, sizeof(int64_t));
    if (!u->first_of_layer) return false;
    for (int64_t l = 0; l < network->layer_count; l++) {
        u->first_of_layer[l] = u->units;
        if (network->layers[l].trained) u->units += network->layers[l].units;
    }
    const size_t units = (size_t)u->units, rows = (size_t)columns->rows;
    u->layer_of = calloc(units + 1, sizeof(int32_t));
    u->unit_of = calloc(units + 1, sizeof(int32_t));
    u->begin = calloc(units + 2, sizeof(int64_t));
    u->index = calloc(rows + FR_CLASS_AHEAD, sizeof(int32_t));
    u->factors = calloc(rows * MOST_POINTS + 1, sizeof(double));
    u->factors_at = calloc(units + 1, sizeof(int64_t));
    u->active = calloc(units * MOST_POINTS + 1, sizeof(int32_t));
    u->active_count = calloc(units + 1, sizeof(int32_t));
    u->place = calloc((size_t)columns->capacity, sizeof(int32_t));
    if (!u->layer_of || !u->unit_of || !u->begin || !u->index || !u->factors || !u->factors_at || !u->active ||
        !u->active_count || !u->place)
        return false;
    for (int64_t l = 0; l < network->layer_count; l++)
        for (int64_t i = 0; i < network->layers[l].units && network->layers[l].trained; i++) {
            u->layer_of[u->first_of_layer[l] + i] = (int32_t)l;
            u->unit_of[u->first_of_layer[l] + i] = (int32_t)i;
        }
    return true;
}

void fr_output_update_destroy(fr_output_update *u) {
    if (!u) return;
    free(u->first_of_layer);
    free(u->layer_of);
    free(u->unit_of);
    free(u->begin);
    free(u->index);
    free(u->factors);
    free(u->factors_at);
    free(u->active);
    free(u->active_count);
    free(u->place);
    free(u);
}

bool fr_output_update_pays(fr_output_update *u) {
    const fr_network_columns *s = u->columns;
    const int64_t per = s->passes->shape->rows_of_point;
    u->points = 0;
    for (int64_t i = 0; i < s->count; i++) {
        const bool is_new = i == 0 || s->block_rows[i] / per != s->block_rows[i - 1] / per;
        u->points += is_new;
        u->place[i] = (int32_t)(u->points - 1);
    }
    return u->points <= MOST_POINTS && 2 * u->points <= s->count;
}

static double delta_at(const fr_output_update *u, int64_t unit, int64_t column) {
    return *fr_residue_at(u->columns->block_deltas[u->layer_of[unit]], column, u->unit_of[unit]);
}

/* The points on which the unit's delta is not 0 for every column of theirs. */
static void find_active(fr_output_update *u, int64_t unit) {
    int32_t *active = u->active + unit * MOST_POINTS, count = 0;
    for (int64_t i = 0; i < u->columns->count; i++)
        if ((count == 0 || active[count - 1] != u->place[i]) && delta_at(u, unit, i) != 0.0)
            active[count++] = u->place[i];
    u->active_count[unit] = count;
}

static int64_t unit_number(const fr_output_update *u, fr_parameter at) { return u->first_of_layer[at.layer] + at.unit; }

/* Sorts the pivots by unit, and writes each unit's factors. */
static void prepare(fr_output_update *u, const int32_t *pivots, int64_t count) {
    const fr_network_columns *s = u->columns;
    memset(u->begin, 0, (size_t)(u->units + 2) * sizeof *u->begin);
    for (int64_t t = 0; t < count; t++) u->begin[unit_number(u, s->parameters[pivots[t]]) + 2]++;
    for (int64_t i = 2; i < u->units + 2; i++) u->begin[i] += u->begin[i - 1];
    /* begin[i + 1] moves from the unit's first place to the next one's. */
    for (int64_t t = 0; t < count; t++) u->index[u->begin[unit_number(u, s->parameters[pivots[t]]) + 1]++] = (int32_t)t;
    for (int i = 0; i < FR_CLASS_AHEAD; i++) u->index[count + i] = 0; /* read ahead, never used */
    int32_t first_column[MOST_POINTS];
    for (int64_t i = s->count - 1; i >= 0; i--) first_column[u->place[i]] = (int32_t)i;
    double *out = u->factors;
    for (int64_t unit = 0; unit < u->units; unit++) {
        find_active(u, unit);
        u->factors_at[unit] = out - u->factors;
        const fr_residue_matrix input = s->block_inputs[u->layer_of[unit]];
        for (int64_t e = u->begin[unit]; e < u->begin[unit + 1]; e++) {
            const int64_t coordinate = s->parameters[pivots[u->index[e]]].coordinate;
            for (int32_t a = 0; a < u->active_count[unit]; a++) {
                const int64_t column = first_column[u->active[unit * MOST_POINTS + a]];
                *out++ = coordinate == input.columns ? 1.0 : *fr_residue_at(input, column, coordinate);
            }
        }
    }
}

/* s += sums delta for one unit. sums: groups x its active points, by groups. */
static void spread(const fr_output_update *u, int64_t unit, int64_t groups, const double *sums, fr_grouped s) {
    const int32_t *active = u->active + unit * MOST_POINTS;
    const int64_t stride = u->active_count[unit] * FR_GROUP;
    for (int64_t i = 0, a = 0; i < u->columns->count; i++) {
        const double delta = delta_at(u, unit, i);
        if (delta == 0.0) continue;
        while (active[a] != u->place[i]) a++;
        for (int64_t g = 0; g < groups; g++) {
            double *to = fr_grouped_from(s, g, i).at;
            const double *from = sums + g * stride + a * FR_GROUP;
            for (int lane = 0; lane < FR_GROUP; lane++) to[lane] += from[lane] * delta;
        }
    }
}

static void update_band(void *context, int64_t number, int worker) {
    (void)worker;
    const fr_output_update *u = context;
    const fr_passes *passes = u->columns->passes;
    const int64_t first = number * BAND, groups = u->groups - first < BAND ? u->groups - first : BAND;
    double sums[BAND * MOST_POINTS * FR_GROUP] __attribute__((aligned(64)));
    const fr_grouped m = fr_grouped_from(u->m, first, 0), s = fr_grouped_from(u->s, first, 0);
    for (int64_t unit = 0, added = 0; unit < u->units; unit++) {
        const int64_t count = u->begin[unit + 1] - u->begin[unit], points = u->active_count[unit];
        if (count == 0 || points == 0) continue;
        memset(sums, 0, (size_t)(groups * points * FR_GROUP) * sizeof *sums);
        const fr_class class = {.count = count, .index = u->index + u->begin[unit],
                                .rows = u->factors + u->factors_at[unit], .width = points, .units = 1};
        passes->isa->subtract_class(passes->field, groups, &class, m, (fr_grouped){sums, points * FR_GROUP});
        spread(u, unit, groups, sums, s);
        if (++added < MOST_ADDED) continue;
        passes->isa->reduce(passes->field, groups, u->columns->count, s);
        added = 0;
    }
    passes->isa->reduce(passes->field, groups, u->columns->count, s);
}

void fr_output_update_run(fr_column_generator *base, fr_pool *pool, const int32_t *pivots, int64_t count,
                          int64_t groups, fr_grouped m, fr_grouped s) {
    fr_output_update *u = ((fr_network_columns *)base)->update;
    u->groups = groups;
    u->m = m;
    u->s = s;
    prepare(u, pivots, count);
    const int64_t bands = (groups + BAND - 1) / BAND;
    if (pool) fr_pool_run(pool, bands, update_band, u);
    for (int64_t i = 0; i < bands && !pool; i++) update_band(u, i, 0);
}
