/* The body of the vector kernels, included once by each isa_*.c, which defines:
 *   VL            doubles in a vector
 *   vd            the vector type; +, -, * work on it
 *   V_LOAD(p), V_STORE(p, v), V_SET1(x), V_FNMADD(a, b, c) = c - a * b, V_BITS_GT(a, b): VL bits of a > b
 *   V_KEEP(bits, v): v in the lanes whose bit is set, 0 in the others
 *   V_MIN_WHERE_NONZERO(x, a, b): in each lane min(a, b) where x is not 0, else b
 *   V_SQRT(v), V_MAX(a, b); V_FMADD(a, b, c) = a * b + c and V_FNMSUB(a, b, c) = -(a * b) - c, where a * b is exact
 *   V_STORE_LEADING(p, v, count): the first `count` > 0; V_STORE_PAIRS(p, a, b, count): of a_0, b_0, a_1, b_1, ...;
 *                 count even
 *   V_PIN(v): v is made here, before what is pinned below; compilers would undo the order of vector/box_muller.inc.h
 *   vu            as many whole numbers of 64 bits, unsigned; vi signed
 *   V_LANES       of vu: 0, 1, 2, ...
 *   V_MULTIPLY32(a, b): products of the low halves of vu
 *   V_WHERE_ODD(bits, a, b): a where the number in the vu `bits` is odd, else b
 *   DRAW_VECTORS  vectors of pairs drawn side by side: as many as were quickest on a Zen 4, by trials of 30 and 300
 *                              points
 *   TILE_GROUPS, TILE_COLUMNS  the register tile of multiply_subtract
 *   CLASS_COLUMNS (3, 6 or 12), CLASS_GROUPS(columns), CLASS_VECTORS  the widest tile of subtract_class, how many
 *                              groups go with how many columns, and the most vectors that makes
 *   ISA_TABLE, ISA_NAME      the table's identifier and name
 * Every operation on residues is exact, so fused and unfused forms agree; sampling is written in separate
 * multiplications and additions (sampling.h). */

#include "field.h"
#include "vector/isa.h"
#include "sampling.h"

#if defined(__clang__)
#define FR_VECTORIZE _Pragma("clang loop vectorize(enable) interleave(enable)")
#else
#define FR_VECTORIZE _Pragma("GCC ivdep")
#endif
#define ALWAYS static inline __attribute__((always_inline))

#define V_SET1U(x) ((uint64_t)(x) + (vu){0})
/* What some instruction set has an instruction for; of vu, but V_EXPONENT's answer and V_WHERE_ODD's choice. */
#ifndef V_XOR3
#define V_XOR3(a, b, c) ((a) ^ (b) ^ (c))
#define V_XOR_AND(a, b, c) (((a) ^ (b)) & (c))
#define V_XOR_OF_AND(a, b, c) ((a) ^ ((b) & (c)))
#define V_EXCHANGE_HALVES(a) ((a) << 32 | (a) >> 32)
/* That of a normal double's bits, 2^e <= it < 2^(e + 1), by the bits of 2^52 + its field. */
#define V_EXPONENT(bits) ((vd)((bits) >> 52 | V_SET1U(UINT64_C(0x4330000000000000))) - (0x1p52 + 1023))
#endif

#include "vector/box_muller.inc.h"
#include "vector/draw.inc.h"
#include "vector/signs.inc.h"
#include "vector/breaks.inc.h"
#include "vector/product.inc.h"
#include "vector/classes.inc.h"
#include "vector/panel.inc.h"
#include "vector/initial_lu.inc.h"

const fr_isa ISA_TABLE = {
    .name = ISA_NAME,
    .draw_columns = isa_draw_columns,
    .draw_rows = isa_draw_rows,
    .residues = isa_residues,
    .signs = isa_signs,
    .screen_breaks = isa_screen_breaks,
    .select = isa_select,
    .multiply_subtract = isa_multiply_subtract,
    .subtract_class = isa_subtract_class,
    .reduce = isa_reduce,
    .eliminate = isa_eliminate,
    .topmost = isa_topmost,
    .lu = isa_lu,
};
