/* Blocks of samples, in the two layouts that are wanted. Part of isa_template.h. */

/* Halves whose constants are kept at a time. */
#define DRAW_HALVES 64

/* What rounds 1 to 3 of Philox make of a column, the trial and the stream; only round 2's first product depends on the
 * row, and a product a round in round 3. */
typedef struct draw_halves { uint64_t c2_round2[DRAW_HALVES], c0_round3[DRAW_HALVES], c2_round3[DRAW_HALVES], c3_round3[DRAW_HALVES]; } draw_halves;

typedef struct draw_task { int64_t half, row; } draw_task;

/* The counter's last word: fr_raw_bits. */
ALWAYS uint64_t draw_last_word(const fr_draw *draw) { return (uint32_t)(draw->trial >> 32) << 8 | draw->stream; }

/* The row's own part of c0 after round 1 is exchanged with this. */
ALWAYS uint64_t draw_row_mask(const fr_draw *draw, const draw_keys *keys) {
    return (PHILOX_M1 * (uint32_t)draw->trial >> 32) ^ keys->even[0];
}

ALWAYS void draw_prepare_halves(const fr_draw *draw, const draw_keys *keys, uint32_t first, int64_t count, draw_halves *out) {
    const uint64_t trial_product = PHILOX_M1 * (uint32_t)draw->trial;
    const uint64_t c3 = draw_last_word(draw);
    for (int64_t i = 0; i < count; i++) {
        const uint64_t half_product = PHILOX_M0 * (first + (uint32_t)i);
        const uint64_t product1 = PHILOX_M1 * (uint32_t)((half_product >> 32) ^ c3 ^ keys->odd[0]);
        const uint64_t c0 = (product1 >> 32) ^ (uint32_t)trial_product ^ keys->even[1];
        const uint64_t product0 = PHILOX_M0 * c0;
        out->c2_round2[i] = (uint32_t)half_product ^ keys->odd[1];
        out->c0_round3[i] = (uint32_t)product1 ^ keys->even[2];
        out->c2_round3[i] = (product0 >> 32) ^ keys->odd[2];
        out->c3_round3[i] = (uint32_t)product0;
    }
}

ALWAYS void draw_columns(fr_distribution distribution, const fr_draw *draw, int64_t rows, int64_t columns, double *out,
                         int64_t stride, double *norms) {
    const int64_t vectors = (rows + VL - 1) / VL;
    for (int64_t v = 0; v < vectors; v++) V_STORE(norms + v * VL, V_SET1(0.0));
    if (vectors == 0) return;
    const draw_keys keys = philox_keys(draw->seed);
    const vu row_mask = V_SET1U(draw_row_mask(draw, &keys)), lanes = V_LANES;
    const vu last = (vu)((vi)lanes < (vi)V_SET1U(rows - (vectors - 1) * VL));
    const vu size = V_SET1U(~(UINT64_C(1) << 63));
    double unwanted[VL];
    draw_halves halves;
    for (int64_t column = 0; column < columns; column += 2 * DRAW_HALVES) {
        const int64_t rest = (columns - column + 1) / 2, count = rest < DRAW_HALVES ? rest : DRAW_HALVES;
        draw_prepare_halves(draw, &keys, (uint32_t)(column / 2), count, &halves);
        int64_t half = 0, v = 0;
        for (int64_t task = 0; task < count * vectors; task += DRAW_VECTORS) {
            int64_t at_half[DRAW_VECTORS], at_vector[DRAW_VECTORS];
            draw_state s;
            DRAW_EACH {
                /* Where none is left, the last once more. */
                at_half[i] = half;
                at_vector[i] = v;
                if (task + i + 1 < count * vectors && ++v == vectors) v = 0, half++;
                const vu row = lanes + (uint64_t)(at_vector[i] * VL);
                const vu product0 = V_MULTIPLY32(V_SET1U(PHILOX_M0), row ^ row_mask);
                const vu product1 = V_MULTIPLY32(V_SET1U(PHILOX_M1), (product0 >> 32) ^ V_SET1U(halves.c2_round2[at_half[i]]));
                s.c0[i] = (product1 >> 32) ^ V_SET1U(halves.c0_round3[at_half[i]]);
                s.c1[i] = product1;
                s.c2[i] = product0 ^ V_SET1U(halves.c2_round3[at_half[i]]);
                s.c3[i] = V_SET1U(halves.c3_round3[at_half[i]]);
            }
            const draw_pairs pairs = draw_distributed(distribution, draw->bound, raw_pairs(s, 3, &keys));
            DRAW_EACH {
                const int64_t c = column + 2 * at_half[i];
                double *first = out + c * stride + at_vector[i] * VL, *norm = norms + at_vector[i] * VL;
                double *second = c + 1 < columns ? first + stride : unwanted;
                const vu kept = V_SET1U(at_vector[i] + 1 < vectors ? ~UINT64_C(0) : 0) | last;
                const vu a = (vu)pairs.first[i] & kept, b = (vu)pairs.second[i] & kept;
                V_STORE(first, (vd)a);
                V_STORE(second, (vd)b);
                const vu counted = size & V_SET1U(c + 1 < columns ? ~UINT64_C(0) : 0);
                V_STORE(norm, V_MAX(V_MAX((vd)(a & size), (vd)(b & counted)), V_LOAD(norm)));
            }
        }
    }
}

