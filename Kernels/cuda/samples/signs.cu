// Activation patterns and the values of layers, with the CPU's bits: signs are exact, whatever the order of a sum.
#include "exact_sign.h"
#include "session/launch.h"
#include "samples/pattern_ensembles.h"
#include "samples/weights.cuh"

namespace {

// The exact sign, used if rounding could change it. The unit's weights are drawn once more, so that they need not be
// stored.
FR_DEVICE_CALL bool exactly_positive(const WeightSource &source, uint64_t trial, int64_t u, double bias,
                                     const double *x, int64_t padded) {
    fr_accumulator sum;
    memset(&sum, 0, sizeof sum);
    for (int64_t h = 0; 2 * h < source.d0; h++) {
        const fr_pair pair = weight_pair(source, trial, u, h);
        fr_accumulator_add_product(&sum, pair.first, x[2 * h * padded]);
        if (2 * h + 1 < source.d0) fr_accumulator_add_product(&sum, pair.second, x[(2 * h + 1) * padded]);
    }
    fr_accumulator_add_product(&sum, bias, 1.0);
    return fr_accumulator_sign(&sum) > 0;
}

constexpr int sign_units = 8;    // of a block: one per warp when weights are drawn
constexpr int sign_threads = 256; // points of a block
constexpr int sign_chunk = 64;   // coordinates in shared memory at a time: a pair a lane

// How the work divides: a block handles 8 units and 256 neighbouring points, and a thread one of the points with all 8
// units. For each chunk of 64 coordinates, warp u draws the weights of unit u into shared memory, one pair of
// coordinates per lane. Then each thread reads its point's coordinates (neighbours read neighbours) and adds to its 8
// sums. If a sum is within the error bound, the thread computes the exact sign. A warp collects its 32 signs of a unit
// by a ballot, which gives half a word of the pattern. Consecutive blocks share their points, whose inputs are then in
// the cache. Weights are drawn again for every 256 points, about a quarter of the arithmetic, instead of being stored
// in global memory.
//
// with_values: also computes the units' values, in coordinate-major order (a layer of a deep network). The sums are
// then those of the contract, with every operation rounded; the bound holds for any order of the sum. A value that is
// not finite becomes 0, and its trial is marked.
template <bool with_values>
__global__ void __launch_bounds__(sign_threads)
    sign_patterns(WeightSource source, uint64_t first_trial, int64_t trials, int64_t units, int64_t points,
                  int64_t padded, double slack, double tiny, const double *inputs, uint32_t *patterns, double *values,
                  int *not_finite) {
    __shared__ double weights[sign_chunk][sign_units];
    __shared__ double biases[sign_units], norms[sign_units];
    const int warp = int(threadIdx.x) / 32, lane = int(threadIdx.x) % 32;
    const int64_t groups = (units + sign_units - 1) / sign_units, tiles = (padded + sign_threads - 1) / sign_threads;
    for (int64_t item = blockIdx.x; item < trials * tiles * groups; item += gridDim.x) {
        const int64_t first = item % groups * sign_units, t = item / groups / tiles;
        const int64_t j = item / groups % tiles * sign_threads + threadIdx.x;
        const uint64_t trial = first_trial + uint64_t(t);
        const double *x = inputs + t * source.d0 * padded + j; // read for j < points only
        const bool real_unit = first + warp < units;           // of this warp's unit
        double sums[sign_units] = {}, x_norm = 0, w_norm = 0;
        if (with_values) {
            FR_UNROLL
            for (int u = 0; u < sign_units; u++)
                if (first + u < units) sums[u] = source.biases[t * units + first + u]; // given by trial
        }
        for (int64_t c0 = 0; c0 < source.d0; c0 += sign_chunk) {
            fr_pair pair = {0, 0};
            if (real_unit && c0 + 2 * lane < source.d0) pair = weight_pair(source, trial, first + warp, c0 / 2 + lane);
            weights[2 * lane][warp] = pair.first;
            weights[2 * lane + 1][warp] = pair.second;
            w_norm += fabs(pair.first) + fabs(pair.second);
            __syncthreads();
            const int count = int(source.d0 - c0 < sign_chunk ? source.d0 - c0 : sign_chunk);
            if (j < points)
                for (int c = 0; c < count; c++) {
                    const double value = x[(c0 + c) * padded];
                    x_norm = fmax(x_norm, fabs(value));
                    FR_UNROLL
                    for (int u = 0; u < sign_units; u++)
                        sums[u] = with_values ? sums[u] + weights[c][u] * value : fma(weights[c][u], value, sums[u]);
                }
            __syncthreads();
        }
        for (int distance = 16; distance > 0; distance /= 2) w_norm += __shfl_xor_sync(0xffffffffu, w_norm, distance);
        if (lane == 0) {
            norms[warp] = w_norm;
            biases[warp] = real_unit ? bias_of(source, trial, first + warp) : 0;
        }
        __syncthreads();
        FR_UNROLL // so that the sums stay in registers
        for (int u = 0; u < sign_units; u++) {
            bool positive = false;
            if (j < points && first + u < units) {
                const double sum = with_values ? sums[u] : sums[u] + biases[u];
                const double bound = slack * (norms[u] * x_norm + fabs(biases[u])) + tiny;
                positive = sum > 0;
                // This is also true if a product overflowed: comparisons with infinities and NaN are false.
                if (!(fabs(sum) > bound))
                    positive = exactly_positive(source, trial, first + u, biases[u], x, padded);
            }
            if (with_values && j < padded && first + u < units) {
                double value = positive ? sums[u] : 0.0;
                if (value - value != 0) { // infinity - infinity and NaN are NaN, which differs from 0
                    not_finite[t] = 1;
                    value = 0;
                }
                values[(t * units + first + u) * padded + j] = value;
            }
            const uint32_t bits = __ballot_sync(0xffffffffu, positive);
            if (lane == 0 && j < padded && first + u < units)
                patterns[((t * units + first + u) * padded + j) / 32] = bits;
        }
        __syncthreads(); // other threads may still read what the next item overwrites
    }
}

// How the work divides: one thread per word; bits beyond the last point become 0.
__global__ void spread_given_patterns(const uint64_t *given, int64_t trials, int64_t units, int64_t points,
                                      int64_t words, uint64_t *patterns) {
    for (int64_t item = fr_cuda_first_item(); item < trials * units * words; item += fr_cuda_stride()) {
        const int64_t left = points - 64 * (item % words);
        const uint64_t mask = left < 64 ? (uint64_t(1) << left) - 1 : ~uint64_t(0);
        patterns[item] = given[item % (units * words)] & mask;
    }
}

template <bool with_values>
fr_status launch_signs(StreamContext *context, const fr_problem *problem, const WeightSource &source,
                       uint64_t first_trial, int64_t trials, int64_t units, const double *inputs, uint64_t *patterns,
                       double *values, int *not_finite) {
    const int64_t padded = fr_padded_points(problem), groups = (units + sign_units - 1) / sign_units;
    const int64_t tiles = (padded + sign_threads - 1) / sign_threads;
    FR_LAUNCH(sign_patterns<with_values>, fr_cuda_blocks(trials * tiles * groups, 1), sign_threads, 0, context->stream,
              source, first_trial, trials, units, problem->points, padded, fr_sign_slack(source.d0),
              fr_sign_tiny(source.d0), inputs, reinterpret_cast<uint32_t *>(patterns), values, not_finite);
    FR_TRY_LAUNCH(context, "making activation patterns");
    return FR_OK;
}

} // namespace

