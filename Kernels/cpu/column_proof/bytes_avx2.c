/* Products of bytes with AVX2: pairs into 16 bits, which do not saturate (FR_BYTES_BALANCED), pairs of those into 32.
 * Four columns at a time: eight registers of sums. */
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "column_proof/bytes.h"
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,popcnt")
#endif

#define COLUMNS 4

static inline __m256i reduced(__m256i x, __m256 inverse, __m256i p) {
    const __m256 q = _mm256_round_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(x), inverse),
                                     _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    return _mm256_sub_epi32(x, _mm256_mullo_epi32(_mm256_cvtps_epi32(q), p));
}

static inline __m256i add_products(__m256i sums, __m256i left, __m256i right) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_maddubs_epi16(left, right), _mm256_set1_epi16(1)));
}

static void columns_product(const fr_bytes_field *field, int64_t groups, const uint8_t *left, const int8_t *right,
                            int8_t *tile, bool from_zero) {
    const __m256 inverse = _mm256_set1_ps(field->inverse);
    const __m256i p = _mm256_set1_epi32(field->p);
    __m256i sum[COLUMNS][2];
    for (int c = 0; c < COLUMNS; c++)
        for (int half = 0; half < 2; half++)
            sum[c][half] = from_zero ? _mm256_setzero_si256()
                                     : _mm256_cvtepi8_epi32(_mm_loadl_epi64(
                                           (const __m128i *)(const void *)(tile + FR_TILE * c + 8 * half)));
    while (groups > 0) {
        int64_t some = groups < FR_BYTES_DELAY / 4 ? groups : FR_BYTES_DELAY / 4;
        groups -= some;
        for (; some > 0; some--, left += 64, right += 64) {
            const __m256i top = _mm256_loadu_si256((const __m256i *)(const void *)left);
            const __m256i bottom = _mm256_loadu_si256((const __m256i *)(const void *)(left + 32));
            for (int c = 0; c < COLUMNS; c++) {
                int32_t four;
                memcpy(&four, right + 4 * c, 4);
                const __m256i r = _mm256_set1_epi32(four);
                sum[c][0] = add_products(sum[c][0], top, r);
                sum[c][1] = add_products(sum[c][1], bottom, r);
            }
        }
        for (int c = 0; c < COLUMNS; c++)
            for (int half = 0; half < 2; half++) sum[c][half] = reduced(sum[c][half], inverse, p);
    }
    for (int c = 0; c < COLUMNS; c++) {
        const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(sum[c][0], sum[c][1]), 0xD8);
        const __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
        _mm_storeu_si128((__m128i *)(void *)(tile + FR_TILE * c), bytes);
    }
}

static void bytes_product(const fr_bytes_field *field, int64_t count, const uint8_t *left, const int8_t *right,
                          int8_t *tile, bool from_zero) {
    for (int c = 0; c < FR_TILE; c += COLUMNS)
        columns_product(field, 4 * count, left, right + 4 * c, tile + FR_TILE * c, from_zero);
}
#define BYTES_PRODUCT

static inline __m128i load16(const void *at) { return _mm_loadu_si128((const __m128i *)at); }
static inline void store16(void *at, __m128i x) { _mm_storeu_si128((__m128i *)at, x); }

/* Four columns at a time, a 4 x 4 transpose of groups of four bytes. */
static void bytes_pack_right(const int8_t *tile, int8_t *right) {
    for (int c = 0; c < FR_TILE; c += 4) {
        const int8_t *from = tile + FR_TILE * c;
        const __m128i a = load16(from), b = load16(from + 16), d = load16(from + 32), e = load16(from + 48);
        const __m128i ab = _mm_unpacklo_epi32(a, b), de = _mm_unpacklo_epi32(d, e);
        const __m128i ab2 = _mm_unpackhi_epi32(a, b), de2 = _mm_unpackhi_epi32(d, e);
        store16(right + 4 * c, _mm_unpacklo_epi64(ab, de));
        store16(right + 64 + 4 * c, _mm_unpackhi_epi64(ab, de));
        store16(right + 128 + 4 * c, _mm_unpacklo_epi64(ab2, de2));
        store16(right + 192 + 4 * c, _mm_unpackhi_epi64(ab2, de2));
    }
}
#define BYTES_PACK_RIGHT

