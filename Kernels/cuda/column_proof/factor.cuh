// The factor of a proof on the device: the stored data of the pivots found, and their application to a block of new
// columns (docs/mathematics.md, section 13). Private to Kernels/cuda/column_proof.
//
// With D_K the K-th diagonal block, of up to `diagonal` columns, B_tK the rows of its columns below it, and C the new
// columns:
//
//     U_K = D_K^-1 (C_K - sum over L < K of B_KL U_L),      C_t <- C_t - sum over K of B_tK U_K.
//
// B is row-major, C column-major, so that a product B U has the form that cuBLAS's kernels for bytes require: both
// factors contiguous along the inner dimension. U_K takes the place of C_K. D_K^-1 is row-major with `diagonal` bytes
// per row.
#ifndef FR_CUDA_COLUMN_PROOF_FACTOR_CUH
#define FR_CUDA_COLUMN_PROOF_FACTOR_CUH

#include <vector>

#include "column_proof/bytes.cuh"
#include "column_proof/layout.h"

// The row exchanges that the panel requires, in order.
struct RowExchange {
    int32_t first, second;
};

// The report of a panel to the host.
struct PanelState {
    int32_t count;     // pivots of the last tile
    int32_t first;     // its first exchange
    int32_t stopped;   // column of the panel for which its rows hold no pivot, or -1
    int32_t exchanges; // not yet applied
    int32_t found;     // a row from below, or INT32_MAX
};

class ProofFactor {
public:
    ProofFactor(StreamContext *context, const ProofShape &shape) : context_(context), shape_(shape) {}
    fr_status prepare();
    // Starts with no pivots and every point in its place.
    fr_status begin(ByteField field, const double *residues);
    // Fills the block's columns: column j is coordinate[j] of the inputs where unit_pattern[j] is active. There are
    // `padded` columns; those from `count` on are zero. All arguments are on the host, and may be changed only after
    // the next synchronisation.
    fr_status fill(int64_t count, int64_t padded, const std::vector<int32_t> &descriptors,
                   const std::vector<uint64_t> &patterns);
    // Applies the diagonal blocks of pivots first ..< last to columns from ..< to of the block. All four are multiples
    // of 16.
    fr_status apply(int64_t first, int64_t last, int64_t from, int64_t to);
    // Inverts the diagonal block of columns from ..< from + size, which follow `pivots` pivots. *found becomes `size`,
    // or the first column that depends on those before it. The host waits.
    fr_status invert(int64_t pivots, int64_t from, int64_t size, int64_t *found);
    // Stores the result of `invert`, for all its columns, as the next diagonal block.
    fr_status keep(int64_t pivots, int64_t from, int64_t size);
    int64_t diagonal_blocks() const { return int64_t(blocks_.size()); }

private:
    struct Diagonal {
        int64_t start, size;
    };
    int8_t *row(int64_t row, int64_t column) const { return b_ + shape_.factor.at(row, column); }
    int8_t *columns(int64_t row, int64_t column) const { return c_ + column * shape_.rows + row; }
    int8_t *inverse(int64_t start) const { return inverses_ + start * shape_.diagonal; }
    fr_status multiply(int64_t rows, int64_t count, int64_t inner, const int8_t *left, int64_t leading,
                       const int8_t *right, int8_t *out, bool subtract);
    fr_status subtract_rows(int64_t begin, int64_t end, int64_t first, int64_t last, int64_t from, int64_t to);
    fr_status exchange(int64_t pivots);
    fr_status read_state(PanelState *state);
    fr_status bring_row(int64_t pivots, int64_t from, int64_t size, int64_t at, bool *found);

    StreamContext *const context_;
    const ProofShape shape_;
    ByteField field_{};
    std::vector<Diagonal> blocks_;
    int64_t width_ = 0; // columns of the block at hand, padded
    DeviceBuffer<int8_t> b_, c_, inverses_, x_, pivot_rows_;
    DeviceBuffer<int32_t> sums_, point_, descriptors_;
    DeviceBuffer<uint64_t> patterns_;
    DeviceBuffer<RowExchange> exchanges_;
    DeviceBuffer<PanelState> state_;
};

// ---- launches of kernels, asynchronous on the context's stream ----

// Columns of a block, rows contiguous.
struct ByteColumns {
    int8_t *at;
    int64_t ld;
};

// column_proof/columns.cu. x: coordinates x rows, by position; point: by position, -1 beyond the last.
fr_status fr_proof_place_points(StreamContext *context, const ProofShape &shape, ByteField field, const double *residues,
                                int32_t *point, int8_t *x);
fr_status fr_proof_fill(StreamContext *context, const ProofShape &shape, int64_t count, int64_t padded,
                        const int32_t *descriptors, const uint64_t *patterns, const int32_t *point, const int8_t *x,
                        ByteColumns out);
// out = (subtract ? out : 0) -+ sums, mod p.
fr_status fr_proof_reduce(StreamContext *context, ByteField field, int64_t rows, int64_t columns, const int32_t *sums,
                          int64_t leading, ByteColumns out, bool subtract);
// Applies the state's exchanges, in order, to the factor's columns before `pivots`, the block's columns, the inputs and
// the points.
fr_status fr_proof_exchange(StreamContext *context, const ProofShape &shape, int64_t pivots, int64_t width,
                            const RowExchange *exchanges, PanelState *state, int8_t *factor, ByteColumns c, int8_t *x,
                            int32_t *point);
// Rows begin ..< end of `size` columns of c become the factor's columns from `pivots` on.
fr_status fr_proof_store(StreamContext *context, const ProofShape &shape, int64_t begin, int64_t end, int64_t pivots,
                         int64_t size, ByteColumns c, int8_t *factor);

// column_proof/panel.cu. t: size x size, row-major, `diagonal` bytes per row; the state of Gauss and Jordan's
// elimination.
fr_status fr_proof_load_panel(StreamContext *context, const ProofShape &shape, int64_t size, ByteColumns c, int8_t *t,
                              PanelState *state);
// Eliminates from column `at` on. pivot_rows: 32 x diagonal.
fr_status fr_proof_eliminate_panel(StreamContext *context, const ProofShape &shape, ByteField field, int64_t pivots,
                                   int64_t at, int64_t size, int8_t *t, int8_t *pivot_rows, RowExchange *exchanges,
                                   PanelState *state);
// state->found becomes the first of rows begin ..< end that is not 0 in column `at` after the preceding steps. c: the
// panel's columns, from the matrix's first row on.
fr_status fr_proof_find_row(StreamContext *context, const ProofShape &shape, ByteField field, int64_t begin,
                            int64_t end, int64_t at, ByteColumns c, const int8_t *t, PanelState *state);
// Computes row `at` of t from the row that is now there, after the preceding steps. c: from the panel's first row on.
fr_status fr_proof_insert_row(StreamContext *context, const ProofShape &shape, ByteField field, int64_t at, int64_t size,
                              ByteColumns c, int8_t *t);

#endif
