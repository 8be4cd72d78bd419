// See session/streams.h.
#include "session/streams.h"

#include "session/uploads.h"

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace {

// The state that the streams of a batch share: the items not yet taken, the status, and the progress.
class Batch {
public:
    Batch(fr_session *session, int64_t items) : session_(session), items_(items) {}

    bool take(int64_t *item) {
        std::lock_guard<std::mutex> lock(mutex_);
        if (!returned_.empty()) {
            *item = returned_.back();
            returned_.pop_back();
        } else if (next_ < items_) {
            *item = next_++;
        } else {
            return false;
        }
        return true;
    }
    void give_back(int64_t item) {
        std::lock_guard<std::mutex> lock(mutex_);
        returned_.push_back(item);
    }
    bool has_more() {
        std::lock_guard<std::mutex> lock(mutex_);
        return !returned_.empty() || next_ < items_;
    }

    // Only the first failure counts: the other streams only report that they were stopped.
    void fail(StreamContext *context, fr_status status) {
        std::lock_guard<std::mutex> lock(mutex_);
        if (status_ != FR_OK) return;
        status_ = status;
        std::snprintf(words_, sizeof words_, "%s", context->error);
        session_->stopping.store(1, std::memory_order_relaxed);
    }
    // Called when all streams have ended: the session's message becomes that of the first failure.
    fr_status status() {
        if (status_ != FR_OK) std::snprintf(session_->error, sizeof session_->error, "%s", words_);
        return status_;
    }

    // In items.
    void add_done(double fraction) {
        std::lock_guard<std::mutex> lock(mutex_);
        done_ += fraction;
        fr_cuda_tell_done(session_, done_ / double(items_));
    }

private:
    fr_session *const session_;
    const int64_t items_;
    std::mutex mutex_;
    std::vector<int64_t> returned_;
    int64_t next_ = 0;
    fr_status status_ = FR_OK;
    char words_[sizeof StreamContext::error] = "";
    double done_ = 0;
};

class Items final : public StreamItems {
public:
    Items(Batch *batch, StreamContext *context) : batch_(batch), context_(context) {}

    bool next(int64_t *item) override {
        if (item_ >= 0) tell_done(1);
        item_ = -1;
        told_ = 0;
        if (fr_cuda_is_cancelled(context_) || !batch_->take(&item_)) return false;
        *item = item_;
        return true;
    }
    void tell_done(double fraction) override {
        batch_->add_done(fraction - told_);
        told_ = fraction;
    }
    // The item at hand was not finished.
    void give_back() {
        if (item_ < 0) return;
        tell_done(0);
        batch_->give_back(item_);
        item_ = -1;
    }

private:
    Batch *batch_;
    StreamContext *context_;
    int64_t item_ = -1;
    double told_ = 0;
};

// Runs a stream's thread. Returns whether it ended because of too little memory, which is not a failure while there are
// other streams.
bool run_stream(StreamContext *context, bool alone, Batch *batch, const LaneWork &work) {
    Items items(batch, context);
    fr_status status;
    try {
        status = fr_cuda_check(context, cudaSetDevice(context->session->device), "choosing the device");
        if (status == FR_OK) status = work(context, items);
    } catch (const std::bad_alloc &) {
        status = fr_cuda_fail(context, FR_OUT_OF_MEMORY, "no host memory");
    } catch (...) {
        status = fr_cuda_fail(context, FR_INTERNAL, "an exception in the CUDA backend");
    }
    if (status == FR_OK) return false;
    // Work that is still running must not access freed buffers, or those of the caller.
    if (!context->session->lost) {
        cudaStreamSynchronize(context->stream);
        if (context->urgent != nullptr) cudaStreamSynchronize(context->urgent->stream);
    }
    items.give_back();
    if (status == FR_OUT_OF_MEMORY && !alone) {
        cudaFree(context->given); // for the remaining streams
        context->given = nullptr;
        context->given_capacity = 0;
        cudaFree(context->ranks);
        context->ranks = nullptr;
        context->ranks_capacity = 0;
        context->ranked_inputs = nullptr;
        return true;
    }
    batch->fail(context, status);
    return false;
}

// Runs one round: the session's own thread and context, and streams - 1 more. Returns how many had enough memory.
int run_round(fr_session *session, int streams, Batch *batch, const LaneWork &work) {
    std::atomic<int> starved{0};
    std::vector<std::thread> threads;
    threads.reserve(size_t(streams));
    int started = 1;
    for (; started < streams; started++) {
        StreamContext *context = session->streams[started];
        try {
            threads.emplace_back([=, &starved, &work] { starved += run_stream(context, false, batch, work); });
        } catch (const std::system_error &) { // no further threads can be started; the existing ones suffice
            break;
        }
    }
    starved += run_stream(session, started == 1, batch, work);
    for (std::thread &thread : threads) thread.join();
    return started - starved;
}

// Opens this many streams, each with a CUDA stream and a cuBLAS handle, or as many as possible.
int open_lanes(fr_session *session, int wanted) {
    for (int i = 1; i < wanted; i++) {
        if (session->streams[i] != nullptr) continue;
        StreamContext *context = new (std::nothrow) StreamContext{};
        if (context == nullptr) return i;
        context->session = session;
        if (fr_cuda_open_stream(context) != FR_OK) {
            if (session->lost) std::snprintf(session->error, sizeof session->error, "%s", context->error);
            fr_cuda_close_stream(context);
            delete context;
            return i;
        }
        session->streams[i] = context;
    }
    return wanted;
}

} // namespace

