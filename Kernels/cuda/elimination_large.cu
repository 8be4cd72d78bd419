// The streamed elimination of elimination_large.cuh, driven by the host: it knows the number of pivots after each leaf of
// 64 columns (a copy of 520 bytes), and keeps the books of slots, order n a block.
//
// M's memory. Column-major with a leading dimension that stays while rows die, M would run over n^2/4 numbers: so when
// the next block does not fit it is re-packed to the live rows, in place, in pieces through a buffer (32 bytes of traffic
// an entry). With 1/16 more than n^2/4, that happens about 10 times a matrix: the integral of (1 - x) / (x^2 + 1/16) over
// -1 .. 1 (x = 2 r/n - 1: how far the leading dimension n - r at the last time lets r grow). At n = 100,000: 21.25 GB,
// and 10 times up to 80 GB moved, 0.3 s where the products take 13 s. Where memory is plenty (options.spare_bytes) M is
// larger and re-packed less often or never.
//
// Live rows above the new first slot move into the holes below it, as on the CPU: pivots come mostly from the top, so
// these are few; each entry moved costs two sectors, 64 bytes. All in all at most n^2/2 entries: 0.1 s at n = 100,000.
//
// Trials one after the other on one stream: overlapping several (products of one, panels of another) is left for later.
#include "elimination_large.cuh"

#include <algorithm>
#include <cstdio>

namespace {

constexpr int64_t rows_margin = 16; // of M's columns, for rows padded to fr_large_align

// used[t]: some row has an entry that is not zero in column t. A block a column.
__global__ void mark_used(int64_t rows, LargeMatrix m, uint8_t *used) {
    const double *column = m.at + int64_t(blockIdx.x) * m.ld;
    int any = 0;
    for (int64_t begin = 0; begin < rows && !any; begin += blockDim.x) {
        const int64_t i = begin + threadIdx.x;
        any = __syncthreads_or(i < rows && column[i] != 0.0);
    }
    if (threadIdx.x == 0) used[blockIdx.x] = uint8_t(any != 0);
}

// M's numbers at the least.
double m_numbers(double padded, double block) {
    return padded * padded * 17.0 / 64.0 + padded * (block + rows_margin);
}

} // namespace

// Up to FR_DELAY columns a block M is updated by one product and one reduction; narrower blocks waste fewer columns.
// Not measured yet.
int64_t LargeElimination::block_columns(int64_t rows, const fr_large_options &options) {
    if (options.block > 0) return options.block;
    return rows < 1024 ? 128 : rows < 4096 ? 256 : 512;
}

// M; S and the product's other factor, a block of columns each; 18 bytes a row of books; the panel's.
double LargeElimination::bytes(int64_t rows, const fr_large_options &options) {
    const double n = double(fr_large_padded(rows)), block = double(block_columns(rows, options));
    const double other = double(fr_large_padded(block_columns(rows, options)));
    return 8.0 * (m_numbers(n, block) + n * (block + other)) + 18.0 * n + 12.0 * block +
           double(LargePanel::bytes(int64_t(block))) + double(sizeof(fr_large_tile_result));
}

LargeElimination::LargeElimination(fr_session *session, uint32_t prime, const fr_large_options &options)
    : session_(session), field_(fr_field_make(prime)), options_(options), panel_() {}

fr_status LargeElimination::prepare(int64_t rows, double more_bytes) {
    const double needed = bytes(rows, options_) + more_bytes;
    const size_t budget = fr_cuda_memory_budget(session_);
    if (needed > double(budget))
        return fr_cuda_fail(session_, FR_OUT_OF_MEMORY,
                            "eliminating %lld rows needs %.0f bytes of device memory (%.1f GiB), %.0f are available "
                            "(%.1f GiB)",
                            (long long)rows, needed, needed / 0x1p30, double(budget), double(budget) / 0x1p30);
    capacity_rows_ = rows;
    block_ = block_columns(rows, options_);
    const double n = double(fr_large_padded(rows)), least = m_numbers(n, double(block_));
    const double spare = std::min(double(options_.spare_bytes), (double(budget) - needed) + 8.0 * least) / 8.0;
    m_capacity_ = int64_t(std::max(least, std::min(n * (n + double(block_)), spare)));
    const size_t padded = size_t(n), block = size_t(block_);
    FR_PASS(m_buffer_.allocate(session_, size_t(m_capacity_)));
    FR_PASS(s_buffer_.allocate(session_, padded * block));
    FR_PASS(product_buffer_.allocate(session_, padded * size_t(fr_large_padded(block_))));
    FR_PASS(panel_buffer_.allocate(session_, LargePanel::bytes(block_) / sizeof(double)));
    FR_PASS(row_of_slot_.allocate(session_, padded));
    FR_PASS(order_.allocate(session_, padded));
    FR_PASS(pivot_row_.allocate(session_, padded));
    FR_PASS(moves_.allocate(session_, std::max(2 * block, padded)));
    FR_PASS(slots_.allocate(session_, block));
    FR_PASS(alive_.allocate(session_, padded));
    FR_PASS(eligible_.allocate(session_, padded));
    FR_PASS(result_.allocate(session_, 1));
    return FR_OK;
}

