// Small trials: each uses a block of threads, and a launch has thousands (docs/mathematics.md, section 13). The host
// lists the units of each trial beforehand. The kernel processes their columns as the host's proof would, on the
// assumption that every dependent column can be explained, and reports which columns are dependent. The host then
// repeats the proof with these reports. Private to Kernels/cuda/column_proof.
#ifndef FR_CUDA_COLUMN_PROOF_SMALL_CUH
#define FR_CUDA_COLUMN_PROOF_SMALL_CUH

#include "column_proof/bytes.cuh"
#include "column_proof/layout.h"

// A trial of the launch.
struct SmallJob {
    int32_t trial;      // of the round
    int32_t units;      // how many are listed
    int64_t first_unit; // of its list among all lists
};

// A unit of a list.
struct SmallUnit {
    int32_t most, reached; // fr_proof_unit_view
};

// A dependent column; unit: index into the trial's list.
struct SmallColumn {
    int32_t unit, coordinate;
};

// The device data that a launch reads and writes. reports: jobs x (1 + most_reports); `unit` of the first one is the
// number of those that follow.
struct SmallLaunch {
    int64_t n, words, coordinates, most_units, most_reports;
    const SmallJob *jobs;
    const SmallUnit *units;
    const uint64_t *patterns; // of the listed units, x words
    const int8_t *x;          // trials x coordinates x n: balanced residues
    SmallColumn *reports;
};

// The dynamic shared memory of a block. Offsets in bytes.
struct SmallLayout {
    int64_t leading;  // bytes per row of the factor: four times an odd number, so that rows start in different banks
    int64_t factor, inverses, sums, tile, lists, slots, pivots, bytes;

    static SmallLayout make(int64_t n, int64_t most_units) {
        SmallLayout l{};
        const int64_t slots = fr_round_up(n, 16);
        l.leading = slots + 4;
        l.factor = 0;
        l.inverses = l.factor + fr_round_up(n * l.leading, 16);
        l.sums = l.inverses + 16 * slots;
        l.tile = l.sums + 4 * 16 * fr_round_up(n, 4);
        l.lists = l.tile + 16 * fr_round_up(n, 4);
        l.slots = l.lists + fr_round_up(int64_t(sizeof(SmallUnit)) * most_units, 16);
        l.pivots = l.slots + fr_round_up(2 * n, 16);
        l.bytes = l.pivots + 2 * slots;
        return l;
    }
};

// Asynchronous on the context's stream.
fr_status fr_cuda_launch_small(StreamContext *context, ByteField field, const SmallLaunch &launch, int64_t jobs);
// Computes x of a round from residues as doubles: trials x d0 x padded.
fr_status fr_cuda_small_inputs(StreamContext *context, ByteField field, const ProofShape &shape, int64_t d0,
                               int64_t trials, const double *residues, int8_t *x);

#endif
