/* Products of bytes with NEON's 2 x 8 by 8 x 2 products of unsigned by signed bytes (USMMLA, the extension i8mm). The
 * factors' forms are those of bytes_neon.c, four bytes of a row or a column together: two groups zipped are the eight
 * that the instruction takes. Blocks of 8 x 8: sixteen registers of 2 x 2 sums. */
#if defined(__aarch64__)
#include <arm_neon.h>
#include <string.h>

#include "column_proof/bytes.h"
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("i8mm"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod+i8mm")
#endif
#include "column_proof/bytes_neon.inc.h"
#include "column_proof/bytes_residues.inc.h"

#define BLOCK 8
enum { group_bytes = 4 * FR_TILE };

/* Of eight rows, or eight columns, by two: each the four bytes of one group and the four of the next. */
static inline void zipped(const void *eight, int8x16_t pairs[4]) {
    const int8_t *from = eight;
    for (int i = 0; i < 2; i++) {
        const int32x4_t first = vreinterpretq_s32_s8(vld1q_s8(from + 16 * i));
        const int32x4_t second = vreinterpretq_s32_s8(vld1q_s8(from + group_bytes + 16 * i));
        pairs[2 * i] = vreinterpretq_s8_s32(vzip1q_s32(first, second));
        pairs[2 * i + 1] = vreinterpretq_s8_s32(vzip2q_s32(first, second));
    }
}

/* The last sums of a column's eight rows, added to what is there. */
static inline void store_column(int32x4_t low, int32x4_t high, float32x4_t inverse, int32x4_t p, int8_t *column,
                                bool from_zero) {
    if (!from_zero) {
        const int16x8_t x = vmovl_s8(vld1_s8(column));
        low = vaddq_s32(low, vmovl_s16(vget_low_s16(x)));
        high = vaddq_s32(high, vmovl_s16(vget_high_s16(x)));
    }
    low = reduced(low, inverse, p);
    high = reduced(high, inverse, p);
    vst1_s8(column, vmovn_s16(vcombine_s16(vmovn_s32(low), vmovn_s32(high))));
}

static void block_product(const fr_bytes_field *field, int64_t groups, const uint8_t *left, const int8_t *right,
                          int8_t *tile, bool from_zero) {
    const float32x4_t inverse = vdupq_n_f32(field->inverse);
    const int32x4_t p = vdupq_n_s32(field->p);
    int32x4_t sum[4][4]; /* pair of rows, pair of columns */
    for (int r = 0; r < 4; r++)
        for (int c = 0; c < 4; c++) sum[r][c] = vdupq_n_s32(0);
    while (groups > 0) {
        int64_t some = groups < FR_BYTES_DELAY / 4 ? groups : FR_BYTES_DELAY / 4;
        groups -= some;
        for (; some > 0; some -= 2, left += 2 * group_bytes, right += 2 * group_bytes) {
            int8x16_t rows[4], columns[4];
            zipped(left, rows);
            zipped(right, columns);
            for (int r = 0; r < 4; r++)
                for (int c = 0; c < 4; c++)
                    sum[r][c] = vusmmlaq_s32(sum[r][c], vreinterpretq_u8_s8(rows[r]), columns[c]);
        }
        for (int r = 0; r < 4 && groups > 0; r++)
            for (int c = 0; c < 4; c++) sum[r][c] = reduced(sum[r][c], inverse, p);
    }
    for (int c = 0; c < 4; c++, tile += 2 * FR_TILE) {
        store_column(vuzp1q_s32(sum[0][c], sum[1][c]), vuzp1q_s32(sum[2][c], sum[3][c]), inverse, p, tile, from_zero);
        store_column(vuzp2q_s32(sum[0][c], sum[1][c]), vuzp2q_s32(sum[2][c], sum[3][c]), inverse, p, tile + FR_TILE,
                     from_zero);
    }
}

static void bytes_product(const fr_bytes_field *field, int64_t count, const uint8_t *left, const int8_t *right,
                          int8_t *tile, bool from_zero) {
    for (int c = 0; c < FR_TILE; c += BLOCK)
        for (int r = 0; r < FR_TILE; r += BLOCK)
            block_product(field, 4 * count, left + 4 * r, right + 4 * c, tile + FR_TILE * c + r, from_zero);
}
#define BYTES_PRODUCT

#define BYTES_TABLE fr_bytes_neon_i8mm
#define BYTES_NAME "neon_i8mm"
#include "column_proof/bytes_template.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
