// Rank profiles of many small trials. Two slots process chunks of trials; each has a stream and memory of its own,
// which the session keeps (elimination/small/slots.cuh). First the inputs are drawn and become residues. Then follow
// batches of units, each as large as all before it: patterns are drawn, and one launch processes the trials that do not
// have full rank yet (elimination/small/kernel.cuh). After a launch the host reads only how many rows are without a
// pivot. Profiles are returned in 32 bits to pinned memory, and copied to the caller while the slot's next chunk and
// the other slot compute.
//
// A chunk of one batch costs the host at most 7 launches, 2 clearings, 2 copies, 2 waits, and no allocation.
#include "elimination/small/elimination.cuh"

#include <algorithm>
#include <new>
#include <vector>

#include "elimination/small/launch.cuh"
#include "elimination/small/slots.cuh"

using namespace fr_small;

namespace {

constexpr int64_t most_runs = 64; // of neighbouring trials whose patterns are drawn together

struct Run { int64_t first, count; };

// The unfinished trials in runs of neighbours. Patterns are drawn by ranges of trials; drawing for a few finished
// trials in between costs less than another launch.
std::vector<Run> runs_of(const std::vector<int32_t> &unfinished) {
    for (int64_t gap = 32;; gap *= 2) {
        std::vector<Run> runs;
        for (const int64_t trial : unfinished) {
            if (!runs.empty() && trial - (runs.back().first + runs.back().count) < gap) {
                runs.back().count = trial + 1 - runs.back().first;
            } else {
                runs.push_back({trial, 1});
            }
        }
        if (int64_t(runs.size()) <= most_runs) return runs;
    }
}

// The arguments of a call, and its trials that no slot has taken yet.
struct Call {
    const fr_problem *problem;
    uint32_t prime;
    uint64_t first_trial;
    int64_t trials;
    int64_t *pivot_columns;
    fr_outcome *outcomes;
    int64_t *columns_run; // may be NULL
    int64_t next = 0, handed_out = 0;
    std::vector<Run> returned = {}; // from slots that ran out of memory

