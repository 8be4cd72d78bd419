/* The body of the vector kernels, included once by each isa_*.c, which defines:
 *   VL            doubles in a vector
 *   vd            the vector type; +, -, * work on it
 *   V_LOAD(p), V_STORE(p, v), V_SET1(x), V_FNMADD(a, b, c) = c - a * b, V_BITS_GT(a, b): VL bits of a > b
 *   V_MIN_WHERE_NONZERO(x, a, b): in each lane min(a, b) where x is not 0, else b
 *   TILE_ROWS, TILE_COLUMNS  the register tile of multiply_subtract, rows in vectors
 *   ISA_TABLE, ISA_NAME      the table's identifier and name
 * Every operation on residues is exact, so fused and unfused forms agree; sampling is written in separate
 * multiplications and additions (sampling.h). */

#include "field.h"
#include "isa.h"
#include "sampling.h"

#if defined(__clang__)
#define FR_VECTORIZE _Pragma("clang loop vectorize(enable) interleave(enable)")
#else
#define FR_VECTORIZE _Pragma("GCC ivdep")
#endif
#define ALWAYS static inline __attribute__((always_inline))

/* ---- sampling ---- */

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

/* ---- activation pattern ---- */

/* 64 points at a time, their sums in registers: one pass over the coordinates. */
static uint64_t isa_signs(int64_t inputs, const double *w, double bias, const double *x, int64_t ldx,
                          const double *xnorm, double wnorm, double slack, double tiny, uint64_t *doubtful) {
    uint64_t positive = 0, doubt = 0;
    for (int part = 0; part < 64; part += 4 * VL) {
        vd sum[4];
        FR_UNROLL
        for (int v = 0; v < 4; v++) sum[v] = V_SET1(bias);
        for (int64_t c = 0; c < inputs; c++) {
            const vd wc = V_SET1(w[c]);
            FR_UNROLL
            for (int v = 0; v < 4; v++) sum[v] = V_FNMADD(-wc, V_LOAD(x + c * ldx + part + v * VL), sum[v]);
        }
        FR_UNROLL
        for (int v = 0; v < 4; v++) {
            /* The computed sum is off by less than slack (|w| |x| + |b|) + tiny, in any order of summation. Doubled
             * first: where that overflows, so may the sum, and everything is doubtful. */
            const vd size = V_SET1(2.0 * wnorm) * V_LOAD(xnorm + part + v * VL) + V_SET1(2.0 * (bias < 0 ? -bias : bias));
            const vd bound = size * V_SET1(0.5 * slack) + V_SET1(tiny);
            const uint64_t above = V_BITS_GT(sum[v], bound);
            const uint64_t below = V_BITS_GT(-bound, sum[v]);
            const uint64_t all = (UINT64_C(1) << VL) - 1;
            positive |= above << (part + v * VL);
            doubt |= (all & ~(above | below)) << (part + v * VL);
        }
    }
    *doubtful = doubt;
    return positive;
}

/* ---- products mod p ---- */

ALWAYS vd v_reduce(vd p, vd inverse, vd x) {
    const vd shift = V_SET1(6755399441055744.0);
    const vd q = (x * inverse + shift) - shift;
    return V_FNMADD(q, p, x);
}

/* A register tile of VR vectors of rows by CT columns: every step of `inner` loads VR vectors of A and broadcasts CT
 * numbers of B for VR * CT multiply-adds. Reduced every FR_DELAY steps. */
ALWAYS void tile(const int VR, const int CT, fr_field field, int64_t inner, const double *a, int64_t lda,
                 const double *b, int64_t ldb, double *c, int64_t ldc) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse);
    vd sum[3][8];
    FR_UNROLL
    for (int j = 0; j < CT; j++) {
        FR_UNROLL
        for (int i = 0; i < VR; i++) sum[i][j] = V_LOAD(c + j * ldc + i * VL);
    }
    for (int64_t begin = 0; begin < inner; begin += FR_DELAY) {
        const int64_t end = inner - begin > FR_DELAY ? begin + FR_DELAY : inner;
        for (int64_t t = begin; t < end; t++) {
            vd av[3];
            FR_UNROLL
            for (int i = 0; i < VR; i++) av[i] = V_LOAD(a + t * lda + i * VL);
            FR_UNROLL
            for (int j = 0; j < CT; j++) {
                const vd bv = V_SET1(b[t * ldb + j]);
                FR_UNROLL
                for (int i = 0; i < VR; i++) sum[i][j] = V_FNMADD(av[i], bv, sum[i][j]);
            }
        }
        FR_UNROLL
        for (int j = 0; j < CT; j++) {
            FR_UNROLL
            for (int i = 0; i < VR; i++) sum[i][j] = v_reduce(p, inverse, sum[i][j]);
        }
    }
    FR_UNROLL
    for (int j = 0; j < CT; j++) {
        FR_UNROLL
        for (int i = 0; i < VR; i++) V_STORE(c + j * ldc + i * VL, sum[i][j]);
    }
}

