/* Ball arithmetic. Radii are doubles, in units of the last place. Each formula is a bound; UP covers the rounding of
 * the few operations that compute it. */
#include "numbers/ball.h"

#include <math.h>
#include <string.h>

typedef unsigned __int128 wide;

#define UP (1 + 0x1p-45)
#define LEAST 0x1p-1000 /* replaces radii too small to represent */

static double scaled(double radius, int64_t exponent) {
    if (radius == 0) return 0;
    const double x = ldexp(radius, exponent > 4000 ? 4000 : exponent < -4000 ? -4000 : (int)exponent);
    return x < LEAST ? LEAST : x;
}

/* The midpoint over 2^exponent, which is in [1/2, 1] and not too small. */
static double leading(const fr_ball_context *r, const fr_ball *a) {
    return a->sign ? (double)a->limbs[r->limbs - 1] * 0x1p-64 * UP : 0;
}

/* Shifts `count` limbs up by 0 to 63 bits. */
static void shift_up(uint64_t *x, int count, int bits) {
    if (bits == 0) return;
    for (int i = count - 1; i > 0; i--) x[i] = x[i] << bits | x[i - 1] >> (64 - bits);
    x[0] <<= bits;
}

/* Sets a's midpoint to x 2^(exponent - 64 count), x of `count` limbs. Returns a bound of the discarded part, in units
 * of the last place. */
static double take(const fr_ball_context *r, fr_ball *a, int sign, uint64_t *x, int count, int64_t exponent) {
    const int w = r->limbs;
    int top = count - 1;
    while (top >= 0 && x[top] == 0) top--;
    if (top < 0) {
        a->sign = 0;
        a->exponent = exponent;
        return 0;
    }
    const int bits = __builtin_clzll(x[top]);
    shift_up(x, top + 1, bits);
    a->sign = sign;
    a->exponent = exponent - 64 * (count - 1 - top) - bits;
    double cut = 0;
    for (int i = 0; i < w; i++) a->limbs[i] = top - (w - 1) + i >= 0 ? x[top - (w - 1) + i] : 0;
    for (int i = 0; i <= top - w; i++) cut = x[i] ? 1 : cut;
    return cut;
}

void fr_ball_set(const fr_ball_context *r, fr_ball *a, double x) {
    int exponent;
    const double fraction = frexp(x, &exponent);
    memset(a->limbs, 0, sizeof a->limbs);
    a->radius = 0;
    a->sign = (x > 0) - (x < 0);
    a->exponent = x == 0 ? 0 : exponent;
    a->residue = fr_word_residue(&r->p, x);
    a->limbs[r->limbs - 1] = (uint64_t)(fabs(fraction) * 0x1p53) << 11;
}

void fr_ball_set_words(const fr_ball_context *r, fr_ball *a, const uint64_t *words, int count, int64_t exponent) {
    uint64_t x[2 * FR_REAL_LIMBS] = {0};
    const bool negative = words[count - 1] >> 63;
    uint64_t carry = negative, residue = 0;
    for (int i = 0; i < count; i++) {
        x[i] = (negative ? ~words[i] : words[i]) + carry;
        carry = carry && x[i] == 0;
    }
    const fr_word_prime *p = &r->p;
    const uint64_t base = fr_word_power_of_two(p, 64);
    for (int i = count - 1; i >= 0; i--)
        residue = fr_word_add(p, fr_word_multiply(p, residue, base), fr_word_multiply(p, x[i] % p->prime, p->square));
    residue = fr_word_multiply(p, residue, fr_word_power_of_two(p, exponent));
    a->residue = negative && residue ? p->prime - residue : residue;
    a->radius = take(r, a, negative ? -1 : 1, x, count, exponent + 64 * count);
}

