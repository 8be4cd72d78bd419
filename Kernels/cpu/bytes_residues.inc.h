/* Residues of doubles modulo a prime p of eight bits, in two steps of the nearest multiple. Part of each bytes_*.c.
 *
 * By Euler 2^h = 1 or -1 mod p for h = (p - 1) / 2, so a whole number of units 2^-h has that number, or its negative, for
 * residue. Multiples of p 2^(43 - h), then of p 2^-h, are taken away: both differences are floats. A quotient errs by
 * at most 2^-52 of its size before it is rounded; the second, at most 2^43, by less than the distance 1 / (2 p) of r / p
 * from a half, so the balanced residue is the one least in size. What is no multiple of the unit, or too large, goes by
 * fr_residue. */
#include "field.h"

typedef struct residue_steps {
    double inverse[2], multiple[2]; /* p 2^(43 - h), p 2^-h */
    double sign;
    double shift;                   /* added to a whole number of units, it leaves that number in the lowest bits */
    double limit;                   /* for a larger number the first quotient, or its product, is not exact enough */
} residue_steps;

/* quotient_bits: of the first quotient; 45 where its product with p must be exact, 50 where that is fused with the
 * subtraction. */
static inline residue_steps residue_steps_of(const fr_bytes_field *field, const double *powers, int quotient_bits) {
    const int h = (field->p - 1) / 2;
    const double unit = fr_double_from_bits((uint64_t)(1023 - h) << 52);
    const double inverse = 1.0 / (double)field->p * fr_double_from_bits((uint64_t)(1023 + h) << 52);
    return (residue_steps){.inverse = {inverse * 0x1p-43, inverse},
                           .multiple = {(double)field->p * (unit * 0x1p43), (double)field->p * unit},
                           .sign = powers[FR_POWER_OFFSET - h],
                           .shift = 0x1.8p52 * unit,
                           .limit = 0x1p43 * unit * 128.0 * (double)((int64_t)1 << quotient_bits)};
}

/* Any finite double. */
static int8_t residue_of_any(const fr_bytes_field *field, const double *powers, double x) {
    const fr_field wide = fr_field_make((uint32_t)field->p);
    double r = fr_residue(wide, powers, powers[FR_POWER_OFFSET + 27], x);
    if (r > wide.p / 2) r -= wide.p;
    if (r < -wide.p / 2) r += wide.p;
    return (int8_t)(int32_t)r;
}

static void residues_of_any(const fr_bytes_field *field, const double *powers, const double *x, int8_t *out) {
    for (int i = 0; i < FR_TILE; i++) out[i] = residue_of_any(field, powers, x[i]);
}
