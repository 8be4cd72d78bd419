// Products mod p through cuBLAS, and moves of rows and columns.
//
// A product's inner dimension is cut every FR_DELAY terms, and the result reduced. What that costs: a DGEMM of 512
// terms is 1024 flops an entry, 20 ps at 50 TFLOP/s; the reduction reads and writes the entry, 16 bytes or 5 ps at 3
// TB/s, where the entries do not stay in the second cache: a quarter more. Left for a device to decide by measurement:
// tiles of rows and columns that stay in the cache between product and reduction, or a product of our own (DMMA) that
// reduces as it writes.
#include "elimination/large/elimination.cuh"

namespace {

// A thread reduces the entries of one row in every gridDim.y-th column. 16 bytes of traffic an entry.
__global__ void reduce_entries(fr_field field, int64_t rows, int64_t columns, LargeMatrix c) {
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < rows; i += int64_t(gridDim.x) * blockDim.x) {
        double *at = c.at + i;
        for (int64_t j = blockIdx.y; j < columns; j += gridDim.y) at[j * c.ld] = fr_reduce(field, at[j * c.ld]);
    }
}

// A thread moves one row's entries in every gridDim.y-th column: a 32-byte sector read an entry, for rows are apart.
__global__ void take_rows(LargeMatrix m, const int32_t *slots, int64_t count, int64_t columns, LargeMatrix out,
                          bool leave_zeros) {
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += int64_t(gridDim.x) * blockDim.x) {
        const int32_t slot = slots[i];
        double *row = m.at + (slot < 0 ? 0 : slot);
        for (int64_t j = blockIdx.y; j < columns; j += gridDim.y) {
            out.at[i + j * out.ld] = slot < 0 ? 0.0 : row[j * m.ld];
            if (leave_zeros && slot >= 0) row[j * m.ld] = 0.0;
        }
    }
}

// As take_rows.
__global__ void move_rows(LargeMatrix m, const int32_t *from, const int32_t *to, int64_t count, int64_t columns) {
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += int64_t(gridDim.x) * blockDim.x)
        for (int64_t j = blockIdx.y; j < columns; j += gridDim.y) m.at[to[i] + j * m.ld] = m.at[from[i] + j * m.ld];
}

// A thread moves one row's entries, from left to right: nobody else reads or writes them. 16 bytes of traffic an entry.
__global__ void keep_columns(int64_t rows, const int32_t *list, int64_t columns, LargeMatrix m) {
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < rows; i += int64_t(gridDim.x) * blockDim.x)
        for (int64_t j = 0; j < columns; j++) m.at[i + j * m.ld] = m.at[i + list[j] * m.ld];
}

// A thread copies one row's entries in every gridDim.y-th column: coalesced, 16 bytes an entry.
__global__ void copy_columns(int64_t rows, const int32_t *list, int64_t columns, LargeMatrix m, LargeMatrix out) {
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < rows; i += int64_t(gridDim.x) * blockDim.x)
        for (int64_t j = blockIdx.y; j < columns; j += gridDim.y)
            out.at[i + j * out.ld] = m.at[i + (list ? list[j] : j) * m.ld];
}

fr_status dgemm(StreamContext *context, int64_t rows, int64_t columns, int64_t inner, double alpha, LargeMatrix a,
                LargeMatrix b, double beta, LargeMatrix c) {
    FR_TRY(context,
           cublasDgemm(context->blas, CUBLAS_OP_N, CUBLAS_OP_N, int(rows), int(columns), int(inner), &alpha, a.at,
                       int(a.ld), b.at, int(b.ld), &beta, c.at, int(c.ld)),
           "multiplying matrices");
    return FR_OK;
}

fr_status reduce(StreamContext *context, fr_field field, int64_t rows, int64_t columns, LargeMatrix c) {
    FR_LAUNCH(reduce_entries, fr_large_grid(rows, columns), fr_large_threads, 0, context->stream, field, rows, columns,
              c);
    FR_TRY_LAUNCH(context, "reducing a product");
    return FR_OK;
}

} // namespace

fr_status fr_large_subtract(StreamContext *context, fr_field field, int64_t rows, int64_t columns, int64_t inner,
                            LargeMatrix a, LargeMatrix b, LargeMatrix c) {
    if (rows == 0 || columns == 0) return FR_OK;
    for (int64_t t = 0; t < inner; t += FR_DELAY) {
        const int64_t part = inner - t < FR_DELAY ? inner - t : FR_DELAY;
        FR_PASS(dgemm(context, rows, columns, part, -1.0, a.from(0, t), b.from(t, 0), 1.0, c));
        FR_PASS(reduce(context, field, rows, columns, c));
    }
    return FR_OK;
}

fr_status fr_large_multiply(StreamContext *context, fr_field field, int64_t rows, int64_t columns, int64_t inner,
                            LargeMatrix a, LargeMatrix b, LargeMatrix c) {
    if (rows == 0 || columns == 0) return FR_OK;
    FR_PASS(dgemm(context, rows, columns, inner, 1.0, a, b, 0.0, c));
    return reduce(context, field, rows, columns, c);
}

fr_status fr_large_take_rows(StreamContext *context, LargeMatrix m, const int32_t *slots, int64_t count,
                             int64_t columns, LargeMatrix out, bool leave_zeros) {
    if (count == 0 || columns == 0) return FR_OK;
    FR_LAUNCH(take_rows, fr_large_grid(count, columns), fr_large_threads, 0, context->stream, m, slots, count, columns,
              out, leave_zeros);
    FR_TRY_LAUNCH(context, "taking rows");
    return FR_OK;
}

fr_status fr_large_move_rows(StreamContext *context, LargeMatrix m, const int32_t *from, const int32_t *to,
                             int64_t count, int64_t columns) {
    if (count == 0 || columns == 0) return FR_OK;
    FR_LAUNCH(move_rows, fr_large_grid(count, columns), fr_large_threads, 0, context->stream, m, from, to, count,
              columns);
    FR_TRY_LAUNCH(context, "moving rows");
    return FR_OK;
}

fr_status fr_large_keep_columns(StreamContext *context, int64_t rows, const int32_t *list, int64_t columns,
                                LargeMatrix m) {
    if (rows == 0 || columns == 0) return FR_OK;
    FR_LAUNCH(keep_columns, fr_large_grid(rows, 1), fr_large_threads, 0, context->stream, rows, list, columns, m);
    FR_TRY_LAUNCH(context, "keeping columns");
    return FR_OK;
}

fr_status fr_large_copy_columns(StreamContext *context, int64_t rows, const int32_t *list, int64_t columns,
                                LargeMatrix m, LargeMatrix out) {
    if (rows == 0 || columns == 0) return FR_OK;
    FR_LAUNCH(copy_columns, fr_large_grid(rows, columns), fr_large_threads, 0, context->stream, rows, list, columns, m,
              out);
    FR_TRY_LAUNCH(context, "copying columns");
    return FR_OK;
}
