/* The body of the vector kernels, included once by each isa_*.c, which defines:
 *   VL            doubles in a vector
 *   vd            the vector type; +, -, * work on it
 *   V_LOAD(p), V_STORE(p, v), V_SET1(x), V_FNMADD(a, b, c) = c - a * b, V_BITS_GT(a, b): VL bits of a > b
 *   V_MIN_WHERE_NONZERO(x, a, b): in each lane min(a, b) where x is not 0, else b
 *   TILE_GROUPS, TILE_COLUMNS  the register tile of multiply_subtract
 *   CLASS_COLUMNS (3, 6 or 12), CLASS_GROUPS(columns), CLASS_VECTORS  the widest tile of subtract_class, how many groups
 *                              go with how many columns, and the most vectors that makes
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

/* FR_SIGN_UNITS units on SIGN_VECTORS vectors of points at a time, their sums in registers: one pass over the
 * coordinates, each loaded once for all units. */
#define SIGN_VECTORS 2

static void isa_signs(int64_t inputs, const double *w, const double *biases, const double *wnorms, const double *x,
                      int64_t ldx, const double *xnorm, double slack, double tiny, uint64_t *positive,
                      uint64_t *doubtful) {
    for (int u = 0; u < FR_SIGN_UNITS; u++) positive[u] = doubtful[u] = 0;
    for (int part = 0; part < 64; part += SIGN_VECTORS * VL) {
        vd sum[FR_SIGN_UNITS][SIGN_VECTORS];
        FR_UNROLL
        for (int u = 0; u < FR_SIGN_UNITS; u++) {
            FR_UNROLL
            for (int v = 0; v < SIGN_VECTORS; v++) sum[u][v] = V_SET1(biases[u]);
        }
        for (int64_t c = 0; c < inputs; c++) {
            vd xc[SIGN_VECTORS];
            FR_UNROLL
            for (int v = 0; v < SIGN_VECTORS; v++) xc[v] = V_LOAD(x + c * ldx + part + v * VL);
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
                const vd size = V_SET1(2.0 * wnorms[u]) * V_LOAD(xnorm + part + v * VL) + V_SET1(size_of_bias);
                const vd bound = size * V_SET1(0.5 * slack) + V_SET1(tiny);
                const uint64_t above = V_BITS_GT(sum[u][v], bound);
                const uint64_t below = V_BITS_GT(-bound, sum[u][v]);
                const uint64_t all = (UINT64_C(1) << VL) - 1;
                positive[u] |= above << (part + v * VL);
                doubtful[u] |= (all & ~(above | below)) << (part + v * VL);
            }
        }
    }
}

/* ---- products mod p ---- */

ALWAYS vd v_reduce(vd p, vd inverse, vd x) {
    const vd shift = V_SET1(6755399441055744.0);
    const vd q = (x * inverse + shift) - shift;
    return V_FNMADD(q, p, x);
}

#define GROUP_VECTORS (FR_GROUP / VL)

/* A register tile of G groups of rows by CT columns: every step of `inner` loads G groups of A and broadcasts CT
 * numbers of B. Reduced every FR_DELAY steps. */
ALWAYS void tile(const int G, const int CT, fr_field field, int64_t inner, const double *a, int64_t sa,
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
        for (int j = 0; j < CT; j++) {
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

ALWAYS void column_tile(const int CT, fr_field field, int64_t groups, int64_t inner, const double *a, int64_t sa,
                        const double *b, double *c, int64_t sc) {
    int64_t g = 0;
    for (; g + TILE_GROUPS <= groups; g += TILE_GROUPS)
        tile(TILE_GROUPS, CT, field, inner, a + g * sa, sa, b, c + g * sc, sc);
#if TILE_GROUPS > 2
    for (; g + 2 <= groups; g += 2) tile(2, CT, field, inner, a + g * sa, sa, b, c + g * sc, sc);
#endif
    for (; g < groups; g++) tile(1, CT, field, inner, a + g * sa, sa, b, c + g * sc, sc);
}

/* A's rows go in blocks that stay in the second cache (12 groups x FR_DELAY numbers: 384 KiB), B's column tiles in the
 * first while a block passes by. */
#define BLOCK_GROUPS 12

static void isa_multiply_subtract(fr_field field, int64_t groups, int64_t columns, int64_t inner, const double *a,
                                  int64_t sa, const double *b, int64_t sb, double *c, int64_t sc) {
    if (inner == 0) return;
    for (int64_t first = 0; first < groups; first += BLOCK_GROUPS, a += BLOCK_GROUPS * sa, c += BLOCK_GROUPS * sc) {
        const int64_t count = groups - first < BLOCK_GROUPS ? groups - first : BLOCK_GROUPS;
        int64_t j = 0;
#define AT_COLUMN b + j / FR_GROUP * sb + j % FR_GROUP, c + j * FR_GROUP, sc
        for (; j + TILE_COLUMNS <= columns; j += TILE_COLUMNS)
            column_tile(TILE_COLUMNS, field, count, inner, a, sa, AT_COLUMN);
#if TILE_COLUMNS > 4
        for (; j + 4 <= columns; j += 4) column_tile(4, field, count, inner, a, sa, AT_COLUMN);
#endif
        for (; j + 2 <= columns; j += 2) column_tile(2, field, count, inner, a, sa, AT_COLUMN);
        for (; j < columns; j++) column_tile(1, field, count, inner, a, sa, AT_COLUMN);
#undef AT_COLUMN
    }
}

/* ---- products with the columns of a Khatri-Rao block (khatri_rao_product.c) ---- */

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

/* ---- the narrow panel ---- */

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

const fr_isa ISA_TABLE = {
    .name = ISA_NAME,
    .draw = isa_draw,
    .residues = isa_residues,
    .signs = isa_signs,
    .multiply_subtract = isa_multiply_subtract,
    .subtract_class = isa_subtract_class,
    .reduce = isa_reduce,
    .eliminate = isa_eliminate,
    .topmost = isa_topmost,
};
