/* The vector kernels for any processor: two doubles, no fused multiply-add. */
#include <stdint.h>
#include <string.h>
#define VL 2
typedef double vd __attribute__((vector_size(16)));
static inline vd v_load(const double *p) {
    vd v;
    memcpy(&v, p, sizeof v);
    return v;
}
static inline void v_store(double *p, vd v) { memcpy(p, &v, sizeof v); }
#define V_LOAD(p) v_load(p)
#define V_STORE(p, v) v_store(p, v)
#define V_SET1(x) ((vd){(x), (x)})
#define V_FNMADD(a, b, c) ((c) - (a) * (b))
#define V_BITS_GT(a, b) ((uint64_t)((a)[0] > (b)[0]) | (uint64_t)((a)[1] > (b)[1]) << 1)
#define V_KEEP(bits, v) ((v) * (vd){(double)((bits) & 1), (double)((bits) >> 1 & 1)})
static inline vd v_min_where_nonzero(vd x, vd a, vd b) {
    for (int lane = 0; lane < 2; lane++)
        if (x[lane] != 0.0 && a[lane] < b[lane]) b[lane] = a[lane];
    return b;
}
#define V_MIN_WHERE_NONZERO(x, a, b) v_min_where_nonzero(x, a, b)
#define TILE_GROUPS 1
#define TILE_COLUMNS 2
#define CLASS_COLUMNS 3
#define CLASS_GROUPS(columns) ((columns) <= 1 ? 3 : 1)
#define CLASS_VECTORS 12
#define ISA_TABLE fr_isa_portable
#define ISA_NAME "portable"
#include "isa_template.h"
