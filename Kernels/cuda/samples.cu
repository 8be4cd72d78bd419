// Samples and activation patterns on the device, with the bits of the CPU: the same functions from Kernels/common, and
// patterns that are exact signs whatever the order of a sum.
#include "pattern_ensembles.h"
#include "exact_sign.h"
#include "field.h"
#include "launch.h"
#include "sampling.h"

namespace {

enum class Draw { normal, uniform, symmetric, given };

__device__ fr_pair drawn_pair(Draw draw, double bound, uint64_t seed, uint64_t trial, uint32_t stream, uint32_t row,
                              uint32_t half_column) {
    const fr_pair raw = fr_raw_pair(seed, trial, stream, row, half_column);
    if (draw == Draw::normal) return fr_normal_pair(raw);
    if (draw == Draw::uniform) return fr_uniform_pair(raw);
    return fr_symmetric_pair(raw, bound);
}

// Where weights and biases of some units come from.
struct WeightSource {
    Draw draw;
    bool bias;
    double bound;
    uint64_t seed;
    int64_t d0;
    int64_t first_unit;
    uint32_t weight_stream, bias_stream;
    const double *weights; // Draw::given: of the units from first_unit on, units x d0; and their biases
    const double *biases;
    int64_t units_a_trial;  // of these; 0: the same for every trial
    uint64_t first_trial;  // whose weights come first
};

// Coordinates 2h and 2h + 1 (0 beyond d0) of unit first_unit + u.
__device__ fr_pair weight_pair(const WeightSource &source, uint64_t trial, int64_t u, int64_t h) {
    fr_pair pair;
    if (source.draw == Draw::given) {
        const int64_t row = int64_t(trial - source.first_trial) * source.units_a_trial + u;
        const double *w = source.weights + row * source.d0 + 2 * h;
        pair.first = w[0];
        pair.second = 2 * h + 1 < source.d0 ? w[1] : 0;
    } else {
        pair = drawn_pair(source.draw, source.bound, source.seed, trial, source.weight_stream,
                          uint32_t(source.first_unit + u), uint32_t(h));
        if (2 * h + 1 >= source.d0) pair.second = 0;
    }
    return pair;
}

__device__ double bias_of(const WeightSource &source, uint64_t trial, int64_t u) {
    if (!source.bias) return 0;
    if (source.draw == Draw::given)
        return source.biases[int64_t(trial - source.first_trial) * source.units_a_trial + u];
    return drawn_pair(source.draw, source.bound, source.seed, trial, source.bias_stream,
                      uint32_t(source.first_unit + u), 0)
        .first;
}

// How the work divides: one thread a pair of coordinates of a point, the numbers one Philox block makes. Neighbouring
// threads take neighbouring points, so both rows of the coordinate-major output are written without gaps.
__global__ void draw_inputs(Draw draw, uint64_t seed, uint64_t first_trial, int64_t trials, int64_t points,
                            int64_t padded, int64_t d0, double *inputs) {
    const int64_t halves = (d0 + 1) / 2;
    for (int64_t item = fr_cuda_first_item(); item < trials * halves * padded; item += fr_cuda_stride()) {
        const int64_t j = item % padded, h = item / padded % halves, t = item / padded / halves;
        fr_pair pair = {0, 0};
        if (j < points)
            pair = drawn_pair(draw, 1.0, seed, first_trial + uint64_t(t), FR_STREAM_INPUTS, uint32_t(j), uint32_t(h));
        double *out = inputs + (t * d0 + 2 * h) * padded + j;
        out[0] = pair.first;
        if (2 * h + 1 < d0) out[padded] = pair.second;
    }
}

// How the work divides: one thread an entry of the output. Reads are strided; they are done once a call.
__global__ void spread_given_inputs(const double *given, int64_t trials, int64_t points, int64_t padded, int64_t d0,
                                    double *inputs) {
    for (int64_t item = fr_cuda_first_item(); item < trials * d0 * padded; item += fr_cuda_stride()) {
        const int64_t j = item % padded, c = item / padded % d0;
        inputs[item] = j < points ? given[j * d0 + c] : 0;
    }
}

// How the work divides: one thread a pair of coordinates of a unit, and one more a unit for its bias; neighbouring
// threads write neighbouring pairs. biases NULL: not wanted.
__global__ void draw_weights(WeightSource source, uint64_t first_trial, int64_t trials, int64_t units, double *weights,
                             double *biases) {
    const int64_t halves = (source.d0 + 1) / 2;
    for (int64_t item = fr_cuda_first_item(); item < trials * units * (halves + 1); item += fr_cuda_stride()) {
        const int64_t h = item % (halves + 1), row = item / (halves + 1), u = row % units;
        const uint64_t trial = first_trial + uint64_t(row / units);
        if (h == halves) {
            if (biases) biases[row] = bias_of(source, trial, u);
        } else {
            const fr_pair pair = weight_pair(source, trial, u, h);
            weights[row * source.d0 + 2 * h] = pair.first;
            if (2 * h + 1 < source.d0) weights[row * source.d0 + 2 * h + 1] = pair.second;
        }
    }
}

// The sign where rounding could have decided it. The unit's weights are drawn once more, which spares keeping them.
FR_DEVICE_CALL bool exactly_positive(const WeightSource &source, uint64_t trial, int64_t u, double bias, const double *x,
                                 int64_t padded) {
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

constexpr int sign_units = 8;    // of a block: one a warp when weights are drawn
constexpr int sign_threads = 256; // points of a block
constexpr int sign_chunk = 64;   // coordinates in shared memory at a time: a pair a lane

// How the work divides: a block takes 8 units and 256 neighbouring points, a thread one of the points and all 8 units.
// Chunk by chunk of 64 coordinates, warp u draws the weights of unit u into shared memory, a pair of coordinates a
// lane; then each thread reads its point's coordinates (neighbours read neighbours) and adds to its 8 sums. A thread
// whose sum is within the error bound asks for the exact sign. Warps collect their 32 signs of a unit by a ballot, half
// a word of the pattern. Consecutive blocks share their points, whose inputs then come from the cache. Weights are
// drawn again for every 256 points, about a quarter of the arithmetic, against keeping them in global memory.
//
// with_values: also the units' values, in coordinate-major order (a layer of a deep network). The sums are then those of
// the contract, every operation rounded; the bound holds for any order of the sum. What is not finite becomes 0, and its
// trial is marked.
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
                // Also where a product overflowed: infinities and NaN compare false.
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
        __syncthreads(); // the next item writes what others may still read
    }
}

