/* Chooses coordinates that determine the others if the points do not span (docs/minima.md, section 3). Private to the
 * minima_* files. */
#ifndef FR_CPU_MINIMA_RANK_H
#define FR_CPU_MINIMA_RANK_H

#include <stdbool.h>
#include <stdint.h>

#include "session/arena.h"

/* The values w.x_j of all w depend only on the points' coordinates in `coordinates`, of which there are as many as the
 * points' rank. The shorter vector `fold` w has the same values as w. `rows` are as many independent points. */
typedef struct fr_rank {
    int64_t k, rank;
    int64_t *coordinates, *rows; /* rank; coordinates ascending */
    double *fold;                /* rank x k; only if rank < k and rank < n */
    uint64_t *echelon;           /* scratch: k x k */
    double *system;              /* scratch: k x 2 k */
} fr_rank;

/* Sizes the state for points of r->k coordinates. */
void fr_rank_lay_out(fr_rank *r, fr_arena *arena);
/* The rank of n points of k coordinates modulo the prime. The true rank is at least this, and is higher only with a
 * chance of about 2^-60. */
void fr_rank_find(fr_rank *r, uint64_t seed, int64_t n, const double *points);

#endif
