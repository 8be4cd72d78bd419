// Rank profiles of many trials in lockstep: the elimination of elimination.cu with every launch over all members, a
// tile a block, a product a matrix of a batch. What a lane's host looks at and moves is left out for that: rows keep
// their places (a row with a pivot stays and is not looked at, so that products take three times the operations), M has
// as many columns as the member with most pivots (zeros for others), units are left out only where active nowhere. Then
// all shapes are the same for all members. Where a tile could not decide a column (panel.cu), that member's block ends at
// the tile; its next one ends before the column, and the one after it has the column alone, whose tile is of the rows
// that are not zero there and always decides. A trial whose M is full is left to the lanes of streams.cu; where that
// befalls most trials, so are all others.
//
// Counted for n = 1000, d0 = 10 and 132 members: 9 to 11 blocks of 128 columns, each of about 23 launches, 2 clearings,
// one copy to the device, two back, one wait; on lanes as much for every trial. All of a device's multiprocessors have a
// tile.
#include "elimination/large/lockstep.cuh"

#include <algorithm>
#include <vector>

#include "elimination/large/tile.cuh"
#include "session/uploads.h"

namespace {

// Beyond, by count, the products' 2 n^3 operations (50 TFLOP/s) take longer than an eighth of a panel's 0.9 n microseconds.
constexpr int64_t most_points = 1600;
constexpr int64_t least_members = 12;  // fewer: lanes do as well

class Lockstep {
public:
    Lockstep(fr_session *session, const fr_problem *problem, uint32_t prime, const fr_large_options &options)
        : session_(session), problem_(problem), prime_(prime), field_(fr_field_make(prime)), small_(options.small_tiles),
          n_(problem->points), k_(problem->inputs + problem->bias), words_(fr_pattern_words(problem)),
          padded_(fr_padded_points(problem)), block_(fr_large_padded(LargeElimination::block_columns(n_, options))),
          ld_(fr_large_padded(n_)), capacity_(fr_large_padded(n_ + n_ / 4 + 2 * block_)) {
        window_ = std::max<int64_t>(1, std::min(problem->units, n_ / k_ + n_ / (2 * k_) + 16));
        if (options.unit_batch > 0) window_ = std::min(window_, options.unit_batch);
    }

    double bytes_a_member() const {
        const double numbers = double(ld_) * double(capacity_ + block_) + double(capacity_ + block_) * double(block_) +
                               double(fr_large_tile_columns * fr_large_tile_columns);
        return 8.0 * (numbers + 2.0 * double(problem_->inputs * padded_) + double(window_ * words_)) +
               4.0 * double(capacity_ + 4 * block_ + 2) + 2.0 * double(ld_) + double(sizeof(fr_large_tile_result));
    }

    fr_status prepare(int64_t members) {
        members_ = members;
        const size_t count = size_t(members), tile = size_t(fr_large_tile_columns * fr_large_tile_columns);
        const size_t drawn = size_t(problem_->inputs * padded_);
        FR_PASS(m_buffer_.allocate(session_, count * size_t(ld_ * capacity_)));
        FR_PASS(s_buffer_.allocate(session_, count * size_t(ld_ * block_)));
        FR_PASS(product_buffer_.allocate(session_, count * size_t(capacity_ * block_)));
        FR_PASS(scratch_buffer_.allocate(session_, count * size_t(block_ * block_)));
        FR_PASS(inverse_buffer_.allocate(session_, count * tile));
        FR_PASS(inputs_.allocate(session_, count * drawn));
        FR_PASS(residues_.allocate(session_, count * drawn));
        FR_PASS(patterns_.allocate(session_, count * size_t(window_ * words_)));
        FR_PASS(pivot_row_.allocate(session_, count * size_t(capacity_)));
        FR_PASS(slots_.allocate(session_, count * size_t(block_)));
        FR_PASS(kept_.allocate(session_, count * size_t(block_)));
        FR_PASS(descriptors_.allocate(session_, count * size_t(2 * block_ + 2)));
        FR_PASS(nonpivot_.allocate(session_, count * size_t(ld_)));
        FR_PASS(eligible_.allocate(session_, count * size_t(ld_)));
        FR_PASS(order_.allocate(session_, size_t(n_)));
        FR_PASS(results_.allocate(session_, count));
        FR_PASS(inverses_.allocate(session_, fr_large_inverses));
        FR_PASS(fr_large_fill_inverses(session_, field_, inverses_));
        host_order_.resize(size_t(n_));
        for (int64_t i = 0; i < n_; i++) host_order_[size_t(i)] = int32_t(i);
        FR_PASS(fr_cuda_upload(session_, order_.get(), host_order_.data(), host_order_.size(),
                               "copying the order of rows"));
        host_descriptors_.resize(count * size_t(2 * block_ + 2));
        host_patterns_.resize(count * size_t(window_ * words_));
        host_slots_.resize(count * size_t(block_));
        host_kept_.resize(count * size_t(block_));
        host_results_.resize(count);
        return FR_OK;
    }

