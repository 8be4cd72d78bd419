// Overlaps the items of a batch on the device. Streams, each a thread with its own CUDA stream and cuBLAS handle, take
// items from one counter. A single item leaves most of the device idle while its panels are eliminated and whenever the
// host examines a result; the products of other items run in that time.
//
// The result of an item depends neither on the stream nor on the order. A stream that runs out of memory returns its
// item and ends; the other streams, or a further round of fewer streams, take the item. If a stream runs out of memory
// alone, or fails in another way, the call ends with the message of the first failure.
#ifndef FR_CUDA_LANES_H
#define FR_CUDA_LANES_H

#include <functional>

#include "session/session.h"

// The view of the batch that one stream has.
class StreamItems {
public:
    // Takes the next item; the previous one is done. Returns false if there are no more items, or the call is to end.
    virtual bool next(int64_t *item) = 0;
    // Reports the progress of the current item, from 0 to 1.
    virtual void tell_done(double fraction) = 0;

protected:
    ~StreamItems() = default;
};

// The work of a stream: it allocates its buffers once, then takes items until there are none. It is called in the
// stream's own thread with the device made current, and may throw std::bad_alloc. It returns FR_OK only if each item
// that it took is done.
using LaneWork = std::function<fr_status(StreamContext *, StreamItems &)>;

// The number of streams of a batch, at least one: at most one per item, at most `useful`, and such that each has
// `bytes_a_lane` of device memory. Each is given its part of the budget (StreamContext::memory_share).
struct StreamPlan {
    int64_t items;
    int64_t useful;
    double bytes_a_lane;
};

// Runs the work over items 0 ..< plan.items.
fr_status fr_cuda_run_streams(fr_session *session, const StreamPlan &plan, const LaneWork &work);

// Called by fr_cuda_close: frees the streams beyond the first.
void fr_cuda_release_streams(fr_session *session);
// Creates the CUDA stream and the cuBLAS handle of a stream of the current device. A stream that is `urgent` has
// priority if blocks of several streams wait for a multiprocessor.
fr_status fr_cuda_open_stream(StreamContext *context, bool urgent = false);
// Creates context->urgent, a stream with priority, if there is none. It has an error message of its own.
fr_status fr_cuda_open_urgent(StreamContext *context);
void fr_cuda_close_stream(StreamContext *context);

// Lets one stream's work wait for another's.
class StreamOrder {
public:
    StreamOrder() = default;
    StreamOrder(const StreamOrder &) = delete;
    StreamOrder &operator=(const StreamOrder &) = delete;
    ~StreamOrder() {
        if (event_ != nullptr) cudaEventDestroy(event_);
    }
    // What `second` is given from now on begins when what `first` was given so far is done. One and the same: nothing.
    fr_status before(StreamContext *first, StreamContext *second);

private:
    cudaEvent_t event_ = nullptr;
};

#endif
