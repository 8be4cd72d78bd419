// Householder QR of few matrices with many columns. The columns are divided into groups, one block for each, so that
// one matrix keeps several multiprocessors busy. The arithmetic is that of svd/qr.cu, number for number.
#include <algorithm>

#include "svd/qr.cuh"

namespace {

constexpr int group_columns = 64; // of a block, a thread each
constexpr int chunk = 8;          // reflections in shared memory at a time (twice); divides group_columns

// The blocks of one piece, and the data through which they communicate.
template <typename T> struct Groups {
    int count;       // of a piece
    int64_t tiles;   // of a piece
    T *reflections;  // items x tiles x side x (TILE + 2): the columns that reflect, with their two factors
    int *ready;      // items x tiles: groups whose reflections of the tile are there
    int *next_block; // one number
};

// R <- the triangle of qr([R; TILE rows]), tile by tile, as fold_kernel does. Blocks: a group of 64 columns of a piece
// each, a column a thread. For a tile a block first applies the reflections of the groups to its left, which it reads
// from global memory as they become ready, then makes those of its own columns and publishes them. So the blocks of a
// piece are at work on different tiles at the same time, and a column goes through the same operations in the same order
// as in one block. A thread alone reads and writes its column of R.
//
// A block waits only for blocks that took their number before it. Those run already, and the first of them does not
// wait. Shared memory: 2 (8 + 1) (TILE + 2) numbers. Registers: the tile's TILE numbers, 8 of R ahead of their use, up
// to 5 of the next reflections, and about 40 more.
//
// Steps with a root, two divisions and a barrier in a row, for a side of s and t tiles: t s in one block; here t 64 a
// block, and t (s - 64) at most that are applications alone. A side of 1024 and 1287 rows: 82,944 steps on one
// multiprocessor; on 16 of them, 5,184 of each and up to 77,760 applications of 32 operations and no barrier.
template <typename T, int TILE>
__global__ void __launch_bounds__(group_columns, 1) fold_columns_kernel(SvdLevel<T> level, Groups<T> groups) {
    constexpr int numbers = TILE + 2, a_thread = (chunk * numbers + group_columns - 1) / group_columns;
    __shared__ T before[2][chunk * numbers], published[2][numbers];
    __shared__ int block;
    if (threadIdx.x == 0) block = atomicAdd(groups.next_block, 1);
    __syncthreads();
    const int group = block % groups.count, side = level.side;
    const int64_t item = block / groups.count;
    const int first_column = group * group_columns, c = first_column + int(threadIdx.x);
    const int end_column = side - first_column < group_columns ? side : first_column + group_columns;
    const bool real = c < side;
    const SvdPiece<T> piece(level, item);
    T *const triangle = level.triangles + item * side * side;
    int *const ready = groups.ready + item * groups.tiles;

    for (int64_t t = 0; t < groups.tiles; t++) {
        const bool old = real && t > 0; // R is zero before the first tile
        T *const reflections = groups.reflections + (item * groups.tiles + t) * side * numbers;
        T tile[TILE];
        SVD_UNROLL
        for (int k = 0; k < TILE; k++) tile[k] = real ? piece.at(level, piece.first_row + t * TILE + k, c) : T(0);
        const auto reflect = [&](int j, const T *column, T of_row) {
            T sums[4] = {0, 0, 0, 0};
            SVD_UNROLL
            for (int k = 0; k < TILE; k++) sums[k % 4] = svd_fma(column[k], tile[k], sums[k % 4]);
            const T tau = column[TILE], scale = column[TILE + 1];
            const T product = tau * svd_fma(scale, (sums[0] + sums[1]) + (sums[2] + sums[3]), of_row);
            const T times = product * scale;
            SVD_UNROLL
            for (int k = 0; k < TILE; k++) tile[k] = svd_fma(-times, column[k], tile[k]);
            if (real) triangle[int64_t(j) * side + c] = of_row - product;
        };

        T ahead[chunk], next[a_thread];
        SVD_UNROLL
        for (int i = 0; i < chunk; i++) ahead[i] = old && group > 0 ? triangle[int64_t(i) * side + c] : T(0);
        for (int left = 0; left < group; left++) {
            if (threadIdx.x == 0) {
                while (atomicAdd(&ready[t], 0) <= left) {}
                __threadfence();
            }
            __syncthreads();
            // Volatile: a cache might be older than what the other block wrote.
            const volatile T *from = reflections + int64_t(left) * group_columns * numbers;
            const auto load = [&](int begin) {
                SVD_UNROLL
                for (int i = 0; i < a_thread; i++) {
                    const int at = i * group_columns + int(threadIdx.x);
                    next[i] = at < chunk * numbers ? from[begin * numbers + at] : T(0);
                }
            };
            load(0);
            for (int begin = 0; begin < group_columns; begin += chunk) {
                T *const half = before[begin / chunk & 1];
                SVD_UNROLL
                for (int i = 0; i < a_thread; i++) {
                    const int at = i * group_columns + int(threadIdx.x);
                    if (at < chunk * numbers) half[at] = next[i];
                }
                __syncthreads(); // the other half is written again only behind the next one
                if (begin + chunk < group_columns) load(begin + chunk);
                SVD_UNROLL
                for (int i = 0; i < chunk; i++) {
                    const int j = left * group_columns + begin + i;
                    const T of_row = ahead[i];
                    if (old && j + chunk < first_column) ahead[i] = triangle[int64_t(j + chunk) * side + c];
                    reflect(j, half + i * numbers, of_row);
                }
            }
        }

        const auto publish = [&](int j, T alpha) {
            const SvdReflection<T> r = SvdReflection<T>::of(tile, alpha);
            T *const out = published[j & 1], *const kept = reflections + int64_t(j) * numbers;
            SVD_UNROLL
            for (int k = 0; k < TILE; k++) out[k] = kept[k] = tile[k];
            out[TILE] = kept[TILE] = r.tau;
            out[TILE + 1] = kept[TILE + 1] = r.scale;
            triangle[int64_t(j) * side + j] = r.beta;
        };
        T of_row = old ? triangle[int64_t(first_column) * side + c] : T(0);
        if (threadIdx.x == 0) publish(first_column, of_row);
        __syncthreads();
        for (int j = first_column; j < end_column; j++) {
            const T of_next_row = old && c > j && j + 1 < end_column ? triangle[int64_t(j + 1) * side + c] : T(0);
            if (c > j) reflect(j, published[j & 1], of_row);
            if (c == j + 1 && c < end_column) publish(c, of_next_row);
            of_row = of_next_row;
            __syncthreads();
        }
        __threadfence(); // the published data become visible before the number that announces them
        __syncthreads();
        if (threadIdx.x == 0) atomicExch(&ready[t], group + 1);
    }
    if (real)
        for (int64_t j = c + 1; j < side; j++) triangle[j * side + c] = T(0);
}

template <typename T, int TILE> fr_status launch(fr_session *session, const SvdLevel<T> &level, const Groups<T> &groups) {
    FR_LAUNCH((fold_columns_kernel<T, TILE>), dim3(unsigned(level.items * groups.count)), dim3(group_columns), 0,
              session->stream, level, groups);
    FR_TRY_LAUNCH(session, "the QR decomposition");
    return FR_OK;
}

} // namespace

