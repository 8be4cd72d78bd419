// What a large elimination takes of a device: widths of blocks, streams, memory.
#include "elimination/large/elimination.cuh"

#include <algorithm>
#include <cmath>
#include <new>

namespace {

// The smallest size of M in numbers; the margin is for rows padded to fr_large_align.
double m_numbers(double padded, double block) {
    return padded * padded * 17.0 / 64.0 + padded * (block + double(fr_large_align));
}

} // namespace

// Few non-pivot rows need few columns: a block's columns after the last pivot are wasted.
int64_t fr_large_columns_wanted(int64_t rows) { return (rows + rows / 8 + 8) / 8 * 8; }

// Up to FR_DELAY columns per block M is updated by one product and one reduction; narrower blocks waste fewer columns.
// Not measured yet.
int64_t LargeElimination::block_columns(int64_t rows, const fr_large_options &options) {
    const int64_t block = options.block > 0 ? options.block : rows < 1024 ? 128 : rows < 4096 ? 256 : 512;
    return std::min(block, fr_large_columns_wanted(rows));
}

// While one matrix is in its panels, the products of the others are to fill the device: the panels take 9 (10^4 / n)^2
// / 16 of the time of products and reductions (elimination.cu), and one stream more than that covers them.
int64_t LargeElimination::useful_streams(int64_t rows, const fr_large_options &options) {
    if (options.streams > 0) return options.streams;
    const double x = 7500.0 / double(std::max<int64_t>(1, rows));
    return 1 + int64_t(std::ceil(std::min(x * x, double(fr_most_streams - 1))));
}

// M; S and the product's other factor, a block of columns each; 18 bytes per row of books; the panel's.
double LargeElimination::bytes(int64_t rows, const fr_large_options &options) {
    const double n = double(fr_large_padded(rows)), block = double(block_columns(rows, options));
    const double other = double(fr_large_padded(block_columns(rows, options)));
    return 8.0 * (m_numbers(n, block) + n * (block + other)) + 18.0 * n + 28.0 * block +
           8.0 * double(LargePanel::numbers(int64_t(block))) + double(sizeof(fr_large_tile_result)) +
           double(fr_large_inverses * sizeof(float));
}

// By count (docs/cuda.md), looking ahead hides 0.7 microseconds a column, of launches and of one multiprocessor's work,
// and costs block * rows operations on doubles on the whole device, and a quarter for their reductions. With blocks of
// 512 the two are equal for about 3 rows a lane on an H100 and an A100; their clocks are in both.
int64_t LargeElimination::most_rows_ahead(int multiprocessors, int lanes) {
    return 5 * int64_t(multiprocessors) * lanes / 2;
}

fr_status LargeElimination::prepare(int64_t rows, double more_bytes) {
    capacity_rows_ = rows;
    block_ = block_columns(rows, options_);
    // Beside other trials there is no gain, nor with two blocks.
    look_ahead_ = options_.look_ahead >= 0 && context_->memory_share == 0 && rows > 2 * block_;
    if (look_ahead_ && options_.look_ahead == 0)
        look_ahead_ = rows <= most_rows_ahead(context_->session->multiprocessors, context_->session->double_lanes);
    // Before the budget is asked for: a handle has work space of its own.
    if (look_ahead_ && fr_cuda_open_urgent(context_) != FR_OK) {
        if (context_->session->lost) return FR_DEVICE_LOST;
        context_->error[0] = 0; // one stream will do
        look_ahead_ = false;
    }
    const double needed = bytes(rows, options_) + more_bytes;
    const size_t budget = fr_cuda_memory_budget(context_);
    if (needed > double(budget))
        return fr_cuda_fail(context_, FR_OUT_OF_MEMORY,
                            "eliminating %lld rows needs %.0f bytes of device memory (%.1f GiB), %.0f are available "
                            "(%.1f GiB)",
                            (long long)rows, needed, needed / 0x1p30, double(budget), double(budget) / 0x1p30);
    const double n = double(fr_large_padded(rows)), least = m_numbers(n, double(block_));
    const double ahead = 8.0 * n * double(block_); // of the columns that are begun early
    look_ahead_ = look_ahead_ && needed + ahead <= double(budget);
    const double left = double(budget) - needed - (look_ahead_ ? ahead : 0.0);
    const double spare = std::min(double(options_.spare_bytes), left + 8.0 * least) / 8.0;
    m_capacity_ = int64_t(std::max(least, std::min(n * (n + double(block_)), spare)));
    fr_pattern_filter_free(&filter_);
    if (!fr_pattern_filter_make(&filter_, rows)) throw std::bad_alloc();
    FR_PASS(allocate());
    return fr_large_fill_inverses(context_, field_, inverses_);
}

// Few allocations, for each costs the host as much as several launches: one for each size of element, and M's.
fr_status LargeElimination::allocate() {
    const size_t padded = size_t(fr_large_padded(capacity_rows_)), block = size_t(block_);
    const size_t s = padded * block, product = padded * size_t(fr_large_padded(block_));
    const size_t early = look_ahead_ ? s : 0, moves = std::max(2 * block, padded);
    constexpr size_t result = sizeof(fr_large_tile_result) / sizeof(int32_t);
    FR_PASS(m_buffer_.allocate(context_, size_t(m_capacity_)));
    FR_PASS(numbers_.allocate(context_, s + early + product + size_t(LargePanel::numbers(block_))));
    FR_PASS(books_.allocate(context_, 3 * padded + moves + 5 * block + fr_large_inverses + result));
    FR_PASS(flags_.allocate(context_, 2 * padded));
    s_buffer_ = numbers_;
    other_s_buffer_ = s_buffer_ + s;
    product_buffer_ = other_s_buffer_ + early;
    panel_buffer_ = product_buffer_ + product;
    row_of_slot_ = books_;
    order_ = row_of_slot_ + padded;
    pivot_row_ = order_ + padded;
    moves_ = pivot_row_ + padded;
    panel_moves_ = moves_ + moves;
    slots_ = panel_moves_ + 3 * block;
    inverses_ = reinterpret_cast<float *>(slots_ + 2 * block);
    result_ = reinterpret_cast<fr_large_tile_result *>(inverses_ + fr_large_inverses);
    nonpivot_ = flags_;
    eligible_ = nonpivot_ + padded;
    return FR_OK;
}
