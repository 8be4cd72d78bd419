/* Products of bytes with AVX-512, a column of 16 sums a register. The including file opens the target attribute and
 * defines ADD_PRODUCTS(sums, left, right): sums of four products of bytes added to each of 16 numbers of 32 bits. */

static inline __m512i reduced(__m512i x, __m512 inverse, __m512 p) {
    const __m512 value = _mm512_cvtepi32_ps(x);
    const __m512 q = _mm512_roundscale_ps(_mm512_mul_ps(value, inverse), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    return _mm512_cvtps_epi32(_mm512_fnmadd_ps(q, p, value));
}

static void bytes_product(const fr_bytes_field *field, int64_t count, const uint8_t *left, const int8_t *right,
                          int8_t *tile, bool from_zero) {
    const __m512 inverse = _mm512_set1_ps(field->inverse), p = _mm512_set1_ps((float)field->p);
    __m512i sum[FR_TILE];
#pragma GCC unroll 16
    for (int c = 0; c < FR_TILE; c++)
        sum[c] = from_zero ? _mm512_setzero_si512()
                           : _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(const void *)(tile + FR_TILE * c)));
    int64_t groups = 4 * count;
    while (groups > 0) {
        int64_t some = groups < FR_BYTES_DELAY / 4 ? groups : FR_BYTES_DELAY / 4;
        groups -= some;
        for (; some > 0; some--, left += 64, right += 64) {
            const __m512i l = _mm512_loadu_si512(left);
#pragma GCC unroll 16
            for (int c = 0; c < FR_TILE; c++) {
                int32_t r;
                memcpy(&r, right + 4 * c, 4);
                ADD_PRODUCTS(sum[c], l, _mm512_set1_epi32(r));
            }
        }
#pragma GCC unroll 16
        for (int c = 0; c < FR_TILE; c++) sum[c] = reduced(sum[c], inverse, p);
    }
#pragma GCC unroll 16
    for (int c = 0; c < FR_TILE; c++)
        _mm_storeu_si128((__m128i *)(void *)(tile + FR_TILE * c), _mm512_cvtepi32_epi8(sum[c]));
}
#define BYTES_PRODUCT

static void bytes_pack_right(const int8_t *tile, int8_t *right) {
    const __m512i z0 = _mm512_loadu_si512(tile), z1 = _mm512_loadu_si512(tile + 64);
    const __m512i z2 = _mm512_loadu_si512(tile + 128), z3 = _mm512_loadu_si512(tile + 192);
    const __m512i first = _mm512_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28, 0, 4, 8, 12, 16, 20, 24, 28);
#pragma GCC unroll 4
    for (int group = 0; group < 4; group++) {
        const __m512i index = _mm512_add_epi32(first, _mm512_set1_epi32(group));
        const __m512i a = _mm512_permutex2var_epi32(z0, index, z1), b = _mm512_permutex2var_epi32(z2, index, z3);
        _mm512_storeu_si512(right + 64 * group, _mm512_inserti64x4(a, _mm512_castsi512_si256(b), 1));
    }
}
#define BYTES_PACK_RIGHT

static void bytes_pack_left(const fr_bytes_field *field, bool negate, const int8_t *tile, uint8_t *left) {
    const __m512i p = _mm512_set1_epi8((char)field->p), zero = _mm512_setzero_si512();
    /* Four rows of each of the four columns into a lane, then their 4 x 4 bytes transposed there. */
    const __m512i gather = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i interleave =
        _mm512_broadcast_i32x4(_mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
#pragma GCC unroll 4
    for (int group = 0; group < 4; group++) {
        __m512i x = _mm512_loadu_si512(tile + 64 * group);
        if (negate) x = _mm512_sub_epi8(zero, x);
        x = _mm512_mask_add_epi8(x, _mm512_movepi8_mask(x), x, p);
        x = _mm512_shuffle_epi8(_mm512_permutexvar_epi32(gather, x), interleave);
        _mm512_storeu_si512(left + 64 * group, x);
    }
}
#define BYTES_PACK_LEFT

static void bytes_select(int64_t tiles, const uint16_t *mask, const int8_t *x, int8_t *column) {
    for (int64_t t = 0; t < tiles; t++)
        _mm_storeu_si128((__m128i *)(void *)(column + FR_TILE_BYTES * t),
                         _mm_maskz_loadu_epi8(mask[t], x + FR_TILE * t));
}
#define BYTES_SELECT

static inline void gather_bytes(int64_t tiles, const int32_t *row, int64_t count, const int8_t *from, int8_t *to);

/* Up to 128 bytes as words in four registers, which permutations look them up in. */
static void bytes_gather(int64_t tiles, const int32_t *row, int64_t count, const int8_t *from, int8_t *to) {
    if (tiles > 8) {
        gather_bytes(tiles, row, count, from, to);
        return;
    }
    __mmask32 used[4], high[4]; /* the bytes there are; those that come from 64 on */
    __m512i at[4];
    for (int q = 0; q < 4; q++) {
        const int64_t left = FR_TILE * tiles - 32 * q;
        used[q] = left >= 32 ? 0xFFFFFFFF : left > 0 ? 0xFFFF : 0;
        const __m512i first = _mm512_maskz_loadu_epi32((__mmask16)used[q], row + 32 * q);
        const __m512i second = _mm512_maskz_loadu_epi32((__mmask16)(used[q] >> 16), row + 32 * q + 16);
        at[q] =
            _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi32_epi16(first)), _mm512_cvtepi32_epi16(second), 1);
        high[q] = _mm512_test_epi16_mask(at[q], _mm512_set1_epi16(64));
    }
    for (int64_t c = 0; c < count; c++, from += FR_TILE * tiles, to += FR_TILE * tiles) {
        __m512i words[4];
#pragma GCC unroll 4
        for (int q = 0; q < 4; q++) words[q] = _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(used[q], from + 32 * q));
        for (int q = 0; 2 * q < tiles; q++) {
            __m512i found = _mm512_permutex2var_epi16(words[0], at[q], words[1]);
            if (tiles > 4)
                found = _mm512_mask_mov_epi16(found, high[q], _mm512_permutex2var_epi16(words[2], at[q], words[3]));
            _mm256_mask_storeu_epi8(to + 32 * q, used[q], _mm512_cvtepi16_epi8(found));
        }
    }
}
#define BYTES_GATHER

