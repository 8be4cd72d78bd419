/* Gauss-Jordan elimination of a tile with AVX-512, two pivots per step, the tile in registers.
 *
 * With the two pivots' 2 x 2 block [A B; C D], E its determinant, r and s its rows of the tile's transpose
 * (column_proof/bytes_x86.inc.h), every other row z becomes
 *
 *     E z - z_0 (D r - B s) - z_1 (A s - C r),
 *
 * z_0 and z_1 its entries in the pivots' columns: E times what it should be, and no inverse is waited for. Below the
 * columns that are eliminated stand those of the inverse, as always when it is done in place; a column put there by a
 * later step lacks the factors E of the steps before it. So in the end entry (i, j) is multiplied by scale_i scale_j /
 * scale, scale_j the product of the E before the pivot in j (1 where no pivot of this call is), scale that of all. Sums
 * of three products of residues of at most 99 in size are below 2^15, and reduced they are at most 99 again (0.05 p
 * above p/2); what is written is reduced from one product, so at most 92. */

typedef struct words_field {
    __m512i p, reciprocal;
} words_field;

static inline __m512i reduced512(__m512i x, const words_field *field) {
    return _mm512_sub_epi16(x, _mm512_mullo_epi16(_mm512_mulhrs_epi16(x, field->reciprocal), field->p));
}
static inline __m512i products512(__m512i a, __m512i b, __m512i c, __m512i d) {
    return _mm512_sub_epi16(_mm512_mullo_epi16(a, b), _mm512_mullo_epi16(c, d));
}
static inline __m512i lane512(__m512i x, int lane) {
    return _mm512_permutexvar_epi16(_mm512_set1_epi16((short)lane), x);
}
static inline int lowest512(__m512i x) { return (short)_mm_cvtsi128_si32(_mm512_castsi512_si128(x)); }

/* Columns 2h and 2h + 1 of the tile are in z[h]. Pivots j = 2h and j + 1; false: one of the two minors is 0, and
 * nothing is changed. */
static inline __attribute__((always_inline)) bool two_steps(const words_field *field, int h, __m512i z[FR_TILE / 2],
                                                            __m512i *scales, __m512i *scale) {
    const int j = 2 * h;
    const __m512i a = lane512(z[h], j), b = lane512(z[h], j + 1);
    const __m512i c = lane512(z[h], FR_TILE + j), d = lane512(z[h], FR_TILE + j + 1);
    const __m512i e = reduced512(products512(a, d, b, c), field);
    if (lowest512(a) == 0 || lowest512(e) == 0) return false;
    const __mmask32 first = (__mmask32)(0x10001u << j), second = (__mmask32)(0x20002u << j);
    const __m512i zero = _mm512_setzero_si512();
    const __m512i r = _mm512_shuffle_i64x2(z[h], z[h], 0x44), s = _mm512_shuffle_i64x2(z[h], z[h], 0xEE);
    __m512i u = reduced512(products512(d, r, b, s), field), v = reduced512(products512(a, s, c, r), field);
    u = _mm512_mask_sub_epi16(_mm512_mask_mov_epi16(u, first, d), second, zero, b);
    v = _mm512_mask_sub_epi16(_mm512_mask_mov_epi16(v, second, a), first, zero, c);
    const __m512i factor = _mm512_mask_mov_epi16(e, first | second, zero);
    const __m512i lanes = _mm512_inserti64x4(_mm512_set1_epi16((short)j), _mm256_set1_epi16((short)(FR_TILE + j)), 1);
    const __m512i next_lanes = _mm512_add_epi16(lanes, _mm512_set1_epi16(1));
#pragma GCC unroll 8
    for (int q = 0; q < FR_TILE / 2; q++) {
        if (q == h) continue;
        const __m512i z0 = _mm512_permutexvar_epi16(lanes, z[q]), z1 = _mm512_permutexvar_epi16(next_lanes, z[q]);
        const __m512i sum = _mm512_add_epi16(_mm512_mullo_epi16(z0, u), _mm512_mullo_epi16(z1, v));
        z[q] = reduced512(_mm512_sub_epi16(_mm512_mullo_epi16(factor, z[q]), sum), field);
    }
    z[h] = _mm512_inserti64x4(u, _mm512_castsi512_si256(v), 1);
    *scales = _mm512_mask_mov_epi16(*scales, first | second, *scale);
    *scale = reduced512(_mm512_mullo_epi16(*scale, e), field);
    return true;
}

#define TWO_STEPS(H)                                                                          \
    case H:                                                                                   \
        h = H;                                                                                \
        if (size < 2 * H + 2 || !two_steps(&words, H, z, &scales, &scale)) break;           \
        h = H + 1; /* and on */                                                               \
        __attribute__((fallthrough));

/* From an even step on, as far as there are two pivots at a time: answers how many steps are done then. */
static int invert_pairs(const fr_bytes_field *field, int from, int size, int8_t *tile) {
    const words_field words = {_mm512_set1_epi16((short)field->p), _mm512_set1_epi16((short)field->reciprocal)};
    __m512i z[FR_TILE / 2], scales = _mm512_set1_epi16(1), scale = scales;
#pragma GCC unroll 8
    for (int q = 0; q < FR_TILE / 2; q++)
        z[q] = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(const void *)(tile + 2 * FR_TILE * q)));
    int h = from / 2;
    switch (h) {
        TWO_STEPS(0)
        TWO_STEPS(1)
        TWO_STEPS(2)
        TWO_STEPS(3)
        TWO_STEPS(4)
        TWO_STEPS(5)
        TWO_STEPS(6)
        TWO_STEPS(7)
    default: break;
    }
    if (2 * h == from) return from;
    const int product = lowest512(scale);
    const int inverse = field->inverses[product < 0 ? product + field->p : product];
    const __m512i rows = reduced512(_mm512_mullo_epi16(scales, _mm512_set1_epi16((short)inverse)), &words);
#pragma GCC unroll 8
    for (int q = 0; q < FR_TILE / 2; q++) {
        const __m512i lanes =
            _mm512_inserti64x4(_mm512_set1_epi16((short)(2 * q)), _mm256_set1_epi16((short)(2 * q + 1)), 1);
        const __m512i by_column = reduced512(_mm512_mullo_epi16(z[q], scales), &words);
        const __m512i entries =
            reduced512(_mm512_mullo_epi16(by_column, _mm512_permutexvar_epi16(lanes, rows)), &words);
        _mm256_storeu_si256((__m256i *)(void *)(tile + 2 * FR_TILE * q), _mm512_cvtepi16_epi8(entries));
    }
    return 2 * h;
}
#undef TWO_STEPS

static int bytes_invert(const fr_bytes_field *field, int from, int size, int8_t *tile) {
    int at = from;
    if (at >= size) return at;
    if (at % 2 != 0 && (at = bytes_steps(field, from, from + 1, tile)) == from) return from;
    at = invert_pairs(field, at, size, tile);
    return at < size ? bytes_steps(field, at, size, tile) : at;
}
#define BYTES_INVERT
