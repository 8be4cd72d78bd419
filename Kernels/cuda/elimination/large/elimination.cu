// The streamed elimination of elimination/large/elimination.cuh, driven by the host. It reads a block's pivots by one
// small copy, for most blocks the only time that it waits for the device, and keeps the slots' tables, order n per
// block. It also waits for each batch of patterns, and once or twice in blocks with columns that have no pivot.
//
// Counted, not yet measured, for 50 TFLOP/s of DGEMM and 3 TB/s. n = 100,000: products 13.3 s, their reductions 3.4
// (elimination/large/matrix.cu), panels 0.4 (0.25 of traffic: 152 bytes per entry of a block, n^2/2 entries), M's
// memory and moves 0.4 (elimination/large/slots.cu): 17.5 s. n = 10,000: 13 ms, 3, 9 and nothing, for M fits unpacked:
// 25 ms, half of DGEMM's rate. The 9 are the panel's, during which most of the device is idle: the products of other
// trials fill it, on streams of their own (session/streams.h), so that a trial of several costs about 16. Left for
// later: the next block's products while M is still one block behind, which would do the same for a trial alone.
#include "elimination/large/elimination.cuh"
#include "session/uploads.h"

#include <algorithm>
#include <cmath>
#include <new>

namespace {

// Few non-pivot rows need few columns: a block's columns after the last pivot are wasted.
int64_t columns_wanted(int64_t rows) { return (rows + rows / 8 + 8) / 8 * 8; }

// The smallest size of M in numbers; the margin is for rows padded to fr_large_align.
double m_numbers(double padded, double block) {
    return padded * padded * 17.0 / 64.0 + padded * (block + double(fr_large_align));
}

} // namespace

// Up to FR_DELAY columns per block M is updated by one product and one reduction; narrower blocks waste fewer columns.
// Not measured yet.
int64_t LargeElimination::block_columns(int64_t rows, const fr_large_options &options) {
    const int64_t block = options.block > 0 ? options.block : rows < 1024 ? 128 : rows < 4096 ? 256 : 512;
    return std::min(block, columns_wanted(rows));
}

// While one matrix is in its panels, the products of the others are to fill the device: the panels take 9 (10^4 / n)^2
// / 16 of the time of products and reductions (counted, above), and one stream more than that covers them.
int64_t LargeElimination::useful_streams(int64_t rows, const fr_large_options &options) {
    if (options.streams > 0) return options.streams;
    const double x = 7500.0 / double(std::max<int64_t>(1, rows));
    return 1 + int64_t(std::ceil(std::min(x * x, double(fr_most_streams - 1))));
}

// M; S and the product's other factor, a block of columns each; 18 bytes per row of books; the panel's.
double LargeElimination::bytes(int64_t rows, const fr_large_options &options) {
    const double n = double(fr_large_padded(rows)), block = double(block_columns(rows, options));
    const double other = double(fr_large_padded(block_columns(rows, options)));
    return 8.0 * (m_numbers(n, block) + n * (block + other)) + 18.0 * n + 12.0 * block +
           8.0 * double(LargePanel::numbers(int64_t(block))) + double(sizeof(fr_large_tile_result)) +
           double(fr_large_inverses * sizeof(float));
}

LargeElimination::LargeElimination(StreamContext *context, uint32_t prime, const fr_large_options &options)
    : context_(context), field_(fr_field_make(prime)), options_(options), panel_() {}

