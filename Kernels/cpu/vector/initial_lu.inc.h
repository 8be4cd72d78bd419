/* Right-looking elimination of a matrix of few rows that fits the cache. Part of vector/isa_template.h.
 *
 * Nothing is moved: a row that has its pivot keeps its place, and its numbers are not read again, until its whole group
 * of eight is done. An entry is reduced only if a pivot is chosen from it or multiplied by it: an entry takes at most
 * FR_LU_ROWS products, which add up exactly. */

#define LU_PANEL 8 /* columns; as many pivots go into a product with the columns behind */

static void isa_select(int64_t groups, int64_t columns, const uint64_t *pattern, fr_columns x, fr_grouped out) {
    for (int64_t g = 0; g < groups; g++) {
        const unsigned bits = (unsigned)(pattern[g / 8] >> (g % 8 * 8)) & 255;
        for (int64_t c = 0; c < columns; c++) {
            FR_UNROLL
            for (int i = 0; i < GROUP_VECTORS; i++)
                V_STORE(out.at + g * out.stride + c * FR_GROUP + i * VL,
                        V_KEEP(bits >> (i * VL), V_LOAD(x.at + c * x.stride + g * FR_GROUP + i * VL)));
        }
    }
}

/* Reduces column 0 from group `first` on; returns the topmost non-pivot row whose entry is not 0, -1 if there is
 * none. */
ALWAYS int64_t lu_topmost(fr_field field, int64_t first, int64_t groups, fr_grouped s, const uint8_t *nonpivot) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse), zero = V_SET1(0.0);
    int64_t row = -1;
    for (int64_t g = first; g < groups; g++) {
        uint64_t bits = 0;
        FR_UNROLL
        for (int i = 0; i < GROUP_VECTORS; i++) {
            double *at = s.at + g * s.stride + i * VL;
            const vd entry = v_reduce(p, inverse, V_LOAD(at));
            V_STORE(at, entry);
            bits |= (V_BITS_GT(entry, zero) | V_BITS_GT(zero, entry)) << (i * VL);
        }
        bits &= nonpivot[g];
        if (row < 0 && bits) row = g * FR_GROUP + __builtin_ctzll(bits);
    }
    return row;
}

/* Column 0 of l = column 0 of s / pivot; the `rest` columns of s behind it -= that x pivot row. */
ALWAYS void lu_update(const int rest, fr_field field, double inverse_pivot, int64_t groups, fr_grouped s,
                      const double *row, fr_grouped l) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse), scale = V_SET1(inverse_pivot);
    vd u[LU_PANEL];
    FR_UNROLL
    for (int j = 0; j < rest; j++) u[j] = V_SET1(row[j]);
    for (int64_t g = 0; g < groups; g++) {
        FR_UNROLL
        for (int i = 0; i < GROUP_VECTORS; i++) {
            double *at = s.at + g * s.stride + i * VL;
            const vd multiplier = v_reduce(p, inverse, V_LOAD(at) * scale);
            V_STORE(l.at + g * l.stride + i * VL, multiplier);
            FR_UNROLL
            for (int j = 0; j < rest; j++)
                V_STORE(at + (j + 1) * FR_GROUP, V_FNMADD(multiplier, u[j], V_LOAD(at + (j + 1) * FR_GROUP)));
        }
    }
}

/* Copies the panel's pivot rows from `columns` columns, row t to out + t * FR_GROUP, eight columns at a time. */
ALWAYS void lu_take_rows(int64_t pivots, const int32_t *rows, int64_t columns, fr_grouped s, double *out) {
    for (int64_t t = 0; t < pivots; t++) {
        const double *row = fr_grouped_row(s, rows[t]);
        for (int64_t j = 0; j < columns; j++)
            out[j / FR_GROUP * LU_PANEL * FR_GROUP + t * FR_GROUP + j % FR_GROUP] = row[j * FR_GROUP];
    }
}

/* Reduces the panel's pivot rows, as copied, each by those before it. factors: L's entries (t, s), t > s, at
 * t * LU_PANEL + s. */
