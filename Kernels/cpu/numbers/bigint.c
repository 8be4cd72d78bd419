/* Sign and magnitude, limbs of 32 bits, schoolbook products. */
#include "numbers/bigint.h"

#include <stdlib.h>
#include <string.h>

#include "exact_sign.h"

void fr_bigint_free(fr_bigint *a) {
    free(a->limbs);
    memset(a, 0, sizeof *a);
}

static bool reserve(fr_bigint *a, int64_t limbs) {
    if (limbs <= a->capacity) return true;
    uint32_t *more = realloc(a->limbs, (size_t)limbs * 2 * sizeof(uint32_t));
    if (!more) {
        a->failed = true;
        return false;
    }
    a->limbs = more;
    a->capacity = limbs * 2;
    return true;
}

static void trim(fr_bigint *a) {
    while (a->count > 0 && a->limbs[a->count - 1] == 0) a->count--;
    if (a->count == 0) a->sign = 0;
}

int fr_exponent(double x) {
    const fr_parts parts = fr_parts_of(x);
    return parts.mantissa ? parts.exponent + __builtin_ctzll(parts.mantissa) : 1024;
}

void fr_bigint_set(fr_bigint *a, double x, int exponent) {
    const fr_parts parts = fr_parts_of(x);
    a->failed = false;
    a->sign = parts.mantissa == 0 ? 0 : parts.negative ? -1 : 1;
    a->count = 0;
    if (a->sign == 0) return;
    uint64_t mantissa = parts.mantissa;
    int shift = parts.exponent - exponent;
    if (shift < 0) {
        mantissa >>= -shift; /* exact: those bits are 0 */
        shift = 0;
    }
    const int64_t whole = shift / 32;
    if (!reserve(a, whole + 3)) return;
    memset(a->limbs, 0, (size_t)(whole + 3) * sizeof(uint32_t));
    const int bits = shift % 32;
    const uint64_t low = mantissa << bits, high = bits ? mantissa >> (64 - bits) : 0;
    a->limbs[whole] = (uint32_t)low;
    a->limbs[whole + 1] = (uint32_t)(low >> 32);
    a->limbs[whole + 2] = (uint32_t)high;
    a->count = whole + 3;
    trim(a);
}

void fr_bigint_set_words(fr_bigint *a, const uint64_t *words, int count, int bits) {
    const bool negative = words[count - 1] >> 63;
    const int64_t whole = bits / 32;
    a->failed = false;
    a->count = 0;
    a->sign = negative ? -1 : 1;
    if (!reserve(a, whole + 2 * count + 1)) return;
    memset(a->limbs, 0, (size_t)(whole + 2 * count + 1) * sizeof(uint32_t));
    uint64_t carry = negative;
    for (int w = 0; w < count; w++) {
        const uint64_t value = (negative ? ~words[w] : words[w]) + carry;
        carry = carry && value == 0;
        for (int half = 0; half < 2; half++) {
            const uint64_t part = (half ? value >> 32 : value & UINT32_MAX) << (bits % 32);
            a->limbs[whole + 2 * w + half] |= (uint32_t)part;
            a->limbs[whole + 2 * w + half + 1] |= (uint32_t)(part >> 32);
        }
    }
    a->count = whole + 2 * count + 1;
    trim(a);
}

static int compare_sizes(const fr_bigint *a, const fr_bigint *b) {
    if (a->count != b->count) return a->count < b->count ? -1 : 1;
    for (int64_t i = a->count - 1; i >= 0; i--)
        if (a->limbs[i] != b->limbs[i]) return a->limbs[i] < b->limbs[i] ? -1 : 1;
    return 0;
}

/* |c| = |a| + |b|, or |a| - |b| where |a| is at least |b|. */
static void combine(fr_bigint *c, const fr_bigint *a, const fr_bigint *b, bool subtracts, int sign) {
    const int64_t count = (a->count > b->count ? a->count : b->count) + 1;
    c->failed = a->failed || b->failed;
    if (!reserve(c, count)) return;
    const int64_t count_a = a->count, count_b = b->count; /* c may be one of them */
    uint64_t carry = 0;
    for (int64_t i = 0; i < count; i++) {
        const uint64_t x = i < count_a ? a->limbs[i] : 0, y = i < count_b ? b->limbs[i] : 0;
        const uint64_t z = subtracts ? x - y - carry : x + y + carry;
        c->limbs[i] = (uint32_t)z;
        carry = z >> 32 & 1; /* of a difference: the borrow */
    }
    c->count = count;
    c->sign = sign;
    trim(c);
}

void fr_bigint_add(fr_bigint *c, const fr_bigint *a, const fr_bigint *b, int s) {
    const int sign_a = a->sign, sign_b = s * b->sign;
    if (sign_a == sign_b || sign_a == 0 || sign_b == 0) {
        combine(c, a, b, false, sign_a ? sign_a : sign_b);
    } else if (compare_sizes(a, b) >= 0) {
        combine(c, a, b, true, sign_a);
    } else {
        combine(c, b, a, true, sign_b);
    }
}

void fr_bigint_multiply(fr_bigint *c, const fr_bigint *a, const fr_bigint *b) {
    c->failed = a->failed || b->failed;
    c->sign = a->sign * b->sign;
    const int64_t count = a->count + b->count;
    c->count = 0;
    if (c->sign == 0 || !reserve(c, count)) return;
    memset(c->limbs, 0, (size_t)count * sizeof(uint32_t));
    for (int64_t i = 0; i < a->count; i++) {
        uint64_t carry = 0;
        for (int64_t j = 0; j < b->count; j++) {
            const uint64_t z = (uint64_t)a->limbs[i] * b->limbs[j] + c->limbs[i + j] + carry;
            c->limbs[i + j] = (uint32_t)z;
            carry = z >> 32;
        }
        c->limbs[i + b->count] = (uint32_t)carry;
    }
    c->count = count;
    trim(c);
}