    bool take(int64_t chunk, Run *run) {
        if (returned.empty()) {
            *run = {next, std::min(chunk, trials - next)};
            next += run->count;
        } else {
            Run &last = returned.back();
            *run = {last.first, std::min(chunk, last.count)};
            last = {last.first + run->count, last.count - run->count};
            if (last.count == 0) returned.pop_back();
        }
        return run->count > 0;
    }
    bool has_more() const { return next < trials || !returned.empty(); }
};

// Processes one chunk after the other in a slot.
template <class A> class Worker {
public:
    void use(Call *call, const Shape *shape, Slot *slot, int64_t chunk) {
        call_ = call;
        shape_ = shape;
        slot_ = slot;
        chunk_ = chunk;
        arithmetic_ = A::make(call->prime);
    }
    bool is_idle() const { return state_ == State::idle; }
    // The number of trials of the current chunk that have full rank, for progress.
    int64_t finished() const { return finished_; }
    StreamContext *context() const { return &slot_->context; }

    // Waits for the last launch, then launches the next work. If the worker is idle afterwards, no chunk was left.
    fr_status step() {
        Run finished = {0, 0};
        fr_status status = FR_OK;
        if (state_ != State::idle)
            FR_TRY(context(), cudaEventSynchronize(slot_->event), "eliminating small trials");
        if (state_ == State::eliminating) return advance();
        if (state_ == State::fetching) {
            finished = run_;
            count_columns();
        }
        state_ = State::idle;
        finished_ = 0;
        if (call_->has_more()) {
            status = fr_cuda_is_cancelled(context()) ? fr_cuda_fail(context(), FR_CANCELLED, "cancelled") : begin();
        }
        hand_out(finished, false);
        return status;
    }

    // Called after a failure: waits for running work. Finished trials are copied to the caller, or the chunk is
    // returned for others.
    fr_status stop(bool keep_finished) {
        if (context()->session->lost) return FR_DEVICE_LOST;
        cudaStreamSynchronize(context()->stream);
        const State was = state_;
        state_ = State::idle;
        finished_ = 0;
        if (was == State::idle) return FR_OK;
        if (!keep_finished) {
            call_->returned.push_back(run_);
            return FR_OK;
        }
        if (was == State::eliminating) FR_PASS(fetch());
        cudaStreamSynchronize(context()->stream);
        hand_out(run_, true);
        state_ = State::idle;
        return FR_OK;
    }

private:
    enum class State { idle, eliminating, fetching };

    fr_status begin() {
        if (!call_->take(chunk_, &run_)) return FR_OK;
        state_ = State::eliminating; // from now on the chunk is this slot's, whatever fails
        units_done_ = 0;
        const uint64_t first = call_->first_trial + uint64_t(run_.first);
        double *const inputs = slot_->at<double>(inputs_kind);
        FR_PASS(fr_cuda_draw_inputs(context(), call_->problem, first, run_.count, inputs));
        FR_PASS(make_points(context(), call_->prime, run_.count, *shape_, inputs, slot_->at<int32_t>(points_kind)));
        FR_TRY(context(), cudaMemsetAsync(slot_->at<int64_t>(pivot_columns_kind), 0xFF,
                                          size_t(run_.count * shape_->n) * sizeof(int64_t), context()->stream),
               "clearing pivots"); // -1
        FR_TRY(context(), cudaMemsetAsync(slot_->at<uint64_t>(seen_kind), 0,
                                          size_t(run_.count * shape_->places * shape_->words) * sizeof(uint64_t),
                                          context()->stream), "clearing patterns seen");
        if (call_->columns_run)
            FR_TRY(context(), cudaMemsetAsync(slot_->at<void>(counter_kind), 0, sizeof(unsigned long long),
                                              context()->stream), "clearing a counter");
        return launch_batch({});
    }

    // Called when a batch is done: launches the next batch, or fetches the results.
    fr_status advance() {
        const int32_t *const nonpivots = slot_->at<int32_t>(host_nonpivots_kind);
        std::vector<int32_t> unfinished;
        for (int64_t i = 0; i < run_.count; i++)
            if (nonpivots[i] > 0) unfinished.push_back(int32_t(i));
        finished_ = run_.count - int64_t(unfinished.size());
        if (unfinished.empty() || units_done_ == shape_->units) return fetch();
        if (fr_cuda_is_cancelled(context())) return fr_cuda_fail(context(), FR_CANCELLED, "cancelled");
        return launch_batch(unfinished);
    }

    // unfinished: empty before the first batch, which includes all trials.
    fr_status launch_batch(const std::vector<int32_t> &unfinished) {
        const bool first = unfinished.empty();
        const std::vector<Run> runs = first ? std::vector<Run>{{0, run_.count}} : runs_of(unfinished);
        int64_t drawn = 0;
        for (const Run &run : runs) drawn += run.count;
        const int64_t room = shape_->pattern_words(chunk_) / (drawn * shape_->words);
        const int64_t wanted = first ? shape_->first_batch : units_done_;
        const int64_t units = std::min({wanted, room, most_units, shape_->units - units_done_});
        const uint64_t first_trial = call_->first_trial + uint64_t(run_.first);
        uint64_t *const patterns = slot_->at<uint64_t>(patterns_kind);
        int32_t *const places = slot_->at<int32_t>(host_drawn_kind);
        int64_t before = 0; // number drawn in the preceding runs
        size_t next = 0;
        for (const Run &run : runs) {
            FR_PASS(fr_cuda_draw_patterns(context(), call_->problem, first_trial + uint64_t(run.first), run.count,
                                          units_done_, units,
                                          slot_->at<double>(inputs_kind) + run.first * shape_->inputs * shape_->padded,
                                          patterns + before * units * shape_->words));
            for (; next < unfinished.size() && unfinished[next] < run.first + run.count; next++)
                places[next] = int32_t(before + unfinished[next] - run.first);
            before += run.count;
        }
        const int32_t *trial = slot_->at<int32_t>(everyone_kind), *place = trial;
        if (!first) {
            std::copy(unfinished.begin(), unfinished.end(), slot_->at<int32_t>(host_trial_kind));
            FR_PASS(copy_in(trial_kind, host_trial_kind, unfinished.size(), &trial));
            FR_PASS(copy_in(drawn_kind, host_drawn_kind, unfinished.size(), &place));
        }
        const int64_t active = first ? run_.count : int64_t(unfinished.size());
        const Batch batch = {int(shape_->n), int(shape_->k), int(shape_->padded), int(shape_->words),
                             units_done_ * shape_->k, int(units), units, first, int(active), trial, place, patterns,
                             slot_->at<int32_t>(points_kind), nullptr, slot_->at<int64_t>(pivot_columns_kind),
                             slot_->at<int32_t>(nonpivots_kind), slot_->at<uint16_t>(rows_kind),
                             slot_->at<int32_t>(multipliers_kind), slot_->at<uint64_t>(seen_kind), int(shape_->places),
                             call_->columns_run ? slot_->at<unsigned long long>(counter_kind) : nullptr};
        FR_PASS(launch(context(), arithmetic_, batch));
        units_done_ += units;
        FR_PASS(copy_out(host_nonpivots_kind, nonpivots_kind, size_t(run_.count) * sizeof(int32_t)));
        return record();
    }

    fr_status fetch() {
        const int64_t count = run_.count * shape_->n;
        if (!shape_->wide)
            FR_PASS(make_narrow(context(), count, slot_->at<int64_t>(pivot_columns_kind),
                                slot_->at<int32_t>(narrow_columns_kind)));
        FR_PASS(copy_out(columns_kind, shape_->wide ? pivot_columns_kind : narrow_columns_kind,
                         size_t(count) * shape_->column_bytes()));
        if (call_->columns_run) FR_PASS(copy_out(host_counter_kind, counter_kind, sizeof(unsigned long long)));
        state_ = State::fetching;
        return record();
    }

    // Copies fetched profiles to the caller. only_full: only those of trials of full rank, because the others are not
    // done.
    void hand_out(Run run, bool only_full) {
        const int32_t *const nonpivots = slot_->at<int32_t>(host_nonpivots_kind);
        const int64_t n = shape_->n;
        int64_t *const to = call_->pivot_columns + run.first * n;
        if (shape_->wide)
            std::copy_n(slot_->at<int64_t>(columns_kind), run.count * n, to);
        else
            std::copy_n(slot_->at<int32_t>(columns_kind), run.count * n, to);
        for (int64_t i = 0; i < run.count; i++)
            if (!only_full || nonpivots[i] == 0) call_->outcomes[run.first + i] = FR_COMPUTED;
        call_->handed_out += run.count;
    }

    void count_columns() {
        if (call_->columns_run) *call_->columns_run += int64_t(*slot_->at<unsigned long long>(host_counter_kind));
    }

    fr_status copy_in(DeviceKind to, PinnedKind from, size_t count, const int32_t **copied) {
        *copied = slot_->at<int32_t>(to);
        return fr_cuda_check(context(), cudaMemcpyAsync(slot_->at<void>(to), slot_->at<void>(from),
                                                        count * sizeof(int32_t), cudaMemcpyHostToDevice,
                                                        context()->stream), "copying trials");
    }
    fr_status copy_out(PinnedKind to, DeviceKind from, size_t bytes) {
        return fr_cuda_check(context(), cudaMemcpyAsync(slot_->at<void>(to), slot_->at<void>(from), bytes,
                                                        cudaMemcpyDeviceToHost, context()->stream), "copying profiles");
    }
    fr_status record() {
        return fr_cuda_check(context(), cudaEventRecord(slot_->event, context()->stream), "eliminating small trials");
    }

    Call *call_ = nullptr;
    const Shape *shape_ = nullptr;
    Slot *slot_ = nullptr;
    int64_t chunk_ = 0;
    A arithmetic_{};
    State state_ = State::idle;
    Run run_ = {0, 0};
    int64_t units_done_ = 0, finished_ = 0;
};

// Advances slot after slot, until no chunk is left or one slot fails.
template <class A> fr_status work(fr_session *session, Call *call, Worker<A> *workers, int count, StreamContext **failed) {
    for (bool busy = true; busy;) {
        busy = false;
        int64_t finished = 0;
        for (int i = 0; i < count; i++) {
            *failed = workers[i].context();
            FR_PASS(workers[i].step());
            busy = busy || !workers[i].is_idle();
            finished += workers[i].finished();
        }
        fr_cuda_tell_done(session, double(call->handed_out + finished) / double(call->trials));
    }
    return FR_OK;
}

template <class A>
fr_status eliminate(fr_session *session, Call call, const fr_small_options &options) {
    const Shape shape(*call.problem, options.first_batch);
    int64_t wanted = options.chunk > 0 ? std::min(options.chunk, call.trials) : wanted_chunk(session, shape, call.trials);
    while (call.has_more()) {
        int64_t chunk = wanted;
        const int slots = chunk < call.trials ? most_slots : 1;
        Slot *found;
        FR_PASS(reserve_slots(session, shape, slots, options.chunk == 0, &chunk, &found));
        Worker<A> workers[most_slots];
        for (int i = 0; i < slots; i++) workers[i].use(&call, &shape, &found[i], chunk);
        StreamContext *failed = session;
        fr_status status = work(session, &call, workers, slots, &failed);
        if (status == FR_OK) break;
        fr_cuda_fail(session, status, "%s", failed->error);
        for (int i = 0; i < slots; i++) workers[i].stop(status == FR_CANCELLED);
        if (status != FR_OUT_OF_MEMORY || chunk == 1) return status;
        fr_cuda_release_small(session); // the memory for drawing is released with it
        wanted = chunk / 2;
    }
    return FR_OK;
}

} // namespace

