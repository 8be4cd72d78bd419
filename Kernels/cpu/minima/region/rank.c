#include "minima/region/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check_arguments.h"
#include "numbers/word_prime.h"
#include "minima/region/gauss_jordan.h"

bool fr_rank_create(fr_rank *r, int64_t k) {
    memset(r, 0, sizeof *r);
    r->k = k;
    const size_t size = (size_t)k + 1, square = fr_size_product(size, size);
    if (square > PTRDIFF_MAX / (2 * sizeof(double))) return false;
    r->coordinates = calloc(size, sizeof(int64_t));
    r->rows = calloc(size, sizeof(int64_t));
    r->fold = calloc(square, sizeof(double));
    r->echelon = calloc(square, sizeof(uint64_t));
    r->system = calloc(2 * square, sizeof(double));
    return r->coordinates && r->rows && r->fold && r->echelon && r->system;
}

void fr_rank_destroy(fr_rank *r) {
    free(r->coordinates);
    free(r->rows);
    free(r->fold);
    free(r->echelon);
    free(r->system);
}

/* fold's columns: each coordinate as a combination of the chosen ones, on the independent points. */
static void find_fold(fr_rank *r, const double *points) {
    const int64_t rank = r->rank, k = r->k, width = rank + k;
    double *a = r->system;
    for (int64_t i = 0; i < rank; i++) {
        for (int64_t c = 0; c < rank; c++) a[i * width + c] = points[r->rows[i] * k + r->coordinates[c]];
        for (int64_t c = 0; c < k; c++) a[i * width + rank + c] = points[r->rows[i] * k + c];
    }
    fr_reduce(rank, width, a); /* regular: the points are independent */
    for (int64_t i = 0; i < rank; i++) memcpy(r->fold + i * k, a + i * width + rank, (size_t)k * sizeof(double));
}

void fr_rank_find(fr_rank *r, uint64_t seed, int64_t n, const double *points) {
    const fr_word_prime prime = fr_word_prime_draw(seed), *p = &prime;
    const int64_t k = r->k;
    r->rank = 0;
    for (int64_t j = 0; j < n && r->rank < k; j++) {
        uint64_t *row = r->echelon + r->rank * k;
        for (int64_t c = 0; c < k; c++) row[c] = fr_word_residue(p, points[j * k + c]);
        for (int64_t i = 0; i < r->rank; i++) {
            const uint64_t *other = r->echelon + i * k, factor = row[r->coordinates[i]];
            for (int64_t c = 0; factor && c < k; c++)
                row[c] = fr_word_subtract(p, row[c], fr_word_multiply(p, factor, other[c]));
        }
        int64_t pivot = 0;
        while (pivot < k && row[pivot] == 0) pivot++;
        if (pivot == k) continue;
        const uint64_t scale = fr_word_invert(p, row[pivot]);
        for (int64_t c = 0; c < k; c++) row[c] = fr_word_multiply(p, row[c], scale);
        r->coordinates[r->rank] = pivot;
        r->rows[r->rank++] = j;
    }
    for (int64_t i = 1; i < r->rank; i++) /* insertion */
        for (int64_t e = i; e > 0 && r->coordinates[e - 1] > r->coordinates[e]; e--) {
            const int64_t other = r->coordinates[e];
            r->coordinates[e] = r->coordinates[e - 1];
            r->coordinates[e - 1] = other;
        }
    if (r->rank < k && r->rank < n) find_fold(r, points);
}
