/* Least squares with non-negative coefficients, columns offered one by one: Lawson and Hanson's active set, the columns
 * in use kept as thin Q R. Private to Kernels/cpu. */
#ifndef FR_CPU_NONNEGATIVE_H
#define FR_CPU_NONNEGATIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "session/arena.h"

typedef struct fr_nnls {
    int64_t n, capacity; /* rows; most of them */
    int64_t count;       /* columns in use, at most n */
    double *columns;     /* capacity x n: column t at t * n */
    double *q;           /* capacity x n: orthonormal */
    double *r;           /* column t of R at t * capacity */
    double *projections; /* Q' y */
    double *coefficients; /* of the columns, all positive */
    double *trial;        /* scratch: 2 capacity */
    int64_t *names;       /* the caller's, one per column */
    const double *y;
    double *residual; /* y - columns coefficients */
} fr_nnls;

/* Sum of x_i y_i. */
static inline double fr_dot(int64_t n, const double *x, const double *y) {
    double sums[8] = {0};
    int64_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (int l = 0; l < 8; l++) sums[l] += x[i + l] * y[i + l];
    for (; i < n; i++) sums[0] += x[i] * y[i];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/* For a->capacity rows. */
void fr_nnls_lay_out(fr_nnls *a, fr_arena *arena);
/* Starts with no columns. y (n numbers) remains the caller's. */
void fr_nnls_begin(fr_nnls *a, int64_t n, const double *y);
/* Adds a column whose product with the residual is positive, drops the columns whose coefficients it makes 0, and
 * updates the residual. Returns false, with nothing changed, if rounding hides the improvement. `dropped` receives the
 * names of removed columns. */
bool fr_nnls_enter(fr_nnls *a, const double *column, int64_t name,
                          void (*dropped)(void *context, int64_t name), void *context);
/* Adds columns whose coefficients will all be positive, as an earlier solution showed. Returns false if they are
 * not. */
bool fr_nnls_restore(fr_nnls *a, const double *columns, const int64_t *names, int64_t count);
/* G = R^-1 Q', count x n: a left inverse of the columns up to rounding. */
void fr_nnls_inverse(const fr_nnls *a, double *g);
/* Upper bounds on the infinity- and 1-norm of |G A - I|, A the columns, including rounding and the given entrywise
 * errors, one for each column. For the infinity-norm (*rows) entry (i, t) is scaled by weights_t / weights_i, positive,
 * or by 1 if weights is NULL. The 1-norm (*columns) is not scaled. */
void fr_nnls_defect(const fr_nnls *a, const double *g, const double *errors, const double *weights,
                           double *rows, double *columns);

#endif
