// Columns of bytes: made from patterns and inputs, reduced, stored in the factor; and exchanges of their rows. All of
// these kernels are bound by memory. By count they take a few hundredths of the products' time.
#include "column_proof/factor.cuh"

namespace {

// Each thread writes one entry at a time. residues: d0 x padded, doubles by point.
__global__ void place_points(ByteField field, int64_t n, int64_t rows, int64_t padded, int64_t inputs,
                             int64_t coordinates, const double *residues, int32_t *point, int8_t *x) {
    for (int64_t i = fr_cuda_first_item(); i < rows; i += fr_cuda_stride()) {
        if (blockIdx.y == 0) point[i] = i < n ? int32_t(i) : -1;
        for (int64_t c = blockIdx.y; c < coordinates; c += gridDim.y) {
            const int value = i >= n ? 0 : c < inputs ? fr_byte_residue(field, int(residues[c * padded + i])) : 1;
            x[c * rows + i] = int8_t(value);
        }
    }
}

// Each thread makes one row's entries in every gridDim.y-th column. Neighbouring threads write neighbouring bytes.
__global__ void fill_columns(int64_t rows, int64_t words, int64_t count, int64_t padded, int64_t block,
                             const int32_t *descriptors, const uint64_t *patterns, const int32_t *point,
                             const int8_t *x, ByteColumns out) {
    for (int64_t i = fr_cuda_first_item(); i < rows; i += fr_cuda_stride()) {
        const int32_t j = point[i];
        for (int64_t c = blockIdx.y; c < padded; c += gridDim.y) {
            int8_t value = 0;
            if (c < count && j >= 0) {
                const uint64_t word = patterns[int64_t(descriptors[block + c]) * words + (j >> 6)];
                if (word >> (j & 63) & 1) value = x[int64_t(descriptors[c]) * rows + i];
            }
            out.at[c * out.ld + i] = value;
        }
    }
}

// The work divides as in fill_columns. Each entry reads 5 bytes and writes 1.
__global__ void reduce_sums(ByteField field, int64_t rows, int64_t columns, const int32_t *sums, int64_t leading,
                            ByteColumns out, bool subtract) {
    for (int64_t i = fr_cuda_first_item(); i < rows; i += fr_cuda_stride())
        for (int64_t c = blockIdx.y; c < columns; c += gridDim.y) {
            const int sum = sums[c * leading + i];
            int8_t &to = out.at[c * out.ld + i];
            to = int8_t(fr_byte_residue(field, subtract ? int(to) - sum : sum));
        }
}

struct alignas(16) Sixteen {
    uint64_t low, high;
};

template <typename T> __device__ void exchange_values(T *a, T *b) {
    const T kept = *a;
    *a = *b;
    *b = kept;
}

// Each thread applies all exchanges, in order, to 16 columns of the factor, or to one column of the block, one
// coordinate, or the points. There are few exchanges: one for every p pivots, except in the first block of a trial.
__global__ void exchange_rows(FactorLayout layout, int64_t pivots, int64_t width, int64_t coordinates,
                              const RowExchange *exchanges, const PanelState *state, int8_t *factor, ByteColumns c,
                              int8_t *x, int32_t *point) {
    const int64_t groups = pivots / 16;
    for (int64_t item = fr_cuda_first_item(); item < groups + width + coordinates + 1; item += fr_cuda_stride()) {
        for (int32_t e = 0; e < state->exchanges; e++) {
            const int64_t i = exchanges[e].first, j = exchanges[e].second;
            if (item < groups) {
                exchange_values(reinterpret_cast<Sixteen *>(factor + layout.at(i, 16 * item)),
                                reinterpret_cast<Sixteen *>(factor + layout.at(j, 16 * item)));
            } else if (item < groups + width) {
                int8_t *column = c.at + (item - groups) * c.ld;
                exchange_values(column + i, column + j);
            } else if (item < groups + width + coordinates) {
                int8_t *coordinate = x + (item - groups - width) * layout.rows;
                exchange_values(coordinate + i, coordinate + j);
            } else {
                exchange_values(point + i, point + j);
            }
        }
    }
}

__global__ void forget_exchanges(PanelState *state) { state->exchanges = 0; }

// Each block transposes squares of 32 by 32 bytes through shared memory: it reads along columns and writes along rows.
__global__ void store_columns(FactorLayout layout, int64_t begin, int64_t end, int64_t pivots, int64_t size,
                              ByteColumns c, int8_t *factor) {
    __shared__ int8_t square[32][33];
    const int64_t across = (size + 31) / 32, down = (end - begin + 31) / 32;
    for (int64_t item = blockIdx.x; item < across * down; item += gridDim.x) {
        const int64_t row = begin + item / across * 32, column = item % across * 32;
        for (int e = int(threadIdx.x); e < 1024; e += int(blockDim.x))
            if (row + e % 32 < end && column + e / 32 < size)
                square[e / 32][e % 32] = c.at[(column + e / 32) * c.ld + row + e % 32];
        __syncthreads();
        for (int e = int(threadIdx.x); e < 1024; e += int(blockDim.x))
            if (row + e / 32 < end && column + e % 32 < size)
                factor[layout.at(row + e / 32, pivots + column + e % 32)] = square[e % 32][e / 32];
        __syncthreads();
    }
}

} // namespace

