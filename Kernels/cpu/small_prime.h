/* The column rank profile of a trial's Jacobian, proved: over the rationals, with no chance of error.
 *
 * A column that is independent of those before it modulo some prime is so over the rationals. A column that is dependent
 * modulo the prime need not be; but a few inequalities between ranks, which hold for any inputs, often leave no other
 * way (small_prime_bound.c). Where they do for each such column, the profile is proved whatever the prime; so the prime
 * may be small, and its arithmetic eight times as quick (bytes.h). Where they do not, the trial is left to the
 * elimination modulo a large prime (elimination.h). docs/mathematics.md, section 13.
 *
 * Columns only: which row a pivot lies in is not found, so the trial's leading points' ranks are not. Private to
 * Kernels/cpu. */
#ifndef FR_CPU_SMALL_PRIME_H
#define FR_CPU_SMALL_PRIME_H

#include "bytes.h"
#include "trial.h"

typedef enum fr_proof_outcome {
    FR_PROVED,
    FR_NOT_PROVED,     /* a column is dependent modulo the prime, and nothing says that it must be */
    FR_PROOF_CANCELLED,
    FR_PROOF_NO_MEMORY
} fr_proof_outcome;

/* A unit that may have pivots: not inactive everywhere, no pattern seen before. */
typedef struct fr_proof_unit {
    int64_t number;
    uint64_t hash;
    int64_t most;    /* pivots it can have at most: its columns, or the points in its support if they are fewer */
    int64_t reached; /* points on which it or an earlier unit is active */
    int64_t limit;   /* columns beyond this many are known to depend on those before */
    int64_t pivots; /* among its columns so far: its first */
    int64_t matched; /* rows that the matching of small_prime_bound.c gives it */
} fr_proof_unit;

typedef struct fr_proof_column {
    int64_t unit; /* place among the units */
    int64_t coordinate;
} fr_proof_column;

typedef struct fr_small_prime {
    const fr_isa *isa;
    const fr_byte_isa *bytes;
    fr_session *session;
    fr_team *team;        /* NULL: this thread alone */
    _Atomic double *done; /* share done, written now and then; may be NULL */
    fr_trial *trial;
    fr_bytes_field fields[2]; /* of the two primes */
    double *powers[2];        /* of theirs: field.h */
    fr_bytes_field field;     /* in use */
    int64_t n, k, words, tiles;
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

    /* rows: positions 0 ..< n hold points; swaps bring a row with a pivot where one is missing */
    int32_t *row_at;      /* the point at each position */
    int32_t *swaps;       /* pairs of positions, in order */
    int64_t swap_count, swap_capacity;
    uint64_t *touched;    /* words: points on which some unit with a pivot is active */

    /* the elimination: small_prime_lu.c */
    int8_t *x;            /* k x 16 tiles, residues by position */
    double *residues;     /* scratch */
    uint8_t *left;        /* tile t of rows: t tiles in left form, from 256 t (t - 1) / 2 */
    uint8_t *inverse;     /* the inverses of the diagonal tiles, in left form */
    int8_t *right;        /* block / 16 x tiles: U, in right form */
    int8_t *columns;      /* block / 16 x tiles: the block, plain */
    uint16_t *mask;       /* tiles */
    uint64_t *permuted;   /* words */
    fr_proof_column *chosen; /* block */

    /* the matching: small_prime_bound.c */
    int32_t *unit_of_row; /* -1: none */
    uint64_t *open_rows;  /* words: rows not looked at in a search */
} fr_small_prime;

/* Whether trials of this shape are proved often enough for trying it first to save time. */
bool fr_small_prime_pays(const fr_problem *problem);

bool fr_small_prime_create(fr_small_prime *proof, fr_session *session, fr_trial *trial, int64_t threads);
void fr_small_prime_destroy(fr_small_prime *proof);
/* Bytes it comes to use, without units. */
size_t fr_small_prime_memory(int64_t rows, int64_t k, int64_t threads);

/* The trial just begun. pivot_columns: n; the columns with pivots, ascending, then -1. Written where the profile is
 * proved. */
fr_proof_outcome fr_small_prime_profile(fr_small_prime *proof, fr_team *team, _Atomic double *done,
                                        int64_t *pivot_columns);

/* Draws until there is a unit more; false: no unit is left, or an end is put to the trial (`*end`). */
bool fr_small_prime_draw(fr_small_prime *proof, fr_proof_outcome *end);

/* Eliminates the `count` chosen columns of the block behind `pivots` pivots (a multiple of 16). Answers `count`, the
 * first that is dependent on those before, or -1 where the state can't hold it. */
int64_t fr_small_prime_block(fr_small_prime *proof, int64_t pivots, int64_t count);

/* Exchanges the points at positions i and j, behind the first `pivots` (a multiple of 16): in the factor's columns of
 * these pivots, in the inputs, in the block's tiles of columns column_tile ..< column_tiles, and in the units' patterns
 * when they are next looked at. False: no more exchanges can be kept. */
bool fr_small_prime_exchange(fr_small_prime *proof, int64_t pivots, int64_t i, int64_t j, int64_t column_tile,
                             int64_t column_tiles);

/* Finds the earlier unit whose pattern is nearest, and sets the unit's `most` and support by it. */
void fr_small_prime_compare(fr_small_prime *proof, int64_t unit);

/* Whether each column of the unit beyond its pivots so far depends on the pivots so far, for a reason that holds over
 * the rationals. The pivots of the units before it are all found. False: no reason known. */
bool fr_small_prime_is_exhausted(fr_small_prime *proof, int64_t unit);

static inline const uint64_t *fr_proof_pattern(const fr_small_prime *p, int64_t unit) {
    return p->patterns + unit * p->words;
}
static inline bool fr_proof_bit(const uint64_t *pattern, int64_t point) { return pattern[point >> 6] >> (point & 63) & 1; }

#endif
