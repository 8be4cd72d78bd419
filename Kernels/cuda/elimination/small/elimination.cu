// Rank profiles of many small trials. A chunk of trials at a time: inputs, residues; then batches of units, each batch
// twice the width so far: patterns drawn, one launch over the trials not yet of full rank
// (elimination/small/kernel.cuh). The host reads only how many rows are without a pivot after a launch.
#include "elimination/small/elimination.cuh"

#include <algorithm>
#include <new>
#include <vector>

#include "session/chunks.h"
#include "session/uploads.h"
#include "elimination/small/launch.cuh"

using namespace fr_small;

namespace {

constexpr int64_t most_trials = 16384;        // a chunk: cancellation and progress come between launches
constexpr int64_t most_units = 8192;          // a batch, likewise
constexpr int64_t scratch_bytes = 64 << 20;   // for residues not yet packed; for patterns, however few the trials
constexpr int64_t most_runs = 64;             // of neighbouring trials whose patterns are drawn together

struct Shape {
    int64_t n, inputs, k, units, padded, words, first_batch;
    int64_t places; // for patterns seen: room for twice the 2 n of d0 = 1

    Shape(const fr_problem &p, int64_t wanted_first_batch)
        : n(p.points), inputs(p.inputs), k(p.inputs + p.bias), units(p.units), padded(fr_padded_points(&p)),
          words(fr_pattern_words(&p)) {
        // Full rank needs n/k units, and usually some more.
        const int64_t wanted = wanted_first_batch > 0 ? wanted_first_batch : n / k + n / (2 * k) + 16;
        first_batch = std::min({wanted, p.units, most_units});
        for (places = 16; places < 2 * p.units && places < 4 * n;) places *= 2;
    }
    int64_t slice(int64_t chunk) const { // trials whose residues are made at a time
        return std::min(chunk, std::max<int64_t>(1, scratch_bytes / (8 * std::max<int64_t>(1, inputs * padded))));
    }
    // Room for patterns: later batches are longer, with fewer trials or even with all.
    int64_t pattern_words(int64_t chunk) const {
        const int64_t some = 4 * first_batch * chunk, many = scratch_bytes / 8 / words;
        return std::min(std::max(some, many), units * chunk) * words;
    }
    // Of device memory, scratch apart.
    int64_t bytes_a_trial() const {
        return inputs * padded * 8 + k * padded * 4 + most_multipliers(n) * 4 + n * 10 + 32 + 32 * first_batch * words +
               places * words * 8;
    }
};

struct Buffers {
    DeviceBuffer<double> inputs, residues;
    DeviceBuffer<uint64_t> patterns, seen;
    DeviceBuffer<unsigned long long> columns_run;
    DeviceBuffer<int64_t> pivot_columns;
    DeviceBuffer<int32_t> points, multipliers, nonpivots, trial, drawn;
    DeviceBuffer<uint16_t> rows;

