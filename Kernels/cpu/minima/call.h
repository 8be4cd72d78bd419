/* State shared by the stages of a call of `minima` (minima_solver.h). Private to Kernels/cpu. */
#ifndef FR_CPU_MINIMA_H
#define FR_CPU_MINIMA_H

#include "session/session.h"
#include "minima_solver.h"

static inline uint8_t fr_minima_verdict(fr_width_bracket s, int64_t width) {
    if (width <= s.infeasible) return FR_INFEASIBLE;
    return s.feasible >= 0 && width >= s.feasible ? FR_FEASIBLE : FR_UNDECIDED;
}

/* Reports that memory ran out. */
static inline fr_status fr_minima_no_memory(const fr_minima_call *call) {
    return fr_fail(call->session, FR_OUT_OF_MEMORY, "not enough memory for %lld points and %lld units",
                   (long long)call->problem->points, (long long)call->problem->units);
}

/* minima/lockstep.c: decides regions of more than one input. Solvers find their rays, for many regions at a time. There
 * must be at least one cell. */
fr_status fr_minima_in_lockstep(const fr_minima_call *call, const fr_minima_solver *solvers, int solver_count);

#endif
