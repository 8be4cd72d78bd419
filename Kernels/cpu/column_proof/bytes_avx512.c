/* Products of bytes with AVX-512 where it has no instruction for them: pairs into 16 bits, which do not saturate
 * (FR_BYTES_BALANCED), pairs of those into 32. */
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "column_proof/bytes.h"
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target( \
    "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,popcnt,prefer-vector-width=512")
#endif
#define ADD_PRODUCTS(sums, left, right) \
    sums = _mm512_add_epi32(sums, _mm512_madd_epi16(_mm512_maddubs_epi16(left, right), _mm512_set1_epi16(1)))
#define BYTES_TABLE fr_bytes_avx512
#define BYTES_NAME "avx512"
#include "column_proof/bytes_avx512.inc.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
