/* Gauss-Jordan elimination in ball arithmetic. Private to Kernels/cpu. */
#ifndef FR_CPU_BALL_ELIMINATION_H
#define FR_CPU_BALL_ELIMINATION_H

#include "numbers/ball.h"

typedef enum fr_pivot_rule {
    FR_PIVOT_LARGEST, /* the largest entry, for accuracy; stops at the first column without a pivot, or in doubt */
    FR_PIVOT_FIRST,   /* the first entry other than 0; skips columns without a pivot */
} fr_pivot_rule;

/* Brings a, rows x width and row-major, to reduced echelon form in its first `columns` columns. Row i then has its
 * pivot, which is 1, in column lead[i]; lead may be NULL. Returns the number of pivots. */
int64_t fr_ball_eliminate(fr_ball_context *r, fr_ball *a, int64_t rows, int64_t columns, int64_t width,
                          fr_pivot_rule rule, int64_t *lead);

#endif
