// The functions of the C interface for the samples and activation patterns of one trial.
#include <vector>

#include "check_arguments.h"
#include "session/session.h"
#include "table.h"

namespace {

fr_status check_units(fr_session *session, const fr_problem *problem, int64_t first_unit, int64_t units) {
    return fr_refuse_units({session->error, sizeof session->error}, problem, first_unit, units);
}

template <typename T> fr_status fetch(fr_session *session, T *to, const T *from, int64_t count) {
    if (count > 0)
        FR_TRY(session,
               cudaMemcpyAsync(to, from, size_t(count) * sizeof(T), cudaMemcpyDeviceToHost, session->stream),
               "copying samples");
    FR_TRY(session, cudaStreamSynchronize(session->stream), "copying samples");
    return FR_OK;
}

} // namespace

fr_status fr_cuda_sample_inputs(fr_session *session, const fr_problem *problem, uint64_t trial, double *inputs) {
    FR_PASS(fr_cuda_check_problem(session, problem));
    const int64_t n = problem->points, d0 = problem->inputs, padded = fr_padded_points(problem);
    if (n * d0 == 0) return FR_OK;
    if (inputs == nullptr) return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "inputs is NULL");
    DeviceBuffer<double> drawn;
    FR_PASS(drawn.allocate(session, size_t(d0 * padded)));
    FR_PASS(fr_cuda_draw_inputs(session, problem, trial, 1, drawn));
    std::vector<double> columns(size_t(d0 * padded));
    FR_PASS(fetch(session, columns.data(), drawn.get(), d0 * padded));
    for (int64_t j = 0; j < n; j++)
        for (int64_t c = 0; c < d0; c++) inputs[j * d0 + c] = columns[size_t(c * padded + j)];
    return FR_OK;
}

fr_status fr_cuda_sample_weights(fr_session *session, const fr_problem *problem, uint64_t trial, int64_t first_unit,
                                 int64_t units, double *weights, double *biases) {
    FR_PASS(fr_cuda_check_problem(session, problem));
    FR_PASS(check_units(session, problem, first_unit, units));
    if (problem->weight_distribution >= FR_WEIGHTS_PATTERN)
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "a problem of activation patterns has no weights");
    if (units == 0) return FR_OK;
    const int64_t d0 = problem->inputs;
    if (d0 > 0 && weights == nullptr) return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "weights is NULL");
    if (problem->bias && biases == nullptr) return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "biases is NULL");
    DeviceBuffer<double> drawn, drawn_biases;
    FR_PASS(drawn.allocate(session, size_t(units * d0)));
    FR_PASS(drawn_biases.allocate(session, size_t(units)));
    FR_PASS(fr_cuda_draw_weights(session, problem, trial, 1, first_unit, units, drawn, drawn_biases));
    FR_PASS(fetch(session, weights, drawn.get(), units * d0));
    if (problem->bias) FR_PASS(fetch(session, biases, drawn_biases.get(), units));
    return FR_OK;
}

fr_status fr_cuda_activation_patterns(fr_session *session, const fr_problem *problem, uint64_t trial,
                                      int64_t first_unit, int64_t units, uint64_t *patterns) {
    FR_PASS(fr_cuda_check_problem(session, problem));
    FR_PASS(check_units(session, problem, first_unit, units));
    const int64_t words = fr_pattern_words(problem);
    if (units * words == 0) return FR_OK;
    if (patterns == nullptr) return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "patterns is NULL");
    DeviceBuffer<double> inputs;
    DeviceBuffer<uint64_t> drawn;
    FR_PASS(inputs.allocate(session, size_t(problem->inputs * fr_padded_points(problem))));
    FR_PASS(drawn.allocate(session, size_t(units * words)));
    FR_PASS(fr_cuda_draw_inputs(session, problem, trial, 1, inputs));
    FR_PASS(fr_cuda_draw_patterns(session, problem, trial, 1, first_unit, units, inputs, drawn));
    return fetch(session, patterns, drawn.get(), units * words);
}
