/* Products modulo a prime of eight bits, on bytes: one instruction multiplies and adds four times as many of them as of
 * floats. Compiled once for each instruction set, like vector/isa.h; all variants give the same classes.
 *
 * A tile is 16 rows by 16 columns, 256 bytes, in one of three forms:
 *
 *   plain  balanced residues (int8_t), column by column: entry (r, c) at 16 c + r;
 *   left   residues from 0 to p - 1 (uint8_t), four columns interleaved: entry (r, c) at 64 (c / 4) + 4 r + c % 4;
 *   right  balanced residues, four rows interleaved: entry (r, c) at 64 (r / 4) + 4 c + r % 4.
 *
 * Balanced residues are at most FR_BYTES_BALANCED in size, so that classes near p/2 have two; 0 stands for the class 0
 * and nothing else does. */
#ifndef FR_CPU_BYTES_H
#define FR_CPU_BYTES_H

#include <stdbool.h>
#include <stdint.h>

#include "proof_engine.h"

#define FR_TILE 16
#define FR_TILE_BYTES 256

/* 1024 products, of a byte up to 178 and one up to 92 in size, and one more byte add up to 16,769,116 < 2^24: exact in
 * a float. Two products add up to 32,752 < 2^15: no saturation in AVX2's pairwise sum. */
#define FR_BYTES_BALANCED 92
#define FR_BYTES_DELAY 1024

typedef struct fr_bytes_field {
    int32_t p;
    int32_t reciprocal; /* 2^15 / p, rounded */
    float inverse;
    int8_t inverses[256]; /* of 0 ..< p, balanced */
    /* For residues of doubles: column_proof/bytes_residues.inc.h. */
    double residue_inverse[2], residue_multiple[2], residue_sign, residue_shift, residue_limit;
} fr_bytes_field;

typedef struct fr_byte_isa {
    const char *name;

    /* tile (plain) = (from_zero ? 0 : tile) + sum over the `count` pairs of tiles of left * right, mod p. */
    void (*product)(const fr_bytes_field *field, int64_t count, const uint8_t *left, const int8_t *right, int8_t *tile,
                    bool from_zero);

    void (*pack_right)(const int8_t *tile, int8_t *right);
    /* left = tile, or -tile. */
    void (*pack_left)(const fr_bytes_field *field, bool negate, const int8_t *tile, uint8_t *left);

    /* Inverts the leading `size` rows and columns of the plain tile in place, by Gauss-Jordan elimination without row
     * exchanges. The elimination resumes at step `from`; the tile holds the state after `from` steps.
     *
     * Returns `size`, or the first j for which the leading (j + 1) x (j + 1) minor is 0 mod p.
     *
     * Invariant: after j steps, with T the tile, a row i >= j that was c before the elimination is
     *     T(i, l) = (l >= j ? c_l : 0) + sum over t < j of c_t T(t, l).
     * So rows from j on may be exchanged, or replaced by another row transformed by this formula, before the
     * elimination resumes at j. */
    int (*invert)(const fr_bytes_field *field, int from, int size, int8_t *tile);

    /* One Khatri-Rao column: column of `tiles` plain tiles (256 bytes apart); x: 16 * tiles residues; bit r of mask[t]:
     * whether the unit is active on row r of tile t. */
    void (*select)(int64_t tiles, const uint16_t *mask, const int8_t *x, int8_t *column);

    /* Column c of `to`: the bytes of column c of `from` in another order, to[i] = from[row[i]]; `count` columns of
     * `tiles` times 16 bytes, 0 <= row[i] < 16 tiles. */
    void (*gather)(int64_t tiles, const int32_t *row, int64_t count, const int8_t *from, int8_t *to);

    /* Bit r of mask[t]: bit row[16 t + r] of the pattern, of so many words. */
    void (*permute)(int64_t tiles, const int32_t *row, int64_t words, const uint64_t *pattern, uint16_t *mask);

    /* How many bits of a and b differ; of a alone, where b is NULL. */
    int64_t (*differing)(int64_t words, const uint64_t *a, const uint64_t *b);
    /* Which of `count` patterns, one behind the other, differs from this one in the fewest bits, and fewer than *least:
     * *least becomes their number. -1: none of them; *least stays. */
    int64_t (*nearest)(int64_t words, const uint64_t *pattern, int64_t count, const uint64_t *patterns, int64_t *least);

    /* 16 * tiles finite doubles, as the dyadic rationals they are: their residues, at most (p - 1) / 2 in size. powers:
     * those of two modulo p (field.h). */
    void (*residues)(const fr_bytes_field *field, const double *powers, int64_t tiles, const double *x, int8_t *out);
} fr_byte_isa;

fr_bytes_field fr_bytes_field_make(int32_t prime);
/* NULL: not known, or this processor has no such instructions. "avx512vnni", "avx512", "avx2", "neon_i8mm",
 * "neon" (with its dotprod), "portable". */
const fr_byte_isa *fr_bytes_named(const char *name);
/* The quickest here, or what FULLRANK_ISA names. */
const fr_byte_isa *fr_bytes_best(void);

#endif
