/* The vector kernels for AVX2 with FMA. */
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>
#include <string.h>
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,bmi,bmi2")
#endif
#define VL 4
typedef __m256d vd;
#define V_LOAD(p) _mm256_loadu_pd(p)
#define V_STORE(p, v) _mm256_storeu_pd(p, v)
#define V_SET1(x) _mm256_set1_pd(x)
#define V_FNMADD(a, b, c) _mm256_fnmadd_pd(a, b, c)
#define V_BITS_GT(a, b) ((uint64_t)_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_GT_OQ)))
#define V_KEEP(bits, v)                                                                                      \
    _mm256_blendv_pd(_mm256_setzero_pd(), v,                                                                 \
                     _mm256_castsi256_pd(_mm256_sllv_epi64(_mm256_set1_epi64x((long long)(bits)),            \
                                                           _mm256_setr_epi64x(63, 62, 61, 60))))
#define V_MIN_WHERE_NONZERO(x, a, b) \
    _mm256_blendv_pd(b, _mm256_min_pd(a, b), _mm256_cmp_pd(x, _mm256_setzero_pd(), _CMP_NEQ_UQ))
#define V_PIN(x) __asm__ volatile("" : "+x"(x))
#define V_FMADD(a, b, c) _mm256_fmadd_pd(a, b, c)
#define V_FNMSUB(a, b, c) _mm256_fnmsub_pd(a, b, c)
#define V_SQRT(v) _mm256_sqrt_pd(v)
#define V_MAX(a, b) _mm256_max_pd(a, b)
static inline void v_store_leading(double *p, __m256d v, int64_t count) {
    const __m256i lanes = _mm256_setr_epi64x(0, 1, 2, 3);
    if (count >= 4) {
        _mm256_storeu_pd(p, v);
    } else {
        _mm256_maskstore_pd(p, _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), lanes), v);
    }
}
static inline void v_store_pairs(double *p, __m256d a, __m256d b, int64_t count) {
    const __m256d even = _mm256_unpacklo_pd(a, b), odd = _mm256_unpackhi_pd(a, b);
    v_store_leading(p, _mm256_permute2f128_pd(even, odd, 0x20), count);
    if (count > 4) v_store_leading(p + 4, _mm256_permute2f128_pd(even, odd, 0x31), count - 4);
}
#define V_STORE_LEADING(p, v, count) v_store_leading(p, v, count)
#define V_STORE_PAIRS(p, a, b, count) v_store_pairs(p, a, b, count)
typedef uint64_t vu __attribute__((vector_size(32)));
typedef int64_t vi __attribute__((vector_size(32)));
#define V_LANES ((vu){0, 1, 2, 3})
#define V_MULTIPLY32(a, b) ((vu)_mm256_mul_epu32((__m256i)(a), (__m256i)(b)))
#define V_WHERE_ODD(bits, a, b) _mm256_blendv_pd(b, a, (__m256d)((bits) << 63))
#define DRAW_VECTORS 3
#define TILE_GROUPS 1
#define TILE_COLUMNS 4
#define CLASS_COLUMNS 6
#define CLASS_GROUPS(columns) ((columns) <= 2 ? 3 : (columns) <= 3 ? 2 : 1)
#define CLASS_VECTORS 12
#define ISA_TABLE fr_isa_avx2
#define ISA_NAME "avx2"
#include "vector/isa_template.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
