/* One pivot of a narrow panel. Part of vector/isa_template.h. */

static void isa_eliminate(fr_field field, int64_t groups, double inverse_pivot, double *column, int64_t ss,
                          int s_columns, const double *s_row, double *n, int64_t sn, int n_columns,
                          const double *n_row) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse), scale = V_SET1(inverse_pivot);
    for (int64_t g = 0; g < groups; g++) {
        for (int part = 0; part < FR_GROUP; part += VL) {
            double *from = column + g * ss + part, *to = n + g * sn + part;
            const vd multiplier = v_reduce(p, inverse, V_LOAD(from) * scale);
            for (int j = 0; j < s_columns; j++) {
                double *at = from + (j + 1) * FR_GROUP;
                V_STORE(at, V_FNMADD(multiplier, V_SET1(s_row[j]), V_LOAD(at)));
            }
            for (int t = 0; t < n_columns; t++) {
                double *at = to + t * FR_GROUP;
                V_STORE(at, V_FNMADD(multiplier, V_SET1(n_row[t]), V_LOAD(at)));
            }
            V_STORE(to + n_columns * FR_GROUP, multiplier);
        }
    }
}

static double isa_topmost(fr_field field, int64_t groups, double *column, int64_t ss, const double *key) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse);
    vd least[GROUP_VECTORS];
    FR_UNROLL
    for (int i = 0; i < GROUP_VECTORS; i++) least[i] = V_SET1(FR_NO_KEY);
    for (int64_t g = 0; g < groups; g++) {
        FR_UNROLL
        for (int i = 0; i < GROUP_VECTORS; i++) {
            double *at = column + g * ss + i * VL;
            const vd entry = v_reduce(p, inverse, V_LOAD(at));
            V_STORE(at, entry);
            least[i] = V_MIN_WHERE_NONZERO(entry, V_LOAD(key + g * FR_GROUP + i * VL), least[i]);
        }
    }
    double lanes[FR_GROUP];
    FR_UNROLL
    for (int i = 0; i < GROUP_VECTORS; i++) V_STORE(lanes + i * VL, least[i]);
    double found = lanes[0];
    for (int lane = 1; lane < FR_GROUP; lane++) found = lanes[lane] < found ? lanes[lane] : found;
    return found;
}
