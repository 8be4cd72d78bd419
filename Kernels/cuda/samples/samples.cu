// Inputs, weights and residues on the device, with the bits of the CPU: the same functions from Kernels/common.
#include "field.h"
#include "session/launch.h"
#include "samples/weights.cuh"
#include "session/uploads.h"

namespace {

// How the work divides: one thread per pair of coordinates of a point, which is one Philox block. Neighbouring threads
// handle neighbouring points, so both rows of the coordinate-major output are written without gaps.
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

// How the work divides: one thread per entry of the output. Reads are strided, but happen once per call.
__global__ void spread_given_inputs(const double *given, int64_t trials, int64_t points, int64_t padded, int64_t d0,
                                    double *inputs) {
    for (int64_t item = fr_cuda_first_item(); item < trials * d0 * padded; item += fr_cuda_stride()) {
        const int64_t j = item % padded, c = item / padded % d0;
        inputs[item] = j < points ? given[j * d0 + c] : 0;
    }
}

// How the work divides: one thread per pair of coordinates of a unit, and one more per unit for its bias. Neighbouring
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

// How the work divides: one thread per number. The table of powers is read through the cache; numbers of one problem
// have few exponents.
__global__ void residues(fr_field field, const double *powers, double two_27, int64_t count, const double *x,
                         double *out) {
    for (int64_t i = fr_cuda_first_item(); i < count; i += fr_cuda_stride())
        out[i] = fr_residue(field, powers, two_27, x[i]);
}

fr_status launch_weights(StreamContext *context, const WeightSource &source, uint64_t first_trial, int64_t trials,
                         int64_t units, double *weights, double *biases) {
    FR_LAUNCH(draw_weights, fr_cuda_blocks(trials * units * ((source.d0 + 1) / 2 + 1), 256), 256, 0, context->stream,
              source, first_trial, trials, units, weights, biases);
    FR_TRY_LAUNCH(context, "drawing weights");
    return FR_OK;
}

} // namespace

fr_status fr_cuda_reserve_given(StreamContext *context, size_t count) {
    if (count <= context->given_capacity) return FR_OK;
    cudaFree(context->given);
    context->given = nullptr;
    context->given_capacity = 0;
    FR_TRY(context, cudaMalloc(&context->given, count * sizeof(double)), "allocating device memory for given data");
    context->given_capacity = count;
    return FR_OK;
}

fr_status fr_cuda_copy_given(StreamContext *context, void *to, const void *from, size_t bytes) {
    if (bytes == 0) return FR_OK;
    FR_TRY(context, cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, context->stream), "copying given data");
    return FR_OK;
}

fr_status fr_cuda_make_weight_source(StreamContext *context, const fr_problem *problem, int64_t first_unit,
                                     int64_t units, WeightSource *source) {
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
    FR_PASS(fr_cuda_reserve_given(context, count + biases));
    FR_PASS(fr_cuda_copy_given(context, context->given, problem->given_weights + first_unit * problem->inputs,
                               count * sizeof(double)));
    if (biases > 0)
        FR_PASS(fr_cuda_copy_given(context, context->given + count, problem->given_biases + first_unit,
                                   biases * sizeof(double)));
    source->weights = context->given;
    source->biases = context->given + count;
    return FR_OK;
}

fr_status fr_cuda_draw_inputs(StreamContext *context, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                              double *inputs) {
    const int64_t d0 = problem->inputs, points = problem->points, padded = fr_padded_points(problem);
    context->ranked_inputs = nullptr;
    if (trials * d0 * padded == 0) return FR_OK;
    if (problem->input_distribution == FR_INPUTS_GIVEN) {
        FR_PASS(fr_cuda_reserve_given(context, size_t(points * d0)));
        FR_PASS(
            fr_cuda_copy_given(context, context->given, problem->given_inputs, size_t(points * d0) * sizeof(double)));
        FR_LAUNCH(spread_given_inputs, fr_cuda_blocks(trials * d0 * padded, 256), 256, 0, context->stream,
                  context->given, trials, points, padded, d0, inputs);
    } else {
        Draw draw = Draw::normal;
        if (problem->input_distribution == FR_INPUTS_UNIFORM) draw = Draw::uniform;
        if (problem->input_distribution == FR_INPUTS_CUBE) draw = Draw::symmetric;
        FR_LAUNCH(draw_inputs, fr_cuda_blocks(trials * ((d0 + 1) / 2) * padded, 256), 256, 0, context->stream, draw,
                  problem->seed, first_trial, trials, points, padded, d0, inputs);
    }
    FR_TRY_LAUNCH(context, "drawing inputs");
    return FR_OK;
}

fr_status fr_cuda_draw_weights(StreamContext *context, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                               int64_t first_unit, int64_t units, double *weights, double *biases) {
    if (trials * units == 0) return FR_OK;
    WeightSource source;
    FR_PASS(fr_cuda_make_weight_source(context, problem, first_unit, units, &source));
    return launch_weights(context, source, first_trial, trials, units, weights, biases);
}

fr_status fr_cuda_draw_layer(StreamContext *context, const fr_problem *layer, uint32_t weight_stream,
                             uint32_t bias_stream, uint64_t first_trial, int64_t trials, double *weights,
                             double *biases) {
    if (trials * layer->units == 0) return FR_OK;
    WeightSource source;
    FR_PASS(fr_cuda_make_weight_source(context, layer, 0, layer->units, &source));
    source.weight_stream = weight_stream;
    source.bias_stream = bias_stream;
    return launch_weights(context, source, first_trial, trials, layer->units, weights, biases);
}

fr_status fr_cuda_make_powers(StreamContext *context, uint32_t prime) {
    if (context->powers_prime == prime) return FR_OK;
    double powers[FR_POWER_COUNT];
    context->powers_prime = 0;
    if (context->powers == nullptr)
        FR_TRY(context, cudaMalloc(&context->powers, sizeof powers), "allocating device memory for a table");
    fr_fill_powers_of_two(fr_field_make(prime), powers);
    FR_PASS(fr_cuda_upload(context, context->powers, powers, FR_POWER_COUNT, "copying a table"));
    context->powers_prime = prime;
    return FR_OK;
}

fr_status fr_cuda_residues(StreamContext *context, uint32_t prime, int64_t count, const double *x, double *out) {
    if (count == 0) return FR_OK;
    const fr_field field = fr_field_make(prime);
    FR_PASS(fr_cuda_make_powers(context, prime));
    const double two_27 = fr_reduce(field, double(1 << 27));
    FR_LAUNCH(residues, fr_cuda_blocks(count, 256), 256, 0, context->stream, field, context->powers, two_27, count, x,
              out);
    FR_TRY_LAUNCH(context, "making residues");
    return FR_OK;
}
