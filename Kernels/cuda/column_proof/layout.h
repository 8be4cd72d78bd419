// Where the device stores the factor of a proof, and the width of its blocks. All arithmetic is on the host in 64 bits:
// the factor of n = 400,000 has 8e10 bytes. Private to Kernels/cuda/column_proof.
#ifndef FR_CUDA_COLUMN_PROOF_LAYOUT_H
#define FR_CUDA_COLUMN_PROOF_LAYOUT_H

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "session/session.h"

// Zeros mean the defaults; tests choose small sizes, so that small matrices reach every path.
struct ProofOptions {
    int64_t diagonal = 0;   // columns that are inverted together
    int64_t block = 0;      // columns that are updated together, a multiple of `diagonal`
    int64_t strip = 0;      // rows of one product
    int64_t delay = 0;      // products between reductions
    int64_t unit_batch = 0; // units drawn at a time
    int streams = 0;        // trials side by side
    int64_t round = 0;      // small trials in one launch
    bool large = false;     // treat no trial as small
};

inline int64_t fr_round_up(int64_t x, int64_t to) { return (x + to - 1) / to * to; }

// B: row t of the matrix has one byte for each pivot before it. Rows are kept in strips. Each strip is a row-major
// rectangle with as many columns as there are pivots before or on its last row. Leading dimensions are multiples of 16.
struct FactorLayout {
    int64_t rows, strip; // both multiples of 16

    int64_t strips() const { return (rows + strip - 1) / strip; }
    __host__ __device__ int64_t leading(int64_t row) const { return (row / strip + 1) * strip; }
    __host__ __device__ int64_t at(int64_t row, int64_t column) const {
        const int64_t s = row / strip;
        return strip * strip * (s * (s + 1) / 2) + (row - s * strip) * leading(row) + column;
    }
    size_t bytes() const { return size_t(strip) * size_t(strip) * (size_t(strips()) * size_t(strips() + 1) / 2); }
    // The first row after `row` that is in another strip, or `end`.
    int64_t strip_end(int64_t row, int64_t end) const { return std::min(end, (row / strip + 1) * strip); }
};

struct ProofShape {
    int64_t n, k, rows;      // rows: n padded
    int64_t words, padded;   // of a pattern; points of the inputs, padded to whole words
    int64_t inputs, coordinates; // min(d0, n); min(k, n): no unit has more pivots than there are points
    int64_t diagonal, block, strip;
    int64_t delay, unit_batch;
    FactorLayout factor;

    static ProofShape make(const fr_problem *problem, const ProofOptions &options);
    // Device bytes of a trial that is proved alone.
    double bytes(const fr_problem *problem) const;
};

#endif
