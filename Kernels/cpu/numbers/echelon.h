/* The row echelon form of rows that come one by one, modulo a prime (numbers/word_prime.h). Private to Kernels/cpu. */
#ifndef FR_CPU_ECHELON_H
#define FR_CPU_ECHELON_H

#include <stdbool.h>
#include <stdint.h>

#include "numbers/word_prime.h"

/* Row i is 1 at its pivot and 0 at the pivots of earlier rows. The caller owns rows and pivots, and starts a form by
 * setting rank to 0. */
typedef struct fr_echelon {
    const fr_word_prime *prime;
    int64_t width, rank;
    uint64_t *rows;  /* rank x width in Montgomery form, and room for the next row */
    int64_t *pivots; /* rank */
} fr_echelon;

/* The place where the caller writes the next row's residues before fr_echelon_take. */
static inline uint64_t *fr_echelon_next(const fr_echelon *e) { return e->rows + e->rank * e->width; }

/* Adds the next row. Returns false if it depends on the earlier rows, which then do not change. */
bool fr_echelon_take(fr_echelon *e);
/* Makes the rows before 0 at the newest pivot. Called after each row taken in, it keeps the form reduced. */
void fr_echelon_clear_newest(fr_echelon *e);

#endif
