/* Draws the units of a trial as they are needed, and leaves out those that add nothing. */
#include <string.h>

#include "column_proof/column_proof.h"
#include "samples/trial.h"

/* A trial of more units is FR_NOT_PROVED: each unit is compared with all before it. */
static int64_t most_units(int64_t rows, int64_t k) { return 256 + 4 * rows / k; }

static bool is_known(const fr_column_proof *p, const uint64_t *pattern, uint64_t hash) {
    for (int64_t u = 0; u < p->units.count; u++)
        if (p->units.hashes[u] == hash &&
            memcmp(fr_proof_pattern(p, u), pattern, (size_t)p->words * sizeof *pattern) == 0)
            return true;
    return false;
}

static void lay_out(void *object, fr_arena *arena) {
    fr_column_proof *p = object;
    FR_SLICE(arena, p->units.list, p->units.capacity, 1);
    FR_SLICE(arena, p->units.hashes, p->units.capacity, 1);
    FR_SLICE(arena, p->units.patterns, p->units.capacity, p->words);
    FR_SLICE(arena, p->units.supports, p->units.capacity, p->words);
}

/* With this many points or more, the list has room for the units of most trials from the start: growing copies it. */
#define MANY_POINTS 4096

bool fr_proof_units_create(fr_column_proof *p) {
    const int64_t usual = p->n / p->k + p->n / p->k / 8 + 2 * FR_UNIT_BATCH, all = p->problem->units + FR_UNIT_BATCH;
    p->units.capacity = p->n < MANY_POINTS ? FR_UNIT_BATCH : usual < all ? usual : all;
    return fr_arena_make(&p->units.memory, lay_out, p);
}

static bool grow(fr_column_proof *p) {
    fr_proof_units old = p->units;
    p->units.capacity *= 2;
    if (!fr_arena_make(&p->units.memory, lay_out, p)) {
        p->units = old;
        return false;
    }
    const size_t words = (size_t)(old.count * p->words);
    memcpy(p->units.list, old.list, (size_t)old.count * sizeof *old.list);
    memcpy(p->units.hashes, old.hashes, (size_t)old.count * sizeof *old.hashes);
    memcpy(p->units.patterns, old.patterns, words * sizeof *old.patterns);
    memcpy(p->units.supports, old.supports, words * sizeof *old.supports);
    fr_arena_free(&old.memory);
    return true;
}

/* The first batch has as many units as full rank needs at least; then the batches double. */
static int64_t units_to_draw(const fr_column_proof *p) {
    const int64_t rest = p->problem->units - p->units.drawn;
    int64_t count = p->units.drawn;
    if (count == 0) count = ((p->n + p->k - 1) / p->k + FR_SIGN_UNITS - 1) / FR_SIGN_UNITS * FR_SIGN_UNITS;
    if (count > FR_UNIT_BATCH) count = FR_UNIT_BATCH;
    return count < rest ? count : rest;
}

/* With at most this many points each unit is compared with all earlier ones when it is drawn; with more points, when
 * the comparison is needed. */
#define COMPARED_POINTS 512

static void add_unit(fr_column_proof *p, int64_t number, const uint64_t *pattern, uint64_t hash, int64_t active) {
    const int64_t unit = p->units.count++;
    memcpy(p->units.patterns + unit * p->words, pattern, (size_t)p->words * sizeof *pattern);
    p->units.hashes[unit] = hash;
    for (int64_t w = 0; w < p->words; w++) p->units.reached[w] |= pattern[w];
    p->units.list[unit] = (fr_proof_unit){.number = number,
                                          .reached = p->bytes->differing(p->words, p->units.reached, NULL),
                                          .most = active < p->k ? active : p->k};
    if (p->n <= COMPARED_POINTS) fr_column_proof_compare(p, p->units.compared++);
    p->units.list[unit].limit = p->units.list[unit].most;
}

bool fr_column_proof_draw(fr_column_proof *p, fr_proof_outcome *end) {
    if (p->units.count > most_units(p->n, p->k)) {
        *end = FR_NOT_PROVED;
        return false;
    }
    for (const int64_t before = p->units.count; p->units.count == before;) {
        const int64_t count = units_to_draw(p);
        if (count <= 0) return false;
        if (!p->engine->patterns(p->engine->context, p->units.drawn, count, p->units.batch)) {
            *end = FR_PROOF_STOPPED;
            return false;
        }
        for (int64_t i = 0; i < count; i++) {
            const uint64_t *pattern = p->units.batch + i * p->words;
            const int64_t active = p->bytes->differing(p->words, pattern, NULL);
            const uint64_t hash = fr_pattern_hash(pattern, p->words);
            if (active == 0 || is_known(p, pattern, hash)) continue;
            if (p->units.count == p->units.capacity && !grow(p)) {
                *end = FR_PROOF_NO_MEMORY;
                return false;
            }
            add_unit(p, p->units.drawn + i, pattern, hash, active);
        }
        p->units.drawn += count;
    }
    return true;
}