    // Trials first .. first + count, at most as many as prepared for.
    fr_status run(uint64_t first, int64_t count, int64_t *pivot_columns, fr_outcome *outcomes) {
        first_ = first;
        members_ = count;
        rank_ = 0;
        at_.assign(size_t(count), Member{n_});
        columns_.assign(size_t(count * block_), -1);
        std::fill(pivot_columns, pivot_columns + count * n_, int64_t(-1));
        FR_TRY(session_, cudaMemsetAsync(nonpivot_, 1, size_t(count * ld_), session_->stream), "clearing pivots");
        FR_PASS(fr_cuda_draw_inputs(session_, problem_, first, count, inputs_));
        FR_PASS(fr_cuda_residues(session_, prime_, count * problem_->inputs * padded_, inputs_, residues_));
        FR_PASS(draw_window(0));
        for (;;) {
            if (fr_cuda_is_cancelled(session_)) return fr_cuda_fail(session_, FR_CANCELLED, "cancelled");
            const int64_t columns = choose_columns();
            if (columns == 0) {
                const int64_t next = window_first_ + window_count_;
                if (next == problem_->units || !any_active()) break;
                FR_PASS(draw_window(next));
                continue;
            }
            if (rank_ + columns > capacity_) {
                for (Member &member : at_) member.left |= member.active;
                break;
            }
            FR_PASS(eliminate_block(columns));
            const int64_t most = take_pivots(columns, pivot_columns);
            if (!any_active()) break;
            if (most < columns) FR_PASS(keep_found(most));
            if (most > 0) FR_PASS(merge(most));
        }
        for (int64_t t = 0; t < count; t++)
            if (!at_[size_t(t)].left) outcomes[t] = FR_COMPUTED;
        return FR_OK;
    }

private:
    struct Member {
        int64_t nonpivots, unit = 0, coordinate = 0; // of the next column, in the window
        int64_t most = INT64_MAX;                    // columns of the next block; 0: one, of which rows are chosen by it
        bool active = true, left = false;            // left: to others
    };

    bool any_active() const {
        return std::any_of(at_.begin(), at_.end(), [](const Member &member) { return member.active; });
    }

    fr_status draw_window(int64_t first) {
        window_first_ = first;
        window_count_ = std::min(window_, problem_->units - first);
        for (Member &member : at_) member.unit = member.coordinate = 0;
        const int64_t numbers = members_ * window_count_ * words_;
        if (numbers == 0) return FR_OK;
        FR_PASS(fr_cuda_draw_patterns(session_, problem_, first_, members_, first, window_count_, inputs_, patterns_));
        FR_TRY(session_,
               cudaMemcpyAsync(host_patterns_.data(), patterns_, size_t(numbers) * sizeof(uint64_t),
                               cudaMemcpyDeviceToHost, session_->stream),
               "copying patterns");
        FR_TRY(session_, cudaStreamSynchronize(session_->stream), "drawing patterns");
        return FR_OK;
    }

