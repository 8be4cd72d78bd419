// Rank profiles of dense matrices of residues: the columns as they stand.
#include "elimination/large/elimination.cuh"

#include <algorithm>

namespace {

// A thread copies one column's entries in every gridDim.y-th row: read coalesced along the matrix's rows, written a
// sector an entry. 40 bytes of traffic an entry, and each entry of the matrix comes by about once.
__global__ void fill_dense(const double *matrix, int64_t matrix_columns, int64_t columns, const int32_t *rows,
                           int64_t count, LargeMatrix out) {
    for (int64_t j = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; j < columns; j += int64_t(gridDim.x) * blockDim.x)
        for (int64_t i = blockIdx.y; i < count; i += gridDim.y)
            out.at[i + j * out.ld] = matrix[rows[i] * matrix_columns + j];
}

class DenseGenerator : public ColumnGenerator {
public:
    DenseGenerator(StreamContext *context, const double *matrix, int64_t matrix_columns)
        : context_(context), matrix_(matrix), matrix_columns_(matrix_columns) {}

    fr_status next(int64_t want) override {
        first_ += int64_t(columns.size());
        const int64_t rest = matrix_columns_ - first_;
        columns.resize(size_t(rest < want ? rest : want));
        for (size_t c = 0; c < columns.size(); c++) columns[c] = first_ + int64_t(c);
        return FR_OK;
    }

    fr_status fill(const int32_t *rows, int64_t count, LargeMatrix out) override {
        const int64_t width = int64_t(columns.size());
        if (count == 0) return FR_OK;
        FR_LAUNCH(fill_dense, fr_large_grid(width, count), fr_large_threads, 0, context_->stream, matrix_ + first_,
                  matrix_columns_, width, rows, count, out);
        FR_TRY_LAUNCH(context_, "copying columns");
        return FR_OK;
    }

private:
    StreamContext *context_;
    const double *matrix_;
    int64_t matrix_columns_, first_ = 0;
};

} // namespace

fr_status fr_cuda_eliminate_dense_with(fr_session *session, const fr_large_options &options, const double *residues,
                                       int64_t batch, int64_t rows, int64_t columns, uint32_t prime,
                                       int64_t *pivot_columns, fr_outcome *outcomes) {
    std::fill(outcomes, outcomes + batch, FR_NOT_COMPUTED);
    const StreamPlan plan = {batch, LargeElimination::useful_streams(rows, options),
                           LargeElimination::bytes(rows, options)};
    if (plan.items > 0) FR_PASS(fr_large_check_products(session));
    return fr_cuda_run_streams(session, plan, [&](StreamContext *context, StreamItems &items) {
        LargeElimination elimination(context, prime, options);
        FR_PASS(elimination.prepare(rows, 0.0));
        int64_t i;
        while (items.next(&i)) {
            DenseGenerator generator(context, residues + i * rows * columns, columns);
            FR_PASS(elimination.run(&generator, &items, pivot_columns + i * rows));
            outcomes[i] = FR_COMPUTED;
        }
        return FR_OK;
    });
}

fr_status fr_cuda_eliminate_dense(fr_session *session, const double *residues, int64_t batch, int64_t rows,
                                  int64_t columns, uint32_t prime, int64_t *pivot_columns, fr_outcome *outcomes) {
    return fr_cuda_eliminate_dense_with(session, fr_large_options(), residues, batch, rows, columns, prime,
                                        pivot_columns, outcomes);
}
