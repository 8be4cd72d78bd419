// Proofs of small trials in rounds: patterns and inputs of a round are drawn in one go; the host lists each trial's
// units, one launch eliminates all of them, and the host repeats each proof from what the launch reports. A proof that
// needs units beyond its list, or the second prime, joins a further launch. Rounds run side by side on streams, each in
// a thread: the host is at the proofs of one while the device is at others.
#include <memory>
#include <mutex>

#include "column_proof/small.cuh"
#include "column_proof/stages.h"
#include "session/streams.h"

namespace {

constexpr int64_t static_shared = 2 << 10; // more than the kernel's own

int64_t most_reports(const ProofShape &shape) { return 17 + shape.rows / FR_PROOF_STEP; }

// Units that a block has room for beside the rest; negative: not even for the rest.
int64_t most_units(const fr_session *session, int64_t n) {
    if (n > 4096) return -1; // far beyond, and slots have 16 bits
    const int64_t room = int64_t(session->shared_bytes) - static_shared - SmallLayout::make(n, 0).bytes;
    return room / int64_t(sizeof(SmallUnit));
}

// Units drawn for every trial of a round at once: twice what full rank needs at least. The others are drawn for a trial
// by itself.
int64_t drawn_units(const fr_problem *problem, const ProofShape &shape) {
    return std::min(problem->units, fr_round_up(2 * (shape.n / shape.k) + 8, 8));
}

// What the proof of one trial needs beside the host's part; the engine of its replay.
struct SmallTrial {
    std::unique_ptr<fr_column_proof, void (*)(fr_column_proof *)> proof{nullptr, fr_column_proof_free};
    int64_t index = 0;                // in the round
    int64_t listed = 0;               // units of its last job
    const SmallColumn *reports = nullptr;
    int32_t next_report = 0;
    std::vector<uint64_t> more;       // patterns of units beyond those drawn for all
};

class SmallRound {
public:
    SmallRound(StreamContext *context, const ProofOptions &options, const fr_problem *problem, int64_t capacity)
        : context_(context), problem_(problem), shape_(ProofShape::make(problem, options)), capacity_(capacity),
          drawn_(options.unit_batch ? std::min(options.unit_batch, problem->units) : drawn_units(problem, shape_)),
          most_units_(most_units(context->session, shape_.n)) {
        engine_.block = shape_.rows;
        engine_.is_cancelled = [](void *p) { return fr_cuda_is_cancelled(static_cast<SmallRound *>(p)->context_); };
        engine_.tell_done = [](void *, double) {};
        engine_.patterns = [](void *p, int64_t first, int64_t count, uint64_t *patterns) {
            return static_cast<SmallRound *>(p)->patterns(first, count, patterns);
        };
        engine_.begin = [](void *p, const fr_column_proof *, int) {
            static_cast<SmallRound *>(p)->at_hand_->next_report = 0;
            return true;
        };
        engine_.eliminate = [](void *p, const fr_column_proof *, int64_t, int64_t count, const fr_proof_column *columns,
                               int64_t *kept) {
            *kept = 0;
            return static_cast<SmallRound *>(p)->replay(count, columns);
        };
        engine_.context = this;
    }

    static double bytes(const fr_problem *problem, const ProofShape &shape) { // a trial
        const double words = double(shape.words), units = double(drawn_units(problem, shape));
        return 16.0 * double(problem->inputs) * double(shape.padded) + double(shape.coordinates * shape.n) +
               24.0 * units * words + 8.0 * double(most_reports(shape) + 1) + 64.0;
    }

    fr_status prepare() {
        const size_t trials = size_t(capacity_), inputs = size_t(problem_->inputs * shape_.padded);
        FR_PASS(inputs_.allocate(context_, trials * inputs));
        FR_PASS(residues_.allocate(context_, trials * inputs));
        FR_PASS(x_.allocate(context_, trials * size_t(shape_.coordinates * shape_.n)));
        FR_PASS(drawn_patterns_.allocate(context_, trials * size_t(drawn_ * shape_.words)));
        FR_PASS(reports_.allocate(context_, trials * size_t(most_reports(shape_) + 1)));
        FR_PASS(jobs_.allocate(context_, trials));
        host_patterns_.resize(trials * size_t(drawn_ * shape_.words));
        host_reports_.resize(trials * size_t(most_reports(shape_) + 1));
        trials_.resize(trials);
        for (SmallTrial &trial : trials_) {
            trial.proof.reset(fr_column_proof_make(problem_, shape_.rows));
            if (!trial.proof) return fr_cuda_fail(context_, FR_OUT_OF_MEMORY, "no host memory for a proof");
        }
        return FR_OK;
    }

