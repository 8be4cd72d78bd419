// See samples/deep_network.h.
#include "samples/deep_network.h"

#include <cmath>

#include "check_arguments.h"
#include "field.h"
#include "session/launch.h"
#include "sampling.h"

namespace {

// Sums in the order of the sampling contract: one term at a time, each operation rounded.
struct Rounded {
    __device__ double add(double sum, double a, double b) const { return sum + a * b; }
    __device__ double close(double sum) const { return sum; }
};

// Residues (field.h), with at most FR_DELAY products between two reductions. Nothing is rounded, so fused operations
// give the same.
struct Modular {
    fr_field field;
    __device__ double add(double sum, double a, double b) const { return fma(a, b, sum); }
    __device__ double close(double sum) const { return fr_reduce(field, sum); }
};

constexpr int tile_points = 64, tile_units = 32,
              chunk = 32; // chunk: terms whose factors are in shared memory at a time
constexpr int units_a_thread = 8;
constexpr int threads = tile_points * (tile_units / units_a_thread);

// out[u] = a_u (start[u] + the sum over c of factor(u, c) in[c]), point by point, of every trial. This is one step
// through a layer: forward with factor(u, c) = W[u][c], back with W[c][u].
struct LayerStep {
    int64_t padded, units, terms;
    const double *factors;  // of a trial: units * terms numbers, (u, c) at u unit_step + c term_step, one of these 1
    int64_t unit_step, term_step;
    const double *start;    // by trial: units; NULL: zeros
    const double *in;       // by trial: terms x padded
    uint32_t *patterns;     // by trial: a_u, units x padded / 32
    bool keep_nonzero;      // patterns become where out is not 0
    double *out;            // by trial: units x padded
};

// How the work divides: a block handles 64 points and 32 units of a trial, and a thread one of the points and 8 units.
// Terms are processed in order, 32 at a time. Their factors are in shared memory (in rows of 34, so that columns are
// written without bank conflicts), where a warp reads one address. The numbers of its points come in order from global
// memory, and from the cache for the four warps that share them. A term costs a thread 8 multiply-adds, 4 loads of 16
// bytes for all lanes and one of 8. By count this is half of the FP64 rate of a datacentre chip, and the full rate of
// all others.
template <class Arithmetic>
__global__ void __launch_bounds__(threads) step_through_layer(Arithmetic a, LayerStep s, int64_t trials) {
    __align__(16) __shared__ double factors[chunk][tile_units + 2];
    const int point = int(threadIdx.x) % tile_points, first_of_thread = int(threadIdx.x) / tile_points * units_a_thread;
    const int64_t tiles = s.padded / tile_points, groups = (s.units + tile_units - 1) / tile_units;
    for (int64_t item = blockIdx.x; item < trials * tiles * groups; item += gridDim.x) {
        const int64_t group = item % groups * tile_units, j = item / groups % tiles * tile_points + point;
        const int64_t t = item / groups / tiles, first = group + first_of_thread;
        const double *in = s.terms > 0 ? s.in + t * s.terms * s.padded + j : nullptr;
        const double *from = s.terms > 0 ? s.factors + t * s.units * s.terms : nullptr;
        double sums[units_a_thread];
        FR_UNROLL
        for (int u = 0; u < units_a_thread; u++)
            sums[u] = s.start && first + u < s.units ? s.start[t * s.units + first + u] : 0.0;
        for (int64_t c0 = 0; c0 < s.terms; c0 += chunk) {
            for (int i = int(threadIdx.x); i < chunk * tile_units; i += threads) {
                const bool along_units = s.unit_step == 1;
                const int c = along_units ? i / tile_units : i % chunk, u = along_units ? i % tile_units : i / chunk;
                const bool is = c0 + c < s.terms && group + u < s.units;
                factors[c][u] = is ? from[(group + u) * s.unit_step + (c0 + c) * s.term_step] : 0.0;
            }
            __syncthreads();
            const int count = int(s.terms - c0 < chunk ? s.terms - c0 : chunk);
            for (int c = 0; c < count; c++) {
                const double value = in[(c0 + c) * s.padded];
                FR_UNROLL
                for (int u = 0; u < units_a_thread; u++)
                    sums[u] = a.add(sums[u], factors[c][first_of_thread + u], value);
            }
            if ((c0 + chunk) % FR_DELAY == 0) {
                FR_UNROLL
                for (int u = 0; u < units_a_thread; u++) sums[u] = a.close(sums[u]);
            }
            __syncthreads();
        }
        FR_UNROLL
        for (int u = 0; u < units_a_thread; u++) {
            if (first + u >= s.units) continue; // the warp's lanes agree
            const int64_t place = (t * s.units + first + u) * s.padded + j;
            const uint32_t bits = s.patterns[place / 32]; // its 32 points are the warp's
            const double value = bits >> (place % 32) & 1 ? a.close(sums[u]) : 0.0;
            s.out[place] = value;
            const uint32_t nonzero = __ballot_sync(0xffffffffu, value != 0.0);
            if (s.keep_nonzero && place % 32 == 0) s.patterns[place / 32] = nonzero;
        }
    }
}
static_assert(FR_DELAY % chunk == 0, "sums are reduced between chunks");

template <class Arithmetic>
fr_status launch(StreamContext *context, const Arithmetic &a, const LayerStep &step, int64_t trials) {
    const int64_t items = trials * (step.padded / tile_points) * ((step.units + tile_units - 1) / tile_units);
    if (items == 0) return FR_OK;
    FR_LAUNCH(step_through_layer<Arithmetic>, fr_cuda_blocks(items, 1), threads, 0, context->stream, a, step, trials);
    FR_TRY_LAUNCH(context, "going through a layer");
    return FR_OK;
}

uint32_t *halves(const DeepLayer &layer) { return reinterpret_cast<uint32_t *>(layer.patterns.get()); }

} // namespace

