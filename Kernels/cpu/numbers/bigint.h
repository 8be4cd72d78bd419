/* Integers of any size, GMP's, for the few signs that no floating-point bound decides. Private to Kernels/cpu.
 *
 * GMP ends the program if memory runs out. These numbers stay small: a double spans 2,100 bits, and one number is part
 * of as many products as a line has knots. */
#ifndef FR_CPU_BIGINT_H
#define FR_CPU_BIGINT_H

#include <gmp.h>
#include <stdint.h>

/* x = mantissa 2^e with an integer mantissa: sets a to mantissa 2^(e - exponent); exponent <= e. */
void fr_bigint_set(mpz_t a, double x, int exponent);
/* a = words, two's complement, least first. */
void fr_bigint_set_words(mpz_t a, const uint64_t *words, int count);
/* The greatest e for which x is an integer times 2^e; 1024 for 0. */
int fr_exponent(double x);

#endif
