#include "numbers/word_prime.h"

#include <stdbool.h>

#include "exact_sign.h"
#include "fullrank_numbers.h"

typedef unsigned __int128 wide;

fr_word_prime fr_word_prime_make(uint64_t n) {
    uint64_t inverse = n; /* Newton's method: correct modulo 2^3, then the number of correct bits doubles each time */
    for (int i = 0; i < 5; i++) inverse *= 2 - n * inverse;
    return (fr_word_prime){.prime = n, .negative_inverse = -inverse, .square = (uint64_t)(((wide)-1) % n) + 1};
}

static uint64_t power(const fr_word_prime *p, uint64_t a, uint64_t e) {
    uint64_t result = fr_word_multiply(p, 1, p->square);
    for (; e; e >>= 1) {
        if (e & 1) result = fr_word_multiply(p, result, a);
        a = fr_word_multiply(p, a, a);
    }
    return result;
}

/* Miller and Rabin's test, which is exact below 2^64 with these bases (Sorenson and Webster 2017). */
int fr_is_prime(uint64_t number) {
    static const uint64_t bases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    enum { BASES = sizeof bases / sizeof *bases };
    if (number < 2) return 0;
    for (int i = 0; i < BASES; i++)
        if (number % bases[i] == 0) return number == bases[i];
    const fr_word_prime p = fr_word_prime_make(number);
    const uint64_t one = fr_word_multiply(&p, 1, p.square), minus_one = number - one;
    const int twos = __builtin_ctzll(number - 1);
    for (int i = 0; i < BASES; i++) {
        uint64_t x = power(&p, fr_word_multiply(&p, bases[i], p.square), (number - 1) >> twos);
        bool passes = x == one || x == minus_one;
        for (int t = 1; t < twos && !passes; t++) {
            x = fr_word_multiply(&p, x, x);
            passes = x == minus_one;
        }
        if (!passes) return 0;
    }
    return 1;
}

fr_word_prime fr_word_prime_draw(uint64_t seed) {
    uint64_t z;
    do {
        z = seed += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        z = (z ^ (z >> 31)) >> 4 | UINT64_C(1) << 60 | 1;
    } while (!fr_is_prime(z));
    return fr_word_prime_make(z);
}

/* Inverts by Fermat's theorem. */
uint64_t fr_word_invert(const fr_word_prime *p, uint64_t a) { return power(p, a, p->prime - 2); }

uint64_t fr_word_power_of_two(const fr_word_prime *p, int64_t exponent) {
    const uint64_t base = exponent < 0 ? (p->prime + 1) / 2 : 2;
    return power(p, fr_word_multiply(p, base, p->square), (uint64_t)(exponent < 0 ? -exponent : exponent));
}

uint64_t fr_word_residue(const fr_word_prime *p, double x) {
    const fr_parts parts = fr_parts_of(x);
    const uint64_t mantissa = fr_word_multiply(p, parts.mantissa % p->prime, p->square);
    const uint64_t value = fr_word_multiply(p, mantissa, fr_word_power_of_two(p, parts.exponent));
    return parts.negative && value ? p->prime - value : value;
}