// How the work divides: one thread a word; bits beyond the last point become 0.
__global__ void spread_given_patterns(const uint64_t *given, int64_t trials, int64_t units, int64_t points,
                                      int64_t words, uint64_t *patterns) {
    for (int64_t item = fr_cuda_first_item(); item < trials * units * words; item += fr_cuda_stride()) {
        const int64_t left = points - 64 * (item % words);
        const uint64_t mask = left < 64 ? (uint64_t(1) << left) - 1 : ~uint64_t(0);
        patterns[item] = given[item % (units * words)] & mask;
    }
}

// How the work divides: one thread a number. The table of powers is read through the cache; numbers of one problem have
// few exponents.
__global__ void residues(fr_field field, const double *powers, double two_27, int64_t count, const double *x,
                         double *out) {
    for (int64_t i = fr_cuda_first_item(); i < count; i += fr_cuda_stride())
        out[i] = fr_residue(field, powers, two_27, x[i]);
}

// Makes lane->given hold `count` doubles at least; what it held is gone.
fr_status reserve_given(Lane *lane, size_t count) {
    if (count <= lane->given_capacity) return FR_OK;
    cudaFree(lane->given);
    lane->given = nullptr;
    lane->given_capacity = 0;
    FR_TRY(lane, cudaMalloc(&lane->given, count * sizeof(double)), "allocating device memory for given data");
    lane->given_capacity = count;
    return FR_OK;
}

// Copies from the caller's memory. Pageable memory is read before this returns.
fr_status copy_given(Lane *lane, void *to, const void *from, size_t bytes) {
    if (bytes == 0) return FR_OK;
    FR_TRY(lane, cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, lane->stream), "copying given data");
    return FR_OK;
}

