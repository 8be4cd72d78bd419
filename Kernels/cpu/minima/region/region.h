/* Decides for any dimension which widths contain a zero-loss minimum, by rays found on demand. Every verdict is
 * verified (docs/minima.md, sections 3 to 5). Private to Kernels/cpu. */
#ifndef FR_CPU_MINIMA_REGION_H
#define FR_CPU_MINIMA_REGION_H

#include "samples/minima_data.h"
#include "minima_solver.h"

typedef struct fr_region fr_region;

/* Creates a region for up to `problem->points` points and `problem->units` units; NULL if memory runs out. */
fr_region *fr_region_create(const fr_problem *problem);
/* From here on, decisions that are running when the session is cancelled end as undecided. */
void fr_region_heed(fr_region *region, fr_session *session);
void fr_region_destroy(fr_region *region);
/* Takes the first n points of the trial and their current labels. The data must keep weights. */
void fr_region_begin(fr_region *region, const fr_minima_data *data, int64_t n);
/* The verdict on the region of the first `width` units. */
fr_verdict fr_region_decide(fr_region *region, int64_t width);
/* The same verdict, from the rays that a solver found. *again is set if the solver's answer could not be certified and
 * the CPU solver had to continue. The region must not be trivial. */
fr_verdict fr_region_judge(fr_region *region, int64_t width, const fr_solver_answer *answer, bool *again);
/* Whether the region needs no rays: it has few points, or all of them are 0. */
bool fr_region_is_trivial(const fr_region *region);
/* k: the dimension that the points span. */
int64_t fr_region_dimensions(const fr_region *region);
/* Whether all labels are 0: any width then contains a minimum. */
bool fr_region_is_zero(const fr_region *region);
/* The least width that contains all units of the rays in use. */
int64_t fr_region_reach(const fr_region *region);
/* Copies everything that a solver needs into *out: sizes, points, labels, patterns, signs (0 for units that add
 * nothing), and a point inside each unit's cell. */
void fr_region_hand_out(fr_region *region, fr_solver_region *out);
/* Finds the bracket. Widths up to `infeasible` are known to be infeasible. */
fr_width_bracket fr_region_width_bracket(fr_region *region, int64_t infeasible, int64_t units);
/* Writes the proof of the last verdict into the caller's buffers. */
void fr_region_proof(fr_region *region, fr_minima_proof *proof);

#endif
