/* Products with the columns of a Khatri-Rao block (elimination/khatri_rao_schur_update.c). Part of
 * vector/isa_template.h. */

/* G groups by CT columns of a class's sum, in registers. */
ALWAYS void class_tile(const int G, const int CT, fr_field field, int64_t columns, int64_t count, const int32_t *index,
                       const double *a, int64_t sa, const double *b, double *const *targets, int target_count,
                       int64_t offset, int64_t sc) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse);
    vd sum[CLASS_VECTORS];
    FR_UNROLL
    for (int i = 0; i < G * GROUP_VECTORS * CT; i++) sum[i] = V_SET1(0.0);
    for (int64_t begin = 0; begin < count; begin += FR_DELAY) {
        const int64_t end = count - begin > FR_DELAY ? begin + FR_DELAY : count;
        for (int64_t e = begin; e < end; e++) {
            const double *at = a + (int64_t)index[e] * FR_GROUP;
            /* A class's columns of M follow no pattern a processor would foresee. */
            const double *later = a + (int64_t)index[e + FR_CLASS_AHEAD] * FR_GROUP;
            FR_UNROLL
            for (int i = 0; i < G; i++) __builtin_prefetch(later + i * sa, 0, 3);
            vd av[CLASS_VECTORS];
            FR_UNROLL
            for (int i = 0; i < G * GROUP_VECTORS; i++)
                av[i] = V_LOAD(at + i / GROUP_VECTORS * sa + i % GROUP_VECTORS * VL);
            FR_UNROLL
            for (int j = 0; j < CT; j++) {
                const vd bv = V_SET1(b[e * columns + j]);
                FR_UNROLL
                for (int i = 0; i < G * GROUP_VECTORS; i++)
                    sum[i * CT + j] = V_FNMADD(av[i], bv, sum[i * CT + j]);
            }
        }
        FR_UNROLL
        for (int i = 0; i < G * GROUP_VECTORS * CT; i++) sum[i] = v_reduce(p, inverse, sum[i]);
    }
    for (int u = 0; u < target_count; u++) {
        double *c = targets[u] + offset;
        FR_UNROLL
        for (int i = 0; i < G * GROUP_VECTORS; i++) {
            FR_UNROLL
            for (int j = 0; j < CT; j++) {
                double *to = c + i / GROUP_VECTORS * sc + j * FR_GROUP + i % GROUP_VECTORS * VL;
                V_STORE(to, V_LOAD(to) + sum[i * CT + j]);
            }
        }
    }
}

ALWAYS void class_strip(const int CT, fr_field field, int64_t groups, int64_t columns, int64_t count,
                        const int32_t *index, const double *a, int64_t sa, const double *b, double *const *targets,
                        int target_count, int64_t offset, int64_t sc) {
    int64_t g = 0;
    for (; g + CLASS_GROUPS(CT) <= groups; g += CLASS_GROUPS(CT))
        class_tile(CLASS_GROUPS(CT), CT, field, columns, count, index, a + g * sa, sa, b, targets, target_count,
                   offset + g * sc, sc);
    for (; CLASS_GROUPS(CT) > 2 && g + 2 <= groups; g += 2)
        class_tile(CLASS_GROUPS(CT) > 2 ? 2 : 1, CT, field, columns, count, index, a + g * sa, sa, b, targets,
                   target_count, offset + g * sc, sc);
    for (; g < groups; g++)
        class_tile(1, CT, field, columns, count, index, a + g * sa, sa, b, targets, target_count, offset + g * sc, sc);
}

static void isa_subtract_class(fr_field field, int64_t groups, int64_t columns, int64_t count, const int32_t *index,
                               const double *a, int64_t sa, const double *b, double *const *targets,
                               int target_count, int64_t sc) {
    for (int64_t j = 0; j < columns; j += CLASS_COLUMNS) {
        const int64_t width = columns - j < CLASS_COLUMNS ? columns - j : CLASS_COLUMNS;
#define STRIP(CT)                                                                                                      \
    case CT:                                                                                                           \
        class_strip(CT, field, groups, columns, count, index, a, sa, b + j, targets, target_count, j * FR_GROUP, sc); \
        break
        switch (width) {
            STRIP(1);
            STRIP(2);
            STRIP(3);
#if CLASS_COLUMNS > 3
            STRIP(4);
            STRIP(5);
            STRIP(6);
#endif
#if CLASS_COLUMNS > 6
            STRIP(7);
            STRIP(8);
            STRIP(9);
            STRIP(10);
            STRIP(11);
            STRIP(12);
#endif
        }
#undef STRIP
    }
}

static void isa_reduce(fr_field field, int64_t groups, int64_t columns, double *c, int64_t sc) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse);
    for (int64_t g = 0; g < groups; g++)
        for (int64_t i = 0; i < columns * FR_GROUP; i += VL)
            V_STORE(c + g * sc + i, v_reduce(p, inverse, V_LOAD(c + g * sc + i)));
}
