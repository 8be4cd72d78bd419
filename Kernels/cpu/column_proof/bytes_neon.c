/* Products of bytes with NEON's sums of four products of signed bytes (SDOT, the extension dotprod). The left factor's
 * residues are unsigned: 128 is taken from each, and 128 times the sum of the right factor's column is added back. Four
 * columns at a time: sixteen registers of sums. */
#if defined(__aarch64__)
#include <arm_neon.h>
#include <string.h>

#include "column_proof/bytes.h"
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod")
#endif
#include "column_proof/bytes_neon.inc.h"
#include "column_proof/bytes_residues.inc.h"

#define COLUMNS 4

#define ADD_COLUMN(c)                                           \
    do {                                                        \
        sum[c][0] = vdotq_laneq_s32(sum[c][0], l[0], r, c);     \
        sum[c][1] = vdotq_laneq_s32(sum[c][1], l[1], r, c);     \
        sum[c][2] = vdotq_laneq_s32(sum[c][2], l[2], r, c);     \
        sum[c][3] = vdotq_laneq_s32(sum[c][3], l[3], r, c);     \
    } while (0)

static void columns_product(const fr_bytes_field *field, int64_t groups, const uint8_t *left, const int8_t *right,
                            int8_t *tile, bool from_zero) {
    const float32x4_t inverse = vdupq_n_f32(field->inverse);
    const int32x4_t p = vdupq_n_s32(field->p);
    const uint8x16_t half = vdupq_n_u8(128);
    const int8x16_t one = vdupq_n_s8(1);
    int32x4_t sum[COLUMNS][4];
    for (int c = 0; c < COLUMNS; c++) {
        const int8x16_t x = from_zero ? vdupq_n_s8(0) : vld1q_s8(tile + FR_TILE * c);
        const int16x8_t low = vmovl_s8(vget_low_s8(x)), high = vmovl_s8(vget_high_s8(x));
        sum[c][0] = vmovl_s16(vget_low_s16(low)), sum[c][1] = vmovl_s16(vget_high_s16(low));
        sum[c][2] = vmovl_s16(vget_low_s16(high)), sum[c][3] = vmovl_s16(vget_high_s16(high));
    }
    while (groups > 0) {
        int64_t some = groups < FR_BYTES_DELAY / 4 ? groups : FR_BYTES_DELAY / 4;
        groups -= some;
        int32x4_t back = vdupq_n_s32(0); /* by column */
        for (; some > 0; some--, left += 64, right += 64) {
            const int8x16_t r = vld1q_s8(right);
            int8x16_t l[4];
            for (int i = 0; i < 4; i++) l[i] = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(left + 16 * i), half));
            back = vdotq_s32(back, r, one);
            ADD_COLUMN(0);
            ADD_COLUMN(1);
            ADD_COLUMN(2);
            ADD_COLUMN(3);
        }
        int32_t added[COLUMNS];
        vst1q_s32(added, vshlq_n_s32(back, 7));
        for (int c = 0; c < COLUMNS; c++)
            for (int i = 0; i < 4; i++)
                sum[c][i] = reduced(vaddq_s32(sum[c][i], vdupq_n_s32(added[c])), inverse, p);
    }
    for (int c = 0; c < COLUMNS; c++) {
        const int16x8_t low = vcombine_s16(vmovn_s32(sum[c][0]), vmovn_s32(sum[c][1]));
        const int16x8_t high = vcombine_s16(vmovn_s32(sum[c][2]), vmovn_s32(sum[c][3]));
        vst1q_s8(tile + FR_TILE * c, vcombine_s8(vmovn_s16(low), vmovn_s16(high)));
    }
}

static void bytes_product(const fr_bytes_field *field, int64_t count, const uint8_t *left, const int8_t *right,
                          int8_t *tile, bool from_zero) {
    for (int c = 0; c < FR_TILE; c += COLUMNS)
        columns_product(field, 4 * count, left, right + 4 * c, tile + FR_TILE * c, from_zero);
}
#define BYTES_PRODUCT

#define BYTES_TABLE fr_bytes_neon
#define BYTES_NAME "neon"
#include "column_proof/bytes_template.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
