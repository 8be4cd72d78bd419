// Proofs of small trials in rounds. Patterns and inputs of a round are drawn together. The host lists each trial's
// units, one launch eliminates all of them, and the host repeats each proof from the reports of the launch. A proof
// that needs units beyond its list, or the second prime, joins a further launch. Rounds run side by side on streams,
// each in its own thread: the host works on the proofs of one while the device works on others.
#include <mutex>

#include "column_proof/host_proof.h"
#include "column_proof/small_lists.cuh"
#include "column_proof/small_patterns.cuh"
#include "column_proof/stages.h"
#include "session/streams.h"

namespace {

constexpr int64_t static_shared = 2 << 10; // more than the kernel itself uses

// The number of units for which a block has room beside the rest; negative if it has no room even for the rest.
int64_t most_units(const fr_session *session, int64_t n) {
    if (n > 4096) return -1; // far above the limit, and slots have 16 bits
    const int64_t room = int64_t(session->shared_bytes) - static_shared - SmallLayout::make(n, 0).bytes;
    return room / int64_t(sizeof(SmallUnit));
}

// A trial of the round: its proof, and the results of its last launch.
struct SmallTrial {
    HostProof proof;
    int64_t index = 0;  // in the round
    int64_t listed = 0; // units of its last list
    const SmallColumn *reports = nullptr;
    int32_t next_report = 0;
};

class SmallRound {
public:
    SmallRound(StreamContext *context, const ProofOptions &options, const fr_problem *problem, int64_t capacity)
        : context_(context), problem_(problem), shape_(ProofShape::make(problem, options)), capacity_(capacity),
          most_units_(most_units(context->session, shape_.n)), patterns_(context, problem, shape_, capacity, options),
          lists_(context, shape_, capacity) {
        engine_.context = this;
        engine_.block = shape_.rows;
        engine_.is_cancelled = [](void *p) { return fr_cuda_is_cancelled(static_cast<SmallRound *>(p)->context_); };
        engine_.tell_done = [](void *, double) {};
        engine_.patterns = [](void *p, int64_t first, int64_t count, uint64_t *patterns) {
            SmallRound *self = static_cast<SmallRound *>(p);
            self->status_ = self->patterns_.read(self->at_hand_->index, first, count, patterns);
            return self->status_ == FR_OK;
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
    }

    // Device bytes per trial.
    static double bytes(const fr_problem *problem, const ProofShape &shape) {
        const double words = double(shape.words), units = double(SmallPatterns::first_units(problem, shape));
        return 16.0 * double(problem->inputs) * double(shape.padded) + double(shape.coordinates * shape.n) +
               24.0 * units * words + 8.0 * double(SmallLists::most_reports(shape) + 1) + 64.0;
    }

    fr_status prepare() {
        const size_t trials = size_t(capacity_), inputs = size_t(problem_->inputs * shape_.padded);
        FR_PASS(inputs_.allocate(context_, trials * inputs));
        FR_PASS(residues_.allocate(context_, trials * inputs));
        FR_PASS(x_.allocate(context_, trials * size_t(shape_.coordinates * shape_.n)));
        FR_PASS(patterns_.prepare());
        FR_PASS(lists_.prepare());
        trials_.resize(trials);
        for (SmallTrial &trial : trials_)
            if (!trial.proof.make(problem_, shape_.rows)) return failure(FR_PROOF_NO_MEMORY);
        return FR_OK;
    }

    // The buffers are those of the round's trials. `left` receives indices in the round.
    fr_status run(uint64_t first_trial, int64_t count, int64_t *pivot_columns, uint8_t *proofs, fr_outcome *outcomes,
                  std::vector<int64_t> *left) {
        FR_PASS(fr_cuda_draw_inputs(context_, problem_, first_trial, count, inputs_));
        FR_PASS(patterns_.begin(first_trial, count, inputs_));
        std::vector<SmallTrial *> active, again, next;
        for (int64_t i = 0; i < count; i++) {
            at_hand_ = &trials_[size_t(i)];
            at_hand_->index = i;
            const fr_proof_outcome outcome = fr_column_proof_begin(at_hand_->proof.get(), &engine_);
            if (outcome == FR_PROVED) active.push_back(at_hand_);
            if (outcome != FR_PROVED && outcome != FR_NOT_PROVED) return failure(outcome);
        }
        for (int which = 0; which < 2; which++, active.swap(again)) {
            if (!active.empty()) FR_PASS(make_inputs(which, count));
            for (; !active.empty(); active.swap(next), next.clear()) {
                FR_PASS(launch(&active, left));
                for (SmallTrial *trial : active) {
                    bool other = false;
                    const fr_proof_outcome outcome = prove(trial, which, pivot_columns + trial->index * shape_.n, &other);
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

    fr_status make_inputs(int which, int64_t count) {
        const uint32_t prime = which == 0 ? FR_BYTES_PRIME : FR_BYTES_SECOND_PRIME;
        field_ = fr_byte_field(int32_t(prime));
        FR_PASS(fr_cuda_residues(context_, prime, count * problem_->inputs * shape_.padded, inputs_, residues_));
        return fr_cuda_small_inputs(context_, field_, shape_, problem_->inputs, count, residues_, x_);
    }

    // Lists the units of the active trials, as far as the profile needs them if every column is independent, and
    // eliminates. Trials whose lists are too long leave the round.
    fr_status launch(std::vector<SmallTrial *> *active, std::vector<int64_t> *left) {
        lists_.clear();
        for (SmallTrial *trial : *active) {
            at_hand_ = trial;
            const fr_proof_outcome outcome = fr_column_proof_look_ahead(trial->proof.get(), &engine_);
            // FR_NOT_PROVED means too many units. The launch's result for the listed ones ends the proof in any case.
            if (outcome != FR_PROVED && outcome != FR_NOT_PROVED) return failure(outcome);
            trial->listed = fr_column_proof_units(trial->proof.get());
            if (trial->listed > most_units_) {
                left->push_back(trial->index);
                continue;
            }
            trial->reports = lists_.reports(lists_.jobs());
            (*active)[size_t(lists_.jobs())] = trial;
            lists_.add(trial->index, trial->proof.get());
        }
        active->resize(size_t(lists_.jobs()));
        if (active->empty()) return FR_OK;
        if (fr_cuda_is_cancelled(context_)) return fr_cuda_fail(context_, FR_CANCELLED, "cancelled");
        return lists_.run(field_, x_);
    }

    fr_proof_outcome prove(SmallTrial *trial, int which, int64_t *pivot_columns, bool *other) {
        at_hand_ = trial;
        unknown_ = false;
        return fr_column_proof_modulo(trial->proof.get(), &engine_, which, pivot_columns, other);
    }

    // The engine's answer about the current trial, taken from its reports.
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
    const int64_t capacity_, most_units_;
    SmallPatterns patterns_;
    SmallLists lists_;
    fr_proof_engine engine_{};
    ByteField field_{};
    fr_status status_ = FR_OK;
    bool unknown_ = false; // the current replay needs units that were not in its list
    SmallTrial *at_hand_ = nullptr;
    std::vector<SmallTrial> trials_;
    DeviceBuffer<double> inputs_, residues_;
    DeviceBuffer<int8_t> x_;
};

} // namespace

bool fr_cuda_is_small_proof(const fr_session *session, const fr_problem *problem) {
    // There must be room for at least four times as many units as full rank takes; few trials need more.
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
