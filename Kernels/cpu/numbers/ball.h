/* Real numbers with exact signs. A number is a midpoint of 256 or 512 bits with a bound of its error, and in addition
 * its residue modulo a random prime. Every number must be a rational function of floats. If its ball contains 0, the
 * number is taken to be 0 if its residue is 0 (docs/minima.md, section 6); otherwise more bits are needed. Private to
 * the minima_* files. */
#ifndef FR_CPU_MINIMA_REAL_H
#define FR_CPU_MINIMA_REAL_H

#include <stdbool.h>
#include <stdint.h>

#include "numbers/word_prime.h"

enum { FR_REAL_LIMBS = 8 };

/* The data that all numbers of a calculation share. */
typedef struct fr_ball_context {
    fr_word_prime p;
    int limbs;   /* 64 bits each, up to FR_REAL_LIMBS */
    bool doubt;  /* some sign was not known with this many bits; signs since then are guesses */
    bool failed; /* a divisor is 0 modulo the prime but not 0: another prime is needed */
} fr_ball_context;

/* The number is within radius 2^(exponent - 64 limbs) of sign (limbs 2^(-64 limbs)) 2^exponent. */
typedef struct fr_ball {
    int64_t exponent;
    double radius;
    uint64_t residue; /* in Montgomery form */
    int32_t sign;     /* of the midpoint; 0: it is 0, and limbs mean nothing */
    uint64_t limbs[FR_REAL_LIMBS]; /* least first; the last one's top bit is set */
} fr_ball;

void fr_ball_set(const fr_ball_context *r, fr_ball *a, double x);
/* a = words (two's complement, least first) times 2^exponent. */
void fr_ball_set_words(const fr_ball_context *r, fr_ball *a, const uint64_t *words, int count, int64_t exponent);
/* c = a + s b, s = 1 or -1. Here and below c may be a or b. */
void fr_ball_add(const fr_ball_context *r, fr_ball *c, const fr_ball *a, const fr_ball *b, int s);
void fr_ball_multiply(const fr_ball_context *r, fr_ball *c, const fr_ball *a, const fr_ball *b);
static inline void fr_ball_negate(const fr_ball_context *r, fr_ball *a) {
    a->sign = -a->sign;
    a->residue = fr_word_subtract(&r->p, 0, a->residue);
}
/* c += s a b. */
void fr_ball_add_product(const fr_ball_context *r, fr_ball *c, const fr_ball *a, const fr_ball *b, int s);
/* c = a / b. The sign of b must be known and not 0; otherwise `doubt` or `failed` is set. */
void fr_ball_divide(fr_ball_context *r, fr_ball *c, const fr_ball *a, const fr_ball *b);
int fr_ball_sign(fr_ball_context *r, const fr_ball *a);
/* The float differs from the number by at most 2^-51 of its size, plus the radius if the sign is in doubt. */
double fr_ball_double(const fr_ball_context *r, const fr_ball *a, int64_t scale); /* of a 2^-scale */

#endif
