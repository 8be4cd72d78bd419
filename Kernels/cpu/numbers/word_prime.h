/* Arithmetic modulo a prime of 61 bits, with numbers in Montgomery form. Private to Kernels/cpu. */
#ifndef FR_CPU_MINIMA_PRIME_H
#define FR_CPU_MINIMA_PRIME_H

#include <stdint.h>

#include "portability.h"

typedef struct fr_word_prime {
    uint64_t prime, negative_inverse, square; /* -prime^-1 mod 2^64; 2^128 mod prime */
} fr_word_prime;

/* Prepares arithmetic modulo an odd number below 2^63. */
fr_word_prime fr_word_prime_make(uint64_t prime);
/* Draws a prime between 2^60 and 2^61: the first that splitmix64 gives from the seed. */
fr_word_prime fr_word_prime_draw(uint64_t seed);
uint64_t fr_word_invert(const fr_word_prime *p, uint64_t a);
/* The residue of x, which is a dyadic rational. */
uint64_t fr_word_residue(const fr_word_prime *p, double x);
/* The residue of 2^exponent. */
uint64_t fr_word_power_of_two(const fr_word_prime *p, int64_t exponent);

/* a b 2^-64 mod p. */
static inline uint64_t fr_word_multiply(const fr_word_prime *p, uint64_t a, uint64_t b) {
    const unsigned __int128 product = (unsigned __int128)a * b;
    const uint64_t m = (uint64_t)product * p->negative_inverse;
    const uint64_t r = (uint64_t)((product + (unsigned __int128)m * p->prime) >> 64);
    return r >= p->prime ? r - p->prime : r;
}

static inline uint64_t fr_word_subtract(const fr_word_prime *p, uint64_t a, uint64_t b) {
    return a >= b ? a - b : a + (p->prime - b);
}

static inline uint64_t fr_word_add(const fr_word_prime *p, uint64_t a, uint64_t b) {
    const uint64_t sum = a + b; /* below 2^62 */
    return sum >= p->prime ? sum - p->prime : sum;
}

#endif
