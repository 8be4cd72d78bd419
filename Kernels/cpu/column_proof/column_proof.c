/* The proof of a trial's column rank profile: units and their columns, block by block (column_proof/column_proof.h). */
#include "column_proof/column_proof.h"

#include <stdlib.h>
#include <string.h>

/* Columns a block: one tile where the factor stays in cache; more, so that it is read less often, for large trials; at
 * least two tiles a thread. */
static int64_t block_columns(int64_t rows, int64_t threads) {
    const int64_t tiles = rows <= 1024 ? 1 : 4;
    return FR_TILE * (threads > 1 && rows > 1024 && tiles < 2 * threads ? 2 * threads : tiles);
}

/* Dependent columns beyond which a trial is given up, as it is beyond some number of units (column_proof/units.c): wide
 * networks short of full rank, where each unit more would be looked at in turn, are for the elimination, which passes
 * over them by its screen. */
static int64_t most_dependent(int64_t tiles) { return 16 + tiles; }

/* Measured, by batches of trials on one thread: where it saves time, with AVX-512 and AVX2. With k = 3 few trials are
 * proved; with k = 4 nine of ten, with more nearly all. Without either instruction set it takes up to twice as long, but
 * what is proved must not depend on that. */
bool fr_column_proof_pays(const fr_problem *problem) {
    const int64_t n = problem->points, k = problem->inputs + problem->bias;
    return k >= 4 && n >= 8;
}

static int64_t tiles_of(int64_t rows) { return (rows + FR_TILE - 1) / FR_TILE; }
/* Of more than k points, and room for two more that are being looked at. */
static size_t most_classes(int64_t rows, int64_t k) { return 2 + (size_t)(rows / (k + 1)); }
static size_t left_bytes(int64_t tiles) { return FR_TILE_BYTES * (size_t)tiles * (size_t)(tiles + 1) / 2; }

size_t fr_column_proof_memory(int64_t rows, int64_t k, int64_t threads) {
    const size_t tiles = (size_t)tiles_of(rows), block = (size_t)block_columns(rows, threads);
    const size_t classes = 16 * most_classes(rows, k) * ((size_t)rows / 64 + 1);
    return left_bytes((int64_t)tiles) + tiles * FR_TILE * (2 * block + 2 * (size_t)(k < rows ? k : rows) + 88) + classes;
}

bool fr_column_proof_create(fr_column_proof *p, fr_session *session, fr_trial *trial, int64_t threads) {
    memset(p, 0, sizeof *p);
    const fr_problem *problem = trial->problem;
    p->session = session;
    p->bytes = fr_bytes_best();
    p->trial = trial;
    p->n = problem->points;
    p->k = problem->inputs + problem->bias;
    p->coordinates = p->k < p->n ? p->k : p->n;
    p->words = trial->words;
    p->tiles = tiles_of(p->n);
    p->block = block_columns(p->n, threads);
    p->unit_capacity = FR_UNIT_BATCH;
    const size_t tiles = (size_t)p->tiles, words = (size_t)p->words, block = (size_t)p->block;
    const int32_t primes[2] = {FR_BYTES_PRIME, FR_BYTES_SECOND_PRIME};
    for (int i = 0; i < 2; i++) {
        p->fields[i] = fr_bytes_field_make(primes[i]);
        p->powers[i] = calloc(FR_POWER_COUNT, sizeof(double));
        if (p->powers[i]) fr_fill_powers_of_two(fr_field_make((uint32_t)primes[i]), p->powers[i]);
    }
    p->unit = calloc((size_t)p->unit_capacity, sizeof *p->unit);
    p->patterns = calloc((size_t)p->unit_capacity * words + 1, sizeof(uint64_t));
    p->supports = calloc((size_t)p->unit_capacity * words + 1, sizeof(uint64_t));
    p->weights = calloc((size_t)problem->inputs * FR_UNIT_BATCH + 1, sizeof(double));
    p->biases = calloc(FR_UNIT_BATCH, sizeof(double));
    p->batch = calloc(FR_UNIT_BATCH * words + 1, sizeof(uint64_t));
    p->order = calloc(FR_TILE * tiles + 1, sizeof *p->order);
    p->row_at = calloc(FR_TILE * tiles + 1, sizeof *p->row_at);
    p->by_point = calloc((size_t)p->coordinates * FR_TILE * tiles + 1, 1);
    p->reached = calloc(words + 1, sizeof(uint64_t));
    p->x = calloc((size_t)p->coordinates * tiles + 1, FR_TILE);
    p->left = fr_allocate(left_bytes(p->tiles) + FR_TILE_BYTES);
    p->inverse = fr_allocate(FR_TILE_BYTES * (tiles + 1));
    p->right = fr_allocate(FR_TILE * block * (tiles + 1));
    p->columns = fr_allocate(FR_TILE * block * (tiles + 1));
    p->mask = calloc(tiles + 1, sizeof *p->mask);
    p->chosen = calloc(block, sizeof *p->chosen);
    p->unit_of_row = calloc((size_t)p->n + 1, sizeof *p->unit_of_row);
    p->path_unit = calloc((size_t)p->n + 1, sizeof *p->path_unit);
    p->path_row = calloc((size_t)p->n + 1, sizeof *p->path_row);
    p->open_rows = calloc(words + 1, sizeof(uint64_t));
    p->eligible = calloc(words + 1, sizeof(uint64_t));
    p->matched = calloc(words + 1, sizeof(uint64_t));
    p->classes = calloc(most_classes(p->n, p->k) * words + 1, sizeof(uint64_t));
    p->split = calloc(most_classes(p->n, p->k) * words + 1, sizeof(uint64_t));
    return p->powers[0] && p->powers[1] && p->unit && p->patterns && p->supports && p->weights && p->biases && p->batch && p->order &&
           p->row_at && p->by_point && p->reached && p->x && p->left && p->inverse && p->right && p->columns && p->mask &&
           p->chosen && p->unit_of_row && p->path_unit && p->path_row && p->open_rows && p->eligible && p->matched && p->classes && p->split;
}

