/* Turns floating-point results into a verdict: an active set finds rays, the verdict they suggest is proved, and exact
 * arithmetic decides if the proof fails. */
#include <string.h>

#include "minima/region/region_state.h"

void fr_region_destroy(fr_region *r) {
    if (!r) return;
    fr_exact_destroy(r->exact);
    fr_region_release(r);
}

static fr_verdict proved(fr_region *r, int64_t width, fr_solved solved) {
    const bool is = solved == FR_SOLVED_MET         ? fr_region_proves_feasible(r)
                    : solved == FR_SOLVED_SEPARATED ? fr_region_proves_infeasible(r, width)
                                                    : false;
    return !is ? FR_UNDECIDED : solved == FR_SOLVED_MET ? FR_FEASIBLE : FR_INFEASIBLE;
}

fr_verdict fr_region_decide(fr_region *r, int64_t width) {
    if (r->points.few) return r->verdict = fr_region_few_points(r, width);
    if (r->k == 0) return r->verdict = fr_region_no_dimension(r);
    r->verdict = proved(r, width, fr_region_solve(r, width));
    if (r->verdict == FR_UNDECIDED) r->verdict = fr_region_decide_exactly(r, width);
    return r->verdict;
}

fr_verdict fr_region_judge(fr_region *r, int64_t width, const fr_solver_answer *answer, bool *again) {
    const bool taken = fr_region_adopt(r, width, answer);
    r->verdict = taken ? proved(r, width, answer->solved) : FR_UNDECIDED;
    *again = r->verdict == FR_UNDECIDED;
    if (!*again) return r->verdict;
    /* The other solver may have ended early. The CPU solver continues from its rays, and the proof is repeated if they
     * change. */
    const int64_t steps = r->rays.steps;
    const fr_solved solved = fr_region_solve(r, width);
    if (!taken || solved != answer->solved || r->rays.steps != steps) r->verdict = proved(r, width, solved);
    if (r->verdict == FR_UNDECIDED) r->verdict = fr_region_decide_exactly(r, width);
    return r->verdict;
}

void fr_region_proof(fr_region *r, fr_minima_proof *proof) {
    const fr_nnls *s = &r->squares;
    const int64_t z = r->k - 1, all = r->dimensions - 1;
    const bool has_rays = !r->points.few && r->k > 0;
    proof->verdict = r->verdict;
    proof->rays = has_rays ? s->count : 0;
    for (int64_t t = 0; t < proof->rays; t++) {
        const fr_ray *ray = &r->rays.list[s->names[t]];
        proof->ray_units[t] = ray->unit;
        for (int64_t q = 0; q < all; q++) proof->ray_zeros[t * all + q] = q < z ? ray->zeros[q] : -1;
    }
    const bool feasible = r->verdict == FR_FEASIBLE;
    if (has_rays)
        memcpy(proof->values, feasible ? s->coefficients : s->residual,
               (size_t)(feasible ? s->count : r->n) * sizeof(double));
    for (int64_t unit = 0; r->verdict == FR_INFEASIBLE && unit < r->problem->units; unit++)
        for (int64_t q = 0; q < all; q++)
            proof->bases[unit * all + q] = has_rays && q < z ? r->proof.bases[unit * z + q] : -1;
}
