/* Any dimension: which widths hold a zero-loss minimum, by rays on demand, every verdict verified (docs/minima.md,
 * sections 3 to 5). Private to Kernels/cpu. */
#ifndef FR_CPU_MINIMA_REGION_H
#define FR_CPU_MINIMA_REGION_H

#include "samples/minima_data.h"
#include "minima_solver.h"

typedef struct fr_region fr_region;

/* For up to `problem->points` points and `problem->units` units. NULL when out of memory. */
fr_region *fr_region_create(const fr_problem *problem);
/* Cancelling the session ends decisions from here on, undecided. */
void fr_region_heed(fr_region *region, fr_session *session);
void fr_region_destroy(fr_region *region);
/* The first n points of the trial, labels as they are now. The data must keep weights. */
void fr_region_begin(fr_region *region, const fr_minima_data *data, int64_t n);
/* Verdict on the region of the first `width` units. */
fr_verdict fr_region_decide(fr_region *region, int64_t width);
/* The same from the rays that a solver found. *again is set when the solver's answer could not be certified and the CPU
 * solver had to continue. Not for a trivial region. */
fr_verdict fr_region_judge(fr_region *region, int64_t width, const fr_solver_answer *answer, bool *again);
/* No rays are wanted: few points, or all of them 0. */
bool fr_region_is_trivial(const fr_region *region);
/* k: what the points span. */
int64_t fr_region_dimensions(const fr_region *region);
/* All labels are 0: any width holds a minimum. */
bool fr_region_is_zero(const fr_region *region);
/* Widths that the rays in use reach. */
int64_t fr_region_reach(const fr_region *region);
/* Dimensions that the points span, units that add something, a point inside each one's cell: what a solver is given,
 * but for the number of points and units, and the labels. */
void fr_region_hand_out(fr_region *region, fr_solver_region *out);
/* Widths up to `infeasible` are known to be infeasible. */
fr_width_bracket fr_region_width_bracket(fr_region *region, int64_t infeasible, int64_t units);
/* The proof of the last verdict; buffers are the caller's. */
void fr_region_proof(fr_region *region, fr_minima_proof *proof);

#endif
