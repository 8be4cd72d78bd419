// Device arithmetic of the singular value decomposition: scaling, the Jacobi rotation, sums over lanes, the rank rule.
#ifndef FR_CUDA_SVD_ARITHMETIC_CUH
#define FR_CUDA_SVD_ARITHMETIC_CUH

#include <cstring>

#include "svd/svd.cuh"

#if defined(__CUDACC__)
#define SVD_UNROLL _Pragma("unroll")
#else
#define SVD_UNROLL
#endif

constexpr unsigned fr_all_lanes = 0xffffffffu;

// a b + c, fused on the device whatever the compiler's setting for contraction (samples forbid contraction for all
// other code). It is not fused on the host, where fusing may be a call of the C library. The error bound holds in both
// cases.
template <typename T> __device__ inline T svd_fma(T a, T b, T c) {
#if defined(__CUDA_ARCH__)
    return fma(a, b, c);
#else
    return a * b + c;
#endif
}

template <typename T> __device__ inline typename SvdNumber<T>::Bits svd_magnitude_bits(T x) {
    typename SvdNumber<T>::Bits bits;
    static_assert(sizeof bits == sizeof x, "as many bits");
    memcpy(&bits, &x, sizeof x);
    return bits & ~(typename SvdNumber<T>::Bits(1) << (8 * sizeof x - 1));
}

// The power of two by which a matrix is multiplied, in two factors: one may be out of range.
template <typename T> struct SvdScale {
    T first, second;
    bool finite;
    // of the matrix whose largest magnitude has these bits
    __device__ SvdScale(typename SvdNumber<T>::Bits largest_bits, int exponent) {
        T largest;
        memcpy(&largest, &largest_bits, sizeof largest);
        finite = largest - largest == T(0);
        int of_largest = exponent;
        if (finite && largest > T(0)) frexp(double(largest), &of_largest);
        const int shift = exponent - of_largest;
        first = T(ldexp(1.0, shift / 2));
        second = T(ldexp(1.0, shift - shift / 2));
    }
    __device__ T scaled(T x) const { return x * first * second; }
    __device__ T unscaled(T x) const { return x / first / second; }
    // A value beyond float32 is still a float64, and infinity only if it is beyond float64, too.
    __device__ double result(T x) const {
        const T value = unscaled(x);
        return value - value == T(0) ? double(value) : double(x) / double(first) / double(second);
    }
};

// When two rows of a triangle count as orthogonal. `negligible`: squared length below which a row counts as 0. Next to
// nothing in the first sweeps, so that values far below eps sigma_max come out relatively accurate where they can. A
// matrix of low rank would go on so for long, making rounding errors of rounding errors orthogonal: later a row counts
// as 0 that is shorter than eps 2^(exponent - 1) / (4 side). (2^(exponent - 1) is at most the largest magnitude, hence
// at most sigma_max: all such rows together move no singular value by more than eps sigma_max / 4.)
template <typename T> struct SvdLimits {
    T tolerance, negligible;
    __device__ SvdLimits(int side, int exponent, int sweep) {
        tolerance = SvdNumber<T>::epsilon * sqrt(T(side));
        negligible = SvdNumber<T>::negligible;
        if (sweep < fr_svd_relative_sweeps) return;
        const T length = T(ldexp(double(SvdNumber<T>::epsilon), exponent - 1)) / T(4 * side);
        if (length * length > negligible) negligible = length * length;
    }
};

// The rotation that makes x and y orthogonal, x <- x - s (y + h x), y <- y + s (x - h y), given |x|^2, |y|^2 and x.y:
// Rutishauser's form, h = s / (1 + c), in which a small angle changes x and y by a small, relatively accurate amount.
// False if they are orthogonal to within the tolerance (or one of them is negligible). `tie` is the tangent for
// |x| = |y|, +1 or -1.
template <typename T>
__device__ inline bool svd_rotation(T xx, T yy, T xy, SvdLimits<T> limits, T tie, T *s, T *h) {
    if (xx < limits.negligible || yy < limits.negligible) return false;
    if (!(fabs(xy) > limits.tolerance * sqrt(xx) * sqrt(yy))) return false;
    const T cotangent = (yy - xx) / (xy + xy); // of twice the angle
    const T magnitude = fabs(cotangent);
    T t;
    if (magnitude > SvdNumber<T>::large_cotangent)
        t = T(0.5) / cotangent; // its square might overflow
    else
        t = copysign(T(1) / (magnitude + sqrt(T(1) + magnitude * magnitude)), cotangent);
    if (cotangent == T(0)) t = tie;
    const T c = T(1) / sqrt(T(1) + t * t);
    *s = c * t;
    *h = *s / (T(1) + c);
    return *s != T(0);
}

template <typename T> __device__ inline T svd_rotated_x(T x, T y, T s, T h) { return svd_fma(-s, svd_fma(h, x, y), x); }
template <typename T> __device__ inline T svd_rotated_y(T x, T y, T s, T h) { return svd_fma(s, svd_fma(-h, y, x), y); }

