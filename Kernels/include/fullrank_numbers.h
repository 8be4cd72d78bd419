/* Functions for programs that are linked with the kernels, in addition to the table of functions: random numbers of one
 * stream, with the bits of every backend, and primality. A backend library does not export them. */
#ifndef FULLRANK_NUMBERS_H
#define FULLRANK_NUMBERS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How raw numbers become values (docs/sampling.md): mean 0 and variance 1; [0, 1); [-bound, bound). */
typedef enum fr_stream_values { FR_STREAM_NORMAL = 0, FR_STREAM_UNIT = 1, FR_STREAM_SYMMETRIC = 2 } fr_stream_values;

/* The 128 bits of a stream's call for a row and a column; trial < 2^56, stream < 256. */
void fr_stream_bits(uint64_t seed, uint64_t trial, uint32_t stream, uint32_t row, uint32_t column, uint64_t *low,
                    uint64_t *high);
/* values: rows x columns, row-major; row and column are below 2^31. */
void fr_stream_matrix(uint64_t seed, uint64_t trial, uint32_t stream, int64_t rows, int64_t columns,
                      fr_stream_values kind, double bound, double *values);

/* 1 if the CPU backend finds rank profiles of shallow networks with so many inputs by order, with no chance of error
 * (docs/mathematics.md, section 14); else 0. drawn_patterns: regions are drawn and not weights. */
int32_t fr_cpu_ranks_by_order(int64_t inputs, int32_t bias, int32_t drawn_patterns);

/* 1 if the number is prime, else 0; exact for number < 2^63. */
int fr_is_prime(uint64_t number);

#ifdef __cplusplus
}
#endif

#endif
