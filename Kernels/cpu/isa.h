/* The vector kernels of the CPU backend, compiled once for each instruction set and chosen at run time: the binary
 * travels between machines. All variants give the same bits. */
#ifndef FR_CPU_ISA_H
#define FR_CPU_ISA_H

#include <stdint.h>

#include "field.h"

/* Rows of column-major panels are padded to a multiple of this many doubles. */
#define FR_ROW_PADDING 8
static inline int64_t fr_padded(int64_t rows) { return (rows + FR_ROW_PADDING - 1) / FR_ROW_PADDING * FR_ROW_PADDING; }

#define FR_NO_KEY 1e300

typedef enum fr_distribution { FR_DRAW_NORMAL, FR_DRAW_UNIFORM, FR_DRAW_SYMMETRIC } fr_distribution;

typedef struct fr_isa {
    const char *name;

    /* first[i], second[i]: columns 2 half and 2 half + 1 of rows first_row + i, 0 <= i < rows (sampling.h). `bound` is
     * used by FR_DRAW_SYMMETRIC only. */
    void (*draw)(fr_distribution distribution, double bound, uint64_t seed, uint64_t trial, uint32_t stream,
                 uint32_t first_row, int64_t rows, uint32_t half, double *first, double *second);

    /* out[i] = residue of x[i]. */
    void (*residues)(fr_field field, const double *powers, double two_27, int64_t count, const double *x, double *out);

    /* Signs of `bias + sum_c w[c] x[c * ldx + j]` for 64 points j: answers the bits of those surely positive, and in
     * `*doubtful` those too near 0 to tell. xnorm[j] >= |x_j|_inf, wnorm >= |w|_1; slack and tiny bound the error of
     * the computed sum: |error| <= slack (wnorm xnorm + |bias|) + tiny. */
    uint64_t (*signs)(int64_t inputs, const double *w, double bias, const double *x, int64_t ldx,
                      const double *xnorm, double wnorm, double slack, double tiny, uint64_t *doubtful);

    /* C -= A B mod p. A: rows x inner, column-major, lda; B: inner x columns, row-major, ldb; C: rows x columns,
     * column-major, ldc. Residues in and out. Rows beyond `rows` up to the padding may be read and written. */
    void (*multiply_subtract)(fr_field field, int64_t rows, int64_t columns, int64_t inner, const double *a,
                              int64_t lda, const double *b, int64_t ldb, double *c, int64_t ldc);

    /* One pivot of a narrow panel. Column 0 of s is scaled by `inverse` into the multipliers m (rows, padded); then
     * s_j -= m * s_row[j] for the further `s_columns` columns, and n_t -= m * n_row[t] for `n_columns` columns.
     * All mod p. m may be neither in s nor in n. */
    void (*eliminate)(fr_field field, int64_t rows, double inverse, const double *pivot_column, double *m, double *s,
                      int64_t lds, int s_columns, const double *s_row, double *n, int64_t ldn, int n_columns,
                      const double *n_row);

    /* The least key among the rows with column[row] != 0; FR_NO_KEY where there is none. Keys are below it. */
    double (*topmost)(int64_t rows, const double *column, const double *key);

    /* x[i] = x[i] mod p. */
    void (*reduce)(fr_field field, int64_t count, double *x);
} fr_isa;

/* The best set this processor has, or the one named by the environment's FULLRANK_ISA (portable, avx2, avx512) where
 * the processor has it. */
const fr_isa *fr_isa_best(void);
/* NULL where the processor lacks it. Names as above. */
const fr_isa *fr_isa_named(const char *name);

#endif