fr_status make_weight_source(Lane *lane, const fr_problem *problem, int64_t first_unit, int64_t units,
                             WeightSource *source) {
    *source = WeightSource{};
    source->bias = problem->bias != 0;
    source->seed = problem->seed;
    source->d0 = problem->inputs;
    source->first_unit = first_unit;
    source->weight_stream = FR_STREAM_WEIGHTS;
    source->bias_stream = FR_STREAM_BIASES;
    source->bound = fr_weight_bound(problem->inputs, problem->weight_distribution == FR_WEIGHTS_HE_UNIFORM);
    source->draw = problem->weight_distribution == FR_WEIGHTS_NORMAL ? Draw::normal : Draw::symmetric;
    if (problem->weight_distribution != FR_WEIGHTS_GIVEN) return FR_OK;
    source->draw = Draw::given;
    const size_t count = size_t(units) * size_t(problem->inputs), biases = source->bias ? size_t(units) : 0;
    FR_PASS(reserve_given(lane, count + biases));
    FR_PASS(copy_given(lane, lane->given, problem->given_weights + first_unit * problem->inputs,
                       count * sizeof(double)));
    if (biases > 0)
        FR_PASS(copy_given(lane, lane->given + count, problem->given_biases + first_unit,
                           biases * sizeof(double)));
    source->weights = lane->given;
    source->biases = lane->given + count;
    return FR_OK;
}

fr_status launch_weights(Lane *lane, const WeightSource &source, uint64_t first_trial, int64_t trials, int64_t units,
                         double *weights, double *biases) {
    FR_LAUNCH(draw_weights, fr_cuda_blocks(trials * units * ((source.d0 + 1) / 2 + 1), 256), 256, 0, lane->stream,
              source, first_trial, trials, units, weights, biases);
    FR_TRY_LAUNCH(lane, "drawing weights");
    return FR_OK;
}

template <bool with_values>
fr_status launch_signs(Lane *lane, const fr_problem *problem, const WeightSource &source, uint64_t first_trial,
                       int64_t trials, int64_t units, const double *inputs, uint64_t *patterns, double *values,
                       int *not_finite) {
    const int64_t padded = fr_padded_points(problem), groups = (units + sign_units - 1) / sign_units;
    const int64_t tiles = (padded + sign_threads - 1) / sign_threads;
    FR_LAUNCH(sign_patterns<with_values>, fr_cuda_blocks(trials * tiles * groups, 1), sign_threads, 0, lane->stream,
              source, first_trial, trials, units, problem->points, padded, fr_sign_slack(source.d0),
              fr_sign_tiny(source.d0), inputs, reinterpret_cast<uint32_t *>(patterns), values, not_finite);
    FR_TRY_LAUNCH(lane, "making activation patterns");
    return FR_OK;
}

} // namespace

fr_status fr_cuda_draw_inputs(Lane *lane, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                              double *inputs) {
    const int64_t d0 = problem->inputs, points = problem->points, padded = fr_padded_points(problem);
    lane->ranked_inputs = nullptr;
    if (trials * d0 * padded == 0) return FR_OK;
    if (problem->input_distribution == FR_INPUTS_GIVEN) {
        FR_PASS(reserve_given(lane, size_t(points * d0)));
        FR_PASS(copy_given(lane, lane->given, problem->given_inputs, size_t(points * d0) * sizeof(double)));
        FR_LAUNCH(spread_given_inputs, fr_cuda_blocks(trials * d0 * padded, 256), 256, 0, lane->stream,
                  lane->given, trials, points, padded, d0, inputs);
    } else {
        Draw draw = Draw::normal;
        if (problem->input_distribution == FR_INPUTS_UNIFORM) draw = Draw::uniform;
        if (problem->input_distribution == FR_INPUTS_CUBE) draw = Draw::symmetric;
        FR_LAUNCH(draw_inputs, fr_cuda_blocks(trials * ((d0 + 1) / 2) * padded, 256), 256, 0, lane->stream, draw,
                  problem->seed, first_trial, trials, points, padded, d0, inputs);
    }
    FR_TRY_LAUNCH(lane, "drawing inputs");
    return FR_OK;
}

