// Rank profiles of many small trials of deep networks, by the kernels of small shallow ones: a layer is a batch of
// units whose entries are products of a delta and an input. Trials are processed in chunks. First all networks of a
// chunk run forward and back together. Then, from the last layer on, each launch processes the trials that do not have
// full rank yet. After a launch the host reads only how many rows are without a pivot.
//
// A deep entry costs two words and a product with its reduction (6 operations); a shallow entry costs a word and a bit.
// By count this adds a tenth to a block of columns at q = r = 50.
#include "elimination/small/deep.cuh"

#include <algorithm>
#include <vector>

#include "check_arguments.h"
#include "session/chunks.h"
#include "session/uploads.h"
#include "elimination/small/launch.cuh"

using namespace fr_small;

namespace {

constexpr int64_t most_units = 8192; // per launch: cancellation is polled between two

struct Buffers {
    DeviceBuffer<int64_t> pivot_columns;
    DeviceBuffer<int32_t> points, deltas, multipliers, nonpivots, trial;
    DeviceBuffer<uint16_t> rows;

    fr_status allocate(fr_session *session, const DeepNetwork &network, int64_t chunk) {
        const int64_t n = network.points(), padded = network.padded();
        int64_t k = 0, units = 0;
        for (int64_t l = 0; l < network.layers(); l++) {
            k = std::max(k, network.layer(l).k);
            units = std::max(units, network.layer(l).problem.units);
        }
        FR_PASS(pivot_columns.allocate(session, fr_bytes(chunk, n, 1)));
        FR_PASS(points.allocate(session, fr_bytes(chunk, k * padded, 1)));
        FR_PASS(deltas.allocate(session, fr_bytes(chunk, units * padded, 1)));
        FR_PASS(multipliers.allocate(session, fr_bytes(chunk, most_multipliers(n), 1)));
        FR_PASS(nonpivots.allocate(session, size_t(chunk)));
        FR_PASS(trial.allocate(session, size_t(chunk)));
        return rows.allocate(session, fr_bytes(chunk, n, 1));
    }
    static double bytes_a_trial(const DeepNetwork &network) {
        const double n = double(network.points());
        double points = 0, deltas = 0;
        for (int64_t l = 0; l < network.layers(); l++) {
            points = std::max(points, double(network.layer(l).k) * double(network.padded()));
            deltas = std::max(deltas, double(network.layer(l).problem.units) * double(network.padded()));
        }
        return 10.0 * n + n * n + 4.0 * (points + deltas) + 8.0;
    }
};

template <class A> class Elimination {
public:
    Elimination(fr_session *session, uint32_t prime, DeepNetwork *network, Buffers *buffers, int64_t units_a_launch)
        : session_(session), prime_(prime), network_(network), buffers_(buffers), arithmetic_(A::make(prime)),
          units_a_launch_(units_a_launch) {}

    // Runs trials first .. first + count, where count is at most the allocated number. Profiles and outcomes of
    // finished trials are written, whatever the status.
    fr_status run(uint64_t first, int64_t count, int64_t *pivot_columns, fr_outcome *outcomes) {
        const int64_t n = network_->points();
        std::vector<int> not_finite(static_cast<size_t>(count));
        FR_PASS(network_->draw(session_, first, count));
        FR_PASS(network_->read_not_finite(session_, count, not_finite.data()));
        FR_PASS(network_->differentiate_mod(session_, prime_, count));
        nonpivots_.assign(size_t(count), int32_t(n));
        for (size_t i = 0; i < nonpivots_.size(); i++)
            if (not_finite[i]) nonpivots_[i] = 0; // nothing to eliminate
        FR_TRY(session_, cudaMemsetAsync(buffers_->pivot_columns, 0xFF, size_t(count * n) * sizeof(int64_t),
                                         session_->stream), "clearing pivots"); // -1
        FR_PASS(fr_cuda_upload(session_, buffers_->nonpivots.get(), nonpivots_.data(), nonpivots_.size(),
                               "copying non-pivot rows"));
        begun_ = false;
        fr_status status = FR_OK;
        for (int64_t l = network_->layers() - 1; l >= 0 && status == FR_OK; l--) {
            status = advance(network_->layer(l), count);
            fr_cuda_tell_done(session_, progress_base + progress_share * (1 - double(l) / double(network_->layers())));
        }
        if (status != FR_OK && status != FR_CANCELLED) return status;
        FR_TRY(session_, cudaMemcpyAsync(pivot_columns, buffers_->pivot_columns, size_t(count * n) * sizeof(int64_t),
                                         cudaMemcpyDeviceToHost, session_->stream), "copying pivots");
        FR_TRY(session_, cudaStreamSynchronize(session_->stream), "eliminating small trials");
        for (size_t i = 0; i < nonpivots_.size(); i++) {
            if (not_finite[i]) {
                outcomes[i] = FR_NOT_FINITE;
            } else if (status == FR_OK || nonpivots_[i] == 0) {
                outcomes[i] = FR_COMPUTED;
            }
        }
        return status;
    }

    double progress_base = 0, progress_share = 1; // the stage's share before these trials; their share

private:
    // Advances through a layer until all trials have full rank or all its units were used.
    fr_status advance(const DeepLayer &layer, int64_t count) {
        const int64_t units = layer.problem.units, padded = network_->padded(), words = network_->words();
        bool packed = false;
        for (int64_t done = 0; done < units;) {
            if (fr_cuda_is_cancelled(session_)) return fr_cuda_fail(session_, FR_CANCELLED, "cancelled");
            std::vector<int32_t> unfinished;
            for (size_t i = 0; i < nonpivots_.size(); i++)
                if (nonpivots_[i] > 0) unfinished.push_back(int32_t(i));
            if (unfinished.empty()) return FR_OK;
            if (!packed) FR_PASS(pack(layer, count));
            packed = true;
            const int64_t now = std::min(units_a_launch_, units - done);
            FR_PASS(fr_cuda_upload(session_, buffers_->trial.get(), unfinished.data(), unfinished.size(),
                                   "copying trials"));
            Batch batch = {};
            batch.n = int(network_->points());
            batch.k = int(layer.k);
            batch.padded = int(padded);
            batch.words = int(words);
            batch.first_column = layer.first_column + done * layer.k;
            batch.units = int(now);
            batch.units_a_trial = units;
            batch.first = !begun_;
            batch.active = int(unfinished.size());
            batch.trial = batch.drawn = buffers_->trial;
            batch.patterns = layer.patterns + done * words;
            batch.points = buffers_->points;
            batch.deltas = buffers_->deltas + done * padded;
            batch.pivot_columns = buffers_->pivot_columns;
            batch.nonpivots = buffers_->nonpivots;
            batch.rows = buffers_->rows;
            batch.multipliers = buffers_->multipliers;
            FR_PASS(launch(session_, arithmetic_, batch));
            begun_ = true;
            FR_TRY(session_,
                   cudaMemcpyAsync(nonpivots_.data(), buffers_->nonpivots, nonpivots_.size() * sizeof(int32_t),
                                   cudaMemcpyDeviceToHost, session_->stream),
                   "copying non-pivot rows");
            FR_TRY(session_, cudaStreamSynchronize(session_->stream), "eliminating small trials");
            done += now;
        }
        return FR_OK;
    }

    fr_status pack(const DeepLayer &layer, int64_t count) {
        const int64_t inputs = layer.problem.inputs, units = layer.problem.units, padded = network_->padded();
        FR_PASS(launch_packing<false>(session_, arithmetic_, count, inputs, layer.k, padded, layer.inputs.get(),
                                      buffers_->points.get()));
        return launch_packing<true>(session_, arithmetic_, count, units, units, padded, layer.deltas.get(),
                                    buffers_->deltas.get());
    }

    fr_session *session_;
    uint32_t prime_;
    DeepNetwork *network_;
    Buffers *buffers_;
    A arithmetic_;
    int64_t units_a_launch_;
    std::vector<int32_t> nonpivots_;
    bool begun_ = false; // a launch has stored a state
};

template <class A>
fr_status eliminate(fr_session *session, const DeepProblem &deep, uint32_t prime, uint64_t first_trial, int64_t trials,
                    int64_t *pivot_columns, fr_outcome *outcomes, const fr_small_options &options) {
    DeepNetwork network(deep);
    Buffers buffers;
    Elimination<A> elimination(session, prime, &network, &buffers,
                               options.first_batch > 0 ? options.first_batch : most_units);
    const double bytes = network.bytes_a_trial() + Buffers::bytes_a_trial(network);
    const double fit = double(fr_cuda_memory_budget(session)) / bytes;
    int64_t chunk = options.chunk > 0 ? options.chunk : int64_t(std::min(fit, double(trials)));
    chunk = std::clamp<int64_t>(chunk, 1, trials);
    const auto allocate = [&](int64_t now) {
        FR_PASS(network.allocate(session, now));
        return buffers.allocate(session, network, now);
    };
    return fr_cuda_in_chunks(trials, chunk, allocate, [&](int64_t, int64_t done, int64_t count) {
        elimination.progress_base = double(done) / double(trials);
        elimination.progress_share = double(count) / double(trials);
        return elimination.run(first_trial + uint64_t(done), count, pivot_columns + done * network.points(),
                               outcomes + done);
    });
}

} // namespace

fr_status fr_cuda_eliminate_deep_small_as(fr_session *session, const DeepProblem &deep, uint32_t prime,
                                          uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                          fr_outcome *outcomes, fr_small_options options) {
    std::fill(outcomes, outcomes + trials, FR_NOT_COMPUTED);
    const bool doubles = options.arithmetic == fr_small_arithmetic::automatic
                             ? has_fast_doubles()
                             : options.arithmetic == fr_small_arithmetic::doubles;
    return (doubles ? eliminate<DeepArithmetic<DoubleArithmetic>> : eliminate<DeepArithmetic<IntegerArithmetic>>)(
        session, deep, prime, first_trial, trials, pivot_columns, outcomes, options);
}

fr_status fr_cuda_eliminate_deep_small(fr_session *session, const DeepProblem &deep, uint32_t prime,
                                       uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                       fr_outcome *outcomes) {
    return fr_cuda_eliminate_deep_small_as(session, deep, prime, first_trial, trials, pivot_columns, outcomes,
                                           {fr_small_arithmetic::automatic, 0, 0});
}
