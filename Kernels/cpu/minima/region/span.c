#include "minima/region/span.h"

#include "minima/region/facts.h"

#include <string.h>

void fr_span_prepare(fr_span *s, int64_t most_points, int64_t k) {
    s->n = most_points;
    s->k = k;
}

void fr_span_lay_out(fr_span *s, fr_arena *arena) {
    const int64_t n = s->n + 1, size = s->k + 1;
    FR_SLICE(arena, s->points, n, size);
    FR_SLICE(arena, s->rays.rows, n, n);
    FR_SLICE(arena, s->rays.pivots, n, 1);
    FR_SLICE(arena, s->zeros.rows, size, size);
    FR_SLICE(arena, s->zeros.pivots, size, 1);
    FR_SLICE(arena, s->row, n, 1);
    FR_SLICE(arena, s->witness, n, 1);
    FR_SLICE(arena, s->weights, size, 1);
}

void fr_span_begin(fr_span *s, uint64_t seed, int64_t n, const double *points) {
    s->p = fr_word_prime_draw(seed);
    s->n = n;
    s->rays.prime = s->zeros.prime = &s->p;
    s->rays.width = n;
    s->rays.rank = 0;
    s->zeros.width = s->k;
    for (int64_t i = 0; i < n * s->k; i++) s->points[i] = fr_word_residue(&s->p, points[i]);
}

/* row = the ray modulo p, up to a factor. Returns false if the points do not determine the ray. */
static bool find_ray(fr_span *s, const int64_t *zeros, const uint64_t *pattern) {
    const fr_word_prime *p = &s->p;
    const int64_t k = s->k, n = s->n;
    fr_echelon *form = &s->zeros;
    uint64_t *w = s->weights;
    form->rank = 0;
    if (k > FR_MOST_SET_POINTS) return false;
    for (int64_t q = 0; q < k - 1; q++) {
        memcpy(fr_echelon_next(form), s->points + zeros[q] * k, (size_t)k * sizeof(uint64_t));
        if (!fr_echelon_take(form)) return false;
        fr_echelon_clear_newest(form);
    }
    int64_t free_column = 0;
    for (bool taken = true; taken; free_column += taken) {
        taken = false;
        for (int64_t r = 0; r < form->rank; r++) taken |= form->pivots[r] == free_column;
    }
    memset(w, 0, (size_t)k * sizeof(uint64_t));
    w[free_column] = fr_word_multiply(p, 1, p->square);
    for (int64_t r = 0; r < form->rank; r++)
        w[form->pivots[r]] = fr_word_subtract(p, 0, form->rows[r * k + free_column]);
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
    memcpy(fr_echelon_next(&s->rays), s->row, (size_t)s->n * sizeof(uint64_t));
    return fr_echelon_take(&s->rays);
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
    for (int64_t r = s->rays.rank - 1; r >= 0; r--) { /* its pivot is 0 in the later rows */
        const uint64_t *e = s->rays.rows + r * n;
        const int64_t pivot = s->rays.pivots[r];
        uint64_t sum = 0;
        for (int64_t j = 0; j < n; j++)
            if (j != pivot) sum = fr_word_add(p, sum, fr_word_multiply(p, e[j], s->witness[j]));
        s->witness[pivot] = fr_word_subtract(p, 0, sum);
    }
}

bool fr_span_holds(fr_span *s, const int64_t *zeros, const uint64_t *pattern) {
    if (!find_ray(s, zeros, pattern)) return false;
    uint64_t sum = 0;
    for (int64_t j = 0; j < s->n; j++)
        if (s->row[j]) sum = fr_word_add(&s->p, sum, fr_word_multiply(&s->p, s->row[j], s->witness[j]));
    return sum == 0;
}
