/* Which units of a network of one input break where somebody looks. Part of vector/isa_template.h. */

static int64_t isa_screen_breaks(int64_t count, const double *w, const double *b, double origin, double scale,
                                 double last, const uint64_t *wanted, int32_t *out) {
    int64_t kept = 0;
    for (int64_t begin = 0; begin < count; begin += VL) {
        const vd quotient = V_LOAD(b + begin) / V_LOAD(w + begin);
        /* fr_break_cell, -quotient in place of t; a NaN becomes 0. */
        const vd at_least = V_MAX((-quotient - V_SET1(origin)) * V_SET1(scale), V_SET1(0.0));
        const vd place = -V_MAX(-at_least, V_SET1(-last)) + V_SET1(0x1p52);
        uint64_t cell[VL];
        const vu bits = (vu)place & V_SET1U(UINT64_C(0xFFFFFFFF));
        memcpy(cell, &bits, sizeof cell);
        FR_UNROLL
        for (int lane = 0; lane < VL; lane++) {
            out[kept] = (int32_t)begin + lane;
            kept += (int64_t)(wanted[cell[lane] >> 6] >> (cell[lane] & 63) & 1);
        }
    }
    while (kept > 0 && out[kept - 1] >= count) kept--;
    return kept;
}
