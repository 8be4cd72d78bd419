/* The exact sign of w.x + b for finite doubles, whatever their exponents. The accumulator has fixed point and is wide
 * enough for every product of two doubles (Kulisch). It is slow (microseconds) and is used only if a floating-point
 * filter cannot decide. */
#ifndef FR_EXACT_SIGN_H
#define FR_EXACT_SIGN_H

#include "portability.h"

/* Bit 0 has the value 2^-2148 (the square of the least subnormal); the largest product is below 2^2048, and the top
 * words leave room for 2^31 terms and the sign: 2148 + 2048 + 32 bits in 67 words of 64. */
#define FR_ACCUMULATOR_WORDS 67
#define FR_ACCUMULATOR_UNIT 2148

typedef struct fr_accumulator { uint64_t word[FR_ACCUMULATOR_WORDS]; } fr_accumulator; /* two's complement */

FR_SHARED void fr_accumulator_add_word(fr_accumulator *sum, int index, uint64_t value, int negative) {
    while (value && index < FR_ACCUMULATOR_WORDS) {
        const uint64_t old = sum->word[index];
        sum->word[index] = negative ? old - value : old + value;
        value = negative ? old < value : sum->word[index] < old; /* borrow or carry */
        index++;
    }
}

/* Adds value * 2^(shift - FR_ACCUMULATOR_UNIT), negated if asked. */
FR_SHARED void fr_accumulator_add_shifted(fr_accumulator *sum, uint64_t value, int shift, int negative) {
    const int index = shift / 64, bit = shift % 64;
    fr_accumulator_add_word(sum, index, value << bit, negative);
    if (bit) fr_accumulator_add_word(sum, index + 1, value >> (64 - bit), negative);
}

typedef struct fr_parts { uint64_t mantissa; int exponent; int negative; } fr_parts;

FR_SHARED fr_parts fr_parts_of(double x) {
    const uint64_t bits = fr_bits_of_double(x);
    const int field = (int)(bits >> 52) & 0x7FF;
    fr_parts parts;
    parts.mantissa = (bits & UINT64_C(0x000FFFFFFFFFFFFF)) | (field ? UINT64_C(1) << 52 : 0);
    parts.exponent = (field ? field : 1) - 1075;
    parts.negative = (int)(bits >> 63);
    return parts;
}

/* Adds a * b. */
FR_SHARED void fr_accumulator_add_product(fr_accumulator *sum, double a, double b) {
    const fr_parts x = fr_parts_of(a), y = fr_parts_of(b);
    if (x.mantissa == 0 || y.mantissa == 0) return;
    const int shift = x.exponent + y.exponent + FR_ACCUMULATOR_UNIT;
    const int negative = x.negative ^ y.negative;
    /* 53 x 53 bits in halves of 27 and 26, each partial product below 2^54. */
    const uint64_t x_low = x.mantissa & 0x7FFFFFF, x_high = x.mantissa >> 27;
    const uint64_t y_low = y.mantissa & 0x7FFFFFF, y_high = y.mantissa >> 27;
    fr_accumulator_add_shifted(sum, x_low * y_low, shift, negative);
    fr_accumulator_add_shifted(sum, x_low * y_high + x_high * y_low, shift + 27, negative);
    fr_accumulator_add_shifted(sum, x_high * y_high, shift + 54, negative);
}

/* -1, 0 or 1. */
FR_SHARED int fr_accumulator_sign(const fr_accumulator *sum) {
    if (sum->word[FR_ACCUMULATOR_WORDS - 1] >> 63) return -1;
    for (int i = 0; i < FR_ACCUMULATOR_WORDS; i++)
        if (sum->word[i]) return 1;
    return 0;
}

/* -1, 0 or 1: the sign of sum_c w[c] x[c * stride] + bias, exactly. */
FR_SHARED int fr_exact_sign(const double *w, const double *x, int64_t stride, int64_t count, double bias) {
    fr_accumulator sum;
    memset(&sum, 0, sizeof sum);
    for (int64_t c = 0; c < count; c++) fr_accumulator_add_product(&sum, w[c], x[c * stride]);
    fr_accumulator_add_product(&sum, bias, 1.0);
    return fr_accumulator_sign(&sum);
}

#endif
