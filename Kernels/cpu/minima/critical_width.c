/* The search decides the widest width first, then widths between the bounds. If a width cannot be decided, the search
 * continues below it, and then above it. */
#include "minima/critical_width.h"

#include "minima/region/region_state.h"

void fr_search_begin(fr_search *s, int64_t infeasible, int64_t units) {
    *s = (fr_search){.found = {infeasible < 0 ? 0 : infeasible, -1}, .units = units, .width = units, .low_end = units,
                     .high_begin = units};
    s->is_done = s->found.infeasible >= units;
}

bool fr_search_tell(fr_search *s, fr_verdict verdict, int64_t reach) {
    fr_width_bracket *found = &s->found;
    const int64_t width = s->width;
    const bool was_between = s->is_between;
    if (was_between) {
        if (verdict == FR_FEASIBLE) {
            found->feasible = reach;
        } else {
            s->below = width;
            if (verdict == FR_INFEASIBLE && width > found->infeasible) found->infeasible = width;
        }
    } else {
        if (verdict == FR_INFEASIBLE) {
            found->infeasible = width;
        } else if (verdict == FR_FEASIBLE) {
            found->feasible = reach;
            if (reach < s->low_end) s->low_end = reach;
            s->high_begin = reach;
        } else {
            if (width < s->low_end) s->low_end = width;
            if (found->feasible >= 0 && width > found->infeasible && s->low_end < found->feasible &&
                s->high_begin == found->feasible)
                s->high_begin = width;
        }
        if (s->low_end > found->infeasible + 1 && !(width == s->units && verdict == FR_INFEASIBLE)) {
            s->width = found->infeasible + (s->low_end - found->infeasible) / 2;
            return verdict == FR_INFEASIBLE;
        }
        s->is_between = true;
        s->below = s->low_end;
    }
    s->is_done = !(found->feasible >= 0 && found->feasible > s->below + 1);
    if (!s->is_done) s->width = s->below + (found->feasible - s->below) / 2;
    return !was_between && verdict == FR_INFEASIBLE;
}

int64_t fr_region_reach(const fr_region *r) {
    int64_t width = 0;
    for (int64_t t = 0; t < r->squares.count; t++) {
        const int64_t unit = r->rays.list[r->squares.names[t]].unit;
        if (unit + 1 > width) width = unit + 1;
    }
    return width;
}

bool fr_region_is_zero(const fr_region *r) {
    bool zero = true;
    for (int64_t j = 0; j < r->n; j++) zero &= r->data->labels[j] == 0;
    return zero;
}

fr_width_bracket fr_region_width_bracket(fr_region *r, int64_t infeasible, int64_t units) {
    if (fr_region_is_zero(r)) return (fr_width_bracket){-1, 0};
    fr_search search;
    fr_search_begin(&search, infeasible, units);
    while (!search.is_done) {
        fr_region_take_up(r);
        const int64_t width = search.width;
        const fr_verdict verdict = fr_region_decide(r, width);
        if (fr_search_tell(&search, verdict, r->points.few ? width : fr_region_reach(r))) fr_region_keep(r);
    }
    return search.found;
}
