/* Products of bytes with AVX-512 and its instruction for them (VNNI): 64 a register. */
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "column_proof/bytes.h"
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target( \
    "avx512f,avx512dq,avx512vl,avx512bw,avx512vnni,avx2,fma,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,avx512vnni,avx2,fma,popcnt,prefer-vector-width=512")
#endif
#define ADD_PRODUCTS(sums, left, right) sums = _mm512_dpbusd_epi32(sums, left, right)
#define BYTES_TABLE fr_bytes_avx512vnni
#define BYTES_NAME "avx512vnni"
#include "column_proof/bytes_avx512.inc.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
