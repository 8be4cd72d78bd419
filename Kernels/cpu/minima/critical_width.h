/* The search for the least width from which on a region contains a minimum. Private to Kernels/cpu. */
#ifndef FR_CPU_MINIMA_STAIRCASE_H
#define FR_CPU_MINIMA_STAIRCASE_H

#include <stdbool.h>
#include <stdint.h>

#include "fullrank_kernels.h"

typedef struct fr_search {
    fr_width_bracket found; /* so far */
    int64_t units;
    int64_t width;      /* the one to decide next, unless `is_done` */
    bool is_done;
    bool is_between;    /* the search is now for the least feasible width above the undecided ones */
    int64_t low_end, high_begin, below;
} fr_search;

/* Widths up to `infeasible` are known to be infeasible; -1 or 0: none is known. The labels must not all be 0. */
void fr_search_begin(fr_search *search, int64_t infeasible, int64_t units);
/* Records the verdict on `width` and chooses the next width. reach: a feasible width, at most `width`. Returns true if
 * the rays in use are a start for all widths to come. */
bool fr_search_tell(fr_search *search, fr_verdict verdict, int64_t reach);

#endif
