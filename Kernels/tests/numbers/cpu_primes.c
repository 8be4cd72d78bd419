/* Primality against trial division, and where few bases go wrong; numbers of a stream against the sampling contract. */
#include <gmp.h>

#include "fullrank_numbers.h"
#include "sampling.h"
#include "support/check.h"

static int by_division(uint64_t n) {
    for (uint64_t d = 2; d * d <= n; d++)
        if (n % d == 0) return 0;
    return n > 1;
}

static void test_primes(void) {
    for (uint64_t n = 0; n < 20000; n++) CHECK(fr_is_prime(n) == by_division(n), "%llu", (unsigned long long)n);
    /* Strong pseudoprimes to the first 4, 9 and 11 prime bases; Carmichael's; primes at the ends of the range. */
    static const uint64_t composite[] = {3215031751u, 3825123056546413051u, 561, 1729, (UINT64_C(1) << 61) + 1,
                                         UINT64_C(2147483647) * 2147483629};
    static const uint64_t prime[] = {(UINT64_C(1) << 61) - 1, (UINT64_C(1) << 61) - 2373, (UINT64_C(1) << 62) - 57,
                                     (UINT64_C(1) << 63) - 25, 8388593, 2147483647};
    for (size_t i = 0; i < sizeof composite / sizeof *composite; i++)
        CHECK(!fr_is_prime(composite[i]), "number %zu", i);
    for (size_t i = 0; i < sizeof prime / sizeof *prime; i++) CHECK(fr_is_prime(prime[i]), "number %zu", i);
    mpz_t n;
    mpz_init(n);
    for (int turn = 0; turn < 4000; turn++) {
        const uint64_t drawn = random_bits() >> (1 + turn % 40) | 1;
        mpz_set_ui(n, drawn);
        CHECK(fr_is_prime(drawn) == (mpz_probab_prime_p(n, 30) != 0), "%llu", (unsigned long long)drawn);
    }
    mpz_clear(n);
}

static void test_stream(void) {
    double values[3 * 5];
    static const fr_stream_values kinds[] = {FR_STREAM_NORMAL, FR_STREAM_UNIT, FR_STREAM_SYMMETRIC};
    for (int kind = 0; kind < 3; kind++) {
        const uint64_t seed = random_bits(), trial = FR_TRIAL_LIMIT - 1 - (uint64_t)kind;
        fr_stream_matrix(seed, trial, 14, 3, 5, kinds[kind], 0.75, values);
        for (int64_t i = 0; i < 15; i++) {
            const fr_pair raw = fr_raw_pair(seed, trial, 14, (uint32_t)(i / 5), (uint32_t)(i % 5 / 2));
            const fr_pair pair = kind == 0   ? fr_normal_pair(raw)
                                 : kind == 1 ? fr_uniform_pair(raw)
                                             : fr_symmetric_pair(raw, 0.75);
            CHECK(values[i] == (i % 5 % 2 ? pair.second : pair.first), "kind %d, value %d", kind, (int)i);
        }
        uint64_t low, high;
        fr_stream_bits(seed, trial, 14, 2, 0, &low, &high);
        CHECK(fr_double_from_bits(low >> 12 | UINT64_C(0x3FF0000000000000)) == fr_raw_pair(seed, trial, 14, 2, 0).first,
              "bits of kind %d", kind);
    }
}

int main(void) {
    test_primes();
    test_stream();
    return check_report();
}
