// What lockstep.cu launches besides tiles: as in khatri_rao.cu and matrix.cu, a matrix a layer of the grid.
#include "elimination/large/lockstep.cuh"

namespace {

__global__ void fill_members(LockstepColumns c, int64_t columns, const int32_t *rows, int64_t rows_stride, int64_t count,
                             LargeMatrices out) {
    const int64_t member = blockIdx.z;
    const int32_t *coordinates = c.coordinate + member * c.block, *units = c.unit + member * c.block;
    const uint64_t *patterns = c.patterns + member * c.window * c.words;
    const double *residues = c.residues + member * c.inputs * c.padded;
    double *to = out.at + member * out.stride;
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += int64_t(gridDim.x) * blockDim.x) {
        const int64_t row = rows ? rows[member * rows_stride + i] : i;
        for (int64_t j = blockIdx.y; j < columns; j += gridDim.y) {
            const int32_t coordinate = coordinates[j];
            double entry = 0.0;
            if (row >= 0 && coordinate >= 0 && (patterns[units[j] * c.words + (row >> 6)] >> (row & 63) & 1))
                entry = coordinate < c.inputs ? residues[coordinate * c.padded + row] : 1.0;
            to[i + j * out.ld] = entry;
        }
    }
}

__global__ void reduce_members(fr_field field, int64_t rows, int64_t columns, LargeMatrices c) {
    double *const matrix = c.at + blockIdx.z * c.stride;
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < rows; i += int64_t(gridDim.x) * blockDim.x)
        for (int64_t j = blockIdx.y; j < columns; j += gridDim.y)
            matrix[i + j * c.ld] = fr_reduce(field, matrix[i + j * c.ld]);
}

__global__ void take_member_rows(LargeMatrices m, const int32_t *slots, int64_t slots_stride, int64_t count,
                                 int64_t columns, LargeMatrices out, bool leave_zeros) {
    double *const from = m.at + blockIdx.z * m.stride, *const to = out.at + blockIdx.z * out.stride;
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += int64_t(gridDim.x) * blockDim.x) {
        const int32_t slot = slots[blockIdx.z * slots_stride + i];
        double *row = from + (slot < 0 ? 0 : slot);
        for (int64_t j = blockIdx.y; j < columns; j += gridDim.y) {
            to[i + j * out.ld] = slot < 0 ? 0.0 : row[j * m.ld];
            if (leave_zeros && slot >= 0) row[j * m.ld] = 0.0;
        }
    }
}

// A thread a row.
__global__ void mark_members(int64_t rows, const int32_t *single, LargeMatrices s, const uint8_t *nonpivot, int64_t stride,
                             uint8_t *eligible) {
    const double *column = s.at + blockIdx.z * s.stride;
    const bool all = single[blockIdx.z] == 0;
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < rows; i += int64_t(gridDim.x) * blockDim.x)
        eligible[blockIdx.z * stride + i] = nonpivot[blockIdx.z * stride + i] != 0 && (all || column[i] != 0.0);
}

// A thread a row, from left to right: nobody else reads or writes it.
__global__ void keep_member_columns(int64_t rows, const int32_t *list, int64_t list_stride, int64_t columns,
                                    LargeMatrices m) {
    double *const matrix = m.at + blockIdx.z * m.stride;
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < rows; i += int64_t(gridDim.x) * blockDim.x)
        for (int64_t j = 0; j < columns; j++) {
            const int32_t from = list[blockIdx.z * list_stride + j];
            matrix[i + j * m.ld] = from < 0 ? 0.0 : matrix[i + from * m.ld];
        }
}

dim3 grid_of(int64_t rows, int64_t columns, int64_t members) {
    dim3 grid = fr_large_grid(rows, columns);
    grid.z = unsigned(members);
    return grid;
}

fr_status product(StreamContext *context, fr_field field, int64_t members, int64_t rows, int64_t columns, int64_t inner,
                  double alpha, LargeMatrices a, LargeMatrices b, double beta, LargeMatrices c) {
    FR_TRY(context,
           cublasDgemmStridedBatched(context->blas, CUBLAS_OP_N, CUBLAS_OP_N, int(rows), int(columns), int(inner), &alpha,
                                     a.at, int(a.ld), a.stride, b.at, int(b.ld), b.stride, &beta, c.at, int(c.ld),
                                     c.stride, int(members)),
           "multiplying matrices");
    FR_LAUNCH(reduce_members, grid_of(rows, columns, members), fr_large_threads, 0, context->stream, field, rows, columns,
              c);
    FR_TRY_LAUNCH(context, "reducing a product");
    return FR_OK;
}

} // namespace

fr_status fr_lockstep_fill(StreamContext *context, const LockstepColumns &from, int64_t members, int64_t columns,
                           const int32_t *rows, int64_t rows_stride, int64_t count, LargeMatrices out) {
    if (count == 0 || columns == 0) return FR_OK;
    FR_LAUNCH(fill_members, grid_of(count, columns, members), fr_large_threads, 0, context->stream, from, columns, rows,
              rows_stride, count, out);
    FR_TRY_LAUNCH(context, "building columns");
    return FR_OK;
}

fr_status fr_lockstep_subtract(StreamContext *context, fr_field field, int64_t members, int64_t rows, int64_t columns,
                               int64_t inner, LargeMatrices a, LargeMatrices b, LargeMatrices c) {
    if (rows == 0 || columns == 0) return FR_OK;
    for (int64_t t = 0; t < inner; t += FR_DELAY) {
        const int64_t part = inner - t < FR_DELAY ? inner - t : FR_DELAY;
        FR_PASS(product(context, field, members, rows, columns, part, -1.0, a.from(0, t), b.from(t, 0), 1.0, c));
    }
    return FR_OK;
}

fr_status fr_lockstep_multiply(StreamContext *context, fr_field field, int64_t members, int64_t rows, int64_t columns,
                               int64_t inner, LargeMatrices a, LargeMatrices b, LargeMatrices c) {
    if (rows == 0 || columns == 0) return FR_OK;
    return product(context, field, members, rows, columns, inner, 1.0, a, b, 0.0, c);
}

fr_status fr_lockstep_take_rows(StreamContext *context, int64_t members, LargeMatrices m, const int32_t *slots,
                                int64_t slots_stride, int64_t count, int64_t columns, LargeMatrices out, bool leave_zeros) {
    if (count == 0 || columns == 0) return FR_OK;
    FR_LAUNCH(take_member_rows, grid_of(count, columns, members), fr_large_threads, 0, context->stream, m, slots,
              slots_stride, count, columns, out, leave_zeros);
    FR_TRY_LAUNCH(context, "taking rows");
    return FR_OK;
}

fr_status fr_lockstep_keep_columns(StreamContext *context, int64_t members, int64_t rows, const int32_t *list,
                                   int64_t list_stride, int64_t columns, LargeMatrices m) {
    if (rows == 0 || columns == 0) return FR_OK;
    FR_LAUNCH(keep_member_columns, grid_of(rows, 1, members), fr_large_threads, 0, context->stream, rows, list, list_stride,
              columns, m);
    FR_TRY_LAUNCH(context, "keeping columns");
    return FR_OK;
}

fr_status fr_lockstep_mark_eligible(StreamContext *context, int64_t members, int64_t rows, const int32_t *single,
                                    LargeMatrices s, const uint8_t *nonpivot, int64_t stride, uint8_t *eligible) {
    FR_LAUNCH(mark_members, grid_of(rows, 1, members), fr_large_threads, 0, context->stream, rows, single, s, nonpivot,
              stride, eligible);
    FR_TRY_LAUNCH(context, "marking rows");
    return FR_OK;
}
