// Householder QR of the long side: R <- the triangle of qr([R; tile]), tile by tile, the tile in registers.
#include "svd/qr.cuh"

namespace {

// Folds rows of a piece into its triangle: R <- the triangle of qr([R; TILE rows]) until none are left.
// Blocks: a piece each (of few pieces with many columns: svd/qr_columns.cu); or, with GROUP lanes a piece (8, 16 or 32,
// when side <= GROUP), 128 / GROUP pieces. Thread c holds COLUMNS columns of the tile, c, c + threads..., in registers,
// and alone reads and writes those columns of R, in global memory (a row at a time, coalesced, one row ahead). Step j
// eliminates column j of the tile by a reflection of row j of R and the whole tile, which touches no other row of R: the
// owner of column j publishes it with its two factors in shared memory, after one barrier every thread to the right
// takes its own inner products and updates its own columns, and the owner of column j + 1 publishes next, into the other
// of two buffers. Shared memory: 2 (TILE + 2) numbers a piece. Registers: TILE x COLUMNS numbers of tile and about 40
// more. Work: rows side^2 fused multiply-adds
// twice. Bound: FP64 rate for large batches (no sum crosses threads), the latency of a step (barrier, 3 TILE fused, a
// root, two divisions) for small ones: rows / TILE x side steps one after the other.
template <typename T, int TILE, int COLUMNS, int GROUP, int THREADS>
__global__ void __launch_bounds__(THREADS, THREADS > 128 ? 1 : 3) fold_kernel(SvdLevel<T> level) {
    constexpr bool grouped = GROUP < THREADS;
    constexpr int groups = grouped ? THREADS / GROUP : 1;
    __shared__ T published[groups][2][TILE + 2];
    const int lanes = grouped ? GROUP : int(blockDim.x);
    const int lane = grouped ? int(threadIdx.x) % GROUP : int(threadIdx.x);
    const int group = grouped ? int(threadIdx.x) / GROUP : 0;
    const int64_t wanted = int64_t(blockIdx.x) * groups + group;
    const int64_t item = wanted < level.items ? wanted : level.items - 1;
    const int side = level.side;
    const int columns = wanted < level.items ? side : 0; // a group beyond the last piece holds none, writes nothing
    const SvdPiece<T> piece(level, item);
    T *triangle = level.triangles + item * side * side;

    T tile[COLUMNS][TILE], of_row[COLUMNS], of_next_row[COLUMNS];
    // Publishes column j of the tile, `alpha` being R_jj.
    const auto publish = [&](int j, const T(&column)[TILE], T alpha) {
        T *out = published[group][j & 1];
        const SvdReflection<T> reflection = SvdReflection<T>::of(column, alpha);
        SVD_UNROLL
        for (int k = 0; k < TILE; k++) out[k] = column[k];
        out[TILE] = reflection.tau;
        out[TILE + 1] = reflection.scale;
        triangle[int64_t(j) * side + j] = reflection.beta;
    };
    const auto barrier = [&]() {
        if (grouped)
            __syncwarp();
        else
            __syncthreads();
    };

    // The trip counts are the same for all pieces: groups of one warp stay together.
    for (int64_t done = 0; done < level.piece_rows; done += TILE) {
        // R is zero before the first tile. (A full tile does not always use up as many columns as it has rows: where
        // the leading columns of its rows are dependent it must go through all of them.)
        const bool first = done == 0;
        SVD_UNROLL
        for (int q = 0; q < COLUMNS; q++) {
            const int c = lane + q * lanes;
            SVD_UNROLL
            for (int k = 0; k < TILE; k++)
                tile[q][k] = c < columns ? piece.at(level, piece.first_row + done + k, c) : T(0);
            of_row[q] = c < columns && !first ? triangle[c] : T(0);
        }
        if (lane == 0 && columns > 0) publish(0, tile[0], of_row[0]);
        barrier();
        for (int j = 0; j < side; j++) {
            const T *column = published[group][j & 1];
            const T tau = column[TILE], scale = column[TILE + 1];
            T products[COLUMNS];
            SVD_UNROLL
            for (int q = 0; q < COLUMNS; q++) {
                const int c = lane + q * lanes;
                const bool next = c > j && c < columns && j + 1 < side && !first;
                of_next_row[q] = next ? triangle[int64_t(j + 1) * side + c] : T(0);
                T sums[4] = {0, 0, 0, 0};
                if (c > j && c < columns) {
                    SVD_UNROLL
                    for (int k = 0; k < TILE; k++) sums[k % 4] = svd_fma(column[k], tile[q][k], sums[k % 4]);
                }
                products[q] = tau * svd_fma(scale, (sums[0] + sums[1]) + (sums[2] + sums[3]), of_row[q]);
            }
            SVD_UNROLL
            for (int q = 0; q < COLUMNS; q++) {
                const int c = lane + q * lanes;
                if (c > j && c < columns) {
                    const T times = products[q] * scale;
                    SVD_UNROLL
                    for (int k = 0; k < TILE; k++) tile[q][k] = svd_fma(-times, column[k], tile[q][k]);
                    triangle[int64_t(j) * side + c] = of_row[q] - products[q];
                    if (c == j + 1) publish(j + 1, tile[q], of_next_row[q]);
                }
                of_row[q] = of_next_row[q];
            }
            barrier();
        }
    }
    for (int q = 0; q < COLUMNS; q++) {
        const int c = lane + q * lanes;
        if (c < columns)
            for (int64_t j = c + 1; j < side; j++) triangle[j * side + c] = T(0);
    }
}

template <typename T, int TILE, int COLUMNS, int GROUP, int THREADS>
fr_status launch(fr_session *session, const SvdLevel<T> &level) {
    constexpr int groups = GROUP < THREADS ? THREADS / GROUP : 1;
    const int threads = groups > 1 ? THREADS : ((level.side + COLUMNS - 1) / COLUMNS + 31) / 32 * 32;
    const auto kernel = fold_kernel<T, TILE, COLUMNS, GROUP, THREADS>;
    FR_LAUNCH(kernel, dim3(unsigned((level.items + groups - 1) / groups)), dim3(unsigned(threads)), 0, session->stream,
              level);
    FR_TRY_LAUNCH(session, "the QR decomposition");
    return FR_OK;
}

template <typename T>
fr_status run(fr_session *session, const SvdLevel<T> &level, SvdFold wanted, SvdFoldSpace<T> *space) {
    bool done;
    FR_PASS(fr_svd_fold_columns(session, level, wanted, space, &done));
    if (done) return FR_OK;
    // The second number in each is fr_svd_tile_rows(side).
    if (level.side <= 8) return launch<T, 8, 1, 8, 128>(session, level);
    if (level.side <= 16) return launch<T, 16, 1, 16, 128>(session, level);
    if (level.side <= 32) return launch<T, 32, 1, 32, 128>(session, level);
    if (level.side <= 128) return launch<T, 32, 1, 128, 128>(session, level);
    if (level.side <= 512) return launch<T, 32, 1, 512, 512>(session, level);
    if (level.side <= 1024) return launch<T, 16, 2, 512, 512>(session, level);
    return launch<T, 8, 4, 512, 512>(session, level); // spills up to 120 bytes in double
}

// Rows of a piece, at least two triangles' worth (or the next level would not be shorter). By shape: four triangles'
// worth, so that the next level has a quarter of the work, and whole tiles.
int64_t rows_of_piece(int64_t side, int64_t wanted) {
    const int64_t rows = wanted > 0 ? wanted : 4 * side;
    const int64_t at_least = rows > 2 * side ? rows : 2 * side; // or the next level would not be shorter
    return (at_least + 31) / 32 * 32;
}

} // namespace

