/* One pivot of a narrow panel. Part of vector/isa_template.h. */

static void isa_eliminate(fr_field field, int64_t groups, const fr_panel_pivot *pivot, fr_grouped s, fr_grouped n) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse), scale = V_SET1(pivot->inverse);
    const int behind = pivot->behind, found = pivot->found;
    for (int64_t g = 0; g < groups; g++) {
        for (int part = 0; part < FR_GROUP; part += VL) {
            double *from = s.at + g * s.stride + part, *to = n.at + g * n.stride + part;
            const vd multiplier = v_reduce(p, inverse, V_LOAD(from) * scale);
            for (int j = 0; j < behind; j++) {
                double *at = from + (j + 1) * FR_GROUP;
                V_STORE(at, V_FNMADD(multiplier, V_SET1(pivot->s[j]), V_LOAD(at)));
            }
            for (int t = 0; t < found; t++) {
                double *at = to + t * FR_GROUP;
                V_STORE(at, V_FNMADD(multiplier, V_SET1(pivot->n[t]), V_LOAD(at)));
            }
            V_STORE(to + found * FR_GROUP, multiplier);
        }
    }
}

static double isa_topmost(fr_field field, int64_t groups, fr_grouped s, const double *key) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse);
    vd least[GROUP_VECTORS];
    FR_UNROLL
    for (int i = 0; i < GROUP_VECTORS; i++) least[i] = V_SET1(FR_NO_KEY);
    for (int64_t g = 0; g < groups; g++) {
        FR_UNROLL
        for (int i = 0; i < GROUP_VECTORS; i++) {
            double *at = s.at + g * s.stride + i * VL;
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