fr_status LargeElimination::upload_slots() {
    const size_t count = size_t(rows_);
    FR_TRY(session_,
           cudaMemcpyAsync(row_of_slot_, host_row_of_slot_.data(), count * sizeof(int32_t), cudaMemcpyHostToDevice,
                           session_->stream),
           "copying row numbers");
    FR_TRY(session_,
           cudaMemcpyAsync(order_, host_order_.data(), host_order_.size() * sizeof(int32_t), cudaMemcpyHostToDevice,
                           session_->stream),
           "copying the order of rows");
    FR_TRY(session_,
           cudaMemcpyAsync(alive_, host_alive_.data(), count, cudaMemcpyHostToDevice, session_->stream),
           "copying live slots");
    return FR_OK;
}

// Gives M the leading dimension of the live rows, which take the first slots; `kept` (may be NULL): its columns from now
// on. Pieces go out and back by increasing column: what comes back never covers what is still to be read, since neither
// the leading dimension nor a column's number grows.
fr_status LargeElimination::repack(const std::vector<int32_t> *kept) {
    const int64_t rows = live(), columns = kept ? int64_t(kept->size()) : rank_;
    const LargeMatrix narrow = {m_buffer_, fr_large_padded(rows)}, piece = {product_buffer_, narrow.ld};
    if (kept)
        FR_TRY(session_,
               cudaMemcpyAsync(moves_, kept->data(), kept->size() * sizeof(int32_t), cudaMemcpyHostToDevice,
                               session_->stream),
               "copying column numbers");
    for (int64_t t = 0; t < columns; t += block_) {
        const int64_t width = std::min(block_, columns - t);
        if (kept) {
            FR_PASS(fr_large_copy_columns(session_, rows, moves_ + t, width, m_.from(first_, 0), piece));
        } else {
            FR_PASS(fr_large_copy_columns(session_, rows, nullptr, width, m_.from(first_, t), piece));
        }
        FR_PASS(fr_large_copy_columns(session_, rows, nullptr, width, piece, narrow.from(0, t)));
    }
    m_ = narrow;
    rank_ = columns;
    host_row_of_slot_.erase(host_row_of_slot_.begin(), host_row_of_slot_.begin() + first_);
    host_alive_.assign(size_t(rows), 1);
    for (int32_t &slot : host_order_) slot -= int32_t(first_);
    first_ = 0;
    rows_ = rows;
    repacks_++;
    return upload_slots();
}

// Forgets the pivots on which no live row depends, if they are many: their multipliers stay zero whatever comes.
fr_status LargeElimination::forget_unused() {
    if (rank_ == 0 || live() == 0) return FR_OK;
    FR_LAUNCH(mark_used, unsigned(rank_), fr_large_threads, 0, session_->stream, live(), m_.from(first_, 0), eligible_.get());
    FR_TRY_LAUNCH(session_, "marking columns");
    std::vector<uint8_t> used(static_cast<size_t>(rank_));
    FR_TRY(session_, cudaMemcpyAsync(used.data(), eligible_, used.size(), cudaMemcpyDeviceToHost, session_->stream),
           "copying marks of columns");
    FR_TRY(session_, cudaStreamSynchronize(session_->stream), "marking columns");
    std::vector<int32_t> kept;
    for (size_t t = 0; t < used.size(); t++)
        if (used[t]) kept.push_back(int32_t(t));
    if (kept.size() > used.size() / 2) return FR_OK;
    for (size_t i = 0; i < kept.size(); i++) host_pivot_row_[i] = host_pivot_row_[size_t(kept[i])];
    host_pivot_row_.resize(kept.size());
    FR_PASS(repack(&kept));
    FR_TRY(session_,
           cudaMemcpyAsync(pivot_row_, host_pivot_row_.data(), kept.size() * sizeof(int32_t), cudaMemcpyHostToDevice,
                           session_->stream),
           "copying pivot rows");
    return FR_OK;
}