    fr_status allocate(fr_session *session, const Shape &shape, int64_t chunk) {
        const size_t count = size_t(chunk), coordinates = size_t(shape.inputs * shape.padded);
        FR_PASS(inputs.allocate(session, count * coordinates));
        FR_PASS(residues.allocate(session, size_t(shape.slice(chunk)) * coordinates));
        FR_PASS(patterns.allocate(session, size_t(shape.pattern_words(chunk))));
        FR_PASS(pivot_columns.allocate(session, count * size_t(shape.n)));
        FR_PASS(points.allocate(session, count * size_t(shape.k * shape.padded)));
        FR_PASS(multipliers.allocate(session, count * size_t(most_multipliers(shape.n))));
        FR_PASS(seen.allocate(session, count * size_t(shape.places * shape.words)));
        FR_PASS(columns_run.allocate(session, 1));
        FR_PASS(nonpivots.allocate(session, count));
        FR_PASS(trial.allocate(session, count));
        FR_PASS(drawn.allocate(session, count));
        return rows.allocate(session, count * size_t(shape.n));
    }
};

struct Run { int64_t first, count; };

// The unfinished trials in runs of neighbours: patterns are drawn by ranges of trials, and drawing for a few finished
// ones in between costs less than a launch more.
std::vector<Run> runs_of(const std::vector<int32_t> &unfinished) {
    for (int64_t gap = 32;; gap *= 2) {
        std::vector<Run> runs;
        for (const int64_t trial : unfinished) {
            if (!runs.empty() && trial - (runs.back().first + runs.back().count) < gap) {
                runs.back().count = trial + 1 - runs.back().first;
            } else {
                runs.push_back({trial, 1});
            }
        }
        if (int64_t(runs.size()) <= most_runs) return runs;
    }
}

template <class A> class Elimination {
public:
    Elimination(fr_session *session, const fr_problem *problem, uint32_t prime, const Shape &shape)
        : session_(session), problem_(problem), prime_(prime), shape_(shape), arithmetic_(A::make(prime)) {}

    // Trials first .. first + count, count at most the buffers' chunk. Profiles and outcomes are written for those that
    // are finished, whatever the status.
    fr_status run(Buffers &buffers, uint64_t first, int64_t count, int64_t chunk, int64_t *pivot_columns,
                  fr_outcome *outcomes) {
        nonpivots_.assign(size_t(count), int32_t(shape_.n));
        units_done_ = 0;
        FR_PASS(draw_points(buffers, first, count));
        FR_TRY(session_, cudaMemsetAsync(buffers.pivot_columns, 0xFF, size_t(count * shape_.n) * sizeof(int64_t),
                                         session_->stream), "clearing pivots"); // -1
        FR_TRY(session_, cudaMemsetAsync(buffers.seen, 0, size_t(count * shape_.places * shape_.words) * sizeof(uint64_t),
                                         session_->stream), "clearing patterns seen");
        FR_TRY(session_, cudaMemsetAsync(buffers.columns_run, 0, sizeof(unsigned long long), session_->stream),
               "clearing a counter");
        const fr_status status = advance(buffers, first, chunk);
        if (status != FR_OK && status != FR_CANCELLED) return status;
        FR_TRY(session_, cudaMemcpyAsync(pivot_columns, buffers.pivot_columns,
                                         size_t(count * shape_.n) * sizeof(int64_t), cudaMemcpyDeviceToHost,
                                         session_->stream), "copying pivots");
        unsigned long long columns = 0;
        if (columns_run)
            FR_TRY(session_, cudaMemcpyAsync(&columns, buffers.columns_run, sizeof columns, cudaMemcpyDeviceToHost,
                                             session_->stream), "copying a counter");
        FR_TRY(session_, cudaStreamSynchronize(session_->stream), "eliminating small trials");
        if (columns_run) *columns_run += int64_t(columns);
        for (int64_t i = 0; i < count; i++)
            if (status == FR_OK || nonpivots_[size_t(i)] == 0) outcomes[i] = FR_COMPUTED;
        return status;
    }

    double progress_base = 0, progress_share = 0; // of the call: before this chunk, of this chunk
    int64_t *columns_run = nullptr;               // see fr_small_options

private:
    fr_status draw_points(Buffers &b, uint64_t first, int64_t count) {
        FR_PASS(fr_cuda_draw_inputs(session_, problem_, first, count, b.inputs));
        const int64_t slice = shape_.slice(count), drawn = shape_.inputs * shape_.padded;
        for (int64_t at = 0; at < count; at += slice) {
            const int64_t trials = std::min(slice, count - at);
            FR_PASS(fr_cuda_residues(session_, prime_, trials * drawn, b.inputs + at * drawn, b.residues));
            FR_PASS(launch_packing<false>(session_, arithmetic_, trials, shape_.inputs, shape_.k, shape_.padded,
                                          b.residues.get(), b.points + at * shape_.k * shape_.padded));
        }
        return FR_OK;
    }

    // Batches of units until all trials have full rank or all units were seen.
    fr_status advance(Buffers &b, uint64_t first, int64_t chunk) {
        while (units_done_ < problem_->units) {
            if (fr_cuda_is_cancelled(session_)) return fr_cuda_fail(session_, FR_CANCELLED, "cancelled");
            std::vector<int32_t> unfinished;
            for (size_t i = 0; i < nonpivots_.size(); i++)
                if (nonpivots_[i] > 0) unfinished.push_back(int32_t(i));
            fr_cuda_tell_done(session_, progress_base +
                                            progress_share * (1 - double(unfinished.size()) / double(nonpivots_.size())));
            if (unfinished.empty()) break;
            FR_PASS(advance_batch(b, first, chunk, unfinished));
        }
        return FR_OK;
    }

    fr_status advance_batch(Buffers &b, uint64_t first, int64_t chunk, const std::vector<int32_t> &unfinished) {
        const std::vector<Run> runs = runs_of(unfinished);
        int64_t drawn = 0;
        for (const Run &run : runs) drawn += run.count;
        const int64_t room = shape_.pattern_words(chunk) / (drawn * shape_.words);
        const int64_t wanted = units_done_ ? units_done_ : shape_.first_batch;
        const int64_t units = std::min({wanted, room, most_units, problem_->units - units_done_});
        std::vector<int32_t> places;
        uint64_t *patterns = b.patterns;
        int64_t before = 0; // drawn in the runs before
        size_t next = 0;
        for (const Run &run : runs) {
            FR_PASS(fr_cuda_draw_patterns(session_, problem_, first + uint64_t(run.first), run.count, units_done_, units,
                                          b.inputs + run.first * shape_.inputs * shape_.padded,
                                          patterns + before * units * shape_.words));
            for (; next < unfinished.size() && unfinished[next] < run.first + run.count; next++)
                places.push_back(int32_t(before + unfinished[next] - run.first));
            before += run.count;
        }
        FR_PASS(copy_in(b.trial, unfinished));
        FR_PASS(copy_in(b.drawn, places));
        const Batch batch = {int(shape_.n), int(shape_.k), int(shape_.padded), int(shape_.words),
                             units_done_ * shape_.k, int(units), units, units_done_ == 0, int(unfinished.size()),
                             b.trial, b.drawn, b.patterns, b.points, nullptr, b.pivot_columns, b.nonpivots, b.rows,
                             b.multipliers, b.seen, int(shape_.places), columns_run ? b.columns_run.get() : nullptr};
        FR_PASS(launch(session_, arithmetic_, batch));
        FR_TRY(session_, cudaMemcpyAsync(nonpivots_.data(), b.nonpivots, nonpivots_.size() * sizeof(int32_t), cudaMemcpyDeviceToHost,
                                         session_->stream), "copying non-pivot rows");
        FR_TRY(session_, cudaStreamSynchronize(session_->stream), "eliminating small trials");
        units_done_ += units;
        return FR_OK;
    }

    fr_status copy_in(int32_t *to, const std::vector<int32_t> &from) {
        return fr_cuda_upload(session_, to, from.data(), from.size(), "copying trials");
    }

    fr_session *session_;
    const fr_problem *problem_;
    uint32_t prime_;
    Shape shape_;
    A arithmetic_;
    std::vector<int32_t> nonpivots_;
    int64_t units_done_ = 0;
};

int64_t chunk_for(fr_session *session, const Shape &shape, int64_t trials) {
    // Half of what is free: drawing needs buffers of its own.
    const int64_t budget = int64_t(fr_cuda_memory_budget(session) / 2) - 2 * scratch_bytes;
    return std::clamp<int64_t>(budget / shape.bytes_a_trial(), 1, std::min(most_trials, trials));
}

template <class A>
fr_status eliminate(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t first_trial, int64_t trials,
                    int64_t *pivot_columns, fr_outcome *outcomes, const fr_small_options &options) {
    const Shape shape(*problem, options.first_batch);
    Elimination<A> elimination(session, problem, prime, shape);
    elimination.columns_run = options.columns_run;
    const int64_t chunk = options.chunk > 0 ? std::min(options.chunk, trials) : chunk_for(session, shape, trials);
    Buffers buffers;
    const auto allocate = [&](int64_t now) { return buffers.allocate(session, shape, now); };
    return fr_cuda_in_chunks(trials, chunk, allocate, [&](int64_t now, int64_t done, int64_t count) {
        elimination.progress_base = double(done) / double(trials);
        elimination.progress_share = double(count) / double(trials);
        return elimination.run(buffers, first_trial + uint64_t(done), count, now, pivot_columns + done * shape.n,
                               outcomes + done);
    });
}

} // namespace