static inline uint16_t permuted_tile(const int32_t *row, const uint64_t *pattern);

/* Up to 2048 bits as words in four registers, which permutations look them up in. */
static void bytes_permute(int64_t tiles, const int32_t *row, int64_t words, const uint64_t *pattern, uint16_t *mask) {
    if (words > 32) {
        for (int64_t t = 0; t < tiles; t++) mask[t] = permuted_tile(row + FR_TILE * t, pattern);
        return;
    }
    __m512i bits[4];
    for (int q = 0; q < 4; q++) {
        const int64_t left = words - 8 * q;
        bits[q] = _mm512_maskz_loadu_epi64((__mmask8)(left >= 8  ? 0xFF
                                                      : left > 0 ? (1u << left) - 1
                                                                 : 0),
                                           pattern + 8 * q);
    }
    const __m512i one = _mm512_set1_epi32(1), low = _mm512_set1_epi32(31), high = _mm512_set1_epi32(32);
    for (int64_t t = 0; t < tiles; t++) {
        const __m512i at = _mm512_loadu_si512(row + FR_TILE * t), word = _mm512_srli_epi32(at, 5);
        __m512i part = _mm512_permutex2var_epi32(bits[0], word, bits[1]);
        if (words > 16)
            part = _mm512_mask_mov_epi32(part, _mm512_test_epi32_mask(word, high),
                                         _mm512_permutex2var_epi32(bits[2], word, bits[3]));
        mask[t] = (uint16_t)_mm512_test_epi32_mask(part, _mm512_sllv_epi32(one, _mm512_and_si512(at, low)));
    }
}
#define BYTES_PERMUTE

#include "column_proof/bytes_residues.inc.h"

static inline __m512d away(__m512d x, __m512d inverse, __m512d multiple) {
    const __m512d q =
        _mm512_roundscale_pd(_mm512_mul_pd(x, inverse), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    return _mm512_fnmadd_pd(q, multiple, x);
}

static void bytes_residues(const fr_bytes_field *field, const double *powers, int64_t tiles, const double *x,
                           int8_t *out) {
    const __m512d first = _mm512_set1_pd(field->residue_multiple[0]),
                  second = _mm512_set1_pd(field->residue_multiple[1]);
    const __m512d by_first = _mm512_set1_pd(field->residue_inverse[0]);
    const __m512d by_second = _mm512_set1_pd(field->residue_inverse[1]);
    const __m512d sign = _mm512_set1_pd(field->residue_sign), shift = _mm512_set1_pd(field->residue_shift);
    const __m512d limit = _mm512_set1_pd(FUSED_LIMIT(field));
    for (int64_t t = 0; t < tiles; t++, x += FR_TILE, out += FR_TILE) {
        uint32_t inside = 0xFF;
#pragma GCC unroll 2
        for (int half = 0; half < 2; half++) {
            const __m512d value = _mm512_loadu_pd(x + 8 * half);
            const __m512d rest = away(away(value, by_first, first), by_second, second);
            const __m512d units = _mm512_mul_pd(rest, sign), shifted = _mm512_add_pd(units, shift);
            inside &= _mm512_mask_cmp_pd_mask(_mm512_cmp_pd_mask(_mm512_sub_pd(shifted, shift), units, _CMP_EQ_OQ),
                                              _mm512_abs_pd(value), limit, _CMP_LT_OQ);
            _mm_storel_epi64((__m128i *)(void *)(out + 8 * half), _mm512_cvtepi64_epi8(_mm512_castpd_si512(shifted)));
        }
        if (inside != 0xFF) residues_of_any(field, powers, x, out);
    }
}
#define BYTES_RESIDUES

#include "column_proof/bytes_x86.inc.h"
#include "column_proof/bytes_avx512_invert.inc.h"

#include "column_proof/bytes_template.h"