fr_status LargeElimination::prepare(int64_t rows, double more_bytes) {
    const double needed = bytes(rows, options_) + more_bytes;
    const size_t budget = fr_cuda_memory_budget(context_);
    if (needed > double(budget))
        return fr_cuda_fail(context_, FR_OUT_OF_MEMORY,
                            "eliminating %lld rows needs %.0f bytes of device memory (%.1f GiB), %.0f are available "
                            "(%.1f GiB)",
                            (long long)rows, needed, needed / 0x1p30, double(budget), double(budget) / 0x1p30);
    capacity_rows_ = rows;
    block_ = block_columns(rows, options_);
    const double n = double(fr_large_padded(rows)), least = m_numbers(n, double(block_));
    const double spare = std::min(double(options_.spare_bytes), (double(budget) - needed) + 8.0 * least) / 8.0;
    m_capacity_ = int64_t(std::max(least, std::min(n * (n + double(block_)), spare)));
    const size_t padded = size_t(n), block = size_t(block_);
    fr_pattern_filter_free(&filter_);
    if (!fr_pattern_filter_make(&filter_, rows)) throw std::bad_alloc();
    FR_PASS(m_buffer_.allocate(context_, size_t(m_capacity_)));
    FR_PASS(s_buffer_.allocate(context_, padded * block));
    FR_PASS(product_buffer_.allocate(context_, padded * size_t(fr_large_padded(block_))));
    FR_PASS(panel_buffer_.allocate(context_, size_t(LargePanel::numbers(block_))));
    FR_PASS(row_of_slot_.allocate(context_, padded));
    FR_PASS(order_.allocate(context_, padded));
    FR_PASS(pivot_row_.allocate(context_, padded));
    FR_PASS(moves_.allocate(context_, std::max(2 * block, padded)));
    FR_PASS(slots_.allocate(context_, block));
    FR_PASS(nonpivot_.allocate(context_, padded));
    FR_PASS(eligible_.allocate(context_, padded));
    FR_PASS(result_.allocate(context_, 1));
    FR_PASS(inverses_.allocate(context_, fr_large_inverses));
    return fr_large_fill_inverses(context_, field_, inverses_);
}

// The columns of M that the block filled, without those that have no pivot, and the pivots' slots in the same way.
fr_status LargeElimination::keep_found(int64_t more) {
    FR_PASS(fr_cuda_upload(context_, slots_.get(), panel_.found_slots.data(), size_t(more), "copying slots"));
    FR_PASS(fr_cuda_upload(context_, moves_.get(), panel_.found_columns.data(), size_t(more),
                           "copying column numbers"));
    return fr_large_keep_columns(context_, rows_ - base(), moves_, more, m_.from(base(), rank_));
}

// Adds the new pivots, whose multipliers are in M after the old ones, to the state.
fr_status LargeElimination::merge(int64_t columns, int64_t more) {
    if (more == nonpivots()) { // nothing is left to keep up to date
        first_ += more;
        return FR_OK;
    }
    if (more < columns) FR_PASS(keep_found(more));
    if (rank_ > 0) {
        const LargeMatrix pivots = {product_buffer_, fr_large_padded(more)};
        FR_PASS(fr_large_take_rows(context_, m_, slots_, more, rank_, pivots, false));
        FR_PASS(fr_large_subtract(context_, field_, rows_ - base(), rank_, more, m_.from(base(), rank_), pivots,
                                  m_.from(base(), 0)));
    }
    for (const int32_t slot : panel_.found_slots) host_pivot_row_.push_back(host_row_of_slot_[size_t(slot)]);
    FR_PASS(fr_cuda_upload(context_, pivot_row_ + rank_, host_pivot_row_.data() + rank_, size_t(more),
                           "copying pivot rows"));
    FR_PASS(close_ranks(more));
    rank_ += more;
    if (more < columns) FR_PASS(forget_unused());
    return renew_filter();
}

// One block of columns: up to date, eliminated, merged.
//
// A place for an optimisation: for Khatri-Rao columns the product of M and the pivots' columns costs less than a plain
// one when the pivots are sorted into classes by which of several units are active on them (see
// Kernels/cpu/elimination/khatri_rao_schur_update.c). On tensor cores that is a product with
// gathered columns of M for each class.
fr_status LargeElimination::eliminate_block(ColumnGenerator *generator, int64_t *pivot_columns) {
    const int64_t columns = int64_t(generator->columns.size());
    if ((rank_ + columns) * m_.ld > m_capacity_) FR_PASS(repack(nullptr));
    const int64_t begin = base();
    FR_PASS(generator->fill(row_of_slot_ + begin, rows_ - begin, s_.from(begin, 0)));
    if (rank_ > 0) {
        const LargeMatrix pivots = {product_buffer_, fr_large_padded(rank_)};
        FR_PASS(generator->fill(pivot_row_, rank_, pivots));
        FR_PASS(fr_large_subtract(context_, field_, rows_ - begin, columns, rank_, m_.from(begin, 0), pivots,
                                  s_.from(begin, 0)));
    }
    panel_.base = begin;
    panel_.rows = rows_;
    panel_.s = s_;
    panel_.n = m_.from(0, rank_);
    panel_.nonpivots = nonpivots();
    FR_PASS(fr_large_eliminate_panel(&panel_, columns));
    const int64_t more = int64_t(panel_.found_slots.size());
    for (int64_t i = 0; i < more; i++)
        pivot_columns[host_row_of_slot_[size_t(panel_.found_slots[size_t(i)])]] =
            generator->columns[size_t(panel_.found_columns[size_t(i)])];
    done_rows_ += more;
    return more > 0 ? merge(columns, more) : FR_OK;
}

