// Extreme singular values of leading blocks of random Jacobians, and of given matrices.
#include <algorithm>
#include <cmath>
#include <vector>

#include "check_arguments.h"
#include "svd/finite.h"
#include "samples/trial_samples.h"
#include "table.h"

namespace {

// The share of the memory budget for the matrices; the rest is for the work space of fr_cuda_svd.
constexpr size_t matrix_share = 4;

fr_status cancelled(fr_session *session) { return fr_cuda_fail(session, FR_CANCELLED, "cancelled"); }

// Approximate multiply-adds, used only for progress.
double work_of(int64_t rows, int64_t columns) {
    const double shorter = double(std::min(rows, columns)), longer = double(std::max(rows, columns));
    return shorter * shorter * longer + 1;
}

// Runs `part(first, count)` over 0 ..< items in parts of at most `most`. The parts are halved if memory runs out;
// `most` keeps the size that fitted.
template <typename Part> fr_status in_parts(fr_session *session, int64_t items, int64_t *most, Part part) {
    for (int64_t first = 0; first < items;) {
        if (fr_cuda_is_cancelled(session)) return cancelled(session);
        const int64_t count = std::min(*most, items - first);
        const fr_status status = part(first, count);
        if (status == FR_OUT_OF_MEMORY && count > 1) {
            *most = (count + 1) / 2;
            continue;
        }
        if (status != FR_OK) return status;
        first += count;
    }
    return FR_OK;
}

template <typename T> struct CellRun {
    fr_session *session;
    const fr_problem *problem; // of the largest cell
    const fr_cell *cells;
    int64_t cell_count;
    fr_singular *results; // trials x cells
    fr_outcome *outcomes;
    double total_work;
    bool may_overflow;
    int64_t most; // matrices at a time

    fr_status decompose(const TrialSamples &samples, int64_t cell_index, int64_t first, int64_t offset, int64_t count);
    fr_status chunk(uint64_t first_trial, int64_t done, int64_t trials);
};

// Computes one cell of trials offset ..< offset + count of a chunk that begins with the call's trial `first`.
template <typename T>
fr_status CellRun<T>::decompose(const TrialSamples &samples, int64_t cell_index, int64_t first, int64_t offset,
                                int64_t count) {
    const fr_cell cell = cells[cell_index];
    const int64_t columns = cell.units * (problem->inputs + problem->bias), entries = cell.points * columns;
    DeviceBuffer<T> matrices;
    FR_PASS(matrices.allocate(session, fr_bytes(count, entries, 1)));
    FR_PASS(fr_cuda_build_jacobians<T>(
        session, problem, cell, count, samples.inputs + offset * problem->inputs * fr_padded_points(problem),
        samples.patterns + offset * problem->units * fr_pattern_words(problem), matrices.get()));
    std::vector<fr_singular> values(size_t(count), fr_singular{0, 0, 0});
    std::vector<fr_outcome> finite(size_t(count), FR_COMPUTED), states(size_t(count), FR_NOT_COMPUTED);
    if (may_overflow)
        FR_PASS(fr_cuda_clear_not_finite(session, matrices.get(), count, entries, finite.data()));
    FR_PASS(fr_cuda_svd<T>(session, matrices.get(), count, cell.points, columns, values.data(), states.data()));
    for (int64_t i = 0; i < count; i++) {
        const int64_t place = (first + offset + i) * cell_count + cell_index;
        const bool good = finite[size_t(i)] == FR_COMPUTED;
        outcomes[place] = good ? states[size_t(i)] : FR_NOT_FINITE;
        if (good) results[place] = values[size_t(i)];
    }
    return FR_OK;
}

template <typename T> fr_status CellRun<T>::chunk(uint64_t first_trial, int64_t done, int64_t trials) {
    TrialSamples samples;
    FR_PASS(samples.allocate(session, problem, trials));
    FR_PASS(samples.draw(session, first_trial + uint64_t(done), trials));
    for (int64_t c = 0; c < cell_count; c++) {
        const int64_t columns = cells[c].units * (problem->inputs + problem->bias);
        if (cells[c].points * columns == 0) continue;
        FR_PASS(in_parts(session, trials, &most, [&](int64_t offset, int64_t count) {
            return decompose(samples, c, done, offset, count);
        }));
        const double share = work_of(cells[c].points, columns) * double(trials) / total_work;
        session->done.store(session->done.load(std::memory_order_relaxed) + share, std::memory_order_relaxed);
    }
    return FR_OK;
}

template <typename T>
fr_status run_cells(fr_session *session, const fr_problem *problem, fr_cell largest, const fr_cell *cells,
                    int64_t cell_count, uint64_t first_trial, int64_t trials, fr_singular *results,
                    fr_outcome *outcomes) {
    const int64_t k = problem->inputs + problem->bias;
    fr_problem needed = *problem; // samples nest
    needed.units = largest.units;
    // Given patterns keep their row length, which depends on the number of points; steps depend on all points.
    if (problem->weight_distribution != FR_WEIGHTS_PATTERN && problem->weight_distribution != FR_WEIGHTS_STEPS)
        needed.points = largest.points;
    double total = 0;
    size_t entries = 0; // of the largest matrix
    for (int64_t c = 0; c < cell_count; c++) {
        total += work_of(cells[c].points, cells[c].units * k) * double(trials);
        entries = std::max(entries, fr_bytes(cells[c].points, cells[c].units * k, 1));
    }
    bool overflow = false;
    if (sizeof(T) == sizeof(float) && problem->input_distribution == FR_INPUTS_GIVEN)
        for (int64_t i = 0; i < largest.points * problem->inputs; i++)
            overflow |= !std::isfinite(float(problem->given_inputs[i]));
    const size_t matrix_bytes = fr_size_product(entries, sizeof(T) * matrix_share);
    CellRun<T> run = {session, &needed, cells, cell_count, results, outcomes, total, overflow, 1};
    const size_t samples = fr_cuda_sample_bytes(&needed);
    const size_t bytes = matrix_bytes > SIZE_MAX - samples ? SIZE_MAX : matrix_bytes + samples;
    int64_t chunk = run.most = fr_cuda_batch(session, bytes, trials);
    // If memory runs out for the samples themselves, the chunk is halved, too; cells already done are computed again.
    return in_parts(session, trials, &chunk,
                    [&](int64_t first, int64_t count) { return run.chunk(first_trial, first, count); });
}

template <typename T>
fr_status run_matrices(fr_session *session, const T *matrices, int64_t batch, int64_t rows, int64_t columns,
                       fr_singular *results, fr_outcome *outcomes) {
    const int64_t entries = rows * columns;
    int64_t most = fr_cuda_batch(session, fr_bytes(entries, int64_t(matrix_share), sizeof(T)), batch);
    return in_parts(session, batch, &most, [&](int64_t first, int64_t count) {
        DeviceBuffer<T> copies; // fr_cuda_svd destroys them
        FR_PASS(copies.allocate(session, fr_bytes(count, entries, 1)));
        FR_TRY(session,
               cudaMemcpyAsync(copies.get(), matrices + first * entries, size_t(count * entries) * sizeof(T),
                               cudaMemcpyHostToDevice, session->stream),
               "copying matrices");
        std::vector<fr_outcome> finite(size_t(count), FR_COMPUTED);
        FR_PASS(fr_cuda_clear_not_finite(session, copies.get(), count, entries, finite.data()));
        const fr_status status =
            fr_cuda_svd<T>(session, copies.get(), count, rows, columns, results + first, outcomes + first);
        for (int64_t i = 0; i < count; i++)
            if (status != FR_OK || finite[size_t(i)] != FR_COMPUTED) {
                outcomes[first + i] = status != FR_OK ? FR_NOT_COMPUTED : FR_NOT_FINITE;
                results[first + i] = {0, 0, 0};
            }
        session->done.store(double(first + count) / double(batch), std::memory_order_relaxed);
        return status;
    });
}

} // namespace

