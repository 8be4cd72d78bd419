/* Products mod p. Part of vector/isa_template.h. */

ALWAYS vd v_reduce(vd p, vd inverse, vd x) {
    const vd shift = V_SET1(6755399441055744.0);
    const vd q = (x * inverse + shift) - shift;
    return V_FNMADD(q, p, x);
}

#define GROUP_VECTORS (FR_GROUP / VL)

/* A register tile of G groups of rows by CT columns: every step of `inner` loads G groups of A and broadcasts CT
 * numbers of B. Reduced every FR_DELAY steps; not at all without `reduced`. */
ALWAYS void tile(const int reduced, const int G, const int CT, fr_field field, int64_t inner, const double *a, int64_t sa,
                 const double *b, double *c, int64_t sc) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse);
    vd sum[TILE_GROUPS * GROUP_VECTORS][TILE_COLUMNS];
    FR_UNROLL
    for (int j = 0; j < CT; j++) {
        FR_UNROLL
        for (int i = 0; i < G * GROUP_VECTORS; i++)
            sum[i][j] = V_LOAD(c + i / GROUP_VECTORS * sc + j * FR_GROUP + i % GROUP_VECTORS * VL);
    }
    /* The next column tile of these rows, meanwhile: C streams from memory when it is M. */
    FR_UNROLL
    for (int j = 0; j < CT; j++) {
        FR_UNROLL
        for (int i = 0; i < G; i++) __builtin_prefetch(c + i * sc + (CT + j) * FR_GROUP, 1, 2);
    }
    for (int64_t begin = 0; begin < inner; begin += FR_DELAY) {
        const int64_t end = inner - begin > FR_DELAY ? begin + FR_DELAY : inner;
        for (int64_t t = begin; t < end; t++) {
            vd av[TILE_GROUPS * GROUP_VECTORS];
            FR_UNROLL
            for (int i = 0; i < G * GROUP_VECTORS; i++)
                av[i] = V_LOAD(a + i / GROUP_VECTORS * sa + t * FR_GROUP + i % GROUP_VECTORS * VL);
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
            V_STORE(c + i / GROUP_VECTORS * sc + j * FR_GROUP + i % GROUP_VECTORS * VL, sum[i][j]);
    }
}

ALWAYS void column_tile(const int reduced, const int CT, fr_field field, int64_t groups, int64_t inner, const double *a, int64_t sa,
                        const double *b, double *c, int64_t sc) {
    int64_t g = 0;
    for (; g + TILE_GROUPS <= groups; g += TILE_GROUPS)
        tile(reduced, TILE_GROUPS, CT, field, inner, a + g * sa, sa, b, c + g * sc, sc);
#if TILE_GROUPS > 2
    for (; g + 2 <= groups; g += 2) tile(reduced, 2, CT, field, inner, a + g * sa, sa, b, c + g * sc, sc);
#endif
    for (; g < groups; g++) tile(reduced, 1, CT, field, inner, a + g * sa, sa, b, c + g * sc, sc);
}

/* A's rows go in blocks that stay in the second cache (12 groups x FR_DELAY numbers: 384 KiB), B's column tiles in the
 * first while a block passes by. */
#define BLOCK_GROUPS 12

ALWAYS void subtract(const int reduced, fr_field field, int64_t groups, int64_t columns, int64_t inner, const double *a,
                                  int64_t sa, const double *b, int64_t sb, double *c, int64_t sc) {
    if (inner == 0) return;
    for (int64_t first = 0; first < groups; first += BLOCK_GROUPS, a += BLOCK_GROUPS * sa, c += BLOCK_GROUPS * sc) {
        const int64_t count = groups - first < BLOCK_GROUPS ? groups - first : BLOCK_GROUPS;
        int64_t j = 0;
#define AT_COLUMN b + j / FR_GROUP * sb + j % FR_GROUP, c + j * FR_GROUP, sc
        for (; j + TILE_COLUMNS <= columns; j += TILE_COLUMNS)
            column_tile(reduced, TILE_COLUMNS, field, count, inner, a, sa, AT_COLUMN);
#if TILE_COLUMNS > 4
        for (; j + 4 <= columns; j += 4) column_tile(reduced, 4, field, count, inner, a, sa, AT_COLUMN);
#endif
        for (; j + 2 <= columns; j += 2) column_tile(reduced, 2, field, count, inner, a, sa, AT_COLUMN);
        for (; j < columns; j++) column_tile(reduced, 1, field, count, inner, a, sa, AT_COLUMN);
#undef AT_COLUMN
    }
}

static void isa_multiply_subtract(fr_field field, int64_t groups, int64_t columns, int64_t inner, const double *a,
                                  int64_t sa, const double *b, int64_t sb, double *c, int64_t sc) {
    subtract(1, field, groups, columns, inner, a, sa, b, sb, c, sc);
}
