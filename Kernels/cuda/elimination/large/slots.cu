// Where non-pivot rows and M's columns lie: the part of the streamed elimination that moves things between blocks.
//
// M's memory. Column-major with a leading dimension that stays while rows die, M would run over n^2/4 numbers: so when
// the next block does not fit it is re-packed to the non-pivot rows, in place, in pieces through a buffer (32 bytes of
// traffic per entry). With 1/16 more than n^2/4, that happens about 10 times a matrix: the integral of (1 - x) / (x^2 +
// 1/16) over
// -1 .. 1 (x = 2 r/n - 1: how far the leading dimension n - r at the last time lets r grow). At n = 100,000: 21.25 GB,
// and 10 times up to 80 GB moved, 0.3 s where the products take 13 s. If memory is plenty (options.spare_bytes) M is
// larger and re-packed less often or never.
//
// Non-pivot rows above the new first slot move into the holes below it, as on the CPU: pivots come mostly from the top,
// so these are few; each entry moved costs two sectors, 64 bytes. All in all at most n^2/2 entries:
// 0.1 s at n = 100,000.
#include <algorithm>

#include "elimination/large/elimination.cuh"
#include "session/uploads.h"

namespace {

// used[t]: some row has an entry that is not zero in column t. One block per column.
__global__ void mark_used(int64_t rows, LargeMatrix m, uint8_t *used) {
    const double *column = m.at + int64_t(blockIdx.x) * m.ld;
    int any = 0;
    for (int64_t begin = 0; begin < rows && !any; begin += blockDim.x) {
        const int64_t i = begin + threadIdx.x;
        any = __syncthreads_or(i < rows && column[i] != 0.0);
    }
    if (threadIdx.x == 0) used[blockIdx.x] = uint8_t(any != 0);
}

// Counts the non-pivot rows that are active, or have a multiplier for an active pivot row. A
// thread per row, to the first.
__global__ void count_rows(const uint64_t *pattern, const int32_t *nonpivot_rows, int64_t nonpivots,
                           const int32_t *pivot_rows, int64_t rank, LargeMatrix m, int32_t *count) {
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < nonpivots;
         i += int64_t(gridDim.x) * blockDim.x) {
        const int32_t row = nonpivot_rows[i];
        bool is = pattern[row >> 6] >> (row & 63) & 1;
        for (int64_t t = 0; t < rank && !is; t++)
            is = m.at[i + t * m.ld] != 0.0 && (pattern[pivot_rows[t] >> 6] >> (pivot_rows[t] & 63) & 1);
        if (is) atomicAdd(count, 1);
    }
}

} // namespace

fr_status fr_large_count_affected(StreamContext *context, const uint64_t *pattern, const int32_t *nonpivot_rows,
                                  int64_t nonpivots, const int32_t *pivot_rows, int64_t rank, LargeMatrix m,
                                  int32_t *scratch, int64_t *affected) {
    int32_t count = 0;
    FR_TRY(context, cudaMemsetAsync(scratch, 0, sizeof count, context->stream), "counting rows");
    FR_LAUNCH(count_rows, fr_large_grid(nonpivots, 1), fr_large_threads, 0, context->stream, pattern, nonpivot_rows,
              nonpivots, pivot_rows, rank, m, scratch);
    FR_TRY_LAUNCH(context, "counting rows");
    FR_TRY(context, cudaMemcpyAsync(&count, scratch, sizeof count, cudaMemcpyDeviceToHost, context->stream),
           "counting rows");
    FR_TRY(context, cudaStreamSynchronize(context->stream), "counting rows");
    *affected = count;
    return FR_OK;
}

// What panels read, in their stream.
fr_status LargeElimination::upload_order() {
    FR_PASS(fr_cuda_upload(panel_.context, order_, host_order_.data(), host_order_.size(),
                           "copying the order of rows"));
    return fr_cuda_upload(panel_.context, nonpivot_, host_alive_.data(), size_t(rows_),
                          "copying non-pivot slots");
}

// What new columns are filled by.
fr_status LargeElimination::upload_rows() {
    return fr_cuda_upload(context_, row_of_slot_, host_row_of_slot_.data(), size_t(rows_), "copying row numbers");
}

