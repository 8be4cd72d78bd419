/* Samples in vectors, the bits of sampling.h: its operations in its order, on DRAW_VECTORS vectors of pairs at a time,
 * step by step side by side, since each waits long for its own last result. Part of vector/isa_template.h. */

#define DRAW_EACH FR_UNROLL for (int i = 0; i < DRAW_VECTORS; i++)

/* Of sampling.h's philox: the low 32 bits of each number count, what is above them is ignored. */
typedef struct draw_state { vu c0[DRAW_VECTORS], c1[DRAW_VECTORS], c2[DRAW_VECTORS], c3[DRAW_VECTORS]; } draw_state;
typedef struct draw_pairs { vd first[DRAW_VECTORS], second[DRAW_VECTORS]; } draw_pairs;

#define PHILOX_ROUNDS 10
#define PHILOX_M0 UINT64_C(0xD2511F53)
#define PHILOX_M1 UINT64_C(0xCD9E8D57)

typedef struct draw_keys { uint64_t even[PHILOX_ROUNDS], odd[PHILOX_ROUNDS]; } draw_keys;

ALWAYS draw_keys philox_keys(uint64_t seed) {
    draw_keys keys;
    FR_UNROLL
    for (uint32_t round = 0; round < PHILOX_ROUNDS; round++) {
        keys.even[round] = (uint32_t)seed + round * 0x9E3779B9u;
        keys.odd[round] = (uint32_t)(seed >> 32) + round * 0xBB67AE85u;
    }
    return keys;
}

/* Rounds begin ..< PHILOX_ROUNDS, then numbers in [1, 2): fr_raw_pair. */
ALWAYS draw_pairs raw_pairs(draw_state s, int begin, const draw_keys *keys) {
    const vu m0 = V_SET1U(PHILOX_M0), m1 = V_SET1U(PHILOX_M1);
    FR_UNROLL
    for (int round = begin; round < PHILOX_ROUNDS - 1; round++) {
        const vu even = V_SET1U(keys->even[round]), odd = V_SET1U(keys->odd[round]);
        DRAW_EACH {
            const vu product0 = V_MULTIPLY32(m0, s.c0[i]), product1 = V_MULTIPLY32(m1, s.c2[i]);
            s.c0[i] = V_XOR3(product1 >> 32, s.c1[i], even);
            s.c1[i] = product1;
            s.c2[i] = V_XOR3(product0 >> 32, s.c3[i], odd);
            s.c3[i] = product0;
        }
    }
    /* Swap the halves of each product so that both 32-bit words are xored in one operation. */
    const vu even = V_SET1U(keys->even[PHILOX_ROUNDS - 1]), odd = V_SET1U(keys->odd[PHILOX_ROUNDS - 1]);
    const vu kept = V_SET1U(0xFFFFFFFFu), one = V_SET1U(UINT64_C(0x3FF0000000000000));
    draw_pairs raw;
    DRAW_EACH {
        const vu product0 = V_MULTIPLY32(m0, s.c0[i]), product1 = V_MULTIPLY32(m1, s.c2[i]);
        const vu low = V_EXCHANGE_HALVES(product1) ^ V_XOR_AND(s.c1[i], even, kept);
        const vu high = V_EXCHANGE_HALVES(product0) ^ V_XOR_AND(s.c3[i], odd, kept);
        raw.first[i] = (vd)((low >> 12) | one);
        raw.second[i] = (vd)((high >> 12) | one);
    }
    return raw;
}

/* fr_normal_pair, a step of the logarithm beside one of the sine and one of the cosine. Products that are exact are
 * fused with the additions after them, and powers of two are moved: f2 = 2 f, s2 = 2 s, z4 = 4 z, w16 = 16 w, so that
 * all of it is -2 log without a multiplication more. No rounding changes; and the signs are such
 * that -2 log 1 is -0. */
