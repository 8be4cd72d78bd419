/* The sampling contract (docs/sampling.md): every number is a function of (seed, trial, stream, row, column), computed
 * by a fixed sequence of IEEE double operations. All backends share this code; docs/sampling.md describes the same
 * contract in prose.
 *
 * One Philox block makes the numbers of columns 2h and 2h + 1 of a row: counter (h, row, low word of trial,
 * high word of trial's low 24 bits << 8 | stream), key = seed. Its two 64-bit words become two fractions of 52 bits.
 * The code has no branches, so that compilers vectorise loops over h or row. */
#ifndef FR_SAMPLING_H
#define FR_SAMPLING_H

#include "philox.h"

enum {
    FR_STREAM_INPUTS = 0,
    FR_STREAM_WEIGHTS = 1,
    FR_STREAM_BIASES = 2,
    FR_STREAM_PATTERN = 5,
    FR_STREAM_REGION = 6,
    FR_STREAM_OUTPUT = 8
};
/* Streams of networks modulo a prime (fullrank_network.h). */
enum { FR_STREAM_PARAMETERS = 3, FR_STREAM_POINTS = 4, FR_STREAM_FUNCTIONALS = 14, FR_STREAM_RELATION = 15 };

/* Streams of hidden layer l of a deep network, counted from 0: 1 and 2, then 16 and 17, 18 and 19, ... below 256. */
#define FR_MOST_HIDDEN_LAYERS 121
FR_SHARED uint32_t fr_stream_weights(uint32_t layer) { return layer ? 14 + 2 * layer : (uint32_t)FR_STREAM_WEIGHTS; }
FR_SHARED uint32_t fr_stream_biases(uint32_t layer) { return layer ? 15 + 2 * layer : (uint32_t)FR_STREAM_BIASES; }
/* Streams of the experiment on global minima (docs/minima.md). */
enum {
    FR_STREAM_LABELS = 9,           /* row: point */
    FR_STREAM_POLYNOMIAL = 10,      /* row 0, column: monomial */
    FR_STREAM_TEACHER_WEIGHTS = 11, /* as the student's */
    FR_STREAM_TEACHER_BIASES = 12,
    FR_STREAM_OUTPUT_SIGNS = 13     /* row: unit */
};

/* Trial numbers are below this. */
#define FR_TRIAL_LIMIT ((uint64_t)1 << 56)

typedef struct fr_pair { double first, second; } fr_pair;

/* 128 random bits. */
typedef struct fr_bits { uint64_t low, high; } fr_bits;
FR_SHARED fr_bits fr_raw_bits(uint64_t seed, uint64_t trial, uint32_t stream, uint32_t row, uint32_t column) {
    uint32_t w0 = column, w1 = row, w2 = (uint32_t)trial, w3 = (uint32_t)(trial >> 32) << 8 | stream;
    fr_philox4x32_10(&w0, &w1, &w2, &w3, (uint32_t)seed, (uint32_t)(seed >> 32));
    fr_bits bits;
    bits.low = (uint64_t)w1 << 32 | w0;
    bits.high = (uint64_t)w3 << 32 | w2;
    return bits;
}

/* A number below count <= 2^32, each with probability 1/count up to 2^-96: floor(bits count / 2^128). */
FR_SHARED uint64_t fr_index_below(fr_bits bits, uint64_t count) {
    /* Starts with the lowest 32 bits and carries the bits above 2^32. */
    uint64_t carry = ((bits.low & 0xFFFFFFFFu) * count) >> 32;
    carry = ((bits.low >> 32) * count + carry) >> 32;
    carry = ((bits.high & 0xFFFFFFFFu) * count + carry) >> 32;
    return ((bits.high >> 32) * count + carry) >> 32;
}

/* Two numbers in [1, 2), multiples of 2^-52. */
FR_SHARED fr_pair fr_raw_pair(uint64_t seed, uint64_t trial, uint32_t stream, uint32_t row, uint32_t half_column) {
    const fr_bits bits = fr_raw_bits(seed, trial, stream, row, half_column);
    fr_pair pair;
    pair.first = fr_double_from_bits((bits.low >> 12) | UINT64_C(0x3FF0000000000000));
    pair.second = fr_double_from_bits((bits.high >> 12) | UINT64_C(0x3FF0000000000000));
    return pair;
}

/* Nearest integer to |x| <= 2^51, ties to even. */
FR_SHARED double fr_round(double x) {
    const double shift = 6755399441055744.0; /* 1.5 * 2^52 */
    return (x + shift) - shift;
}

/* Natural logarithm of u in [2^-52, 1], error below 1 ulp: exponent and mantissa in [sqrt(1/2), sqrt(2)), then the odd
 * series in s = f / (2 + f), f = m - 1 (minimax coefficients of fdlibm's e_log.c). */
