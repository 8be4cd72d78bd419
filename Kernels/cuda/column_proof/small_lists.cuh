// The lists that a launch of small trials reads and the reports that it writes, on the host and on the device. Private
// to Kernels/cuda/column_proof.
#ifndef FR_CUDA_COLUMN_PROOF_SMALL_LISTS_CUH
#define FR_CUDA_COLUMN_PROOF_SMALL_LISTS_CUH

#include <vector>

#include "column_proof/small.cuh"

class SmallLists {
public:
    SmallLists(StreamContext *context, const ProofShape &shape, int64_t capacity)
        : context_(context), shape_(shape), capacity_(capacity), most_reports_(most_reports(shape)) {}

    // A trial is abandoned at this many dependent columns: most_dependent in Kernels/cpu/column_proof, plus one.
    static int64_t most_reports(const ProofShape &shape) { return 17 + shape.rows / FR_PROOF_STEP; }

    fr_status prepare() {
        FR_PASS(jobs_.allocate(context_, size_t(capacity_)));
        FR_PASS(reports_.allocate(context_, size_t(capacity_ * (1 + most_reports_))));
        host_reports_.resize(size_t(capacity_ * (1 + most_reports_)));
        return FR_OK;
    }
    void clear() {
        host_jobs_.clear();
        host_units_.clear();
        host_patterns_.clear();
        longest_ = 0;
    }
    // Adds a trial, with all units that its proof has drawn.
    void add(int64_t trial, const fr_column_proof *proof) {
        const int64_t count = fr_column_proof_units(proof);
        host_jobs_.push_back({int32_t(trial), int32_t(count), int64_t(host_units_.size())});
        for (int64_t u = 0; u < count; u++) {
            const fr_proof_unit_view unit = fr_column_proof_unit(proof, u);
            host_units_.push_back({int32_t(unit.most), int32_t(unit.reached)});
            host_patterns_.insert(host_patterns_.end(), unit.pattern, unit.pattern + shape_.words);
        }
        longest_ = std::max(longest_, count);
    }
    int64_t jobs() const { return int64_t(host_jobs_.size()); }
    // Eliminates the trials that were added. The host waits. x: of the round (SmallLaunch).
    fr_status run(ByteField field, const int8_t *x) {
        FR_PASS(upload(units_, &units_capacity_, host_units_));
        FR_PASS(upload(patterns_, &patterns_capacity_, host_patterns_));
        FR_TRY(context_,
               cudaMemcpyAsync(jobs_, host_jobs_.data(), host_jobs_.size() * sizeof(SmallJob), cudaMemcpyHostToDevice,
                               context_->stream),
               "copying lists of units");
        const SmallLaunch launch = {shape_.n, shape_.words, shape_.coordinates, longest_, most_reports_, jobs_, units_,
                                    patterns_, x, reports_};
        FR_PASS(fr_cuda_launch_small(context_, field, launch, jobs()));
        FR_TRY(context_,
               cudaMemcpyAsync(host_reports_.data(), reports_,
                               host_jobs_.size() * size_t(1 + most_reports_) * sizeof(SmallColumn),
                               cudaMemcpyDeviceToHost, context_->stream),
               "copying reports");
        FR_TRY(context_, cudaStreamSynchronize(context_->stream), "eliminating small trials");
        return FR_OK;
    }
    // The reports of the trial that was added as number `job`. `unit` of the first entry is the number of columns after
    // it.
    const SmallColumn *reports(int64_t job) const { return host_reports_.data() + job * (1 + most_reports_); }

private:
    template <typename T> fr_status upload(DeviceBuffer<T> &to, size_t *capacity, const std::vector<T> &from) {
        if (from.size() > *capacity) {
            *capacity = 0;
            FR_PASS(to.allocate(context_, 2 * from.size()));
            *capacity = 2 * from.size();
        }
        FR_TRY(context_,
               cudaMemcpyAsync(to, from.data(), from.size() * sizeof(T), cudaMemcpyHostToDevice, context_->stream),
               "copying lists of units");
        return FR_OK;
    }

    StreamContext *const context_;
    const ProofShape shape_;
    const int64_t capacity_, most_reports_;
    int64_t longest_ = 0;
    std::vector<SmallJob> host_jobs_;
    std::vector<SmallUnit> host_units_;
    std::vector<uint64_t> host_patterns_;
    std::vector<SmallColumn> host_reports_;
    DeviceBuffer<SmallJob> jobs_;
    DeviceBuffer<SmallUnit> units_;
    DeviceBuffer<uint64_t> patterns_;
    DeviceBuffer<SmallColumn> reports_;
    size_t units_capacity_ = 0, patterns_capacity_ = 0;
};

#endif
