// Trials too large for a block's shared memory and too small for a device each: many at a time, step by step.
#ifndef FR_CUDA_ELIMINATION_LARGE_LOCKSTEP_CUH
#define FR_CUDA_ELIMINATION_LARGE_LOCKSTEP_CUH

#include "elimination/large/elimination.cuh"

// Matrices of one shape, one after the other.
struct LargeMatrices {
    double *at;
    int64_t ld, stride;
    LargeMatrices from(int64_t row, int64_t column) const { return {at + row + column * ld, ld, stride}; }
    LargeMatrix first() const { return {at, ld}; }
};

// What the kernels know of the blocks of columns: column j of member t is coordinate[t block + j] of the inputs (d0: the
// constant 1; negative: none, zeros) where unit[t block + j] of the window of units is active.
struct LockstepColumns {
    const int32_t *coordinate, *unit;
    const uint64_t *patterns; // members x window x words
    const double *residues;   // members x inputs x padded
    int64_t block, window, words, padded, inputs;
};

// Kernels and products over all members (elimination/large/lockstep_matrices.cu), asynchronous.
// out (count x columns): residues in the given rows, rows_stride from one member's to the next's; rows NULL: 0, 1, ...; a
// negative row is zeros.
fr_status fr_lockstep_fill(StreamContext *context, const LockstepColumns &from, int64_t members, int64_t columns,
                           const int32_t *rows, int64_t rows_stride, int64_t count, LargeMatrices out);
// c -= a b; c = a b with inner <= FR_DELAY.
fr_status fr_lockstep_subtract(StreamContext *context, fr_field field, int64_t members, int64_t rows, int64_t columns,
                               int64_t inner, LargeMatrices a, LargeMatrices b, LargeMatrices c);
fr_status fr_lockstep_multiply(StreamContext *context, fr_field field, int64_t members, int64_t rows, int64_t columns,
                               int64_t inner, LargeMatrices a, LargeMatrices b, LargeMatrices c);
// As fr_large_take_rows.
fr_status fr_lockstep_take_rows(StreamContext *context, int64_t members, LargeMatrices m, const int32_t *slots,
                                int64_t slots_stride, int64_t count, int64_t columns, LargeMatrices out, bool leave_zeros);

// eligible: nonpivot (rows a member, `stride` apart), but where single[member] only rows in which s is not zero in its
// first column.
fr_status fr_lockstep_mark_eligible(StreamContext *context, int64_t members, int64_t rows, const int32_t *single,
                                    LargeMatrices s, const uint8_t *nonpivot, int64_t stride, uint8_t *eligible);
// Column j of m becomes its column list[j] >= j, in place; zeros where list[j] is negative. list: device, ascending,
// list_stride from one member's to the next's.
fr_status fr_lockstep_keep_columns(StreamContext *context, int64_t members, int64_t rows, const int32_t *list,
                                   int64_t list_stride, int64_t columns, LargeMatrices m);

// Rank profiles of trials first_trial .. as far as steps suit them: outcomes stay FR_NOT_COMPUTED of those for which
// they don't, which are for fr_cuda_run_streams. Does nothing where other ways are better.
fr_status fr_cuda_eliminate_in_lockstep(fr_session *session, const fr_large_options &options, const fr_problem *problem,
                                        uint32_t prime, uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                        fr_outcome *outcomes);

#endif