FR_SHARED double fr_log(double u) {
    const uint64_t bits = fr_bits_of_double(u);
    /* Adding the distance from sqrt(1/2) to 1 makes the exponent field round up past sqrt(2)'s half. */
    const uint64_t shifted = bits + (UINT64_C(0x3FF0000000000000) - UINT64_C(0x3FE6A09E667F3BCD));
    const double e = (double)((int32_t)(shifted >> 52) - 1023);
    const double m = fr_double_from_bits((shifted & UINT64_C(0x000FFFFFFFFFFFFF)) + UINT64_C(0x3FE6A09E667F3BCD));
    const double f = m - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s;
    const double w = z * z;
    const double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    const double odd = z * (6.666666666666735130e-01 +
                            w * (2.857142874366239149e-01 +
                                 w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    const double half_square = 0.5 * f * f;
    const double series = s * (half_square + (even + odd));
    const double ln2_high = 6.93147180369123816490e-01;
    const double ln2_low = 1.90821492927058770002e-10;
    return e * ln2_high - ((half_square - (series + e * ln2_low)) - f);
}

/* (cos, sin) of 2 pi t, t in [0, 1): the quadrant is split off exactly, then Taylor-like series on +-pi/4
 * (coefficients of fdlibm's k_cos.c and k_sin.c). */
FR_SHARED fr_pair fr_cos_sin_turns(double t) {
    const double quarters = 4.0 * t;
    const double j = fr_round(quarters);
    const double y = (quarters - j) * 1.57079632679489661923;
    const double z = y * y;
    const double sine =
        y + y * z * (-1.66666666666666324348e-01 +
                     z * (8.33333333332248946124e-03 +
                          z * (-1.98412698298579493134e-04 +
                               z * (2.75573137070700676789e-06 +
                                    z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)))));
    const double tail = z * (4.16666666666666019037e-02 +
                             z * (-1.38888888888741095749e-03 +
                                  z * (2.48015872894767294178e-05 +
                                       z * (-2.75573143513906633035e-07 +
                                            z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
    const double cosine = 1.0 - (0.5 * z - z * tail);
    const int32_t quadrant = (int32_t)j;
    const double c = (quadrant & 1) ? sine : cosine;
    const double s = (quadrant & 1) ? cosine : sine;
    fr_pair pair;
    pair.first = ((quadrant + 1) & 2) ? -c : c;
    pair.second = (quadrant & 2) ? -s : s;
    return pair;
}

FR_SHARED double fr_sqrt(double x) {
#if defined(__CUDA_ARCH__)
    return __dsqrt_rn(x);
#elif defined(__clang__) && __has_builtin(__builtin_elementwise_sqrt)
    return __builtin_elementwise_sqrt(x); /* no errno, so that loops vectorise */
#else
    return __builtin_sqrt(x);
#endif
}

/* Two independent standard normal numbers out of a raw pair (Box and Muller). |value| <= 8.5. */
FR_SHARED fr_pair fr_normal_pair(fr_pair raw) {
    const double radius = fr_sqrt(-2.0 * fr_log(2.0 - raw.first)); /* 2 - first lies in (0, 1] */
    const fr_pair direction = fr_cos_sin_turns(raw.second - 1.0);
    fr_pair pair;
    pair.first = radius * direction.first;
    pair.second = radius * direction.second;
    return pair;
}

/* [0, 1), multiples of 2^-52. */
FR_SHARED fr_pair fr_uniform_pair(fr_pair raw) {
    fr_pair pair;
    pair.first = raw.first - 1.0;
    pair.second = raw.second - 1.0;
    return pair;
}

/* [-bound, bound), one rounding. */
FR_SHARED fr_pair fr_symmetric_pair(fr_pair raw, double bound) {
    fr_pair pair;
    pair.first = (2.0 * raw.first - 3.0) * bound;
    pair.second = (2.0 * raw.second - 3.0) * bound;
    return pair;
}

/* The bound of uniform weights and biases for d0 inputs. */
FR_SHARED double fr_weight_bound(int64_t d0, int he_uniform) {
    if (d0 == 0) return 1.0;
    return he_uniform ? fr_sqrt(6.0 / (double)d0) : 1.0 / fr_sqrt((double)d0);
}

/* A sum of d0 products and a bias, computed in any order, is off by less than slack (|w|_1 max|x| + |b|) + tiny: twice
 * the classical bound (d0 + 2) 2^-53 (Higham, Accuracy and Stability, section 3.1); `tiny` covers underflow. */
FR_SHARED double fr_sign_slack(int64_t d0) { return (double)(d0 + 8) * 0x1p-52; }
FR_SHARED double fr_sign_tiny(int64_t d0) { return (double)(d0 + 8) * 0x1p-1073; }

#endif
