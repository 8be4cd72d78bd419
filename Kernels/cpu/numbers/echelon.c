#include "numbers/echelon.h"

/* row -= factor * other */
static void subtract(const fr_word_prime *p, int64_t width, uint64_t *row, uint64_t factor, const uint64_t *other) {
    if (factor == 0) return;
    for (int64_t c = 0; c < width; c++) row[c] = fr_word_subtract(p, row[c], fr_word_multiply(p, factor, other[c]));
}

bool fr_echelon_take(fr_echelon *e) {
    const fr_word_prime prime = *e->prime; /* a copy: stores into rows cannot change it */
    const int64_t width = e->width;
    uint64_t *row = fr_echelon_next(e);
    for (int64_t i = 0; i < e->rank; i++) subtract(&prime, width, row, row[e->pivots[i]], e->rows + i * width);
    int64_t pivot = 0;
    while (pivot < width && row[pivot] == 0) pivot++;
    if (pivot == width) return false;
    const uint64_t scale = fr_word_invert(&prime, row[pivot]);
    for (int64_t c = 0; c < width; c++) row[c] = fr_word_multiply(&prime, row[c], scale);
    e->pivots[e->rank++] = pivot;
    return true;
}

void fr_echelon_clear_newest(fr_echelon *e) {
    const fr_word_prime prime = *e->prime;
    const int64_t width = e->width, newest = e->rank - 1, pivot = e->pivots[newest];
    for (int64_t i = 0; i < newest; i++) {
        uint64_t *row = e->rows + i * width;
        subtract(&prime, width, row, row[pivot], e->rows + newest * width);
    }
}