int64_t fr_svd_fold_workspace(int64_t side, int64_t longer, int64_t piece_rows) {
    const int64_t rows = rows_of_piece(side, piece_rows);
    int64_t elements = 0;
    // The two largest levels but the last, which writes the result.
    for (int level = 0; longer > rows && level < 2; level++) {
        const int64_t pieces = (longer + rows - 1) / rows;
        elements += pieces * side * side;
        longer = pieces * side;
    }
    return elements;
}

template <typename T>
fr_status fr_svd_fold(const SvdSlice<T> &slice, int64_t piece_rows, T *workspace, SvdFold wanted, SvdFoldSpace<T> *space) {
    const bool wide = slice.columns > slice.rows;
    const int64_t side = slice.side, rows = rows_of_piece(side, piece_rows);
    SvdLevel<T> level = {};
    level.source = slice.matrices;
    level.matrix_stride = slice.rows * slice.columns;
    level.row_stride = wide ? 1 : slice.columns;
    level.column_stride = wide ? slice.columns : 1;
    level.largest = slice.largest;
    level.exponent = slice.exponent;
    level.long_rows = slice.longer;
    level.side = slice.side;
    // The first level's triangles stand at the start of the workspace, the second's behind them, and so on in turns.
    T *const second = workspace + slice.batch * ((slice.longer + rows - 1) / rows) * side * side;
    for (T *to = workspace;; to = to == workspace ? second : workspace) {
        const int64_t pieces = level.long_rows > rows ? (level.long_rows + rows - 1) / rows : 1;
        if (pieces * slice.batch > INT32_MAX)
            return fr_cuda_fail(slice.session, FR_UNSUPPORTED, "a %lld x %lld matrix is too large",
                                (long long)slice.rows, (long long)slice.columns);
        level.pieces = unsigned(pieces);
        level.piece_rows = pieces > 1 ? rows : level.long_rows;
        level.items = slice.batch * pieces;
        level.triangles = pieces > 1 ? to : slice.triangles;
        FR_PASS(run(slice.session, level, wanted, space));
        if (pieces == 1) return FR_OK;
        level.source = to;
        level.matrix_stride = pieces * side * side;
        level.row_stride = side;
        level.column_stride = 1;
        level.largest = nullptr;
        level.long_rows = pieces * side;
    }
}

template fr_status fr_svd_fold(const SvdSlice<double> &, int64_t, double *, SvdFold, SvdFoldSpace<double> *);
template fr_status fr_svd_fold(const SvdSlice<float> &, int64_t, float *, SvdFold, SvdFoldSpace<float> *);
