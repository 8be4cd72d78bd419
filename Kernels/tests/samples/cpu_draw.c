/* Blocks of samples by every instruction set against the functions of sampling.h, bit for bit: every tail, both
 * layouts, each distribution, trials and rows with high bits; nothing written elsewhere. */
#include <stdbool.h>

#include "support/instruction_sets.h"
#include "vector/isa.h"
#include "sampling.h"


static double expected(const fr_draw *draw, uint32_t row, int64_t column) {
    const fr_pair raw = fr_raw_pair(draw->seed, draw->trial, draw->stream, row, (uint32_t)(column / 2));
    fr_pair pair = fr_normal_pair(raw);
    if (draw->distribution == FR_DRAW_UNIFORM) pair = fr_uniform_pair(raw);
    if (draw->distribution == FR_DRAW_SYMMETRIC) pair = fr_symmetric_pair(raw, draw->bound);
    return column % 2 ? pair.second : pair.first;
}

static fr_draw random_draw(fr_distribution distribution) {
    const bool wide = random_bits() % 2;
    return (fr_draw){distribution, 1.0 / (double)(1 + random_bits() % 9), random_bits(),
                     wide ? random_bits() % FR_TRIAL_LIMIT : random_bits() % 1000, (uint32_t)(random_bits() % 256)};
}

static uint64_t bits_of(double x) { return fr_bits_of_double(x); }

static void test_columns(const fr_isa *isa, fr_distribution distribution, int64_t rows, int64_t columns) {
    const fr_draw draw = random_draw(distribution);
    const int64_t padded = (rows + FR_DRAW_ROWS - 1) / FR_DRAW_ROWS * FR_DRAW_ROWS;
    const int64_t stride = padded + (int64_t)(random_bits() % 2) * 8;
    const size_t bytes = (size_t)(columns * stride) * sizeof(double), norm_bytes = (size_t)padded * sizeof(double);
    double *out = guarded(bytes), *norms = guarded(norm_bytes);
    for (int64_t i = 0; i < columns * stride; i++) out[i] = 7.0;
    for (int64_t i = 0; i < padded; i++) norms[i] = 7.0;
    isa->draw_columns(&draw, rows, columns, (fr_columns){out, stride}, norms);
    int64_t wrong = 0, beyond = 0, wrong_norms = 0;
    for (int64_t i = 0; i < stride; i++) {
        double norm = 0.0;
        for (int64_t c = 0; c < columns; c++) {
            const double x = out[c * stride + i];
            if (i < rows) {
                wrong += bits_of(x) != bits_of(expected(&draw, (uint32_t)i, c));
                norm = fmax(norm, fabs(x));
            } else {
                beyond += bits_of(x) != bits_of(7.0) && (i >= padded || bits_of(x) != 0);
            }
        }
        if (i < rows) wrong_norms += norms[i] != norm;
        if (i >= rows && i < padded) wrong_norms += norms[i] != 7.0 && bits_of(norms[i]) != 0;
    }
    CHECK(wrong == 0 && beyond == 0 && wrong_norms == 0 && guarded_intact(out, bytes) &&
              guarded_intact(norms, norm_bytes),
          "%s, distribution %d, %d rows by %d columns: %d wrong, %d beyond, %d norms", isa->name, (int)distribution,
          (int)rows, (int)columns, (int)wrong, (int)beyond, (int)wrong_norms);
    guarded_free(out);
    guarded_free(norms);
}

static void test_rows(const fr_isa *isa, fr_distribution distribution, uint32_t first_row, int64_t rows,
                      int64_t columns, bool with_biases) {
    const fr_draw draw = random_draw(distribution);
    fr_draw bias = draw;
    bias.stream = (uint32_t)(random_bits() % 256);
    const size_t bytes = (size_t)(rows * columns) * sizeof(double), bias_bytes = (size_t)rows * sizeof(double);
    double *out = guarded(bytes), *biases = guarded(bias_bytes);
    isa->draw_rows(&draw, first_row, rows, columns, out, bias.stream, with_biases ? biases : NULL);
    int64_t wrong = 0;
    for (int64_t i = 0; i < rows * columns; i++)
        wrong += bits_of(out[i]) != bits_of(expected(&draw, first_row + (uint32_t)(i / columns), i % columns));
    for (int64_t i = 0; with_biases && i < rows; i++)
        wrong += bits_of(biases[i]) != bits_of(expected(&bias, first_row + (uint32_t)i, 0));
    CHECK(wrong == 0 && guarded_intact(out, bytes) && guarded_intact(biases, bias_bytes),
          "%s, distribution %d, %d rows from %u by %d columns, biases %d: %d wrong", isa->name, (int)distribution,
          (int)rows, first_row, (int)columns, with_biases, (int)wrong);
    guarded_free(out);
    guarded_free(biases);
}

int main(void) {
    static const int64_t columns[] = {0, 1, 2, 3, 4, 5, 10, 11, 16, 17, 31};
    for (size_t set = 0; set < INSTRUCTION_SETS; set++) {
        const fr_isa *isa = fr_isa_named(instruction_sets[set]);
        if (!isa) continue;
        for (int d = 0; d < 3; d++) {
            const fr_distribution distribution = (fr_distribution)d;
            for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
                for (int64_t rows = 0; rows <= 36; rows++) {
                    test_columns(isa, distribution, rows, columns[c]);
                    for (int biases = 0; biases < 2; biases++)
                        test_rows(isa, distribution, rows % 3 ? (uint32_t)random_bits() : 0, rows, columns[c], biases);
                }
            /* More than are kept at a time. */
            test_columns(isa, distribution, 700, 3);
            test_columns(isa, distribution, 13, 300);
            test_columns(isa, distribution, 257, 131);
            test_rows(isa, distribution, 5, 2, 1001, true);
            test_rows(isa, distribution, 0xFFFFFFF0u, 16, 7, true);
            test_rows(isa, distribution, 0, 1000, 1, true);
            /* Many numbers: each exponent of the logarithm that is likely, each quadrant. */
            test_columns(isa, distribution, 20000, 4);
        }
    }
    return check_report();
}
