// What the two forms of the QR decomposition share (svd/qr.cu, svd/qr_columns.cu).
#ifndef FR_CUDA_SVD_QR_CUH
#define FR_CUDA_SVD_QR_CUH

#include "svd/arithmetic.cuh"

// One level of the reduction: every source matrix is `long_rows` x side (of the long side), cut into `pieces` of
// `piece_rows` rows each (the last may be shorter, or empty), each of which becomes one triangle.
template <typename T> struct SvdLevel {
    const T *source;
    int64_t matrix_stride, row_stride, column_stride;
    const typename SvdNumber<T>::Bits *largest; // NULL: already scaled
    int exponent;
    int64_t long_rows, piece_rows;
    unsigned pieces;
    int side;
    int64_t items; // batch x pieces
    T *triangles;  // items x side x side
};

// Rows of a tile: by the side alone, so that both forms have the same bits.
constexpr int fr_svd_tile_rows(int64_t side) { return side <= 8 ? 8 : side <= 16 ? 16 : side <= 512 ? 32 : side <= 1024 ? 16 : 8; }

// Where a tile of a piece's rows begins, and which part of it a thread's column contains.
template <typename T> struct SvdPiece {
    const T *source;
    int64_t first_row, end_row;
    T first_factor, second_factor;

    __device__ SvdPiece(const SvdLevel<T> &level, int64_t item) {
        const int64_t matrix = item / level.pieces;
        first_row = item % level.pieces * level.piece_rows;
        end_row = first_row + level.piece_rows < level.long_rows ? first_row + level.piece_rows : level.long_rows;
        source = level.source + matrix * level.matrix_stride;
        first_factor = second_factor = 1;
        if (level.largest != nullptr) {
            const SvdScale<T> scale(level.largest[matrix], level.exponent);
            first_factor = scale.first;
            second_factor = scale.second;
        }
    }
    // Row `row` of the matrix in column c; 0 beyond the piece.
    __device__ T at(const SvdLevel<T> &level, int64_t row, int c) const {
        return row < end_row ? source[row * level.row_stride + c * level.column_stride] * first_factor * second_factor
                             : T(0);
    }
};

// The reflection 1 - tau v v' with v = (1, scale * column) that takes (alpha, column) to (beta, 0).
template <typename T> struct SvdReflection {
    T beta, tau, scale;

    template <int TILE> __device__ static SvdReflection of(const T (&column)[TILE], T alpha) {
        T sums[4] = {0, 0, 0, 0};
        SVD_UNROLL
        for (int k = 0; k < TILE; k++) sums[k % 4] = svd_fma(column[k], column[k], sums[k % 4]);
        const T squares = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        SvdReflection r = {alpha, 0, 0};
        if (squares >= SvdNumber<T>::negligible) {
            r.beta = -copysign(sqrt(svd_fma(alpha, alpha, squares)), alpha);
            r.tau = (r.beta - alpha) / r.beta;
            r.scale = T(1) / (alpha - r.beta);
        }
        return r;
    }
};

// The same with many blocks per piece, one for each group of neighbouring columns. *done becomes false if one block per
// piece is the better form, or memory is short; nothing is written then.
template <typename T>
fr_status fr_svd_fold_columns(fr_session *session, const SvdLevel<T> &level, SvdFold wanted, SvdFoldSpace<T> *space,
                              bool *done);

#endif