fr_status fr_cuda_open_stream(StreamContext *context, bool urgent) {
    int least = 0, greatest = 0;
    if (urgent) FR_TRY(context, cudaDeviceGetStreamPriorityRange(&least, &greatest), "asking for priorities");
    // Not cudaStreamNonBlocking: a plain cudaMemcpy then waits for this stream's kernels.
    FR_TRY(context, cudaStreamCreateWithPriority(&context->stream, cudaStreamDefault, greatest), "making a stream");
    FR_TRY(context, cublasCreate(&context->blas), "starting cuBLAS");
    FR_TRY(context, cublasSetStream(context->blas, context->stream), "starting cuBLAS");
    return FR_OK;
}

fr_status fr_cuda_open_urgent(StreamContext *context) {
    if (context->urgent != nullptr) return FR_OK;
    StreamContext *made = new StreamContext{};
    made->session = context->session;
    const fr_status status = fr_cuda_open_stream(made, true);
    if (status == FR_OK) {
        context->urgent = made;
        return FR_OK;
    }
    std::snprintf(context->error, sizeof context->error, "%s", made->error);
    fr_cuda_close_stream(made);
    delete made;
    return status;
}

fr_status StreamOrder::before(StreamContext *first, StreamContext *second) {
    if (first == second) return FR_OK;
    if (event_ == nullptr)
        FR_TRY(second, cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "making an event");
    FR_TRY(second, cudaEventRecord(event_, first->stream), "recording an event");
    FR_TRY(second, cudaStreamWaitEvent(second->stream, event_, 0), "waiting for an event");
    return FR_OK;
}

void fr_cuda_close_stream(StreamContext *context) {
    if (context->urgent != nullptr) fr_cuda_close_stream(context->urgent);
    delete context->urgent;
    context->urgent = nullptr;
    if (context->stream != nullptr) cudaStreamSynchronize(context->stream); // it may still read pinned memory
    fr_cuda_release_uploads(context);
    cudaFree(context->given);
    cudaFree(context->powers);
    cudaFree(context->ranks);
    if (context->blas != nullptr) cublasDestroy(context->blas);
    if (context->stream != nullptr) cudaStreamDestroy(context->stream);
    cudaGetLastError();
}

void fr_cuda_release_streams(fr_session *session) {
    for (StreamContext *&context : session->streams) {
        if (context == nullptr) continue;
        fr_cuda_close_stream(context);
        delete context;
        context = nullptr;
    }
}

fr_status fr_cuda_run_streams(fr_session *session, const StreamPlan &plan, const LaneWork &work) {
    if (plan.items <= 0) return FR_OK;
    int streams = int(std::max<int64_t>(1, std::min<int64_t>({plan.items, plan.useful, fr_most_streams})));
    streams = open_lanes(session, streams); // before the budget is asked for: a handle has work space of its own
    if (session->lost) return FR_DEVICE_LOST;
    const size_t budget = fr_cuda_memory_budget(session);
    const double fit = double(budget) / std::max(1.0, plan.bytes_a_lane);
    if (fit < double(streams)) streams = std::max(1, int(fit));

    Batch batch(session, plan.items);
    session->stopping.store(0, std::memory_order_relaxed);
    for (;;) {
        session->memory_share = streams > 1 ? budget / size_t(streams) : 0;
        for (int i = 1; i < streams; i++) session->streams[i]->memory_share = session->memory_share;
        const int fed = run_round(session, streams, &batch, work);
        session->memory_share = 0;
        session->stopping.store(0, std::memory_order_relaxed);
        const fr_status status = batch.status();
        if (status != FR_OK) return status;
        if (!batch.has_more()) return FR_OK;
        if (session->cancelled.load(std::memory_order_relaxed))
            return fr_cuda_fail(session, FR_CANCELLED, "cancelled");
        streams = fed > 0 ? std::min(fed, streams - 1) : streams / 2; // some starved, or nothing would be left
        streams = std::max(1, streams);
    }
}

size_t fr_cuda_memory_budget(StreamContext *context) {
    if (context->memory_share != 0) return context->memory_share;
    const fr_session *session = context->session;
    size_t free = 0, total = 0;
    if (cudaMemGetInfo(&free, &total) != cudaSuccess) {
        cudaGetLastError();
        return 0;
    }
    // For cuBLAS's work space, the runtime's own and fragmentation.
    size_t reserve = total / 16;
    if (reserve > size_t(512) << 20) reserve = size_t(512) << 20;
    size_t budget = free > reserve ? free - reserve : 0;
    if (session->memory_limit_bytes != 0 && session->memory_limit_bytes < budget) budget = session->memory_limit_bytes;
    return budget;
}
