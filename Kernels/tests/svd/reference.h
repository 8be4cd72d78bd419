/* Extreme singular values in the slow, obvious way: one-sided Jacobi in long double on the vectors of the shorter
 * side. */
#ifndef FR_TESTS_REFERENCE_VALUES_H
#define FR_TESTS_REFERENCE_VALUES_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* matrix: rows x columns, row-major, at least 1 x 1. */
static inline void reference_extremes(const double *matrix, int64_t rows, int64_t columns, double *largest,
                                      double *smallest) {
    const int64_t side = rows < columns ? rows : columns, longer = rows < columns ? columns : rows;
    long double *v = malloc((size_t)(side * longer) * sizeof *v);
    if (v == NULL) abort();
    for (int64_t i = 0; i < side; i++)
        for (int64_t k = 0; k < longer; k++)
            v[i * longer + k] = rows < columns ? matrix[i * columns + k] : matrix[k * columns + i];
    for (int sweep = 0, rotated = 1; rotated && sweep < 60; sweep++) {
        rotated = 0;
        for (int64_t i = 0; i < side; i++)
            for (int64_t j = i + 1; j < side; j++) {
                long double *const x = v + i * longer, *const y = v + j * longer, xx = 0, yy = 0, xy = 0;
                for (int64_t k = 0; k < longer; k++) xx += x[k] * x[k], yy += y[k] * y[k], xy += x[k] * y[k];
                if (fabsl(xy) <= LDBL_EPSILON * 64 * sqrtl(xx) * sqrtl(yy)) continue;
                rotated = 1;
                const long double z = (yy - xx) / (2 * xy);
                const long double t = (z < 0 ? -1 : 1) / (fabsl(z) + sqrtl(1 + z * z)), c = 1 / sqrtl(1 + t * t);
                for (int64_t k = 0; k < longer; k++) {
                    const long double a = x[k], b = y[k];
                    x[k] = c * (a - t * b), y[k] = c * (b + t * a);
                }
            }
    }
    *largest = 0, *smallest = INFINITY;
    for (int64_t i = 0; i < side; i++) {
        long double sum = 0;
        for (int64_t k = 0; k < longer; k++) sum += v[i * longer + k] * v[i * longer + k];
        *largest = fmax(*largest, (double)sqrtl(sum)), *smallest = fmin(*smallest, (double)sqrtl(sum));
    }
    free(v);
}

#endif
