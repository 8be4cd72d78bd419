// Trials of a deep ReLU network on the device (docs/mathematics.md, section 9; the CPU's twins are
// Kernels/cpu/samples/deep_network.c and elimination/deep_columns.c). Layers count from 0; layer l maps f_{l-1} to f_l,
// f_{-1} = x, and the derivative by its weight (u, c) is delta_l[u] f_{l-1}[c], c = inputs being
// the bias, whose f is 1.
#ifndef FR_CUDA_DEEP_NETWORK_H
#define FR_CUDA_DEEP_NETWORK_H

#include <vector>

#include "session/session.h"

// The arguments of the table's functions for deep networks.
struct DeepProblem {
    const fr_problem *problem; // of the last hidden layer, its inputs those of the network
    const int64_t *widths;     // of the `earlier` hidden layers before it
    int64_t earlier;
};

struct DeepLayer {
    fr_problem problem;   // the layer as a shallow network
    int64_t k, first_column; // of the Jacobian: the last layer's come first
    // Arrays by trial. Matrices over points are coordinate-major and zero beyond n, as inputs are (session/session.h).
    DeviceBuffer<double> weights, biases; // units x inputs; units
    DeviceBuffer<double> inputs;          // f_{l-1}: inputs x padded points
    DeviceBuffer<double> deltas;          // units x padded points
    DeviceBuffer<uint64_t> patterns;      // units x words: activations; once there are deltas, where these are not 0
};

class DeepNetwork {
public:
    explicit DeepNetwork(const DeepProblem &deep);

    int64_t layers() const { return count_; }
    const DeepLayer &layer(int64_t l) const { return layers_[size_t(l)]; }
    int64_t points() const { return layers_[0].problem.points; }
    int64_t padded() const { return fr_padded_points(&layers_[0].problem); }
    int64_t words() const { return fr_pattern_words(&layers_[0].problem); }
    // Of the Jacobian.
    int64_t columns() const { return layers_[0].first_column + layers_[0].problem.units * layers_[0].k; }
    double bytes_a_trial() const;

    fr_status allocate(StreamContext *context, int64_t trials);
    // Computes weights, activations and values, with the CPU's bits. Asynchronous.
    fr_status draw(StreamContext *context, uint64_t first_trial, int64_t trials);
    // By trial: 1 if a value overflowed; on the device. The values after the overflow are meaningless, but finite.
    int *not_finite() const { return not_finite_; }
    // Waits for the drawn trials and reads their flags.
    fr_status read_not_finite(StreamContext *context, int64_t trials, int *flags);
    // Computes deltas in double precision, with the CPU's bits, or everything mod prime: inputs and deltas become
    // residues of their exact values for these activations. Either is called once after draw. Asynchronous.
    fr_status differentiate(StreamContext *context, int64_t trials);
    fr_status differentiate_mod(StreamContext *context, uint32_t prime, int64_t trials);

private:
    template <class Arithmetic> fr_status make_deltas(StreamContext *context, const Arithmetic &a, int64_t trials);

    int64_t count_;
    std::vector<DeepLayer> layers_;
    DeviceBuffer<double> output_; // v
    DeviceBuffer<int> not_finite_;
};

// Checks the arguments of the call: returns FR_OK, or a status with the CPU backend's message.
fr_status fr_cuda_check_deep(fr_session *session, const DeepProblem &deep, uint64_t first_trial, int64_t trials);

// Rank profiles, chosen by elimination/deep_stage.cu. They are called like fr_cuda_eliminate_small and _large.
fr_status fr_cuda_eliminate_deep_small(fr_session *, const DeepProblem &, uint32_t prime, uint64_t first_trial,
                                       int64_t trials, int64_t *pivot_columns, fr_outcome *outcomes);
fr_status fr_cuda_eliminate_deep_large(fr_session *, const DeepProblem &, uint32_t prime, uint64_t first_trial,
                                       int64_t trials, int64_t *pivot_columns, fr_outcome *outcomes);

#endif
