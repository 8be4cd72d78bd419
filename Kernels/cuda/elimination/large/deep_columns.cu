// The columns of a deep network's Jacobian as a column generator for the elimination of large trials, layer by layer
// from the last: each the product of a delta and an input, made where it is needed. Units whose delta is zero on all
// points, or on all that the last non-pivot rows depend on, are left out by the host. The CPU's twin is
// Kernels/cpu/elimination/deep_columns.c.
#include "elimination/large/deep_columns.cuh"

#include <algorithm>

#include "session/uploads.h"

namespace {

struct Column {
    const double *delta, *input; // by point; input NULL: the bias
};

// A thread makes one row's entries in every gridDim.y-th column: two residues read almost in order where rows are, 8
// bytes written an entry.
__global__ void fill_deep(fr_field field, const Column *block, int64_t columns, const int32_t *rows, int64_t count,
                          LargeMatrix out) {
    for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += int64_t(gridDim.x) * blockDim.x) {
        const int32_t row = rows[i];
        for (int64_t j = blockIdx.y; j < columns; j += gridDim.y) {
            const Column column = block[j];
            double entry = column.delta[row];
            if (column.input && entry != 0.0) entry = fr_reduce(field, entry * column.input[row]);
            out.at[i + j * out.ld] = entry;
        }
    }
}

class DeepGenerator : public ColumnGenerator {
public:
    DeepGenerator(StreamContext *context, const DeepProblem &deep, uint32_t prime, int64_t block)
        : context_(context), prime_(prime), network_(deep), words_(network_.words()), block_(block) {}

    double bytes() const { return network_.bytes_a_trial() + double(sizeof(Column)) * double(block_) + 4.0; }

    fr_status prepare() {
        FR_PASS(network_.allocate(context_, 1));
        FR_PASS(device_block_.allocate(context_, size_t(block_)));
        FR_PASS(count_.allocate(context_, 1));
        host_block_.resize(size_t(block_));
        return FR_OK;
    }

    // From the first column of a trial on. *finite: a number overflowed, and there is nothing to eliminate.
    fr_status begin(uint64_t trial, bool *finite) {
        int not_finite = 0;
        FR_PASS(network_.draw(context_, trial, 1));
        FR_PASS(network_.read_not_finite(context_, 1, &not_finite));
        *finite = not_finite == 0;
        if (!*finite) return FR_OK;
        FR_PASS(network_.differentiate_mod(context_, prime_, 1));
        layer_ = network_.layers();
        return next_layer();
    }

    fr_status next(int64_t want) override {
        columns.clear();
        inside_unit = false;
        while (layer_ >= 0 && int64_t(columns.size()) < want) {
            const DeepLayer &layer = network_.layer(layer_);
            const int64_t room = want - int64_t(columns.size()), k = layer.k;
            if (unit_ == layer.problem.units) {
                FR_PASS(next_layer());
                continue;
            }
            if (coordinate_ == 0 && !is_useful(unit_)) {
                unit_++;
                continue;
            }
            if (coordinate_ == 0 && !columns.empty() && k > room) break; // a whole unit if it fits at all
            last_pattern_ = layer.patterns + unit_ * words_;
            const int64_t end = std::min(k, coordinate_ + room), padded = network_.padded();
            for (; coordinate_ < end; coordinate_++) {
                const bool is_bias = coordinate_ == layer.problem.inputs;
                host_block_[columns.size()] = {layer.deltas + unit_ * padded,
                                               is_bias ? nullptr : layer.inputs + coordinate_ * padded};
                columns.push_back(layer.first_column + unit_ * k + coordinate_);
            }
            inside_unit = coordinate_ < k;
            if (!inside_unit) skip_unit();
        }
        if (columns.empty()) return FR_OK;
        return fr_cuda_upload(context_, device_block_.get(), host_block_.data(), columns.size(),
                              "copying columns' places");
    }

    fr_status fill(const int32_t *rows, int64_t count, LargeMatrix out) override {
        const int64_t width = int64_t(columns.size());
        if (count == 0) return FR_OK;
        FR_LAUNCH(fill_deep, fr_large_grid(count, width), fr_large_threads, 0, context_->stream, fr_field_make(prime_),
                  device_block_.get(), width, rows, count, out);
        FR_TRY_LAUNCH(context_, "building columns");
        return FR_OK;
    }