void fr_column_proof_destroy(fr_column_proof *p) {
    free(p->powers[0]);
    free(p->powers[1]);
    free(p->unit);
    free(p->patterns);
    free(p->supports);
    free(p->weights);
    free(p->biases);
    free(p->batch);
    free(p->row_at);
    free(p->order);
    free(p->by_point);
    free(p->reached);
    free(p->x);
    free(p->left);
    free(p->inverse);
    free(p->right);
    free(p->columns);
    free(p->mask);
    free(p->chosen);
    free(p->unit_of_row);
    free(p->path_unit);
    free(p->path_row);
    free(p->open_rows);
    free(p->eligible);
    free(p->matched);
    free(p->classes);
    free(p->split);
}

/* To the first column of the trial modulo one of the primes; its units stay as they are drawn. */
static void begin(fr_column_proof *p, int which) {
    const fr_trial *t = p->trial;
    p->field = p->fields[which];
    const int64_t stride = FR_TILE * p->tiles, d0 = t->problem->inputs;
    const int64_t inputs = d0 < p->coordinates ? d0 : p->coordinates;
    for (int64_t c = 0; c < inputs; c++)
        p->bytes->residues(&p->field, p->powers[which], p->tiles, t->x + c * t->ldx, p->by_point + c * stride);
    p->bytes->gather(p->tiles, p->order, inputs, p->by_point, p->x);
    if (d0 < p->coordinates) memset(p->x + d0 * stride, 1, (size_t)p->n); /* the bias */
    memcpy(p->row_at, p->order, (size_t)p->n * sizeof *p->row_at);
    memset(p->matched, 0, (size_t)p->words * sizeof *p->matched);
    fr_proof_all_points(p, p->classes);
    p->class_count = 1;
    p->classified = 0;
    for (int64_t u = 0; u < p->units; u++) {
        p->unit[u].limit = p->unit[u].most;
        p->unit[u].pivots = p->unit[u].matched = 0;
    }
}

/* The next columns, from this one on, at most `want`, behind `pivots` that are found. As the chosen ones are to be pivots
 * as well, a unit has no more than what the points reached so far leave. */
static int64_t choose(fr_column_proof *p, fr_proof_column next, int64_t pivots, int64_t want,
                      fr_proof_outcome *end) {
    int64_t count = 0;
    while (count < want) {
        if (next.unit == p->units && !fr_column_proof_draw(p, end)) break;
        fr_proof_unit *unit = &p->unit[next.unit];
        if (next.coordinate >= unit->limit || pivots + count >= unit->reached) {
            next = (fr_proof_column){next.unit + 1, 0};
            continue;
        }
        p->chosen[count++] = next;
        next.coordinate++;
    }
    return count;
}

/* The unit's activity by position. */
static void permute(fr_column_proof *p, int64_t unit) {
    p->bytes->permute(p->tiles, p->row_at, p->words, fr_proof_pattern(p, unit), p->mask);
    if (p->n % FR_TILE) p->mask[p->tiles - 1] &= (uint16_t)((1u << p->n % FR_TILE) - 1);
}

