/* The CPU's engine of proofs: what it keeps, and how a block of columns is made (column_proof/byte_engine.h). */
#include "column_proof/byte_engine.h"

#include <string.h>

#include "column_proof/column_proof.h"

/* Block width: one tile if the factor fits in cache, four for larger trials, at least two per thread. */
static int64_t block_columns(int64_t rows, int64_t threads) {
    const int64_t tiles = rows <= 1024 ? 1 : 4;
    return FR_TILE * (threads > 1 && rows > 1024 && tiles < 2 * threads ? 2 * threads : tiles);
}

static int64_t tiles_of(int64_t rows) { return (rows + FR_TILE - 1) / FR_TILE; }
static size_t left_bytes(int64_t tiles) { return FR_TILE_BYTES * (size_t)tiles * (size_t)(tiles + 1) / 2; }

size_t fr_byte_engine_memory(int64_t rows, int64_t k, int64_t threads) {
    const size_t tiles = (size_t)tiles_of(rows), block = (size_t)block_columns(rows, threads);
    const size_t coordinates = (size_t)(k < rows ? k : rows);
    return left_bytes((int64_t)tiles) + tiles * FR_TILE * (2 * block + 2 * coordinates + 71) +
           fr_column_proof_memory(rows, k, (int64_t)block);
}

static void lay_out(void *object, fr_arena *arena) {
    fr_byte_engine *p = object;
    const size_t tiles = (size_t)p->tiles, positions = FR_TILE * tiles, words = (size_t)p->words;
    const size_t coordinates = (size_t)p->coordinates, block = (size_t)p->block.capacity;
    for (int i = 0; i < 2; i++) FR_SLICE(arena, p->moduli[i].powers, FR_POWER_COUNT, 1);
    FR_SLICE(arena, p->weights, FR_UNIT_BATCH, p->trial->problem->inputs);
    FR_SLICE(arena, p->biases, FR_UNIT_BATCH, 1);
    FR_SLICE(arena, p->rows.order, positions, 1);
    FR_SLICE(arena, p->rows.now, positions, 1);
    FR_SLICE(arena, p->rows.by_point, coordinates, positions);
    FR_SLICE(arena, p->rows.x, coordinates, positions);
    FR_SLICE(arena, p->rows.unplaced, words, 1);
    FR_SLICE(arena, p->factor.left, left_bytes(p->tiles) + FR_TILE_BYTES, 1);
    FR_SLICE(arena, p->factor.inverse, tiles + 1, FR_TILE_BYTES);
    FR_SLICE(arena, p->factor.right, block, FR_TILE * (tiles + 1));
    FR_SLICE(arena, p->block.columns, block, FR_TILE * (tiles + 1));
    FR_SLICE(arena, p->block.mask, tiles + 1, 1);
}

/* Goes to the first column of the trial modulo one of the primes. */
static bool begin(void *context, const fr_column_proof *proof, int which) {
    fr_byte_engine *p = context;
    const fr_trial *t = p->trial;
    const fr_proof_modulus *modulus = &p->moduli[which];
    if (which == 0) fr_byte_engine_order(p, proof);
    p->field = &modulus->field;
    const int64_t stride = FR_TILE * p->tiles, d0 = t->problem->inputs;
    const int64_t inputs = d0 < p->coordinates ? d0 : p->coordinates;
    for (int64_t c = 0; c < inputs; c++)
        p->bytes->residues(p->field, modulus->powers, p->tiles, t->x + c * t->ldx, p->rows.by_point + c * stride);
    p->bytes->gather(p->tiles, p->rows.order, inputs, p->rows.by_point, p->rows.x);
    if (d0 < p->coordinates) memset(p->rows.x + d0 * stride, 1, (size_t)p->n); /* the bias */
    memcpy(p->rows.now, p->rows.order, (size_t)p->n * sizeof *p->rows.now);
    return true;
}

/* block.mask = the unit's activations by position. */
static void permute(fr_byte_engine *p, const uint64_t *pattern) {
    p->bytes->permute(p->tiles, p->rows.now, p->words, pattern, p->block.mask);
    if (p->n % FR_TILE) p->block.mask[p->tiles - 1] &= (uint16_t)((1u << p->n % FR_TILE) - 1);
}

/* Writes the chosen columns as plain tiles, and zeros after the last one. */
static void fill_block(fr_byte_engine *p, const fr_column_proof *proof, int64_t count, const fr_proof_column *chosen) {
    int64_t unit = -1;
    const int64_t stride = FR_TILE * p->tiles;
    for (int64_t i = 0; i < (count + FR_TILE - 1) / FR_TILE * FR_TILE; i++) {
        int8_t *column = p->block.columns + FR_TILE * (i / FR_TILE) * stride + FR_TILE * (i % FR_TILE);
        if (i >= count) {
            for (int64_t t = 0; t < p->tiles; t++) memset(column + FR_TILE_BYTES * t, 0, FR_TILE);
            continue;
        }
        if (chosen[i].unit != unit) permute(p, fr_column_proof_unit(proof, unit = chosen[i].unit).pattern);
        p->bytes->select(p->tiles, p->block.mask, p->rows.x + chosen[i].coordinate * stride, column);
    }
}

static int64_t eliminate(void *context, const fr_column_proof *proof, int64_t pivots, int64_t count,
                         const fr_proof_column *columns, int64_t *kept) {
    fr_byte_engine *p = context;
    *kept = 0;
    fill_block(p, proof, count, columns);
    return fr_byte_engine_block(p, pivots, count);
}

static bool draw_patterns(void *context, int64_t first, int64_t count, uint64_t *patterns) {
    fr_byte_engine *p = context;
    fr_trial_patterns(p->trial, first, count, p->weights, p->biases, patterns);
    return true;
}

static bool is_cancelled(void *context) { return fr_is_cancelled(((fr_byte_engine *)context)->session); }

static void tell_done(void *context, double share) {
    const fr_byte_engine *p = context;
    if (p->done) atomic_store_explicit(p->done, share, memory_order_relaxed);
}

bool fr_byte_engine_create(fr_byte_engine *p, fr_session *session, fr_trial *trial, int64_t threads) {
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
    p->engine = (fr_proof_engine){p, p->block.capacity, is_cancelled, tell_done, draw_patterns, begin, eliminate};
    if (!fr_arena_make(&p->memory, lay_out, p)) return false;
    const int32_t primes[2] = {FR_BYTES_PRIME, FR_BYTES_SECOND_PRIME};
    for (int i = 0; i < 2; i++) {
        p->moduli[i].field = fr_bytes_field_make(primes[i]);
        fr_fill_powers_of_two(fr_field_make((uint32_t)primes[i]), p->moduli[i].powers);
    }
    return true;
}

void fr_byte_engine_destroy(fr_byte_engine *p) { fr_arena_free(&p->memory); }
