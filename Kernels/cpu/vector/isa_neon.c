/* The vector kernels for arm64, every one of which has NEON with doubles and fused multiply-add. */
#if defined(__aarch64__)
#include <arm_neon.h>
#include <stdint.h>
#include <string.h>
#define VL 2
typedef double vd __attribute__((vector_size(16)));
typedef uint64_t vu __attribute__((vector_size(16)));
typedef int64_t vi __attribute__((vector_size(16)));
#define V_F64(v) ((float64x2_t)(v))
#define V_LOAD(p) ((vd)vld1q_f64(p))
#define V_STORE(p, v) vst1q_f64(p, V_F64(v))
#define V_SET1(x) ((vd)vdupq_n_f64(x))
#define V_FNMADD(a, b, c) ((vd)vfmsq_f64(V_F64(c), V_F64(a), V_F64(b)))
static inline uint64_t v_bits_gt(vd a, vd b) {
    const uint64x2_t above = vcgtq_f64(V_F64(a), V_F64(b));
    return (vgetq_lane_u64(above, 0) & 1) | (vgetq_lane_u64(above, 1) & 2);
}
#define V_BITS_GT(a, b) v_bits_gt(a, b)
#define V_KEEP(bits, v) ((vd)((vu)(v) & -(((uint64_t)(bits) >> (vu){0, 1}) & 1)))
#define V_MIN_WHERE_NONZERO(x, a, b) \
    ((vd)vbslq_f64(vorrq_u64(vceqzq_f64(V_F64(x)), vcgeq_f64(V_F64(a), V_F64(b))), V_F64(b), V_F64(a)))
#define V_PIN(x) __asm__ volatile("" : "+w"(x))
#define V_FMADD(a, b, c) ((vd)vfmaq_f64(V_F64(c), V_F64(a), V_F64(b)))
/* -c first: the sign of a zero is then that of -(a * b) - c. */
#define V_FNMSUB(a, b, c) ((vd)vfmsq_f64(vnegq_f64(V_F64(c)), V_F64(a), V_F64(b)))
#define V_SQRT(v) ((vd)vsqrtq_f64(V_F64(v)))
#define V_MAX(a, b) ((vd)vbslq_f64(vcgtq_f64(V_F64(a), V_F64(b)), V_F64(a), V_F64(b)))
static inline void v_store_leading(double *p, vd v, int64_t count) {
    if (count > 1) vst1q_f64(p, V_F64(v));
    else vst1_f64(p, vget_low_f64(V_F64(v)));
}
static inline void v_store_pairs(double *p, vd a, vd b, int64_t count) {
    vst1q_f64(p, vzip1q_f64(V_F64(a), V_F64(b)));
    if (count > 2) vst1q_f64(p + 2, vzip2q_f64(V_F64(a), V_F64(b)));
}
#define V_STORE_LEADING(p, v, count) v_store_leading(p, v, count)
#define V_STORE_PAIRS(p, a, b, count) v_store_pairs(p, a, b, count)
#define V_LANES ((vu){0, 1})
#define V_MULTIPLY32(a, b) ((vu)vmull_u32(vmovn_u64((uint64x2_t)(a)), vmovn_u64((uint64x2_t)(b))))
static inline vd v_where_odd(vu bits, vd a, vd b) {
    return (vd)vbslq_f64((uint64x2_t)(-(bits & 1)), V_F64(a), V_F64(b));
}
#define V_WHERE_ODD(bits, a, b) v_where_odd(bits, a, b)
#define DRAW_VECTORS 3
/* 32 registers: sums, a column of A, one number of B. */
#define TILE_GROUPS 1
#define TILE_COLUMNS 4
#define CLASS_COLUMNS 6
#define CLASS_GROUPS(columns) ((columns) <= 1 ? 3 : (columns) <= 2 ? 2 : 1)
#define CLASS_VECTORS 24
#define ISA_TABLE fr_isa_neon
#define ISA_NAME "neon"
#include "vector/isa_template.h"
#endif