ALWAYS void strip(const int CT, fr_field field, int64_t vectors, int64_t inner, const double *a, int64_t lda,
                  const double *b, int64_t ldb, double *c, int64_t ldc) {
    int64_t i = 0;
    for (; i + TILE_ROWS <= vectors; i += TILE_ROWS)
        tile(TILE_ROWS, CT, field, inner, a + i * VL, lda, b, ldb, c + i * VL, ldc);
    for (; i + 2 <= vectors; i += 2) tile(2, CT, field, inner, a + i * VL, lda, b, ldb, c + i * VL, ldc);
    for (; i < vectors; i++) tile(1, CT, field, inner, a + i * VL, lda, b, ldb, c + i * VL, ldc);
}

static void isa_multiply_subtract(fr_field field, int64_t rows, int64_t columns, int64_t inner, const double *a,
                                  int64_t lda, const double *b, int64_t ldb, double *c, int64_t ldc) {
    if (inner == 0) return;
    const int64_t vectors = (rows + VL - 1) / VL;
    int64_t j = 0;
    for (; j + TILE_COLUMNS <= columns; j += TILE_COLUMNS)
        strip(TILE_COLUMNS, field, vectors, inner, a, lda, b + j, ldb, c + j * ldc, ldc);
#if TILE_COLUMNS > 4
    for (; j + 4 <= columns; j += 4) strip(4, field, vectors, inner, a, lda, b + j, ldb, c + j * ldc, ldc);
#endif
    for (; j + 2 <= columns; j += 2) strip(2, field, vectors, inner, a, lda, b + j, ldb, c + j * ldc, ldc);
    for (; j < columns; j++) strip(1, field, vectors, inner, a, lda, b + j, ldb, c + j * ldc, ldc);
}

/* ---- the narrow panel ---- */

static void isa_eliminate(fr_field field, int64_t rows, double inverse_pivot, const double *pivot_column, double *m,
                          double *s, int64_t lds, int s_columns, const double *s_row, double *n, int64_t ldn,
                          int n_columns, const double *n_row) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse), scale = V_SET1(inverse_pivot);
    for (int64_t i = 0; i < rows; i += VL) {
        const vd multiplier = v_reduce(p, inverse, V_LOAD(pivot_column + i) * scale);
        V_STORE(m + i, multiplier);
        for (int j = 0; j < s_columns; j++) {
            double *at = s + j * lds + i;
            V_STORE(at, v_reduce(p, inverse, V_FNMADD(multiplier, V_SET1(s_row[j]), V_LOAD(at))));
        }
        for (int t = 0; t < n_columns; t++) {
            double *at = n + t * ldn + i;
            V_STORE(at, v_reduce(p, inverse, V_FNMADD(multiplier, V_SET1(n_row[t]), V_LOAD(at))));
        }
    }
}

static double isa_topmost(int64_t rows, const double *column, const double *key) {
    const vd none = V_SET1(FR_NO_KEY);
    vd least0 = none, least1 = none;
    int64_t i = 0;
    for (; i + 2 * VL <= rows; i += 2 * VL) {
        least0 = V_MIN_WHERE_NONZERO(V_LOAD(column + i), V_LOAD(key + i), least0);
        least1 = V_MIN_WHERE_NONZERO(V_LOAD(column + i + VL), V_LOAD(key + i + VL), least1);
    }
    double lanes[2 * VL];
    V_STORE(lanes, least0);
    V_STORE(lanes + VL, least1);
    double least = FR_NO_KEY;
    for (int lane = 0; lane < 2 * VL; lane++) least = lanes[lane] < least ? lanes[lane] : least;
    for (; i < rows; i++) least = column[i] != 0.0 && key[i] < least ? key[i] : least;
    return least;
}

static void isa_reduce(fr_field field, int64_t count, double *x) {
    const vd p = V_SET1(field.p), inverse = V_SET1(field.inverse);
    int64_t i = 0;
    for (; i + VL <= count; i += VL) V_STORE(x + i, v_reduce(p, inverse, V_LOAD(x + i)));
    for (; i < count; i++) x[i] = fr_reduce(field, x[i]);
}

const fr_isa ISA_TABLE = {
    .name = ISA_NAME,
    .draw = isa_draw,
    .residues = isa_residues,
    .signs = isa_signs,
    .multiply_subtract = isa_multiply_subtract,
    .eliminate = isa_eliminate,
    .topmost = isa_topmost,
    .reduce = isa_reduce,
};