fr_status fr_cuda_draw_patterns(StreamContext *context, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                                int64_t first_unit, int64_t units, const double *inputs, uint64_t *patterns) {
    const int64_t words = fr_pattern_words(problem);
    if (trials * units * words == 0) return FR_OK;
    if (problem->weight_distribution == FR_WEIGHTS_BERNOULLI)
        return fr_cuda_draw_pattern_bits(context, problem, first_trial, trials, first_unit, units, patterns);
    if (problem->weight_distribution == FR_WEIGHTS_STEPS)
        return fr_cuda_draw_pattern_steps(context, problem, first_trial, trials, first_unit, units, inputs, patterns);
    if (problem->weight_distribution == FR_WEIGHTS_PATTERN) {
        static_assert(sizeof(double) == sizeof(uint64_t), "given data of either kind shares a buffer");
        FR_PASS(fr_cuda_reserve_given(context, size_t(units * words)));
        FR_PASS(fr_cuda_copy_given(context, context->given, problem->given_patterns + first_unit * words,
                                   size_t(units * words) * sizeof(uint64_t)));
        FR_LAUNCH(spread_given_patterns, fr_cuda_blocks(trials * units * words, 256), 256, 0, context->stream,
                  reinterpret_cast<const uint64_t *>(context->given), trials, units, problem->points, words, patterns);
    } else {
        WeightSource source;
        FR_PASS(fr_cuda_make_weight_source(context, problem, first_unit, units, &source));
        return launch_signs<false>(context, problem, source, first_trial, trials, units, inputs, patterns, nullptr,
                                   nullptr);
    }
    FR_TRY_LAUNCH(context, "making activation patterns");
    return FR_OK;
}

fr_status fr_cuda_run_layer(StreamContext *context, const fr_problem *layer, int64_t trials, const double *weights,
                            const double *biases, const double *inputs, uint64_t *patterns, double *values,
                            int *not_finite) {
    const int64_t units = layer->units;
    if (trials * units * layer->points == 0) return FR_OK;
    WeightSource source;
    FR_PASS(fr_cuda_make_weight_source(context, layer, 0, units, &source));
    source.draw = Draw::given;
    source.weights = weights;
    source.biases = biases;
    source.units_a_trial = units;
    return (values ? launch_signs<true> : launch_signs<false>)(context, layer, source, 0, trials, units, inputs,
                                                               patterns, values, not_finite);
}