static void isa_draw_columns(const fr_draw *draw, int64_t rows, int64_t columns, double *out, int64_t stride,
                             double *norms) {
    switch (draw->distribution) {
    case FR_DRAW_NORMAL: draw_columns(FR_DRAW_NORMAL, draw, rows, columns, out, stride, norms); break;
    case FR_DRAW_UNIFORM: draw_columns(FR_DRAW_UNIFORM, draw, rows, columns, out, stride, norms); break;
    case FR_DRAW_SYMMETRIC: draw_columns(FR_DRAW_SYMMETRIC, draw, rows, columns, out, stride, norms); break;
    }
}

/* `count` pairs of rows of an odd number of columns, *half of the row's before them: a row's last pair is one number,
 * what is beyond it is overwritten by the next row. `end`: of all rows. */
ALWAYS double *draw_store_odd(const double *pairs, int64_t count, int64_t halves, int64_t *half, double *at,
                              const double *end) {
    for (int64_t i = 0; i < count; i++, pairs += 2) {
        at[0] = pairs[0];
        if (at + 1 < end) at[1] = pairs[1];
        at += 2;
        if (++*half == halves) *half = 0, at--;
    }
    return at;
}

/* The pairs of all rows follow each other, one a lane. */
ALWAYS void draw_rows(fr_distribution distribution, const fr_draw *draw, uint32_t first_row, int64_t rows,
                      int64_t columns, double *out) {
    const int64_t halves = (columns + 1) / 2, count = rows * halves;
    if (count == 0) return;
    const draw_keys keys = philox_keys(draw->seed);
    const vu c0_round1 = V_SET1U(draw_row_mask(draw, &keys)), c1_round1 = V_SET1U(PHILOX_M1 * (uint32_t)draw->trial);
    const vu c2_round1 = V_SET1U(draw_last_word(draw) ^ keys.odd[0]);
    uint64_t lane_half[VL], lane_row[VL], row = first_row;
    int64_t half = 0;
    for (int lane = 0; lane < VL; lane++) {
        lane_half[lane] = (uint64_t)half;
        lane_row[lane] = row;
        if (++half == halves) half = 0, row++;
    }
    vu half_at, row_at;
    memcpy(&half_at, lane_half, sizeof half_at);
    memcpy(&row_at, lane_row, sizeof row_at);
    const vu half_step = V_SET1U((uint64_t)(VL % halves)), row_step = V_SET1U((uint64_t)(VL / halves));
    const vu last_half = V_SET1U((uint64_t)(halves - 1)), all_halves = V_SET1U((uint64_t)halves);
    double *odd_out = out;
    half = 0;
    for (int64_t begin = 0; begin < count; begin += DRAW_VECTORS * VL) {
        draw_state s;
        DRAW_EACH {
            const vu product0 = V_MULTIPLY32(V_SET1U(PHILOX_M0), half_at);
            s.c0[i] = row_at ^ c0_round1;
            s.c1[i] = c1_round1;
            s.c2[i] = (product0 >> 32) ^ c2_round1;
            s.c3[i] = product0;
            half_at += half_step;
            const vu beyond = (vu)((vi)half_at > (vi)last_half);
            half_at -= beyond & all_halves;
            row_at += row_step - beyond;
        }
        const draw_pairs pairs = draw_distributed(distribution, draw->bound, raw_pairs(s, 1, &keys));
        DRAW_EACH {
            const int64_t at = begin + i * VL, left = count - at < VL ? count - at : VL;
            double last[2 * VL];
            if (left <= 0) break;
            if (columns == 1) {
                V_STORE(left == VL ? out + at : last, pairs.first[i]);
                if (left < VL) memcpy(out + at, last, (size_t)left * sizeof(double));
            } else if (columns % 2 == 0 && left == VL) {
                V_STORE_PAIRS(out + 2 * at, pairs.first[i], pairs.second[i]);
            } else {
                V_STORE_PAIRS(last, pairs.first[i], pairs.second[i]);
                if (columns % 2 == 0) {
                    memcpy(out + 2 * at, last, 2 * (size_t)left * sizeof(double));
                } else {
                    odd_out = draw_store_odd(last, left, halves, &half, odd_out, out + rows * columns);
                }
            }
        }
    }
}

static void isa_draw_rows(const fr_draw *draw, uint32_t first_row, int64_t rows, int64_t columns, double *out) {
    switch (draw->distribution) {
    case FR_DRAW_NORMAL: draw_rows(FR_DRAW_NORMAL, draw, first_row, rows, columns, out); break;
    case FR_DRAW_UNIFORM: draw_rows(FR_DRAW_UNIFORM, draw, first_row, rows, columns, out); break;
    case FR_DRAW_SYMMETRIC: draw_rows(FR_DRAW_SYMMETRIC, draw, first_row, rows, columns, out); break;
    }
}
