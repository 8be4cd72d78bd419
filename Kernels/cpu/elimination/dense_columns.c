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

/* The block's residues in a row, made a vector at a time; valid until the next row's. */
static const double *residues_of_row(const fr_dense_generator *s, int64_t row) {
    s->isa->residues(s->residues.field, s->residues.powers, s->residues.two_27, s->width,
                     s->matrix + row * s->columns + s->first, s->row);
    return s->row;
}

static void fill_pivot_rows(fr_column_generator *base, const int32_t *rows, int64_t count, double *out) {
    const fr_dense_generator *s = (const fr_dense_generator *)base;
    const fr_grouped transpose = {out, count * FR_GROUP};
    for (int64_t i = 0; i < count; i++) {
        const double *row = residues_of_row(s, rows[i]);
        for (int64_t c = 0; c < s->width; c++) *fr_grouped_transposed(transpose, i, c) = row[c];
    }
}

static void fill_nonpivot_rows(fr_column_generator *base, const int32_t *rows, int64_t groups, fr_grouped out) {
    const fr_dense_generator *s = (const fr_dense_generator *)base;
    for (int64_t i = 0; i < groups * FR_GROUP; i++) {
        const int64_t number = rows ? rows[i] : i;
        double *to = fr_grouped_row(out, i);
        if (number < s->rows) {
            const double *row = residues_of_row(s, number);
            for (int64_t c = 0; c < s->width; c++) to[c * FR_GROUP] = row[c];
        } else {
            for (int64_t c = 0; c < s->width; c++) to[c * FR_GROUP] = 0.0;
        }
    }
}

bool fr_dense_generator_create(fr_dense_generator *s, const fr_isa *isa, fr_residues residues, int64_t rows,
                               int64_t columns, int64_t leading, int64_t capacity) {
    memset(s, 0, sizeof *s);
    s->generator.next = next_block;
    s->generator.pivot_rows = fill_pivot_rows;
    s->generator.nonpivot_rows = fill_nonpivot_rows;
    s->isa = isa;
    s->residues = residues;
    s->rows = rows;
    s->columns = columns;
    s->leading = leading;
    s->capacity = capacity > leading ? capacity : leading;
    s->column_numbers = calloc((size_t)s->capacity, sizeof(int64_t));
    s->generator.columns = s->column_numbers;
    s->row = calloc((size_t)s->capacity, sizeof(double));
    return s->column_numbers && s->row;
}

void fr_dense_generator_destroy(fr_dense_generator *s) {
    free(s->column_numbers);
    free(s->row);
}

void fr_dense_generator_begin(fr_dense_generator *s, const double *matrix) {
    s->matrix = matrix;
    s->first = s->width = 0;
    s->generator.useful = NULL;
    s->generator.leading = s->leading;
}
