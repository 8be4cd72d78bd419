/* Streamed elimination mod p (docs/mathematics.md, sections 3 and 4). Private to Kernels/cpu.
 *
 * A matrix of n rows is eliminated by columns in order; the pivot of a column is the topmost row that is non-zero
 * after reduction by the pivots found so far. The state consists, for the q non-pivot rows (those without a
 * pivot), of their multipliers M (q x r) against the r pivot rows of the matrix, unreduced:
 *     reduced non-pivot rows = non-pivot rows - M (pivot rows).
 * A block of new columns needs two products: one brings the non-pivot rows up to date, one updates M. */
#ifndef FR_CPU_ELIMINATION_H
#define FR_CPU_ELIMINATION_H

#include "session/session.h"
#include "vector/isa.h"

/* How a generator's doubles become residues (field.h). */
typedef struct fr_residues {
    fr_field field;
    const double *powers; /* FR_POWER_COUNT, kept by the caller */
    double two_27;
} fr_residues;
static inline fr_residues fr_residues_make(fr_field field, const double *powers) {
    return (fr_residues){field, powers, powers[FR_POWER_OFFSET + 27]};
}
static inline double fr_residue_of(const fr_residues *residues, double x) {
    return fr_residue(residues->field, residues->powers, residues->two_27, x);
}

/* The source of columns, block by block. */
typedef struct fr_column_generator fr_column_generator;
struct fr_column_generator {
    /* Prepares the next block, of at most `want` >= 1 columns; returns their number, 0 if none are left. */
    int64_t (*next)(fr_column_generator *generator, int64_t want);
    /* The block's residues in the given rows, count x columns, as their transpose by groups (fr_grouped_transposed) of
     * stride count * FR_GROUP. Not called if the generator has schur_update. */
    void (*pivot_rows)(fr_column_generator *generator, const int32_t *rows, int64_t count, double *out);
    /* If set, a quicker way than pivot_rows and a product: s -= m (the block's residues in the `count` rows),
     * unreduced but below 2^52; split over the pool. m: groups x count; s: groups x columns. */
    void (*schur_update)(fr_column_generator *generator, fr_pool *pool, const int32_t *rows, int64_t count,
                         int64_t groups, fr_grouped m, fr_grouped s);
    /* The block's residues: rows holds FR_GROUP * groups row numbers; NULL: all rows in order. */
    void (*nonpivot_rows)(fr_column_generator *generator, const int32_t *rows, int64_t groups, fr_grouped out);
    /* The block ended inside a unit: leave out the unit's other columns. NULL if columns are not in units. */
    void (*skip_unit)(fr_column_generator *generator);

    /* If not 0: this many columns may be requested at once at the start, about as many as full rank needs. Few rows
     * are eliminated quicker that way (elimination/initial_lu.c). */
    int64_t leading;

    /* The block's column numbers. */
    const int64_t *columns;
    /* The units of the block and their activation patterns; `inside_unit`: the last unit continues after the block. */
    const uint64_t *const *patterns;
    int64_t pattern_count;
    bool inside_unit;

    /* If set, called before a unit is put into a block: false if it cannot add a pivot. */
    bool (*useful)(void *context, const uint64_t *pattern);
    void *useful_context;
};

/* How an elimination computes mod p. */
typedef struct fr_arithmetic {
    const fr_isa *isa;
    fr_field field;
    const double *inverses; /* of field.h */
    fr_pool *pool;          /* NULL: this thread alone */
} fr_arithmetic;

/* isa->multiply_subtract, split by rows over the pool if that is quicker. */
void fr_parallel_multiply_subtract(const fr_arithmetic *arithmetic, int64_t groups, int64_t columns, int64_t inner,
                                   fr_grouped a, fr_grouped b, fr_grouped c);

/* A thin matrix being eliminated: see elimination/panel.c. */
typedef struct fr_panel {
    const fr_arithmetic *arithmetic;
    int64_t groups;
    int64_t nonpivots;  /* rows that may become pivots: stop once all are */
    const double *key;  /* FR_GROUP * groups: the row in each slot, as a number; FR_NO_KEY: never a pivot */
    const int32_t *slot_of_row;
    int64_t first_slot; /* slot_of_row counts from here */
    double *scratch;    /* (columns / 2 + 2 FR_GROUP) squared */
} fr_panel;

/* The positions of pivots, in the order of their columns. */
typedef struct fr_found_pivots {
    int64_t *slots, *columns;
} fr_found_pivots;

/* Eliminates s (groups x columns; destroyed). Writes the multipliers N (groups x pivots) of the rows without pivots
 * against the rows with pivots, as they were in s; rows with pivots get zeros. Returns the number of pivots. */
int64_t fr_panel_eliminate(const fr_panel *panel, fr_grouped s, int64_t columns, fr_grouped n, fr_found_pivots found);

/* The arguments of an elimination besides its columns. */
typedef struct fr_elimination {
    fr_session *session; /* polled for cancellation */
    fr_arithmetic arithmetic;
    _Atomic double *done; /* share done, written now and then; may be NULL */
} fr_elimination;

/* The state of an elimination: serves any number of matrices, one after the other, of at most `rows` rows. */
typedef struct fr_workspace fr_workspace;
fr_workspace *fr_workspace_create(int64_t rows); /* NULL: out of memory */
void fr_workspace_destroy(fr_workspace *workspace);
/* Bytes that a workspace uses at most: M has at most rows^2/4 numbers. */
size_t fr_workspace_memory(int64_t rows);

/* Largest number of columns requested from a generator at a time, after the first block. */
int64_t fr_block_columns(int64_t rows);
/* Largest number of columns in the first block; 0 for matrices of many rows, which gain nothing. */
int64_t fr_initial_lu_columns(int64_t rows);

/* Takes generator->leading columns: the first block of an elimination. Returns their number. */
int64_t fr_initial_lu(fr_workspace *workspace, const fr_arithmetic *arithmetic, fr_column_generator *generator,
                      int64_t *pivot_columns);

/* pivot_columns: rows; the column whose pivot is in each row, or -1. Returns FR_OK or FR_CANCELLED. */
fr_status fr_eliminate(fr_workspace *workspace, const fr_elimination *elimination, fr_column_generator *generator,
                       int64_t rows, int64_t *pivot_columns);

/* After fr_eliminate answered FR_OK: the relation of `row`, one without a pivot, to the pivot rows, as residues from 0
 * to p - 1 for all rows: 1 for itself, minus its multipliers for the pivot rows. */
void fr_relation(const fr_workspace *workspace, fr_field field, int64_t row, uint32_t *relation);

/* While an elimination runs, between two blocks: a combination of the relations of all rows without a pivot, its
 * coefficients drawn from `seed`. It is orthogonal to every column eliminated so far. Its product with a column that is
 * independent of them is 0 with probability 1/p. vector: rows, residues. One pass over M, split over the pool. */
void fr_random_relation(const fr_workspace *workspace, fr_field field, fr_pool *pool, uint64_t seed, double *vector);

#endif
