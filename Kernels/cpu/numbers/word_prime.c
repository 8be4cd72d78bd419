#include "numbers/word_prime.h"

#include <stdbool.h>
#include <stddef.h>

#include "exact_sign.h"

typedef unsigned __int128 wide;

static uint64_t power(uint64_t a, uint64_t e, uint64_t p) {
    uint64_t result = 1;
    for (; e; e >>= 1) {
        if (e & 1) result = (uint64_t)((wide)result * a % p);
        a = (uint64_t)((wide)a * a % p);
    }
    return result;
}

/* Miller and Rabin with the bases that decide every number below 2^64. */
static bool is_prime(uint64_t p) {
    static const uint64_t bases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (p % bases[i] == 0) return p == bases[i];
    const int twos = __builtin_ctzll(p - 1);
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        uint64_t x = power(bases[i], (p - 1) >> twos, p);
        if (x == 1 || x == p - 1) continue;
        bool passes = false;
        for (int t = 1; t < twos && !passes; t++) {
            x = (uint64_t)((wide)x * x % p);
            passes = x == p - 1;
        }
        if (!passes) return false;
    }
    return true;
}

fr_word_prime fr_word_prime_draw(uint64_t seed) {
    uint64_t z;
    do {
        z = seed += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        z = (z ^ (z >> 31)) >> 4 | UINT64_C(1) << 60 | 1;
    } while (!is_prime(z));
    uint64_t inverse = z; /* Newton: right modulo 2^3, then twice as many bits each time */
    for (int i = 0; i < 5; i++) inverse *= 2 - z * inverse;
    return (fr_word_prime){.prime = z, .negative_inverse = -inverse, .square = (uint64_t)(((wide)-1) % z) + 1};
}

uint64_t fr_word_invert(const fr_word_prime *p, uint64_t a) { /* a^(p - 2) */
    uint64_t result = fr_word_multiply(p, 1, p->square);
    for (uint64_t e = p->prime - 2; e; e >>= 1) {
        if (e & 1) result = fr_word_multiply(p, result, a);
        a = fr_word_multiply(p, a, a);
    }
    return result;
}

uint64_t fr_word_power_of_two(const fr_word_prime *p, int64_t exponent) {
    const uint64_t base = exponent < 0 ? (p->prime + 1) / 2 : 2;
    return fr_word_multiply(p, power(base, (uint64_t)(exponent < 0 ? -exponent : exponent), p->prime), p->square);
}

uint64_t fr_word_residue(const fr_word_prime *p, double x) {
    const fr_parts parts = fr_parts_of(x);
    const uint64_t mantissa = fr_word_multiply(p, parts.mantissa % p->prime, p->square);
    const uint64_t value = fr_word_multiply(p, mantissa, fr_word_power_of_two(p, parts.exponent));
    return parts.negative && value ? p->prime - value : value;
}
