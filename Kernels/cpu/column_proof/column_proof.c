/* Proves the column rank profile of a trial, block by block (column_proof/column_proof.h). */
#include "column_proof/column_proof.h"

#include <string.h>

/* Block width: one tile if the factor fits in cache, four for larger trials, at least two per thread. */
static int64_t block_columns(int64_t rows, int64_t threads) {
    const int64_t tiles = rows <= 1024 ? 1 : 4;
    return FR_TILE * (threads > 1 && rows > 1024 && tiles < 2 * threads ? 2 * threads : tiles);
}

/* A trial with more dependent columns than this is FR_NOT_PROVED, as is one of too many units (column_proof/units.c).
 * It is a wide network short of full rank: here each further unit would be examined in turn, whereas the elimination
 * skips most of them by its pattern filter. */
static int64_t most_dependent(int64_t tiles) { return 16 + tiles; }

/* Chosen by timing batches of trials on one thread with AVX-512 and AVX2. With k = 3 few trials are proved, with k = 4
 * nine of ten, with larger k nearly all. Without either instruction set a proof takes up to twice as long as the
 * elimination, but what is proved must not depend on the instruction set. */
bool fr_column_proof_pays(const fr_problem *problem) {
    return problem->inputs + problem->bias >= FR_COLUMN_PROOF_LEAST_K && problem->points >= FR_COLUMN_PROOF_LEAST_POINTS;
}

static int64_t tiles_of(int64_t rows) { return (rows + FR_TILE - 1) / FR_TILE; }
/* Classes have more than k points each; two more are being examined. */
static size_t most_classes(int64_t rows, int64_t k) { return 2 + (size_t)(rows / (k + 1)); }
static size_t left_bytes(int64_t tiles) { return FR_TILE_BYTES * (size_t)tiles * (size_t)(tiles + 1) / 2; }

size_t fr_column_proof_memory(int64_t rows, int64_t k, int64_t threads) {
    const size_t tiles = (size_t)tiles_of(rows);
    const size_t block = (size_t)block_columns(rows, threads);
    const size_t classes = 16 * most_classes(rows, k) * ((size_t)rows / 64 + 1);
    const size_t coordinates = (size_t)(k < rows ? k : rows);
    return left_bytes((int64_t)tiles) + tiles * FR_TILE * (2 * block + 2 * coordinates + 88) + classes;
}

static void lay_out(void *object, fr_arena *arena) {
    fr_column_proof *p = object;
    const size_t n = (size_t)p->n, tiles = (size_t)p->tiles, positions = FR_TILE * tiles, words = (size_t)p->words;
    const size_t coordinates = (size_t)p->coordinates, block = (size_t)p->block.capacity;
    const size_t classes = most_classes(p->n, p->k);
    for (int i = 0; i < 2; i++) FR_SLICE(arena, p->moduli[i].powers, FR_POWER_COUNT, 1);
    FR_SLICE(arena, p->units.reached, words, 1);
    FR_SLICE(arena, p->units.weights, FR_UNIT_BATCH, p->trial->problem->inputs);
    FR_SLICE(arena, p->units.biases, FR_UNIT_BATCH, 1);
    FR_SLICE(arena, p->units.batch, FR_UNIT_BATCH, words);
    FR_SLICE(arena, p->rows.order, positions, 1);
    FR_SLICE(arena, p->rows.now, positions, 1);
    FR_SLICE(arena, p->rows.by_point, coordinates, positions);
    FR_SLICE(arena, p->rows.x, coordinates, positions);
    FR_SLICE(arena, p->rows.unplaced, words, 1);
    FR_SLICE(arena, p->factor.left, left_bytes(p->tiles) + FR_TILE_BYTES, 1);
    FR_SLICE(arena, p->factor.inverse, tiles + 1, FR_TILE_BYTES);
    FR_SLICE(arena, p->factor.right, block, FR_TILE * (tiles + 1));
    FR_SLICE(arena, p->block.chosen, block, 1);
    FR_SLICE(arena, p->block.columns, block, FR_TILE * (tiles + 1));
    FR_SLICE(arena, p->block.mask, tiles + 1, 1);
    FR_SLICE(arena, p->matching.unit_of_row, n, 1);
    FR_SLICE(arena, p->matching.matched, words, 1);
    FR_SLICE(arena, p->matching.eligible, words, 1);
    FR_SLICE(arena, p->matching.open_rows, words, 1);
    FR_SLICE(arena, p->matching.path_unit, n + 1, 1);
    FR_SLICE(arena, p->matching.path_row, n + 1, 1);
    FR_SLICE(arena, p->matching.classes, classes, words);
    FR_SLICE(arena, p->matching.split, classes, words);
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
    p->block.capacity = block_columns(p->n, threads);
    if (!fr_arena_make(&p->memory, lay_out, p) || !fr_proof_units_create(p)) return false;
    const int32_t primes[2] = {FR_BYTES_PRIME, FR_BYTES_SECOND_PRIME};
    for (int i = 0; i < 2; i++) {
        p->moduli[i].field = fr_bytes_field_make(primes[i]);
        fr_fill_powers_of_two(fr_field_make((uint32_t)primes[i]), p->moduli[i].powers);
    }
    return true;
}

