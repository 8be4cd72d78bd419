/* Certificates of a trial's column rank profile over the rationals, with no chance of error.
 *
 * A column that is independent of the columns before it modulo some prime is independent over the rationals. A column
 * that is dependent modulo the prime may still be independent over the rationals, but a few inequalities between ranks,
 * which hold for any inputs, often exclude that (column_proof/matching.c). If they exclude it for each dependent
 * column, the profile is proved whatever the prime is; so the prime may be small, and its arithmetic eight times as
 * quick (column_proof/bytes.h). Otherwise the trial is left to the elimination modulo a large prime
 * (elimination/elimination.h). docs/mathematics.md, section 13. Its interface, and the seam to what eliminates, are in
 * Kernels/common/proof_engine.h.
 *
 * The row of each pivot is not found, so the ranks of the trial's leading points are not known. Private to Kernels/cpu.
 */
#ifndef FR_CPU_COLUMN_PROOF_H
#define FR_CPU_COLUMN_PROOF_H

#include "column_proof/bytes.h"
#include "session/arena.h"

/* A unit that may have pivots: it is active on some point, and no earlier unit has its pattern. */
typedef struct fr_proof_unit {
    int64_t number;
    int64_t most;     /* upper bound of its pivots: its columns, or the points in its support if they are fewer */
    int64_t reached;  /* points on which it or an earlier unit is active */
    int64_t limit;    /* its columns from this one on are known to depend on those before */
    int64_t pivots;   /* its first columns, as many as have pivots so far */
    int64_t matched;  /* rows that the matching of column_proof/matching.c assigns to it */
} fr_proof_unit;

/* The units drawn so far: column_proof/units.c. */
typedef struct fr_proof_units {
    fr_proof_unit *list;  /* capacity */
    uint64_t *hashes;     /* capacity: of their patterns */
    uint64_t *patterns;   /* capacity x words: activations by point */
    uint64_t *supports;   /* capacity x words, of compared units: the pattern, or where it differs from an earlier one */
    int64_t count, capacity;
    fr_arena memory;      /* of the four above: it is replaced when they grow */
    int64_t drawn;        /* units drawn, those left out included */
    int64_t compared;     /* leading units whose `most` and supports are as small as they become */
    uint64_t *reached;    /* words: points on which at least one of them is active */
    uint64_t *batch;      /* scratch: FR_UNIT_BATCH x words */
} fr_proof_units;

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

struct fr_column_proof {
    const fr_byte_isa *bytes; /* for patterns */
    const fr_problem *problem;
    const fr_proof_engine *engine; /* of the call at hand */
    int64_t n, k, words;
    fr_proof_units units;
    fr_proof_matching matching;
    fr_proof_column *chosen; /* most_block: the columns that are eliminated next */
    int64_t most_block;
    fr_arena memory; /* of everything but the units' growing lists */
};

/* Sets up a proof in the caller's memory. False when out of memory; fr_column_proof_destroy is due in either case. */
bool fr_column_proof_create(fr_column_proof *proof, const fr_problem *problem, int64_t most_block);
void fr_column_proof_destroy(fr_column_proof *proof);
/* Bytes that a proof comes to use, without its units and its engine. */
size_t fr_column_proof_memory(int64_t rows, int64_t k, int64_t most_block);

/* The list of units has its first memory. False when out of memory. */
bool fr_proof_units_create(fr_column_proof *proof);

/* Draws until there is one more unit in the list. False if no unit is left, or if the proof ends here (`*end`). */
bool fr_column_proof_draw(fr_column_proof *proof, fr_proof_outcome *end);

/* Finds the earlier unit whose pattern is nearest, and sets the unit's `most` and support accordingly. */
void fr_column_proof_compare(fr_column_proof *proof, int64_t unit);

/* Whether each further column of the unit depends on the pivots so far, for a reason that holds over the rationals. All
 * pivots of the units before it must have been found. False if no reason is known. */
bool fr_column_proof_is_exhausted(fr_column_proof *proof, int64_t unit);

/* Sets one bit for each point. rows: words. */
static inline void fr_proof_all_points(int64_t points, uint64_t *rows) {
    const int64_t words = (points + 63) / 64;
    for (int64_t w = 0; w < words; w++) rows[w] = ~UINT64_C(0);
    if (points & 63) rows[words - 1] = (UINT64_C(1) << (points & 63)) - 1;
}
static inline const uint64_t *fr_proof_pattern(const fr_column_proof *p, int64_t unit) {
    return p->units.patterns + unit * p->words;
}

#endif
