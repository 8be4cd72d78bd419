/* Certificates of a trial's column rank profile over the rationals, with no chance of error.
 *
 * A column that is independent of the columns before it modulo some prime is independent over the rationals. A column
 * that is dependent modulo the prime may still be independent over the rationals, but a few inequalities between ranks,
 * which hold for any inputs, often exclude that (column_proof/matching.c). If they exclude it for each dependent
 * column, the profile is proved whatever the prime is; so the prime may be small, and its arithmetic eight times as
 * quick (column_proof/bytes.h). Otherwise the trial is left to the elimination modulo a large prime
 * (elimination/elimination.h). docs/mathematics.md, section 13.
 *
 * The row of each pivot is not found, so the ranks of the trial's leading points are not known. Private to Kernels/cpu.
 */
#ifndef FR_CPU_COLUMN_PROOF_H
#define FR_CPU_COLUMN_PROOF_H

#include "column_proof/bytes.h"
#include "samples/trial.h"
#include "session/arena.h"

typedef enum fr_proof_outcome {
    FR_PROVED,
    FR_NOT_PROVED, /* a column is dependent modulo the prime, and no known inequality makes it dependent */
    FR_PROOF_CANCELLED,
    FR_PROOF_NO_MEMORY
} fr_proof_outcome;

/* The order of the points is chosen for this many units: later columns are filled in by sums of products. */
#define FR_ORDERED_UNITS 8

/* A unit that may have pivots: it is active on some point, and no earlier unit has its pattern. */
typedef struct fr_proof_unit {
    int64_t number;
    uint64_t hash;    /* of its pattern */
    int64_t most;     /* upper bound of its pivots: its columns, or the points in its support if they are fewer */
    int64_t reached;  /* points on which it or an earlier unit is active */
    int64_t limit;    /* its columns from this one on are known to depend on those before */
    int64_t pivots;   /* its first columns, as many as have pivots so far */
    int64_t matched;  /* rows that the matching of column_proof/matching.c assigns to it */
} fr_proof_unit;

/* One of the two small primes. */
typedef struct fr_proof_modulus {
    fr_bytes_field field;
    double *powers; /* FR_POWER_COUNT: of two, modulo the prime (field.h) */
} fr_proof_modulus;

/* The units drawn so far: column_proof/units.c. */
typedef struct fr_proof_units {
    fr_proof_unit *list;  /* capacity */
    uint64_t *patterns;   /* capacity x words: activations by point */
    uint64_t *supports;   /* capacity x words: the pattern, or where it differs from an earlier unit's */
    int64_t count, capacity;
    fr_arena memory;      /* of the three above: it is replaced when they grow */
    int64_t drawn;        /* units drawn, those left out included */
    int64_t compared;     /* leading units whose `most` and supports are as small as they become */
    uint64_t *reached;    /* words: points on which at least one of them is active */
    double *weights, *biases; /* scratch: FR_UNIT_BATCH x d0, FR_UNIT_BATCH */
    uint64_t *batch;          /* scratch: FR_UNIT_BATCH x words */
} fr_proof_units;

/* The rows: positions 0 ..< n hold points; an exchange brings a row with a pivot to a position that has none. */
typedef struct fr_proof_rows {
    int32_t *order;     /* 16 tiles: the point at each position when a trial begins; 0 beyond n */
    int32_t *now;       /* 16 tiles: the point at each position now */
    int8_t *by_point;   /* min(d0, coordinates) x 16 tiles: residues of the inputs by point */
    int8_t *x;          /* coordinates x 16 tiles: residues by position, the bias included */
    uint64_t *unplaced; /* words: points without a position while the order is chosen (column_proof/point_order.c) */
} fr_proof_rows;

/* The factor of the pivots found: column_proof/tile_lu.c. */
typedef struct fr_proof_factor {
    uint8_t *left;    /* row t of tiles: t tiles in left form, from 256 t (t - 1) / 2 on */
    uint8_t *inverse; /* the inverses of the diagonal tiles, in left form */
    int8_t *right;    /* block / 16 x tiles: U of the block, in right form */
} fr_proof_factor;

/* The block of columns that is eliminated next. */
typedef struct fr_proof_column {
    int64_t unit; /* index into the list of units */
    int64_t coordinate;
} fr_proof_column;