fr_status fr_proof_place_points(StreamContext *context, const ProofShape &shape, ByteField field, const double *residues,
                                int32_t *point, int8_t *x) {
    FR_LAUNCH(place_points, fr_proof_grid(shape.rows, shape.coordinates), fr_proof_threads, 0, context->stream, field,
              shape.n, shape.rows, shape.padded, shape.inputs, shape.coordinates, residues, point, x);
    FR_TRY_LAUNCH(context, "placing points");
    return FR_OK;
}

fr_status fr_proof_fill(StreamContext *context, const ProofShape &shape, int64_t count, int64_t padded,
                        const int32_t *descriptors, const uint64_t *patterns, const int32_t *point, const int8_t *x,
                        ByteColumns out) {
    FR_LAUNCH(fill_columns, fr_proof_grid(shape.rows, padded), fr_proof_threads, 0, context->stream, shape.rows,
              shape.words, count, padded, shape.block, descriptors, patterns, point, x, out);
    FR_TRY_LAUNCH(context, "building columns");
    return FR_OK;
}

fr_status fr_proof_reduce(StreamContext *context, ByteField field, int64_t rows, int64_t columns, const int32_t *sums,
                          int64_t leading, ByteColumns out, bool subtract) {
    FR_LAUNCH(reduce_sums, fr_proof_grid(rows, columns), fr_proof_threads, 0, context->stream, field, rows, columns,
              sums, leading, out, subtract);
    FR_TRY_LAUNCH(context, "reducing a product");
    return FR_OK;
}

fr_status fr_proof_exchange(StreamContext *context, const ProofShape &shape, int64_t pivots, int64_t width,
                            const RowExchange *exchanges, PanelState *state, int8_t *factor, ByteColumns c, int8_t *x,
                            int32_t *point) {
    const int64_t items = pivots / 16 + width + shape.coordinates + 1;
    FR_LAUNCH(exchange_rows, fr_proof_blocks(items), fr_proof_threads, 0, context->stream, shape.factor, pivots, width,
              shape.coordinates, exchanges, state, factor, c, x, point);
    FR_TRY_LAUNCH(context, "exchanging rows");
    FR_LAUNCH(forget_exchanges, 1, 1, 0, context->stream, state);
    FR_TRY_LAUNCH(context, "exchanging rows");
    return FR_OK;
}

fr_status fr_proof_store(StreamContext *context, const ProofShape &shape, int64_t begin, int64_t end, int64_t pivots,
                         int64_t size, ByteColumns c, int8_t *factor) {
    if (begin >= end) return FR_OK;
    const int64_t squares = ((end - begin + 31) / 32) * ((size + 31) / 32);
    FR_LAUNCH(store_columns, fr_cuda_blocks(squares, 1), fr_proof_threads, 0, context->stream, shape.factor, begin, end,
              pivots, size, c, factor);
    FR_TRY_LAUNCH(context, "storing columns");
    return FR_OK;
}
