// The streamed elimination of elimination/large/elimination.cuh, driven by the host. It reads a block's pivots by one
// small copy, for most blocks the only time that it waits for the device, and keeps the slots' tables, order n per
// block. It also waits for each batch of patterns, and once or twice in blocks with columns that have no pivot.
//
// Looking ahead. A panel leaves most of the device idle. A trial that is alone on the device therefore has a second
// stream, with priority, for its panels. While block t is in its panel, the first stream gives M the pivots of block
// t - 1, and takes those and all before out of the columns of block t + 1:
//
//     panels:    | panel t           | correct t + 1, panel t + 1      | ...
//     products:  | M, columns t + 1  | M, columns t + 2                | ...
//
// Then columns t + 1 lack block t's pivots: with S their rows before, N the panel's multipliers, they become
// S - N (rows of S with the pivots), for block t's panel was about the same rows, reduced by the same M. The columns'
// product has as many rows more as a block has columns, those of block t's pivots: b n^2/2 multiplications where all
// are n^3/3. All numbers are exact, and the pivots do not depend on the way.
//
// What waits for what: panel t + 1 for columns t + 1 (to_panels_), whose product is behind M's in the first stream; M's
// product for panel t and the correction, which reads N before rows of M move (from_panels_). The host waits for panel
// t before it launches either. There are two of each that both streams use at a time: S, slots of pivots, lists of
// moves. Tables of rows are read in one stream each: row_of_slot_ and pivot_row_ in the first, order_ and nonpivot_ in
// the second. A block is not begun early where M has to be re-packed before it, where few rows are left (their filter
// looks at M), or after a block with a column that has no pivot.
//
// Counted, not yet measured: docs/cuda.md, "What the time should be". While one of several trials is in a panel, the
// products of the others fill the device (session/streams.h): there is no looking ahead then.
#include "elimination/large/elimination.cuh"
#include "session/uploads.h"

#include <algorithm>
#include <cstdio>

LargeElimination::LargeElimination(StreamContext *context, uint32_t prime, const fr_large_options &options)
    : context_(context), field_(fr_field_make(prime)), options_(options), panel_() {}

// The columns of M that the block filled, without those that have no pivot, and the pivots' slots in the same way.
fr_status LargeElimination::keep_found(int64_t more) {
    StreamContext *const context = panel_.context;
    int32_t *const list = panel_moves_ + 2 * block_;
    FR_PASS(fr_cuda_upload(context, panel_.slots, panel_.found_slots.data(), size_t(more), "copying slots"));
    FR_PASS(fr_cuda_upload(context, list, panel_.found_columns.data(), size_t(more), "copying column numbers"));
    return fr_large_keep_columns(context, rows_ - base(), list, more, m_.from(base(), rank_));
}

// Adds the pivots found, whose multipliers are in M after the old ones, to M, and moves its rows.
fr_status LargeElimination::merge() {
    const int64_t more = found_.pivots, rank = found_.rank, begin = found_.base, moves = int64_t(found_.from.size());
    if (more == 0) return FR_OK;
    found_.pivots = 0;
    if (rank > 0) {
        const LargeMatrix pivots = {product_buffer_, fr_large_padded(more)};
        FR_PASS(fr_large_take_rows(context_, m_, found_.slots, more, rank, pivots, false));
        FR_PASS(fr_large_subtract(context_, field_, rows_ - begin, rank, more, m_.from(begin, rank), pivots,
                                  m_.from(begin, 0)));
    }
    FR_PASS(fr_cuda_upload(context_, pivot_row_ + rank, host_pivot_row_.data() + rank, size_t(more),
                           "copying pivot rows"));
    if (moves > 0) {
        FR_PASS(fr_cuda_upload(context_, moves_, found_.from.data(), size_t(moves), "copying moves"));
        FR_PASS(fr_cuda_upload(context_, moves_ + block_, found_.to.data(), size_t(moves), "copying moves"));
        FR_PASS(fr_large_move_rows(context_, m_, moves_, moves_ + block_, moves, rank + more));
    }
    return upload_rows();
}

// Takes the pivots just found out of the `ahead` columns in other_s_, and moves their rows.
fr_status LargeElimination::correct(int64_t ahead) {
    StreamContext *const context = panel_.context;
    const int64_t more = found_.pivots, begin = found_.base, moves = int64_t(found_.from.size());
    FR_PASS(fr_large_take_rows(context, other_s_, found_.slots, more, ahead, panel_.scratch, false));
    FR_PASS(fr_large_subtract(context, field_, rows_ - begin, ahead, more, m_.from(begin, found_.rank), panel_.scratch,
                              other_s_.from(begin, 0)));
    if (moves == 0) return FR_OK;
    FR_PASS(fr_cuda_upload(context, panel_moves_, found_.from.data(), size_t(moves), "copying moves"));
    FR_PASS(fr_cuda_upload(context, panel_moves_ + block_, found_.to.data(), size_t(moves), "copying moves"));
    return fr_large_move_rows(context, other_s_, panel_moves_, panel_moves_ + block_, moves, ahead);
}

