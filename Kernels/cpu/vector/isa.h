/* The vector kernels of the CPU backend, compiled once for each instruction set and chosen at run time, because the
 * binary runs on different machines. All variants give the same bits. */
#ifndef FR_CPU_ISA_H
#define FR_CPU_ISA_H

#include <stdint.h>

#include "field.h"

/* Matrices being eliminated are stored in groups of FR_GROUP rows. In a group the columns follow each other, each as
 * FR_GROUP numbers, so a product streams through memory and a row's neighbours share its cache lines. Entry (row,
 * column) is at[(row / 8) * stride + column * 8 + row % 8]. */
#define FR_GROUP 8
static inline int64_t fr_groups(int64_t rows) { return (rows + FR_GROUP - 1) / FR_GROUP; }

/* A view of a matrix in groups, or of a part of it. It owns nothing, and its reader knows the number of rows and
 * columns. */
typedef struct fr_grouped {
    double *at;
    int64_t stride; /* numbers from one group to the next */
} fr_grouped;

/* The part of a matrix that begins at a group of rows and a column. */
static inline fr_grouped fr_grouped_from(fr_grouped m, int64_t group, int64_t column) {
    return (fr_grouped){m.at + group * m.stride + column * FR_GROUP, m.stride};
}
/* The beginning of a row, whose entries are FR_GROUP numbers apart. (Unsigned numbers divide by a single shift.) */
static inline double *fr_grouped_row(fr_grouped m, int64_t row) {
    return m.at + (int64_t)((uint64_t)row / FR_GROUP) * m.stride + (uint64_t)row % FR_GROUP;
}
/* Entry (row, column) of a matrix whose transpose is stored in groups, as multiply_subtract takes B. */
static inline double *fr_grouped_transposed(fr_grouped m, int64_t row, int64_t column) {
    return m.at + (int64_t)((uint64_t)column / FR_GROUP) * m.stride + row * FR_GROUP + (uint64_t)column % FR_GROUP;
}

/* A view of a matrix stored by columns: entry (row, column) is at[column * stride + row]. */
typedef struct fr_columns {
    double *at;
    int64_t stride;
} fr_columns;

#define FR_NO_KEY 1e300
/* At most FR_DELAY products to an entry, and whole groups. */
#define FR_LU_ROWS 256

typedef enum fr_distribution { FR_DRAW_NORMAL, FR_DRAW_UNIFORM, FR_DRAW_SYMMETRIC } fr_distribution;

#define FR_DRAW_ROWS 8

/* A draw: the columns of a stream in pairs, by fr_normal_pair, fr_uniform_pair or fr_symmetric_pair. */
typedef struct fr_draw {
    fr_distribution distribution;
    double bound; /* of FR_DRAW_SYMMETRIC */
    uint64_t seed, trial;
    uint32_t stream;
} fr_draw;

/* The arguments of `signs`: the signs of biases[u] + sum_c weights[u * inputs + c] x[c][j] for FR_SIGN_UNITS units u
 * and `count` <= FR_SIGN_POINTS points j, the number of bits in a word of a pattern. x and point_norms are read up to
 * the last of FR_SIGN_POINTS. */
#define FR_SIGN_UNITS 4
#define FR_SIGN_POINTS 64
typedef struct fr_sign_units {
    int64_t inputs;
    const double *weights, *biases;
    const double *norms; /* >= |weights of u|_1 */
} fr_sign_units;
typedef struct fr_sign_points {
    int64_t count;
    fr_columns x;
    const double *norms; /* >= |x_j|_inf */
} fr_sign_points;
/* |error of the computed sum| <= slack (unit's norm * point's norm + |bias|) + tiny. */
typedef struct fr_sign_error { double slack, tiny; } fr_sign_error;
/* Bits by unit; anything beyond the last point. */
typedef struct fr_signs {
    uint64_t positive[FR_SIGN_UNITS]; /* surely positive */
    uint64_t doubtful[FR_SIGN_UNITS]; /* too near 0 to tell */
} fr_signs;

/* Pivots whose rows enter the same units' columns: see elimination/khatri_rao_schur_update.c. */
#define FR_CLASS_UNITS 4
#define FR_CLASS_AHEAD 8
typedef struct fr_class {
    int64_t count;
    const int32_t *index; /* the pivots' columns of A; FR_CLASS_AHEAD more are readable, and columns of A too */
    const double *rows;   /* count x width, row-major */
    int64_t width;
    int units;
    int64_t column[FR_CLASS_UNITS]; /* where each unit's `width` columns begin */
} fr_class;

