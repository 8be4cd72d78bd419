/* The numbers of one stream, for programs above the kernels. */
#include "fullrank_numbers.h"

#include "sampling.h"

void fr_stream_bits(uint64_t seed, uint64_t trial, uint32_t stream, uint32_t row, uint32_t column, uint64_t *low,
                    uint64_t *high) {
    const fr_bits bits = fr_raw_bits(seed, trial, stream, row, column);
    *low = bits.low;
    *high = bits.high;
}

static fr_pair value_pair(fr_pair raw, fr_stream_values kind, double bound) {
    switch (kind) {
    case FR_STREAM_NORMAL: return fr_normal_pair(raw);
    case FR_STREAM_UNIT: return fr_uniform_pair(raw);
    default: return fr_symmetric_pair(raw, bound);
    }
}

void fr_stream_matrix(uint64_t seed, uint64_t trial, uint32_t stream, int64_t rows, int64_t columns,
                      fr_stream_values kind, double bound, double *values) {
    for (int64_t row = 0; row < rows; row++) {
        double *at = values + row * columns;
        for (int64_t column = 0; column < columns; column += 2) {
            const fr_pair raw = fr_raw_pair(seed, trial, stream, (uint32_t)row, (uint32_t)(column / 2));
            const fr_pair pair = value_pair(raw, kind, bound);
            at[column] = pair.first;
            if (column + 1 < columns) at[column + 1] = pair.second;
        }
    }
}
