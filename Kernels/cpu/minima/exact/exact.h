/* The verdict on a region in exact arithmetic, starting from the result in floating point (docs/minima.md, section 6).
 * Private to Kernels/cpu. */
#ifndef FR_CPU_MINIMA_EXACT_H
#define FR_CPU_MINIMA_EXACT_H

#include "minima/region/region_state.h"
#include "numbers/ball.h"
#include "session/arena.h"

struct fr_exact {
    fr_arena memory;
    fr_region *region;
    fr_ball_context reals;
    int64_t n, k, capacity; /* current sizes; number of rays that buffers are allocated for */
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
/* Appends the ray of a slot to those in use. Returns false if it is not a ray, or depends on them. */
bool fr_exact_put_in(fr_exact *e, int64_t slot);
/* Moves towards the least squares of the rays in use, dropping rays whose coefficients reach 0. */
bool fr_exact_settle(fr_exact *e);
/* Computes u = y - (the sum of the rays in use), and stores it rounded, with a bound of the rounding, as the residual.
 * Returns whether u is 0. */
bool fr_exact_find_residual(fr_exact *e);

/* minima/exact/cell.c */

/* Computes the inverse for k - 1 zeros of a unit's cell, and the heights side_j x_j.ray. Returns false if the zeros do
 * not define a ray of the cell. */
bool fr_exact_ray(fr_exact *e, int64_t unit, const int64_t *zeros);
/* Finds a ray of the unit's cell, from the weights that the pattern comes from (minima/exact/cell_start.c). */
bool fr_exact_start(fr_exact *e, int64_t unit, int64_t *zeros);
/* Finds a ray from the pattern alone (minima/exact/cell_find.c). */
bool fr_exact_find(fr_exact *e, int64_t unit, int64_t *zeros);
/* side_j x_j times column q of the basis: how that edge, or the ray, changes the height of a point. */
void fr_exact_along(const fr_exact *e, fr_ball *sum, int64_t unit, int64_t j, int64_t q);
/* Moves from the current ray to the next one, along the first edge on which `product` grows. */
fr_cell_answer fr_exact_advance(fr_exact *e, int64_t unit, int64_t *zeros);
/* Uses `u`. Moves from a ray to one with a positive product, or proves that there is none. */
fr_cell_answer fr_exact_improve(fr_exact *e, int64_t unit, int64_t *zeros);

#endif