int64_t fr_cuda_small_rows(const fr_session *session) {
    int64_t n = most_rows;
    while (n > 0 && shared_bytes_of(n, sizeof(double)) > int64_t(session->shared_bytes)) n--;
    return n;
}

fr_status fr_cuda_eliminate_small_as(fr_session *session, const fr_problem *problem, uint32_t prime,
                                     uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                     fr_outcome *outcomes, fr_small_options options) {
    const int64_t n = problem->points;
    if (prime < FR_PRIME_MIN || prime > FR_PRIME_MAX || prime % 2 == 0)
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "prime is %u: an odd prime from %u to %u is needed", prime,
                            FR_PRIME_MIN, FR_PRIME_MAX);
    for (int64_t i = 0; i < trials; i++) outcomes[i] = FR_NOT_COMPUTED;
    if (n > fr_cuda_small_rows(session))
        return fr_cuda_fail(session, FR_UNSUPPORTED, "%lld points do not fit in this device's shared memory",
                            static_cast<long long>(n));
    if (n == 0 || problem->units == 0) { // nothing to eliminate
        std::fill(pivot_columns, pivot_columns + trials * n, int64_t(-1));
        std::fill(outcomes, outcomes + trials, FR_COMPUTED);
        return FR_OK;
    }
    const bool doubles = options.arithmetic == fr_small_arithmetic::automatic
                             ? has_fast_doubles()
                             : options.arithmetic == fr_small_arithmetic::doubles;
    const Call call{problem, prime, first_trial, trials, pivot_columns, outcomes, options.columns_run};
    try {
        return (doubles ? eliminate<DoubleArithmetic> : eliminate<IntegerArithmetic>)(session, call, options);
    } catch (const std::bad_alloc &) {
        fr_cuda_release_small(session); // waits for what was launched
        return fr_cuda_fail(session, FR_OUT_OF_MEMORY, "no host memory for %lld trials", static_cast<long long>(trials));
    }
}

fr_status fr_cuda_eliminate_small(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t first_trial,
                                  int64_t trials, int64_t *pivot_columns, fr_outcome *outcomes) {
    return fr_cuda_eliminate_small_as(session, problem, prime, first_trial, trials, pivot_columns, outcomes,
                                      {fr_small_arithmetic::automatic, 0, 0});
}
