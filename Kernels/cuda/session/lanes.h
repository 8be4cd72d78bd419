// Items of a batch overlapped on the device: lanes, each a thread of its own with its own stream and cuBLAS handle, take
// items from one counter. One item keeps most of the device idle while its panels are eliminated and whenever the host
// looks at a result; the others' products run then.
//
// What an item answers depends neither on the lane nor on the order. A lane that runs out of memory hands its item back
// and ends; the others, or a further round of fewer lanes, take it. Out of memory in a lane that is alone, and any other
// failure, ends the call with the words of what failed first.
#ifndef FR_CUDA_LANES_H
#define FR_CUDA_LANES_H

#include <functional>

#include "session/session.h"

// What one lane sees of the batch.
class LaneItems {
public:
    // The next item to work on; the one before is done. False: no more, or the call is to end.
    virtual bool next(int64_t *item) = 0;
    // Of the item at hand, from 0 to 1.
    virtual void tell_done(double fraction) = 0;

protected:
    ~LaneItems() = default;
};

// What a lane does: makes its buffers once, then takes items until there are none. Called in the lane's own thread, the
// device made current; may throw std::bad_alloc. FR_OK only if each item that was taken is done.
using LaneWork = std::function<fr_status(Lane *, LaneItems &)>;

// How many lanes a batch gets, of at least one: at most one an item, at most `useful`, and so many that each has
// `bytes_a_lane` of device memory. Each is given its part of the budget (Lane::memory_share).
struct LanePlan {
    int64_t items;
    int64_t useful;
    double bytes_a_lane;
};

// Runs the work over items 0 ..< plan.items.
fr_status fr_cuda_run_lanes(fr_session *session, const LanePlan &plan, const LaneWork &work);

// For fr_cuda_close: gives back the lanes beyond the first.
void fr_cuda_release_lanes(fr_session *session);
// Makes the stream and the cuBLAS handle of a lane of the current device.
fr_status fr_cuda_open_lane(Lane *lane);
void fr_cuda_close_lane(Lane *lane);

#endif