fr_status LargeElimination::run(ColumnGenerator *generator, StreamItems *items, int64_t *pivot_columns) {
    const int64_t n = all_rows_ = rows_ = capacity_rows_;
    first_ = rank_ = done_rows_ = repacks_ = 0;
    m_ = {m_buffer_, fr_large_padded(n)};
    s_ = {s_buffer_, fr_large_padded(n)};
    host_row_of_slot_.resize(size_t(n));
    for (int64_t row = 0; row < n; row++) host_row_of_slot_[size_t(row)] = int32_t(row);
    host_order_ = host_row_of_slot_;
    host_alive_.assign(size_t(n), 1);
    host_pivot_row_.clear();
    std::fill(pivot_columns, pivot_columns + n, -1);
    double *const numbers = panel_buffer_;
    const int64_t tile = LargePanel::tile_numbers(block_), tile_ld = std::min<int64_t>(block_, fr_large_tile_columns);
    panel_ = LargePanel();
    panel_.context = context_;
    panel_.field = field_;
    panel_.small_tiles = options_.small_tiles;
    panel_.tiles_run = options_.tiles_run;
    panel_.order = order_;
    panel_.nonpivot = nonpivot_;
    panel_.eligible = eligible_;
    panel_.inverses = inverses_;
    panel_.slots = slots_;
    panel_.inverse = {numbers, tile_ld};
    panel_.pivot_rows = {numbers + tile, tile_ld};
    panel_.scratch = {numbers + 2 * tile, block_};
    panel_.result = result_;
    FR_PASS(upload_slots());
    generator->filter = &filter_;
    FR_PASS(renew_filter());
    int64_t changeable = n; // non-pivot rows that the next columns may change
    while (first_ < rows_) {
        if (fr_cuda_is_cancelled(context_)) return fr_cuda_fail(context_, FR_CANCELLED, "cancelled");
        FR_PASS(generator->next(std::min(columns_wanted(changeable), block_)));
        if (generator->columns.empty()) break;
        if (options_.blocks_run) ++*options_.blocks_run;
        const int64_t nonpivots_before = nonpivots();
        FR_PASS(eliminate_block(generator, pivot_columns));
        const int64_t found = nonpivots_before - nonpivots();
        // Columns once eliminated stay zero in the non-pivot rows, however M changes later.
        for (size_t u = 0; u + (generator->inside_unit ? 1 : 0) < generator->patterns.size(); u++)
            fr_pattern_filter_saw(&filter_, generator->patterns[u]);
        changeable = nonpivots();
        // If each column has a pivot, the rest of the unit may have pivots, too.
        if (generator->inside_unit && changeable > 0 && found < int64_t(generator->columns.size())) {
            int64_t affected;
            FR_PASS(generator->count_affected(row_of_slot_ + first_, changeable, pivot_row_, rank_, m_.from(first_, 0),
                                              &affected));
            if (affected == 0) generator->skip_unit();
            else changeable = affected;
        }
        // The share of n^3/3: the integral of 2 r (n - r).
        const double x = double(done_rows_) / double(all_rows_);
        if (items) items->tell_done(x * x * (3.0 - 2.0 * x));
    }
    return FR_OK;
}

fr_status ColumnGenerator::count_affected(const int32_t *, int64_t nonpivots, const int32_t *, int64_t, LargeMatrix,
                                      int64_t *affected) {
    *affected = nonpivots;
    return FR_OK;
}
