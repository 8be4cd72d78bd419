#include "minima/region/rank.h"

#include <string.h>

#include "numbers/echelon.h"
#include "minima/region/gauss_jordan.h"

void fr_rank_lay_out(fr_rank *r, fr_arena *arena) {
    const int64_t size = r->k + 1;
    FR_SLICE(arena, r->coordinates, size, 1);
    FR_SLICE(arena, r->rows, size, 1);
    FR_SLICE(arena, r->fold, size, size);
    FR_SLICE(arena, r->echelon, size, size);
    FR_SLICE(arena, r->system, size, 2 * size);
}

/* The columns of fold: each coordinate as a combination of the chosen ones, on the independent points. */
static void find_fold(fr_rank *r, const double *points) {
    const int64_t rank = r->rank, k = r->k, width = rank + k;
    double *a = r->system;
    for (int64_t i = 0; i < rank; i++) {
        for (int64_t c = 0; c < rank; c++) a[i * width + c] = points[r->rows[i] * k + r->coordinates[c]];
        for (int64_t c = 0; c < k; c++) a[i * width + rank + c] = points[r->rows[i] * k + c];
    }
    fr_gauss_jordan(rank, width, a); /* regular: the points are independent */
    for (int64_t i = 0; i < rank; i++) memcpy(r->fold + i * k, a + i * width + rank, (size_t)k * sizeof(double));
}

void fr_rank_find(fr_rank *r, uint64_t seed, int64_t n, const double *points) {
    const fr_word_prime prime = fr_word_prime_draw(seed);
    const int64_t k = r->k;
    fr_echelon form = {.prime = &prime, .width = k, .rows = r->echelon, .pivots = r->coordinates};
    for (int64_t j = 0; j < n && form.rank < k; j++) {
        uint64_t *row = fr_echelon_next(&form);
        for (int64_t c = 0; c < k; c++) row[c] = fr_word_residue(&prime, points[j * k + c]);
        if (fr_echelon_take(&form)) r->rows[form.rank - 1] = j;
    }
    r->rank = form.rank;
    for (int64_t i = 1; i < r->rank; i++) /* insertion */
        for (int64_t e = i; e > 0 && r->coordinates[e - 1] > r->coordinates[e]; e--) {
            const int64_t other = r->coordinates[e];
            r->coordinates[e] = r->coordinates[e - 1];
            r->coordinates[e - 1] = other;
        }
    if (r->rank < k && r->rank < n) find_fold(r, points);
}
