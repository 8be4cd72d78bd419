// The solver described in minima_solver.h, on a device: slots, and rounds of launches until all regions have an answer.
#include "minima/slots.h"

#include <algorithm>
#include <cstring>

namespace {

// The number of rounds of pricing and entering between two looks at the statuses.
constexpr int rounds_a_look = 4;

template <typename T> size_t place(size_t *end, int64_t count) {
    const size_t begin = *end;
    *end += (size_t(count) * sizeof(T) + 63) / 64 * 64;
    return begin;
}

} // namespace

MinimaLayout fr_cuda_minima_layout(int64_t points, int64_t dimensions, int64_t units) {
    MinimaLayout at{};
    const int64_t n = at.points = points, k = at.dimensions = dimensions, d1 = at.units = units;
    at.words = (n + 63) / 64;
    size_t end = 0;
    at.header = place<MinimaHeader>(&end, 1);
    at.ray_units = place<int32_t>(&end, n);
    at.ray_zeros = place<int32_t>(&end, n * (k - 1));
    at.zeros = place<int32_t>(&end, d1 * (k - 1));
    at.answer_bytes = end;
    at.inputs = place<double>(&end, n * k);
    at.labels = place<double>(&end, n);
    at.patterns = place<uint64_t>(&end, d1 * at.words);
    at.signs = place<int8_t>(&end, d1);
    at.inside = place<double>(&end, d1 * k);
    at.filled_bytes = end - at.inputs;
    at.inverse = place<double>(&end, d1 * k * k);
    at.ready = place<uint8_t>(&end, d1);
    at.refused = place<int32_t>(&end, d1);
    at.values = place<double>(&end, d1);
    for (size_t *part : {&at.residual, &at.column, &at.parts, &at.trial}) *part = place<double>(&end, n);
    size_t set = 0;
    at.coefficients = place<double>(&set, n);
    at.projections = place<double>(&set, n);
    at.set_units = place<int32_t>(&set, n);
    at.set_zeros = place<int32_t>(&set, n * (k - 1));
    at.q = place<double>(&set, n * n);
    at.r = place<double>(&set, n * n);
    at.used = end;
    at.kept = end + set;
    at.bytes = end + 2 * set;
    return at;
}

fr_status MinimaSlotsOnDevice::make(StreamContext *context, const MinimaLayout &layout, int64_t slots) {
    context_ = context;
    slots_.at = layout;
    count_ = slots;
    FR_PASS(memory_.allocate(context, layout.bytes * size_t(slots)));
    slots_.memory = memory_;
    FR_PASS(device_tasks_.allocate(context, size_t(slots)));
    FR_PASS(device_statuses_.allocate(context, size_t(slots)));
    // The memory is pinned, so that copies run beside kernels; pageable memory works as well.
    FR_TRY(context, cudaMallocHost(&filled_, layout.filled_bytes * size_t(slots)), "allocating pinned memory");
    FR_TRY(context, cudaMallocHost(&answers_, layout.answer_bytes * size_t(slots)), "allocating pinned memory");
    FR_TRY(context, cudaMallocHost(&statuses_, sizeof(int32_t) * size_t(slots)), "allocating pinned memory");
    FR_TRY(context, cudaMallocHost(&tasks_, sizeof(MinimaTask) * size_t(slots)), "allocating pinned memory");
    regions_.resize(size_t(slots));
    for (int64_t slot = 0; slot < slots; slot++) {
        unsigned char *begin = filled_ + size_t(slot) * layout.filled_bytes - layout.inputs;
        fr_solver_region &region = regions_[size_t(slot)];
        region.points = reinterpret_cast<double *>(begin + layout.inputs);
        region.labels = reinterpret_cast<double *>(begin + layout.labels);
        region.patterns = reinterpret_cast<uint64_t *>(begin + layout.patterns);
        region.signs = reinterpret_cast<int8_t *>(begin + layout.signs);
        region.inside = reinterpret_cast<double *>(begin + layout.inside);
    }
    return FR_OK;
}

MinimaSlotsOnDevice::~MinimaSlotsOnDevice() {
    cudaFreeHost(filled_);
    cudaFreeHost(answers_);
    cudaFreeHost(statuses_);
    cudaFreeHost(tasks_);
}

// Sorts tasks by k, because a launch has one k.
fr_status MinimaSlotsOnDevice::upload(int64_t count) {
    std::stable_sort(tasks_, tasks_ + count, [](const MinimaTask &a, const MinimaTask &b) { return a.k < b.k; });
    FR_TRY(context_,
           cudaMemcpyAsync(device_tasks_, tasks_, size_t(count) * sizeof(MinimaTask), cudaMemcpyHostToDevice,
                           context_->stream),
           "copying tasks");
    return FR_OK;
}