fr_status fr_cuda_singular_values(fr_session *session, const fr_problem *problem, fr_precision precision,
                                  const fr_cell *cells, int64_t cell_count, uint64_t first_trial, int64_t trials,
                                  fr_singular *results, fr_outcome *outcomes) {
    const fr_words words = {session->error, sizeof session->error};
    fr_cell largest = {0, 0};
    FR_PASS(fr_cuda_check_problem(session, problem));
    FR_PASS(fr_refuse_precision(words, precision));
    FR_PASS(fr_refuse_trials(words, first_trial, trials));
    FR_PASS(fr_refuse_cells(words, problem, cells, cell_count, trials, &largest));
    if (trials == 0 || cell_count == 0) return FR_OK;
    if (results == nullptr || outcomes == nullptr)
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", results ? "outcomes" : "results");
    bool all_empty = true;
    for (int64_t i = 0; i < trials * cell_count; i++) {
        const fr_cell &cell = cells[i % cell_count];
        const bool empty = cell.points == 0 || cell.units == 0;
        all_empty &= empty;
        results[i] = {0, 0, 0};
        outcomes[i] = empty ? FR_COMPUTED : FR_NOT_COMPUTED;
    }
    if (all_empty) return FR_OK;
    return (precision == FR_FLOAT32 ? run_cells<float> : run_cells<double>)(
        session, problem, largest, cells, cell_count, first_trial, trials, results, outcomes);
}

fr_status fr_cuda_matrix_singular_values(fr_session *session, const void *matrices, fr_precision precision,
                                         int64_t batch, int64_t rows, int64_t columns, fr_singular *results,
                                         fr_outcome *outcomes) {
    const fr_words words = {session->error, sizeof session->error};
    FR_PASS(fr_refuse_precision(words, precision));
    FR_PASS(fr_refuse_matrices(words, batch, rows, columns, fr_precision_bytes(precision), sizeof *results));
    if (batch == 0) return FR_OK;
    const int64_t entries = rows * columns;
    if (results == nullptr || outcomes == nullptr || (entries > 0 && matrices == nullptr))
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "%s is NULL",
                            results == nullptr    ? "results"
                            : outcomes == nullptr ? "outcomes"
                                                  : "matrices");
    std::fill(results, results + batch, fr_singular{0, 0, 0});
    std::fill(outcomes, outcomes + batch, entries == 0 ? FR_COMPUTED : FR_NOT_COMPUTED);
    if (entries == 0) return FR_OK;
    if (precision == FR_FLOAT32)
        return run_matrices(session, static_cast<const float *>(matrices), batch, rows, columns, results, outcomes);
    return run_matrices(session, static_cast<const double *>(matrices), batch, rows, columns, results, outcomes);
}
