// The memory for small trials: two slots that the session keeps from call to call, so that one computes while the
// results of the other are copied and returned. Private to elimination/small.
#ifndef FR_CUDA_ELIMINATION_SMALL_SLOTS_CUH
#define FR_CUDA_ELIMINATION_SMALL_SLOTS_CUH

#include "elimination/small/state.cuh"
#include "session/session.h"

namespace fr_small {

constexpr int most_slots = 2;
constexpr int64_t most_units = 8192;         // per batch: cancellation is polled between two
constexpr int64_t scratch_bytes = 64 << 20;  // for patterns, however few trials there are

// The numbers on which the memory of a trial depends.
struct Shape {
    int64_t n, inputs, k, units, padded, words, first_batch;
    int64_t places;     // for patterns seen: room for twice the 2 n of d0 = 1
    bool wide;          // columns are numbered beyond 32 bits
    Shape(const fr_problem &p, int64_t wanted_first_batch);

    // Number of words for the patterns of a batch. Later batches have more units for fewer trials, or even for all.
    int64_t pattern_words(int64_t chunk) const;
    // Bytes of device memory, without scratch.
    int64_t bytes_a_trial() const;
    size_t column_bytes() const { return wide ? 8 : 4; }
};

// Memory of one kind, device or pinned host memory, that is only ever replaced by more.
template <bool pinned> class Kept {
public:
    Kept() = default;
    Kept(const Kept &) = delete;
    Kept &operator=(const Kept &) = delete;
    ~Kept() { release(); }
    // Ensures at least this many bytes. The contents are lost if it grows.
    fr_status reserve(StreamContext *context, size_t bytes) {
        if (bytes <= capacity_ && data_ != nullptr) return FR_OK;
        release();
        const size_t wanted = bytes ? bytes : 1;
        if constexpr (pinned) {
            FR_TRY(context, cudaMallocHost(&data_, wanted), "allocating pinned memory");
        } else {
            FR_TRY(context, cudaMalloc(&data_, wanted), "allocating device memory");
        }
        capacity_ = wanted;
        return FR_OK;
    }
    bool holds(size_t bytes) const { return data_ != nullptr && bytes <= capacity_; }
    template <typename T> T *as() const { return static_cast<T *>(data_); }

private:
    void release() {
        if constexpr (pinned) {
            cudaFreeHost(data_);
        } else {
            cudaFree(data_);
        }
        data_ = nullptr;
        capacity_ = 0;
    }
    void *data_ = nullptr;
    size_t capacity_ = 0;
};

enum DeviceKind { inputs_kind, points_kind, patterns_kind, seen_kind, multipliers_kind, rows_kind, pivot_columns_kind,
                  narrow_columns_kind, nonpivots_kind, everyone_kind, trial_kind, drawn_kind, counter_kind, device_kinds };
enum PinnedKind { columns_kind, host_nonpivots_kind, host_trial_kind, host_drawn_kind, host_counter_kind, pinned_kinds };

// A stream, the last event recorded on it, and the memory of a chunk of trials.
struct Slot {
    StreamContext context{};
    cudaEvent_t event = nullptr;
    Kept<false> device[device_kinds];
    Kept<true> pinned[pinned_kinds];
    int64_t everyone = 0; // numbers 0, 1, ... that device[everyone_kind] holds

    Slot() = default;
    Slot(const Slot &) = delete;
    Slot &operator=(const Slot &) = delete;
    ~Slot();
    fr_status open(fr_session *session);
    bool holds(const Shape &shape, int64_t chunk) const;
    // Allocates memory for a chunk of these trials.
    fr_status reserve(const Shape &shape, int64_t chunk);
    template <typename T> T *at(DeviceKind kind) const { return device[kind].as<T>(); }
    template <typename T> T *at(PinnedKind kind) const { return pinned[kind].as<T>(); }
};

// Finds `slots` slots of this session (at most most_slots) for chunks of *chunk trials. If memory is short the chunks
// are smaller, and *chunk becomes their size, at least 1. plan: query the available memory first.
fr_status reserve_slots(fr_session *session, const Shape &shape, int slots, bool plan, int64_t *chunk, Slot **found);

// The number of trials per chunk, from the cost of a launch and the session's device, regardless of memory.
int64_t wanted_chunk(const fr_session *session, const Shape &shape, int64_t trials);

// Converts drawn inputs (trials x inputs x padded) to residues (trials x k x padded, the bias's ones last). The powers
// of two of `prime` are computed when first needed.
fr_status make_points(StreamContext *context, uint32_t prime, int64_t trials, const Shape &shape, const double *drawn,
                      int32_t *points);
// Narrows column numbers, all below 2^31, to 32 bits.
fr_status make_narrow(StreamContext *context, int64_t count, const int64_t *columns, int32_t *narrow);
// Writes 0, 1, ...
fr_status fill_everyone(StreamContext *context, int64_t count, int32_t *numbers);

} // namespace fr_small

#endif
