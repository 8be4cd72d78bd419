/* The body of the vector kernels, included once by each isa_*.c, which defines:
 *   VL            doubles in a vector
 *   vd            the vector type; +, -, * work on it
 *   V_LOAD(p), V_STORE(p, v), V_SET1(x), V_FNMADD(a, b, c) = c - a * b, V_BITS_GT(a, b): VL bits of a > b
 *   V_KEEP(bits, v): v in the lanes whose bit is set, 0 in the others
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

#include "isa_sampling.inc.h"
#include "isa_signs.inc.h"
#include "isa_product.inc.h"
#include "isa_classes.inc.h"
#include "isa_panel.inc.h"
#include "isa_lu.inc.h"

const fr_isa ISA_TABLE = {
    .name = ISA_NAME,
    .draw = isa_draw,
    .residues = isa_residues,
    .signs = isa_signs,
    .select = isa_select,
    .multiply_subtract = isa_multiply_subtract,
    .subtract_class = isa_subtract_class,
    .reduce = isa_reduce,
    .eliminate = isa_eliminate,
    .topmost = isa_topmost,
    .lu = isa_lu,
};
