#include "minima_span.h"

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

void fr_span_begin(fr_span *s, uint64_t seed, int64_t n, const double *points) {
    s->p = fr_word_prime_draw(seed);
    const fr_word_prime *p = &s->p;
    s->n = n;
    s->count = 0;
    for (int64_t i = 0; i < n * s->k; i++) s->points[i] = fr_word_residue(p, points[i]);
}

/* The ray modulo p, up to a factor, less its part in the span so far; its first entry that is not 0, -1: it is 0, -2:
 * the points don't determine it. */
static int64_t reduce(fr_span *s, const int64_t *zeros, const uint64_t *pattern) {
    const fr_word_prime *p = &s->p;
    const int64_t k = s->k, n = s->n;
    uint64_t *m = s->system, *w = m + k * k;
    int64_t lead[64], rank = 0;
    if (k > 64) return -2;
    for (int64_t q = 0; q < k - 1; q++) { /* reduced echelon form of the zeros */
        uint64_t *row = m + rank * k;
        memcpy(row, s->points + zeros[q] * k, (size_t)k * sizeof(uint64_t));
        for (int64_t r = 0; r < rank; r++) {
            const uint64_t factor = row[lead[r]];
            for (int64_t c = 0; factor && c < k; c++) row[c] = fr_word_subtract(p, row[c], fr_word_multiply(p, factor, m[r * k + c]));
        }
        int64_t pivot = 0;
        while (pivot < k && row[pivot] == 0) pivot++;
        if (pivot == k) return -2;
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
    for (int64_t r = 0; r < s->count; r++) {
        const uint64_t *e = s->echelon + r * n, factor = s->row[s->pivots[r]];
        for (int64_t j = 0; factor && j < n; j++) s->row[j] = fr_word_subtract(p, s->row[j], fr_word_multiply(p, factor, e[j]));
    }
    for (int64_t j = 0; j < n; j++)
        if (s->row[j]) return j;
    return -1;
}

bool fr_span_add(fr_span *s, const int64_t *zeros, const uint64_t *pattern) {
    const int64_t pivot = reduce(s, zeros, pattern);
    if (pivot < 0) return false;
    const fr_word_prime *p = &s->p;
    const uint64_t scale = fr_word_invert(p, s->row[pivot]);
    uint64_t *e = s->echelon + s->count * s->n;
    for (int64_t j = 0; j < s->n; j++) e[j] = fr_word_multiply(p, s->row[j], scale);
    s->pivots[s->count++] = pivot;
    return true;
}

bool fr_span_holds(fr_span *s, const int64_t *zeros, const uint64_t *pattern) {
    return reduce(s, zeros, pattern) == -1;
}