void fr_column_proof_destroy(fr_column_proof *p) {
    fr_arena_free(&p->memory);
    fr_arena_free(&p->units.memory);
}

/* Goes to the first column of the trial modulo one of the primes. The units drawn so far remain. */
static void begin(fr_column_proof *p, int which) {
    const fr_trial *t = p->trial;
    const fr_proof_modulus *modulus = &p->moduli[which];
    p->field = &modulus->field;
    const int64_t stride = FR_TILE * p->tiles, d0 = t->problem->inputs;
    const int64_t inputs = d0 < p->coordinates ? d0 : p->coordinates;
    for (int64_t c = 0; c < inputs; c++)
        p->bytes->residues(p->field, modulus->powers, p->tiles, t->x + c * t->ldx, p->rows.by_point + c * stride);
    p->bytes->gather(p->tiles, p->rows.order, inputs, p->rows.by_point, p->rows.x);
    if (d0 < p->coordinates) memset(p->rows.x + d0 * stride, 1, (size_t)p->n); /* the bias */
    memcpy(p->rows.now, p->rows.order, (size_t)p->n * sizeof *p->rows.now);
    memset(p->matching.matched, 0, (size_t)p->words * sizeof *p->matching.matched);
    fr_proof_all_points(p, p->matching.classes);
    p->matching.class_count = 1;
    p->matching.classified = 0;
    for (int64_t u = 0; u < p->units.count; u++) {
        p->units.list[u].limit = p->units.list[u].most;
        p->units.list[u].pivots = p->units.list[u].matched = 0;
    }
}

/* Chooses at most `want` columns, from `next` on, which follow `pivots` pivots; answers their number. The chosen
 * columns are expected to be pivots as well, so there are no more of them than points that the units reach. */
static int64_t choose(fr_column_proof *p, fr_proof_column next, int64_t pivots, int64_t want, fr_proof_outcome *end) {
    int64_t count = 0;
    while (count < want) {
        if (next.unit == p->units.count && !fr_column_proof_draw(p, end)) break;
        fr_proof_unit *unit = &p->units.list[next.unit];
        if (next.coordinate >= unit->limit || pivots + count >= unit->reached) {
            next = (fr_proof_column){next.unit + 1, 0};
            continue;
        }
        p->block.chosen[count++] = next;
        next.coordinate++;
    }
    return count;
}

/* block.mask = the unit's activations by position. */
static void permute(fr_column_proof *p, int64_t unit) {
    p->bytes->permute(p->tiles, p->rows.now, p->words, fr_proof_pattern(p, unit), p->block.mask);
    if (p->n % FR_TILE) p->block.mask[p->tiles - 1] &= (uint16_t)((1u << p->n % FR_TILE) - 1);
}

