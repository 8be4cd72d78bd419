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
#include "column_proof/bytes_residues.inc.h"

#define COLUMNS 4

static inline int32x4_t reduced(int32x4_t x, float32x4_t inverse, int32x4_t p) {
    return vmlsq_s32(x, vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(x), inverse)), p);
}

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

/* Four columns at a time, a 4 x 4 transpose of groups of four bytes. */
static void bytes_pack_right(const int8_t *tile, int8_t *right) {
    for (int c = 0; c < FR_TILE; c += 4) {
        const int32x4x2_t ab = vtrnq_s32(vreinterpretq_s32_s8(vld1q_s8(tile + FR_TILE * c)),
                                         vreinterpretq_s32_s8(vld1q_s8(tile + FR_TILE * (c + 1))));
        const int32x4x2_t de = vtrnq_s32(vreinterpretq_s32_s8(vld1q_s8(tile + FR_TILE * (c + 2))),
                                         vreinterpretq_s32_s8(vld1q_s8(tile + FR_TILE * (c + 3))));
        for (int i = 0; i < 2; i++) {
            const int64x2_t top = vreinterpretq_s64_s32(ab.val[i]), bottom = vreinterpretq_s64_s32(de.val[i]);
            vst1q_s8(right + 64 * i + 4 * c, vreinterpretq_s8_s64(vzip1q_s64(top, bottom)));
            vst1q_s8(right + 64 * (i + 2) + 4 * c, vreinterpretq_s8_s64(vzip2q_s64(top, bottom)));
        }
    }
}
#define BYTES_PACK_RIGHT

static void bytes_pack_left(const fr_bytes_field *field, bool negate, const int8_t *tile, uint8_t *left) {
    const uint8x16_t p = vdupq_n_u8((uint8_t)field->p);
    for (int group = 0; group < 4; group++) {
        uint8x16x4_t packed;
        for (int i = 0; i < 4; i++) {
            int8x16_t x = vld1q_s8(tile + 64 * group + FR_TILE * i);
            if (negate) x = vnegq_s8(x);
            packed.val[i] = vaddq_u8(vreinterpretq_u8_s8(x), vandq_u8(vcltzq_s8(x), p));
        }
        vst4q_u8(left + 64 * group, packed);
    }
}
#define BYTES_PACK_LEFT

static void bytes_select(int64_t tiles, const uint16_t *mask, const int8_t *x, int8_t *column) {
    const uint8x16_t bit = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    for (int64_t t = 0; t < tiles; t++) {
        const uint8x16_t bits = vcombine_u8(vdup_n_u8((uint8_t)mask[t]), vdup_n_u8((uint8_t)(mask[t] >> 8)));
        const uint8x16_t kept = vandq_u8(vreinterpretq_u8_s8(vld1q_s8(x + FR_TILE * t)), vtstq_u8(bits, bit));
        vst1q_s8(column + FR_TILE_BYTES * t, vreinterpretq_s8_u8(kept));
    }
}
#define BYTES_SELECT

#define BYTES_TABLE fr_bytes_neon
#define BYTES_NAME "neon"
#include "column_proof/bytes_template.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
