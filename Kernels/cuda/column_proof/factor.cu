// See factor.cuh. cuBLAS multiplies bytes into 32-bit sums, one strip of rows at a time, so that the sums stay in the
// second-level cache until they are reduced.
#include "column_proof/factor.cuh"

fr_status ProofFactor::prepare() {
    const ProofShape &s = shape_;
    FR_PASS(b_.allocate(context_, s.factor.bytes()));
    FR_PASS(inverses_.allocate(context_, size_t(s.rows * s.diagonal)));
    FR_PASS(c_.allocate(context_, size_t(s.rows * s.block)));
    FR_PASS(sums_.allocate(context_, size_t(std::max(s.strip, s.diagonal) * s.block)));
    FR_PASS(x_.allocate(context_, size_t(s.coordinates * s.rows)));
    FR_PASS(point_.allocate(context_, size_t(s.rows)));
    FR_PASS(pivot_rows_.allocate(context_, size_t(32 * s.diagonal)));
    FR_PASS(descriptors_.allocate(context_, size_t(2 * s.block)));
    FR_PASS(patterns_.allocate(context_, size_t(s.block * s.words)));
    FR_PASS(exchanges_.allocate(context_, size_t(s.diagonal)));
    return state_.allocate(context_, 1);
}

fr_status ProofFactor::begin(ByteField field, const double *residues) {
    field_ = field;
    blocks_.clear();
    return fr_proof_place_points(context_, shape_, field_, residues, point_, x_);
}

fr_status ProofFactor::fill(int64_t count, int64_t padded, const std::vector<int32_t> &descriptors,
                            const std::vector<uint64_t> &patterns) {
    width_ = padded;
    FR_TRY(context_,
           cudaMemcpyAsync(descriptors_, descriptors.data(), descriptors.size() * sizeof(int32_t),
                           cudaMemcpyHostToDevice, context_->stream),
           "copying column numbers");
    FR_TRY(context_,
           cudaMemcpyAsync(patterns_, patterns.data(), patterns.size() * sizeof(uint64_t), cudaMemcpyHostToDevice,
                           context_->stream),
           "copying patterns");
    return fr_proof_fill(context_, shape_, count, padded, descriptors_, patterns_, point_, x_,
                         {columns(0, 0), shape_.rows});
}

// out = (subtract ? out : 0) -+ left right. Without `subtract` there is one product, and the right factor may be `out`
// itself.
fr_status ProofFactor::multiply(int64_t rows, int64_t count, int64_t inner, const int8_t *left, int64_t leading,
                                const int8_t *right, int8_t *out, bool subtract) {
    const int32_t one = 1, zero = 0;
    const int64_t delay = subtract ? shape_.delay : fr_byte_delay;
    for (int64_t t = 0; t < inner; t += delay) {
        const int64_t part = std::min(delay, inner - t);
        FR_TRY(context_,
               cublasGemmEx(context_->blas, CUBLAS_OP_T, CUBLAS_OP_N, int(rows), int(count), int(part), &one, left + t,
                            CUDA_R_8I, int(leading), right + t, CUDA_R_8I, int(shape_.rows), &zero, sums_.get(),
                            CUDA_R_32I, int(rows), CUBLAS_COMPUTE_32I, CUBLAS_GEMM_DEFAULT),
               "multiplying bytes");
        FR_PASS(fr_proof_reduce(context_, field_, rows, count, sums_, rows, {out, shape_.rows}, subtract));
    }
    return FR_OK;
}

fr_status ProofFactor::subtract_rows(int64_t begin, int64_t end, int64_t first, int64_t last, int64_t from, int64_t to) {
    for (int64_t next; begin < end; begin = next) {
        next = shape_.factor.strip_end(begin, end);
        FR_PASS(multiply(next - begin, to - from, last - first, row(begin, first), shape_.factor.leading(begin),
                         columns(first, from), columns(begin, from), true));
    }
    return FR_OK;
}

fr_status ProofFactor::apply(int64_t first, int64_t last, int64_t from, int64_t to) {
    if (first == last) return FR_OK;
    for (const Diagonal &k : blocks_) {
        if (k.start < first || k.start >= last) continue;
        if (k.start > first) FR_PASS(subtract_rows(k.start, k.start + k.size, first, k.start, from, to));
        FR_PASS(multiply(k.size, to - from, k.size, inverse(k.start), shape_.diagonal, columns(k.start, from),
                         columns(k.start, from), false));
    }
    return subtract_rows(last, shape_.rows, first, last, from, to);
}

fr_status ProofFactor::exchange(int64_t pivots) {
    return fr_proof_exchange(context_, shape_, pivots, width_, exchanges_, state_, b_, {columns(0, 0), shape_.rows}, x_,
                             point_);
}

fr_status ProofFactor::read_state(PanelState *state) {
    FR_TRY(context_, cudaMemcpyAsync(state, state_, sizeof *state, cudaMemcpyDeviceToHost, context_->stream),
           "reading a panel");
    FR_TRY(context_, cudaStreamSynchronize(context_->stream), "eliminating a panel");
    return FR_OK;
}

// Brings a row from below to the panel's row `at`. *found becomes whether there is one.
fr_status ProofFactor::bring_row(int64_t pivots, int64_t from, int64_t size, int64_t at, bool *found) {
    PanelState state;
    FR_PASS(fr_proof_find_row(context_, shape_, field_, pivots + size, shape_.n, at, {columns(0, from), shape_.rows},
                              inverse(pivots), state_));
    FR_PASS(read_state(&state));
    *found = state.found != INT32_MAX;
    if (!*found) return FR_OK;
    const RowExchange one = {int32_t(pivots + at), state.found};
    state.exchanges = 1;
    FR_TRY(context_, cudaMemcpyAsync(exchanges_, &one, sizeof one, cudaMemcpyHostToDevice, context_->stream),
           "exchanging rows");
    FR_TRY(context_, cudaMemcpyAsync(state_, &state, sizeof state, cudaMemcpyHostToDevice, context_->stream),
           "exchanging rows");
    FR_TRY(context_, cudaStreamSynchronize(context_->stream), "exchanging rows"); // they are on this function's stack
    FR_PASS(exchange(pivots));
    return fr_proof_insert_row(context_, shape_, field_, at, size, {columns(pivots, from), shape_.rows},
                               inverse(pivots));
}

fr_status ProofFactor::invert(int64_t pivots, int64_t from, int64_t size, int64_t *found) {
    FR_PASS(fr_proof_load_panel(context_, shape_, size, {columns(pivots, from), shape_.rows}, inverse(pivots), state_));
    for (int64_t at = 0;;) {
        PanelState state;
        FR_PASS(fr_proof_eliminate_panel(context_, shape_, field_, pivots, at, size, inverse(pivots), pivot_rows_,
                                         exchanges_, state_));
        FR_PASS(read_state(&state));
        if (state.exchanges > 0) FR_PASS(exchange(pivots));
        *found = size;
        if (state.stopped < 0) return FR_OK;
        *found = at = state.stopped;
        bool brought = false;
        FR_PASS(bring_row(pivots, from, size, at, &brought));
        if (!brought) return FR_OK;
    }
}

fr_status ProofFactor::keep(int64_t pivots, int64_t from, int64_t size) {
    blocks_.push_back({pivots, size});
    return fr_proof_store(context_, shape_, pivots + size, shape_.rows, pivots, size, {columns(0, from), shape_.rows},
                          b_);
}
