/* A fixed amount of work, for counting instructions (Scripts/bench --check): valgrind's callgrind collects inside
 * counted_work only.
 *
 *   profile_instructions small | middle | large | wide | deficient | columns | columns-1000
 *
 * One thread; FULLRANK_ISA chooses the kernels. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fullrank_kernels.h"

typedef struct workload {
    const char *name;
    int64_t inputs, points, units, trials;
    bool columns_only;
} workload;

static const workload workloads[] = {
    {"small", 10, 40, 300, 400, false},      /* a batch of the published sizes */
    {"middle", 10, 300, 1000, 4, false},     /* above the rows that begin right-looking */
    {"large", 10, 1000, 1000, 1, false},     /* the streamed elimination */
    {"wide", 1, 100, 50000, 4, false},       /* one input: by order, with no elimination */
    {"deficient", 2, 200, 60, 10, false},    /* ends before full rank */
    {"columns", 5, 300, 1000, 10, true},     /* proved, modulo a prime of eight bits */
    {"columns-1000", 5, 1000, 1000, 1, true},
};

/* Not inlined: callgrind knows it by name. */
__attribute__((noinline)) void counted_work(const fr_backend *cpu, fr_session *session, const fr_problem *problem,
                                            const workload *chosen, int64_t *pivots, uint8_t *proofs,
                                            fr_outcome *outcomes);

void counted_work(const fr_backend *cpu, fr_session *session, const fr_problem *problem, const workload *chosen,
                  int64_t *pivots, uint8_t *proofs, fr_outcome *outcomes) {
    const fr_status status =
        chosen->columns_only
            ? cpu->column_profiles(session, problem, FR_PRIME_MAX, 0, chosen->trials, pivots, proofs, outcomes)
            : cpu->rank_profiles(session, problem, FR_PRIME_MAX, 0, chosen->trials, pivots, outcomes);
    if (status != FR_OK) {
        fprintf(stderr, "%s\n", cpu->last_error(session));
        exit(1);
    }
}

int main(int count, char **arguments) {
    const workload *chosen = NULL;
    for (size_t i = 0; count > 1 && i < sizeof workloads / sizeof *workloads; i++) {
        if (strcmp(workloads[i].name, arguments[1]) == 0) chosen = &workloads[i];
    }
    if (chosen == NULL) {
        fprintf(stderr, "usage: profile_instructions small | middle | large | wide | deficient | columns | columns-1000\n");
        return 64;
    }
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session_options options = {sizeof options, 0, 1, 0, 0};
    fr_session *session;
    char reason[256];
    if (cpu->open(&options, &session, reason, sizeof reason) != FR_OK) {
        fprintf(stderr, "%s\n", reason);
        return 1;
    }
    fr_problem problem = {.points = chosen->points, .inputs = chosen->inputs, .units = chosen->units, .bias = 1};
    int64_t *pivots = malloc((size_t)(chosen->trials * chosen->points) * sizeof *pivots);
    fr_outcome *outcomes = malloc((size_t)chosen->trials * sizeof *outcomes);
    uint8_t *proofs = malloc((size_t)chosen->trials);
    if (pivots == NULL || proofs == NULL || outcomes == NULL) return 1;
    counted_work(cpu, session, &problem, chosen, pivots, proofs, outcomes);
    int64_t pivots_found = 0;
    for (int64_t i = 0; i < chosen->trials * chosen->points; i++) pivots_found += pivots[i] >= 0;
    printf("%s; %s: %lld pivots\n", cpu->library_version(), chosen->name, (long long)pivots_found);
    free(outcomes);
    free(proofs);
    free(pivots);
    cpu->close(session);
    return 0;
}