DeepNetwork::DeepNetwork(const DeepProblem &deep)
    : count_(deep.earlier + 1), layers_(size_t(deep.earlier + 1)) {
    for (int64_t l = 0; l < count_; l++) {
        DeepLayer &layer = layers_[size_t(l)];
        layer.problem = *deep.problem;
        layer.problem.units = l < deep.earlier ? deep.widths[l] : deep.problem->units;
        if (l > 0) layer.problem.inputs = deep.widths[l - 1];
        layer.k = layer.problem.inputs + layer.problem.bias;
    }
    for (int64_t l = count_ - 1, column = 0; l >= 0; l--) {
        layers_[size_t(l)].first_column = column;
        column += layers_[size_t(l)].problem.units * layers_[size_t(l)].k;
    }
}

double DeepNetwork::bytes_a_trial() const {
    double bytes = 8.0 * double(layers_[size_t(count_ - 1)].problem.units) + sizeof(int);
    for (int64_t l = 0; l < count_; l++) {
        const double inputs = double(layer(l).problem.inputs), units = double(layer(l).problem.units);
        bytes += 8.0 * (units * (inputs + 1.0) + double(padded()) * (inputs + units) + units * double(words()));
    }
    return bytes;
}

fr_status DeepNetwork::allocate(StreamContext *context, int64_t trials) {
    for (int64_t l = 0; l < count_; l++) {
        DeepLayer &layer = layers_[size_t(l)];
        const int64_t inputs = layer.problem.inputs, units = layer.problem.units;
        FR_PASS(layer.weights.allocate(context, fr_bytes(trials, units * inputs, 1)));
        FR_PASS(layer.biases.allocate(context, fr_bytes(trials, units, 1)));
        FR_PASS(layer.inputs.allocate(context, fr_bytes(trials, inputs * padded(), 1)));
        FR_PASS(layer.deltas.allocate(context, fr_bytes(trials, units * padded(), 1)));
        FR_PASS(layer.patterns.allocate(context, fr_bytes(trials, units * words(), 1)));
    }
    FR_PASS(output_.allocate(context, fr_bytes(trials, layers_[size_t(count_ - 1)].problem.units, 1)));
    return not_finite_.allocate(context, fr_bytes(trials, 1, 1));
}