template <typename Launch> fr_status MinimaSlotsOnDevice::by_dimension(int64_t count, const Launch &launch) {
    for (int64_t begin = 0; begin < count;) {
        int64_t end = begin, width = 0;
        for (; end < count && tasks_[end].k == tasks_[begin].k; end++)
            width = std::max<int64_t>(width, tasks_[end].width);
        FR_PASS(launch(device_tasks_ + begin, end - begin, width, tasks_[begin].k));
        begin = end;
    }
    return FR_OK;
}

fr_status MinimaSlotsOnDevice::solve(const fr_solver_task *tasks, int64_t count) {
    const MinimaLayout &at = slots_.at;
    FR_TRY(context_, cudaSetDevice(context_->session->device), "choosing the device"); // the thread may be new
    int64_t fresh = 0;
    for (int64_t i = 0; i < count; i++) {
        const int64_t slot = tasks[i].slot;
        const fr_solver_region &region = regions_[size_t(slot)];
        const MinimaTask task = {int32_t(slot), int32_t(tasks[i].width), int32_t(tasks[i].start), int32_t(region.n),
                                 int32_t(region.k), int32_t(region.units), int32_t(region.words)};
        if (tasks[i].start != FR_START_NEW) continue;
        tasks_[fresh] = task;
        tasks_[fresh++].width = task.units;
        FR_TRY(context_,
               cudaMemcpyAsync(slots_.part<unsigned char>(slot, at.inputs), filled_ + size_t(slot) * at.filled_bytes,
                               at.filled_bytes, cudaMemcpyHostToDevice, context_->stream),
               "copying regions");
    }
    if (fresh > 0) {
        FR_PASS(upload(fresh));
        FR_PASS(by_dimension(fresh, [&](const MinimaTask *list, int64_t some, int64_t units, int k) {
            return fr_cuda_minima_begin_cells(context_, slots_, list, some, units, k);
        }));
        FR_TRY(context_, cudaStreamSynchronize(context_->stream),
               "beginning cells of units"); // waits before the tasks are written anew
    }
    for (int64_t i = 0; i < count; i++) {
        const fr_solver_region &region = regions_[size_t(tasks[i].slot)];
        tasks_[i] = {int32_t(tasks[i].slot), int32_t(tasks[i].width), int32_t(tasks[i].start), int32_t(region.n),
                     int32_t(region.k), int32_t(region.units), int32_t(region.words)};
    }
    FR_PASS(upload(count));
    FR_PASS(fr_cuda_minima_start(context_, slots_, device_tasks_, count, device_statuses_));
    for (int64_t running = count;;) {
        FR_TRY(context_,
               cudaMemcpyAsync(statuses_, device_statuses_, size_t(count_) * sizeof(int32_t), cudaMemcpyDeviceToHost,
                               context_->stream),
               "copying statuses");
        FR_TRY(context_, cudaStreamSynchronize(context_->stream), "solving regions");
        if (fr_cuda_is_cancelled(context_)) return fr_cuda_fail(context_, FR_CANCELLED, "cancelled");
        running = std::remove_if(tasks_, tasks_ + running,
                                 [&](const MinimaTask &task) { return statuses_[task.slot] != MINIMA_RUNS; }) - tasks_;
        if (running == 0) break;
        FR_PASS(upload(running));
        for (int round = 0; round < rounds_a_look; round++) {
            FR_PASS(by_dimension(running, [&](const MinimaTask *list, int64_t some, int64_t width, int k) {
                return fr_cuda_minima_price(context_, slots_, list, some, width, k);
            }));
            FR_PASS(fr_cuda_minima_enter(context_, slots_, device_tasks_, running, device_statuses_));
        }
    }
    for (int64_t i = 0; i < count; i++) {
        const size_t slot = size_t(tasks[i].slot);
        FR_TRY(context_,
               cudaMemcpyAsync(answers_ + slot * at.answer_bytes, slots_.memory + slot * at.bytes, at.answer_bytes,
                               cudaMemcpyDeviceToHost, context_->stream),
               "copying answers");
    }
    FR_TRY(context_, cudaStreamSynchronize(context_->stream), "copying answers");
    return FR_OK;
}

void MinimaSlotsOnDevice::answer(int64_t slot, fr_solver_answer *answer) const {
    const MinimaLayout &at = slots_.at;
    const unsigned char *begin = answers_ + size_t(slot) * at.answer_bytes;
    MinimaHeader header;
    std::memcpy(&header, begin + at.header, sizeof header);
    const fr_solver_region &region = regions_[size_t(slot)];
    *answer = {fr_solved(header.status), header.count, reinterpret_cast<const int32_t *>(begin + at.ray_units),
               reinterpret_cast<const int32_t *>(begin + at.ray_zeros), region.k - 1,
               reinterpret_cast<const int32_t *>(begin + at.zeros), at.units};
}
