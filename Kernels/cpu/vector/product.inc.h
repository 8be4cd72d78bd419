/* Products mod p. Part of vector/isa_template.h. */

ALWAYS vd v_reduce(vd p, vd inverse, vd x) {
    const vd shift = V_SET1(6755399441055744.0);
    const vd q = (x * inverse + shift) - shift;
    return V_FNMADD(q, p, x);
}

#define GROUP_VECTORS (FR_GROUP / VL)

/* A register tile of G groups of rows by CT columns: every step of `inner` loads G groups of A and broadcasts CT
 * numbers of B. Reduced every FR_DELAY steps; not at all without `reduced`. */
ALWAYS void tile(const int reduced, const int G, const int CT, fr_field field, int64_t inner, fr_grouped a,
                 const double *b, fr_grouped c) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse);
    vd sum[TILE_GROUPS * GROUP_VECTORS][TILE_COLUMNS];
    FR_UNROLL
    for (int j = 0; j < CT; j++) {
        FR_UNROLL
        for (int i = 0; i < G * GROUP_VECTORS; i++)
            sum[i][j] = V_LOAD(c.at + i / GROUP_VECTORS * c.stride + j * FR_GROUP + i % GROUP_VECTORS * VL);
    }
    /* The next column tile of these rows, meanwhile: C streams from memory when it is M. */
    FR_UNROLL
    for (int j = 0; j < CT; j++) {
        FR_UNROLL
        for (int i = 0; i < G; i++) __builtin_prefetch(c.at + i * c.stride + (CT + j) * FR_GROUP, 1, 2);
    }
    for (int64_t begin = 0; begin < inner; begin += FR_DELAY) {
        const int64_t end = inner - begin > FR_DELAY ? begin + FR_DELAY : inner;
        for (int64_t t = begin; t < end; t++) {
            vd av[TILE_GROUPS * GROUP_VECTORS];
            FR_UNROLL
            for (int i = 0; i < G * GROUP_VECTORS; i++)
                av[i] = V_LOAD(a.at + i / GROUP_VECTORS * a.stride + t * FR_GROUP + i % GROUP_VECTORS * VL);
            FR_UNROLL
            for (int j = 0; j < CT; j++) {
                const vd bv = V_SET1(b[t * FR_GROUP + j]);
                FR_UNROLL
                for (int i = 0; i < G * GROUP_VECTORS; i++) sum[i][j] = V_FNMADD(av[i], bv, sum[i][j]);
            }
        }
        FR_UNROLL
        for (int j = 0; j < CT && reduced; j++) {
            FR_UNROLL
            for (int i = 0; i < G * GROUP_VECTORS; i++) sum[i][j] = v_reduce(p, inverse, sum[i][j]);
        }
    }
    FR_UNROLL
    for (int j = 0; j < CT; j++) {
        FR_UNROLL
        for (int i = 0; i < G * GROUP_VECTORS; i++)
            V_STORE(c.at + i / GROUP_VECTORS * c.stride + j * FR_GROUP + i % GROUP_VECTORS * VL, sum[i][j]);
    }
}

ALWAYS void column_tile(const int reduced, const int CT, fr_field field, int64_t groups, int64_t inner, fr_grouped a,
                        const double *b, fr_grouped c) {
    int64_t g = 0;
    for (; g + TILE_GROUPS <= groups; g += TILE_GROUPS)
        tile(reduced, TILE_GROUPS, CT, field, inner, fr_grouped_from(a, g, 0), b, fr_grouped_from(c, g, 0));
#if TILE_GROUPS > 2
    for (; g + 2 <= groups; g += 2)
        tile(reduced, 2, CT, field, inner, fr_grouped_from(a, g, 0), b, fr_grouped_from(c, g, 0));
#endif
    for (; g < groups; g++)
        tile(reduced, 1, CT, field, inner, fr_grouped_from(a, g, 0), b, fr_grouped_from(c, g, 0));
}

/* A's rows go in blocks that stay in the second cache (12 groups x FR_DELAY numbers: 384 KiB), B's column tiles in the
 * first while a block passes by. */
#define BLOCK_GROUPS 12

ALWAYS void subtract(const int reduced, fr_field field, int64_t groups, int64_t columns, int64_t inner, fr_grouped a,
                     fr_grouped b, fr_grouped c) {
    if (inner == 0) return;
    for (int64_t first = 0; first < groups; first += BLOCK_GROUPS) {
        const int64_t count = groups - first < BLOCK_GROUPS ? groups - first : BLOCK_GROUPS;
        int64_t j = 0;
#define AT_COLUMN fr_grouped_transposed(b, 0, j), fr_grouped_from(c, 0, j)
        for (; j + TILE_COLUMNS <= columns; j += TILE_COLUMNS)
            column_tile(reduced, TILE_COLUMNS, field, count, inner, a, AT_COLUMN);
#if TILE_COLUMNS > 4
        for (; j + 4 <= columns; j += 4) column_tile(reduced, 4, field, count, inner, a, AT_COLUMN);
#endif
        for (; j + 2 <= columns; j += 2) column_tile(reduced, 2, field, count, inner, a, AT_COLUMN);
        for (; j < columns; j++) column_tile(reduced, 1, field, count, inner, a, AT_COLUMN);
#undef AT_COLUMN
        a = fr_grouped_from(a, BLOCK_GROUPS, 0);
        c = fr_grouped_from(c, BLOCK_GROUPS, 0);
    }
}

static void isa_multiply_subtract(fr_field field, int64_t groups, int64_t columns, int64_t inner, fr_grouped a,
                                  fr_grouped b, fr_grouped c) {
    subtract(1, field, groups, columns, inner, a, b, c);
}
