/* Combinations of cells side by side, with AVX-512. */
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target( \
    "avx512f,avx512dq,avx512vl,avx512bw,avx2,bmi,bmi2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,avx2,bmi,bmi2,prefer-vector-width=512")
#endif
#define VL 8
#define LANES_TABLE fr_lanes_avx512
#define LANES_NAME "avx512"
#include "landscape/lanes.inc.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
