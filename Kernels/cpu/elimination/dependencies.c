/* The relations that explain a trial's missing rank: the multipliers M of the elimination, whose remaining non-pivot
 * rows at the end are the rows without pivots. All threads work on the one trial. The cost is that of its rank
 * profile. */
#include <stdlib.h>

#include "elimination/khatri_rao.h"
#include "table.h"

typedef struct engine {
    fr_trial trial;
    fr_khatri_rao columns;
    fr_workspace *workspace;
    double *powers;
} engine;

static bool make(engine *e, const fr_isa *isa, const fr_problem *problem, fr_field field) {
    e->powers = calloc(FR_POWER_COUNT, sizeof(double));
    if (!e->powers) return false;
    fr_fill_powers_of_two(field, e->powers);
    if (!fr_trial_create(&e->trial, isa, problem) ||
        !fr_khatri_rao_create(&e->columns, &e->trial, fr_residues_make(field, e->powers),
                              fr_block_columns(problem->points)))
        return false;
    e->workspace = fr_workspace_create(problem->points);
    return e->workspace != NULL;
}

static void release(engine *e) {
    fr_khatri_rao_destroy(&e->columns);
    fr_trial_destroy(&e->trial);
    fr_workspace_destroy(e->workspace);
    free(e->powers);
}

static fr_status check(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t trial,
                       int64_t capacity) {
    fr_status status = fr_check_problem(session, problem);
    if (status == FR_OK) status = fr_check_trials(session, trial, 1);
    if (status == FR_OK) status = fr_check_prime(session, prime);
    if (status != FR_OK || capacity >= 0) return status;
    return fr_fail(session, FR_INVALID_ARGUMENT, "capacity is %lld", (long long)capacity);
}

fr_status fr_cpu_dependencies(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t trial,
                              int64_t *pivot_columns, int64_t capacity, uint32_t *relations, int64_t *count) {
    fr_begin_call(session);
    fr_status status = check(session, problem, prime, trial, capacity);
    if (status != FR_OK) return status;
    const char *missing = !count                                              ? "count"
                          : !pivot_columns && problem->points > 0             ? "pivot_columns"
                          : !relations && capacity > 0 && problem->points > 0 ? "relations"
                                                                              : NULL;
    if (missing) return fr_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", missing);
    const fr_isa *isa = fr_isa_best();
    const fr_field field = fr_field_make(prime);
    const int64_t n = problem->points;
    engine e = {.workspace = NULL};
    double inverses[FR_INVERSES];
    fr_fill_inverses(field, inverses);
    if (make(&e, isa, problem, field)) {
        fr_trial_begin(&e.trial, trial);
        fr_khatri_rao_begin(&e.columns);
        fr_pool *pool = fr_pool_size(session->pool) > 1 ? session->pool : NULL;
        const fr_elimination elimination = {session, {isa, field, inverses, pool}, &session->done};
        status = fr_eliminate(e.workspace, &elimination, &e.columns.generator, n, pivot_columns);
        int64_t found = 0;
        for (int64_t j = 0; status == FR_OK && j < n; j++) {
            if (pivot_columns[j] >= 0) continue;
            if (found < capacity) fr_relation(e.workspace, field, j, relations + found * n);
            found++;
        }
        *count = found;
    } else {
        status = fr_fail(session, FR_OUT_OF_MEMORY, "not enough memory to eliminate %lld rows", (long long)n);
    }
    release(&e);
    return status == FR_CANCELLED ? fr_fail(session, FR_CANCELLED, "cancelled") : status;
}
