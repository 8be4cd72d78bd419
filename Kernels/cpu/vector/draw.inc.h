/* Blocks of samples, in the two layouts that are wanted. Part of vector/isa_template.h. */

/* The counter's last word: fr_raw_bits. */
ALWAYS uint64_t draw_last_word(const fr_draw *draw) { return (uint32_t)(draw->trial >> 32) << 8 | draw->stream; }

/* After round 1, c0 == row ^ this value. */
ALWAYS uint64_t draw_row_mask(const fr_draw *draw, const draw_keys *keys) {
    return (PHILOX_M1 * (uint32_t)draw->trial >> 32) ^ keys->even[0];
}

/* Rows and halves at a time. */
#define DRAW_ROWS 256
#define DRAW_HALVES 64

/* What a pair of columns, the trial and the stream make of rounds 1 to 3. Of the row, only the first product of round 2
 * and the second of round 3 depend. */
typedef struct draw_half { uint64_t c2_round2, c0_round3, c2_round3, c3_round3; } draw_half;

ALWAYS void draw_prepare_halves(const fr_draw *draw, const draw_keys *keys, uint32_t first, int64_t count,
                                draw_half *out) {
    const uint64_t trial_product = PHILOX_M1 * (uint32_t)draw->trial;
    const uint64_t c3 = draw_last_word(draw);
    for (int64_t i = 0; i < count; i++) {
        __asm__ volatile(""); /* a few passes: vectors would not pay */
        const uint64_t half_product = PHILOX_M0 * (first + (uint32_t)i);
        const uint64_t product1 = PHILOX_M1 * (uint32_t)((half_product >> 32) ^ c3 ^ keys->odd[0]);
        const uint64_t c0 = (uint32_t)((product1 >> 32) ^ trial_product ^ keys->even[1]);
        const uint64_t product0 = PHILOX_M0 * c0;
        out[i].c2_round2 = (uint32_t)half_product ^ keys->odd[1];
        out[i].c0_round3 = (uint32_t)product1 ^ keys->even[2];
        out[i].c2_round3 = (product0 >> 32) ^ keys->odd[2];
        out[i].c3_round3 = (uint32_t)product0;
    }
}

/* Zeros beyond the last row, and norms. */
ALWAYS void draw_finish(int64_t rows, int64_t columns, fr_columns out, double *norms) {
    const vu size = V_SET1U(~(UINT64_C(1) << 63));
    for (int64_t at = 0; at < rows; at += VL) {
        const vu kept = (vu)((vi)V_LANES < (vi)V_SET1U(rows - at));
        vd norm = V_SET1(0.0);
        for (int64_t c = 0; c < columns; c++)
            norm = V_MAX(norm, (vd)((vu)V_LOAD(out.at + c * out.stride + at) & kept & size));
        V_STORE(norms + at, norm);
        if (rows - at >= VL) continue;
        for (int64_t c = 0; c < columns; c++) {
            double *last = out.at + c * out.stride + at;
            V_STORE(last, (vd)((vu)V_LOAD(last) & kept));
        }
    }
}

/* Round 2's first products for the current rows. */
typedef struct draw_products {
    int64_t vectors;
    vd at[DRAW_ROWS / VL];
} draw_products;

/* One vector of rows and one pair of columns after the other. */
ALWAYS void draw_block(const fr_draw *draw, const draw_keys *keys, const draw_products *rows, const draw_half *half,
                       int64_t columns, fr_columns out) {
    const vu m1 = V_SET1U(PHILOX_M1);
    double unwanted[VL];
    const int64_t vectors = rows->vectors;
    int64_t count = (columns + 1) / 2 * vectors, v = 0;
    while (count > 0) {
        double *first[DRAW_VECTORS], *second[DRAW_VECTORS];
        draw_state s;
        DRAW_EACH {
            /* If no row is left, the last row is drawn once more. */
            vu product0 = (vu)rows->at[v];
            V_PIN(product0); /* or clang sees small numbers, and takes a slower product of whole ones */
            const vu product1 = V_MULTIPLY32(m1, (product0 >> 32) ^ V_SET1U(half->c2_round2));
            s.c0[i] = (product1 >> 32) ^ V_SET1U(half->c0_round3);
            s.c1[i] = product1;
            s.c2[i] = product0 ^ V_SET1U(half->c2_round3);
            s.c3[i] = V_SET1U(half->c3_round3);
            first[i] = out.at + v * VL;
            second[i] = columns > 1 ? first[i] + out.stride : unwanted;
            if (--count > 0 && ++v == vectors) v = 0, half++, columns -= 2, out.at += 2 * out.stride;
        }
        const draw_pairs pairs = draw_distributed(draw, raw_pairs(s, 3, keys));
        DRAW_EACH {
            V_STORE(first[i], pairs.first[i]);
            V_STORE(second[i], pairs.second[i]);
        }
    }
}