typedef struct fr_proof_block {
    int64_t capacity;        /* columns, a multiple of FR_TILE */
    fr_proof_column *chosen; /* capacity */
    int8_t *columns;         /* capacity / 16 x tiles: plain tiles */
    uint16_t *mask;          /* tiles: a unit's activations by position */
} fr_proof_block;

/* The matching of units and rows: column_proof/matching.c. */
typedef struct fr_proof_matching {
    int32_t *unit_of_row; /* n: of the matched rows */
    uint64_t *matched;    /* words: rows that are assigned to a unit */
    uint64_t *eligible;   /* words: rows that may be matched */
    uint64_t *open_rows;  /* words: rows that the current search has not visited */
    int32_t *path_unit;   /* n + 1: the units along the current path */
    int32_t *path_row;    /* n + 1: the row that is taken from the unit of the same index */
    uint64_t *classes;    /* class_count x words: sets of more than k points that no unit so far tells apart */
    uint64_t *split;      /* the classes that are being made of them */
    int64_t class_count;
    int64_t classified;   /* units that the classes take into account */
} fr_proof_matching;

typedef struct fr_column_proof {
    const fr_byte_isa *bytes;
    fr_session *session;
    fr_pool *pool;        /* NULL: only the calling thread works */
    _Atomic double *done; /* share done, written now and then; may be NULL */
    fr_trial *trial;
    fr_proof_modulus moduli[2];
    const fr_bytes_field *field; /* of the modulus in use */

    int64_t n, k, words, tiles;
    int64_t coordinates; /* min(k, n): no unit has more pivots than there are points */

    fr_proof_units units;
    fr_proof_rows rows;
    fr_proof_factor factor;
    fr_proof_block block;
    fr_proof_matching matching;
    fr_arena memory; /* of everything but the units' growing lists */
} fr_column_proof;

/* Whether trials of this shape are proved often enough for trying it first to save time. */
bool fr_column_proof_pays(const fr_problem *problem);

/* False when out of memory; fr_column_proof_destroy is due in either case. */
bool fr_column_proof_create(fr_column_proof *proof, fr_session *session, fr_trial *trial, int64_t threads);
void fr_column_proof_destroy(fr_column_proof *proof);
/* Bytes that a proof comes to use, without its units. */
size_t fr_column_proof_memory(int64_t rows, int64_t k, int64_t threads);

/* Proves the profile of the trial just begun. pivot_columns: n numbers, the columns with pivots in ascending order,
 * then -1; defined if the answer is FR_PROVED. */
fr_proof_outcome fr_column_proof_profile(fr_column_proof *proof, fr_pool *pool, _Atomic double *done,
                                         int64_t *pivot_columns);

/* The list of units has its first memory. False when out of memory. */
bool fr_proof_units_create(fr_column_proof *proof);

/* Draws until there is one more unit in the list. False if no unit is left, or if the proof ends here (`*end`). */
bool fr_column_proof_draw(fr_column_proof *proof, fr_proof_outcome *end);

/* Chooses the points' first positions (`rows.order`) by the patterns of the units drawn so far. */
void fr_column_proof_order(fr_column_proof *proof);

/* Eliminates the `count` chosen columns of the block, which follow `pivots` pivots (a multiple of 16). Answers `count`,
 * or the index of the first column that depends on those before it. */
int64_t fr_column_proof_block(fr_column_proof *proof, int64_t pivots, int64_t count);

/* Finds the earlier unit whose pattern is nearest, and sets the unit's `most` and support accordingly. */
void fr_column_proof_compare(fr_column_proof *proof, int64_t unit);

/* Whether each further column of the unit depends on the pivots so far, for a reason that holds over the rationals. All
 * pivots of the units before it must have been found. False if no reason is known. */
bool fr_column_proof_is_exhausted(fr_column_proof *proof, int64_t unit);

/* Sets one bit for each point. rows: words. */
static inline void fr_proof_all_points(const fr_column_proof *p, uint64_t *rows) {
    for (int64_t w = 0; w < p->words; w++) rows[w] = ~UINT64_C(0);
    if (p->n & 63) rows[p->words - 1] = (UINT64_C(1) << (p->n & 63)) - 1;
}
static inline const uint64_t *fr_proof_pattern(const fr_column_proof *p, int64_t unit) {
    return p->units.patterns + unit * p->words;
}

#endif