fr_status DeepNetwork::draw(StreamContext *context, uint64_t first_trial, int64_t trials) {
    FR_TRY(context, cudaMemsetAsync(not_finite_, 0, size_t(trials) * sizeof(int), context->stream), "clearing flags");
    FR_PASS(fr_cuda_draw_inputs(context, &layers_[0].problem, first_trial, trials, layers_[0].inputs));
    for (int64_t l = 0; l < count_; l++) {
        const DeepLayer &layer = layers_[size_t(l)];
        const uint32_t number = uint32_t(l);
        FR_PASS(fr_cuda_draw_layer(context, &layer.problem, fr_stream_weights(number), fr_stream_biases(number),
                                   first_trial, trials, layer.weights, layer.biases));
        FR_PASS(fr_cuda_run_layer(context, &layer.problem, trials, layer.weights, layer.biases, layer.inputs,
                                  layer.patterns, l + 1 < count_ ? layers_[size_t(l) + 1].inputs.get() : nullptr,
                                  not_finite_));
    }
    // v is one more unit, without bias, over the last layer's.
    fr_problem output = layers_[size_t(count_ - 1)].problem;
    output.inputs = output.units;
    output.units = 1;
    output.bias = 0;
    return fr_cuda_draw_layer(context, &output, FR_STREAM_OUTPUT, FR_STREAM_OUTPUT, first_trial, trials, output_,
                              nullptr);
}

fr_status DeepNetwork::read_not_finite(StreamContext *context, int64_t trials, int *flags) {
    FR_TRY(context,
           cudaMemcpyAsync(flags, not_finite_, size_t(trials) * sizeof(int), cudaMemcpyDeviceToHost, context->stream),
           "copying flags");
    FR_TRY(context, cudaStreamSynchronize(context->stream), "running networks");
    return FR_OK;
}

// delta of the last layer is v a; delta of an earlier layer is a (W^T delta of the next), where W belongs to the next
// layer.
template <class Arithmetic>
fr_status DeepNetwork::make_deltas(StreamContext *context, const Arithmetic &a, int64_t trials) {
    for (int64_t l = count_ - 1; l >= 0; l--) {
        const DeepLayer &layer = layers_[size_t(l)];
        LayerStep step = {};
        step.padded = padded();
        step.units = layer.problem.units;
        if (l + 1 == count_) {
            step.start = output_;
        } else {
            const DeepLayer &next = layers_[size_t(l) + 1];
            step.terms = next.problem.units;
            step.factors = next.weights;
            step.unit_step = 1;
            step.term_step = layer.problem.units;
            step.in = next.deltas;
        }
        step.patterns = halves(layer);
        step.keep_nonzero = true;
        step.out = layer.deltas;
        FR_PASS(launch(context, a, step, trials));
    }
    return FR_OK;
}

fr_status DeepNetwork::differentiate(StreamContext *context, int64_t trials) {
    return make_deltas(context, Rounded(), trials);
}

fr_status DeepNetwork::differentiate_mod(StreamContext *context, uint32_t prime, int64_t trials) {
    const Modular a = {fr_field_make(prime)};
    const auto reduce = [&](const DeviceBuffer<double> &x, int64_t count) {
        return fr_cuda_residues(context, prime, trials * count, x, x);
    };
    FR_PASS(reduce(layers_[0].inputs, layers_[0].problem.inputs * padded()));
    FR_PASS(reduce(output_, layers_[size_t(count_ - 1)].problem.units));
    for (int64_t l = 0; l < count_; l++) {
        const DeepLayer &layer = layers_[size_t(l)];
        const int64_t inputs = layer.problem.inputs, units = layer.problem.units;
        FR_PASS(reduce(layer.weights, units * inputs));
        if (l + 1 == count_) break;
        FR_PASS(reduce(layer.biases, units));
        LayerStep step = {};
        step.padded = padded();
        step.units = units;
        step.terms = inputs;
        step.factors = layer.weights;
        step.unit_step = inputs;
        step.term_step = 1;
        step.start = layer.biases;
        step.in = layer.inputs;
        step.patterns = halves(layer);
        step.out = layers_[size_t(l) + 1].inputs;
        FR_PASS(launch(context, a, step, trials));
    }
    return make_deltas(context, a, trials);
}

fr_status fr_cuda_check_deep(fr_session *session, const DeepProblem &deep, uint64_t first_trial, int64_t trials) {
    const fr_words words = {session->error, sizeof session->error};
    FR_PASS(fr_refuse_deep(words, deep.problem, deep.widths, deep.earlier));
    return fr_refuse_trials(words, first_trial, trials);
}
