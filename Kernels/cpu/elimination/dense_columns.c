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
    for (int64_t i = 0; i < count; i++) {
        const double *row = s->matrix + rows[i] * s->columns + s->first;
        for (int64_t c = 0; c < s->width; c++)
            out[(c / FR_GROUP * count + i) * FR_GROUP + c % FR_GROUP] =
                fr_residue(s->field, s->powers, s->two_27, row[c]);
    }
}

static void fill_nonpivot_rows(fr_column_generator *base, const int32_t *rows, int64_t groups, double *out, int64_t stride) {
    const fr_dense_generator *s = (const fr_dense_generator *)base;
    for (int64_t group = 0; group < groups; group++, out += stride)
        for (int lane = 0; lane < FR_GROUP; lane++) {
            const int64_t number = rows ? rows[group * FR_GROUP + lane] : group * FR_GROUP + lane;
            const double *row = s->matrix + number * s->columns + s->first;
            for (int64_t c = 0; c < s->width; c++)
                out[c * FR_GROUP + lane] =
                    number < s->rows ? fr_residue(s->field, s->powers, s->two_27, row[c]) : 0.0;
        }
}

bool fr_dense_generator_create(fr_dense_generator *s, const fr_isa *isa, fr_field field, const double *powers,
                            int64_t rows, int64_t columns, int64_t leading, int64_t capacity) {
    memset(s, 0, sizeof *s);
    s->generator.next = next_block;
    s->generator.pivot_rows = fill_pivot_rows;
    s->generator.nonpivot_rows = fill_nonpivot_rows;
    s->isa = isa;
    s->field = field;
    s->powers = powers;
    s->two_27 = powers[FR_POWER_OFFSET + 27];
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
