/* The vector kernels for any processor: two doubles, no fused multiply-add. */
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#include "sampling.h"
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
static inline vd v_sqrt(vd v) { return (vd){fr_sqrt(v[0]), fr_sqrt(v[1])}; }
static inline vd v_max(vd a, vd b) { return (vd){a[0] > b[0] ? a[0] : b[0], a[1] > b[1] ? a[1] : b[1]}; }
#if defined(__SSE2__)
#define V_PIN(x) __asm__ volatile("" : "+x"(x))
#elif defined(__aarch64__)
#define V_PIN(x) __asm__ volatile("" : "+w"(x))
#else
#define V_PIN(x)
#endif
#define V_FMADD(a, b, c) ((a) * (b) + (c))
#define V_FNMSUB(a, b, c) (-((a) * (b)) - (c))
#define V_SQRT(v) v_sqrt(v)
#define V_MAX(a, b) v_max(a, b)
static inline void v_store_leading(double *p, vd v, int64_t count) { memcpy(p, &v, count > 1 ? 16 : 8); }
static inline void v_store_pairs(double *p, vd a, vd b, int64_t count) {
    v_store(p, (vd){a[0], b[0]});
    if (count > 2) v_store(p + 2, (vd){a[1], b[1]});
}
#define V_STORE_LEADING(p, v, count) v_store_leading(p, v, count)
#define V_STORE_PAIRS(p, a, b, count) v_store_pairs(p, a, b, count)
typedef uint64_t vu __attribute__((vector_size(16)));
typedef int64_t vi __attribute__((vector_size(16)));
#define V_LANES ((vu){0, 1})
#if defined(__SSE2__)
#define V_MULTIPLY32(a, b) ((vu)_mm_mul_epu32((__m128i)(a), (__m128i)(b)))
#else
#define V_MULTIPLY32(a, b) (((a) & UINT64_C(0xFFFFFFFF)) * ((b) & UINT64_C(0xFFFFFFFF)))
#endif
static inline vd v_where_odd(vu bits, vd a, vd b) {
    const vu odd = -(bits & 1);
    return (vd)(((vu)a & odd) | ((vu)b & ~odd));
}
#define V_WHERE_ODD(bits, a, b) v_where_odd(bits, a, b)
#define DRAW_VECTORS 3
#define TILE_GROUPS 1
#define TILE_COLUMNS 2
#define CLASS_COLUMNS 3
#define CLASS_GROUPS(columns) ((columns) <= 1 ? 3 : 1)
#define CLASS_VECTORS 12
#define ISA_TABLE fr_isa_portable
#define ISA_NAME "portable"
#include "vector/isa_template.h"
