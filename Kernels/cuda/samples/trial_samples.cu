// See samples/trial_samples.h.
#include "samples/trial_samples.h"

#include "check_arguments.h"

fr_status TrialSamples::allocate(fr_session *session, const fr_problem *of, int64_t trials) {
    problem = of;
    FR_PASS(inputs.allocate(session, fr_bytes(trials, of->inputs * fr_padded_points(of), 1)));
    return patterns.allocate(session, fr_bytes(trials, of->units * fr_pattern_words(of), 1));
}

fr_status TrialSamples::draw(fr_session *session, uint64_t first_trial, int64_t trials) {
    FR_PASS(fr_cuda_draw_inputs(session, problem, first_trial, trials, inputs));
    return fr_cuda_draw_patterns(session, problem, first_trial, trials, 0, problem->units, inputs, patterns);
}

size_t fr_cuda_sample_bytes(const fr_problem *problem) {
    const size_t inputs = fr_bytes(problem->inputs, fr_padded_points(problem), sizeof(double));
    const size_t patterns = fr_bytes(problem->units, fr_pattern_words(problem), sizeof(uint64_t));
    return inputs > SIZE_MAX / 4 - patterns / 4 ? SIZE_MAX / 2 : inputs + patterns; // sums of two still fit
}

int64_t fr_cuda_batch(fr_session *session, size_t bytes, int64_t items) {
    const size_t fit = fr_cuda_memory_budget(session) / (bytes ? bytes : 1);
    if (fit < 1) return 1;
    return fit < size_t(items) ? int64_t(fit) : items;
}