void fr_ball_add(const fr_ball_context *r, fr_ball *c, const fr_ball *a, const fr_ball *b, int s) {
    const int w = r->limbs;
    const uint64_t residue = s > 0 ? fr_word_add(&r->p, a->residue, b->residue)
                                   : fr_word_subtract(&r->p, a->residue, b->residue);
    if (a->sign == 0 || b->sign == 0) { /* only a radius is added, so the other number keeps its bits */
        const bool first = b->sign == 0;
        const fr_ball *kept = first ? a : b, *other = first ? b : a;
        const double radius = other->radius;
        const int64_t exponent = other->exponent;
        *c = *kept;
        if (!first) c->sign *= s;
        c->radius = (c->radius + scaled(radius, exponent - c->exponent)) * UP;
        c->residue = residue;
        return;
    }
    int sign_a = a->sign, sign_b = s * b->sign;
    if (b->exponent > a->exponent) {
        const fr_ball *other = a;
        a = b;
        b = other;
        sign_b = sign_a;
        sign_a = s * a->sign;
    }
    const int64_t distance = a->exponent - b->exponent, exponent = a->exponent;
    /* The sum is formed in limbs 1.. of x, with one limb for bits below and one for the carry. */
    uint64_t x[FR_REAL_LIMBS + 2] = {0}, y[FR_REAL_LIMBS + 2] = {0};
    memcpy(x + 1, a->limbs, (size_t)w * sizeof(uint64_t));
    double below = 0;
    const int64_t whole = distance / 64;
    const int bits = (int)(distance % 64);
    for (int i = 0; i < w; i++) { /* limb i of b, shifted down from place i + 1 */
        const int64_t place = i + 1 - whole;
        if (place >= 0) y[place] |= b->limbs[i] >> bits;
        if (bits && place >= 1) y[place - 1] |= b->limbs[i] << (64 - bits);
        if ((place < 0 && b->limbs[i]) || (place == 0 && bits && b->limbs[i] << (64 - bits))) below = 1;
    }
    int sign = sign_a;
    if (sign_a == sign_b) {
        uint64_t carry = 0;
        for (int i = 0; i < w + 2; i++) {
            const wide sum = (wide)x[i] + y[i] + carry;
            x[i] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
    } else {
        uint64_t borrow = 0;
        for (int i = 0; i < w + 2; i++) {
            const wide difference = (wide)x[i] - y[i] - borrow;
            x[i] = (uint64_t)difference;
            borrow = (uint64_t)(difference >> 64) & 1;
        }
        if (borrow) {
            sign = -sign;
            uint64_t carry = 1;
            for (int i = 0; i < w + 2; i++) {
                x[i] = ~x[i] + carry;
                carry = carry && x[i] == 0;
            }
        }
    }
    const double radius_a = a->radius, radius_b = b->radius;
    const double cut = take(r, c, sign, x, w + 2, exponent + 64); /* may overwrite a or b */
    c->radius = (scaled(radius_a, exponent - c->exponent) + scaled(radius_b, exponent - distance - c->exponent) +
                 scaled(below, exponent - 64 - c->exponent) + cut) * UP;
    c->residue = residue;
}

void fr_ball_multiply(const fr_ball_context *r, fr_ball *c, const fr_ball *a, const fr_ball *b) {
    const int w = r->limbs;
    const uint64_t residue = fr_word_multiply(&r->p, a->residue, b->residue);
    const double first = leading(r, a), second = leading(r, b);
    double radius = first * b->radius + second * a->radius;
    if (a->radius > 0 && b->radius > 0) radius += scaled(a->radius, -64 * w) * b->radius;
    const int64_t exponent = a->exponent + b->exponent;
    uint64_t x[2 * FR_REAL_LIMBS] = {0};
    if (a->sign && b->sign)
        for (int i = 0; i < w; i++) {
            uint64_t carry = 0;
            for (int j = 0; j < w; j++) {
                const wide sum = (wide)a->limbs[i] * b->limbs[j] + x[i + j] + carry;
                x[i + j] = (uint64_t)sum;
                carry = (uint64_t)(sum >> 64);
            }
            x[i + w] = carry;
        }
    const double cut = take(r, c, a->sign * b->sign, x, 2 * w, exponent);
    c->radius = (scaled(radius, exponent - c->exponent) + cut) * UP;
    c->residue = residue;
}

void fr_ball_add_product(const fr_ball_context *r, fr_ball *c, const fr_ball *a, const fr_ball *b, int s) {
    fr_ball product;
    fr_ball_multiply(r, &product, a, b);
    fr_ball_add(r, c, c, &product, s);
}

/* Whether the ball excludes 0. */
static bool is_away(const fr_ball_context *r, const fr_ball *a) {
    return a->sign != 0 && a->radius * UP < ldexp((double)(a->limbs[r->limbs - 1] >> 11), 64 * r->limbs - 53);
}

int fr_ball_sign(fr_ball_context *r, const fr_ball *a) {
    if (is_away(r, a)) return a->sign;
    if (a->residue == 0) return 0;
    r->doubt = true;
    return a->sign;
}

void fr_ball_divide(fr_ball_context *r, fr_ball *c, const fr_ball *a, const fr_ball *b) {
    if (!is_away(r, b) || b->residue == 0) {
        r->doubt |= !is_away(r, b);
        r->failed |= b->residue == 0;
        fr_ball_set(r, c, 0);
        return;
    }
    const uint64_t residue = fr_word_multiply(&r->p, a->residue, fr_word_invert(&r->p, b->residue));
    /* Newton's x = x + x (1 - b x), where each x is taken as an exact number. */
    fr_ball x, one, rest;
    fr_ball_set(r, &one, 1);
    fr_ball_set(r, &x, b->sign / ((double)b->limbs[r->limbs - 1] * 0x1p-64));
    x.exponent -= b->exponent;
    for (int bits = 50; bits < 64 * r->limbs; bits *= 2) {
        fr_ball_multiply(r, &rest, b, &x);
        fr_ball_add(r, &rest, &one, &rest, -1);
        fr_ball_multiply(r, &rest, &rest, &x);
        fr_ball_add(r, &x, &x, &rest, 1);
        x.radius = 0;
    }
    /* 1/b = x / (1 - e) with e = 1 - b x, so the error is at most |x| |e| / (1 - |e|). */
    fr_ball_multiply(r, &rest, b, &x);
    fr_ball_add(r, &rest, &one, &rest, -1);
    const double size = scaled(leading(r, &rest), 64 * r->limbs + rest.exponent) + scaled(rest.radius, rest.exponent);
    const double share = scaled(size, -64 * r->limbs); /* bound of |e| */
    x.radius = share < 0.5 ? leading(r, &x) * size / (1 - share) * UP : INFINITY;
    fr_ball_multiply(r, c, a, &x);
    c->residue = residue;
}

double fr_ball_double(const fr_ball_context *r, const fr_ball *a, int64_t scale) {
    if (a->sign == 0) return 0;
    const int64_t exponent = a->exponent - scale;
    if (exponent < -1000) return 0;
    return a->sign * ldexp((double)a->limbs[r->limbs - 1], exponent > 1200 ? 1200 : (int)exponent - 64);
}
