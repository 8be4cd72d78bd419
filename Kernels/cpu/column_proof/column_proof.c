/* Proves the column rank profile of a trial, block by block (column_proof/column_proof.h). */
#include "column_proof/column_proof.h"

#include <stdlib.h>
#include <string.h>

#include "samples/trial.h"

/* A trial with more dependent columns than this is FR_NOT_PROVED, as is one of too many units (column_proof/units.c).
 * It is a wide network short of full rank: here each further unit would be examined in turn, whereas the elimination
 * skips most of them by its pattern filter. */
static int64_t most_dependent(int64_t rows) { return 16 + (rows + FR_TILE - 1) / FR_TILE; }

/* Chosen by timing batches of trials on one thread with AVX-512 and AVX2. With k = 3 few trials are proved, with k = 4
 * nine of ten, with larger k nearly all. Without either instruction set a proof takes up to twice as long as the
 * elimination, but what is proved must not depend on the instruction set. */
bool fr_column_proof_pays(const fr_problem *problem) {
    return problem->inputs + problem->bias >= FR_COLUMN_PROOF_LEAST_K && problem->points >= FR_COLUMN_PROOF_LEAST_POINTS;
}

/* Classes have more than k points each; two more are being examined. */
static size_t most_classes(int64_t rows, int64_t k) { return 2 + (size_t)(rows / (k + 1)); }

size_t fr_column_proof_memory(int64_t rows, int64_t k, int64_t most_block) {
    const size_t classes = 16 * most_classes(rows, k) * ((size_t)rows / 64 + 1);
    return classes + 17 * (size_t)rows + sizeof(fr_proof_column) * (size_t)most_block;
}

static void lay_out(void *object, fr_arena *arena) {
    fr_column_proof *p = object;
    const size_t n = (size_t)p->n, words = (size_t)p->words, classes = most_classes(p->n, p->k);
    FR_SLICE(arena, p->units.reached, words, 1);
    FR_SLICE(arena, p->units.batch, FR_UNIT_BATCH, words);
    FR_SLICE(arena, p->chosen, p->most_block, 1);
    FR_SLICE(arena, p->matching.unit_of_row, n, 1);
    FR_SLICE(arena, p->matching.matched, words, 1);
    FR_SLICE(arena, p->matching.eligible, words, 1);
    FR_SLICE(arena, p->matching.open_rows, words, 1);
    FR_SLICE(arena, p->matching.path_unit, n + 1, 1);
    FR_SLICE(arena, p->matching.path_row, n + 1, 1);
    FR_SLICE(arena, p->matching.classes, classes, words);
    FR_SLICE(arena, p->matching.split, classes, words);
}

bool fr_column_proof_create(fr_column_proof *p, const fr_problem *problem, int64_t most_block) {
    memset(p, 0, sizeof *p);
    p->bytes = fr_bytes_best();
    p->problem = problem;
    p->n = problem->points;
    p->k = problem->inputs + problem->bias;
    p->words = (p->n + 63) / 64;
    p->most_block = most_block;
    return fr_arena_make(&p->memory, lay_out, p) && fr_proof_units_create(p);
}

void fr_column_proof_destroy(fr_column_proof *p) {
    fr_arena_free(&p->memory);
    fr_arena_free(&p->units.memory);
}

fr_column_proof *fr_column_proof_make(const fr_problem *problem, int64_t most_block) {
    fr_column_proof *p = calloc(1, sizeof *p);
    if (p && !fr_column_proof_create(p, problem, most_block)) {
        fr_column_proof_free(p);
        return NULL;
    }
    return p;
}

void fr_column_proof_free(fr_column_proof *p) {
    if (p) fr_column_proof_destroy(p);
    free(p);
}

int64_t fr_column_proof_units(const fr_column_proof *p) { return p->units.count; }

fr_proof_unit_view fr_column_proof_unit(const fr_column_proof *p, int64_t unit) {
    const fr_proof_unit *u = &p->units.list[unit];
    return (fr_proof_unit_view){u->number, u->most, u->reached, fr_proof_pattern(p, unit)};
}

/* Goes to the first column of the trial modulo one of the primes. The units drawn so far remain. */
static bool begin_modulo(fr_column_proof *p, int which) {
    memset(p->matching.matched, 0, (size_t)p->words * sizeof *p->matching.matched);
    fr_proof_all_points(p->n, p->matching.classes);
    p->matching.class_count = 1;
    p->matching.classified = 0;
    for (int64_t u = 0; u < p->units.count; u++) {
        p->units.list[u].limit = p->units.list[u].most;
        p->units.list[u].pivots = p->units.list[u].matched = 0;
    }
    return p->engine->begin(p->engine->context, p, which);
}

/* The next column from `next` on if it, too, follows `pivots` pivots; draws units as they are needed. A unit has no more
 * pivots than its limit, and no column can be one if all the points that the units reach have pivots. False: none left,
 * or the proof ends here. */
static bool find_column(fr_column_proof *p, fr_proof_column *next, int64_t pivots, fr_proof_outcome *end) {
    for (;; *next = (fr_proof_column){next->unit + 1, 0}) {
        if (next->unit == p->units.count && !fr_column_proof_draw(p, end)) return false;
        const fr_proof_unit *unit = &p->units.list[next->unit];
        if (next->coordinate < unit->limit && pivots < unit->reached) return true;
    }
}

/* Chooses at most `want` columns, from `next` on, which follow `pivots` pivots; answers their number. The chosen
 * columns are expected to be pivots as well. */
