#include "network/coordinate_basis.h"

#include <stdlib.h>
#include <string.h>

/* Points that bring nothing, after which no more are looked at. */
#define PATIENCE 8

bool fr_coordinate_basis_create(fr_coordinate_basis *b, int64_t count) {
    memset(b, 0, sizeof *b);
    b->count = count;
    b->kept = calloc((size_t)count + 1, 1);
    b->pivots = calloc((size_t)count + 1, sizeof *b->pivots);
    return b->kept && b->pivots;
}

void fr_coordinate_basis_destroy(fr_coordinate_basis *b) {
    free(b->kept);
    free(b->pivots);
    free(b->relations);
    memset(b, 0, sizeof *b);
}

/* row -= factor other, from a place where other is 1. */
static void subtract(fr_field field, int64_t count, double factor, const double *other, double *row) {
    for (int64_t c = 0; c < count; c++) row[c] = fr_reduce(field, row[c] - factor * other[c]);
}

/* Reduced row echelon form, row by row: `row` is behind the others. Answers whether it is independent of them. */
static bool add_row(fr_coordinate_basis *b, fr_field field, double *row) {
    for (int64_t i = 0; i < b->rank; i++) {
        const double factor = row[b->pivots[i]];
        if (factor != 0.0) subtract(field, b->count, factor, b->relations + i * b->count, row);
    }
    int64_t pivot = 0;
    while (pivot < b->count && row[pivot] == 0.0) pivot++;
    if (pivot == b->count) return false;
    const double inverse = fr_inverse(field, row[pivot]);
    for (int64_t c = 0; c < b->count; c++) row[c] = fr_reduce(field, inverse * row[c]);
    for (int64_t i = 0; i < b->rank; i++) {
        double *above = b->relations + i * b->count;
        if (above[pivot] != 0.0) subtract(field, b->count, above[pivot], row, above);
    }
    b->kept[pivot] = 1;
    b->pivots[b->rank++] = pivot;
    return true;
}

bool fr_coordinate_basis_find(fr_coordinate_basis *b, fr_field field, fr_residue_matrix values, int64_t points) {
    memset(b->kept, 0, (size_t)b->count);
    b->rank = 0;
    int64_t room = 0, since = 0;
    for (int64_t j = 0; j < points && since < PATIENCE && b->rank < b->count; j++) {
        if (b->rank == room) {
            room = 2 * room + 16;
            double *more = realloc(b->relations, (size_t)(room * b->count) * sizeof *more);
            if (!more) return false;
            b->relations = more;
        }
        double *row = b->relations + b->rank * b->count;
        for (int64_t c = 0; c < b->count; c++) row[c] = *fr_residue_at(values, j, c);
        since = add_row(b, field, row) ? 0 : since + 1;
    }
    return true;
}