    // Every active member's next columns, as many as the one with most rows left wants; answers how many the longest
    // block has. Descriptors: widths and whether the block is a single column, a member each; coordinates, units.
    int64_t choose_columns() {
        int64_t most = 0, longest = 0;
        for (const Member &member : at_)
            if (member.active) most = std::max(most, member.nonpivots);
        const int64_t want = std::min(block_, (most + most / 8 + 8) / 8 * 8);
        int32_t *const widths = host_descriptors_.data(), *const singles = widths + members_;
        int32_t *const coordinates = singles + members_, *const units = coordinates + members_ * block_;
        any_single_ = false;
        for (int64_t t = 0; t < members_; t++) {
            Member &member = at_[size_t(t)];
            const int64_t room = std::max<int64_t>(1, std::min(want, member.most));
            int64_t width = 0;
            singles[t] = member.active && member.most == 0;
            any_single_ |= singles[t] != 0;
            while (member.active && width < room && member.unit < window_count_) {
                const uint64_t *pattern = host_patterns_.data() + (t * window_count_ + member.unit) * words_;
                const bool empty = std::all_of(pattern, pattern + words_, [](uint64_t word) { return word == 0; });
                for (; !empty && member.coordinate < k_ && width < room; member.coordinate++, width++) {
                    coordinates[t * block_ + width] = int32_t(member.coordinate);
                    units[t * block_ + width] = int32_t(member.unit);
                    columns_[size_t(t * block_ + width)] = (window_first_ + member.unit) * k_ + member.coordinate;
                }
                if (!empty && member.coordinate < k_) break;
                member.coordinate = 0;
                member.unit++;
            }
            widths[t] = int32_t(width);
            for (int64_t j = width; j < block_; j++) coordinates[t * block_ + j] = -1;
            for (int64_t j = width; j < block_; j++) units[t * block_ + j] = 0;
            longest = std::max(longest, width);
        }
        return longest;
    }

    LargeMatrices s() const { return {s_buffer_, ld_, ld_ * block_}; }
    LargeMatrices m() const { return {m_buffer_, ld_, ld_ * capacity_}; }
    LargeMatrices new_multipliers() const { return m().from(0, rank_); }
    LargeMatrices scratch() const { return {scratch_buffer_, block_, block_ * block_}; }
    LargeMatrices product(int64_t rows) const { return {product_buffer_, fr_large_padded(rows), capacity_ * block_}; }

    // One block of columns: up to date, and eliminated as a panel; the pivots' slots come back to the host.
    fr_status eliminate_block(int64_t columns) {
        const int32_t *const coordinates = descriptors_ + 2 * members_;
        const LockstepColumns from = {coordinates, coordinates + members_ * block_, patterns_, residues_, block_,
                                      window_count_, words_, padded_, problem_->inputs};
        FR_PASS(fr_cuda_upload(session_, descriptors_.get(), host_descriptors_.data(),
                               size_t(members_ * (2 * block_ + 2)), "copying column numbers"));
        FR_PASS(fr_lockstep_fill(session_, from, members_, columns, nullptr, 0, n_, s()));
        if (rank_ > 0) {
            FR_PASS(fr_lockstep_fill(session_, from, members_, columns, pivot_row_, capacity_, rank_, product(rank_)));
            FR_PASS(fr_lockstep_subtract(session_, field_, members_, n_, columns, rank_, m(), product(rank_), s()));
        }
        FR_TRY(session_, cudaMemsetAsync(slots_, 0xFF, size_t(members_ * block_) * sizeof(int32_t), session_->stream),
               "clearing slots");
        FR_TRY(session_, cudaMemsetAsync(results_, 0xFF, size_t(members_) * sizeof(fr_large_tile_result), session_->stream),
               "clearing results");
        FR_PASS(eliminate(0, columns));
        FR_TRY(session_,
               cudaMemcpyAsync(host_slots_.data(), slots_, size_t(members_ * block_) * sizeof(int32_t),
                               cudaMemcpyDeviceToHost, session_->stream),
               "copying pivots");
        FR_TRY(session_,
               cudaMemcpyAsync(host_results_.data(), results_, size_t(members_) * sizeof(fr_large_tile_result),
                               cudaMemcpyDeviceToHost, session_->stream),
               "copying tiles' results");
        FR_TRY(session_, cudaStreamSynchronize(session_->stream), "eliminating panels");
        return FR_OK;
    }

