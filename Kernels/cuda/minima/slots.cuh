// Regions on the device: the contents and layout of a slot. Shared by the kernels of Kernels/cuda/minima.
#ifndef FR_CUDA_MINIMA_SLOTS_CUH
#define FR_CUDA_MINIMA_SLOTS_CUH

#include "minima_solver.h"
#include "session/session.h"

// Largest k of a cell for which a thread's registers hold the inverse of the simplex method.
constexpr int fr_minima_most_k = 8;

// The offsets of a slot's parts in bytes, all multiples of 64. N, K, D: the largest n, k and number of units for which
// the slots are allocated. The parts returned to the host are first, then those that the host fills, then the rest.
struct MinimaLayout {
    int64_t points, dimensions, units, words; // N, K, D, words of N points
    size_t header, ray_units, ray_zeros, zeros;
    size_t answer_bytes; // up to here
    size_t inputs, labels, patterns, signs, inside;
    size_t filled_bytes; // from inputs to here
    // K x K x D: entry (edge q, coordinate c) of a unit at (q K' + c) D + unit, K' = k; the last is the ray
    size_t inverse;
    size_t ready;    // D: whether the unit is at a ray
    size_t refused;  // D: the step at which its ray was last of no use
    size_t values;   // D: product of the ray's direction with the residual; 0: not useful
    size_t residual, column, parts, trial; // N each
    size_t used, kept; // active sets, as below
    size_t coefficients, projections, set_units, set_zeros, q, r; // in an active set
    size_t bytes; // of a slot
};

// The layout for regions of up to this many points, dimensions (from 1 to fr_minima_most_k) and units, at least 1 each.
MinimaLayout fr_cuda_minima_layout(int64_t points, int64_t dimensions, int64_t units);

// An active set: rays in use with Q R = the matrix of their labels, as Kernels/cpu/minima/region/nnls.h keeps it: Q and
// R by columns, at t N.
struct MinimaHeader {
    int32_t status; // MinimaStatus
    int32_t count, kept_count;
    int32_t steps, turns;
    int32_t reserved;
    double least;      // smaller products with the residual are of no use
    double label_size; // |y|
};

enum MinimaStatus { MINIMA_RUNS = 3 }; // beside fr_solved

// One region of a launch.
struct MinimaTask {
    int32_t slot, width, start; // fr_solver_start
    int32_t n, k, units, words;
};

struct MinimaSlots {
    MinimaLayout at;
    unsigned char *memory;
    template <typename T> __host__ __device__ T *part(int64_t slot, size_t offset) const {
        return reinterpret_cast<T *>(memory + size_t(slot) * at.bytes + offset);
    }
};

// The part of a region that one of its kernels needs.
struct MinimaRegion {
    const MinimaSlots &slots;
    const MinimaTask &task;
    template <typename T> __device__ T *part(size_t offset) const { return slots.part<T>(task.slot, offset); }
    __device__ MinimaHeader *header() const { return part<MinimaHeader>(slots.at.header); }
    __device__ const double *points() const { return part<double>(slots.at.inputs); }
    __device__ const uint64_t *pattern(int64_t unit) const {
        return part<uint64_t>(slots.at.patterns) + unit * task.words;
    }
    __device__ double *inverse(int64_t unit) const { return part<double>(slots.at.inverse) + unit; }
    __device__ int32_t *zeros(int64_t unit) const { return part<int32_t>(slots.at.zeros) + unit; }
};

__device__ inline bool minima_is_active(const uint64_t *pattern, int64_t j) { return pattern[j / 64] >> (j % 64) & 1; }

// a b + c: fused on the device; no final result depends on its rounding.
__device__ inline double minima_madd(double a, double b, double c) {
#if defined(FR_HOST_BUILD)
    return a * b + c;
#else
    return fma(a, b, c);
#endif
}

// Launches, asynchronous on the context's stream. Tasks are on the device.
// New slots: moves every unit to some ray of its cell.
fr_status fr_cuda_minima_begin_cells(StreamContext *context, const MinimaSlots &slots, const MinimaTask *tasks,
                                     int64_t count, int64_t units, int k);
// Finds the best ray of each unit of all running tasks, and its gain.
fr_status fr_cuda_minima_price(StreamContext *context, const MinimaSlots &slots, const MinimaTask *tasks, int64_t count,
                               int64_t width, int k);
// Computes the active sets with which tasks begin.
fr_status fr_cuda_minima_start(StreamContext *context, const MinimaSlots &slots, const MinimaTask *tasks, int64_t count,
                               int32_t *statuses);
// Adds the best rays and solves the sets' least squares. statuses: one per slot.
fr_status fr_cuda_minima_enter(StreamContext *context, const MinimaSlots &slots, const MinimaTask *tasks, int64_t count,
                               int32_t *statuses);

#endif