static void bytes_pack_left(const fr_bytes_field *field, bool negate, const int8_t *tile, uint8_t *left) {
    const __m128i p = _mm_set1_epi8((char)field->p), zero = _mm_setzero_si128();
    for (int group = 0; group < 4; group++) {
        __m128i x[4];
        for (int i = 0; i < 4; i++) {
            x[i] = load16(tile + 64 * group + FR_TILE * i);
            if (negate) x[i] = _mm_sub_epi8(zero, x[i]);
            x[i] = _mm_add_epi8(x[i], _mm_and_si128(_mm_cmpgt_epi8(zero, x[i]), p));
        }
        const __m128i top = _mm_unpacklo_epi8(x[0], x[1]), top2 = _mm_unpacklo_epi8(x[2], x[3]);
        const __m128i bottom = _mm_unpackhi_epi8(x[0], x[1]), bottom2 = _mm_unpackhi_epi8(x[2], x[3]);
        store16(left + 64 * group, _mm_unpacklo_epi16(top, top2));
        store16(left + 64 * group + 16, _mm_unpackhi_epi16(top, top2));
        store16(left + 64 * group + 32, _mm_unpacklo_epi16(bottom, bottom2));
        store16(left + 64 * group + 48, _mm_unpackhi_epi16(bottom, bottom2));
    }
}
#define BYTES_PACK_LEFT

static void bytes_select(int64_t tiles, const uint16_t *mask, const int8_t *x, int8_t *column) {
    const __m128i spread = _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    const __m128i bit = _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
    for (int64_t t = 0; t < tiles; t++) {
        const __m128i bits = _mm_and_si128(_mm_shuffle_epi8(_mm_set1_epi16((short)mask[t]), spread), bit);
        const __m128i kept = _mm_loadu_si128((const __m128i *)(const void *)(x + FR_TILE * t));
        _mm_storeu_si128((__m128i *)(void *)(column + FR_TILE_BYTES * t),
                         _mm_and_si128(_mm_cmpeq_epi8(bits, bit), kept));
    }
}
#define BYTES_SELECT

#include "column_proof/bytes_residues.inc.h"

static inline __m256d away(__m256d x, __m256d inverse, __m256d multiple) {
    const __m256d q = _mm256_round_pd(_mm256_mul_pd(x, inverse), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    return _mm256_fnmadd_pd(q, multiple, x);
}

static void bytes_residues(const fr_bytes_field *field, const double *powers, int64_t tiles, const double *x,
                           int8_t *out) {
    const __m256d first = _mm256_set1_pd(field->residue_multiple[0]),
                  second = _mm256_set1_pd(field->residue_multiple[1]);
    const __m256d by_first = _mm256_set1_pd(field->residue_inverse[0]);
    const __m256d by_second = _mm256_set1_pd(field->residue_inverse[1]);
    const __m256d sign = _mm256_set1_pd(field->residue_sign), shift = _mm256_set1_pd(field->residue_shift);
    const __m256d limit = _mm256_set1_pd(FUSED_LIMIT(field));
    const __m256d no_sign = _mm256_castsi256_pd(_mm256_set1_epi64x(INT64_MAX));
    for (int64_t t = 0; t < tiles; t++, x += FR_TILE, out += FR_TILE) {
        __m256 r[4];
        __m256d inside = no_sign;
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++) {
            const __m256d value = _mm256_loadu_pd(x + 4 * i);
            const __m256d rest = away(away(value, by_first, first), by_second, second);
            const __m256d units = _mm256_mul_pd(rest, sign), shifted = _mm256_add_pd(units, shift);
            const __m256d whole = _mm256_cmp_pd(_mm256_sub_pd(shifted, shift), units, _CMP_EQ_OQ);
            const __m256d small = _mm256_cmp_pd(_mm256_and_pd(value, no_sign), limit, _CMP_LT_OQ);
            inside = i == 0 ? _mm256_and_pd(whole, small) : _mm256_and_pd(inside, _mm256_and_pd(whole, small));
            r[i] = _mm256_castpd_ps(shifted);
        }
        /* The low halves of each lane's two, to bytes: lanes hold 01 23 of each vector of four. */
        const __m256i low = _mm256_castps_si256(_mm256_shuffle_ps(r[0], r[1], 0x88));
        const __m256i high = _mm256_castps_si256(_mm256_shuffle_ps(r[2], r[3], 0x88));
        const __m256i words = _mm256_packs_epi32(low, high), bytes = _mm256_packs_epi16(words, words);
        store16(out, _mm_unpacklo_epi16(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1)));
        if (_mm256_movemask_pd(inside) != 15) residues_of_any(field, powers, x, out);
    }
}
#define BYTES_RESIDUES

#include "column_proof/bytes_x86.inc.h"

static int bytes_invert(const fr_bytes_field *field, int from, int size, int8_t *tile) {
    return bytes_steps(field, from, size, tile);
}
#define BYTES_INVERT

#define BYTES_TABLE fr_bytes_avx2
#define BYTES_NAME "avx2"
#include "column_proof/bytes_template.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