/* The chosen columns, in plain tiles; zeros beyond the last. */
static void fill_block(fr_column_proof *p, int64_t count) {
    int64_t unit = -1;
    const int64_t stride = FR_TILE * p->tiles;
    for (int64_t i = 0; i < (count + FR_TILE - 1) / FR_TILE * FR_TILE; i++) {
        int8_t *column = p->columns + FR_TILE * (i / FR_TILE) * stride + FR_TILE * (i % FR_TILE);
        if (i >= count) {
            for (int64_t t = 0; t < p->tiles; t++) memset(column + FR_TILE_BYTES * t, 0, FR_TILE);
            continue;
        }
        if (p->chosen[i].unit != unit) permute(p, unit = p->chosen[i].unit);
        p->bytes->select(p->tiles, p->mask, p->x + p->chosen[i].coordinate * stride, column);
    }
}

/* Work done as a share of n^3/3. */
static void report(const fr_column_proof *p, int64_t pivots) {
    const double x = (double)pivots / (double)p->n;
    if (p->done) atomic_store_explicit(p->done, x * x * (3.0 - 2.0 * x), memory_order_relaxed);
}

/* The column is dependent on those before it. If its unit is exhausted, the rest of it is left out from now on. */
static bool leave_out(fr_column_proof *p, int64_t found) {
    const int64_t unit = p->chosen[found].unit;
    for (int64_t i = 0; i < found; i++) p->unit[p->chosen[i].unit].pivots++;
    const bool exhausted = fr_column_proof_is_exhausted(p, unit);
    if (exhausted) p->unit[unit].limit = p->unit[unit].pivots;
    for (int64_t i = 0; i < found; i++) p->unit[p->chosen[i].unit].pivots--;
    return exhausted;
}

/* *nonpivots: the rows without a pivot when the answer is FR_NOT_PROVED. */
static fr_proof_outcome profile_modulo(fr_column_proof *p, int which, int64_t *pivot_columns, int64_t *nonpivots) {
    begin(p, which);
    fr_proof_outcome end = FR_PROVED;
    fr_proof_column next = {0, 0};
    int64_t pivots = 0, dependent = 0;
    *nonpivots = p->n;
    while (pivots < p->n) {
        if (fr_is_cancelled(p->session)) return FR_PROOF_CANCELLED;
        const int64_t want = p->n - pivots < p->block ? p->n - pivots : p->block;
        const int64_t count = choose(p, next, pivots, want, &end);
        if (end != FR_PROVED) {
            *nonpivots = p->n;
            return end;
        }
        if (count == 0) break;
        fill_block(p, count);
        const int64_t found = fr_column_proof_block(p, pivots, count);
        if (found < count) {
            *nonpivots = p->n - pivots - found;
            if (++dependent > most_dependent(p->tiles) || !leave_out(p, found)) return FR_NOT_PROVED;
            continue; /* the block again */
        }
        for (int64_t i = 0; i < count; i++) {
            fr_proof_unit *unit = &p->unit[p->chosen[i].unit];
            unit->pivots++;
            pivot_columns[pivots++] = unit->number * p->k + p->chosen[i].coordinate;
        }
        next = (fr_proof_column){p->chosen[count - 1].unit, p->chosen[count - 1].coordinate + 1};
        report(p, pivots);
        if (count < want) break;
    }
    for (; pivots < p->n; pivots++) pivot_columns[pivots] = -1;
    return FR_PROVED;
}

fr_proof_outcome fr_column_proof_profile(fr_column_proof *p, fr_pool *team, _Atomic double *done,
                                        int64_t *pivot_columns) {
    p->team = team;
    p->done = done;
    p->units = p->drawn = p->compared = 0;
    memset(p->reached, 0, (size_t)p->words * sizeof *p->reached);
    fr_proof_outcome end = FR_PROVED;
    if (!fr_column_proof_draw(p, &end) && end != FR_PROVED) return end;
    fr_column_proof_order(p);
    int64_t nonpivots;
    fr_proof_outcome outcome = profile_modulo(p, 0, pivot_columns, &nonpivots);
    /* A column that is independent is 0 in all non-pivot rows with a chance of 1 in p for each: with one or two rows left that
     * is what happened, with more there is a reason that is not known here, and would be there again. */
    if (outcome == FR_NOT_PROVED && nonpivots <= 2)
        outcome = profile_modulo(p, 1, pivot_columns, &nonpivots);
    return outcome;
}
