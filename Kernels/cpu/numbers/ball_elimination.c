#include "numbers/ball_elimination.h"

#include <math.h>

/* The row, from `first` on, that provides the pivot of column c; -1 if there is none. */
static int64_t find_pivot(fr_ball_context *r, const fr_ball *a, int64_t first, int64_t rows, int64_t width, int64_t c,
                          fr_pivot_rule rule) {
    int64_t pivot = -1;
    double largest = 0;
    for (int64_t row = first; row < rows; row++) {
        const fr_ball *entry = &a[row * width + c];
        if (rule == FR_PIVOT_FIRST) {
            if (fr_ball_sign(r, entry) != 0) return row;
            continue;
        }
        const double size = fabs(fr_ball_double(r, entry, 0));
        if (size > largest && fr_ball_sign(r, entry) != 0) {
            largest = size;
            pivot = row;
        }
    }
    return pivot;
}

int64_t fr_ball_eliminate(fr_ball_context *r, fr_ball *a, int64_t rows, int64_t columns, int64_t width,
                          fr_pivot_rule rule, int64_t *lead) {
    fr_ball one, scale, factor;
    fr_ball_set(r, &one, 1);
    int64_t rank = 0;
    for (int64_t c = 0; c < columns && rank < rows; c++) {
        const int64_t pivot = find_pivot(r, a, rank, rows, width, c, rule);
        if (rule == FR_PIVOT_LARGEST && (pivot < 0 || r->doubt)) return rank;
        if (pivot < 0) continue;
        for (int64_t t = 0; t < width; t++) {
            const fr_ball other = a[pivot * width + t];
            a[pivot * width + t] = a[rank * width + t];
            a[rank * width + t] = other;
        }
        fr_ball_divide(r, &scale, &one, &a[rank * width + c]);
        for (int64_t t = 0; t < width; t++) fr_ball_multiply(r, &a[rank * width + t], &a[rank * width + t], &scale);
        for (int64_t i = 0; i < rows; i++) {
            if (i == rank) continue;
            factor = a[i * width + c];
            for (int64_t t = 0; t < width; t++)
                fr_ball_add_product(r, &a[i * width + t], &factor, &a[rank * width + t], -1);
        }
        if (lead) lead[rank] = c;
        rank++;
    }
    return rank;
}