template <typename T>
fr_status fr_svd_fold_columns(fr_session *session, const SvdLevel<T> &level, SvdFold wanted, SvdFoldSpace<T> *space,
                              bool *done) {
    *done = false;
    const int64_t side = level.side, rows = fr_svd_tile_rows(side);
    // Used if one block per piece would leave at least half of the multiprocessors idle.
    const bool fits = wanted == SvdFold::by_batch ? side > 2 * group_columns && 2 * level.items <= session->multiprocessors
                                                  : wanted == SvdFold::columns;
    if (space == nullptr || !fits) return FR_OK;
    Groups<T> groups = {int((side + group_columns - 1) / group_columns), (level.piece_rows + rows - 1) / rows, nullptr,
                        nullptr, nullptr};
    const int64_t tiles = level.items * groups.tiles, numbers = tiles * side * (rows + 2);
    const bool enough = space->reflections_held >= numbers && space->flags_held >= tiles + 1;
    if (!enough) {
        const double bytes = double(numbers) * sizeof(T) + double(tiles + 1) * sizeof(int);
        if (2 * bytes > double(fr_cuda_memory_budget(session))) return FR_OK;
        space->reflections_held = space->flags_held = 0;
        const fr_status status = space->reflections.allocate(session, size_t(numbers));
        if (status == FR_OUT_OF_MEMORY) return FR_OK; // with one block per piece this memory is not needed
        FR_PASS(status);
        FR_PASS(space->flags.allocate(session, size_t(tiles + 1)));
        space->reflections_held = numbers;
        space->flags_held = tiles + 1;
    }
    groups.reflections = space->reflections;
    groups.next_block = space->flags;
    groups.ready = space->flags + 1;
    FR_TRY(session, cudaMemsetAsync(space->flags, 0, size_t(tiles + 1) * sizeof(int), session->stream),
           "the QR decomposition");
    *done = true;
    if (rows == 8) return launch<T, 8>(session, level, groups);
    if (rows == 16) return launch<T, 16>(session, level, groups);
    return launch<T, 32>(session, level, groups);
}

template fr_status fr_svd_fold_columns(fr_session *, const SvdLevel<double> &, SvdFold, SvdFoldSpace<double> *, bool *);
template fr_status fr_svd_fold_columns(fr_session *, const SvdLevel<float> &, SvdFold, SvdFoldSpace<float> *, bool *);
