// Proves trials one by one: the host's proof (Kernels/cpu/column_proof) with the device as its engine. Several trials
// run side by side, each in a thread and on a stream of its own: the host examines one while the device eliminates the
// others.
#include "column_proof/factor.cuh"
#include "column_proof/host_proof.h"
#include "column_proof/patterns.cuh"
#include "column_proof/stages.h"
#include "session/streams.h"

namespace {

class LargeProof {
public:
    LargeProof(StreamContext *context, const ProofOptions &options, const fr_problem *problem)
        : context_(context), problem_(problem), shape_(ProofShape::make(problem, options)), factor_(context, shape_),
          patterns_(context, problem, shape_) {
        engine_.context = this;
        engine_.is_cancelled = [](void *p) { return fr_cuda_is_cancelled(static_cast<LargeProof *>(p)->context_); };
        engine_.tell_done = [](void *p, double share) { static_cast<LargeProof *>(p)->items_->tell_done(share); };
        engine_.patterns = [](void *p, int64_t first, int64_t count, uint64_t *patterns) {
            LargeProof *self = static_cast<LargeProof *>(p);
            return self->went_well(self->patterns_.read(first, count, patterns));
        };
        engine_.begin = [](void *p, const fr_column_proof *, int which) {
            LargeProof *self = static_cast<LargeProof *>(p);
            return self->went_well(self->begin(which));
        };
        engine_.eliminate = [](void *p, const fr_column_proof *proof, int64_t pivots, int64_t count,
                               const fr_proof_column *columns, int64_t *kept) {
            LargeProof *self = static_cast<LargeProof *>(p);
            int64_t found = 0;
            return self->went_well(self->eliminate(proof, pivots, count, columns, kept, &found)) ? found : -1;
        };
    }

    fr_status prepare() {
        const double needed = shape_.bytes(problem_), available = double(fr_cuda_memory_budget(context_));
        if (needed > available)
            return fr_cuda_fail(context_, FR_OUT_OF_MEMORY, "proving %lld rows needs %.0f bytes, %.0f are available",
                                (long long)shape_.n, needed, available);
        FR_PASS(inputs_.allocate(context_, size_t(problem_->inputs * shape_.padded)));
        FR_PASS(residues_.allocate(context_, size_t(shape_.inputs * shape_.padded)));
        FR_PASS(patterns_.prepare());
        FR_PASS(factor_.prepare());
        if (proof_.make(problem_, shape_.block)) return FR_OK;
        return fr_cuda_fail(context_, FR_OUT_OF_MEMORY, "no host memory for a proof");
    }

    fr_status run(uint64_t trial, StreamItems *items, int64_t *pivot_columns, bool *proved) {
        items_ = items;
        status_ = FR_OK;
        engine_.block = shape_.block;
        FR_PASS(fr_cuda_draw_inputs(context_, problem_, trial, 1, inputs_));
        patterns_.begin(trial, inputs_);
        const fr_proof_outcome outcome = fr_column_proof_profile(proof_.get(), &engine_, pivot_columns);
        *proved = outcome == FR_PROVED;
        if (outcome == FR_PROOF_NO_MEMORY) return fr_cuda_fail(context_, FR_OUT_OF_MEMORY, "no host memory for a proof");
        if (outcome != FR_PROOF_STOPPED) return FR_OK;
        return status_ != FR_OK ? status_ : fr_cuda_fail(context_, FR_CANCELLED, "cancelled");
    }

private:
    bool went_well(fr_status status) {
        status_ = status;
        return status == FR_OK;
    }

    fr_status begin(int which) {
        const uint32_t prime = which == 0 ? FR_BYTES_PRIME : FR_BYTES_SECOND_PRIME;
        FR_PASS(fr_cuda_residues(context_, prime, shape_.inputs * shape_.padded, inputs_, residues_));
        return factor_.begin(fr_byte_field(int32_t(prime)), residues_);
    }