    // Buffers are those of the round's trials. left: filled with indices in the round.
    fr_status run(uint64_t first_trial, int64_t count, int64_t *pivot_columns, uint8_t *proofs, fr_outcome *outcomes,
                  std::vector<int64_t> *left) {
        first_trial_ = first_trial;
        FR_PASS(fr_cuda_draw_inputs(context_, problem_, first_trial, count, inputs_));
        if (drawn_ > 0) {
            FR_PASS(fr_cuda_draw_patterns(context_, problem_, first_trial, count, 0, drawn_, inputs_, drawn_patterns_));
            FR_TRY(context_,
                   cudaMemcpyAsync(host_patterns_.data(), drawn_patterns_,
                                   size_t(count * drawn_ * shape_.words) * sizeof(uint64_t), cudaMemcpyDeviceToHost,
                                   context_->stream),
                   "copying patterns");
        }
        FR_TRY(context_, cudaStreamSynchronize(context_->stream), "drawing patterns");
        std::vector<SmallTrial *> active, again, next;
        for (int64_t i = 0; i < count; i++) {
            SmallTrial *trial = &trials_[size_t(i)];
            trial->index = i;
            trial->more.clear();
            at_hand_ = trial;
            const fr_proof_outcome outcome = fr_column_proof_begin(trial->proof.get(), &engine_);
            if (outcome == FR_PROVED) active.push_back(trial);
            else if (outcome != FR_NOT_PROVED) return failure(outcome);
        }
        for (int which = 0; which < 2; which++, active.swap(again)) {
            if (!active.empty()) FR_PASS(make_inputs(which, count));
            for (; !active.empty(); active.swap(next), next.clear()) {
                FR_PASS(launch(&active, left));
                for (SmallTrial *trial : active) {
                    bool other = false;
                    at_hand_ = trial;
                    unknown_ = false;
                    const fr_proof_outcome outcome = fr_column_proof_modulo(
                        trial->proof.get(), &engine_, which, pivot_columns + trial->index * shape_.n, &other);
                    if (outcome == FR_PROVED) {
                        proofs[trial->index] = 1;
                        outcomes[trial->index] = FR_COMPUTED;
                    } else if (outcome == FR_PROOF_STOPPED && unknown_) {
                        next.push_back(trial);
                    } else if (outcome != FR_NOT_PROVED) {
                        return failure(outcome);
                    } else if (other) {
                        again.push_back(trial);
                    }
                }
            }
        }
        return FR_OK;
    }

private:
    fr_status failure(fr_proof_outcome outcome) {
        if (outcome == FR_PROOF_NO_MEMORY) return fr_cuda_fail(context_, FR_OUT_OF_MEMORY, "no host memory for a proof");
        return status_ != FR_OK ? status_ : fr_cuda_fail(context_, FR_CANCELLED, "cancelled");
    }

    bool patterns(int64_t first, int64_t count, uint64_t *patterns) {
        for (int64_t unit = first; unit < first + count; unit++) {
            const uint64_t *from;
            if (unit < drawn_) {
                from = host_patterns_.data() + (at_hand_->index * drawn_ + unit) * shape_.words;
            } else {
                const size_t place = size_t((unit - drawn_) * shape_.words);
                if (place >= at_hand_->more.size()) {
                    status_ = draw_more(unit);
                    if (status_ != FR_OK) return false;
                }
                from = at_hand_->more.data() + place;
            }
            patterns = std::copy(from, from + shape_.words, patterns);
        }
        return true;
    }

