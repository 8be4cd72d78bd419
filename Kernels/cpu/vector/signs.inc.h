/* Signs of many units on many points. Part of vector/isa_template.h. */

/* FR_SIGN_UNITS units on SIGN_VECTORS vectors of points at a time, their sums in registers: one pass over the
 * coordinates, each loaded once for all units. */
#define SIGN_VECTORS 2

static void isa_signs(const fr_sign_units *units, const fr_sign_points *points, fr_sign_error error, fr_signs *out) {
    const int64_t inputs = units->inputs, count = points->count;
    const double *w = units->weights, *biases = units->biases;
    const fr_columns x = points->x;
    fr_signs found = {{0}, {0}};
    for (int part = 0; part < count; part += SIGN_VECTORS * VL) {
        vd sum[FR_SIGN_UNITS][SIGN_VECTORS];
        FR_UNROLL
        for (int u = 0; u < FR_SIGN_UNITS; u++) {
            FR_UNROLL
            for (int v = 0; v < SIGN_VECTORS; v++) sum[u][v] = V_SET1(biases[u]);
        }
        for (int64_t c = 0; c < inputs; c++) {
            vd xc[SIGN_VECTORS];
            FR_UNROLL
            for (int v = 0; v < SIGN_VECTORS; v++) xc[v] = V_LOAD(x.at + c * x.stride + part + v * VL);
            FR_UNROLL
            for (int u = 0; u < FR_SIGN_UNITS; u++) {
                const vd wc = V_SET1(-w[u * inputs + c]);
                FR_UNROLL
                for (int v = 0; v < SIGN_VECTORS; v++) sum[u][v] = V_FNMADD(wc, xc[v], sum[u][v]);
            }
        }
        FR_UNROLL
        for (int u = 0; u < FR_SIGN_UNITS; u++) {
            const double size_of_bias = 2.0 * (biases[u] < 0 ? -biases[u] : biases[u]);
            FR_UNROLL
            for (int v = 0; v < SIGN_VECTORS; v++) {
                /* The computed sum is off by less than slack (|w| |x| + |b|) + tiny, in any order of summation.
                 * Doubled first: where that overflows, so may the sum, and everything is doubtful. */
                const vd norm = V_LOAD(points->norms + part + v * VL);
                const vd size = V_SET1(2.0 * units->norms[u]) * norm + V_SET1(size_of_bias);
                const vd bound = size * V_SET1(0.5 * error.slack) + V_SET1(error.tiny);
                const uint64_t above = V_BITS_GT(sum[u][v], bound);
                const uint64_t below = V_BITS_GT(-bound, sum[u][v]);
                const uint64_t all = (UINT64_C(1) << VL) - 1;
                found.positive[u] |= above << (part + v * VL);
                found.doubtful[u] |= (all & ~(above | below)) << (part + v * VL);
            }
        }
    }
    *out = found;
}
