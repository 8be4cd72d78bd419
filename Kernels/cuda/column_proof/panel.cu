// The panel of a proof: inverts a diagonal block of bytes in place, by Gauss and Jordan's method, one tile of its
// columns after the other. Rows may be exchanged within the block. If a column is 0 in all remaining rows, the host is
// informed and looks for a row below.
//
// Invariant: after j steps, with T the block and c the row that was at i >= j before any step,
//     T(i, l) = (l >= j ? c_l : 0) - sum over t < j of c_t T(t, l),
// so that a row may be replaced by another one, computed by this formula, before the elimination resumes.
//
// By count a tile of 32 columns of 1024 rows takes 32 steps of about 160 instructions per thread, with 8 warps per
// scheduler: 25 us. The update after it is 67 million products of bytes over all multiprocessors, a few us. So a panel
// of 1024 columns takes about 1 ms.
#include "column_proof/factor.cuh"

namespace {

#if defined(FR_HOST_BUILD)
constexpr int tile_columns = 8;
#else
constexpr int tile_columns = 32;
#endif
constexpr int most_rows = 1024;
constexpr int update_rows = 32, update_columns = 64;

__global__ void load_panel(int64_t size, int64_t diagonal, ByteColumns c, int8_t *t, PanelState *state) {
    if (blockIdx.x == 0 && blockIdx.y == 0 && threadIdx.x == 0) *state = PanelState{0, 0, -1, 0, INT32_MAX};
    for (int64_t i = fr_cuda_first_item(); i < size; i += fr_cuda_stride())
        for (int64_t l = blockIdx.y; l < size; l += gridDim.y) t[i * diagonal + l] = c.at[l * c.ld + i];
}

// There is one block, with one or a few rows per thread. The tile is stored by columns, so that neighbouring threads
// read neighbouring bytes. A step has three barriers.
__global__ void __launch_bounds__(most_rows) eliminate_tile(ByteField field, int size, int64_t diagonal, int at,
                                                            int64_t position, int8_t *t, RowExchange *exchanges,
                                                            PanelState *state) {
    __shared__ int8_t tile[tile_columns * most_rows];
    __shared__ int scaled[tile_columns], found, exchanged;
    __shared__ int8_t inverses[256];
    const int thread = int(threadIdx.x), threads = int(blockDim.x);
    const int columns = size - at < tile_columns ? size - at : tile_columns;
    const bool goes_on = state->stopped < 0;
    __syncthreads();
    if (!goes_on) {
        if (thread == 0) state->count = 0;
    } else {
        for (int a = 1 + thread; a < field.p; a += threads)
            inverses[a] = int8_t(fr_byte_inverse(field, a <= field.p / 2 ? a : a - field.p));
        for (int e = thread; e < size * columns; e += threads)
            tile[e % columns * size + e / columns] = t[e / columns * diagonal + at + e % columns];
        if (thread == 0) exchanged = state->exchanges;
        int s = 0;
        for (; s < columns; s++) {
            if (thread == 0) found = INT32_MAX;
            __syncthreads();
            // If the row in place can be the pivot row, the others are not examined.
            if (thread == 0 && tile[s * size + at + s] != 0) found = at + s;
            __syncthreads();
            if (found == INT32_MAX) {
                __syncthreads(); // all have read it
                for (int i = at + s + thread; i < size; i += threads)
                    if (tile[s * size + i] != 0) {
                        atomicMin(&found, i);
                        break;
                    }
                __syncthreads();
            }
            const int pivot = found;
            if (pivot == INT32_MAX) break;
            for (int l = thread; l < columns; l += threads) {
                int8_t *column = tile + l * size;
                const int entry = column[pivot];
                column[pivot] = column[at + s];
                column[at + s] = int8_t(entry);
            }
            if (thread == 0 && pivot != at + s)
                exchanges[exchanged++] = {int32_t(position + at + s), int32_t(position + pivot)};
            __syncthreads();
            const int lead = tile[s * size + at + s], inverse = inverses[lead < 0 ? lead + field.p : lead];
            for (int l = thread; l < columns; l += threads)
                scaled[l] = l == s ? inverse : fr_byte_short_residue(field, tile[l * size + at + s] * inverse);
            __syncthreads();
            for (int i = thread; i < size; i += threads) {
                const int factor = tile[s * size + i];
                for (int l = 0; l < columns; l++) {
                    const int before = l == s ? 0 : tile[l * size + i];
                    const int reduced = fr_byte_short_residue(field, before - factor * scaled[l]);
                    const int after = i == at + s ? scaled[l] : reduced;
                    tile[l * size + i] = int8_t(after);
                }
            }
        }
        __syncthreads();
        for (int e = thread; e < size * columns; e += threads)
            t[e / columns * diagonal + at + e % columns] = tile[e % columns * size + e / columns];
        if (thread == 0) {
            state->first = state->exchanges;
            state->exchanges = exchanged;
            state->count = s;
            if (s < columns) state->stopped = at + s;
        }
    }
}

// Each thread handles one column outside of the tile: it applies the tile's exchanges and moves the pivots' rows to
// `taken`.
__global__ void take_pivot_rows(int size, int64_t diagonal, int at, int64_t position, int8_t *t, int8_t *taken,
                                const RowExchange *exchanges, const PanelState *state) {
    const int count = state->count;
    const int columns = size - at < tile_columns ? size - at : tile_columns;
    for (int64_t l = fr_cuda_first_item(); l < size && count > 0; l += fr_cuda_stride()) {
        if (l >= at && l < at + columns) continue;
        for (int32_t e = state->first; e < state->exchanges; e++) {
            int8_t *a = t + (exchanges[e].first - position) * diagonal + l;
            int8_t *b = t + (exchanges[e].second - position) * diagonal + l;
            const int8_t kept = *a;
            *a = *b;
            *b = kept;
        }
        for (int s = 0; s < count; s++) {
            int8_t *entry = t + (at + s) * diagonal + l;
            taken[s * diagonal + l] = *entry;
            *entry = 0;
        }
    }
}

// Each block adds the product of the tile and the pivots' rows to 32 rows of 64 columns outside of the tile, by dp4a
// from shared memory.
__global__ void update_panel(ByteField field, int size, int64_t diagonal, int at, int8_t *t, const int8_t *taken,
                             const PanelState *state) {
    __shared__ int left[update_rows][tile_columns / 4 + 1], right[update_columns][tile_columns / 4 + 1];
    const int thread = int(threadIdx.x), threads = int(blockDim.x);
    const int count = state->count, columns = size - at < tile_columns ? size - at : tile_columns;
    const int first_row = int(blockIdx.x) * update_rows, first_column = int(blockIdx.y) * update_columns;
    int8_t *const lefts = reinterpret_cast<int8_t *>(left), *const rights = reinterpret_cast<int8_t *>(right);
    constexpr int stride = 4 * (tile_columns / 4 + 1);
    for (int e = thread; e < update_rows * tile_columns; e += threads) {
        const int i = e / tile_columns, s = e % tile_columns;
        lefts[i * stride + s] = first_row + i < size && s < count ? t[(first_row + i) * diagonal + at + s] : int8_t(0);
    }
    for (int e = thread; e < update_columns * tile_columns; e += threads) {
        const int l = e % update_columns, s = e / update_columns;
        const bool outside = first_column + l < at || first_column + l >= at + columns;
        rights[l * stride + s] =
            first_column + l < size && outside && s < count ? taken[s * diagonal + first_column + l] : int8_t(0);
    }
    __syncthreads();
    for (int e = thread; e < update_rows * update_columns; e += threads) {
        const int i = e / update_columns, l = e % update_columns;
        if (first_row + i >= size || first_column + l >= size) continue;
        if (count == 0 || (first_column + l >= at && first_column + l < at + columns)) continue;
        int8_t *entry = t + (first_row + i) * diagonal + first_column + l;
        int sum = *entry;
        for (int s = 0; s < tile_columns / 4; s++) sum = __dp4a(left[i][s], right[l][s], sum);
        *entry = int8_t(fr_byte_residue(field, sum));
    }
}

// Each thread handles one row; all use the same column of t.
__global__ void find_row(ByteField field, int64_t begin, int64_t end, int64_t at, int64_t diagonal, ByteColumns c,
                         const int8_t *t, PanelState *state) {
    for (int64_t i = begin + fr_cuda_first_item(); i < end; i += fr_cuda_stride()) {
        int sum = c.at[at * c.ld + i];
        for (int64_t s = 0; s < at; s++) sum -= int(c.at[s * c.ld + i]) * int(t[s * diagonal + at]);
        if (fr_byte_residue(field, sum) != 0) atomicMin(&state->found, int32_t(i));
    }
}

// Each thread computes one entry.
__global__ void insert_row(ByteField field, int64_t at, int64_t size, int64_t diagonal, ByteColumns c, int8_t *t) {
    for (int64_t l = fr_cuda_first_item(); l < size; l += fr_cuda_stride()) {
        int sum = l >= at ? c.at[l * c.ld + at] : 0;
        for (int64_t s = 0; s < at; s++) sum -= int(c.at[s * c.ld + at]) * int(t[s * diagonal + l]);
        t[at * diagonal + l] = int8_t(fr_byte_residue(field, sum));
    }
}

__global__ void resume(PanelState *state) {
    state->stopped = -1;
    state->found = INT32_MAX;
}

} // namespace