    // As many as there are already, from `first` on.
    fr_status draw_more(int64_t first) {
        const int64_t count = std::min(problem_->units - first, std::max<int64_t>(first, 32));
        DeviceBuffer<uint64_t> drawn;
        FR_PASS(drawn.allocate(context_, size_t(count * shape_.words)));
        FR_PASS(fr_cuda_draw_patterns(context_, problem_, first_trial_ + uint64_t(at_hand_->index), 1, first, count,
                                      inputs_ + at_hand_->index * problem_->inputs * shape_.padded, drawn));
        const size_t before = at_hand_->more.size();
        at_hand_->more.resize(before + size_t(count * shape_.words));
        FR_TRY(context_,
               cudaMemcpyAsync(at_hand_->more.data() + before, drawn, size_t(count * shape_.words) * sizeof(uint64_t),
                               cudaMemcpyDeviceToHost, context_->stream),
               "copying patterns");
        FR_TRY(context_, cudaStreamSynchronize(context_->stream), "drawing patterns");
        return FR_OK;
    }

    fr_status make_inputs(int which, int64_t count) {
        const uint32_t prime = which == 0 ? FR_BYTES_PRIME : FR_BYTES_SECOND_PRIME;
        field_ = fr_byte_field(int32_t(prime));
        FR_PASS(fr_cuda_residues(context_, prime, count * problem_->inputs * shape_.padded, inputs_, residues_));
        return fr_cuda_small_inputs(context_, field_, shape_, problem_->inputs, count, residues_, x_);
    }

    // Lists the units of the active trials, as far as the profile needs them if no column is dependent, and eliminates.
    // Trials with too long lists leave.
    fr_status launch(std::vector<SmallTrial *> *active, std::vector<int64_t> *left) {
        host_jobs_.clear();
        host_units_.clear();
        listed_patterns_.clear();
        size_t kept = 0;
        int64_t longest = 0;
        for (SmallTrial *trial : *active) {
            at_hand_ = trial;
            const fr_proof_outcome outcome = fr_column_proof_look_ahead(trial->proof.get(), &engine_);
            if (outcome == FR_PROOF_STOPPED || outcome == FR_PROOF_NO_MEMORY) return failure(outcome);
            // FR_NOT_PROVED: too many units; what the launch finds of those there are ends the proof all the same.
            trial->listed = fr_column_proof_units(trial->proof.get());
            if (trial->listed > most_units_) {
                left->push_back(trial->index);
                continue;
            }
            host_jobs_.push_back({int32_t(trial->index), int32_t(trial->listed), int64_t(host_units_.size())});
            for (int64_t u = 0; u < trial->listed; u++) {
                const fr_proof_unit_view unit = fr_column_proof_unit(trial->proof.get(), u);
                host_units_.push_back({int32_t(unit.most), int32_t(unit.reached)});
                listed_patterns_.insert(listed_patterns_.end(), unit.pattern, unit.pattern + shape_.words);
            }
            longest = std::max(longest, trial->listed);
            trial->reports = host_reports_.data() + kept * size_t(most_reports(shape_) + 1);
            (*active)[kept++] = trial;
        }
        active->resize(kept);
        if (kept == 0) return FR_OK;
        if (fr_cuda_is_cancelled(context_)) return fr_cuda_fail(context_, FR_CANCELLED, "cancelled");
        FR_PASS(upload(units_, &units_capacity_, host_units_));
        FR_PASS(upload(patterns_, &patterns_capacity_, listed_patterns_));
        FR_TRY(context_,
               cudaMemcpyAsync(jobs_, host_jobs_.data(), kept * sizeof(SmallJob), cudaMemcpyHostToDevice, context_->stream),
               "copying lists of units");
        const SmallLaunch launch = {shape_.n, shape_.words, shape_.coordinates, longest, most_reports(shape_), jobs_, units_,
                                    patterns_, x_, reports_};
        FR_PASS(fr_cuda_launch_small(context_, field_, launch, int64_t(kept)));
        FR_TRY(context_,
               cudaMemcpyAsync(host_reports_.data(), reports_, kept * size_t(most_reports(shape_) + 1) * sizeof(SmallColumn),
                               cudaMemcpyDeviceToHost, context_->stream),
               "copying reports");
        FR_TRY(context_, cudaStreamSynchronize(context_->stream), "eliminating small trials");
        return FR_OK;
    }