ALWAYS void draw_columns(const fr_draw *draw, int64_t rows, int64_t columns, fr_columns out, double *norms) {
    const draw_keys keys = philox_keys(draw->seed);
    const vu m0 = V_SET1U(PHILOX_M0), row_mask = V_SET1U(draw_row_mask(draw, &keys));
    draw_half halves[DRAW_HALVES];
    draw_products products;
    for (int64_t row = 0; row < rows; row += DRAW_ROWS) {
        const int64_t some = rows - row < DRAW_ROWS ? rows - row : DRAW_ROWS;
        const fr_columns out_rows = {out.at + row, out.stride};
        products.vectors = (some + VL - 1) / VL;
        for (int64_t v = 0; v < products.vectors; v++)
            products.at[v] = (vd)V_MULTIPLY32(m0, (V_LANES + (uint64_t)(row + v * VL)) ^ row_mask);
        for (int64_t c = 0; c < columns; c += 2 * DRAW_HALVES) {
            const int64_t width = columns - c < 2 * DRAW_HALVES ? columns - c : 2 * DRAW_HALVES;
            draw_prepare_halves(draw, &keys, (uint32_t)(c / 2), (width + 1) / 2, halves);
            const fr_columns from = {out_rows.at + c * out.stride, out.stride};
            draw_block(draw, &keys, &products, halves, width, from);
        }
        draw_finish(some, columns, out_rows, norms + row);
    }
}

/* The same draw with a distribution that the compiler knows. */
ALWAYS fr_draw draw_as(const fr_draw *draw, fr_distribution distribution) {
    return (fr_draw){distribution, draw->bound, draw->seed, draw->trial, draw->stream};
}

static void isa_draw_columns(const fr_draw *draw, int64_t rows, int64_t columns, fr_columns out, double *norms) {
    switch (draw->distribution) {
#define DRAW_COLUMNS(DISTRIBUTION)                         \
    case DISTRIBUTION: {                                   \
        const fr_draw known = draw_as(draw, DISTRIBUTION); \
        draw_columns(&known, rows, columns, out, norms);   \
        break;                                             \
    }
        DRAW_COLUMNS(FR_DRAW_NORMAL)
        DRAW_COLUMNS(FR_DRAW_UNIFORM)
        DRAW_COLUMNS(FR_DRAW_SYMMETRIC)
#undef DRAW_COLUMNS
    }
}

/* Stores `count` pairs for rows of odd length; the unused second number is overwritten by the next row. *half counts
 * the pairs of the current row stored before these; `end` is the end of the last row. */
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

/* Lanes from number `count` on hold the biases: pair 0 of their stream's rows. */
ALWAYS void draw_store_biases(int64_t at, int64_t count, int64_t rows, vd numbers, double *biases) {
    if (at >= count) {
        const int64_t left = rows - (at - count);
        if (left > 0) V_STORE_LEADING(biases + (at - count), numbers, left < VL ? left : VL);
    } else if (at + VL > count) {
        double all[VL];
        V_STORE(all, numbers);
        for (int64_t lane = count - at; lane < VL && lane - (count - at) < rows; lane++)
            biases[lane - (count - at)] = all[lane];
    }
}