int64_t LargeElimination::most_columns(int64_t changeable) const {
    return std::min(fr_large_columns_wanted(changeable), block_);
}

// Whether the block after the one in its panel may be begun.
bool LargeElimination::may_look_ahead() const {
    const int64_t columns = int64_t(columns_.size()), left = nonpivots() - columns;
    return look_ahead_ && complete_ && left > FR_PATTERN_FILTER_ROWS &&
           (rank_ + columns + most_columns(left)) * m_.ld <= m_capacity_;
}

// The generator's block into s: its columns in the non-pivot rows, less what M says of them.
//
// A place for an optimisation: for Khatri-Rao columns the product of M and the pivots' columns costs less than a plain
// one when the pivots are sorted into classes by which of several units are active on them (see
// Kernels/cpu/elimination/khatri_rao_schur_update.c). On tensor cores that is a product with
// gathered columns of M for each class.
fr_status LargeElimination::build_block(ColumnGenerator *generator, LargeMatrix s) {
    const int64_t columns = int64_t(generator->columns.size()), begin = base();
    FR_PASS(generator->fill(row_of_slot_ + begin, rows_ - begin, s.from(begin, 0)));
    if (rank_ == 0) return FR_OK;
    const LargeMatrix pivots = {product_buffer_, fr_large_padded(rank_)};
    FR_PASS(generator->fill(pivot_row_, rank_, pivots));
    return fr_large_subtract(context_, field_, rows_ - begin, columns, rank_, m_.from(begin, 0), pivots,
                             s.from(begin, 0));
}

fr_status LargeElimination::start_panel() {
    panel_.base = base();
    panel_.rows = rows_;
    panel_.s = s_;
    panel_.n = m_.from(0, rank_);
    panel_.nonpivots = nonpivots();
    panel_.slots = panel_.slots == slots_ ? slots_ + block_ : slots_;
    return fr_large_start_panel(&panel_, int64_t(columns_.size()));
}

void LargeElimination::take_pivots(int64_t *pivot_columns) {
    const size_t more = panel_.found_slots.size();
    for (size_t i = 0; i < more; i++)
        pivot_columns[host_row_of_slot_[size_t(panel_.found_slots[i])]] = columns_[size_t(panel_.found_columns[i])];
    done_rows_ += int64_t(more);
    complete_ = more == columns_.size();
    to_forget_ |= !complete_ && more > 0;
}

// The state after a panel, but for M, which follows in merge(). `ahead`: columns in other_s_, 0: none.
fr_status LargeElimination::close_block(int64_t ahead) {
    const int64_t more = int64_t(panel_.found_slots.size());
    if (more > 0) {
        if (!complete_) FR_PASS(keep_found(more));
        found_.pivots = more;
        found_.rank = rank_;
        found_.base = base();
        found_.slots = panel_.slots;
        for (const int32_t slot : panel_.found_slots) host_pivot_row_.push_back(host_row_of_slot_[size_t(slot)]);
        close_ranks(more);
        rank_ += more;
    }
    if (ahead > 0) {
        FR_PASS(to_panels_.before(context_, panel_.context));
        if (more > 0) FR_PASS(correct(ahead));
        std::swap(s_, other_s_);
    }
    FR_PASS(from_panels_.before(panel_.context, context_));
    return more > 0 ? upload_order() : FR_OK;
}

// After a block that the generator has not left.
fr_status LargeElimination::end_block(ColumnGenerator *generator, int64_t *changeable) {
    FR_PASS(merge());
    if (!panel_.found_slots.empty()) {
        if (to_forget_) FR_PASS(forget_unused());
        to_forget_ = false;
        FR_PASS(renew_filter());
    }
    // Columns once eliminated stay zero in the non-pivot rows, however M changes later.
    for (size_t u = 0; u + (generator->inside_unit ? 1 : 0) < generator->patterns.size(); u++)
        fr_pattern_filter_saw(&filter_, generator->patterns[u]);
    *changeable = nonpivots();
    // If each column has a pivot, the rest of the unit may have pivots, too.
    if (!generator->inside_unit || complete_) return FR_OK;
    int64_t affected;
    FR_PASS(generator->count_affected(row_of_slot_ + first_, nonpivots(), pivot_row_, rank_, m_.from(first_, 0),
                                      &affected));
    if (affected == 0) generator->skip_unit();
    else *changeable = affected;
    return FR_OK;
}

