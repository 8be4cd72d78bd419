#include "minima/region/span.h"

#include "minima/region/facts.h"

#include <stdlib.h>
#include <string.h>

bool fr_span_create(fr_span *s, int64_t most_points, int64_t k) {
    memset(s, 0, sizeof *s);
    s->k = k;
    const size_t n = (size_t)most_points + 1, size = (size_t)k + 1;
    s->points = calloc(n * size, sizeof(uint64_t));
    s->echelon = calloc(n * n, sizeof(uint64_t));
    s->pivots = calloc(n, sizeof(int64_t));
    s->row = calloc(n, sizeof(uint64_t));
    s->witness = calloc(n, sizeof(uint64_t));
    s->system = calloc(size * size + size, sizeof(uint64_t));
    return s->points && s->echelon && s->pivots && s->row && s->witness && s->system;
}

void fr_span_destroy(fr_span *s) {
    free(s->points);
    free(s->echelon);
    free(s->pivots);
    free(s->row);
    free(s->witness);
    free(s->system);
}

void fr_span_begin(fr_span *s, uint64_t seed, int64_t n, const double *points) {
    s->p = fr_word_prime_draw(seed);
    const fr_word_prime *p = &s->p;
    s->n = n;
    s->count = 0;
    for (int64_t i = 0; i < n * s->k; i++) s->points[i] = fr_word_residue(p, points[i]);
}

/* row = the ray modulo p, up to a factor; false where the points don't determine it. */
static bool find_ray(fr_span *s, const int64_t *zeros, const uint64_t *pattern) {
    const fr_word_prime *p = &s->p;
    const int64_t k = s->k, n = s->n;
    uint64_t *m = s->system, *w = m + k * k;
    int64_t lead[FR_MOST_SET_POINTS], rank = 0;
    if (k > FR_MOST_SET_POINTS) return false;
    for (int64_t q = 0; q < k - 1; q++) { /* reduced echelon form of the zeros */
        uint64_t *row = m + rank * k;
        memcpy(row, s->points + zeros[q] * k, (size_t)k * sizeof(uint64_t));
        for (int64_t r = 0; r < rank; r++) {
            const uint64_t factor = row[lead[r]];
            for (int64_t c = 0; factor && c < k; c++) row[c] = fr_word_subtract(p, row[c], fr_word_multiply(p, factor, m[r * k + c]));
        }
        int64_t pivot = 0;
        while (pivot < k && row[pivot] == 0) pivot++;
        if (pivot == k) return false;
        const uint64_t scale = fr_word_invert(p, row[pivot]);
        for (int64_t c = 0; c < k; c++) row[c] = fr_word_multiply(p, row[c], scale);
        for (int64_t r = 0; r < rank; r++) {
            const uint64_t factor = m[r * k + pivot];
            for (int64_t c = 0; factor && c < k; c++)
                m[r * k + c] = fr_word_subtract(p, m[r * k + c], fr_word_multiply(p, factor, row[c]));
        }
        lead[rank++] = pivot;
    }
    int64_t free_column = 0;
    for (bool taken = true; taken; free_column += taken) {
        taken = false;
        for (int64_t r = 0; r < rank; r++) taken |= lead[r] == free_column;
    }
    memset(w, 0, (size_t)k * sizeof(uint64_t));
    w[free_column] = fr_word_multiply(p, 1, p->square);
    for (int64_t r = 0; r < rank; r++) w[lead[r]] = fr_word_subtract(p, 0, m[r * k + free_column]);
    for (int64_t j = 0; j < n; j++) {
        uint64_t sum = 0;
        if (pattern[j / 64] >> (j % 64) & 1)
            for (int64_t c = 0; c < k; c++) {
                sum = fr_word_add(p, sum, fr_word_multiply(p, s->points[j * k + c], w[c]));
            }
        s->row[j] = sum;
    }
    return true;
}

bool fr_span_add(fr_span *s, const int64_t *zeros, const uint64_t *pattern) {
    if (!find_ray(s, zeros, pattern)) return false;
    const fr_word_prime *p = &s->p;
    const int64_t n = s->n;
    for (int64_t r = 0; r < s->count; r++) {
        const uint64_t *e = s->echelon + r * n, factor = s->row[s->pivots[r]];
        for (int64_t j = 0; factor && j < n; j++) s->row[j] = fr_word_subtract(p, s->row[j], fr_word_multiply(p, factor, e[j]));
    }
    int64_t pivot = 0;
    while (pivot < n && s->row[pivot] == 0) pivot++;
    if (pivot == n) return false;
    const uint64_t scale = fr_word_invert(p, s->row[pivot]);
    uint64_t *e = s->echelon + s->count * s->n;
    for (int64_t j = 0; j < s->n; j++) e[j] = fr_word_multiply(p, s->row[j], scale);
    s->pivots[s->count++] = pivot;
    return true;
}

void fr_span_draw_witness(fr_span *s, uint64_t seed) {
    const fr_word_prime *p = &s->p;
    const int64_t n = s->n;
    for (int64_t j = 0; j < n; j++) {
        uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        s->witness[j] = (z ^ (z >> 31)) % p->prime;
    }
    for (int64_t r = s->count - 1; r >= 0; r--) { /* its pivot is 0 in the rows behind */
        const uint64_t *e = s->echelon + r * n;
        uint64_t sum = 0;
        for (int64_t j = 0; j < n; j++)
            if (j != s->pivots[r]) sum = fr_word_add(p, sum, fr_word_multiply(p, e[j], s->witness[j]));
        s->witness[s->pivots[r]] = fr_word_subtract(p, 0, sum);
    }
}

bool fr_span_holds(fr_span *s, const int64_t *zeros, const uint64_t *pattern) {
    if (!find_ray(s, zeros, pattern)) return false;
    uint64_t sum = 0;
    for (int64_t j = 0; j < s->n; j++)
        if (s->row[j]) sum = fr_word_add(&s->p, sum, fr_word_multiply(&s->p, s->row[j], s->witness[j]));
    return sum == 0;
}
