// Batched extreme singular values and numerical ranks of device matrices: slices of the batch, and the path by shape.
#include <vector>

#include "svd/svd.cuh"

namespace {

// 2^e bounds the scaled magnitudes such that the sum of all their squares stays below 2^square_exponent.
int scaled_exponent(int64_t side, int64_t longer, int square_exponent) {
    int bits = 0;
    while ((int64_t(1) << bits) < side) bits++;
    for (int64_t rest = longer - 1; rest > 0; rest /= 2) bits++;
    return (square_exponent - bits) / 2;
}

SvdPath path_of(SvdPath wanted, int64_t side) {
    if (wanted == SvdPath::warp && side <= 32) return wanted;
    if ((wanted == SvdPath::block_shared || wanted == SvdPath::block_global) && side <= fr_svd_block_limit)
        return wanted;
    if (wanted == SvdPath::tiles) return wanted;
    return side <= 32 ? SvdPath::warp : side <= fr_svd_block_limit ? SvdPath::block_shared : SvdPath::tiles;
}

template <typename T>
fr_status run(const SvdSlice<T> &slice, const SvdOptions &options, T *workspace, SvdFoldSpace<T> *space, int *counters) {
    FR_PASS(fr_svd_find_largest(slice));
    FR_PASS(fr_svd_fold(slice, options.piece_rows, workspace, options.fold, space));
    switch (path_of(options.path, slice.side)) {
    case SvdPath::warp: return fr_svd_warp(slice);
    case SvdPath::block_shared: return fr_svd_block(slice, true);
    case SvdPath::block_global: return fr_svd_block(slice, false);
    default: return fr_svd_tiles(slice, options.tile_elements, counters);
    }
}

} // namespace

template <typename T>
fr_status fr_cuda_svd_with(fr_session *session, T *matrices, int64_t batch, int64_t rows, int64_t columns,
                           fr_singular *results, fr_outcome *outcomes, const SvdOptions &options) {
    const int64_t side = rows < columns ? rows : columns, longer = rows < columns ? columns : rows;
    for (int64_t i = 0; i < batch; i++) {
        results[i] = {0, 0, 0};
        outcomes[i] = side == 0 ? FR_COMPUTED : FR_NOT_COMPUTED;
    }
    if (batch == 0 || side == 0) return FR_OK;
    if (side > fr_svd_side_limit)
        return fr_cuda_fail(session, FR_UNSUPPORTED,
                            "singular values of a %lld x %lld matrix: the shorter side may have at most %lld",
                            (long long)rows, (long long)columns, (long long)fr_svd_side_limit);

    // The memory that one matrix needs besides itself, which determines how many fit at a time.
    const int64_t folded = fr_svd_fold_workspace(side, longer, options.piece_rows);
    const uint64_t each = uint64_t(side * side + folded) * sizeof(T) + sizeof(fr_singular) + 64;
    int64_t most = int64_t(fr_cuda_memory_budget(session) / each);
    if (most > (int64_t(1) << 20)) most = int64_t(1) << 20; // grids stay far below 2^31 blocks
    if (options.slice > 0 && most > options.slice) most = options.slice;
    if (most < 1) most = 1; // and let the allocation say so
    if (most > batch) most = batch;

    DeviceBuffer<T> triangles, workspace;
    SvdFoldSpace<T> space;
    DeviceBuffer<typename SvdNumber<T>::Bits> largest;
    DeviceBuffer<fr_singular> device_results;
    DeviceBuffer<fr_outcome> device_outcomes;
    DeviceBuffer<int> counters;
    FR_PASS(triangles.allocate(session, size_t(most * side * side)));
    FR_PASS(workspace.allocate(session, size_t(most * folded)));
    FR_PASS(largest.allocate(session, size_t(most)));
    FR_PASS(device_results.allocate(session, size_t(most)));
    FR_PASS(device_outcomes.allocate(session, size_t(most)));
    FR_PASS(counters.allocate(session, size_t(2 * most + 1)));

    for (int64_t first = 0; first < batch; first += most) {
        if (fr_cuda_is_cancelled(session)) return fr_cuda_fail(session, FR_CANCELLED, "cancelled");
        SvdSlice<T> slice = {};
        slice.session = session;
        slice.batch = batch - first < most ? batch - first : most;
        slice.rows = rows;
        slice.columns = columns;
        slice.side = int(side);
        slice.longer = longer;
        slice.exponent = scaled_exponent(side, longer, SvdNumber<T>::square_exponent);
        slice.matrices = matrices + first * rows * columns;
        slice.largest = largest;
        slice.triangles = triangles;
        slice.results = device_results;
        slice.outcomes = device_outcomes;
        FR_PASS(run(slice, options, workspace.get(), &space, counters.get()));
        std::vector<fr_outcome> of_slice(size_t(slice.batch), FR_NOT_COMPUTED);
        FR_TRY(session,
               cudaMemcpyAsync(results + first, device_results.get(), size_t(slice.batch) * sizeof *results,
                               cudaMemcpyDeviceToHost, session->stream),
               "copying singular values");
        FR_TRY(session,
               cudaMemcpyAsync(of_slice.data(), device_outcomes.get(), size_t(slice.batch) * sizeof *outcomes,
                               cudaMemcpyDeviceToHost, session->stream),
               "copying outcomes");
        FR_TRY(session, cudaStreamSynchronize(session->stream), "computing singular values");
        for (int64_t i = 0; i < slice.batch; i++) outcomes[first + i] = of_slice[size_t(i)];
    }
    return FR_OK;
}

template fr_status fr_cuda_svd_with(fr_session *, double *, int64_t, int64_t, int64_t, fr_singular *, fr_outcome *,
                                    const SvdOptions &);
template fr_status fr_cuda_svd_with(fr_session *, float *, int64_t, int64_t, int64_t, fr_singular *, fr_outcome *,
                                    const SvdOptions &);

// Specialised rather than instantiated, so that the symbols are as strong as those of other functions.
template <>
fr_status fr_cuda_svd<double>(fr_session *session, double *matrices, int64_t batch, int64_t rows, int64_t columns,
                              fr_singular *results, fr_outcome *outcomes) {
    return fr_cuda_svd_with(session, matrices, batch, rows, columns, results, outcomes, SvdOptions());
}
template <>
fr_status fr_cuda_svd<float>(fr_session *session, float *matrices, int64_t batch, int64_t rows, int64_t columns,
                             fr_singular *results, fr_outcome *outcomes) {
    return fr_cuda_svd_with(session, matrices, batch, rows, columns, results, outcomes, SvdOptions());
}