/* A pivot of a panel: the part of its row that the columns before and after it need. */
#define FR_PANEL_COLUMNS 8
typedef struct fr_panel_pivot {
    double inverse;             /* of the pivot, mod p */
    int behind, found;          /* columns behind the pivot's; pivots found before it */
    double s[FR_PANEL_COLUMNS]; /* its row in the columns behind */
    double n[FR_PANEL_COLUMNS]; /* its multipliers for the pivots before */
} fr_panel_pivot;

/* The arguments of `lu`. */
typedef struct fr_lu {
    int64_t rows, columns; /* rows <= FR_LU_ROWS */
    fr_grouped s;          /* rows x columns, residues; destroyed */
    fr_grouped l;          /* rows x pivots: multipliers */
    double *scratch;       /* 8 (columns + 8) numbers */
    int32_t *pivot_rows, *pivot_columns;
} fr_lu;
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

    /* Numbers of a stream (sampling.h), rows 0 ..< rows, and in norms[i] the largest |number| of row i. Up to the next
     * multiple of FR_DRAW_ROWS, what is beyond the last row may become 0. */
    void (*draw_columns)(const fr_draw *draw, int64_t rows, int64_t columns, fr_columns out, double *norms);

    /* Rows first_row ..< first_row + rows: column c of row first_row + i at out[i * columns + c]. With biases, not
     * NULL: at biases[i] column 0 of the row in the stream bias_stream. */
    void (*draw_rows)(const fr_draw *draw, uint32_t first_row, int64_t rows, int64_t columns, double *out,
                      uint32_t bias_stream, double *biases);

    /* out[i] = residue of x[i]. */
    void (*residues)(fr_field field, const double *powers, double two_27, int64_t count, const double *x, double *out);

    void (*signs)(const fr_sign_units *units, const fr_sign_points *points, fr_sign_error error, fr_signs *out);

    /* Units of one input with weights w and biases b break at t = -b / w. Writes to `out` the numbers of those whose
     * cell, fr_break_cell(t, origin, scale, last), has its bit set in `wanted`; answers how many. w and b are read, and
     * `out` is written, up to the next multiple of FR_DRAW_ROWS. last < 2^31. */
    int64_t (*screen_breaks)(int64_t count, const double *w, const double *b, double origin, double scale, double last,
                             const uint64_t *wanted, int32_t *out);

    /* Khatri-Rao columns of one unit, groups x columns, points in order: a coordinate of x if the unit is active on
     * the point, else 0. */
    void (*select)(int64_t groups, int64_t columns, const uint64_t *pattern, fr_columns x, fr_grouped out);

    /* C -= A B mod p. A: groups x inner; C: groups x columns; B: inner x columns, stored as its transpose
     * (fr_grouped_transposed). A and B are only read. Residues in and out. */
    void (*multiply_subtract)(fr_field field, int64_t groups, int64_t columns, int64_t inner, fr_grouped a,
                              fr_grouped b, fr_grouped c);

    /* For each unit of the class: its columns of C -= sum over e < count of (column index[e] of A) (x) (row e of
     * `rows`), unreduced, the sum itself reduced. A is only read. */
    void (*subtract_class)(fr_field field, int64_t groups, const fr_class *class, fr_grouped a, fr_grouped c);

    /* Entries = entries mod p: groups x columns. */
    void (*reduce)(fr_field field, int64_t groups, int64_t columns, fr_grouped c);

    /* One pivot of a narrow panel: m = (column 0 of s) * inverse mod p; then s_(1 + j) -= m * pivot->s[j] for the
     * columns behind, and n_t -= m * pivot->n[t] for the pivots before, unreduced: a panel has few columns, and few
     * products add up exactly. m itself goes into n just after those. */
    void (*eliminate)(fr_field field, int64_t groups, const fr_panel_pivot *pivot, fr_grouped s, fr_grouped n);

    /* Reduces column 0 of s; returns the least key among the rows whose entry is not 0, FR_NO_KEY if there is
     * none. */
    double (*topmost)(fr_field field, int64_t groups, fr_grouped s, const double *key);

    /* Eliminates s, columns in order, the topmost row first. Answers the number of pivots; pivot_rows, pivot_columns:
     * where they are, in the order of their columns. Column t of l holds each row's multiplier for pivot t, meant for
     * the rows without one of the pivots 0 ... t - 1. inverses: see fr_inverse_by. */
    int64_t (*lu)(fr_field field, const double *inverses, const fr_lu *lu);
} fr_isa;

/* The best set that this processor has, or the one that the environment's FULLRANK_ISA names (portable, avx2, avx512,
 * neon) if the processor has it. */
const fr_isa *fr_isa_best(void);
/* NULL if the processor lacks it. Names as above. */
const fr_isa *fr_isa_named(const char *name);

#endif