fr_status LargeElimination::renew_screen() {
    screen_.clear();
    const int64_t count = live();
    if (count > LargeScreen::most_rows || count == 0) return FR_OK;
    std::vector<double> m(size_t(count * rank_));
    if (rank_ > 0) {
        const size_t width = size_t(count) * sizeof(double);
        FR_TRY(session_,
               cudaMemcpy2DAsync(m.data(), width, m_.at + first_, size_t(m_.ld) * sizeof(double), width, size_t(rank_),
                                 cudaMemcpyDeviceToHost, session_->stream),
               "copying the last rows");
        FR_TRY(session_, cudaStreamSynchronize(session_->stream), "copying the last rows");
    }
    for (int64_t i = 0; i < count; i++) {
        screen_.add_row(host_row_of_slot_[size_t(first_ + i)]);
        for (int64_t t = 0; t < rank_; t++)
            if (m[size_t(t * count + i)] != 0.0) screen_.add_support(i, host_pivot_row_[size_t(t)]);
    }
    return FR_OK;
}

// Moves the live rows above the new first slot into the dead slots below it.
fr_status LargeElimination::close_ranks(int64_t more) {
    const int64_t after = first_ + more;
    for (const int32_t slot : panel_.found_slots) host_alive_[size_t(slot)] = 0;
    std::vector<int32_t> from, to, moved(static_cast<size_t>(more), -1);
    int64_t next = first_;
    for (const int32_t slot : panel_.found_slots) {
        if (slot < after) continue;
        while (!host_alive_[size_t(next)]) next++;
        moved[size_t(next - first_)] = slot;
        from.push_back(int32_t(next++));
        to.push_back(slot);
    }
    size_t kept = 0;
    for (const int32_t slot : host_order_) {
        if (!host_alive_[size_t(slot)]) continue;
        host_order_[kept++] = slot < after ? moved[size_t(slot - first_)] : slot;
    }
    host_order_.resize(kept);
    for (size_t i = 0; i < from.size(); i++) {
        host_row_of_slot_[size_t(to[i])] = host_row_of_slot_[size_t(from[i])];
        host_alive_[size_t(from[i])] = 0;
        host_alive_[size_t(to[i])] = 1;
    }
    if (!from.empty()) {
        const size_t bytes = from.size() * sizeof(int32_t);
        FR_TRY(session_,
               cudaMemcpyAsync(moves_, from.data(), bytes, cudaMemcpyHostToDevice, session_->stream), "copying moves");
        FR_TRY(session_,
               cudaMemcpyAsync(moves_ + block_, to.data(), bytes, cudaMemcpyHostToDevice, session_->stream),
               "copying moves");
        FR_PASS(fr_large_move_rows(session_, m_, moves_, moves_ + block_, int64_t(from.size()), rank_ + more));
    }
    first_ = after;
    return upload_slots();
}

// Takes the pivots just found (their multipliers stand in M behind the old ones) into the state.
fr_status LargeElimination::merge(int64_t columns, int64_t more) {
    if (more == live()) { // nothing is left to keep up to date
        first_ += more;
        return FR_OK;
    }
    if (rank_ > 0) {
        const LargeMatrix pivots = {product_buffer_, fr_large_padded(more)};
        FR_PASS(fr_large_take_rows(session_, m_, slots_, more, rank_, pivots, false));
        FR_PASS(fr_large_subtract(session_, field_, rows_ - base(), rank_, more, m_.from(base(), rank_), pivots,
                                  m_.from(base(), 0)));
    }
    for (const int32_t slot : panel_.found_slots) host_pivot_row_.push_back(host_row_of_slot_[size_t(slot)]);
    FR_TRY(session_,
           cudaMemcpyAsync(pivot_row_ + rank_, host_pivot_row_.data() + rank_, size_t(more) * sizeof(int32_t),
                           cudaMemcpyHostToDevice, session_->stream),
           "copying pivot rows");
    FR_PASS(close_ranks(more));
    rank_ += more;
    if (more < columns) FR_PASS(forget_unused());
    return renew_screen();
}

