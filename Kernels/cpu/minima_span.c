#include "minima_span.h"

#include <stdlib.h>
#include <string.h>

#include "exact_sign.h"

typedef unsigned __int128 wide;

bool fr_span_create(fr_span *s, int64_t most_points, int64_t k) {
    memset(s, 0, sizeof *s);
    s->k = k;
    const size_t n = (size_t)most_points + 1, size = (size_t)k + 1;
    s->points = calloc(n * size, sizeof(uint64_t));
    s->echelon = calloc(n * n, sizeof(uint64_t));
    s->pivots = calloc(n, sizeof(int64_t));
    s->row = calloc(n, sizeof(uint64_t));
    s->system = calloc(size * size + size, sizeof(uint64_t));
    return s->points && s->echelon && s->pivots && s->row && s->system;
}

void fr_span_destroy(fr_span *s) {
    free(s->points);
    free(s->echelon);
    free(s->pivots);
    free(s->row);
    free(s->system);
}

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

/* A prime between 2^60 and 2^61: the first that splitmix64 gives from the seed. */
static uint64_t draw_prime(uint64_t seed) {
    for (;;) {
        uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        z = (z ^ (z >> 31)) >> 4 | UINT64_C(1) << 60 | 1;
        if (is_prime(z)) return z;
    }
}

/* a b 2^-64 mod p. */
static inline uint64_t multiply(const fr_span *s, uint64_t a, uint64_t b) {
    const wide product = (wide)a * b;
    const uint64_t m = (uint64_t)product * s->negative_inverse;
    const uint64_t r = (uint64_t)((product + (wide)m * s->prime) >> 64);
    return r >= s->prime ? r - s->prime : r;
}

static inline uint64_t subtract(const fr_span *s, uint64_t a, uint64_t b) { return a >= b ? a - b : a + s->prime - b; }

static uint64_t invert(const fr_span *s, uint64_t a) { /* in Montgomery form: a^(p - 2) */
    uint64_t result = multiply(s, 1, s->square);
    for (uint64_t e = s->prime - 2; e; e >>= 1) {
        if (e & 1) result = multiply(s, result, a);
        a = multiply(s, a, a);
    }
    return result;
}

static uint64_t residue(const fr_span *s, double x) {
    const fr_parts parts = fr_parts_of(x);
    const uint64_t p = s->prime;
    const uint64_t half = (p + 1) / 2, base = parts.exponent < 0 ? half : 2;
    const uint64_t scale = power(base, (uint64_t)(parts.exponent < 0 ? -parts.exponent : parts.exponent), p);
    uint64_t value = (uint64_t)((wide)(parts.mantissa % p) * scale % p);
    if (parts.negative && value) value = p - value;
    return multiply(s, value, s->square);
}

void fr_span_begin(fr_span *s, uint64_t seed, int64_t n, const double *points) {
    s->prime = draw_prime(seed);
    uint64_t inverse = s->prime; /* Newton: right modulo 2^3, then twice as many bits each time */
    for (int i = 0; i < 5; i++) inverse *= 2 - s->prime * inverse;
    s->negative_inverse = -inverse;
    s->square = (uint64_t)(((wide)-1) % s->prime) + 1;
    s->n = n;
    s->count = 0;
    for (int64_t i = 0; i < n * s->k; i++) s->points[i] = residue(s, points[i]);
}

/* The ray modulo p, up to a factor, less its part in the span so far; its first entry that is not 0, -1: it is 0, -2:
 * the points don't determine it. */
static int64_t reduce(fr_span *s, const int64_t *zeros, const uint64_t *pattern) {
    const int64_t k = s->k, n = s->n;
    uint64_t *m = s->system, *w = m + k * k;
    int64_t lead[64], rank = 0;
    if (k > 64) return -2;
    for (int64_t q = 0; q < k - 1; q++) { /* reduced echelon form of the zeros */
        uint64_t *row = m + rank * k;
        memcpy(row, s->points + zeros[q] * k, (size_t)k * sizeof(uint64_t));
        for (int64_t r = 0; r < rank; r++) {
            const uint64_t factor = row[lead[r]];
            for (int64_t c = 0; factor && c < k; c++) row[c] = subtract(s, row[c], multiply(s, factor, m[r * k + c]));
        }
        int64_t pivot = 0;
        while (pivot < k && row[pivot] == 0) pivot++;
        if (pivot == k) return -2;
        const uint64_t scale = invert(s, row[pivot]);
        for (int64_t c = 0; c < k; c++) row[c] = multiply(s, row[c], scale);
        for (int64_t r = 0; r < rank; r++) {
            const uint64_t factor = m[r * k + pivot];
            for (int64_t c = 0; factor && c < k; c++)
                m[r * k + c] = subtract(s, m[r * k + c], multiply(s, factor, row[c]));
        }
        lead[rank++] = pivot;
    }
    int64_t free_column = 0;
    for (bool taken = true; taken; free_column += taken) {
        taken = false;
        for (int64_t r = 0; r < rank; r++) taken |= lead[r] == free_column;
    }
    memset(w, 0, (size_t)k * sizeof(uint64_t));
    w[free_column] = multiply(s, 1, s->square);
    for (int64_t r = 0; r < rank; r++) w[lead[r]] = subtract(s, 0, m[r * k + free_column]);
    for (int64_t j = 0; j < n; j++) {
        uint64_t sum = 0;
        if (pattern[j / 64] >> (j % 64) & 1)
            for (int64_t c = 0; c < k; c++) {
                sum += multiply(s, s->points[j * k + c], w[c]);
                if (sum >= s->prime) sum -= s->prime;
            }
        s->row[j] = sum;
    }
    for (int64_t r = 0; r < s->count; r++) {
        const uint64_t *e = s->echelon + r * n, factor = s->row[s->pivots[r]];
        for (int64_t j = 0; factor && j < n; j++) s->row[j] = subtract(s, s->row[j], multiply(s, factor, e[j]));
    }
    for (int64_t j = 0; j < n; j++)
        if (s->row[j]) return j;
    return -1;
}

bool fr_span_add(fr_span *s, const int64_t *zeros, const uint64_t *pattern) {
    const int64_t pivot = reduce(s, zeros, pattern);
    if (pivot < 0) return false;
    const uint64_t scale = invert(s, s->row[pivot]);
    uint64_t *e = s->echelon + s->count * s->n;
    for (int64_t j = 0; j < s->n; j++) e[j] = multiply(s, s->row[j], scale);
    s->pivots[s->count++] = pivot;
    return true;
}

bool fr_span_holds(fr_span *s, const int64_t *zeros, const uint64_t *pattern) {
    return reduce(s, zeros, pattern) == -1;
}
