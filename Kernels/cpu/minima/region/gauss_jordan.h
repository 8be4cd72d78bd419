/* Gauss-Jordan elimination in floating point. Private to Kernels/cpu/minima/region. */
#ifndef FR_CPU_GAUSS_JORDAN_H
#define FR_CPU_GAUSS_JORDAN_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "portability.h"

/* Brings a (rows x width, row-major) to the form [I | ...], exchanging rows for the largest pivot. Returns false if a
 * pivot is almost 0. */
static inline bool fr_gauss_jordan(int64_t rows, int64_t width, double *a) {
    for (int64_t c = 0; c < rows; c++) {
        int64_t pivot = c;
        for (int64_t r = c + 1; r < rows; r++)
            if (fabs(a[r * width + c]) > fabs(a[pivot * width + c])) pivot = r;
        const double value = a[pivot * width + c];
        if (!(fabs(value) > 1e-300)) return false;
        for (int64_t e = 0; e < width; e++) {
            const double x = a[pivot * width + e] / value;
            a[pivot * width + e] = a[c * width + e];
            a[c * width + e] = x;
        }
        for (int64_t r = 0; r < rows; r++) {
            const double factor = a[r * width + c];
            if (r == c || factor == 0) continue;
            for (int64_t e = 0; e < width; e++) a[r * width + e] -= factor * a[c * width + e];
        }
    }
    return true;
}

#endif
