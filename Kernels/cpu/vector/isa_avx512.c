/* The vector kernels for AVX-512 (F, DQ, VL, BW). */
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>
#include <string.h>
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target( \
    "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,bmi,bmi2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,bmi,bmi2,prefer-vector-width=512")
#endif
#define VL 8
typedef __m512d vd;
#define V_LOAD(p) _mm512_loadu_pd(p)
#define V_STORE(p, v) _mm512_storeu_pd(p, v)
#define V_SET1(x) _mm512_set1_pd(x)
#define V_FNMADD(a, b, c) _mm512_fnmadd_pd(a, b, c)
#define V_BITS_GT(a, b) ((uint64_t)_mm512_cmp_pd_mask(a, b, _CMP_GT_OQ))
#define V_KEEP(bits, v) _mm512_maskz_mov_pd((__mmask8)(bits), v)
#define V_MIN_WHERE_NONZERO(x, a, b) \
    _mm512_mask_min_pd(b, _mm512_cmp_pd_mask(x, _mm512_setzero_pd(), _CMP_NEQ_UQ), a, b)
#define V_PIN(x) __asm__ volatile("" : "+v"(x))
#define V_FMADD(a, b, c) _mm512_fmadd_pd(a, b, c)
#define V_FNMSUB(a, b, c) _mm512_fnmsub_pd(a, b, c)
#define V_SQRT(v) _mm512_sqrt_pd(v)
#define V_MAX(a, b) _mm512_max_pd(a, b)
#define V_STORE_LEADING(p, v, count) _mm512_mask_storeu_pd(p, (__mmask8)((count) < 8 ? (1u << (count)) - 1 : 255u), v)
static inline void v_store_pairs(double *p, __m512d a, __m512d b, int64_t count) {
    const uint32_t kept = count < 16 ? (1u << count) - 1 : 0xFFFFu;
    const __m512i low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
    const __m512i high = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
    _mm512_mask_storeu_pd(p, (__mmask8)kept, _mm512_permutex2var_pd(a, low, b));
    _mm512_mask_storeu_pd(p + 8, (__mmask8)(kept >> 8), _mm512_permutex2var_pd(a, high, b));
}
#define V_STORE_PAIRS(p, a, b, count) v_store_pairs(p, a, b, count)
typedef uint64_t vu __attribute__((vector_size(64)));
typedef int64_t vi __attribute__((vector_size(64)));
#define V_LANES ((vu){0, 1, 2, 3, 4, 5, 6, 7})
#define V_MULTIPLY32(a, b) ((vu)_mm512_mul_epu32((__m512i)(a), (__m512i)(b)))
#define V_XOR3(a, b, c) ((vu)_mm512_ternarylogic_epi64((__m512i)(a), (__m512i)(b), (__m512i)(c), 0x96))
#define V_XOR_AND(a, b, c) ((vu)_mm512_ternarylogic_epi64((__m512i)(a), (__m512i)(b), (__m512i)(c), 0x28))
#define V_XOR_OF_AND(a, b, c) ((vu)_mm512_ternarylogic_epi64((__m512i)(a), (__m512i)(b), (__m512i)(c), 0x78))
#define V_EXCHANGE_HALVES(a) ((vu)_mm512_rol_epi64((__m512i)(a), 32))
#define V_EXPONENT(bits) _mm512_getexp_pd((__m512d)(bits))
#define V_WHERE_ODD(bits, a, b) _mm512_mask_mov_pd(b, _mm512_test_epi64_mask((__m512i)(bits), _mm512_set1_epi64(1)), a)
#define DRAW_VECTORS 4
#define TILE_GROUPS 3
#define TILE_COLUMNS 8
#define CLASS_COLUMNS 12
#define CLASS_GROUPS(columns) ((columns) <= 6 ? 4 : (columns) <= 8 ? 3 : 2)
#define CLASS_VECTORS 24
#define ISA_TABLE fr_isa_avx512
#define ISA_NAME "avx512"
#include "vector/isa_template.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
