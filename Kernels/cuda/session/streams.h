// Items of a batch overlapped on the device: streams, each a thread of its own with its own stream and cuBLAS handle,
// take items from one counter. One item keeps most of the device idle while its panels are eliminated and whenever the
// host looks at a result; the others' products run then.
//
// What an item answers depends neither on the stream nor on the order. A stream that runs out of memory hands its item
// back and ends; the others, or a further round of fewer streams, take it. Out of memory in a stream that is alone, and
// any other failure, ends the call with the words of what failed first.
#ifndef FR_CUDA_LANES_H
#define FR_CUDA_LANES_H

#include <functional>

#include "session/session.h"

// What one stream sees of the batch.
class StreamItems {
public:
    // The next item to work on; the one before is done. False: no more, or the call is to end.
    virtual bool next(int64_t *item) = 0;
    // Reports the progress of the current item, from 0 to 1.
    virtual void tell_done(double fraction) = 0;

protected:
    ~StreamItems() = default;
};

// What a stream does: makes its buffers once, then takes items until there are none. Called in the stream's own thread,
// the device made current; may throw std::bad_alloc. FR_OK only if each item that was taken is done.
using LaneWork = std::function<fr_status(StreamContext *, StreamItems &)>;

// How many streams a batch gets, of at least one: at most one an item, at most `useful`, and so many that each has
// `bytes_a_lane` of device memory. Each is given its part of the budget (StreamContext::memory_share).
struct StreamPlan {
    int64_t items;
    int64_t useful;
    double bytes_a_lane;
};

// Runs the work over items 0 ..< plan.items.
fr_status fr_cuda_run_streams(fr_session *session, const StreamPlan &plan, const LaneWork &work);

// For fr_cuda_close: gives back the streams beyond the first.
void fr_cuda_release_streams(fr_session *session);
// Makes the stream and the cuBLAS handle of a stream of the current device; `urgent`: with priority, where blocks of
// several streams wait for a multiprocessor.
fr_status fr_cuda_open_stream(StreamContext *context, bool urgent = false);
// Makes context->urgent, a stream with priority, unless it is there. It has its own words for what fails.
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
