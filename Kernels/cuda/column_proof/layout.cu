// The sizes of a proof on the device.
#include "column_proof/bytes.cuh"
#include "column_proof/layout.h"

// The panel costs d^2 steps on bytes for each pivot, and the inverses of diagonal blocks cost n d in products. By count
// this is about a tenth of the whole at d = n / 20.
static constexpr int64_t most_diagonal = 1024; // one thread per row, in panel.cu
static int64_t default_diagonal(int64_t rows) { return rows <= 4096 ? 256 : rows <= 32768 ? 512 : 1024; }

ProofShape ProofShape::make(const fr_problem *problem, const ProofOptions &options) {
    ProofShape s{};
    s.n = problem->points;
    s.k = problem->inputs + (problem->bias ? 1 : 0);
    s.rows = fr_round_up(s.n, FR_PROOF_STEP);
    s.words = (s.n + 63) / 64;
    s.padded = 64 * s.words;
    s.inputs = std::min(problem->inputs, s.n);
    s.coordinates = std::min(s.k, s.n);
    s.diagonal = std::min({options.diagonal ? options.diagonal : default_diagonal(s.rows), s.rows, most_diagonal});
    s.block = std::min(options.block ? options.block : 2 * s.diagonal, s.rows);
    s.strip = std::min(options.strip ? options.strip : int64_t(1024), s.rows);
    s.delay = options.delay ? options.delay : fr_byte_delay;
    // A batch has 4 MB of patterns, and 64 to 512 units.
    const int64_t in_4_megabytes = (int64_t(4) << 20) / (8 * s.words + 1);
    s.unit_batch = options.unit_batch ? options.unit_batch : std::max<int64_t>(64, std::min<int64_t>(512, in_4_megabytes));
    s.unit_batch = std::max<int64_t>(1, std::min(s.unit_batch, problem->units));
    s.factor = {s.rows, s.strip};
    return s;
}

double ProofShape::bytes(const fr_problem *problem) const {
    const double points = double(padded), d0 = double(problem->inputs), width = double(block);
    const double units = double(unit_batch) + width; // number of units whose patterns are kept
    return double(factor.bytes()) + double(rows) * (double(diagonal) + width + double(coordinates)) +
           4.0 * double(std::max(strip, diagonal)) * width + 16.0 * d0 * points + 8.0 * units * double(words) +
           8.0 * double(unit_batch) * (d0 + 1.0) + 32.0 * double(rows);
}