fr_status fr_cuda_draw_weights(Lane *lane, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                               int64_t first_unit, int64_t units, double *weights, double *biases) {
    if (trials * units == 0) return FR_OK;
    WeightSource source;
    FR_PASS(make_weight_source(lane, problem, first_unit, units, &source));
    return launch_weights(lane, source, first_trial, trials, units, weights, biases);
}

fr_status fr_cuda_draw_layer(Lane *lane, const fr_problem *layer, uint32_t weight_stream, uint32_t bias_stream,
                             uint64_t first_trial, int64_t trials, double *weights, double *biases) {
    if (trials * layer->units == 0) return FR_OK;
    WeightSource source;
    FR_PASS(make_weight_source(lane, layer, 0, layer->units, &source));
    source.weight_stream = weight_stream;
    source.bias_stream = bias_stream;
    return launch_weights(lane, source, first_trial, trials, layer->units, weights, biases);
}

fr_status fr_cuda_run_layer(Lane *lane, const fr_problem *layer, int64_t trials, const double *weights,
                            const double *biases, const double *inputs, uint64_t *patterns, double *values,
                            int *not_finite) {
    const int64_t units = layer->units;
    if (trials * units * layer->points == 0) return FR_OK;
    WeightSource source;
    FR_PASS(make_weight_source(lane, layer, 0, units, &source));
    source.draw = Draw::given;
    source.weights = weights;
    source.biases = biases;
    source.units_a_trial = units;
    return (values ? launch_signs<true> : launch_signs<false>)(lane, layer, source, 0, trials, units, inputs, patterns,
                                                               values, not_finite);
}

fr_status fr_cuda_draw_patterns(Lane *lane, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                                int64_t first_unit, int64_t units, const double *inputs, uint64_t *patterns) {
    const int64_t words = fr_pattern_words(problem);
    if (trials * units * words == 0) return FR_OK;
    if (problem->weight_distribution == FR_WEIGHTS_BERNOULLI)
        return fr_cuda_draw_pattern_bits(lane, problem, first_trial, trials, first_unit, units, patterns);
    if (problem->weight_distribution == FR_WEIGHTS_STEPS)
        return fr_cuda_draw_pattern_steps(lane, problem, first_trial, trials, first_unit, units, inputs, patterns);
    if (problem->weight_distribution == FR_WEIGHTS_PATTERN) {
        static_assert(sizeof(double) == sizeof(uint64_t), "given data of either kind shares a buffer");
        FR_PASS(reserve_given(lane, size_t(units * words)));
        FR_PASS(copy_given(lane, lane->given, problem->given_patterns + first_unit * words,
                           size_t(units * words) * sizeof(uint64_t)));
        FR_LAUNCH(spread_given_patterns, fr_cuda_blocks(trials * units * words, 256), 256, 0, lane->stream,
                  reinterpret_cast<const uint64_t *>(lane->given), trials, units, problem->points, words, patterns);
    } else {
        WeightSource source;
        FR_PASS(make_weight_source(lane, problem, first_unit, units, &source));
        return launch_signs<false>(lane, problem, source, first_trial, trials, units, inputs, patterns, nullptr, nullptr);
    }
    FR_TRY_LAUNCH(lane, "making activation patterns");
    return FR_OK;
}

fr_status fr_cuda_residues(Lane *lane, uint32_t prime, int64_t count, const double *x, double *out) {
    if (count == 0) return FR_OK;
    const fr_field field = fr_field_make(prime);
    double powers[FR_POWER_COUNT];
    if (lane->powers_prime != prime) {
        lane->powers_prime = 0;
        if (lane->powers == nullptr)
            FR_TRY(lane, cudaMalloc(&lane->powers, sizeof powers), "allocating device memory for a table");
        fr_fill_powers_of_two(field, powers);
        FR_PASS(copy_given(lane, lane->powers, powers, sizeof powers));
        FR_TRY(lane, cudaStreamSynchronize(lane->stream), "copying a table"); // it is on this function's stack
        lane->powers_prime = prime;
    }
    const double two_27 = fr_reduce(field, double(1 << 27));
    FR_LAUNCH(residues, fr_cuda_blocks(count, 256), 256, 0, lane->stream, field, lane->powers, two_27, count, x,
              out);
    FR_TRY_LAUNCH(lane, "making residues");
    return FR_OK;
}
