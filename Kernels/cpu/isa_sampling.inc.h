/* Samples in vectors, the bits of sampling.h: its operations in its order, on DRAW_VECTORS vectors of pairs at a time,
 * step by step side by side, since each waits long for its own last result. Part of isa_template.h. */

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
    /* The last round makes w1 and w0 of a product's halves, exchanged, and bits for the lower of them: those of them that
     * are left in the fraction. */
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

/* fr_log */
ALWAYS void draw_log(vd u[DRAW_VECTORS]) {
    vd e[DRAW_VECTORS], f[DRAW_VECTORS], s[DRAW_VECTORS], z[DRAW_VECTORS], w[DRAW_VECTORS], half_square[DRAW_VECTORS],
        sum[DRAW_VECTORS];
    DRAW_EACH {
        const vu shifted = (vu)u[i] + V_SET1U(UINT64_C(0x3FF0000000000000) - UINT64_C(0x3FE6A09E667F3BCD));
        e[i] = V_EXPONENT(shifted);
        const vu m = (shifted & V_SET1U(UINT64_C(0x000FFFFFFFFFFFFF))) + V_SET1U(UINT64_C(0x3FE6A09E667F3BCD));
        f[i] = (vd)m - 1.0;
        s[i] = f[i] / (2.0 + f[i]);
    }
    DRAW_EACH {
        z[i] = s[i] * s[i];
        w[i] = z[i] * z[i];
        half_square[i] = 0.5 * f[i] * f[i];
    }
    DRAW_EACH {
        const vd even = w[i] * (3.999999999940941908e-01 + w[i] * (2.222219843214978396e-01 + w[i] * 1.531383769920937332e-01));
        const vd odd = z[i] * (6.666666666666735130e-01 +
                               w[i] * (2.857142874366239149e-01 +
                                       w[i] * (1.818357216161805012e-01 + w[i] * 1.479819860511658591e-01)));
        sum[i] = even + odd;
    }
    DRAW_EACH {
        const vd series = s[i] * (half_square[i] + sum[i]);
        u[i] = e[i] * 6.93147180369123816490e-01 -
               ((half_square[i] - (series + e[i] * 1.90821492927058770002e-10)) - f[i]);
    }
}

/* fr_cos_sin_turns of t = raw - 1: its cosine in `first`, its sine in `second`. */
ALWAYS draw_pairs draw_cos_sin_turns(const vd raw[DRAW_VECTORS]) {
    const vd shift = V_SET1(6755399441055744.0); /* fr_round's */
    vu quadrant[DRAW_VECTORS];
    vd y[DRAW_VECTORS], z[DRAW_VECTORS], sine[DRAW_VECTORS], cosine[DRAW_VECTORS];
    DRAW_EACH {
        const vd quarters = 4.0 * (raw[i] - 1.0);
        const vd shifted = quarters + shift;
        quadrant[i] = (vu)shifted; /* in its lowest bits */
        y[i] = (quarters - (shifted - shift)) * 1.57079632679489661923;
        z[i] = y[i] * y[i];
    }
    DRAW_EACH {
        sine[i] = y[i] + y[i] * z[i] *
                      (-1.66666666666666324348e-01 +
                       z[i] * (8.33333333332248946124e-03 +
                               z[i] * (-1.98412698298579493134e-04 +
                                       z[i] * (2.75573137070700676789e-06 +
                                               z[i] * (-2.50507602534068634195e-08 + z[i] * 1.58969099521155010221e-10)))));
        const vd tail = z[i] * (4.16666666666666019037e-02 +
                                z[i] * (-1.38888888888741095749e-03 +
                                        z[i] * (2.48015872894767294178e-05 +
                                                z[i] * (-2.75573143513906633035e-07 +
                                                        z[i] * (2.08757232129817482790e-09 + z[i] * -1.13596475577881948265e-11)))));
        cosine[i] = 1.0 - (0.5 * z[i] - z[i] * tail);
    }
    const vu one = V_SET1U(1), sign = V_SET1U(UINT64_C(1) << 63);
    draw_pairs direction;
    DRAW_EACH {
        const vd c = V_WHERE_ODD(quadrant[i], sine[i], cosine[i]), s = V_WHERE_ODD(quadrant[i], cosine[i], sine[i]);
        direction.first[i] = (vd)V_XOR_OF_AND((vu)c, (quadrant[i] + one) << 62, sign);
        direction.second[i] = (vd)V_XOR_OF_AND((vu)s, quadrant[i] << 62, sign);
    }
    return direction;
}

ALWAYS draw_pairs draw_normal(draw_pairs raw) {
    draw_pairs pairs = draw_cos_sin_turns(raw.second);
    vd radius[DRAW_VECTORS];
    DRAW_EACH radius[i] = 2.0 - raw.first[i];
    draw_log(radius);
    DRAW_EACH {
        radius[i] = V_SQRT(-2.0 * radius[i]);
        pairs.first[i] = radius[i] * pairs.first[i];
        pairs.second[i] = radius[i] * pairs.second[i];
    }
    return pairs;
}

ALWAYS draw_pairs draw_distributed(fr_distribution distribution, double bound, draw_pairs raw) {
    if (distribution == FR_DRAW_NORMAL) return draw_normal(raw);
    draw_pairs pairs;
    DRAW_EACH {
        if (distribution == FR_DRAW_UNIFORM) {
            pairs.first[i] = raw.first[i] - 1.0;
            pairs.second[i] = raw.second[i] - 1.0;
        } else {
            pairs.first[i] = (2.0 * raw.first[i] - 3.0) * bound;
            pairs.second[i] = (2.0 * raw.second[i] - 3.0) * bound;
        }
    }
    return pairs;
}

static void isa_residues(fr_field field, const double *restrict powers, double two_27, int64_t count,
                         const double *restrict x, double *restrict out) {
    FR_VECTORIZE
    for (int64_t i = 0; i < count; i++) out[i] = fr_residue(field, powers, two_27, x[i]);
}