// Gives M the leading dimension of the non-pivot rows, which take the first slots; `kept` (may be NULL): its columns
// from now on. Pieces go out and back by increasing column: what comes back never covers what is still to be read,
// since neither the leading dimension nor a column's number grows.
fr_status LargeElimination::repack(const std::vector<int32_t> *kept) {
    const int64_t rows = nonpivots(), columns = kept ? int64_t(kept->size()) : rank_;
    const LargeMatrix narrow = {m_buffer_, fr_large_padded(rows)}, piece = {product_buffer_, narrow.ld};
    if (kept)
        FR_PASS(fr_cuda_upload(context_, moves_, kept->data(), kept->size(), "copying column numbers"));
    for (int64_t t = 0; t < columns; t += block_) {
        const int64_t width = std::min(block_, columns - t);
        if (kept) {
            FR_PASS(fr_large_copy_columns(context_, rows, moves_ + t, width, m_.from(first_, 0), piece));
        } else {
            FR_PASS(fr_large_copy_columns(context_, rows, nullptr, width, m_.from(first_, t), piece));
        }
        FR_PASS(fr_large_copy_columns(context_, rows, nullptr, width, piece, narrow.from(0, t)));
    }
    m_ = narrow;
    rank_ = columns;
    host_row_of_slot_.erase(host_row_of_slot_.begin(), host_row_of_slot_.begin() + first_);
    host_alive_.assign(size_t(rows), 1);
    for (int32_t &slot : host_order_) slot -= int32_t(first_);
    first_ = 0;
    rows_ = rows;
    repacks_++;
    FR_PASS(upload_rows());
    return upload_order();
}

// Forgets the pivots on which no non-pivot row depends, if they are many: their multipliers stay zero whatever comes.
fr_status LargeElimination::forget_unused() {
    if (rank_ == 0 || nonpivots() == 0) return FR_OK;
    FR_LAUNCH(mark_used, unsigned(rank_), fr_large_threads, 0, context_->stream, nonpivots(), m_.from(first_, 0),
              eligible_);
    FR_TRY_LAUNCH(context_, "marking columns");
    std::vector<uint8_t> used(static_cast<size_t>(rank_));
    FR_TRY(context_, cudaMemcpyAsync(used.data(), eligible_, used.size(), cudaMemcpyDeviceToHost, context_->stream),
           "copying marks of columns");
    FR_TRY(context_, cudaStreamSynchronize(context_->stream), "marking columns");
    std::vector<int32_t> kept;
    for (size_t t = 0; t < used.size(); t++)
        if (used[t]) kept.push_back(int32_t(t));
    if (kept.size() > used.size() / 2) return FR_OK;
    for (size_t i = 0; i < kept.size(); i++) host_pivot_row_[i] = host_pivot_row_[size_t(kept[i])];
    host_pivot_row_.resize(kept.size());
    FR_PASS(repack(&kept));
    return fr_cuda_upload(context_, pivot_row_, host_pivot_row_.data(), kept.size(), "copying pivot rows");
}

fr_status LargeElimination::renew_filter() {
    fr_pattern_filter_clear(&filter_);
    const int64_t count = nonpivots();
    if (count > FR_PATTERN_FILTER_ROWS || count == 0) return FR_OK;
    std::vector<double> m(size_t(count * rank_));
    if (rank_ > 0) {
        const size_t width = size_t(count) * sizeof(double);
        FR_TRY(context_,
               cudaMemcpy2DAsync(m.data(), width, m_.at + first_, size_t(m_.ld) * sizeof(double), width, size_t(rank_),
                                 cudaMemcpyDeviceToHost, context_->stream),
               "copying the last rows");
        FR_TRY(context_, cudaStreamSynchronize(context_->stream), "copying the last rows");
    }
    for (int64_t i = 0; i < count; i++) {
        fr_pattern_filter_add_row(&filter_, host_row_of_slot_[size_t(first_ + i)]);
        for (int64_t t = 0; t < rank_; t++)
            if (m[size_t(t * count + i)] != 0.0) fr_pattern_filter_add_support(&filter_, i, host_pivot_row_[size_t(t)]);
    }
    return FR_OK;
}

// Non-pivot rows above the new first slot are to move into the pivot slots below it: what that makes of the host's
// tables, and the moves, which M and columns that are ahead have yet to follow.
void LargeElimination::close_ranks(int64_t more) {
    const int64_t after = first_ + more;
    for (const int32_t slot : panel_.found_slots) host_alive_[size_t(slot)] = 0;
    std::vector<int32_t> &from = found_.from, &to = found_.to, moved(static_cast<size_t>(more), -1);
    from.clear();
    to.clear();
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
    first_ = after;
}
