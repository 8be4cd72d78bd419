/* Gauss-Jordan elimination of a tile, a row of 16 numbers of 16 bits a register: see bytes_invert in
 * column_proof/bytes_template.h. Steps from .. < to. */

static inline __m256i reduced16(__m256i x, __m256i p, __m256i reciprocal) {
    return _mm256_sub_epi16(x, _mm256_mullo_epi16(_mm256_mulhrs_epi16(x, reciprocal), p));
}

static int bytes_steps(const fr_bytes_field *field, int from, int to, int8_t *tile) {
    const __m256i p = _mm256_set1_epi16((short)field->p), reciprocal = _mm256_set1_epi16((short)field->reciprocal);
    const __m256i lanes = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    int16_t a[FR_TILE][FR_TILE] __attribute__((aligned(32)));
    __m256i *rows = (__m256i *)(void *)a;
    for (int i = 0; i < FR_TILE; i++)
        rows[i] = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)(tile + FR_TILE * i)));
    int j = from;
    for (; j < to && a[j][j] != 0; j++) {
        const int16_t d = field->inverses[a[j][j] < 0 ? a[j][j] + field->p : a[j][j]];
        const __m256i lane = _mm256_cmpeq_epi16(lanes, _mm256_set1_epi16((short)j));
        const __m256i row = reduced16(_mm256_mullo_epi16(rows[j], _mm256_set1_epi16(d)), p, reciprocal);
        const __m256i other = _mm256_blendv_epi8(row, _mm256_set1_epi16((short)(1 + d)), lane);
        for (int i = 0; i < FR_TILE; i++)
            rows[i] = reduced16(_mm256_sub_epi16(rows[i], _mm256_mullo_epi16(_mm256_set1_epi16(a[i][j]), other)), p,
                                reciprocal);
        rows[j] = _mm256_blendv_epi8(row, _mm256_set1_epi16(d), lane);
    }
    for (int i = 0; i < FR_TILE; i++) {
        const __m256i x = rows[i];
        const __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
        _mm_storeu_si128((__m128i *)(void *)(tile + FR_TILE * i), bytes);
    }
    return j;
}