    template <typename T> fr_status upload(DeviceBuffer<T> &to, size_t *capacity, const std::vector<T> &from) {
        if (from.size() > *capacity) {
            *capacity = 0;
            FR_PASS(to.allocate(context_, 2 * from.size()));
            *capacity = 2 * from.size();
        }
        FR_TRY(context_,
               cudaMemcpyAsync(to, from.data(), from.size() * sizeof(T), cudaMemcpyHostToDevice, context_->stream),
               "copying lists of units");
        return FR_OK;
    }

    int64_t replay(int64_t count, const fr_proof_column *columns) {
        SmallTrial &trial = *at_hand_;
        for (int64_t i = 0; i < count; i++) {
            if (columns[i].unit >= trial.listed) {
                unknown_ = true;
                return -1;
            }
            if (trial.next_report == trial.reports[0].unit) continue;
            const SmallColumn &dependent = trial.reports[1 + trial.next_report];
            if (columns[i].unit == dependent.unit && columns[i].coordinate == dependent.coordinate) {
                trial.next_report++;
                return i;
            }
        }
        return count;
    }

    StreamContext *const context_;
    const fr_problem *const problem_;
    const ProofShape shape_;
    const int64_t capacity_, drawn_, most_units_;
    fr_proof_engine engine_{};
    ByteField field_{};
    uint64_t first_trial_ = 0;
    fr_status status_ = FR_OK;
    bool unknown_ = false; // the replay at hand needs units that its list had not
    SmallTrial *at_hand_ = nullptr;
    std::vector<SmallTrial> trials_;
    DeviceBuffer<double> inputs_, residues_;
    DeviceBuffer<int8_t> x_;
    DeviceBuffer<uint64_t> drawn_patterns_, patterns_;
    DeviceBuffer<SmallUnit> units_;
    DeviceBuffer<SmallJob> jobs_;
    DeviceBuffer<SmallColumn> reports_;
    size_t units_capacity_ = 0, patterns_capacity_ = 0;
    std::vector<uint64_t> host_patterns_, listed_patterns_;
    std::vector<SmallUnit> host_units_;
    std::vector<SmallJob> host_jobs_;
    std::vector<SmallColumn> host_reports_;
};

} // namespace

bool fr_cuda_is_small_proof(const fr_session *session, const fr_problem *problem) {
    // Room for as many units as full rank takes at least four times over: few trials need more.
    const int64_t k = problem->inputs + (problem->bias ? 1 : 0);
    return most_units(session, problem->points) >= 64 + 4 * (problem->points / k);
}

fr_status fr_cuda_prove_small(fr_session *session, const ProofOptions &options, const fr_problem *problem,
                              uint64_t first_trial, int64_t trials, int64_t *pivot_columns, uint8_t *proofs,
                              fr_outcome *outcomes, std::vector<int64_t> *left) {
    const ProofShape shape = ProofShape::make(problem, options);
    const int64_t share = (trials + fr_most_streams - 1) / fr_most_streams;
    const double one = SmallRound::bytes(problem, shape), fit = double(fr_cuda_memory_budget(session)) / one;
    int64_t round = options.round ? options.round : std::max<int64_t>(64, std::min<int64_t>(1024, share));
    if (double(round) > fit) round = std::max<int64_t>(1, int64_t(fit));
    const StreamPlan plan = {(trials + round - 1) / round, options.streams ? options.streams : fr_most_streams,
                             double(round) * one};
    std::mutex mutex;
    return fr_cuda_run_streams(session, plan, [&](StreamContext *context, StreamItems &items) {
        SmallRound small(context, options, problem, std::min(round, trials));
        FR_PASS(small.prepare());
        std::vector<int64_t> of_round;
        int64_t item;
        while (items.next(&item)) {
            const int64_t begin = item * round, count = std::min(round, trials - begin);
            of_round.clear();
            FR_PASS(small.run(first_trial + uint64_t(begin), count, pivot_columns + begin * shape.n, proofs + begin,
                              outcomes + begin, &of_round));
            std::lock_guard<std::mutex> lock(mutex);
            for (const int64_t i : of_round) left->push_back(begin + i);
        }
        return FR_OK;
    });
}
