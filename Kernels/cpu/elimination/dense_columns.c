#include "elimination/dense_columns.h"

#include <stdlib.h>
#include <string.h>

static int64_t next_block(fr_column_generator *base, int64_t want) {
    fr_dense_generator *s = (fr_dense_generator *)base;
    if (want > s->capacity) want = s->capacity;
    s->first += s->width;
    s->width = s->columns - s->first < want ? s->columns - s->first : want;
    for (int64_t c = 0; c < s->width; c++) s->column_numbers[c] = s->first + c;
    return s->width;
}

static void fill_pivot_rows(fr_column_generator *base, const int32_t *rows, int64_t count, double *out) {
    const fr_dense_generator *s = (const fr_dense_generator *)base;
    const fr_grouped transpose = {out, count * FR_GROUP};
    for (int64_t i = 0; i < count; i++) {
        const double *row = s->matrix + rows[i] * s->columns + s->first;
        for (int64_t c = 0; c < s->width; c++)
            *fr_grouped_transposed(transpose, i, c) = fr_residue_of(&s->residues, row[c]);
    }
}

static void fill_nonpivot_rows(fr_column_generator *base, const int32_t *rows, int64_t groups, fr_grouped out) {
    const fr_dense_generator *s = (const fr_dense_generator *)base;
    for (int64_t i = 0; i < groups * FR_GROUP; i++) {
        const int64_t number = rows ? rows[i] : i;
        const double *row = s->matrix + number * s->columns + s->first;
        double *to = fr_grouped_row(out, i);
        for (int64_t c = 0; c < s->width; c++)
            to[c * FR_GROUP] = number < s->rows ? fr_residue_of(&s->residues, row[c]) : 0.0;
    }
}

bool fr_dense_generator_create(fr_dense_generator *s, fr_residues residues, int64_t rows, int64_t columns,
                               int64_t leading, int64_t capacity) {
    memset(s, 0, sizeof *s);
    s->generator.next = next_block;
    s->generator.pivot_rows = fill_pivot_rows;
    s->generator.nonpivot_rows = fill_nonpivot_rows;
    s->residues = residues;
    s->rows = rows;
    s->columns = columns;
    s->leading = leading;
    s->capacity = capacity > leading ? capacity : leading;
    s->column_numbers = calloc((size_t)s->capacity, sizeof(int64_t));
    s->generator.columns = s->column_numbers;
    return s->column_numbers != NULL;
}

void fr_dense_generator_destroy(fr_dense_generator *s) { free(s->column_numbers); }

void fr_dense_generator_begin(fr_dense_generator *s, const double *matrix) {
    s->matrix = matrix;
    s->first = s->width = 0;
    s->generator.useful = NULL;
    s->generator.leading = s->leading;
}
