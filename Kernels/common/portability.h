/* Names with one spelling, for code that C compilers compile for the host and nvcc compiles for the device. */
#ifndef FR_PORTABILITY_H
#define FR_PORTABILITY_H

#include <stdint.h>
#include <string.h>

#if defined(__CUDACC__)
#define FR_SHARED __host__ __device__ static inline
#else
#define FR_SHARED static inline __attribute__((always_inline)) /* loops that call these must vectorise */
#endif

/* Sampling and exact signs promise the same bits everywhere, so a multiplication and the addition after it must stay
 * two rounded operations: every file of Kernels/cpu includes this. clang honours the standard pragma; gcc needs
 * -ffp-contract=off (CMakeLists.txt), nvcc -fmad=false. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

#if defined(__clang__) || defined(__CUDACC__)
#define FR_UNROLL _Pragma("unroll")
#else
#define FR_UNROLL _Pragma("GCC unroll 32")
#endif

FR_SHARED double fr_double_from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

FR_SHARED uint64_t fr_bits_of_double(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

#endif