ALWAYS void lu_solve(const int pivots, fr_field field, int64_t columns, const double *factors, double *rows) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse);
    for (int64_t j = 0; j < columns; j += FR_GROUP, rows += LU_PANEL * FR_GROUP) {
        FR_UNROLL
        for (int i = 0; i < GROUP_VECTORS; i++) {
            vd u[LU_PANEL];
            FR_UNROLL
            for (int t = 0; t < pivots; t++) {
                u[t] = v_reduce(p, inverse, V_LOAD(rows + t * FR_GROUP + i * VL));
                FR_UNROLL
                for (int s = 0; s < t; s++) u[t] = V_FNMADD(V_SET1(factors[t * LU_PANEL + s]), u[s], u[t]);
                u[t] = v_reduce(p, inverse, u[t]);
                V_STORE(rows + t * FR_GROUP + i * VL, u[t]);
            }
        }
    }
}

static int64_t isa_lu(fr_field field, const double *inverses, const fr_lu *lu) {
    const int64_t rows = lu->rows, columns = lu->columns, groups = fr_groups(rows);
    const fr_grouped s = lu->s, l = lu->l;
    int32_t *const pivot_rows = lu->pivot_rows, *const pivot_columns = lu->pivot_columns;
    uint8_t nonpivot[FR_LU_ROWS / FR_GROUP];
    for (int64_t g = 0; g < groups; g++)
        nonpivot[g] = (uint8_t)(rows - g * FR_GROUP >= 8 ? 255 : (1 << rows % FR_GROUP) - 1);
    int64_t first = 0, found = 0;
    for (int64_t c = 0; c < columns && found < rows; c += LU_PANEL) {
        const int64_t width = columns - c < LU_PANEL ? columns - c : LU_PANEL, before = found;
        for (int64_t j = 0; j < width; j++) {
            const fr_grouped column = fr_grouped_from(s, 0, c + j);
            const int64_t row = lu_topmost(field, first, groups, column, nonpivot);
            if (row < 0) continue;
            const double *at = fr_grouped_row(column, row);
            const double inverse = fr_inverse_by(field, inverses, at[0]);
            double u[LU_PANEL];
            for (int64_t i = 1; i < width - j; i++) u[i - 1] = fr_reduce(field, at[i * FR_GROUP]);
            switch (width - j - 1) {
#define UPDATE(REST)                                                                          \
    case REST:                                                                                \
        lu_update(REST, field, inverse, groups - first, fr_grouped_from(column, first, 0), u, \
                  fr_grouped_from(l, first, found));                                          \
        break
                UPDATE(0);
                UPDATE(1);
                UPDATE(2);
                UPDATE(3);
                UPDATE(4);
                UPDATE(5);
                UPDATE(6);
                UPDATE(7);
#undef UPDATE
            }
            pivot_rows[found] = (int32_t)row;
            pivot_columns[found++] = (int32_t)(c + j);
            nonpivot[row / FR_GROUP] &= (uint8_t)~(1u << row % FR_GROUP);
            while (first < groups && nonpivot[first] == 0) first++;
        }
        if (found == before || found == rows) continue;
        const int64_t behind = columns - c - LU_PANEL, fresh = found - before;
        lu_take_rows(fresh, pivot_rows + before, behind, fr_grouped_from(s, 0, c + LU_PANEL), lu->scratch);
        double factors[LU_PANEL * LU_PANEL];
        for (int64_t t = 0; t < fresh; t++) {
            const double *row = fr_grouped_row(l, pivot_rows[before + t]) + before * FR_GROUP;
            for (int64_t i = 0; i < t; i++) factors[t * LU_PANEL + i] = row[i * FR_GROUP];
        }
        switch (fresh) {
#define SOLVE(PIVOTS)                                          \
    case PIVOTS:                                               \
        lu_solve(PIVOTS, field, behind, factors, lu->scratch); \
        break
            SOLVE(1);
            SOLVE(2);
            SOLVE(3);
            SOLVE(4);
            SOLVE(5);
            SOLVE(6);
            SOLVE(7);
            SOLVE(8);
#undef SOLVE
        }
        subtract(0, field, groups - first, behind, fresh, fr_grouped_from(l, first, before),
                 (fr_grouped){lu->scratch, LU_PANEL * FR_GROUP}, fr_grouped_from(s, first, c + LU_PANEL));
    }
    return found;
}
