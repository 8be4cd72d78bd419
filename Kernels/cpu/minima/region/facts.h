/* Exact consequences of u being orthogonal to some rays (docs/minima.md, section 5). Private to Kernels/cpu.
 *
 * For a 0/1 vector a of the points let m_a = sum_j a_j u_j x_j, in R^k. A fact (J, a) says that m_a lies in the span of
 * the points J; a's bits on J are irrelevant. A ray of a unit with pattern a and zeros J is orthogonal to u iff (J,
 * a). */
#ifndef FR_CPU_MINIMA_FACTS_H
#define FR_CPU_MINIMA_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "numbers/echelon.h"
#include "session/arena.h"

/* With more coordinates, sets of points on the stack would be too small. Facts, spans and exact starts then draw no
 * conclusions, and the region may stay undecided. */
#define FR_MOST_SET_POINTS 64

typedef struct fr_facts {
    int64_t n, k, words, capacity, count;
    const double *points; /* n x k */
    int64_t *sets;        /* capacity x k: J, ascending */
    int64_t *sizes;
    uint64_t *vectors;    /* capacity x words: a, 0 on J and where u is 0 */
    uint64_t *zero;       /* words: points where u_j = 0 is known */
    uint64_t *ones, *scratch, *spare;
    int64_t *scratch_set;
    fr_word_prime prime;  /* 2^61 - 1 */
    uint64_t *echelon;    /* scratch: k x k */
    int64_t *pivots;      /* scratch: k */
    bool *dropped; /* follows from another */
} fr_facts;

/* Sizes the state for this many points of k coordinates; called before fr_facts_lay_out. */
void fr_facts_prepare(fr_facts *facts, int64_t most_points, int64_t k);
void fr_facts_lay_out(fr_facts *facts, fr_arena *arena);
void fr_facts_begin(fr_facts *facts, int64_t n, const double *points);
/* Adds a fact: `set` has `size` points, ascending, known to be independent. */
void fr_facts_add(fr_facts *facts, const int64_t *set, int64_t size, const uint64_t *pattern);
/* Draws all conclusions that the rules give. */
void fr_facts_close(fr_facts *facts);
bool fr_facts_hold(const fr_facts *facts, const int64_t *set, int64_t size, const uint64_t *pattern);

#endif
