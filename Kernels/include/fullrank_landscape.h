/* Which combinations of activation cells hold a differentiable minimum: a function for programs that are linked with the
 * kernels, in addition to the table of functions. A backend library does not export it. docs/landscape.md, section 8. */
#ifndef FULLRANK_LANDSCAPE_H
#define FULLRANK_LANDSCAPE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FR_COMBINATION_MOST_POINTS 64
#define FR_COMBINATION_MOST_COLUMNS 8
/* Numbers of a narrow cell: the lower triangle of its projector, then two rows. */
#define FR_NARROW_NUMBERS(columns) ((columns) * ((columns) + 1) / 2 + 2 * (columns))

/* Data, the same for many combinations. */
typedef struct fr_combination_data {
    int64_t points;       /* n, 1 ... FR_COMBINATION_MOST_POINTS */
    int64_t columns;      /* D, 1 ... FR_COMBINATION_MOST_COLUMNS; the points span D dimensions */
    const double *x;      /* n x D, homogeneous: with the bias's 1 */
    const double *labels; /* n */
    /* Cells that are active on one or two points, fewer than D, and independent ones; those not listed leave a
     * combination undecided. Patterns ascending, no two equal. */
    int64_t narrow_count;
    const uint64_t *narrow_patterns;
    /* narrow_count x FR_NARROW_NUMBERS(D), each rounded to nearest: P, the projector on what is orthogonal to the active
     * points, rows (p, q), q <= p; then rows g and h of length at most 1, such that relu outputs of weights in the cell
     * are those of the vectors R with g R > 0 and h R > 0. */
    const double *narrow;
} fr_combination_data;

/* Verdicts, two bits each. */
enum { FR_COMBINATION_NO = 0, FR_COMBINATION_YES = 1, FR_COMBINATION_OPEN = 2 };
#define FR_COMBINATION_MINIMUM(verdict) ((verdict) & 3)            /* it holds a differentiable minimum */
#define FR_COMBINATION_UNIQUE(verdict) ((verdict) >> 2 & 3)        /* its Jacobian has rank K D */
#define FR_COMBINATION_FULL_RANK(verdict) ((verdict) >> 4 & 3)     /* its Jacobian has rank n */

/* Decides `count` combinations of `units` cells: units t stride ... t stride + units - 1 of `patterns`, one word for each
 * unit, bit j for point j, of cells that are not empty. signs: those of output weights that are given, units numbers;
 * NULL: output weights are trained. Answers verdicts[count] and, for those with a minimum, in low[count] a lower bound
 * of its sum of squares (0 if it may be 0). Every verdict is proved, and the same for all instruction sets; floating
 * point leaves what it cannot prove open. Returns 0, or -1 if memory is short. May be called from many threads. */
int fr_combinations(const fr_combination_data *data, int64_t count, int64_t units, int64_t stride,
                    const uint64_t *patterns, const double *signs, uint8_t *verdicts, double *low);

/* The same with an instruction set that fr_isa_named knows; for tests. -2 if the processor lacks it. */
int fr_combinations_with(const char *instruction_set, const fr_combination_data *data, int64_t count, int64_t units,
                         int64_t stride, const uint64_t *patterns, const double *signs, uint8_t *verdicts, double *low);

#ifdef __cplusplus
}
#endif

#endif
