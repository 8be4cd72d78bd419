// Activation patterns that are drawn directly: every bit is 0 or 1 with probability 1/2, or each unit's region is
// uniform over the non-empty ones of one input with a bias (docs/sampling.md, "Drawn patterns"). Their counterparts on
// the CPU are draw_bits and draw_step of Kernels/cpu/samples/trial.c.
#include "samples/pattern_ensembles.h"

#include "session/launch.h"
#include "sampling.h"

namespace {

// How the work divides: each thread draws two words of a unit's pattern with one call of the generator.
__global__ void draw_bits(uint64_t seed, uint64_t first_trial, int64_t trials, int64_t first_unit, int64_t units,
                          int64_t points, int64_t words, uint64_t *patterns) {
    const int64_t blocks = (words + 1) / 2;
    for (int64_t item = fr_cuda_first_item(); item < trials * units * blocks; item += fr_cuda_stride()) {
        const int64_t block = item % blocks, unit = item / blocks % units, t = item / blocks / units;
        const fr_bits bits = fr_raw_bits(seed, first_trial + uint64_t(t), FR_STREAM_PATTERN,
                                         uint32_t(first_unit + unit), uint32_t(block));
        uint64_t *to = patterns + (t * units + unit) * words + 2 * block;
        for (int64_t i = 0; i < 2 && 2 * block + i < words; i++) {
            const int64_t left = points - 64 * (2 * block + i);
            to[i] = (i ? bits.high : bits.low) & (left < 64 ? (uint64_t(1) << left) - 1 : ~uint64_t(0));
        }
    }
}

// How the work divides: one thread per point decides whether any earlier point of its trial has the same input. This
// takes n^2 comparisons, once per trial: for n = 10^5 a thousandth of the trial's elimination.
__global__ void mark_first(int64_t trials, int64_t points, int64_t padded, const double *inputs, int32_t *is_first) {
    for (int64_t item = fr_cuda_first_item(); item < trials * points; item += fr_cuda_stride()) {
        const int64_t t = item / points, j = item % points;
        const double *x = inputs + t * padded;
        int32_t first = 1;
        for (int64_t i = 0; i < j && first; i++) first = x[i] != x[j];
        is_first[item] = first;
    }
}

// The work divides as in mark_first. Counts the distinct inputs below the point's; the first point of a trial writes
// the number of all.
__global__ void count_below(int64_t trials, int64_t points, int64_t padded, const double *inputs,
                            const int32_t *is_first, int32_t *ranks, int32_t *distinct) {
    for (int64_t item = fr_cuda_first_item(); item < trials * points; item += fr_cuda_stride()) {
        const int64_t t = item / points, j = item % points;
        const double *x = inputs + t * padded;
        int32_t below = 0, all = 0;
        for (int64_t i = 0; i < points; i++) {
            const int32_t first = is_first[t * points + i];
            all += first;
            below += first && x[i] < x[j];
        }
        ranks[item] = below;
        if (j == 0) distinct[t] = all;
    }
}

// How the work divides: one thread per word of a unit's pattern.
__global__ void draw_steps(uint64_t seed, uint64_t first_trial, int64_t trials, int64_t first_unit, int64_t units,
                           int64_t points, int64_t words, const int32_t *ranks, const int32_t *distinct,
                           uint64_t *patterns) {
    for (int64_t item = fr_cuda_first_item(); item < trials * units * words; item += fr_cuda_stride()) {
        const int64_t word = item % words, unit = item / words % units, t = item / words / units;
        const uint64_t groups = uint64_t(distinct[t]);
        const uint64_t index = fr_index_below(fr_raw_bits(seed, first_trial + uint64_t(t), FR_STREAM_REGION,
                                                          uint32_t(first_unit + unit), 0), 2 * groups);
        const int32_t at = int32_t(index % groups);
        const bool below = index < groups;
        const int64_t left = points - 64 * word, count = left < 64 ? left : 64;
        const int32_t *rank = ranks + t * points + 64 * word;
        uint64_t bits = 0;
        for (int64_t i = 0; i < count; i++) bits |= uint64_t((rank[i] < at) == below) << i;
        patterns[item] = bits;
    }
}

// Computes the ranks of the inputs' points, unless the stored ranks are those of these inputs.
fr_status make_ranks(StreamContext *context, int64_t trials, int64_t points, int64_t padded, const double *inputs) {
    if (context->ranked_inputs == inputs && context->ranked_trials == trials) return FR_OK;
    const size_t count = size_t(trials) * size_t(2 * points + 1);
    if (count > context->ranks_capacity) {
        cudaFree(context->ranks);
        context->ranks = nullptr;
        context->ranks_capacity = 0;
        FR_TRY(context, cudaMalloc(&context->ranks, count * sizeof *context->ranks),
               "allocating device memory for ranks");
        context->ranks_capacity = count;
    }
    int32_t *const is_first = context->ranks + trials * points, *const distinct = is_first + trials * points;
    FR_LAUNCH(mark_first, fr_cuda_blocks(trials * points, 256), 256, 0, context->stream, trials, points, padded, inputs,
              is_first);
    FR_LAUNCH(count_below, fr_cuda_blocks(trials * points, 256), 256, 0, context->stream, trials, points, padded,
              inputs, is_first, context->ranks, distinct);
    FR_TRY_LAUNCH(context, "ranking points");
    context->ranked_inputs = inputs;
    context->ranked_trials = trials;
    return FR_OK;
}

} // namespace

fr_status fr_cuda_draw_pattern_bits(StreamContext *context, const fr_problem *problem, uint64_t first_trial,
                                    int64_t trials, int64_t first_unit, int64_t units, uint64_t *patterns) {
    const int64_t words = fr_pattern_words(problem);
    FR_LAUNCH(draw_bits, fr_cuda_blocks(trials * units * ((words + 1) / 2), 256), 256, 0, context->stream,
              problem->seed, first_trial, trials, first_unit, units, problem->points, words, patterns);
    FR_TRY_LAUNCH(context, "drawing activation patterns");
    return FR_OK;
}

fr_status fr_cuda_draw_pattern_steps(StreamContext *context, const fr_problem *problem, uint64_t first_trial,
                                     int64_t trials, int64_t first_unit, int64_t units, const double *inputs,
                                     uint64_t *patterns) {
    const int64_t words = fr_pattern_words(problem), points = problem->points;
    FR_PASS(make_ranks(context, trials, points, fr_padded_points(problem), inputs));
    FR_LAUNCH(draw_steps, fr_cuda_blocks(trials * units * words, 256), 256, 0, context->stream, problem->seed,
              first_trial, trials, first_unit, units, points, words, context->ranks,
              context->ranks + 2 * trials * points, patterns);
    FR_TRY_LAUNCH(context, "drawing activation regions");
    return FR_OK;
}
