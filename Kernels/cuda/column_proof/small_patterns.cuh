// Patterns of a round of small trials. One launch draws the first units of all trials. Further units of a trial are
// drawn when its proof requests them. Private to Kernels/cuda/column_proof.
#ifndef FR_CUDA_COLUMN_PROOF_SMALL_PATTERNS_CUH
#define FR_CUDA_COLUMN_PROOF_SMALL_PATTERNS_CUH

#include <vector>

#include "column_proof/layout.h"

class SmallPatterns {
public:
    SmallPatterns(StreamContext *context, const fr_problem *problem, const ProofShape &shape, int64_t capacity,
                  const ProofOptions &options)
        : context_(context), problem_(problem), words_(shape.words), padded_(shape.padded), capacity_(capacity),
          first_units_(options.unit_batch ? std::min(options.unit_batch, problem->units) : first_units(problem, shape)) {}

    // Twice the fewest units that full rank needs.
    static int64_t first_units(const fr_problem *problem, const ProofShape &shape) {
        return std::min(problem->units, fr_round_up(2 * (shape.n / shape.k) + 8, 8));
    }

    fr_status prepare() {
        host_.resize(size_t(capacity_ * first_units_ * words_));
        more_.resize(size_t(capacity_));
        return device_.allocate(context_, host_.size());
    }
    // inputs: of the round's trials, as fr_cuda_draw_inputs drew them. The host waits.
    fr_status begin(uint64_t first_trial, int64_t count, const double *inputs) {
        first_trial_ = first_trial;
        inputs_ = inputs;
        for (std::vector<uint64_t> &more : more_) more.clear();
        if (first_units_ == 0) return FR_OK;
        FR_PASS(fr_cuda_draw_patterns(context_, problem_, first_trial, count, 0, first_units_, inputs, device_));
        return copy(host_.data(), device_, count * first_units_);
    }
    // patterns: count x words, of the trial's units from `first` on.
    fr_status read(int64_t trial, int64_t first, int64_t count, uint64_t *patterns) {
        for (int64_t unit = first; unit < first + count; unit++) {
            const uint64_t *from = host_.data() + (trial * first_units_ + unit) * words_;
            if (unit >= first_units_) {
                std::vector<uint64_t> &more = more_[size_t(trial)];
                const size_t place = size_t((unit - first_units_) * words_);
                if (place >= more.size()) FR_PASS(draw_more(trial, unit));
                from = more.data() + place;
            }
            patterns = std::copy(from, from + words_, patterns);
        }
        return FR_OK;
    }

private:
    fr_status copy(uint64_t *to, const uint64_t *from, int64_t units) {
        FR_TRY(context_,
               cudaMemcpyAsync(to, from, size_t(units * words_) * sizeof(uint64_t), cudaMemcpyDeviceToHost,
                               context_->stream),
               "copying patterns");
        FR_TRY(context_, cudaStreamSynchronize(context_->stream), "drawing patterns");
        return FR_OK;
    }
    // Draws as many units as there are already (at least 32), from `first` on.
    fr_status draw_more(int64_t trial, int64_t first) {
        const int64_t count = std::min(problem_->units - first, std::max<int64_t>(first, 32));
        DeviceBuffer<uint64_t> drawn;
        FR_PASS(drawn.allocate(context_, size_t(count * words_)));
        FR_PASS(fr_cuda_draw_patterns(context_, problem_, first_trial_ + uint64_t(trial), 1, first, count,
                                      inputs_ + trial * problem_->inputs * padded_, drawn));
        std::vector<uint64_t> &more = more_[size_t(trial)];
        const size_t before = more.size();
        more.resize(before + size_t(count * words_));
        return copy(more.data() + before, drawn, count);
    }

    StreamContext *const context_;
    const fr_problem *const problem_;
    const int64_t words_, padded_, capacity_, first_units_;
    const double *inputs_ = nullptr;
    uint64_t first_trial_ = 0;
    DeviceBuffer<uint64_t> device_;
    std::vector<uint64_t> host_;
    std::vector<std::vector<uint64_t>> more_; // by trial
};

#endif
