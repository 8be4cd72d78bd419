/* One call of `minima` as its stages see it. Private to Kernels/cpu. */
#ifndef FR_CPU_MINIMA_H
#define FR_CPU_MINIMA_H

#include "session/session.h"
#include "minima_solver.h"

typedef struct fr_minima_call {
    fr_session *session;
    const fr_problem *problem;
    const fr_minima *minima;
    uint64_t first_trial;
    int64_t trials;
    fr_width_bracket *brackets; /* trials x points */
    uint8_t *verdicts;        /* trials x points x units */
    fr_outcome *outcomes;     /* trials, not computed to begin with */
} fr_minima_call;

static inline uint8_t fr_minima_verdict(fr_width_bracket s, int64_t width) {
    if (width <= s.infeasible) return FR_INFEASIBLE;
    return s.feasible >= 0 && width >= s.feasible ? FR_FEASIBLE : FR_UNDECIDED;
}

/* The words of running out of memory. */
static inline fr_status fr_minima_no_memory(const fr_minima_call *call) {
    return fr_fail(call->session, FR_OUT_OF_MEMORY, "not enough memory for %lld points and %lld units",
                   (long long)call->problem->points, (long long)call->problem->units);
}

/* minima/lockstep.c: regions of more than one input, their rays found by solvers, many at a time. At least one cell. */
fr_status fr_minima_in_lockstep(const fr_minima_call *call, const fr_minima_solver *solvers, int solver_count);

#endif
