// Jacobians of leading blocks on the device, and the stage that returns them.
#include <algorithm>
#include <cfloat>
#include <type_traits>

#include "check_arguments.h"
#include "svd/finite.h"
#include "session/launch.h"
#include "samples/trial_samples.h"
#include "table.h"

namespace {

constexpr int row_tile = 16; // rows a thread writes; divides 64, so that one word of a pattern holds their bits
constexpr int column_tile = 256;

// How the work divides: a block handles 256 neighbouring columns of 16 neighbouring rows of one trial, and a thread one
// column of them. A thread reads one word of its unit's pattern and up to 16 neighbouring numbers of its coordinate;
// neighbouring threads write neighbouring entries of a row. The bandwidth of the writes is the bound.
template <typename T>
__global__ void build_jacobians(int64_t trials, int64_t points, int64_t columns, int64_t d0, int64_t k, int64_t padded,
                                int64_t words, int64_t pattern_units, const double *inputs, const uint64_t *patterns,
                                T *jacobians) {
    const int64_t column_tiles = (columns + column_tile - 1) / column_tile;
    const int64_t row_tiles = (points + row_tile - 1) / row_tile;
    for (int64_t item = blockIdx.x; item < trials * row_tiles * column_tiles; item += gridDim.x) {
        const int64_t column = item % column_tiles * column_tile + threadIdx.x;
        const int64_t first = item / column_tiles % row_tiles * row_tile, t = item / column_tiles / row_tiles;
        if (column >= columns) continue;
        const int64_t u = column / k, c = column % k;
        const uint64_t bits = patterns[(t * pattern_units + u) * words + first / 64] >> (first % 64);
        const double *x = inputs + (t * d0 + c) * padded + first; // not read for the bias
        T *out = jacobians + (t * points + first) * columns + column;
        const int rows = int(points - first < row_tile ? points - first : row_tile);
        for (int i = 0; i < rows; i++) {
            T value = 0;
            if (bits >> i & 1) value = c < d0 ? T(x[i]) : T(1);
            out[i * columns] = value;
        }
    }
}

// Whether rounding to this precision can turn some input into an infinity. Random inputs are below 9.
bool may_overflow(const fr_problem *problem, fr_precision precision) {
    if (precision != FR_FLOAT32 || problem->input_distribution != FR_INPUTS_GIVEN) return false;
    for (int64_t i = 0; i < problem->points * problem->inputs; i++)
        if (!(std::fabs(problem->given_inputs[i]) <= double(FLT_MAX))) return true;
    return false;
}

template <typename T>
fr_status write_batch(fr_session *session, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                      bool overflow, T *jacobians, fr_outcome *outcomes) {
    const int64_t entries = problem->points * problem->units * (problem->inputs + problem->bias);
    TrialSamples samples;
    FR_PASS(samples.allocate(session, problem, trials));
    DeviceBuffer<T> built;
    FR_PASS(built.allocate(session, fr_bytes(trials, entries, 1)));
    FR_PASS(samples.draw(session, first_trial, trials));
    FR_PASS(fr_cuda_build_jacobians<T>(session, problem, {problem->points, problem->units}, trials, samples.inputs,
                                       samples.patterns, built.get()));
    FR_TRY(session,
           cudaMemcpyAsync(jacobians, built.get(), size_t(trials * entries) * sizeof(T), cudaMemcpyDeviceToHost,
                           session->stream),
           "copying Jacobians");
    for (int64_t t = 0; t < trials; t++) outcomes[t] = FR_COMPUTED;
    if (overflow) FR_PASS(fr_cuda_clear_not_finite(session, built.get(), trials, entries, outcomes));
    FR_TRY(session, cudaStreamSynchronize(session->stream), "building Jacobians");
    return FR_OK;
}

template <typename T>
fr_status write_all(fr_session *session, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                    T *jacobians, fr_outcome *outcomes) {
    const int64_t entries = problem->points * problem->units * (problem->inputs + problem->bias);
    const bool overflow = may_overflow(problem, std::is_same<T, float>::value ? FR_FLOAT32 : FR_FLOAT64);
    const size_t bytes = fr_bytes(entries, 1, sizeof(T)) + fr_cuda_sample_bytes(problem);
    int64_t batch = fr_cuda_batch(session, bytes, trials);
    for (int64_t done = 0; done < trials;) {
        if (fr_cuda_is_cancelled(session)) return fr_cuda_fail(session, FR_CANCELLED, "cancelled");
        const int64_t now = std::min(batch, trials - done);
        const fr_status status = write_batch(session, problem, first_trial + uint64_t(done), now, overflow,
                                             jacobians + done * entries, outcomes + done);
        if (status == FR_OUT_OF_MEMORY && batch > 1) {
            batch = (batch + 1) / 2;
            continue;
        }
        if (status != FR_OK) {
            std::fill(outcomes + done, outcomes + done + now, FR_NOT_COMPUTED);
            return status;
        }
        done += now;
        session->done.store(double(done) / double(trials), std::memory_order_relaxed);
    }
    return FR_OK;
}

} // namespace

template <typename T>
fr_status fr_cuda_build_jacobians(fr_session *session, const fr_problem *problem, fr_cell cell, int64_t trials,
                                  const double *inputs, const uint64_t *patterns, T *jacobians) {
    const int64_t k = problem->inputs + problem->bias, columns = cell.units * k;
    const int64_t tiles = (cell.points + row_tile - 1) / row_tile * ((columns + column_tile - 1) / column_tile);
    if (trials * tiles == 0) return FR_OK;
    FR_LAUNCH(build_jacobians<T>, fr_cuda_blocks(trials * tiles, 1), column_tile, 0, session->stream, trials,
              cell.points, columns, problem->inputs, k, fr_padded_points(problem), fr_pattern_words(problem),
              problem->units, inputs, patterns, jacobians);
    FR_TRY_LAUNCH(session, "building Jacobians");
    return FR_OK;
}

template fr_status fr_cuda_build_jacobians(fr_session *, const fr_problem *, fr_cell, int64_t, const double *,
                                           const uint64_t *, double *);
template fr_status fr_cuda_build_jacobians(fr_session *, const fr_problem *, fr_cell, int64_t, const double *,
                                           const uint64_t *, float *);

fr_status fr_cuda_jacobians(fr_session *session, const fr_problem *problem, fr_precision precision,
                            uint64_t first_trial, int64_t trials, void *jacobians, fr_outcome *outcomes) {
    const fr_words words = {session->error, sizeof session->error};
    FR_PASS(fr_cuda_check_problem(session, problem));
    FR_PASS(fr_refuse_precision(words, precision));
    FR_PASS(fr_refuse_trials(words, first_trial, trials));
    if (trials == 0) return FR_OK;
    if (outcomes == nullptr) return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "outcomes is NULL");
    const int64_t entries = problem->points * problem->units * (problem->inputs + problem->bias);
    if (fr_bytes(trials, entries, fr_precision_bytes(precision)) > PTRDIFF_MAX)
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "trials x points x units x (inputs + bias) is too large");
    std::fill(outcomes, outcomes + trials, entries == 0 ? FR_COMPUTED : FR_NOT_COMPUTED);
    if (entries == 0) return FR_OK;
    if (jacobians == nullptr) return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "jacobians is NULL");
    if (precision == FR_FLOAT32)
        return write_all(session, problem, first_trial, trials, static_cast<float *>(jacobians), outcomes);
    return write_all(session, problem, first_trial, trials, static_cast<double *>(jacobians), outcomes);
}
