/* Streamed elimination mod p (DESIGN section 1, facts 2 and 3). Private to Kernels/cpu.
 *
 * A matrix of n rows is eliminated by columns in order; the pivot of a column is the topmost row that is non-zero
 * after reduction by the pivots found so far. What is kept of the past is, for the q live rows (those without a
 * pivot), their multipliers M (q x r) against the r pivot rows as they stand in the matrix, unreduced:
 *     reduced live rows = live rows - M (pivot rows).
 * A block of new columns needs two products: one brings the live rows up to date, one updates M.
 *
 * Live rows sit in slots 0..<q, in no order; the row a slot holds decides which is topmost. When rows get pivots, the
 * last slots move into the holes. */
#ifndef FR_CPU_ELIMINATION_H
#define FR_CPU_ELIMINATION_H

#include "internal.h"
#include "isa.h"

/* Where columns come from, block by block. */
typedef struct fr_source fr_source;
struct fr_source {
    /* Prepares the next block, of at most `want` >= 1 columns; answers their number, 0 when none are left. */
    int64_t (*next)(fr_source *source, int64_t want);
    /* The block's residues in the given rows: row-major, count x columns. */
    void (*pivot_rows)(fr_source *source, const int32_t *rows, int64_t count, double *out);
    /* The same, column-major with leading dimension ld. */
    void (*live_rows)(fr_source *source, const int32_t *rows, int64_t count, double *out, int64_t ld);
    /* The block ended inside a unit: leave out the unit's other columns. NULL where columns are not in units. */
    void (*skip_unit)(fr_source *source);

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

/* A thin matrix being eliminated: see panel.c. */
typedef struct fr_panel {
    const fr_isa *isa;
    fr_field field;
    fr_team *team;     /* NULL: this thread alone */
    int64_t rows;      /* slots */
    int64_t live;      /* how many of them are not yet pivots: stop once all have one */
    const double *key; /* rows: the row each slot holds, as a number to compare */
    const int32_t *slot_of_row;
    int64_t lds, ldn;
    double *rows_scratch;        /* FR_PANEL_SUB x columns doubles */
    double *multipliers_scratch; /* FR_PANEL_SUB x columns doubles */
} fr_panel;

#define FR_PANEL_SUB 64

/* Eliminates s (rows x columns, column-major; destroyed). Writes the multipliers N (rows x pivots, column-major) of
 * the rows without pivots against the rows with, as they stood in s; rows with pivots get zeros. Answers the number of
 * pivots; slots[i], columns_found[i]: where they are, in the order of their columns. */
int64_t fr_panel_eliminate(const fr_panel *panel, double *s, int64_t columns, double *n, int64_t *slots,
                           int64_t *columns_found);

/* C -= A B mod p, the panel's kernel, split by rows over the team where it pays. */
void fr_team_multiply_subtract(fr_team *team, const fr_isa *isa, fr_field field, int64_t rows, int64_t columns,
                               int64_t inner, const double *a, int64_t lda, const double *b, int64_t ldb, double *c,
                               int64_t ldc);

/* Fills holes: dead slots (ascending) of `live_before` rows; writes the moves from[i] -> to[i] and answers their
 * number. */
int64_t fr_plan_moves(int64_t live_before, const int64_t *slots, int64_t dead, bool *is_dead, int64_t *from,
                      int64_t *to);

/* Which live rows a unit can still change: see screen.c. */
typedef struct fr_screen {
    int64_t words;
    int64_t count;       /* live rows, at most FR_SCREEN_ROWS; 0: no screen */
    uint64_t *support;   /* count x words: a live row and the pivot rows it has multipliers for */
    bool *saturated;     /* a unit active on the whole support is known to leave the row zero */
} fr_screen;

#define FR_SCREEN_ROWS 16

bool fr_screen_make(fr_screen *screen, int64_t points);
void fr_screen_free(fr_screen *screen);
void fr_screen_clear(fr_screen *screen);
void fr_screen_add_row(fr_screen *screen, int32_t row);
void fr_screen_add_support(fr_screen *screen, int64_t live, int32_t pivot_row);
void fr_screen_saw(fr_screen *screen, const uint64_t *pattern);
bool fr_screen_useful(void *screen, const uint64_t *pattern);

/* What an elimination is given besides its columns. */
typedef struct fr_elimination {
    fr_session *session; /* polled for cancellation */
    const fr_isa *isa;
    fr_field field;
    fr_team *team;       /* NULL: this thread alone */
    _Atomic double *done; /* share done, written now and then; may be NULL */
} fr_elimination;

/* State in cache, our own kernels: rows up to FR_RESIDENT_ROWS. The workspace serves any number of matrices of at
 * most `rows` rows. */
typedef struct fr_resident fr_resident;
fr_resident *fr_resident_create(int64_t rows); /* NULL: out of memory */
void fr_resident_destroy(fr_resident *workspace);
fr_status fr_eliminate_resident(fr_resident *workspace, const fr_elimination *elimination, fr_source *source,
                                int64_t rows, int64_t *pivot_columns);

/* State in memory (at most rows^2/4 numbers at a time), products by BLAS. */
typedef struct fr_blocked fr_blocked;
fr_blocked *fr_blocked_create(int64_t rows);
void fr_blocked_destroy(fr_blocked *workspace);
fr_status fr_eliminate_blocked(fr_blocked *workspace, const fr_elimination *elimination, fr_source *source,
                               int64_t rows, int64_t *pivot_columns);
/* Bytes such a workspace comes to use. */
size_t fr_blocked_memory(int64_t rows);

/* Measured with Kernels/profile/crossover.c: see docs/performance.md. */
#define FR_RESIDENT_ROWS 512

#endif