/* Writes the chosen columns as plain tiles, and zeros after the last one. */
static void fill_block(fr_column_proof *p, int64_t count) {
    int64_t unit = -1;
    const int64_t stride = FR_TILE * p->tiles;
    for (int64_t i = 0; i < (count + FR_TILE - 1) / FR_TILE * FR_TILE; i++) {
        int8_t *column = p->block.columns + FR_TILE * (i / FR_TILE) * stride + FR_TILE * (i % FR_TILE);
        if (i >= count) {
            for (int64_t t = 0; t < p->tiles; t++) memset(column + FR_TILE_BYTES * t, 0, FR_TILE);
            continue;
        }
        if (p->block.chosen[i].unit != unit) permute(p, unit = p->block.chosen[i].unit);
        p->bytes->select(p->tiles, p->block.mask, p->rows.x + p->block.chosen[i].coordinate * stride, column);
    }
}

/* Reports the work done as a share of n^3/3. */
static void report(const fr_column_proof *p, int64_t pivots) {
    const double x = (double)pivots / (double)p->n;
    if (p->done) atomic_store_explicit(p->done, x * x * (3.0 - 2.0 * x), memory_order_relaxed);
}

/* Column `found` of the block depends on those before it. If its unit is exhausted, its further columns are left out.
 */
static bool leave_out(fr_column_proof *p, int64_t found) {
    const int64_t unit = p->block.chosen[found].unit;
    for (int64_t i = 0; i < found; i++) p->units.list[p->block.chosen[i].unit].pivots++;
    const bool exhausted = fr_column_proof_is_exhausted(p, unit);
    if (exhausted) p->units.list[unit].limit = p->units.list[unit].pivots;
    for (int64_t i = 0; i < found; i++) p->units.list[p->block.chosen[i].unit].pivots--;
    return exhausted;
}

/* *nonpivots is set to the number of rows without a pivot if the answer is FR_NOT_PROVED. */
static fr_proof_outcome profile_modulo(fr_column_proof *p, int which, int64_t *pivot_columns, int64_t *nonpivots) {
    begin(p, which);
    fr_proof_outcome end = FR_PROVED;
    fr_proof_column next = {0, 0};
    int64_t pivots = 0, dependent = 0;
    *nonpivots = p->n;
    while (pivots < p->n) {
        if (fr_is_cancelled(p->session)) return FR_PROOF_CANCELLED;
        const int64_t want = p->n - pivots < p->block.capacity ? p->n - pivots : p->block.capacity;
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
            continue; /* with the block chosen anew */
        }
        for (int64_t i = 0; i < count; i++) {
            fr_proof_unit *unit = &p->units.list[p->block.chosen[i].unit];
            unit->pivots++;
            pivot_columns[pivots++] = unit->number * p->k + p->block.chosen[i].coordinate;
        }
        next = (fr_proof_column){p->block.chosen[count - 1].unit, p->block.chosen[count - 1].coordinate + 1};
        report(p, pivots);
        if (count < want) break;
    }
    for (; pivots < p->n; pivots++) pivot_columns[pivots] = -1;
    return FR_PROVED;
}

fr_proof_outcome fr_column_proof_profile(fr_column_proof *p, fr_pool *pool, _Atomic double *done,
                                         int64_t *pivot_columns) {
    p->pool = pool;
    p->done = done;
    p->units.count = p->units.drawn = p->units.compared = 0;
    memset(p->units.reached, 0, (size_t)p->words * sizeof *p->units.reached);
    fr_proof_outcome end = FR_PROVED;
    if (!fr_column_proof_draw(p, &end) && end != FR_PROVED) return end;
    fr_column_proof_order(p);
    int64_t nonpivots;
    fr_proof_outcome outcome = profile_modulo(p, 0, pivot_columns, &nonpivots);
    /* An independent column is 0 modulo p in each non-pivot row with probability 1/p. If one or two rows are left, that
     * is the likely cause, and another prime may do; if more are left, the column is dependent for an unknown reason.
     */
    if (outcome == FR_NOT_PROVED && nonpivots <= 2)
        outcome = profile_modulo(p, 1, pivot_columns, &nonpivots);
    return outcome;
}