// One block of columns: up to date, eliminated, merged.
//
// A place for an optimisation: for Khatri-Rao columns the product of M and the pivots' columns costs less than a plain
// one when the pivots are sorted into classes by which of several units are active on them (see
// Kernels/cpu/khatri_rao_product.c). On tensor cores that is a product with gathered columns of M for each class.
fr_status LargeElimination::eliminate_block(LargeSource *source, int64_t *pivot_columns) {
    const int64_t columns = int64_t(source->columns.size());
    if ((rank_ + columns) * m_.ld > m_capacity_) FR_PASS(repack(nullptr));
    const int64_t begin = base();
    FR_PASS(source->fill(row_of_slot_ + begin, rows_ - begin, s_.from(begin, 0)));
    if (rank_ > 0) {
        const LargeMatrix pivots = {product_buffer_, fr_large_padded(rank_)};
        FR_PASS(source->fill(pivot_row_, rank_, pivots));
        FR_PASS(fr_large_subtract(session_, field_, rows_ - begin, columns, rank_, m_.from(begin, 0), pivots,
                                  s_.from(begin, 0)));
    }
    panel_.base = begin;
    panel_.rows = rows_;
    panel_.s = s_;
    panel_.n = m_.from(0, rank_);
    panel_.live = live();
    FR_PASS(fr_large_eliminate_panel(&panel_, columns));
    const int64_t more = int64_t(panel_.found_slots.size());
    for (int64_t i = 0; i < more; i++)
        pivot_columns[host_row_of_slot_[size_t(panel_.found_slots[size_t(i)])]] =
            source->columns[size_t(panel_.found_columns[size_t(i)])];
    done_rows_ += more;
    return more > 0 ? merge(columns, more) : FR_OK;
}

fr_status LargeElimination::run(LargeSource *source, double done_begin, double done_share, int64_t *pivot_columns) {
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
    const int64_t tile = fr_large_tile_columns * fr_large_tile_columns;
    panel_ = LargePanel();
    panel_.session = session_;
    panel_.field = field_;
    panel_.small_tiles = options_.small_tiles;
    panel_.tiles_run = options_.tiles_run;
    panel_.order = order_;
    panel_.alive = alive_;
    panel_.eligible = eligible_;
    panel_.slots = slots_;
    panel_.inverse = numbers;
    panel_.pivot_rows = numbers + tile;
    panel_.scratch = {numbers + 2 * tile, block_};
    panel_.result = result_;
    FR_PASS(upload_slots());
    screen_.begin(n);
    source->screen = &screen_;
    FR_PASS(renew_screen());
    int64_t changeable = n; // live rows that the next columns may change
    while (first_ < rows_) {
        if (fr_cuda_is_cancelled(session_)) return fr_cuda_fail(session_, FR_CANCELLED, "cancelled");
        // Few live rows need few columns: what a block holds beyond the last pivot is wasted.
        const int64_t wanted = (changeable + changeable / 8 + 8) / 8 * 8;
        FR_PASS(source->next(std::min(wanted, block_)));
        if (source->columns.empty()) break;
        FR_PASS(eliminate_block(source, pivot_columns));
        // Columns once eliminated stay zero in the live rows, however M changes later.
        for (size_t u = 0; u + (source->inside_unit ? 1 : 0) < source->patterns.size(); u++)
            screen_.saw(source->patterns[u]);
        changeable = live();
        if (source->inside_unit && changeable > 0) {
            int64_t affected;
            FR_PASS(source->count_affected(row_of_slot_ + first_, changeable, pivot_row_, rank_, m_.from(first_, 0),
                                           &affected));
            if (affected == 0) source->skip_unit();
            else changeable = affected;
        }
        // The share of n^3/3: the integral of 2 r (n - r).
        const double x = double(done_rows_) / double(all_rows_);
        session_->done.store(done_begin + done_share * x * x * (3.0 - 2.0 * x), std::memory_order_relaxed);
    }
    return FR_OK;
}

fr_status LargeSource::count_affected(const int32_t *, int64_t live, const int32_t *, int64_t, LargeMatrix,
                                      int64_t *affected) {
    *affected = live;
    return FR_OK;
}
