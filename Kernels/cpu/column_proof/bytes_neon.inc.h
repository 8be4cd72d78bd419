/* What NEON's products of bytes share: residues of sums, and both factors' forms. Included after the target is chosen. */

static inline int32x4_t reduced(int32x4_t x, float32x4_t inverse, int32x4_t p) {
    return vmlsq_s32(x, vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(x), inverse)), p);
}

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
