/* The column rank profile of a trial's Jacobian, proved: over the rationals, with no chance of error.
 *
 * A column that is independent of those before it modulo some prime is so over the rationals. A column that is dependent
 * modulo the prime need not be; but a few inequalities between ranks, which hold for any inputs, often leave no other
 * way (column_proof/matching.c). Where they do for each such column, the profile is proved whatever the prime; so the prime
 * may be small, and its arithmetic eight times as quick (column_proof/bytes.h). Where they do not, the trial is left to the
 * elimination modulo a large prime (elimination/elimination.h). docs/mathematics.md, section 13.
 *
 * Columns only: which row a pivot lies in is not found, so the trial's leading points' ranks are not. Private to
 * Kernels/cpu. */
#ifndef FR_CPU_SMALL_PRIME_H
#define FR_CPU_SMALL_PRIME_H

#include "column_proof/bytes.h"
#include "samples/trial.h"

typedef enum fr_proof_outcome {
    FR_PROVED,
    FR_NOT_PROVED,     /* a column is dependent modulo the prime, and nothing says that it must be */
    FR_PROOF_CANCELLED,
    FR_PROOF_NO_MEMORY
} fr_proof_outcome;

/* Units that the order of the points is chosen for; later on, sums of products have filled the rows. */
#define FR_ORDERED_UNITS 8

/* A unit that may have pivots: not inactive everywhere, no pattern seen before. */
typedef struct fr_proof_unit {
    int64_t number;
    uint64_t hash;
    int64_t most;    /* pivots it can have at most: its columns, or the points in its support if they are fewer */
    int64_t reached; /* points on which it or an earlier unit is active */
    int64_t limit;   /* columns beyond this many are known to depend on those before */
    int64_t pivots; /* among its columns so far: its first */
    int64_t matched; /* rows that the matching of column_proof/matching.c gives it */
} fr_proof_unit;

typedef struct fr_proof_column {
    int64_t unit; /* place among the units */
    int64_t coordinate;
} fr_proof_column;

typedef struct fr_column_proof {
    const fr_byte_isa *bytes;
    fr_session *session;
    fr_pool *team;        /* NULL: this thread alone */
    _Atomic double *done; /* share done, written now and then; may be NULL */
    fr_trial *trial;
    fr_bytes_field fields[2]; /* of the two primes */
    double *powers[2];        /* of theirs: field.h */
    fr_bytes_field field;     /* in use */
    int64_t n, k, words, tiles;
    int64_t coordinates;  /* that columns come from: no unit has more pivots than there are points */
    int64_t block;        /* columns a block, a multiple of FR_TILE */

    /* units */
    fr_proof_unit *unit;
    uint64_t *patterns;   /* a unit's: words, in the order of the points */
    uint64_t *supports;   /* a unit's: where its pattern, or its difference from an earlier unit's, is not 0 */
    int64_t units, unit_capacity, drawn;
    int64_t compared;     /* leading units of which `most` and supports are as small as they get */
    uint64_t *reached;    /* words: points on which one of them is active */
    double *weights, *biases;
    uint64_t *batch;

    /* rows: positions 0 ..< n hold points; exchanges bring a row with a pivot where one is missing */
    int32_t *order;       /* 16 tiles: the point at each position when a trial begins; 0 beyond n */
    int32_t *row_at;      /* 16 tiles: now */

    /* the elimination: column_proof/tile_lu.c */
    int8_t *x;            /* coordinates x 16 tiles, residues by position */
    int8_t *by_point;     /* of as many inputs as a unit may have pivots, x 16 tiles: residues by point */
    uint8_t *left;        /* tile t of rows: t tiles in left form, from 256 t (t - 1) / 2 */
    uint8_t *inverse;     /* the inverses of the diagonal tiles, in left form */
    int8_t *right;        /* block / 16 x tiles: U, in right form */
    int8_t *columns;      /* block / 16 x tiles: the block, plain */
    uint16_t *mask;       /* tiles: a unit's activity by position */
    fr_proof_column *chosen; /* block */

    /* the matching: column_proof/matching.c */
    int32_t *unit_of_row; /* of the matched ones */
    int32_t *path_unit;   /* n + 1 */
    int32_t *path_row;    /* n + 1: taken from the unit beside it */
    uint64_t *matched;    /* words: rows */
    uint64_t *open_rows;  /* words: rows not looked at in a search */
    uint64_t *eligible;   /* words: rows that may be matched */
    uint64_t *classes;    /* class_count x words: of more than k points that no unit so far tells apart */
    uint64_t *split;      /* scratch */
    int64_t class_count, classified;
} fr_column_proof;

/* Whether trials of this shape are proved often enough for trying it first to save time. */
bool fr_column_proof_pays(const fr_problem *problem);

bool fr_column_proof_create(fr_column_proof *proof, fr_session *session, fr_trial *trial, int64_t threads);
void fr_column_proof_destroy(fr_column_proof *proof);
/* Bytes it comes to use, without units. */
size_t fr_column_proof_memory(int64_t rows, int64_t k, int64_t threads);

/* The trial just begun. pivot_columns: n; the columns with pivots, ascending, then -1. Written where the profile is
 * proved. */
fr_proof_outcome fr_column_proof_profile(fr_column_proof *proof, fr_pool *team, _Atomic double *done,
                                        int64_t *pivot_columns);

/* Draws until there is a unit more; false: no unit is left, or an end is put to the trial (`*end`). */
bool fr_column_proof_draw(fr_column_proof *proof, fr_proof_outcome *end);

/* Where the points stand at the beginning (`order`), by the patterns of the units drawn so far. */
void fr_column_proof_order(fr_column_proof *proof);

/* Eliminates the `count` chosen columns of the block behind `pivots` pivots (a multiple of 16). Answers `count`, or the
 * first that is dependent on those before. */
int64_t fr_column_proof_block(fr_column_proof *proof, int64_t pivots, int64_t count);

/* Finds the earlier unit whose pattern is nearest, and sets the unit's `most` and support by it. */
void fr_column_proof_compare(fr_column_proof *proof, int64_t unit);

/* Whether each column of the unit beyond its pivots so far depends on the pivots so far, for a reason that holds over
 * the rationals. The pivots of the units before it are all found. False: no reason known. */
bool fr_column_proof_is_exhausted(fr_column_proof *proof, int64_t unit);

/* rows: words; a bit for each point. */
static inline void fr_proof_all_points(const fr_column_proof *p, uint64_t *rows) {
    for (int64_t w = 0; w < p->words; w++) rows[w] = ~UINT64_C(0);
    if (p->n & 63) rows[p->words - 1] = (UINT64_C(1) << (p->n & 63)) - 1;
}
static inline const uint64_t *fr_proof_pattern(const fr_column_proof *p, int64_t unit) {
    return p->patterns + unit * p->words;
}

#endif
