/* The verdict on a region in exact arithmetic, from where floating point left off (docs/minima.md, section 6). Private
 * to Kernels/cpu. */
#ifndef FR_CPU_MINIMA_EXACT_H
#define FR_CPU_MINIMA_EXACT_H

#include "minima/region/region_state.h"
#include "numbers/ball.h"
#include "session/arena.h"

struct fr_exact {
    fr_arena memory;
    fr_region *region;
    fr_ball_context reals;
    int64_t n, k, capacity; /* at hand; rays that everything is made for */
    fr_ball *points, *labels; /* n x k, n */
    fr_ball *values;  /* by slot: n outputs a ray */
    fr_ball *gram;    /* of slots */
    fr_ball *factor;  /* of places in use: unit lower triangle of L D L' */
    fr_ball *inverse_pivots;
    fr_ball *products; /* by slot: with the labels */
    fr_ball *solution, *coefficients, *row; /* by place */
    fr_ball *u;
    fr_ball *basis, *centre, *product; /* of a cell: k x k inverse, edge q and last the ray in columns; k, k */
    fr_ball *heights, *slopes; /* n */
    fr_ball *inside, *direction; /* k */
    fr_ball *elimination; /* k x 2 k */
    int64_t *zeros;
    bool *included; /* n: points that bound the cell, while not all of them do; NULL: all */
    bool *some;     /* n */
};

typedef enum fr_cell_answer { FR_CELL_FINISHED, FR_CELL_IMPROVES, FR_CELL_FAILED } fr_cell_answer;

static inline bool fr_exact_is_sure(const fr_exact *e) { return !e->reals.doubt && !e->reals.failed; }

/* minima/exact/squares.c */

void fr_exact_inner(const fr_exact *e, fr_ball *sum, const fr_ball *x, const fr_ball *y);
/* Puts the ray of a slot behind those in use: false if it is none, or depends on them. */
bool fr_exact_put_in(fr_exact *e, int64_t slot);
/* Towards the least squares of the rays in use, dropping those whose coefficients reach 0. */
bool fr_exact_settle(fr_exact *e);
/* u = y - what the rays make, rounded into the residual with a bound of the rounding. Whether it is 0. */
bool fr_exact_find_residual(fr_exact *e);

/* minima/exact/cell.c */

/* The inverse for k - 1 zeros of a unit's cell, and the heights side_j x_j.ray; false if the
 * zeros are not a ray of it. */
bool fr_exact_ray(fr_exact *e, int64_t unit, const int64_t *zeros);
/* Finds a ray of the unit's cell, from the weights that the pattern comes from (minima/exact/cell_start.c). */
bool fr_exact_start(fr_exact *e, int64_t unit, int64_t *zeros);
/* The same from the pattern alone (minima/exact/cell_find.c). */
bool fr_exact_find(fr_exact *e, int64_t unit, int64_t *zeros);
/* side_j x_j times column q of the basis: how that edge, or the ray, changes the height of a point. */
void fr_exact_along(const fr_exact *e, fr_ball *sum, int64_t unit, int64_t j, int64_t q);
/* From the ray at hand along the first edge on which `product` grows, to the next ray. */
fr_cell_answer fr_exact_advance(fr_exact *e, int64_t unit, int64_t *zeros);
/* From a ray, with `u`: to one with a positive product, or to the proof that there is none. */
fr_cell_answer fr_exact_improve(fr_exact *e, int64_t unit, int64_t *zeros);

#endif
