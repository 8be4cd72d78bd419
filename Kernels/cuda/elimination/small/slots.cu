// See elimination/small/slots.cuh.
#include "elimination/small/slots.cuh"

#include <algorithm>

#include "session/streams.h"

// The slots of a session, kept from call to call (session/session.h).
struct SmallSlots {
    fr_small::Slot slots[fr_small::most_slots];
    int opened = 0;
    bool limited = false; // memory was short when they were allocated
};

namespace fr_small {

namespace {

// Many trials make a launch worth its cost and give the host time to return results. With few trials, a cancellation
// takes effect soon. Work grows with n^3: a launch of this many trials of 200 points takes about a tenth of a second on
// a device of one TFLOP/s.
constexpr int64_t most_trials = 65536;
constexpr double points_of_most_trials = 200;
constexpr int64_t trials_a_multiprocessor = 64; // enough to fill the device several times over
constexpr int64_t most_pinned_columns = int64_t(1) << 24; // of a slot

void device_sizes(const Shape &s, int64_t chunk, size_t *bytes) {
    const size_t count = size_t(chunk);
    bytes[inputs_kind] = count * size_t(s.inputs * s.padded) * sizeof(double);
    bytes[points_kind] = count * size_t(s.k * s.padded) * sizeof(int32_t);
    bytes[patterns_kind] = size_t(s.pattern_words(chunk)) * sizeof(uint64_t);
    bytes[seen_kind] = count * size_t(s.places * s.words) * sizeof(uint64_t);
    bytes[multipliers_kind] = count * size_t(most_multipliers(s.n)) * sizeof(int32_t);
    bytes[rows_kind] = count * size_t(s.n) * sizeof(uint16_t);
    bytes[pivot_columns_kind] = count * size_t(s.n) * sizeof(int64_t);
    bytes[narrow_columns_kind] = s.wide ? 0 : count * size_t(s.n) * sizeof(int32_t);
    bytes[nonpivots_kind] = bytes[everyone_kind] = bytes[trial_kind] = bytes[drawn_kind] = count * sizeof(int32_t);
    bytes[counter_kind] = sizeof(unsigned long long);
}

void pinned_sizes(const Shape &s, int64_t chunk, size_t *bytes) {
    const size_t count = size_t(chunk);
    bytes[columns_kind] = count * size_t(s.n) * s.column_bytes();
    bytes[host_nonpivots_kind] = bytes[host_trial_kind] = bytes[host_drawn_kind] = count * sizeof(int32_t);
    bytes[host_counter_kind] = sizeof(unsigned long long);
}

// Half of the free memory: drawing needs buffers of its own.
int64_t chunk_by_memory(fr_session *session, const Shape &shape, int slots, int64_t wanted) {
    const int64_t budget = int64_t(fr_cuda_memory_budget(session) / 2) - slots * scratch_bytes;
    return std::clamp<int64_t>(budget / slots / shape.bytes_a_trial(), 1, wanted);
}

void release_slots(fr_session *session) {
    delete session->small_slots;
    session->small_slots = nullptr;
}

// Opens and fills this many slots. If one fails, the session's message is that of the failure.
fr_status fill_slots(fr_session *session, const Shape &shape, int slots, int64_t chunk) {
    SmallSlots *const kept = session->small_slots;
    for (int i = 0; i < slots; i++) {
        Slot &slot = kept->slots[i];
        fr_status status = i < kept->opened ? FR_OK : slot.open(session);
        if (status == FR_OK) {
            kept->opened = std::max(kept->opened, i + 1);
            status = slot.reserve(shape, chunk);
        }
        if (status != FR_OK) return fr_cuda_fail(session, status, "%s", slot.context.error);
    }
    return FR_OK;
}

bool all_hold(const SmallSlots &kept, const Shape &shape, int slots, int64_t chunk) {
    bool all = kept.opened >= slots;
    for (int i = 0; i < slots && all; i++) all = kept.slots[i].holds(shape, chunk);
    return all;
}

} // namespace

Shape::Shape(const fr_problem &p, int64_t wanted_first_batch)
    : n(p.points), inputs(p.inputs), k(p.inputs + p.bias), units(p.units), padded(fr_padded_points(&p)),
      words(fr_pattern_words(&p)), wide(p.units > INT32_MAX / std::max<int64_t>(1, p.inputs + p.bias)) {
    // Full rank needs n/k units, and usually a few more.
    const int64_t wanted = wanted_first_batch > 0 ? wanted_first_batch : n / k + n / (2 * k) + 16;
    first_batch = std::min({wanted, p.units, most_units});
    for (places = 16; places < 2 * p.units && places < 4 * n;) places *= 2;
}

int64_t Shape::pattern_words(int64_t chunk) const {
    const int64_t some = 4 * first_batch * chunk, many = scratch_bytes / 8 / words;
    return std::min(std::max(some, many), units * chunk) * words;
}

int64_t Shape::bytes_a_trial() const {
    return inputs * padded * 8 + k * padded * 4 + most_multipliers(n) * 4 + n * 14 + 32 + 32 * first_batch * words +
           places * words * 8;
}

Slot::~Slot() {
    if (event != nullptr) cudaEventDestroy(event);
    fr_cuda_close_stream(&context);
}

fr_status Slot::open(fr_session *session) {
    context.session = session;
    FR_TRY(&context, cudaStreamCreateWithFlags(&context.stream, cudaStreamNonBlocking), "making a stream");
    FR_TRY(&context, cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "making an event");
    return FR_OK;
}

bool Slot::holds(const Shape &shape, int64_t chunk) const {
    size_t bytes[device_kinds], pinned_bytes[pinned_kinds];
    device_sizes(shape, chunk, bytes);
    pinned_sizes(shape, chunk, pinned_bytes);
    bool all = true;
    for (int i = 0; i < device_kinds; i++) all = all && device[i].holds(bytes[i]);
    for (int i = 0; i < pinned_kinds; i++) all = all && pinned[i].holds(pinned_bytes[i]);
    return all;
}

fr_status Slot::reserve(const Shape &shape, int64_t chunk) {
    size_t bytes[device_kinds], pinned_bytes[pinned_kinds];
    device_sizes(shape, chunk, bytes);
    pinned_sizes(shape, chunk, pinned_bytes);
    if (!device[everyone_kind].holds(bytes[everyone_kind])) everyone = 0;
    for (int i = 0; i < device_kinds; i++) FR_PASS(device[i].reserve(&context, bytes[i]));
    for (int i = 0; i < pinned_kinds; i++) FR_PASS(pinned[i].reserve(&context, pinned_bytes[i]));
    if (everyone < chunk) FR_PASS(fill_everyone(&context, chunk, at<int32_t>(everyone_kind)));
    everyone = std::max(everyone, chunk);
    return FR_OK;
}

int64_t wanted_chunk(const fr_session *session, const Shape &shape, int64_t trials) {
    const int64_t full = std::max<int64_t>(1, session->multiprocessors * trials_a_multiprocessor);
    const double x = std::min(1.0, points_of_most_trials / double(std::max<int64_t>(1, shape.n)));
    int64_t most = std::max(int64_t(double(most_trials) * x * x * x), std::min(full, most_trials));
    most = std::min(most, std::max<int64_t>(1, most_pinned_columns / std::max<int64_t>(1, shape.n)));
    if (trials > full / 2) most = std::min(most, (trials + 1) / 2); // one half returns while the other computes
    const int64_t rounds = (trials + most - 1) / most;
    return (trials + rounds - 1) / rounds;
}

fr_status reserve_slots(fr_session *session, const Shape &shape, int slots, bool plan, int64_t *chunk, Slot **found) {
    session->release_small = release_slots;
    if (SmallSlots *kept = session->small_slots) {
        int64_t fit = *chunk;
        // If memory was short, it still is, so the slots must do with what there is.
        while (kept->limited && fit > 1 && !all_hold(*kept, shape, slots, fit)) fit /= 2;
        if (all_hold(*kept, shape, slots, fit)) {
            FR_PASS(fill_slots(session, shape, slots, fit));
            *chunk = fit;
            *found = kept->slots;
            return FR_OK;
        }
    }
    release_slots(session);
    const int64_t wanted = *chunk;
    if (plan) *chunk = chunk_by_memory(session, shape, slots, wanted);
    for (;; *chunk /= 2) {
        session->small_slots = new SmallSlots;
        session->small_slots->limited = *chunk < wanted;
        const fr_status status = fill_slots(session, shape, slots, *chunk);
        if (status == FR_OK) {
            *found = session->small_slots->slots;
            return FR_OK;
        }
        release_slots(session);
        if (status != FR_OUT_OF_MEMORY || *chunk == 1) return status;
    }
}

} // namespace fr_small
