// One trial's Jacobian columns, unit by unit, as a column generator for the elimination: patterns drawn in batches and
// looked through on the host (a unit is n/8 bytes), those that add nothing (inactive everywhere, seen before, filtered
// out) dropped before they cost arithmetic. The CPU's twin is Kernels/cpu/elimination/khatri_rao.c.
#include "elimination/large/lockstep.cuh"

#include <algorithm>
#include <cstring>

#include "session/uploads.h"

namespace {

constexpr int64_t seen_bytes = int64_t(32) << 20;

// What the kernels know of a block: column j is coordinate coordinate[j] of the inputs (`inputs`: the constant 1) where
// pattern[j] is active.
struct Columns {
    const int32_t *coordinate, *pattern;
    const uint64_t *patterns; // x words
    const double *residues;   // coordinate-major
    int64_t words, padded, inputs;
};

// A thread makes one row's entries in every gridDim.y-th column: residues read almost in order where rows are, 8 bytes
// written an entry.
__global__ void fill_units(Columns c, int64_t columns, const int32_t *rows, int64_t count, LargeMatrix out) {
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += int64_t(gridDim.x) * blockDim.x) {
        const int32_t row = rows[i];
        for (int64_t j = blockIdx.y; j < columns; j += gridDim.y) {
            const uint64_t word = c.patterns[c.pattern[j] * c.words + (row >> 6)];
            const int32_t coordinate = c.coordinate[j];
            double entry = 0.0;
            if (word >> (row & 63) & 1)
                entry = coordinate < c.inputs ? c.residues[coordinate * c.padded + row] : 1.0;
            out.at[i + j * out.ld] = entry;
        }
    }
}

class UnitsGenerator : public ColumnGenerator {
public:
    UnitsGenerator(StreamContext *context, const fr_problem *problem, uint32_t prime, int64_t block, int64_t unit_batch)
        : context_(context), problem_(problem), prime_(prime), words_(fr_pattern_words(problem)),
          padded_(fr_padded_points(problem)), k_(problem->inputs + problem->bias), block_(block),
          batch_(unit_batch) {
        // 4 MB of patterns a batch, 64 to 512 units.
        if (batch_ == 0) batch_ = std::max<int64_t>(64, std::min<int64_t>(512, (int64_t(4) << 20) / (8 * words_ + 1)));
        batch_ = std::max<int64_t>(1, std::min(batch_, problem->units));
        segments_ = block / k_ + 2;
    }

    // Device memory, the weights of a batch included, which drawing patterns takes.
    double bytes() const {
        const double d0 = double(problem_->inputs);
        return 16.0 * d0 * double(padded_) + 8.0 * double(batch_ + segments_) * double(words_) + 8.0 * double(block_) +
               8.0 * double(batch_) * (d0 + 1.0) + 4.0;
    }

    fr_status prepare() {
        const int64_t d0 = problem_->inputs;
        FR_PASS(inputs_.allocate(context_, size_t(d0 * padded_)));
        FR_PASS(residues_.allocate(context_, size_t(d0 * padded_)));
        FR_PASS(batch_patterns_.allocate(context_, size_t(batch_ * words_)));
        FR_PASS(block_patterns_.allocate(context_, size_t(segments_ * words_)));
        FR_PASS(descriptors_.allocate(context_, size_t(2 * block_)));
        FR_PASS(count_.allocate(context_, 1));
        host_batch_.resize(size_t(batch_ * words_));
        host_patterns_.resize(size_t(segments_ * words_));
        host_descriptors_.resize(size_t(2 * block_));
        // Repeats are frequent where patterns are few: d0 = 1 has 2n.
        places_ = 64;
        while (places_ < 2 * problem_->units && places_ < 8 * problem_->points &&
               2 * places_ * (words_ + 1) * 8 <= seen_bytes)
            places_ *= 2;
        seen_.resize(size_t(places_ * words_));
        return FR_OK;
    }

    // From the first column of a trial on.
    fr_status begin(uint64_t trial) {
        trial_ = trial;
        next_unit_ = batch_first_ = batch_count_ = 0;
        unit_ = -1;
        coordinate_ = 0;
        seen_stamp_.assign(size_t(places_), 0);
        FR_PASS(fr_cuda_draw_inputs(context_, problem_, trial_, 1, inputs_));
        return fr_cuda_residues(context_, prime_, problem_->inputs * padded_, inputs_, residues_);
    }

