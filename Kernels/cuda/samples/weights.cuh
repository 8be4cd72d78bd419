// Weights and biases as kernels draw or read them. Private to samples/samples.cu and samples/signs.cu.
#ifndef FR_CUDA_WEIGHTS_CUH
#define FR_CUDA_WEIGHTS_CUH

#include "sampling.h"
#include "session/session.h"

enum class Draw { normal, uniform, symmetric, given };

__device__ inline fr_pair drawn_pair(Draw draw, double bound, uint64_t seed, uint64_t trial, uint32_t stream,
                                     uint32_t row, uint32_t half_column) {
    const fr_pair raw = fr_raw_pair(seed, trial, stream, row, half_column);
    if (draw == Draw::normal) return fr_normal_pair(raw);
    if (draw == Draw::uniform) return fr_uniform_pair(raw);
    return fr_symmetric_pair(raw, bound);
}

// The source of the weights and biases of some units.
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
    int64_t units_a_trial; // of these; 0: the same for every trial
    uint64_t first_trial;  // whose weights come first
};

// Coordinates 2h and 2h + 1 (0 beyond d0) of unit first_unit + u.
__device__ inline fr_pair weight_pair(const WeightSource &source, uint64_t trial, int64_t u, int64_t h) {
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

__device__ inline double bias_of(const WeightSource &source, uint64_t trial, int64_t u) {
    if (!source.bias) return 0;
    if (source.draw == Draw::given)
        return source.biases[int64_t(trial - source.first_trial) * source.units_a_trial + u];
    return drawn_pair(source.draw, source.bound, source.seed, trial, source.bias_stream,
                      uint32_t(source.first_unit + u), 0)
        .first;
}

// Ensures that lane->given holds at least `count` doubles. Its contents are lost.
fr_status fr_cuda_reserve_given(StreamContext *context, size_t count);
// Copies from the caller's memory. Pageable memory has been read when this returns.
fr_status fr_cuda_copy_given(StreamContext *context, void *to, const void *from, size_t bytes);
// The source of the problem's weights. Given weights are copied to the device.
fr_status fr_cuda_make_weight_source(StreamContext *context, const fr_problem *problem, int64_t first_unit,
                                     int64_t units, WeightSource *source);

#endif
