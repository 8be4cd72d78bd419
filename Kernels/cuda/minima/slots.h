// Slots of regions on a device, with the functions that fill, solve and read them. Private to Kernels/cuda.
#ifndef FR_CUDA_MINIMA_SLOTS_H
#define FR_CUDA_MINIMA_SLOTS_H

#include <vector>

#include "minima/slots.cuh"

class MinimaSlotsOnDevice {
public:
    MinimaSlotsOnDevice() = default;
    MinimaSlotsOnDevice(const MinimaSlotsOnDevice &) = delete;
    MinimaSlotsOnDevice &operator=(const MinimaSlotsOnDevice &) = delete;
    ~MinimaSlotsOnDevice();

    fr_status make(StreamContext *context, const MinimaLayout &layout, int64_t slots);
    fr_solver_region *region(int64_t slot) { return &regions_[size_t(slot)]; }
    // Launches for n points: one start; then in each round one pricing for each k and one entering, with four rounds
    // between looks at the statuses, until no region runs. A region of n rays takes about n/4 rounds.
    fr_status solve(const fr_solver_task *tasks, int64_t count);
    void answer(int64_t slot, fr_solver_answer *answer) const;
    const char *last_error() const { return context_->error; }

private:
    fr_status upload(int64_t count);
    template <typename Launch> fr_status by_dimension(int64_t count, const Launch &launch);

    StreamContext *context_ = nullptr;
    MinimaSlots slots_{};
    int64_t count_ = 0;
    DeviceBuffer<unsigned char> memory_;
    DeviceBuffer<MinimaTask> device_tasks_;
    DeviceBuffer<int32_t> device_statuses_;
    unsigned char *filled_ = nullptr, *answers_ = nullptr; // pinned, by slot
    int32_t *statuses_ = nullptr;
    MinimaTask *tasks_ = nullptr;
    std::vector<fr_solver_region> regions_;
};

#endif