    fr_status fill(const fr_column_proof *proof, int64_t count, const fr_proof_column *columns) {
        descriptors_.assign(size_t(2 * shape_.block), 0);
        host_patterns_.clear();
        for (int64_t i = 0, unit = -1, units = 0; i < count; i++) {
            if (columns[i].unit != unit) {
                unit = columns[i].unit;
                const uint64_t *pattern = fr_column_proof_unit(proof, unit).pattern;
                host_patterns_.insert(host_patterns_.end(), pattern, pattern + shape_.words);
                units++;
            }
            descriptors_[size_t(i)] = int32_t(columns[i].coordinate);
            descriptors_[size_t(shape_.block + i)] = int32_t(units - 1);
        }
        return factor_.fill(count, fr_round_up(count, FR_PROOF_STEP), descriptors_, host_patterns_);
    }

    // Dependent columns come in groups, in the last units of a trial. Blocks are narrower as long as they do.
    fr_status eliminate(const fr_column_proof *proof, int64_t pivots, int64_t count, const fr_proof_column *columns,
                        int64_t *kept, int64_t *found) {
        FR_PASS(fill(proof, count, columns));
        FR_PASS(factor_.apply(0, pivots, 0, fr_round_up(count, FR_PROOF_STEP)));
        for (int64_t from = 0; from < count; from += shape_.diagonal) {
            const int64_t size = std::min(shape_.diagonal, count - from), at = pivots + from;
            FR_PASS(factor_.apply(pivots, at, from, fr_round_up(from + size, FR_PROOF_STEP)));
            FR_PASS(factor_.invert(at, from, size, found));
            if (*found < size) {
                const int64_t whole = *found / FR_PROOF_STEP * FR_PROOF_STEP;
                int64_t again = 0;
                if (whole > 0) {
                    FR_PASS(factor_.invert(at, from, whole, &again)); // their rows are in place
                    if (again != whole) return fr_cuda_fail(context_, FR_INTERNAL, "a diagonal block lost its pivots");
                    FR_PASS(factor_.keep(at, from, whole));
                }
                *kept = from + whole;
                *found += from;
                engine_.block = std::max<int64_t>(FR_PROOF_STEP, engine_.block / 2 / FR_PROOF_STEP * FR_PROOF_STEP);
                return FR_OK;
            }
            if (size % FR_PROOF_STEP == 0) FR_PASS(factor_.keep(at, from, size));
        }
        engine_.block = std::min(shape_.block, 2 * engine_.block);
        *found = count;
        return FR_OK;
    }

    StreamContext *const context_;
    const fr_problem *const problem_;
    const ProofShape shape_;
    ProofFactor factor_;
    ProofPatterns patterns_;
    HostProof proof_;
    fr_proof_engine engine_{};
    StreamItems *items_ = nullptr;
    fr_status status_ = FR_OK;
    DeviceBuffer<double> inputs_, residues_;
    std::vector<int32_t> descriptors_; // of the block at hand
    std::vector<uint64_t> host_patterns_;
};

// Several trials side by side keep the device busy while one of them waits for its panel or for the host.
int64_t useful_streams(int64_t n, const ProofOptions &options) {
    if (options.streams > 0) return options.streams;
    return n <= 4096 ? fr_most_streams : n <= 32768 ? 4 : 2;
}

} // namespace

fr_status fr_cuda_prove_large(fr_session *session, const ProofOptions &options, const fr_problem *problem,
                              uint64_t first_trial, const std::vector<int64_t> &trials, int64_t *pivot_columns,
                              uint8_t *proofs, fr_outcome *outcomes) {
    const ProofShape shape = ProofShape::make(problem, options);
    const StreamPlan plan = {int64_t(trials.size()), useful_streams(shape.n, options), shape.bytes(problem)};
    return fr_cuda_run_streams(session, plan, [&](StreamContext *context, StreamItems &items) {
        LargeProof proof(context, options, problem);
        FR_PASS(proof.prepare());
        int64_t item;
        while (items.next(&item)) {
            const int64_t trial = trials[size_t(item)];
            bool proved = false;
            FR_PASS(proof.run(first_trial + uint64_t(trial), &items, pivot_columns + trial * shape.n, &proved));
            proofs[trial] = proved;
            if (proved) outcomes[trial] = FR_COMPUTED;
        }
        return FR_OK;
    });
}
