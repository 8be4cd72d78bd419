// A tile of the panel, of one matrix or of several at once (elimination/large/panel.cu).
#ifndef FR_CUDA_ELIMINATION_LARGE_TILE_CUH
#define FR_CUDA_ELIMINATION_LARGE_TILE_CUH

#include "elimination/large/elimination.cuh"

struct LargeTile {
    fr_field field;
    LargeMatrix s;           // from the leaf's first undecided column on
    int32_t width, rest;     // columns of the tile; of the leaf from there on
    const int32_t *order;    // slots of non-pivot rows, topmost first
    int64_t count;
    const uint8_t *eligible; // by slot
    const float *inverses;   // fr_large_inverses
    uint8_t *nonpivot;
    LargeMatrix inverse;     // out: decided x decided; zero rows and columns for columns without a pivot
    LargeMatrix pivot_rows;  // out: decided x (rest - decided): the pivots' rows in the undecided columns; likewise
    int32_t *slots;          // out: decided: of the columns' pivots, or -1
    fr_large_tile_result *result;
    int32_t column;          // of the panel, where the tile begins
    bool all_or_nothing;     // undecided columns, in this tile or one before, are for the host to deal with
    const int32_t *widths;   // columns of each matrix's block, if they differ: those beyond are not looked at; else NULL
    // From one matrix to the next (nonpivot_stride is that of `eligible` too); `order` is every matrix's.
    int64_t s_stride, nonpivot_stride, inverse_stride, slots_stride;
};

// `small`: of 32 rows and 4 columns, for tests.
fr_status fr_large_launch_tiles(StreamContext *context, bool small, int64_t matrices, const LargeTile &tile);

#endif