fr_status LargeElimination::run_blocks(ColumnGenerator *generator, StreamItems *items, int64_t *pivot_columns) {
    int64_t changeable = rows_; // non-pivot rows that the next columns may change
    bool begun = false;         // s_ has the generator's block
    while (nonpivots() > 0) {
        if (fr_cuda_is_cancelled(context_)) return fr_cuda_fail(context_, FR_CANCELLED, "cancelled");
        if (!begun) {
            FR_PASS(generator->next(most_columns(changeable)));
            if (generator->columns.empty()) return FR_OK;
            if ((rank_ + int64_t(generator->columns.size())) * m_.ld > m_capacity_) FR_PASS(repack(nullptr));
            FR_PASS(build_block(generator, s_));
            FR_PASS(to_panels_.before(context_, panel_.context));
        }
        columns_ = generator->columns;
        if (options_.blocks_run) ++*options_.blocks_run;
        const bool was_begun = begun;
        FR_PASS(start_panel());
        if (was_begun) FR_PASS(merge());
        begun = may_look_ahead();
        if (begun) {
            FR_PASS(generator->next(most_columns(nonpivots() - int64_t(columns_.size()))));
            if (!generator->columns.empty()) FR_PASS(build_block(generator, other_s_));
        }
        const int64_t ahead = begun ? int64_t(generator->columns.size()) : 0;
        if (options_.looked_ahead) *options_.looked_ahead += ahead > 0;
        FR_PASS(fr_large_finish_panel(&panel_, int64_t(columns_.size())));
        take_pivots(pivot_columns);
        // Nothing is left to keep up to date, or to come.
        if (int64_t(panel_.found_slots.size()) == nonpivots() || (begun && ahead == 0)) return FR_OK;
        FR_PASS(close_block(ahead));
        if (!begun) FR_PASS(end_block(generator, &changeable));
        // The share of n^3/3: the integral of 2 r (n - r).
        const double x = double(done_rows_) / double(all_rows_);
        if (items) items->tell_done(x * x * (3.0 - 2.0 * x));
    }
    return FR_OK;
}

fr_status LargeElimination::begin() {
    const int64_t n = all_rows_ = rows_ = capacity_rows_;
    first_ = rank_ = done_rows_ = repacks_ = 0;
    complete_ = true;
    to_forget_ = false;
    found_ = Found();
    m_ = {m_buffer_, fr_large_padded(n)};
    s_ = {s_buffer_, fr_large_padded(n)};
    other_s_ = {other_s_buffer_, fr_large_padded(n)};
    host_row_of_slot_.resize(size_t(n));
    for (int64_t row = 0; row < n; row++) host_row_of_slot_[size_t(row)] = int32_t(row);
    host_order_ = host_row_of_slot_;
    host_alive_.assign(size_t(n), 1);
    host_pivot_row_.clear();
    double *const numbers = panel_buffer_;
    const int64_t tile = LargePanel::tile_numbers(block_), tile_ld = std::min<int64_t>(block_, fr_large_tile_columns);
    panel_ = LargePanel();
    panel_.context = look_ahead_ ? context_->urgent : context_;
    panel_.field = field_;
    panel_.small_tiles = options_.small_tiles;
    panel_.tiles_run = options_.tiles_run;
    panel_.order = order_;
    panel_.nonpivot = nonpivot_;
    panel_.eligible = eligible_;
    panel_.inverses = inverses_;
    panel_.inverse = {numbers, tile_ld};
    panel_.pivot_rows = {numbers + tile, tile_ld};
    panel_.scratch = {numbers + 2 * tile, block_};
    panel_.result = result_;
    if (look_ahead_) panel_.context->error[0] = 0;
    FR_PASS(upload_rows());
    FR_PASS(upload_order());
    return renew_filter();
}

fr_status LargeElimination::run(ColumnGenerator *generator, StreamItems *items, int64_t *pivot_columns) {
    std::fill(pivot_columns, pivot_columns + capacity_rows_, -1);
    generator->filter = &filter_;
    fr_status status = begin();
    if (status == FR_OK) status = run_blocks(generator, items, pivot_columns);
    StreamContext *const panels = panel_.context;
    if (status != FR_OK && panels != context_ && panels->error[0] != 0)
        std::snprintf(context_->error, sizeof context_->error, "%s", panels->error);
    return status;
}

fr_status ColumnGenerator::count_affected(const int32_t *, int64_t nonpivots, const int32_t *, int64_t, LargeMatrix,
                                      int64_t *affected) {
    *affected = nonpivots;
    return FR_OK;
}
