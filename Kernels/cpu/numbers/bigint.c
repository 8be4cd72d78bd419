#include "numbers/bigint.h"

#include "exact_sign.h"

int fr_exponent(double x) {
    const fr_parts parts = fr_parts_of(x);
    return parts.mantissa ? parts.exponent + __builtin_ctzll(parts.mantissa) : 1024;
}

void fr_bigint_set(mpz_t a, double x, int exponent) {
    const fr_parts parts = fr_parts_of(x);
    const int shift = parts.mantissa ? parts.exponent - exponent : 0;
    mpz_set_ui(a, shift < 0 ? parts.mantissa >> -shift : parts.mantissa); /* exact: those bits are 0 */
    if (shift > 0) mpz_mul_2exp(a, a, (mp_bitcnt_t)shift);
    if (parts.negative) mpz_neg(a, a);
}

void fr_bigint_set_words(mpz_t a, const uint64_t *words, int count) {
    mpz_import(a, (size_t)count, -1, sizeof *words, 0, 0, words);
    if (!(words[count - 1] >> 63)) return;
    mpz_t wrap; /* 2^(64 count) */
    mpz_init_set_ui(wrap, 1);
    mpz_mul_2exp(wrap, wrap, (mp_bitcnt_t)count * 64);
    mpz_sub(a, a, wrap);
    mpz_clear(wrap);
}
