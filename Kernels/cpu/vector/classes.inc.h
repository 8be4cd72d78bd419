/* Products with the columns of a Khatri-Rao block (elimination/khatri_rao_schur_update.c). Part of
 * vector/isa_template.h. */

/* G groups by the first CT columns of a class's sum, in registers. */
ALWAYS void class_tile(const int G, const int CT, fr_field field, fr_class class, fr_grouped a, fr_grouped c) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse);
    vd sum[CLASS_VECTORS];
    FR_UNROLL
    for (int i = 0; i < G * GROUP_VECTORS * CT; i++) sum[i] = V_SET1(0.0);
    for (int64_t begin = 0; begin < class.count; begin += FR_DELAY) {
        const int64_t end = class.count - begin > FR_DELAY ? begin + FR_DELAY : class.count;
        for (int64_t e = begin; e < end; e++) {
            const double *at = a.at + (int64_t)class.index[e] * FR_GROUP;
            /* A class's columns of M follow no pattern a processor would foresee. */
            const double *later = a.at + (int64_t)class.index[e + FR_CLASS_AHEAD] * FR_GROUP;
            FR_UNROLL
            for (int i = 0; i < G; i++) __builtin_prefetch(later + i * a.stride, 0, 3);
            vd av[CLASS_VECTORS];
            FR_UNROLL
            for (int i = 0; i < G * GROUP_VECTORS; i++)
                av[i] = V_LOAD(at + i / GROUP_VECTORS * a.stride + i % GROUP_VECTORS * VL);
            FR_UNROLL
            for (int j = 0; j < CT; j++) {
                const vd bv = V_SET1(class.rows[e * class.width + j]);
                FR_UNROLL
                for (int i = 0; i < G * GROUP_VECTORS; i++)
                    sum[i * CT + j] = V_FNMADD(av[i], bv, sum[i * CT + j]);
            }
        }
        FR_UNROLL
        for (int i = 0; i < G * GROUP_VECTORS * CT; i++) sum[i] = v_reduce(p, inverse, sum[i]);
    }
    for (int u = 0; u < class.units; u++) {
        double *unit = c.at + class.column[u] * FR_GROUP;
        FR_UNROLL
        for (int i = 0; i < G * GROUP_VECTORS; i++) {
            FR_UNROLL
            for (int j = 0; j < CT; j++) {
                double *to = unit + i / GROUP_VECTORS * c.stride + j * FR_GROUP + i % GROUP_VECTORS * VL;
                V_STORE(to, V_LOAD(to) + sum[i * CT + j]);
            }
        }
    }
}

ALWAYS void class_strip(const int CT, fr_field field, int64_t groups, fr_class class, fr_grouped a, fr_grouped c) {
    int64_t g = 0;
#define AT_GROUP fr_grouped_from(a, g, 0), fr_grouped_from(c, g, 0)
    for (; g + CLASS_GROUPS(CT) <= groups; g += CLASS_GROUPS(CT))
        class_tile(CLASS_GROUPS(CT), CT, field, class, AT_GROUP);
    for (; CLASS_GROUPS(CT) > 2 && g + 2 <= groups; g += 2)
        class_tile(CLASS_GROUPS(CT) > 2 ? 2 : 1, CT, field, class, AT_GROUP);
    for (; g < groups; g++) class_tile(1, CT, field, class, AT_GROUP);
#undef AT_GROUP
}

static void isa_subtract_class(fr_field field, int64_t groups, const fr_class *whole, fr_grouped a, fr_grouped c) {
    fr_class class = *whole;
    for (int64_t rest = class.width; rest > 0; rest -= CLASS_COLUMNS) {
        switch (rest < CLASS_COLUMNS ? rest : CLASS_COLUMNS) {
#define STRIP(CT)                                    \
    case CT:                                         \
        class_strip(CT, field, groups, class, a, c); \
        break
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
#undef STRIP
        }
        class.rows += CLASS_COLUMNS;
        c = fr_grouped_from(c, 0, CLASS_COLUMNS);
    }
}

static void isa_reduce(fr_field field, int64_t groups, int64_t columns, fr_grouped c) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse);
    for (int64_t g = 0; g < groups; g++)
        for (int64_t i = 0; i < columns * FR_GROUP; i += VL) {
            double *at = c.at + g * c.stride + i;
            V_STORE(at, v_reduce(p, inverse, V_LOAD(at)));
        }
}
