/* The interface between the proof of a column profile, which runs on the host (Kernels/cpu/column_proof), and an engine
 * that eliminates its columns modulo a prime of eight bits, on the CPU or on a device. All engines find the same
 * columns dependent, because dependence does not depend on the order of the rows. So the proofs and their results are
 * the same. C11 and C++17. */
#ifndef FR_PROOF_ENGINE_H
#define FR_PROOF_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "portability.h"
#include "fullrank_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The primes. Each is slightly below 2^15 divided by a whole number, so that the error of a 16-bit multiplication's
 * estimate of the quotient by p is less than 0.02 (fr_bytes_reduce16). They are small enough for the sums in the
 * comment of FR_BYTES_BALANCED. */
#define FR_BYTES_PRIME 179
#define FR_BYTES_SECOND_PRIME 163

/* The number of pivots before each block of columns is a multiple of this. */
#define FR_PROOF_STEP 16

typedef enum fr_proof_outcome {
    FR_PROVED,
    FR_NOT_PROVED, /* a column is dependent modulo the prime, and no known inequality makes it dependent */
    FR_PROOF_NO_MEMORY,
    FR_PROOF_STOPPED /* the engine was cancelled or failed, and knows the reason */
} fr_proof_outcome;

typedef struct fr_proof_column {
    int64_t unit; /* index into the list of units */
    int64_t coordinate;
} fr_proof_column;

/* The data of a listed unit that an engine, or its caller, may use. Listed units are active on some point, and no
 * earlier unit has the same pattern. */
typedef struct fr_proof_unit_view {
    int64_t number;          /* in the network */
    int64_t most;            /* bound of its number of pivots */
    int64_t reached;         /* number of points on which it or an earlier unit is active */
    const uint64_t *pattern; /* valid until more units are drawn */
} fr_proof_unit_view;

typedef struct fr_column_proof fr_column_proof;

typedef struct fr_proof_engine {
    void *context;
    int64_t block; /* most columns of a call of `eliminate`, a multiple of FR_PROOF_STEP; the engine may change it */
    bool (*is_cancelled)(void *context);
    void (*tell_done)(void *context, double share);
    /* patterns: count x ceil(n/64) words, of the trial's units from number `first` of the network on. Returns false to
     * stop. */
    bool (*patterns)(void *context, int64_t first, int64_t count, uint64_t *patterns);
    /* Returns to the first column, modulo the first prime (0) or the second (1). Returns false to stop. */
    bool (*begin)(void *context, const fr_column_proof *proof, int which);
    /* Eliminates these columns, which follow `pivots` pivots. Returns `count` if each column is independent of those
     * before it; then all count as eliminated. Otherwise returns the index of the first dependent column, or -1 to
     * stop. If a column is dependent, the first *kept columns (a multiple of FR_PROOF_STEP) count as eliminated, and
     * the others are passed again. */
    int64_t (*eliminate)(void *context, const fr_column_proof *proof, int64_t pivots, int64_t count,
                         const fr_proof_column *columns, int64_t *kept);
} fr_proof_engine;

/* Whether trials of this shape are proved often enough that trying the proof first saves time. */
bool fr_column_proof_pays(const fr_problem *problem);

/* Creates the state for trials of this problem, which are proved one at a time. `problem` must outlive it. most_block:
 * the engine's largest block. Returns NULL if memory runs out. */
fr_column_proof *fr_column_proof_make(const fr_problem *problem, int64_t most_block);
void fr_column_proof_free(fr_column_proof *proof);

/* Discards the previous trial and draws the first units of the next one. */
fr_proof_outcome fr_column_proof_begin(fr_column_proof *proof, const fr_proof_engine *engine);
/* Runs the whole proof of the trial that was begun. pivot_columns: n numbers, the columns with pivots in ascending
 * order, then -1; they are defined if the result is FR_PROVED. */
fr_proof_outcome fr_column_proof_profile(fr_column_proof *proof, const fr_proof_engine *engine, int64_t *pivot_columns);

/* Runs the same proof modulo one prime. *again is set if the result is FR_NOT_PROVED and the second prime is worth
 * trying. */
fr_proof_outcome fr_column_proof_modulo(fr_column_proof *proof, const fr_proof_engine *engine, int which,
                                        int64_t *pivot_columns, bool *again);
/* Draws as many units as the profile needs if every column is independent. */
fr_proof_outcome fr_column_proof_look_ahead(fr_column_proof *proof, const fr_proof_engine *engine);

/* The units drawn so far. */
int64_t fr_column_proof_units(const fr_column_proof *proof);
fr_proof_unit_view fr_column_proof_unit(const fr_column_proof *proof, int64_t unit);

#ifdef __cplusplus
}
#endif

#endif