/* The pairs of all rows follow each other, one a lane, then the biases. */
ALWAYS void draw_rows(const fr_draw *draw, uint32_t first_row, int64_t rows, int64_t columns, double *out,
                      uint32_t bias_stream, double *biases) {
    const int64_t halves = columns > 0 ? (columns + 1) / 2 : 1, count = columns > 0 ? rows * halves : 0;
    const int64_t total = count + (biases ? rows : 0);
    if (total == 0) return;
    const draw_keys keys = philox_keys(draw->seed);
    const vu c0_round1 = V_SET1U(draw_row_mask(draw, &keys)), c1_round1 = V_SET1U(PHILOX_M1 * (uint32_t)draw->trial);
    const vu c2_round1 = V_SET1U(draw_last_word(draw) ^ keys.odd[0]);
    const vu other_stream = V_SET1U(draw->stream ^ bias_stream);
    /* lane / halves by a multiplication; beyond VL halves it is 0. */
    const uint64_t wide = (uint64_t)halves, quotient = halves > VL ? 0 : (uint32_t)(65536 / (uint32_t)halves + 1);
    const uint64_t row_step = VL * quotient >> 16, half_step = VL - row_step * wide;
    const vu lane_row = (V_LANES * quotient) >> 16;
    vu row_at = lane_row + first_row, half_at = V_LANES - V_MULTIPLY32(lane_row, V_SET1U(wide));
    const vu last_half = V_SET1U(wide - 1);
    double *odd_out = out;
    int64_t half = 0;
    for (int64_t begin = 0; begin < total; begin += DRAW_VECTORS * VL) {
        draw_state s;
        DRAW_EACH {
            vu h = half_at, row = row_at, c2 = c2_round1;
            if (begin + DRAW_VECTORS * VL > count) {
                const vu bias_row = V_LANES + (uint64_t)(begin + i * VL - count);
                const vu is_bias = (vu)((vi)bias_row >= 0);
                h &= ~is_bias;
                row = (row & ~is_bias) | ((bias_row + first_row) & is_bias);
                c2 ^= other_stream & is_bias;
            }
            const vu product0 = V_MULTIPLY32(V_SET1U(PHILOX_M0), h);
            s.c0[i] = row ^ c0_round1;
            s.c1[i] = c1_round1;
            s.c2[i] = (product0 >> 32) ^ c2;
            s.c3[i] = product0;
            half_at += half_step;
            const vu beyond = (vu)((vi)half_at > (vi)last_half);
            half_at -= beyond & wide;
            row_at += row_step - beyond;
        }
        const draw_pairs pairs = draw_distributed(draw, raw_pairs(s, 1, &keys));
        DRAW_EACH {
            const int64_t at = begin + i * VL, left = count - at < VL ? count - at : VL;
            if (biases) draw_store_biases(at, count, rows, pairs.first[i], biases);
            if (left <= 0) continue;
            if (columns == 1) {
                V_STORE_LEADING(out + at, pairs.first[i], left);
            } else if (columns % 2 == 0) {
                V_STORE_PAIRS(out + 2 * at, pairs.first[i], pairs.second[i], 2 * left);
            } else {
                double last[2 * VL];
                V_STORE_PAIRS(last, pairs.first[i], pairs.second[i], 2 * VL);
                odd_out = draw_store_odd(last, left, halves, &half, odd_out, out + rows * columns);
            }
        }
    }
}

static void isa_draw_rows(const fr_draw *draw, uint32_t first_row, int64_t rows, int64_t columns, double *out,
                          uint32_t bias_stream, double *biases) {
    switch (draw->distribution) {
#define DRAW_ROWS_AS(DISTRIBUTION)                                             \
    case DISTRIBUTION: {                                                       \
        const fr_draw known = draw_as(draw, DISTRIBUTION);                     \
        draw_rows(&known, first_row, rows, columns, out, bias_stream, biases); \
        break;                                                                 \
    }
        DRAW_ROWS_AS(FR_DRAW_NORMAL)
        DRAW_ROWS_AS(FR_DRAW_UNIFORM)
        DRAW_ROWS_AS(FR_DRAW_SYMMETRIC)
#undef DRAW_ROWS_AS
    }
}
