/* Samples and residues of floats, in vectors. Part of isa_template.h. */

/* Rows drawn at a time: a fixed number, so that none is left over for a loop without vectors. */
#define DRAW_ROWS 8

#define DRAW(PAIR)                                                                                              \
    do {                                                                                                        \
        FR_VECTORIZE                                                                                            \
        for (int i = 0; i < DRAW_ROWS; i++) {                                                                   \
            const fr_pair raw = fr_raw_pair(seed, trial, stream, first_row + (uint32_t)i, half);                \
            const fr_pair v = PAIR;                                                                             \
            first[i] = v.first;                                                                                 \
            second[i] = v.second;                                                                               \
        }                                                                                                       \
    } while (0)

ALWAYS void draw_rows(fr_distribution distribution, double bound, uint64_t seed, uint64_t trial, uint32_t stream,
                      uint32_t first_row, uint32_t half, double *restrict first, double *restrict second) {
    switch (distribution) {
    case FR_DRAW_NORMAL: DRAW(fr_normal_pair(raw)); break;
    case FR_DRAW_UNIFORM: DRAW(fr_uniform_pair(raw)); break;
    case FR_DRAW_SYMMETRIC: DRAW(fr_symmetric_pair(raw, bound)); break;
    }
}

static void isa_draw(fr_distribution distribution, double bound, uint64_t seed, uint64_t trial, uint32_t stream,
                     uint32_t first_row, int64_t rows, uint32_t half, double *restrict first,
                     double *restrict second) {
    for (int64_t row = 0; row < rows; row += DRAW_ROWS) {
        const uint32_t number = first_row + (uint32_t)row;
        if (rows - row >= DRAW_ROWS) {
            draw_rows(distribution, bound, seed, trial, stream, number, half, first + row, second + row);
        } else {
            double last[2 * DRAW_ROWS];
            draw_rows(distribution, bound, seed, trial, stream, number, half, last, last + DRAW_ROWS);
            memcpy(first + row, last, (size_t)(rows - row) * sizeof(double));
            memcpy(second + row, last + DRAW_ROWS, (size_t)(rows - row) * sizeof(double));
        }
    }
}

static void isa_residues(fr_field field, const double *restrict powers, double two_27, int64_t count,
                         const double *restrict x, double *restrict out) {
    FR_VECTORIZE
    for (int64_t i = 0; i < count; i++) out[i] = fr_residue(field, powers, two_27, x[i]);
}