    // As a panel is eliminated without a look (panel.cu).
    fr_status eliminate(int64_t column, int64_t columns) {
        const int64_t leaf = small_ ? 4 : fr_large_tile_columns;
        const LargeMatrices n = new_multipliers();
        if (columns <= leaf) {
            const LargeMatrices inverse = {inverse_buffer_, fr_large_tile_columns,
                                           fr_large_tile_columns * fr_large_tile_columns};
            const LargeMatrices tile_columns = s().from(0, column);
            const uint8_t *eligible = any_single_ ? eligible_.get() : nonpivot_.get();
            if (any_single_)
                FR_PASS(fr_lockstep_mark_eligible(session_, members_, n_, descriptors_ + members_, s(), nonpivot_, ld_,
                                                  eligible_));
            const LargeTile tile = {field_, tile_columns.first(), int32_t(columns), int32_t(columns), order_, n_, eligible,
                                    inverses_, nonpivot_, inverse.first(), inverse.first(), slots_ + column, results_,
                                    int32_t(column), true, descriptors_, tile_columns.stride, ld_, inverse.stride, block_};
            FR_PASS(fr_large_launch_tiles(session_, small_, members_, tile));
            return fr_lockstep_multiply(session_, field_, members_, n_, columns, columns, tile_columns, inverse,
                                        n.from(0, column));
        }
        const int64_t half = (columns / 2 + leaf - 1) / leaf * leaf;
        for (int64_t begin = 0; begin < columns; begin += half) {
            const int64_t width = std::min(half, columns - begin);
            if (begin > 0) {
                const LargeMatrices right = s().from(0, column + begin);
                FR_PASS(fr_lockstep_take_rows(session_, members_, right, slots_ + column, block_, begin, width, scratch(),
                                              true));
                FR_PASS(fr_lockstep_subtract(session_, field_, members_, n_, width, begin, n.from(0, column), scratch(),
                                             right));
            }
            FR_PASS(eliminate(column + begin, width));
            if (begin > 0) {
                FR_PASS(fr_lockstep_take_rows(session_, members_, n.from(0, column), slots_ + column + begin, block_, width,
                                              begin, scratch(), true));
                FR_PASS(fr_lockstep_subtract(session_, field_, members_, n_, begin, width, n.from(0, column + begin),
                                             scratch(), n.from(0, column)));
            }
        }
        return FR_OK;
    }

    // What the panels found, into the profiles; answers the most pivots of a member. Afterwards the host's slots are
    // those of the pivots, and `kept` their columns.
    int64_t take_pivots(int64_t columns, int64_t *pivot_columns) {
        int64_t most = 0;
        std::fill(host_kept_.begin(), host_kept_.end(), -1);
        for (int64_t t = 0; t < members_; t++) {
            Member &member = at_[size_t(t)];
            int32_t *const slots = host_slots_.data() + t * block_, *const kept = host_kept_.data() + t * block_;
            const fr_large_tile_result &result = host_results_[size_t(t)];
            const int64_t end = result.stopped >= 0 ? result.stopped : columns;
            int64_t found = 0;
            for (int64_t j = 0; j < end && member.active; j++) {
                const int32_t row = slots[j];
                if (row < 0) continue;
                pivot_columns[t * n_ + row] = columns_[size_t(t * block_ + j)];
                slots[found] = row;
                kept[found++] = int32_t(j);
            }
            std::fill(slots + found, slots + block_, -1);
            member.nonpivots -= found;
            if (member.active) go_on(&member, t, result);
            most = std::max(most, found);
        }
        return most;
    }

    // How long a member's next block is, and where it begins: after this one, or where a tile gave up.
    void go_on(Member *member, int64_t t, const fr_large_tile_result &result) {
        member->active = member->nonpivots > 0;
        const bool ended_early = member->most != 0 && member->most != INT64_MAX;
        member->most = ended_early ? 0 : INT64_MAX; // before the undecided column: that one is next
        if (result.stopped < 0) return;
        const int32_t *const coordinates = host_descriptors_.data() + 2 * members_, *units = coordinates + members_ * block_;
        member->coordinate = coordinates[t * block_ + result.stopped];
        member->unit = units[t * block_ + result.stopped];
        member->most = result.undecided - result.stopped;
    }