    fr_status next(int64_t want) override {
        columns.clear();
        patterns.clear();
        while (int64_t(columns.size()) < want) {
            const int64_t room = want - int64_t(columns.size());
            // A whole unit if it fits at all.
            if (unit_ < 0 && !columns.empty() && k_ > room) break;
            if (unit_ < 0) FR_PASS(choose_unit());
            if (unit_ < 0) break;
            const int64_t width = std::min(k_ - coordinate_, room), segment = int64_t(patterns.size());
            uint64_t *pattern = host_patterns_.data() + segment * words_;
            std::copy(pattern_, pattern_ + words_, pattern);
            patterns.push_back(pattern);
            for (int64_t c = 0; c < width; c++, coordinate_++) {
                host_descriptors_[columns.size()] = int32_t(coordinate_);
                host_descriptors_[size_t(block_) + columns.size()] = int32_t(segment);
                columns.push_back(unit_ * k_ + coordinate_);
            }
            if (coordinate_ == k_) unit_ = -1;
        }
        inside_unit = unit_ >= 0;
        return upload();
    }

    fr_status fill(const int32_t *rows, int64_t count, LargeMatrix out) override {
        const int64_t width = int64_t(columns.size());
        if (count == 0) return FR_OK;
        const Columns block = {descriptors_, descriptors_ + block_, block_patterns_, residues_,
                               words_,       padded_,               problem_->inputs};
        FR_LAUNCH(fill_units, fr_large_grid(count, width), fr_large_threads, 0, context_->stream, block, width, rows,
                  count, out);
        FR_TRY_LAUNCH(context_, "building columns");
        return FR_OK;
    }

    fr_status count_affected(const int32_t *nonpivot_rows, int64_t nonpivots, const int32_t *pivot_rows, int64_t rank,
                             LargeMatrix m, int64_t *affected) override {
        const uint64_t *pattern = block_patterns_ + (int64_t(patterns.size()) - 1) * words_;
        return fr_large_count_affected(context_, pattern, nonpivot_rows, nonpivots, pivot_rows, rank, m, count_,
                                       affected);
    }

    void skip_unit() override { unit_ = -1; }

private:
    fr_status draw_batch() {
        batch_first_ = next_unit_;
        batch_count_ = std::min(batch_, problem_->units - next_unit_);
        FR_PASS(fr_cuda_draw_patterns(context_, problem_, trial_, 1, batch_first_, batch_count_, inputs_,
                                      batch_patterns_));
        FR_TRY(context_,
               cudaMemcpyAsync(host_batch_.data(), batch_patterns_, size_t(batch_count_ * words_) * sizeof(uint64_t),
                               cudaMemcpyDeviceToHost, context_->stream),
               "copying patterns");
        FR_TRY(context_, cudaStreamSynchronize(context_->stream), "drawing patterns");
        return FR_OK;
    }

    // The next unit that may add a pivot; unit_ stays negative when none is left.
    fr_status choose_unit() {
        while (next_unit_ < problem_->units) {
            if (next_unit_ == batch_first_ + batch_count_) {
                // Wide networks pass millions of units without a block.
                if (fr_cuda_is_cancelled(context_)) return fr_cuda_fail(context_, FR_CANCELLED, "cancelled");
                FR_PASS(draw_batch());
            }
            const int64_t unit = next_unit_++;
            const uint64_t *pattern = host_batch_.data() + (unit - batch_first_) * words_;
            if (std::all_of(pattern, pattern + words_, [](uint64_t word) { return word == 0; })) continue;
            if (filter && !fr_pattern_filter_useful(filter, pattern)) continue;
            if (!is_new(pattern)) continue;
            pattern_ = pattern; // the batch stays until the unit is done
            unit_ = unit;
            coordinate_ = 0;
            return FR_OK;
        }
        return FR_OK;
    }

    // True the first time a pattern comes (or again, when another took its place): costs time, never truth.
    bool is_new(const uint64_t *pattern) {
        uint64_t hash = 0;
        for (int64_t w = 0; w < words_; w++) {
            hash = (hash ^ pattern[w]) * UINT64_C(0x9E3779B97F4A7C15);
            hash ^= hash >> 29;
        }
        const int64_t place = int64_t(hash & uint64_t(places_ - 1));
        uint64_t *kept = seen_.data() + place * words_;
        if (seen_stamp_[size_t(place)] && std::equal(pattern, pattern + words_, kept)) return false;
        seen_stamp_[size_t(place)] = 1;
        std::copy(pattern, pattern + words_, kept);
        return true;
    }

