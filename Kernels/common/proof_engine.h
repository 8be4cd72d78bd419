/* The seam between the proof of a column profile, which is the host's (Kernels/cpu/column_proof), and what eliminates
 * its columns modulo a prime of eight bits: the CPU's bytes, or a device. Every engine finds the same columns dependent,
 * since that does not depend on the order of the rows; so proofs, and what is proved, are the same. C11 and C++17. */
#ifndef FR_PROOF_ENGINE_H
#define FR_PROOF_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "portability.h"
#include "fullrank_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The primes: just below 2^15 over a whole number, so that the quotient by p that a 16-bit multiplication estimates
 * errs by less than 0.02 (fr_bytes_reduce16), and small enough for the sums in FR_BYTES_BALANCED's comment. */
#define FR_BYTES_PRIME 179
#define FR_BYTES_SECOND_PRIME 163

/* Pivots before each block of columns are a multiple of this. */
#define FR_PROOF_STEP 16

typedef enum fr_proof_outcome {
    FR_PROVED,
    FR_NOT_PROVED, /* a column is dependent modulo the prime, and no known inequality makes it dependent */
    FR_PROOF_NO_MEMORY,
    FR_PROOF_STOPPED /* by the engine: cancelled, or it failed; it knows why */
} fr_proof_outcome;

typedef struct fr_proof_column {
    int64_t unit; /* index into the list of units */
    int64_t coordinate;
} fr_proof_column;

/* What an engine, or its caller, may know of a unit in the list: those that are active somewhere, and have a pattern
 * that no earlier unit has. */
typedef struct fr_proof_unit_view {
    int64_t number;          /* in the network */
    int64_t most;            /* at most so many pivots */
    int64_t reached;         /* points on which it or an earlier unit is active */
    const uint64_t *pattern; /* until more units are drawn */
} fr_proof_unit_view;

typedef struct fr_column_proof fr_column_proof;

typedef struct fr_proof_engine {
    void *context;
    int64_t block; /* most columns of a call of `eliminate`, a multiple of FR_PROOF_STEP; the engine may change it */
    bool (*is_cancelled)(void *context);
    void (*tell_done)(void *context, double share);
    /* patterns: count x ceil(n/64) words, of the trial's units from `first` on, in the network. False: stop. */
    bool (*patterns)(void *context, int64_t first, int64_t count, uint64_t *patterns);
    /* Goes to the first column, modulo the first prime (0) or the second (1). False: stop. */
    bool (*begin)(void *context, const fr_column_proof *proof, int which);
    /* Eliminates these columns, which follow `pivots` pivots. Answers `count` if all are independent of those before
     * them, else the index of the first that is not, or -1: stop. In the second case the first *kept of the columns, a
     * multiple of FR_PROOF_STEP, count as eliminated, the others come again; in the first all count. */
    int64_t (*eliminate)(void *context, const fr_column_proof *proof, int64_t pivots, int64_t count,
                         const fr_proof_column *columns, int64_t *kept);
} fr_proof_engine;

/* Whether trials of this shape are proved often enough for trying it first to save time. */
bool fr_column_proof_pays(const fr_problem *problem);

/* For trials of this problem, one at a time; `problem` outlives it. most_block: the engine's largest block. NULL: out of
 * memory. */
fr_column_proof *fr_column_proof_make(const fr_problem *problem, int64_t most_block);
void fr_column_proof_free(fr_column_proof *proof);

/* Forgets the trial before, and draws the next one's first units. */
fr_proof_outcome fr_column_proof_begin(fr_column_proof *proof, const fr_proof_engine *engine);
/* The whole proof of the trial begun. pivot_columns: n numbers, the columns with pivots in ascending order, then -1;
 * defined if the answer is FR_PROVED. */
fr_proof_outcome fr_column_proof_profile(fr_column_proof *proof, const fr_proof_engine *engine, int64_t *pivot_columns);

/* The same in steps. One prime: *again is set if the answer is FR_NOT_PROVED and the second prime is worth a try. */
fr_proof_outcome fr_column_proof_modulo(fr_column_proof *proof, const fr_proof_engine *engine, int which,
                                        int64_t *pivot_columns, bool *again);
/* Draws as many units as the profile needs if no column is dependent. */
fr_proof_outcome fr_column_proof_look_ahead(fr_column_proof *proof, const fr_proof_engine *engine);

/* The units drawn so far. */
int64_t fr_column_proof_units(const fr_column_proof *proof);
fr_proof_unit_view fr_column_proof_unit(const fr_column_proof *proof, int64_t unit);

#ifdef __cplusplus
}
#endif

#endif