int64_t fr_cuda_small_rows(const fr_session *session) {
    int64_t n = most_rows;
    while (n > 0 && shared_bytes_of(n, sizeof(double)) > int64_t(session->shared_bytes)) n--;
    return n;
}

fr_status fr_cuda_eliminate_small_as(fr_session *session, const fr_problem *problem, uint32_t prime,
                                     uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                     fr_outcome *outcomes, fr_small_options options) {
    const int64_t n = problem->points;
    if (prime < FR_PRIME_MIN || prime > FR_PRIME_MAX || prime % 2 == 0)
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "prime is %u: an odd prime from %u to %u is needed", prime,
                            FR_PRIME_MIN, FR_PRIME_MAX);
    for (int64_t i = 0; i < trials; i++) outcomes[i] = FR_NOT_COMPUTED;
    if (n > fr_cuda_small_rows(session))
        return fr_cuda_fail(session, FR_UNSUPPORTED, "%lld points do not fit in this device's shared memory",
                            static_cast<long long>(n));
    if (n == 0 || problem->units == 0) { // nothing to eliminate
        std::fill(pivot_columns, pivot_columns + trials * n, int64_t(-1));
        std::fill(outcomes, outcomes + trials, FR_COMPUTED);
        return FR_OK;
    }
    const bool doubles = options.arithmetic == fr_small_arithmetic::automatic
                             ? has_fast_doubles()
                             : options.arithmetic == fr_small_arithmetic::doubles;
    try {
        return (doubles ? eliminate<DoubleArithmetic> : eliminate<IntegerArithmetic>)(
            session, problem, prime, first_trial, trials, pivot_columns, outcomes, options);
    } catch (const std::bad_alloc &) {
        return fr_cuda_fail(session, FR_OUT_OF_MEMORY, "no host memory for %lld trials", static_cast<long long>(trials));
    }
}

fr_status fr_cuda_eliminate_small(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t first_trial,
                                  int64_t trials, int64_t *pivot_columns, fr_outcome *outcomes) {
    return fr_cuda_eliminate_small_as(session, problem, prime, first_trial, trials, pivot_columns, outcomes,
                                      {fr_small_arithmetic::automatic, 0, 0});
}