ALWAYS draw_pairs draw_normal(draw_pairs raw) {
    const vd shift = V_SET1(6755399441055744.0 - 4.0); /* fr_round's, for a number that is 4 too large */
    vu quadrant[DRAW_VECTORS];
    vd e[DRAW_VECTORS], f2[DRAW_VECTORS], s2[DRAW_VECTORS], square[DRAW_VECTORS], z4[DRAW_VECTORS], w16[DRAW_VECTORS];
    vd even[DRAW_VECTORS], odd[DRAW_VECTORS], y[DRAW_VECTORS], z[DRAW_VECTORS], sine[DRAW_VECTORS], tail[DRAW_VECTORS];
    DRAW_EACH {
        const vu u = (vu)(2.0 - raw.first[i]);
        const vu shifted = u + V_SET1U(UINT64_C(0x3FF0000000000000) - UINT64_C(0x3FE6A09E667F3BCD));
        const vd m = (vd)((shifted & V_SET1U(UINT64_C(0x000FFFFFFFFFFFFF))) + V_SET1U(UINT64_C(0x3FE6A09E667F3BCD)));
        const vd f = m - 1.0;
        e[i] = V_EXPONENT(shifted);
        f2[i] = V_FMADD(m, V_SET1(2.0), V_SET1(-2.0));
        s2[i] = f2[i] / (m + 1.0);
        square[i] = f * f;
    }
    DRAW_EACH {
        const vd shifted = V_FMADD(raw.second[i], V_SET1(4.0), shift);
        quadrant[i] = (vu)shifted; /* in its lowest bits */
        y[i] = V_FMADD(raw.second[i], V_SET1(4.0), shift - shifted) * 1.57079632679489661923;
        z[i] = y[i] * y[i];
    }
#define DRAW_HORNER(sum, x, c) DRAW_EACH { sum[i] = (c) + x[i] * sum[i]; V_PIN(sum[i]); }
    DRAW_EACH sine[i] = V_SET1(1.58969099521155010221e-10), tail[i] = V_SET1(-1.13596475577881948265e-11);
    DRAW_HORNER(sine, z, -2.50507602534068634195e-08);
    DRAW_HORNER(tail, z, 2.08757232129817482790e-09);
    DRAW_HORNER(sine, z, 2.75573137070700676789e-06);
    DRAW_HORNER(tail, z, -2.75573143513906633035e-07);
    DRAW_EACH z4[i] = s2[i] * s2[i];
    DRAW_HORNER(sine, z, -1.98412698298579493134e-04);
    DRAW_HORNER(tail, z, 2.48015872894767294178e-05);
    DRAW_EACH w16[i] = z4[i] * z4[i];
    DRAW_EACH even[i] = V_SET1(1.531383769920937332e-01 * 0x1p-12), odd[i] = V_SET1(1.479819860511658591e-01 * 0x1p-14);
    DRAW_HORNER(sine, z, 8.33333333332248946124e-03);
    DRAW_HORNER(tail, z, -1.38888888888741095749e-03);
    DRAW_HORNER(even, w16, 2.222219843214978396e-01 * 0x1p-8);
    DRAW_HORNER(odd, w16, 1.818357216161805012e-01 * 0x1p-10);
    DRAW_HORNER(sine, z, -1.66666666666666324348e-01);
    DRAW_HORNER(tail, z, 4.16666666666666019037e-02);
    DRAW_HORNER(even, w16, 3.999999999940941908e-01 * 0x1p-4);
    DRAW_HORNER(odd, w16, 2.857142874366239149e-01 * 0x1p-6);
    DRAW_EACH even[i] = w16[i] * even[i];
    DRAW_HORNER(odd, w16, 6.666666666666735130e-01 * 0x1p-2);
    vd radius[DRAW_VECTORS];
    DRAW_EACH {
        const vd sum = even[i] + z4[i] * odd[i];
        const vd series = s2[i] * V_FMADD(square[i], V_SET1(0.5), sum);
        const vd rest = ((series + e[i] * (2 * 1.90821492927058770002e-10)) - square[i]) + f2[i];
        radius[i] = V_SQRT(V_FNMSUB(e[i], V_SET1(2 * 6.93147180369123816490e-01), rest));
    }
    const vu one = V_SET1U(1), sign = V_SET1U(UINT64_C(1) << 63);
    draw_pairs pairs;
    DRAW_EACH {
        const vd in_octant = y[i] + (y[i] * z[i]) * sine[i];
        const vd cosine = 1.0 - V_FMADD(z[i], V_SET1(0.5), -(z[i] * (z[i] * tail[i])));
        const vd c = V_WHERE_ODD(quadrant[i], in_octant, cosine), s = V_WHERE_ODD(quadrant[i], cosine, in_octant);
        pairs.first[i] = radius[i] * (vd)V_XOR_OF_AND((vu)c, (quadrant[i] + one) << 62, sign);
        pairs.second[i] = radius[i] * (vd)V_XOR_OF_AND((vu)s, quadrant[i] << 62, sign);
    }
    return pairs;
}

ALWAYS draw_pairs draw_distributed(const fr_draw *draw, draw_pairs raw) {
    if (draw->distribution == FR_DRAW_NORMAL) return draw_normal(raw);
    draw_pairs pairs;
    DRAW_EACH {
        if (draw->distribution == FR_DRAW_UNIFORM) {
            pairs.first[i] = raw.first[i] - 1.0;
            pairs.second[i] = raw.second[i] - 1.0;
        } else {
            pairs.first[i] = V_FMADD(raw.first[i], V_SET1(2.0), V_SET1(-3.0)) * draw->bound;
            pairs.second[i] = V_FMADD(raw.second[i], V_SET1(2.0), V_SET1(-3.0)) * draw->bound;
        }
    }
    return pairs;
}

static void isa_residues(fr_field field, const double *restrict powers, double two_27, int64_t count,
                         const double *restrict x, double *restrict out) {
    FR_VECTORIZE
    for (int64_t i = 0; i < count; i++) out[i] = fr_residue(field, powers, two_27, x[i]);
}
