/* The CPU's engine of proofs of column profiles (proof_engine.h): left-looking elimination on tiles of bytes, by one
 * thread or a pool. Private to Kernels/cpu. */
#ifndef FR_CPU_BYTE_ENGINE_H
#define FR_CPU_BYTE_ENGINE_H

#include "column_proof/bytes.h"
#include "samples/trial.h"
#include "session/arena.h"

/* The order of the points is chosen for this many units: later columns are filled in by sums of products. */
#define FR_ORDERED_UNITS 8

/* One of the two small primes. */
typedef struct fr_proof_modulus {
    fr_bytes_field field;
    double *powers; /* FR_POWER_COUNT: of two, modulo the prime (field.h) */
} fr_proof_modulus;

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

/* The block of columns at hand. */
typedef struct fr_proof_block {
    int64_t capacity; /* columns, a multiple of FR_TILE */
    int8_t *columns;  /* capacity / 16 x tiles: plain tiles */
    uint16_t *mask;   /* tiles: a unit's activations by position */
} fr_proof_block;

typedef struct fr_byte_engine {
    fr_proof_engine engine;
    const fr_byte_isa *bytes;
    fr_session *session;
    fr_pool *pool;        /* NULL: only the calling thread works */
    _Atomic double *done; /* share done, written now and then; may be NULL */
    fr_trial *trial;
    fr_proof_modulus moduli[2];
    const fr_bytes_field *field; /* of the modulus in use */
    int64_t n, k, words, tiles;
    int64_t coordinates; /* min(k, n): no unit has more pivots than there are points */
    double *weights, *biases; /* scratch: FR_UNIT_BATCH x d0, FR_UNIT_BATCH */
    fr_proof_rows rows;
    fr_proof_factor factor;
    fr_proof_block block;
    fr_arena memory;
} fr_byte_engine;

/* False when out of memory; fr_byte_engine_destroy is due in either case. The engine's address must not change. */
bool fr_byte_engine_create(fr_byte_engine *engine, fr_session *session, fr_trial *trial, int64_t threads);
void fr_byte_engine_destroy(fr_byte_engine *engine);
/* Bytes that a proof and its engine come to use, without the units. */
size_t fr_byte_engine_memory(int64_t rows, int64_t k, int64_t threads);

/* Chooses the points' first positions (`rows.order`) by the patterns of the units drawn so far. */
void fr_byte_engine_order(fr_byte_engine *engine, const fr_column_proof *proof);

/* Eliminates `count` columns of the block, which follow `pivots` pivots (a multiple of 16). Answers `count`, or the
 * index of the first column that depends on those before it. */
int64_t fr_byte_engine_block(fr_byte_engine *engine, int64_t pivots, int64_t count);

#endif
