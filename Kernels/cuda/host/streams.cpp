// See streams.h. A queue is a deque of items with the number of those done; an event is a place in a queue.
#include "streams.h"

#include "counters.h"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <vector>

namespace {

struct Queue {
    struct Item {
        std::function<void()> work;      // empty: waits for `before`
        std::shared_ptr<Queue> behind;   // the queue that has to be done
        long until = 0;                  // so far
    };
    std::deque<Item> items;
    long given = 0, done = 0;
    bool urgent = false, blocking = true; // blocking: the stream NULL waits for it
};

// Held while anything is enqueued or run late: several host threads use streams of their own.
std::recursive_mutex mutex;
std::vector<std::shared_ptr<Queue>> queues; // of the streams that there are

const char *wish() {
    static const char *const seed = std::getenv("FULLRANK_EMULATED_STREAMS");
    return seed;
}

void run(Queue &queue, long until) {
    while (queue.done < until) {
        const Queue::Item item = std::move(queue.items.front());
        queue.items.pop_front();
        if (item.behind) run(*item.behind, item.until);
        if (item.work) item.work();
        queue.done++;
    }
}

void run_some() {
    static const unsigned long seed = std::strtoul(wish(), nullptr, 10);
    static std::mt19937 random{unsigned(seed)};
    if (seed == 0 || queues.empty()) return;
    Queue &queue = *queues[random() % queues.size()];
    const long waiting = queue.given - queue.done;
    if (waiting > 0) run(queue, queue.done + long(random() % unsigned(waiting + 1)));
}

void give(Queue &queue, Queue::Item item) {
    queue.items.push_back(std::move(item));
    queue.given++;
    run_some();
}

} // namespace

struct fr_host_stream {
    std::shared_ptr<Queue> queue = std::make_shared<Queue>();
};
struct fr_host_event {
    std::shared_ptr<Queue> queue; // empty: never recorded
    long place = 0;
};

void fr_emulation::enqueue(cudaStream_t stream, std::function<void()> work) {
    if (!wish()) return work();
    std::lock_guard<std::recursive_mutex> lock(mutex);
    if (stream != nullptr) return give(*stream->queue, {std::move(work), nullptr, 0});
    finish(nullptr);
    work();
}

void fr_emulation::finish(cudaStream_t stream) {
    if (!wish()) return;
    std::lock_guard<std::recursive_mutex> lock(mutex);
    if (stream != nullptr) return run(*stream->queue, stream->queue->given);
    for (const auto &queue : queues)
        if (queue->blocking) run(*queue, queue->given);
}

void fr_emulation::finish_all() {
    if (!wish()) return;
    std::lock_guard<std::recursive_mutex> lock(mutex);
    for (const auto &queue : queues) run(*queue, queue->given);
}

bool fr_emulation::is_urgent(cudaStream_t stream) { return stream != nullptr && stream->queue->urgent; }

cudaError_t cudaDeviceGetStreamPriorityRange(int *least, int *greatest) {
    *least = 0;
    *greatest = -1;
    return cudaSuccess;
}
cudaError_t cudaStreamCreateWithPriority(cudaStream_t *stream, unsigned flags, int priority) {
    *stream = new fr_host_stream;
    (*stream)->queue->blocking = flags != cudaStreamNonBlocking;
    (*stream)->queue->urgent = priority < 0;
    std::lock_guard<std::recursive_mutex> lock(mutex);
    queues.push_back((*stream)->queue);
    return cudaSuccess;
}
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags) {
    return cudaStreamCreateWithPriority(stream, flags, 0);
}
cudaError_t cudaStreamCreate(cudaStream_t *stream) { return cudaStreamCreateWithFlags(stream, 0); }
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    fr_emulation::finish(stream);
    std::lock_guard<std::recursive_mutex> lock(mutex);
    queues.erase(std::find(queues.begin(), queues.end(), stream->queue));
    delete stream;
    return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
    fr_emulation::runtime_counts.synchronisations++;
    fr_emulation::finish(stream);
    return cudaSuccess;
}
cudaError_t cudaDeviceSynchronize() {
    fr_emulation::finish_all();
    return cudaStreamSynchronize(nullptr);
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned) {
    *event = new fr_host_event;
    return cudaSuccess;
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
    delete event;
    return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
    if (stream == nullptr) return cudaErrorInvalidValue; // nothing here does
    std::lock_guard<std::recursive_mutex> lock(mutex);
    event->queue = stream->queue;
    event->place = stream->queue->given;
    return cudaSuccess;
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
    std::lock_guard<std::recursive_mutex> lock(mutex);
    if (event->queue) run(*event->queue, event->place);
    return cudaSuccess;
}
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
    if (!wish()) return cudaSuccess;
    std::lock_guard<std::recursive_mutex> lock(mutex);
    if (event->queue) give(*stream->queue, {nullptr, event->queue, event->place});
    return cudaSuccess;
}
