/* The slow, obvious elimination that the fast ones must equal: the whole matrix in 64-bit integers, one column after
 * the other. The topmost non-zero row is the pivot row, and only rows below it change. */
#ifndef FR_TESTS_REFERENCE_ELIMINATION_H
#define FR_TESTS_REFERENCE_ELIMINATION_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static inline int64_t reference_power(int64_t base, int64_t exponent, int64_t p) {
    int64_t result = 1 % p;
    for (base %= p; exponent > 0; exponent >>= 1, base = base * base % p)
        if (exponent & 1) result = result * base % p;
    return result;
}

/* x as a dyadic rational, mod p. */
static inline int64_t reference_residue(double x, int64_t p) {
    int exponent;
    const int64_t mantissa = (int64_t)ldexp(frexp(x, &exponent), 53);
    exponent -= 53;
    const int64_t two = exponent >= 0 ? reference_power(2, exponent, p) : reference_power((p + 1) / 2, -exponent, p);
    return ((mantissa % p + p) % p) * two % p;
}

/* matrix: rows x columns, row-major. pivots[row] becomes its pivot's column or -1. Returns the rank. */
static inline int64_t reference_profile(const double *matrix, int64_t rows, int64_t columns, int64_t p,
                                        int64_t *pivots) {
    int64_t *a = malloc((size_t)(rows * columns + 1) * sizeof *a);
    for (int64_t i = 0; i < rows * columns; i++) a[i] = reference_residue(matrix[i], p);
    for (int64_t i = 0; i < rows; i++) pivots[i] = -1;
    int64_t rank = 0;
    for (int64_t c = 0; c < columns; c++) {
        int64_t top = 0;
        while (top < rows && (pivots[top] >= 0 || a[top * columns + c] == 0)) top++;
        if (top == rows) continue;
        pivots[top] = c;
        rank++;
        const int64_t inverse = reference_power(a[top * columns + c], p - 2, p);
        for (int64_t i = 0; i < rows; i++) {
            if (pivots[i] >= 0 || a[i * columns + c] == 0) continue;
            const int64_t factor = a[i * columns + c] * inverse % p;
            for (int64_t j = c; j < columns; j++)
                a[i * columns + j] = ((a[i * columns + j] - factor * a[top * columns + j]) % p + p) % p;
        }
    }
    free(a);
    return rank;
}

#endif
