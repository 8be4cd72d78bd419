/* Samples and residues of floats, in vectors. Part of isa_template.h. */

static void isa_draw(fr_distribution distribution, double bound, uint64_t seed, uint64_t trial, uint32_t stream,
                     uint32_t first_row, int64_t rows, uint32_t half, double *restrict first,
                     double *restrict second) {
    const int count = (int)rows;
    switch (distribution) {
    case FR_DRAW_NORMAL:
        FR_VECTORIZE
        for (int i = 0; i < count; i++) {
            const fr_pair v = fr_normal_pair(fr_raw_pair(seed, trial, stream, first_row + (uint32_t)i, half));
            first[i] = v.first;
            second[i] = v.second;
        }
        break;
    case FR_DRAW_UNIFORM:
        FR_VECTORIZE
        for (int i = 0; i < count; i++) {
            const fr_pair v = fr_uniform_pair(fr_raw_pair(seed, trial, stream, first_row + (uint32_t)i, half));
            first[i] = v.first;
            second[i] = v.second;
        }
        break;
    case FR_DRAW_SYMMETRIC:
        FR_VECTORIZE
        for (int i = 0; i < count; i++) {
            const fr_pair v = fr_symmetric_pair(fr_raw_pair(seed, trial, stream, first_row + (uint32_t)i, half), bound);
            first[i] = v.first;
            second[i] = v.second;
        }
        break;
    }
}

static void isa_residues(fr_field field, const double *restrict powers, double two_27, int64_t count,
                         const double *restrict x, double *restrict out) {
    FR_VECTORIZE
    for (int64_t i = 0; i < count; i++) out[i] = fr_residue(field, powers, two_27, x[i]);
}
