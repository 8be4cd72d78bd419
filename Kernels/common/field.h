/* Arithmetic mod a prime p < 2^23 in doubles. Residues are balanced: |r| < 2^22, unique only in that r == 0 exactly
 * when the class is 0. 512 products of two residues, and one more residue, add up without rounding (below 2^53);
 * sums may therefore be reduced once every FR_DELAY terms. */
#ifndef FR_FIELD_H
#define FR_FIELD_H

#include "portability.h"

#define FR_DELAY 512

typedef struct fr_field {
    double p;
    double inverse; /* 1/p, rounded */
    int32_t prime;
} fr_field;

FR_SHARED fr_field fr_field_make(uint32_t prime) {
    fr_field field;
    field.p = (double)prime;
    field.inverse = 1.0 / (double)prime;
    field.prime = (int32_t)prime;
    return field;
}

/* For an integer x, returns r = x mod p. Requires |x| < 2^53 and |x| <= 2^51 p, which 512 products of residues never
 * exceed. The result satisfies |r| <= p/2 + 3 < 2^22: near a tie the quotient may be off by one. Rounding of q does no
 * harm, because q is only an estimate; q * p is exact, being an integer below 2^53. */
FR_SHARED double fr_reduce(fr_field field, double x) {
    const double shift = 6755399441055744.0; /* 1.5 * 2^52: rounds to an integer */
    const double q = (x * field.inverse + shift) - shift;
    return x - q * field.p;
}

/* Extended Euclid on p and a, until the remainder is below `end`. Returns that remainder, which is congruent to factor
 * * a mod p, where |factor| < p. */
FR_SHARED int32_t fr_euclid(fr_field field, double a, int32_t end, int32_t *factor) {
    int32_t r0 = field.prime;
    int32_t r1 = (int32_t)a;
    if (r1 < 0) r1 += field.prime;
    int32_t t0 = 0, t1 = 1;
    while (r1 >= end) {
        const int32_t q = r0 / r1;
        const int32_t r2 = r0 - q * r1;
        const int32_t t2 = t0 - q * t1;
        r0 = r1;
        r1 = r2;
        t0 = t1;
        t1 = t2;
    }
    *factor = t1;
    return r1;
}

/* 1/a mod p, balanced. a must not be 0 mod p. About 13 divisions of 32 bits. */
FR_SHARED double fr_inverse(fr_field field, double a) {
    int32_t factor;
    fr_euclid(field, a, 2, &factor);
    if (factor > field.prime / 2) factor -= field.prime;
    if (factor < -(field.prime / 2)) factor += field.prime;
    return (double)factor;
}

/* Balanced inverses of 1, 2, ... With them Euclid's algorithm ends early, after 7.5 divisions on average. */
#define FR_INVERSES 1024

FR_SHARED void fr_fill_inverses(fr_field field, double inverses[FR_INVERSES]) {
    const int32_t count = field.prime < FR_INVERSES ? field.prime : FR_INVERSES;
    for (int32_t i = 1; i < count; i++) inverses[i] = fr_inverse(field, (double)i);
}

FR_SHARED double fr_inverse_by(fr_field field, const double *inverses, double a) {
    int32_t factor;
    const int32_t rest = fr_euclid(field, a, FR_INVERSES, &factor);
    return fr_reduce(field, (double)factor * inverses[rest]);
}

/* Powers of two: entry e + FR_POWER_OFFSET is 2^e mod p, for every exponent e of a finite double's last bit. */
#define FR_POWER_OFFSET 1074
#define FR_POWER_COUNT (1074 + 971 + 1)

FR_SHARED void fr_fill_powers_of_two(fr_field field, double powers[FR_POWER_COUNT]) {
    const double half = fr_inverse(field, 2.0);
    double value = 1.0;
    for (int e = 0; e <= 971; e++) {
        powers[FR_POWER_OFFSET + e] = value;
        value = fr_reduce(field, 2.0 * value);
    }
    value = 1.0;
    for (int e = 1; e <= 1074; e++) {
        value = fr_reduce(field, value * half);
        powers[FR_POWER_OFFSET - e] = value;
    }
}

/* The residue of a finite double, which is a dyadic rational. two_27 is 2^27 mod p. */
FR_SHARED double fr_residue(fr_field field, const double powers[FR_POWER_COUNT], double two_27, double x) {
    const uint64_t bits = fr_bits_of_double(x);
    const uint32_t exponent = (uint32_t)(bits >> 52) & 0x7FF;
    const uint64_t fraction = bits & UINT64_C(0x000FFFFFFFFFFFFF);
    const uint64_t mantissa = fraction | (exponent ? UINT64_C(1) << 52 : 0);
    const double high = (double)(uint32_t)(mantissa >> 27);
    const double low = (double)(uint32_t)(mantissa & 0x7FFFFFF);
    const double m = fr_reduce(field, high * two_27 + low);
    const double r = fr_reduce(field, m * powers[exponent ? exponent - 1 : 0]);
    return (bits >> 63) ? -r : r;
}

#endif
