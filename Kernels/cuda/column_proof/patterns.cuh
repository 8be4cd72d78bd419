// The units' activation patterns for the host's part of a proof. The device draws them in large batches, and the host
// reads them in small ones. Private to Kernels/cuda/column_proof.
#ifndef FR_CUDA_COLUMN_PROOF_PATTERNS_CUH
#define FR_CUDA_COLUMN_PROOF_PATTERNS_CUH

#include <vector>

#include "column_proof/layout.h"
#include "session/session.h"

class ProofPatterns {
public:
    ProofPatterns(StreamContext *context, const fr_problem *problem, const ProofShape &shape)
        : context_(context), problem_(problem), words_(shape.words), batch_(shape.unit_batch) {}

    fr_status prepare() {
        host_.resize(size_t(batch_ * words_));
        return device_.allocate(context_, size_t(batch_ * words_));
    }
    // inputs: of the trial, as fr_cuda_draw_inputs drew them.
    void begin(uint64_t trial, const double *inputs) {
        trial_ = trial;
        inputs_ = inputs;
        first_ = count_ = 0;
    }
    // patterns: count x words. Units must be requested in ascending order.
    fr_status read(int64_t first, int64_t count, uint64_t *patterns) {
        for (int64_t unit = first; unit < first + count; unit++) {
            if (unit >= first_ + count_) FR_PASS(draw(unit));
            const uint64_t *pattern = host_.data() + (unit - first_) * words_;
            patterns = std::copy(pattern, pattern + words_, patterns);
        }
        return FR_OK;
    }

private:
    fr_status draw(int64_t first) {
        first_ = first;
        count_ = std::min(batch_, problem_->units - first);
        FR_PASS(fr_cuda_draw_patterns(context_, problem_, trial_, 1, first_, count_, inputs_, device_));
        FR_TRY(context_,
               cudaMemcpyAsync(host_.data(), device_, size_t(count_ * words_) * sizeof(uint64_t),
                               cudaMemcpyDeviceToHost, context_->stream),
               "copying patterns");
        FR_TRY(context_, cudaStreamSynchronize(context_->stream), "drawing patterns");
        return FR_OK;
    }

    StreamContext *const context_;
    const fr_problem *const problem_;
    const int64_t words_, batch_;
    DeviceBuffer<uint64_t> device_;
    std::vector<uint64_t> host_;
    const double *inputs_ = nullptr;
    uint64_t trial_ = 0;
    int64_t first_ = 0, count_ = 0;
};

#endif
