/* The vector kernels of the CPU backend, compiled once for each instruction set and chosen at run time: the binary
 * travels between machines. All variants give the same bits. */
#ifndef FR_CPU_ISA_H
#define FR_CPU_ISA_H

#include <stdint.h>

#include "field.h"

/* Matrices being eliminated are stored by groups of FR_GROUP rows: in a group the columns follow each other, each as
 * FR_GROUP numbers, so a product streams through memory and a row's neighbours share its cache lines. Entry (row,
 * column) of a matrix with `stride` numbers a group is at (row / 8) * stride + column * 8 + row % 8. */
#define FR_GROUP 8
static inline int64_t fr_groups(int64_t rows) { return (rows + FR_GROUP - 1) / FR_GROUP; }

#define FR_NO_KEY 1e300
#define FR_SIGN_UNITS 4
#define FR_CLASS_AHEAD 8
/* At most FR_DELAY products to an entry, and whole groups. */
#define FR_LU_ROWS 256

typedef enum fr_distribution { FR_DRAW_NORMAL, FR_DRAW_UNIFORM, FR_DRAW_SYMMETRIC } fr_distribution;

#define FR_DRAW_ROWS 8

/* What is drawn: the columns of a stream in pairs, by fr_normal_pair, fr_uniform_pair or fr_symmetric_pair. */
typedef struct fr_draw {
    fr_distribution distribution;
    double bound; /* of FR_DRAW_SYMMETRIC */
    uint64_t seed, trial;
    uint32_t stream;
} fr_draw;

/* The cell of t among 0 ... last: never falls as t rises, whatever the three numbers are; that of a NaN is 0. The same
 * operations in the same order as isa_screen_breaks. */
static inline uint32_t fr_break_cell(double t, double origin, double scale, double last) {
    double place = (t - origin) * scale;
    place = place > 0.0 ? place : 0.0;
    place = (place < last ? place : last) + 0x1p52;
    return (uint32_t)fr_bits_of_double(place);
}

typedef struct fr_isa {
    const char *name;

    /* Numbers of a stream (sampling.h), rows 0 ..< rows: column c of row i at out[c * stride + i], and in
     * norms[i] the largest |number| of the row. Up to the next multiple of FR_DRAW_ROWS, what
     * is beyond the last row may become 0. */
    void (*draw_columns)(const fr_draw *draw, int64_t rows, int64_t columns, double *out, int64_t stride,
                         double *norms);

    /* Rows first_row ..< first_row + rows: column c of row first_row + i at out[i * columns + c]. With biases, not
     * NULL: at biases[i] column 0 of the row in the stream bias_stream. */
    void (*draw_rows)(const fr_draw *draw, uint32_t first_row, int64_t rows, int64_t columns, double *out,
                      uint32_t bias_stream, double *biases);

    /* out[i] = residue of x[i]. */
    void (*residues)(fr_field field, const double *powers, double two_27, int64_t count, const double *x, double *out);

    /* Signs of `biases[u] + sum_c w[u * inputs + c] x[c * ldx + j]` for `points` <= 64 points j and FR_SIGN_UNITS units
     * u: in positive[u] the bits of those surely positive, in doubtful[u] those too near 0 to tell; anything beyond the
     * last point. x and xnorm are read up to the 64th. xnorm[j] >= |x_j|_inf, wnorms[u] >= |w_u|_1; slack and tiny
     * bound the error of the computed sum: |error| <= slack (wnorm xnorm + |bias|) + tiny. */
    void (*signs)(int64_t inputs, const double *w, const double *biases, const double *wnorms, int64_t points,
                  const double *x, int64_t ldx, const double *xnorm, double slack, double tiny, uint64_t *positive,
                  uint64_t *doubtful);

    /* Units of one input with weights w and biases b break at t = -b / w. Writes to `out` the numbers of those whose
     * cell, fr_break_cell(t, origin, scale, last), has its bit set in `wanted`; answers how many. w and b are read, and
     * `out` is written, up to the next multiple of FR_DRAW_ROWS. last < 2^31. */
    int64_t (*screen_breaks)(int64_t count, const double *w, const double *b, double origin, double scale, double last,
                             const uint64_t *wanted, int32_t *out);

    /* Khatri-Rao columns of one unit, points in order, by groups (stride so): x_j's coordinate c is x[c * ldx + j]
     * where the unit is active on point j, 0 elsewhere. */
    void (*select)(int64_t groups, int64_t columns, const uint64_t *pattern, const double *x, int64_t ldx, double *out,
                   int64_t so);

    /* C -= A B mod p. A: groups x inner, C: groups x columns, both by groups (strides sa, sc); B: inner x columns, its
     * transpose by groups (stride sb): entry (t, j) is at (j / 8) * sb + t * 8 + j % 8. Residues in and out. */
    void (*multiply_subtract)(fr_field field, int64_t groups, int64_t columns, int64_t inner, const double *a,
                              int64_t sa, const double *b, int64_t sb, double *c, int64_t sc);

    /* For each target: target -= sum over e < count of (column index[e] of A) (x) (row e of b), unreduced, the
     * sum itself reduced. A: by groups; b: count x columns, row-major; targets: groups x columns, by groups
     * (stride sc). index: FR_CLASS_AHEAD entries more than `count` must be readable, and be columns of A. */
    void (*subtract_class)(fr_field field, int64_t groups, int64_t columns, int64_t count, const int32_t *index,
                           const double *a, int64_t sa, const double *b, double *const *targets, int target_count,
                           int64_t sc);

    /* Entries = entries mod p: groups x columns, by groups. */
    void (*reduce)(fr_field field, int64_t groups, int64_t columns, double *c, int64_t sc);

    /* One pivot of a narrow panel: m = column * inverse mod p; then s_j -= m * s_row[j] for `s_columns` columns of s,
     * and n_t -= m * n_row[t] for `n_columns` columns of n, unreduced: a panel has few columns, and few products add up
     * exactly. All by groups: the column is in the panel s (stride ss) just before s's first column, m in n (stride sn)
     * just after n's last. */
    void (*eliminate)(fr_field field, int64_t groups, double inverse, double *column, int64_t ss, int s_columns,
                      const double *s_row, double *n, int64_t sn, int n_columns, const double *n_row);

    /* Reduces the column (stride ss); answers the least key among the rows whose entry is not 0, FR_NO_KEY where there
     * is none. */
    double (*topmost)(fr_field field, int64_t groups, double *column, int64_t ss, const double *key);

    /* Eliminates s (rows x columns, by groups, residues; destroyed), rows <= FR_LU_ROWS, columns in order, the topmost
     * row first. Answers the number of pivots r; pivot_rows, pivot_columns: where they are, in the order of their
     * columns. l (rows x r, by groups): column t holds each row's multiplier for pivot t, meant for the rows without
     * one of the pivots 0 ... t - 1. inverses: see fr_inverse_by. scratch: 8 (columns + 8) numbers. */
    int64_t (*lu)(fr_field field, const double *inverses, int64_t rows, int64_t columns, double *s, int64_t ss, double *l, int64_t sl,
                  double *scratch, int32_t *pivot_rows, int32_t *pivot_columns);
} fr_isa;

/* The best set this processor has, or the one named by the environment's FULLRANK_ISA (portable, avx2, avx512) where
 * the processor has it. */
const fr_isa *fr_isa_best(void);
/* NULL where the processor lacks it. Names as above. */
const fr_isa *fr_isa_named(const char *name);

#endif
