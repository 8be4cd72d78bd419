/* Integers of any size, for the few signs that no floating-point bound decides. Private to Kernels/cpu. */
#ifndef FR_CPU_BIGINT_H
#define FR_CPU_BIGINT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct fr_bigint {
    uint32_t *limbs; /* least first, none at the end 0 */
    int64_t count, capacity;
    int sign;    /* -1, 0, 1 */
    bool failed; /* out of memory, here or in an operand: the value means nothing */
} fr_bigint;

/* All zero bytes is the integer 0. */
void fr_bigint_free(fr_bigint *a);
/* x = mantissa 2^e with an integer mantissa: sets a to mantissa 2^(e - exponent); exponent <= e. */
void fr_bigint_set(fr_bigint *a, double x, int exponent);
/* a = words (two's complement, least first) times 2^bits. */
void fr_bigint_set_words(fr_bigint *a, const uint64_t *words, int count, int bits);
/* The greatest e for which x is an integer times 2^e; 1024 for 0. */
int fr_exponent(double x);
/* c = a + s b, s = 1 or -1; c may be a or b. */
void fr_bigint_add(fr_bigint *c, const fr_bigint *a, const fr_bigint *b, int s);
/* c = a b; c is neither a nor b. */
void fr_bigint_multiply(fr_bigint *c, const fr_bigint *a, const fr_bigint *b);

#endif