fr_status fr_proof_load_panel(StreamContext *context, const ProofShape &shape, int64_t size, ByteColumns c, int8_t *t,
                              PanelState *state) {
    FR_LAUNCH(load_panel, fr_proof_grid(size, size), fr_proof_threads, 0, context->stream, size, shape.diagonal, c, t,
              state);
    FR_TRY_LAUNCH(context, "loading a panel");
    return FR_OK;
}

fr_status fr_proof_eliminate_panel(StreamContext *context, const ProofShape &shape, ByteField field, int64_t pivots,
                                   int64_t at, int64_t size, int8_t *t, int8_t *pivot_rows, RowExchange *exchanges,
                                   PanelState *state) {
    static_assert(most_rows * tile_columns + 1024 <= 48 << 10, "shared memory of a block");
    FR_LAUNCH(resume, 1, 1, 0, context->stream, state);
    FR_TRY_LAUNCH(context, "eliminating a panel");
#if defined(FR_HOST_BUILD)
    const int threads = 16;
#else
    const int threads = int(size <= 256 ? 256 : size <= 512 ? 512 : 1024);
#endif
    const dim3 update{unsigned((size + update_rows - 1) / update_rows),
                      unsigned((size + update_columns - 1) / update_columns)};
    for (int64_t j = at; j < size; j += tile_columns) {
        FR_LAUNCH(eliminate_tile, 1, threads, 0, context->stream, field, int(size), shape.diagonal, int(j), pivots, t,
                  exchanges, state);
        FR_TRY_LAUNCH(context, "eliminating a tile");
        FR_LAUNCH(take_pivot_rows, fr_proof_blocks(size), fr_proof_threads, 0, context->stream, int(size),
                  shape.diagonal, int(j), pivots, t, pivot_rows, exchanges, state);
        FR_TRY_LAUNCH(context, "eliminating a tile");
        FR_LAUNCH(update_panel, update, fr_proof_threads, 0, context->stream, field, int(size), shape.diagonal, int(j),
                  t, pivot_rows, state);
        FR_TRY_LAUNCH(context, "updating a panel");
    }
    return FR_OK;
}

fr_status fr_proof_find_row(StreamContext *context, const ProofShape &shape, ByteField field, int64_t begin,
                            int64_t end, int64_t at, ByteColumns c, const int8_t *t, PanelState *state) {
    if (begin >= end) return FR_OK;
    FR_LAUNCH(find_row, fr_proof_blocks(end - begin), fr_proof_threads, 0, context->stream, field, begin, end, at,
              shape.diagonal, c, t, state);
    FR_TRY_LAUNCH(context, "looking for a row");
    return FR_OK;
}

fr_status fr_proof_insert_row(StreamContext *context, const ProofShape &shape, ByteField field, int64_t at, int64_t size,
                              ByteColumns c, int8_t *t) {
    FR_LAUNCH(insert_row, fr_proof_blocks(size), fr_proof_threads, 0, context->stream, field, at, size, shape.diagonal,
              c, t);
    FR_TRY_LAUNCH(context, "inserting a row");
    return FR_OK;
}