static int64_t choose(fr_column_proof *p, fr_proof_column next, int64_t pivots, int64_t want, fr_proof_outcome *end) {
    int64_t count = 0;
    for (; count < want && find_column(p, &next, pivots + count, end); next.coordinate++) p->chosen[count++] = next;
    return count;
}

/* Reports the work done as a share of n^3/3. */
static void report(const fr_column_proof *p, int64_t pivots) {
    const double x = (double)pivots / (double)p->n;
    p->engine->tell_done(p->engine->context, x * x * (3.0 - 2.0 * x));
}

/* Column `found` of the block depends on those before it. If its unit is exhausted, its further columns are left out.
 */
static bool leave_out(fr_column_proof *p, int64_t found) {
    const int64_t unit = p->chosen[found].unit;
    for (int64_t i = 0; i < found; i++) p->units.list[p->chosen[i].unit].pivots++;
    const bool exhausted = fr_column_proof_is_exhausted(p, unit);
    if (exhausted) p->units.list[unit].limit = p->units.list[unit].pivots;
    for (int64_t i = 0; i < found; i++) p->units.list[p->chosen[i].unit].pivots--;
    return exhausted;
}


/* The first `count` chosen columns have pivots. */
static void take_pivots(fr_column_proof *p, int64_t count, int64_t *pivots, int64_t *pivot_columns) {
    for (int64_t i = 0; i < count; i++) {
        fr_proof_unit *unit = &p->units.list[p->chosen[i].unit];
        unit->pivots++;
        pivot_columns[(*pivots)++] = unit->number * p->k + p->chosen[i].coordinate;
    }
}

/* *nonpivots is set to the number of rows without a pivot if the answer is FR_NOT_PROVED. */
static fr_proof_outcome profile_modulo(fr_column_proof *p, int which, int64_t *pivot_columns, int64_t *nonpivots) {
    const fr_proof_engine *engine = p->engine;
    *nonpivots = p->n;
    if (!begin_modulo(p, which)) return FR_PROOF_STOPPED;
    fr_proof_outcome end = FR_PROVED;
    fr_proof_column next = {0, 0};
    int64_t pivots = 0, dependent = 0;
    while (pivots < p->n) {
        if (engine->is_cancelled(engine->context)) return FR_PROOF_STOPPED;
        const int64_t block = engine->block < p->most_block ? engine->block : p->most_block;
        const int64_t want = p->n - pivots < block ? p->n - pivots : block;
        const int64_t count = choose(p, next, pivots, want, &end);
        if (end != FR_PROVED) return end;
        if (count == 0) break;
        int64_t kept = 0;
        const int64_t found = engine->eliminate(engine->context, p, pivots, count, p->chosen, &kept);
        if (found < 0) return FR_PROOF_STOPPED;
        if (found == count) kept = count;
        if (found < count && (++dependent > most_dependent(p->n) || !leave_out(p, found))) {
            *nonpivots = p->n - pivots - found;
            return FR_NOT_PROVED;
        }
        take_pivots(p, kept, &pivots, pivot_columns);
        report(p, pivots);
        if (kept > 0)
            next = (fr_proof_column){p->chosen[kept - 1].unit, p->chosen[kept - 1].coordinate + 1};
        if (found == count && count < want) break;
    }
    for (; pivots < p->n; pivots++) pivot_columns[pivots] = -1;
    return FR_PROVED;
}

fr_proof_outcome fr_column_proof_begin(fr_column_proof *p, const fr_proof_engine *engine) {
    p->engine = engine;
    p->units.count = p->units.drawn = p->units.compared = 0;
    memset(p->units.reached, 0, (size_t)p->words * sizeof *p->units.reached);
    fr_proof_outcome end = FR_PROVED;
    fr_column_proof_draw(p, &end);
    return end;
}

fr_proof_outcome fr_column_proof_look_ahead(fr_column_proof *p, const fr_proof_engine *engine) {
    p->engine = engine;
    for (int64_t u = 0; u < p->units.count; u++) p->units.list[u].limit = p->units.list[u].most;
    fr_proof_outcome end = FR_PROVED;
    fr_proof_column next = {0, 0};
    for (int64_t pivots = 0; pivots < p->n && find_column(p, &next, pivots, &end); pivots++) next.coordinate++;
    return end;
}

fr_proof_outcome fr_column_proof_modulo(fr_column_proof *p, const fr_proof_engine *engine, int which,
                                        int64_t *pivot_columns, bool *again) {
    p->engine = engine;
    int64_t nonpivots;
    const fr_proof_outcome outcome = profile_modulo(p, which, pivot_columns, &nonpivots);
    /* An independent column is 0 modulo p in each non-pivot row with probability 1/p. If one or two rows are left, that
     * is the likely cause, and another prime may do; if more are left, the column is dependent for an unknown reason.
     */
    *again = which == 0 && outcome == FR_NOT_PROVED && nonpivots <= 2;
    return outcome;
}

fr_proof_outcome fr_column_proof_profile(fr_column_proof *p, const fr_proof_engine *engine, int64_t *pivot_columns) {
    bool again;
    fr_proof_outcome outcome = fr_column_proof_begin(p, engine);
    if (outcome == FR_PROVED) outcome = fr_column_proof_modulo(p, engine, 0, pivot_columns, &again);
    else again = false;
    if (again) outcome = fr_column_proof_modulo(p, engine, 1, pivot_columns, &again);
    return outcome;
}
