/* Decides whether a ray is in the span of others, modulo a random prime of 61 bits (docs/minima.md, section 5). Private
 * to Kernels/cpu. */
#ifndef FR_CPU_MINIMA_SPAN_H
#define FR_CPU_MINIMA_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "numbers/echelon.h"
#include "session/arena.h"

typedef struct fr_span {
    fr_word_prime p;
    int64_t n, k;
    uint64_t *points;  /* n x k, in Montgomery form, as is everything below */
    fr_echelon rays;   /* of n entries each */
    fr_echelon zeros;  /* scratch: the zeros of one ray, k - 1 points of k coordinates, reduced */
    uint64_t *witness; /* n: orthogonal to the rays, otherwise random */
    uint64_t *row;     /* scratch: n, the ray at hand */
    uint64_t *weights; /* scratch: k, the ray's weights */
} fr_span;

/* Sizes the state for this many points of k coordinates; called before fr_span_lay_out. */
void fr_span_prepare(fr_span *span, int64_t most_points, int64_t k);
void fr_span_lay_out(fr_span *span, fr_arena *arena);
/* Starts with no rays. The prime is drawn from the seed. */
void fr_span_begin(fr_span *span, uint64_t seed, int64_t n, const double *points);
/* Adds the ray of a cell with this pattern that is 0 on k - 1 points. Returns false, with nothing added, if the ray is
 * already in the span or the points do not determine it. */
bool fr_span_add(fr_span *span, const int64_t *zeros, const uint64_t *pattern);
/* After all rays are added, draws a random vector orthogonal to them, so that one product tests a ray. */
void fr_span_draw_witness(fr_span *span, uint64_t seed);
/* Whether a ray is orthogonal to the witness. Every ray in the span is; any other ray is with probability 1/p. */
bool fr_span_holds(fr_span *span, const int64_t *zeros, const uint64_t *pattern);

#endif