    fr_status upload() {
        if (columns.empty()) return FR_OK;
        FR_PASS(fr_cuda_upload(context_, descriptors_.get(), host_descriptors_.data(), host_descriptors_.size(),
                               "copying column numbers"));
        return fr_cuda_upload(context_, block_patterns_.get(), host_patterns_.data(), patterns.size() * size_t(words_),
                              "copying patterns");
    }

    StreamContext *context_;
    const fr_problem *problem_;
    uint32_t prime_;
    uint64_t trial_ = 0;
    int64_t words_, padded_, k_, block_, batch_, segments_;
    DeviceBuffer<double> inputs_, residues_;
    DeviceBuffer<uint64_t> batch_patterns_, block_patterns_;
    DeviceBuffer<int32_t> descriptors_, count_;
    std::vector<uint64_t> host_batch_, host_patterns_;
    std::vector<int32_t> host_descriptors_;
    int64_t next_unit_ = 0, batch_first_ = 0, batch_count_ = 0;
    int64_t unit_ = -1, coordinate_ = 0; // of the next column; unit_ < 0: choose another
    const uint64_t *pattern_ = nullptr;
    int64_t places_ = 0; // patterns seen: one place a hash, compared in full
    std::vector<uint64_t> seen_;
    std::vector<uint8_t> seen_stamp_;
};

fr_status eliminate_trials(StreamContext *context, StreamItems &items, const fr_large_options &options,
                           const fr_problem *problem, uint32_t prime, const std::vector<int64_t> &left,
                           uint64_t first_trial, int64_t *pivot_columns, fr_outcome *outcomes) {
    UnitsGenerator generator(context, problem, prime, LargeElimination::block_columns(problem->points, options),
                             options.unit_batch);
    LargeElimination elimination(context, prime, options);
    FR_PASS(elimination.prepare(problem->points, generator.bytes()));
    FR_PASS(generator.prepare());
    int64_t item;
    while (items.next(&item)) {
        const int64_t trial = left[size_t(item)];
        FR_PASS(generator.begin(first_trial + uint64_t(trial)));
        FR_PASS(elimination.run(&generator, &items, pivot_columns + trial * problem->points));
        outcomes[trial] = FR_COMPUTED;
    }
    return FR_OK;
}

} // namespace

fr_status fr_cuda_eliminate_large_with(fr_session *session, const fr_large_options &options, const fr_problem *problem,
                                       uint32_t prime, uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                       fr_outcome *outcomes) {
    std::fill(outcomes, outcomes + trials, FR_NOT_COMPUTED);
    const int64_t n = problem->points, block = LargeElimination::block_columns(n, options);
    if (trials > 0) FR_PASS(fr_large_check_products(session));
    const double begin = session->done_begin, share = session->done_share;
    FR_PASS(fr_cuda_eliminate_in_lockstep(session, options, problem, prime, first_trial, trials, pivot_columns, outcomes));
    std::vector<int64_t> left; // trials for lanes: all, if there is no lockstep
    for (int64_t trial = 0; trial < trials; trial++)
        if (outcomes[trial] != FR_COMPUTED) left.push_back(trial);
    if (left.empty()) return FR_OK;
    const double rest = double(left.size()) / double(trials);
    fr_cuda_next_share(session, begin + share * (1 - rest), share * rest);
    const UnitsGenerator generator(session, problem, prime, block, options.unit_batch);
    const StreamPlan plan = {int64_t(left.size()), LargeElimination::useful_streams(n, options),
                           LargeElimination::bytes(n, options) + generator.bytes()};
    return fr_cuda_run_streams(session, plan, [&](StreamContext *context, StreamItems &items) {
        return eliminate_trials(context, items, options, problem, prime, left, first_trial, pivot_columns, outcomes);
    });
}

fr_status fr_cuda_eliminate_large(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t first_trial,
                                  int64_t trials, int64_t *pivot_columns, fr_outcome *outcomes) {
    return fr_cuda_eliminate_large_with(session, fr_large_options(), problem, prime, first_trial, trials,
                                        pivot_columns, outcomes);
}
