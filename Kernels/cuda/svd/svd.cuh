// What the files of the batched singular value decomposition share. Values only, batch of rows x columns matrices:
//
//  1. svd/scale.cu   the largest magnitude of each matrix: all that follows works on it times a power of two;
//  2. svd/qr.cu      Householder QR of the long side (of the transpose of a wide matrix) to a side x side triangle R;
//  3. svd/jacobi_warp.cu, svd/jacobi_block.cu, svd/jacobi_tiles.cu
//                    one-sided Jacobi on the rows of R (the columns of its transpose, on which it converges faster).
//
// The Gram matrix is never formed. Error: |computed - exact| <= c eps sigma_max for every singular value, eps =
// 2^-52 (2^-23), c = 8 + side / 2 + sqrt(longer) (fr_svd_error_constant). The test holds the largest and the smallest
// of every path to it, and finds a fifth of it at most: 5 eps sigma_max up to side 200. One-sided Jacobi itself is
// accurate relative to each value (Demmel and Veselic, SIAM J. Matrix Anal. 13 (1992)); the QR before it is so column
// by column (row by row of a wide matrix). Needs IEEE divisions and roots: not for -use_fast_math.
//
// Every choice depends on the shape and T alone, and every sum has a fixed order: the same bits for any batch.
#ifndef FR_CUDA_SVD_PATHS_CUH
#define FR_CUDA_SVD_PATHS_CUH

#include <cmath>

#include "session/session.h"

enum class SvdPath {
    by_shape,     // warp up to 32, block up to fr_svd_block_limit, tiles beyond
    warp,         // a warp (or a part of one) a matrix, in registers
    block_shared, // one block per matrix, in shared memory; where that is too small, as block_global
    block_global, // the same arithmetic, hence the same bits, in global memory
    tiles         // many blocks per matrix, in global memory
};

// The number of blocks that fold a piece of rows into a triangle (svd/qr.cu, svd/qr_columns.cu). The bits are the same.
enum class SvdFold { by_batch, one_block, columns };

// Options that tests choose; the backend uses the defaults.
struct SvdOptions {
    SvdFold fold = SvdFold::by_batch;
    SvdPath path = SvdPath::by_shape;
    int64_t slice = 0;      // most matrices at a time; 0: what fits in memory
    int64_t piece_rows = 0; // rows of the long side folded by one block (svd/qr.cu); 0: by shape
    int tile_elements = 0;  // numbers of a row a lane holds (svd/jacobi_tiles.cu): 8, 16, 32, 64; 0: by shape
};

constexpr int64_t fr_svd_side_limit = 2048;
// Longest side whose triangle fits in 227 KiB of shared memory (compute capability 9.0) in double.
constexpr int fr_svd_block_limit = 160;
constexpr int fr_svd_sweep_limit = 40;
constexpr int fr_svd_relative_sweeps = 14; // enough for any matrix that is not of low rank (svd/arithmetic.cuh)

inline double fr_svd_error_constant(int64_t side, int64_t longer) {
    return 8 + 0.5 * double(side) + std::sqrt(double(longer));
}

template <typename T> struct SvdNumber;
template <> struct SvdNumber<double> {
    using Bits = unsigned long long; // of magnitudes: ordered as the magnitudes are
    static constexpr double epsilon = 0x1p-52;
    static constexpr double negligible = 0x1p-900; // squared norms below it count as 0
    static constexpr double large_cotangent = 0x1p28;
    static constexpr int square_exponent = 1000; // the squares of a scaled matrix add up to at most 2^this
};
template <> struct SvdNumber<float> {
    using Bits = unsigned;
    static constexpr float epsilon = 0x1p-23f;
    static constexpr float negligible = 0x1p-100f;
    static constexpr float large_cotangent = 0x1p14f;
    static constexpr int square_exponent = 120;
};

// The matrices that are processed at a time, on the device.
template <typename T> struct SvdSlice {
    using Bits = typename SvdNumber<T>::Bits;
    fr_session *session;
    int64_t batch, rows, columns;
    int side;       // the shorter one, at least 1
    int64_t longer;
    int exponent;   // magnitudes are scaled to below 2^exponent
    const T *matrices;
    Bits *largest;  // of each matrix, as bits; of an infinity or NaN if it holds one
    T *triangles;   // batch x side x side, rows one after the other, zeros below the diagonal
    fr_singular *results;
    fr_outcome *outcomes;
};

template <typename T> fr_status fr_svd_find_largest(const SvdSlice<T> &slice);
// Elements of `workspace` that fr_svd_fold wants for each matrix.
int64_t fr_svd_fold_workspace(int64_t side, int64_t longer, int64_t piece_rows);
// Memory through which blocks of columns communicate; kept from slice to slice.
template <typename T> struct SvdFoldSpace {
    DeviceBuffer<T> reflections;
    DeviceBuffer<int> flags;
    int64_t reflections_held = 0, flags_held = 0;
};
// space: if NULL, one block per piece is used.
template <typename T>
fr_status fr_svd_fold(const SvdSlice<T> &slice, int64_t piece_rows, T *workspace, SvdFold wanted = SvdFold::by_batch,
                      SvdFoldSpace<T> *space = nullptr);
template <typename T> fr_status fr_svd_warp(const SvdSlice<T> &slice);
template <typename T> fr_status fr_svd_block(const SvdSlice<T> &slice, bool may_use_shared);
// workspace: 2 batch + 1 integers.
template <typename T> fr_status fr_svd_tiles(const SvdSlice<T> &slice, int elements, int *workspace);
template <typename T>
fr_status fr_cuda_svd_with(fr_session *session, T *matrices, int64_t batch, int64_t rows, int64_t columns,
                           fr_singular *results, fr_outcome *outcomes, const SvdOptions &options);

#endif