    fr_status count_affected(const int32_t *nonpivot_rows, int64_t nonpivots, const int32_t *pivot_rows, int64_t rank,
                             LargeMatrix m, int64_t *affected) override {
        return fr_large_count_affected(context_, last_pattern_, nonpivot_rows, nonpivots, pivot_rows, rank, m, count_,
                                       affected);
    }

    void skip_unit() override {
        coordinate_ = 0;
        unit_++;
    }

private:
    // To the layer before, whose units' supports the host is to know.
    fr_status next_layer() {
        if (fr_cuda_is_cancelled(context_)) return fr_cuda_fail(context_, FR_CANCELLED, "cancelled");
        unit_ = coordinate_ = 0;
        if (--layer_ < 0) return FR_OK;
        const DeepLayer &layer = network_.layer(layer_);
        host_patterns_.resize(size_t(layer.problem.units * words_));
        if (host_patterns_.empty()) return FR_OK;
        FR_TRY(context_,
               cudaMemcpyAsync(host_patterns_.data(), layer.patterns, host_patterns_.size() * sizeof(uint64_t),
                               cudaMemcpyDeviceToHost, context_->stream),
               "copying patterns");
        FR_TRY(context_, cudaStreamSynchronize(context_->stream), "going through a network");
        return FR_OK;
    }

    // The filter is never told of units it saw: deltas differ where they are not zero.
    bool is_useful(int64_t unit) {
        const uint64_t *pattern = host_patterns_.data() + unit * words_;
        if (std::all_of(pattern, pattern + words_, [](uint64_t word) { return word == 0; })) return false;
        return !filter || fr_pattern_filter_useful(filter, pattern);
    }

    StreamContext *context_;
    uint32_t prime_;
    DeepNetwork network_;
    int64_t words_, block_;
    DeviceBuffer<Column> device_block_;
    DeviceBuffer<int32_t> count_;
    std::vector<Column> host_block_;
    std::vector<uint64_t> host_patterns_; // of the layer's units
    const uint64_t *last_pattern_ = nullptr; // device: of the unit of the block's last column
    int64_t layer_ = -1, unit_ = 0, coordinate_ = 0; // of the next column; layer_ < 0: none left
};

} // namespace

fr_status fr_cuda_eliminate_deep_large_with(fr_session *session, const fr_large_options &options,
                                            const DeepProblem &deep, uint32_t prime, uint64_t first_trial,
                                            int64_t trials, int64_t *pivot_columns, fr_outcome *outcomes) {
    std::fill(outcomes, outcomes + trials, FR_NOT_COMPUTED);
    const int64_t n = deep.problem->points, block = LargeElimination::block_columns(n, options);
    const StreamPlan plan = {trials, LargeElimination::useful_streams(n, options),
                           LargeElimination::bytes(n, options) + DeepGenerator(session, deep, prime, block).bytes()};
    if (plan.items > 0) FR_PASS(fr_large_check_products(session));
    return fr_cuda_run_streams(session, plan, [&](StreamContext *context, StreamItems &items) {
        DeepGenerator generator(context, deep, prime, block);
        LargeElimination elimination(context, prime, options);
        FR_PASS(elimination.prepare(n, generator.bytes()));
        FR_PASS(generator.prepare());
        int64_t trial;
        while (items.next(&trial)) {
            bool finite;
            FR_PASS(generator.begin(first_trial + uint64_t(trial), &finite));
            if (finite) FR_PASS(elimination.run(&generator, &items, pivot_columns + trial * n));
            outcomes[trial] = finite ? FR_COMPUTED : FR_NOT_FINITE;
        }
        return FR_OK;
    });
}

fr_status fr_cuda_eliminate_deep_large(fr_session *session, const DeepProblem &deep, uint32_t prime,
                                       uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                       fr_outcome *outcomes) {
    return fr_cuda_eliminate_deep_large_with(session, fr_large_options(), deep, prime, first_trial, trials,
                                             pivot_columns, outcomes);
}
