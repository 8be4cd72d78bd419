// Arithmetic mod p < 2^23 for elimination_small, in two kinds with one interface: doubles, for devices with many FP64
// units, and 32-bit integers with 64-bit sums for all others. Both are exact, and profiles are equal.
//
// A Value is a balanced residue, 0 exactly if its class is 0. Multipliers (M, and columns appended to it) may have
// another representation than Jacobian entries. In every product below exactly one factor has that representation, or
// both do and so does the product. A Sum takes up to FR_DELAY products before it is closed.
#ifndef FR_CUDA_ELIMINATION_SMALL_ARITHMETIC_CUH
#define FR_CUDA_ELIMINATION_SMALL_ARITHMETIC_CUH

#include <cmath>

#include "field.h"
#include "session/platform.h"

namespace fr_small {

// 1/a mod p up to a multiple of p, |result| < 1.5 p; a must not be 0 mod p, and |a| < p. This is Euclid's algorithm
// with nearest quotients in floats. Numbers below 2^24 are exact, and a quotient that is off by one only makes the next
// remainder longer. It takes about 9 steps of 35 cycles (32-bit integer divisions would take 13 of 120).
__device__ inline int32_t inverse_of(int32_t p, int32_t a) {
    float r0 = float(p), r1 = float(a), t0 = 0, t1 = 1;
    while (fabsf(r1) > 1) {
#if defined(__CUDA_ARCH__)
        const float q = rintf(__fdividef(r0, r1));
#else
        const float q = rintf(r0 / r1);
#endif
        const float r2 = __fmaf_rn(-q, r1, r0), t2 = __fmaf_rn(-q, t1, t0);
        r0 = r1;
        r1 = r2;
        t0 = t1;
        t1 = t2;
    }
    return int32_t(r1 * t1);
}

// Residues as in field.h; multipliers in the same form.
struct DoubleArithmetic {
    using Value = double;
    using Sum = double;
    static constexpr bool is_deep = false;

    double p, inverse_p;
    int32_t prime;

    static DoubleArithmetic make(uint32_t prime) { return {double(prime), 1.0 / double(prime), int32_t(prime)}; }

    // fr_reduce, with the fused operations written out; rounding once less only makes its bound smaller.
    __device__ Value close(Sum x) const {
        const double shift = 6755399441055744.0; // 1.5 * 2^52
        const double q = __fma_rn(x, inverse_p, shift) - shift;
        return __fma_rn(-q, p, x);
    }
    // v - sum a b: begin, then subtract each product, then finish.
    __device__ static Sum begin(Value v) { return v; }
    __device__ static Sum subtract(Sum s, Value a, Value b) { return __fma_rn(-a, b, s); }
    __device__ Value finish(Value, Sum s) const { return close(s); }
    __device__ Value product(Value a, Value b) const { return close(a * b); }
    // a b - c d
    __device__ Value cross(Value a, Value b, Value c, Value d) const { return close(__fma_rn(-c, d, a * b)); }
    // The argument `scale` of product() that divides by `scale` and yields a multiplier.
    __device__ Value divisor(Value scale) const { return close(double(inverse_of(prime, int32_t(scale)))); }
    // v as a multiplier.
    __device__ Value multiplier(Value v) const { return v; }

    __device__ static int32_t pack(Value v) { // the low word of v + 1.5 * 2^52
        return int32_t(uint32_t(fr_bits_of_double(v + 6755399441055744.0)));
    }
    __device__ static Value unpack(int32_t v) { // 2^52 + 2^31 + v is composed of its words, without a slow conversion
        return fr_double_from_bits(uint64_t(0x43300000) << 32 | (uint32_t(v) ^ 0x80000000u)) - 4503601774854144.0;
    }
};

// Montgomery's reduction with R = 2^32: closing a sum divides it by R. Multipliers carry a factor R, so that products
// with them are right. |sum| <= FR_DELAY (p/2)^2 < 2^53 leaves less than 3/4 p, which one correction balances.
struct IntegerArithmetic {
    using Value = int32_t;
    using Sum = int64_t;
    static constexpr bool is_deep = false;

    int32_t prime, half;
    uint32_t inverse_of_p; // mod 2^32
    int32_t r_squared, r_cubed; // R^2, R^3 mod p

    static IntegerArithmetic make(uint32_t prime) {
        uint32_t inverse = prime; // correct in 3 bits; each step doubles their number
        for (int i = 0; i < 4; i++) inverse *= 2 - prime * inverse;
        const uint64_t r = (uint64_t(1) << 32) % prime, squared = r * r % prime;
        const auto balance = [&](uint64_t x) { return int32_t(x) - (x > prime / 2 ? int32_t(prime) : 0); };
        return {int32_t(prime), int32_t(prime / 2), inverse, balance(squared), balance(squared * r % prime)};
    }

    __device__ Value balanced(int32_t v) const { return v > half ? v - prime : v < -half ? v + prime : v; }
    __device__ Value close(Sum x) const {
        const int32_t q = int32_t(uint32_t(x) * inverse_of_p); // q p has x's low word: only the high words differ
        return balanced(int32_t(x >> 32) - int32_t((int64_t(q) * prime) >> 32));
    }
    __device__ static Sum begin(Value) { return 0; }
    __device__ static Sum subtract(Sum s, Value a, Value b) { return s + int64_t(a) * b; }
    __device__ Value finish(Value v, Sum s) const { return balanced(v - close(s)); }
    __device__ Value product(Value a, Value b) const { return close(int64_t(a) * b); }
    __device__ Value cross(Value a, Value b, Value c, Value d) const { return close(int64_t(a) * b - int64_t(c) * d); }
    __device__ Value divisor(Value scale) const { return product(balanced(inverse_of(prime, scale)), r_cubed); }
    __device__ Value multiplier(Value v) const { return product(v, r_squared); }

    __device__ static int32_t pack(Value v) { return v; }
    __device__ static Value unpack(int32_t v) { return v; }
};

// The same arithmetic if entries are those of a layer of a deep network. Each entry is a product, and no two units are
// alike.
template <class Base> struct DeepArithmetic : Base {
    static constexpr bool is_deep = true;
    static DeepArithmetic make(uint32_t prime) { return {Base::make(prime)}; }
};

} // namespace fr_small

#endif