// Sums of three numbers over LANES neighbouring lanes of a warp; all of the lanes receive them. Two of the sums share
// an exchange, with half of the lanes carrying each: 6 + 3 exchanges instead of 15 for a warp.
template <int LANES, typename T> __device__ inline void svd_sum3(T &a, T &b, T &c) {
    static_assert(LANES >= 4 && LANES <= 32 && (LANES & (LANES - 1)) == 0, "a part of a warp");
    const int lane = int(threadIdx.x) & (LANES - 1);
    const bool high = (lane & (LANES / 2)) != 0;
    const T a_or_b = (high ? b : a) + __shfl_xor_sync(fr_all_lanes, high ? a : b, LANES / 2, LANES);
    c += __shfl_xor_sync(fr_all_lanes, c, LANES / 2, LANES);
    const bool odd = (lane & (LANES / 4)) != 0;
    T sum = (odd ? c : a_or_b) + __shfl_xor_sync(fr_all_lanes, odd ? a_or_b : c, LANES / 4, LANES);
    SVD_UNROLL
    for (int step = LANES / 8; step > 0; step /= 2) sum += __shfl_xor_sync(fr_all_lanes, sum, step, LANES);
    a = __shfl_sync(fr_all_lanes, sum, 0, LANES);
    b = __shfl_sync(fr_all_lanes, sum, LANES / 2, LANES);
    c = __shfl_sync(fr_all_lanes, sum, LANES / 4, LANES);
}

// The pairs of a sweep: `steps` steps of `pairs` disjoint pairs, among which each pair of players occurs once (and
// some pairs with a player beyond the last, who is absent).
//
// By bits: in step s player i meets i xor s + 1. With the larger row always put into the lower place this order needs
// the fewest sweeps and rotations (random and Khatri-Rao matrices, side 64 to 330: 9 sweeps instead of 10, 6.5
// rotations per pair instead of 8, close to the row-cyclic order of one thread); it is taken where rounding up to a
// power of two adds at most a quarter. Else a round-robin tournament, which wants the rows left in place (sorting there
// costs half as much again).
struct SvdOrder {
    int steps, pairs;
    bool by_bits;
};
inline SvdOrder svd_order(int players) {
    const int even = players + players % 2;
    int power = 2;
    while (power < players) power *= 2;
    if (4 * power <= 5 * even) return {power - 1, power / 2, true};
    return {even - 1, even / 2, false};
}
__device__ inline void svd_meeting(SvdOrder order, int pair, int step, int *low, int *high) {
    if (order.by_bits) {
        const int below = (1 << (31 - __clz(step + 1))) - 1; // the highest bit of step + 1, which low lacks, less 1
        *low = (pair & below) | (pair & ~below) << 1;
        *high = *low ^ (step + 1);
        return;
    }
    int one = order.steps, two = step;
    if (pair != 0) {
        one = step + pair;
        one = one >= order.steps ? one - order.steps : one;
        two = step - pair;
        two = two < 0 ? two + order.steps : two;
    }
    *low = one < two ? one : two;
    *high = one < two ? two : one;
}

// The rule of NumPy and PyTorch, computed in T as they do.
template <typename T> __device__ inline T svd_rank_tolerance(T largest, int64_t longer) {
    return largest * (T(longer) * SvdNumber<T>::epsilon);
}

template <typename T>
__device__ inline void svd_write_result(const SvdScale<T> &scale, bool converged, T largest, T smallest, int rank,
                                        fr_singular *result, fr_outcome *outcome) {
    fr_outcome what = FR_COMPUTED;
    if (!converged) what = FR_NOT_CONVERGED;
    if (!scale.finite) what = FR_NOT_FINITE;
    const bool computed = what == FR_COMPUTED;
    result->largest = computed ? scale.result(largest) : 0;
    result->smallest = computed ? scale.result(smallest) : 0;
    result->rank = computed ? rank : 0;
    *outcome = what;
}

// Called by all lanes of one warp: computes the result from the `side` singular values of a matrix.
template <typename T>
__device__ inline void svd_warp_result(const T *values, int side, int64_t longer, const SvdScale<T> &scale,
                                       bool converged, fr_singular *result, fr_outcome *outcome) {
    const int lane = int(threadIdx.x) & 31;
    T largest = values[0], smallest = values[0];
    for (int i = lane; i < side; i += 32) {
        largest = values[i] > largest ? values[i] : largest;
        smallest = values[i] < smallest ? values[i] : smallest;
    }
    for (int step = 16; step > 0; step /= 2) {
        const T other_largest = __shfl_xor_sync(fr_all_lanes, largest, step);
        const T other_smallest = __shfl_xor_sync(fr_all_lanes, smallest, step);
        largest = other_largest > largest ? other_largest : largest;
        smallest = other_smallest < smallest ? other_smallest : smallest;
    }
    const T tolerance = svd_rank_tolerance(largest, longer);
    int rank = 0;
    for (int first = 0; first < side; first += 32)
        rank += __popc(__ballot_sync(fr_all_lanes, first + lane < side && values[first + lane] > tolerance));
    if (lane == 0) svd_write_result(scale, converged, largest, smallest, rank, result, outcome);
}

#endif