    // The multipliers of the block's columns without those that have no pivot, and its slots likewise.
    fr_status keep_found(int64_t most) {
        const size_t count = size_t(members_ * block_);
        FR_PASS(fr_cuda_upload(session_, kept_.get(), host_kept_.data(), count, "copying column numbers"));
        FR_PASS(fr_cuda_upload(session_, slots_.get(), host_slots_.data(), count, "copying slots"));
        return fr_lockstep_keep_columns(session_, members_, n_, kept_, block_, most, new_multipliers());
    }

    // The block's pivots into M, as in elimination.cu.
    fr_status merge(int64_t columns) {
        if (rank_ > 0) {
            const LargeMatrices pivots = product(columns);
            FR_PASS(fr_lockstep_take_rows(session_, members_, m(), slots_, block_, columns, rank_, pivots, false));
            FR_PASS(fr_lockstep_subtract(session_, field_, members_, n_, rank_, columns, new_multipliers(), pivots, m()));
        }
        FR_TRY(session_,
               cudaMemcpy2DAsync(pivot_row_ + rank_, size_t(capacity_) * sizeof(int32_t), slots_,
                                 size_t(block_) * sizeof(int32_t), size_t(columns) * sizeof(int32_t), size_t(members_),
                                 cudaMemcpyDeviceToDevice, session_->stream),
               "copying pivot rows");
        rank_ += columns;
        return FR_OK;
    }

    fr_session *session_;
    const fr_problem *problem_;
    uint32_t prime_;
    fr_field field_;
    bool small_;
    int64_t n_, k_, words_, padded_, block_, ld_, capacity_, window_ = 0, members_ = 0;
    DeviceBuffer<double> m_buffer_, s_buffer_, product_buffer_, scratch_buffer_, inverse_buffer_, inputs_, residues_;
    DeviceBuffer<uint64_t> patterns_;
    DeviceBuffer<int32_t> pivot_row_, slots_, kept_, descriptors_, order_;
    DeviceBuffer<uint8_t> nonpivot_, eligible_;
    DeviceBuffer<float> inverses_;
    DeviceBuffer<fr_large_tile_result> results_;
    std::vector<int32_t> host_order_, host_descriptors_, host_slots_, host_kept_;
    std::vector<uint64_t> host_patterns_;
    std::vector<fr_large_tile_result> host_results_;

    uint64_t first_ = 0;
    bool any_single_ = false; // a block of one column, of which rows are chosen by it
    int64_t rank_ = 0, window_first_ = 0, window_count_ = 0;
    std::vector<Member> at_;
    std::vector<int64_t> columns_; // members x block: their numbers in the Jacobian
};

} // namespace

fr_status fr_cuda_eliminate_in_lockstep(fr_session *session, const fr_large_options &options, const fr_problem *problem,
                                        uint32_t prime, uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                        fr_outcome *outcomes) {
    const int64_t n = problem->points, k = problem->inputs + problem->bias;
    const int64_t wanted = options.members != 0 ? options.members : session->multiprocessors;
    const int64_t least = options.members > 0 ? 1 : least_members;
    if (wanted < least || trials < least || n == 0 || n > most_points || k == 0 || problem->units == 0) return FR_OK;
    Lockstep lockstep(session, problem, prime, options);
    const double fit = double(fr_cuda_memory_budget(session)) / 2 / lockstep.bytes_a_member();
    const int64_t members = std::min({wanted, trials, int64_t(std::min(fit, 65535.0))});
    if (members < least) return FR_OK;
    const fr_status status = lockstep.prepare(members);
    if (status == FR_OUT_OF_MEMORY) return FR_OK; // lanes need less
    FR_PASS(status);
    int64_t left = 0;
    for (int64_t done = 0; done < trials && 2 * left <= done; done += members) {
        const int64_t count = std::min(members, trials - done);
        if (done > 0 && count < least) break; // the last few
        FR_PASS(lockstep.run(first_trial + uint64_t(done), count, pivot_columns + done * n, outcomes + done));
        left += std::count(outcomes + done, outcomes + done + count, FR_NOT_COMPUTED);
        fr_cuda_tell_done(session, double(done + count - left) / double(trials));
    }
    return FR_OK;
}
