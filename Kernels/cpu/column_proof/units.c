/* The units of a trial whose profile is to be proved: drawn as they are needed, those left out that add nothing. */
#include <stdlib.h>
#include <string.h>

#include "column_proof/column_proof.h"

/* Beyond so many a trial is given up: each is compared with all before it. */
static int64_t most_units(int64_t rows, int64_t k) { return 256 + 4 * rows / k; }

static bool is_known(const fr_column_proof *p, const uint64_t *pattern, uint64_t hash) {
    for (int64_t u = 0; u < p->units; u++)
        if (p->unit[u].hash == hash &&
            memcmp(fr_proof_pattern(p, u), pattern, (size_t)p->words * sizeof *pattern) == 0)
            return true;
    return false;
}

static bool grow(fr_column_proof *p) {
    const int64_t capacity = 2 * p->unit_capacity;
    fr_proof_unit *unit = realloc(p->unit, (size_t)capacity * sizeof *unit);
    if (unit == NULL) return false;
    p->unit = unit;
    uint64_t *patterns = realloc(p->patterns, ((size_t)capacity * (size_t)p->words + 1) * sizeof *patterns);
    if (patterns == NULL) return false;
    p->patterns = patterns;
    uint64_t *supports = realloc(p->supports, ((size_t)capacity * (size_t)p->words + 1) * sizeof *supports);
    if (supports == NULL) return false;
    p->supports = supports;
    p->unit_capacity = capacity;
    return true;
}

/* The first batch holds what full rank needs at least; then batches double. */
static int64_t units_to_draw(const fr_column_proof *p) {
    const int64_t rest = p->trial->problem->units - p->drawn;
    int64_t count = p->drawn;
    if (count == 0) count = ((p->n + p->k - 1) / p->k + FR_SIGN_UNITS - 1) / FR_SIGN_UNITS * FR_SIGN_UNITS;
    if (count > FR_UNIT_BATCH) count = FR_UNIT_BATCH;
    return count < rest ? count : rest;
}

/* Up to this many points units are compared with all earlier ones as they come; beyond, when it matters. */
#define COMPARED_POINTS 512

static void add_unit(fr_column_proof *p, int64_t number, const uint64_t *pattern, uint64_t hash, int64_t active) {
    const int64_t unit = p->units++;
    memcpy(p->patterns + unit * p->words, pattern, (size_t)p->words * sizeof *pattern);
    memcpy(p->supports + unit * p->words, pattern, (size_t)p->words * sizeof *pattern);
    for (int64_t w = 0; w < p->words; w++) p->reached[w] |= pattern[w];
    p->unit[unit] = (fr_proof_unit){.number = number,
                                    .hash = hash,
                                    .reached = p->bytes->differing(p->words, p->reached, NULL),
                                    .most = active < p->k ? active : p->k};
    if (p->n <= COMPARED_POINTS) fr_column_proof_compare(p, p->compared++);
    p->unit[unit].limit = p->unit[unit].most;
}

bool fr_column_proof_draw(fr_column_proof *p, fr_proof_outcome *end) {
    if (p->units > most_units(p->n, p->k)) {
        *end = FR_NOT_PROVED;
        return false;
    }
    for (const int64_t before = p->units; p->units == before;) {
        const int64_t count = units_to_draw(p);
        if (count <= 0) return false;
        fr_trial_patterns(p->trial, p->drawn, count, p->weights, p->biases, p->batch);
        for (int64_t i = 0; i < count; i++) {
            const uint64_t *pattern = p->batch + i * p->words;
            const int64_t active = p->bytes->differing(p->words, pattern, NULL);
            const uint64_t hash = fr_pattern_hash(pattern, p->words);
            if (active == 0 || is_known(p, pattern, hash)) continue;
            if (p->units == p->unit_capacity && !grow(p)) {
                *end = FR_PROOF_NO_MEMORY;
                return false;
            }
            add_unit(p, p->drawn + i, pattern, hash, active);
        }
        p->drawn += count;
    }
    return true;
}
