// Jacobians of deep networks in double precision, with the CPU's bits (Kernels/cpu/jacobian/deep_stage.c).
#include <algorithm>
#include <vector>

#include "check_arguments.h"
#include "samples/deep_network.h"
#include "session/launch.h"
#include "table.h"

namespace {

constexpr int row_tile = 16, column_tile = 256;

// A layer's block of rows first_row ..< first_row + rows, counted through the rows of all trials.
struct LayerBlock {
    int64_t points, padded, units, inputs, k, columns, first_column;
    int64_t first_row, rows;
    const double *deltas, *x; // of the layer, by trial
    double *out;              // rows x columns
    int *not_finite;          // by trial
};

// How the work divides: a block handles 256 neighbouring columns of 16 neighbouring rows, and a thread one column of
// them. It reads up to 16 neighbouring deltas and inputs; neighbouring threads write neighbouring entries of a row. The
// bandwidth of the writes is the bound.
__global__ void build_deep_jacobians(LayerBlock b) {
    const int64_t columns = b.units * b.k, column_tiles = (columns + column_tile - 1) / column_tile;
    const int64_t row_tiles = (b.rows + row_tile - 1) / row_tile;
    for (int64_t item = blockIdx.x; item < row_tiles * column_tiles; item += gridDim.x) {
        const int64_t column = item % column_tiles * column_tile + threadIdx.x, first = item / column_tiles * row_tile;
        if (column >= columns) continue;
        const int64_t u = column / b.k, c = column % b.k;
        const int rows = int(b.rows - first < row_tile ? b.rows - first : row_tile);
        for (int i = 0; i < rows; i++) {
            const int64_t t = (b.first_row + first + i) / b.points, j = (b.first_row + first + i) % b.points;
            const double delta = b.deltas[(t * b.units + u) * b.padded + j];
            double value = delta;
            if (c < b.inputs) {
                value = delta == 0.0 ? 0.0 : delta * b.x[(t * b.inputs + c) * b.padded + j];
                if (value - value != 0) b.not_finite[t] = 1; // an infinity or a NaN
            }
            b.out[(first + i) * b.columns + b.first_column + column] = value;
        }
    }
}

fr_status build(fr_session *session, const DeepNetwork &network, int64_t first_row, int64_t rows, double *out) {
    for (int64_t l = 0; l < network.layers(); l++) {
        const DeepLayer &layer = network.layer(l);
        const int64_t units = layer.problem.units, columns = units * layer.k;
        if (columns == 0) continue;
        const LayerBlock block = {
            network.points(), network.padded(), units, layer.problem.inputs, layer.k, network.columns(),
            layer.first_column, first_row, rows, layer.deltas, layer.inputs, out, network.not_finite()};
        const int64_t tiles = (rows + row_tile - 1) / row_tile * ((columns + column_tile - 1) / column_tile);
        FR_LAUNCH(build_deep_jacobians, fr_cuda_blocks(tiles, 1), column_tile, 0, session->stream, block);
        FR_TRY_LAUNCH(session, "building Jacobians");
    }
    return FR_OK;
}

// Handles `trials` trials together, with their rows in as many parts as memory requires.
fr_status write_batch(fr_session *session, const DeepProblem &deep, uint64_t first_trial, int64_t trials,
                      double *jacobians, fr_outcome *outcomes) {
    DeepNetwork network(deep);
    FR_PASS(network.allocate(session, trials));
    const int64_t columns = network.columns(), rows = trials * network.points();
    const double fit = double(fr_cuda_memory_budget(session)) / (8.0 * double(columns));
    const int64_t part = std::clamp<int64_t>(fit < double(rows) ? int64_t(fit) : rows, 1, rows);
    DeviceBuffer<double> built;
    FR_PASS(built.allocate(session, fr_bytes(part, columns, 1)));
    FR_PASS(network.draw(session, first_trial, trials));
    FR_PASS(network.differentiate(session, trials));
    for (int64_t row = 0; row < rows; row += part) {
        if (fr_cuda_is_cancelled(session)) return fr_cuda_fail(session, FR_CANCELLED, "cancelled");
        const int64_t now = std::min(part, rows - row);
        FR_PASS(build(session, network, row, now, built));
        FR_TRY(session,
               cudaMemcpyAsync(jacobians + row * columns, built.get(), size_t(now * columns) * sizeof(double),
                               cudaMemcpyDeviceToHost, session->stream),
               "copying Jacobians");
    }
    std::vector<int> not_finite(static_cast<size_t>(trials));
    FR_PASS(network.read_not_finite(session, trials, not_finite.data()));
    for (int64_t t = 0; t < trials; t++) outcomes[t] = not_finite[size_t(t)] ? FR_NOT_FINITE : FR_COMPUTED;
    return FR_OK;
}

} // namespace

fr_status fr_cuda_deep_jacobians(fr_session *session, const fr_problem *problem, const int64_t *widths, int64_t earlier,
                                 uint64_t first_trial, int64_t trials, double *jacobians, fr_outcome *outcomes) {
    const DeepProblem deep = {problem, widths, earlier};
    FR_PASS(fr_cuda_check_deep(session, deep, first_trial, trials));
    if (trials == 0) return FR_OK;
    const DeepNetwork network(deep); // its shape
    const int64_t entries = problem->points * network.columns();
    if (fr_bytes(trials, entries, sizeof *jacobians) > PTRDIFF_MAX)
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "trials x points x parameters is too large");
    if (outcomes == nullptr || (jacobians == nullptr && entries > 0))
        return fr_cuda_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", outcomes ? "jacobians" : "outcomes");
    std::fill(outcomes, outcomes + trials, entries == 0 ? FR_COMPUTED : FR_NOT_COMPUTED);
    if (entries == 0) return FR_OK;
    const double fit = double(fr_cuda_memory_budget(session)) / (network.bytes_a_trial() + 8.0 * double(entries));
    int64_t batch = std::clamp<int64_t>(fit < double(trials) ? int64_t(fit) : trials, 1, trials);
    for (int64_t done = 0; done < trials;) {
        if (fr_cuda_is_cancelled(session)) return fr_cuda_fail(session, FR_CANCELLED, "cancelled");
        const int64_t now = std::min(batch, trials - done);
        const fr_status status =
            write_batch(session, deep, first_trial + uint64_t(done), now, jacobians + done * entries, outcomes + done);
        if (status == FR_OUT_OF_MEMORY && batch > 1) {
            batch = (batch + 1) / 2;
            continue;
        }
        FR_PASS(status);
        done += now;
        session->done.store(double(done) / double(trials), std::memory_order_relaxed);
    }
    return FR_OK;
}
