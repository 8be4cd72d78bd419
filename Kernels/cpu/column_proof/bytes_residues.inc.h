/* Residues of doubles modulo a prime p of eight bits, in two steps of the nearest multiple. Part of each bytes_*.c.
 *
 * By Euler 2^h = 1 or -1 mod p for h = (p - 1) / 2, so a whole number of units 2^-h has that number, or its negative,
 * for residue. Multiples of p 2^(43 - h), then of p 2^-h, are taken away: both differences are floats. A quotient errs
 * by at most 2^-52 of its size before it is rounded; the second, at most 2^43, by less than the distance 1 / (2 p)
 * of r / p from a half, so the balanced residue is the one least in size. What is not a multiple of the unit, or too
 * large, goes by fr_residue. `shift` added to a whole number of units leaves that number in the lowest bits. */
#include "field.h"

/* Up to field->residue_limit the first quotient is at most 2^45, so that its product with p is exact; where that is
 * fused with the subtraction, 2^50 will do. */
#define FUSED_LIMIT(field) (32.0 * (field)->residue_limit)

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
