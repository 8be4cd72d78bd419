/* Streamed elimination mod p (docs/mathematics.md, sections 3 and 4). Private to Kernels/cpu.
 *
 * A matrix of n rows is eliminated by columns in order; the pivot of a column is the topmost row that is non-zero
 * after reduction by the pivots found so far. What is kept of the past is, for the q non-pivot rows (those without a
 * pivot), their multipliers M (q x r) against the r pivot rows as they stand in the matrix, unreduced:
 *     reduced non-pivot rows = non-pivot rows - M (pivot rows).
 * A block of new columns needs two products: one brings the non-pivot rows up to date, one updates M. */
#ifndef FR_CPU_ELIMINATION_H
#define FR_CPU_ELIMINATION_H

#include "session/session.h"
#include "vector/isa.h"

/* Where columns come from, block by block. */
typedef struct fr_column_generator fr_column_generator;
struct fr_column_generator {
    /* Prepares the next block, of at most `want` >= 1 columns; answers their number, 0 when none are left. */
    int64_t (*next)(fr_column_generator *generator, int64_t want);
    /* The block's residues in the given rows, count x columns, transposed by groups: entry (i, j) at
     * (j / 8) * count * 8 + i * 8 + j % 8. Not asked of a generator that has schur_update. */
    void (*pivot_rows)(fr_column_generator *generator, const int32_t *rows, int64_t count, double *out);
    /* Where set, a quicker way than pivot_rows and a product: s -= m (the block's residues in the `count` rows),
     * unreduced but below 2^52; split over the pool. m: groups x count, s: groups x columns, both by groups. */
    void (*schur_update)(fr_column_generator *generator, fr_pool *pool, const int32_t *rows, int64_t count, int64_t groups,
                             const double *m, int64_t sm, double *s, int64_t ss);
    /* The block's residues by groups (vector/isa.h): rows holds FR_GROUP * groups row
     * numbers; NULL: all rows in order. */
    void (*nonpivot_rows)(fr_column_generator *generator, const int32_t *rows, int64_t groups, double *out, int64_t stride);
    /* The block ended inside a unit: leave out the unit's other columns. NULL where columns are not in units. */
    void (*skip_unit)(fr_column_generator *generator);

    /* Where not 0: so many columns to begin with may be asked for at once, about as many as full rank needs. Few rows
     * are eliminated quicker that way (elimination/initial_lu.c). */
    int64_t leading;

    /* The block's column numbers. */
    const int64_t *columns;
    /* The units the block touches, their activation patterns; `inside_unit`: the last one's columns are not all in. */
    const uint64_t *const *patterns;
    int64_t pattern_count;
    bool inside_unit;

    /* Asked, where set, before a unit is put into a block: false if it cannot add a pivot. */
    bool (*useful)(void *context, const uint64_t *pattern);
    void *useful_context;
};

/* A thin matrix being eliminated: see elimination/panel.c. */
typedef struct fr_panel {
    const fr_isa *isa;
    fr_field field;
    const double *inverses;    /* of field.h */
    fr_pool *pool;             /* NULL: this thread alone */
    int64_t groups;
    int64_t nonpivots;              /* rows that may become pivots: stop once all are */
    const double *key;         /* FR_GROUP * groups: the row in each slot, as a number; FR_NO_KEY: never a pivot */
    const int32_t *slot_of_row;
    int64_t first_slot;        /* slot_of_row counts from here */
    int64_t ss, sn;            /* strides of s and n */
    double *scratch;           /* (columns / 2 + 2 FR_GROUP) squared */
} fr_panel;

/* Eliminates s (groups x columns, by groups; destroyed). Writes the multipliers N (groups x pivots, by groups) of the
 * rows without pivots against the rows with, as they stood in s; rows with pivots get zeros. Answers the number of
 * pivots; slots[i], columns_found[i]: where they are, in the order of their columns. */
int64_t fr_panel_eliminate(const fr_panel *panel, double *s, int64_t columns, double *n, int64_t *slots,
                           int64_t *columns_found);

/* isa->multiply_subtract, split by rows over the pool where it pays. */
void fr_parallel_multiply_subtract(fr_pool *pool, const fr_isa *isa, fr_field field, int64_t groups, int64_t columns,
                               int64_t inner, const double *a, int64_t sa, const double *b, int64_t sb, double *c,
                               int64_t sc);

/* What an elimination is given besides its columns. */
typedef struct fr_elimination {
    fr_session *session;  /* polled for cancellation */
    const fr_isa *isa;
    fr_field field;
    const double *inverses; /* of field.h */
    fr_pool *pool;        /* NULL: this thread alone */
    _Atomic double *done; /* share done, written now and then; may be NULL */
} fr_elimination;

/* The state of an elimination: serves any number of matrices, one after the other, of at most `rows` rows. */
typedef struct fr_workspace fr_workspace;
fr_workspace *fr_workspace_create(int64_t rows); /* NULL: out of memory */
void fr_workspace_destroy(fr_workspace *workspace);
/* Bytes a workspace comes to use: M is at most rows^2/4 numbers. */
size_t fr_workspace_memory(int64_t rows);

/* Most columns it asks of a generator at a time, once it has begun. */
int64_t fr_block_columns(int64_t rows);
/* Most columns to begin with; 0 for matrices of many rows, for which that is no gain. */
int64_t fr_initial_lu_columns(int64_t rows);

/* Takes generator->leading columns: the first block of an elimination. Answers how many there were. */
int64_t fr_initial_lu(fr_workspace *workspace, const fr_elimination *elimination, fr_column_generator *generator,
                             int64_t *pivot_columns);

/* pivot_columns: rows; the column whose pivot lies in each row, or -1. FR_OK or FR_CANCELLED. */
fr_status fr_eliminate(fr_workspace *workspace, const fr_elimination *elimination, fr_column_generator *generator, int64_t rows,
                       int64_t *pivot_columns);

/* After fr_eliminate answered FR_OK: the relation of `row`, one without a pivot, to the pivot rows, as residues from 0
 * to p - 1 for all rows: 1 for itself, minus its multipliers for the pivot rows. */
void fr_relation(const fr_workspace *workspace, fr_field field, int64_t row, uint32_t *relation);

/* While an elimination runs, between two blocks: a combination of the relations of all rows without a pivot, its
 * coefficients drawn from `seed`. It is orthogonal to every column eliminated so far. Its product with a column that is
 * independent of them is 0 with probability 1/p. vector: rows, residues. One pass over M, split over the pool. */
void fr_random_relation(const fr_workspace *workspace, fr_field field, fr_pool *pool, uint64_t seed, double *vector);

#endif
