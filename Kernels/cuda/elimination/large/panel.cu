// Elimination of a thin panel without a round trip per column: the streamed elimination applied to the panel itself,
// block within block, halving down to leaves of 64 columns, so that most work is in products.
//
// The pivot of a column is the topmost row that is non-zero. In a leaf it is nearly always among the topmost rows.
// Therefore one thread block eliminates a tile of the 128 topmost non-pivot rows alone, in registers, with a barrier
// per column and none over the grid. The result is exact as long as a pivot is in the tile, because the tile holds
// every row above it. It stops at the first column that is zero in the tile, unless the tile holds all rows that
// matter. The tile leaves the inverse of its pivots' square block; the other rows' multipliers are one product with it.
//
// The host does not wait for a tile. All shapes are those of columns, whether or not they have pivots: zeros replace
// the results of a column without a pivot. A tile that cannot decide all its columns gives only zeros, as do all after
// it, and reports where that was; everything launched after it then only brings the later columns up to
// date. The host sees it at the panel's end and does the rest, as well as the next panel, with a look at each tile.
// There tiles that stop are followed by tiles of the topmost rows that are not all zero in the leaf's next columns (the
// others cannot become pivots there), of fewer columns if that must be; in one column such a tile always decides.
//
// Why not two launches per column (search, update): 2 n launches of 2.5 microseconds are 50 ms at n = 10,000, where all
// products take 13 ms at 50 TFLOP/s. A barrier over the grid costs 1 to 2 microseconds, and needs all blocks resident.
// Counted here, a panel of 512 columns: 8 tiles of 64 times about 1000 cycles (35 us each), 66 launches of products,
// reductions and moves (2.5 us each), one small copy to the host (10 us): about 0.9 microseconds per column, 9 ms at
// n = 10,000. More than half of it leaves the device idle but for one multiprocessor, for other streams to use.
#include "elimination/large/tile.cuh"
#include "session/launch.h"

namespace {

// Eliminates the topmost 32 A eligible rows in up to B WARPS columns, by one thread block of WARPS warps; of
// several matrices, by a block each.
//
// Thread (warp, lane) keeps the entries of rows 32 a + lane in columns warp + WARPS b in registers: a warp holds all
// rows of its columns. At each column its warp alone finds the pivot by ballots, inverts it and publishes the rows'
// multipliers; after one barrier every warp takes the pivot row's entries in its columns from the lane that has them.
// The pivot's row and column are exchanged (Gauss and Jordan): in the end the pivots' rows and columns hold the inverse
// of their block. Entries are reduced only when used; at most 64 products add up.
//
// Cost per column, counted for A = 4, B = 8, WARPS = 8: 5 or 6 steps of Euclid, 8192 multiply-adds at 64 per cycle,
// eight reductions per warp, a barrier.
template <int A, int B, int WARPS> __global__ void __launch_bounds__(32 * WARPS) eliminate_tile(LargeTile t) {
    t.s.at += blockIdx.x * t.s_stride;
    t.nonpivot += blockIdx.x * t.nonpivot_stride;
    t.eligible += blockIdx.x * t.nonpivot_stride;
    t.inverse.at += blockIdx.x * t.inverse_stride;
    t.slots += blockIdx.x * t.slots_stride;
    t.result += blockIdx.x;
    constexpr int tile_rows = 32 * A, tile_columns = B * WARPS, all = WARPS;
    __shared__ int32_t slot[tile_rows], pivot_of_row[tile_rows]; // pivot_of_row: the column of the row's pivot, or -1
    __shared__ int32_t number_of_column[tile_columns];           // of its pivot, or -1
    __shared__ int32_t row_of_pivot[tile_columns];
    __shared__ double multiplier[2][tile_rows];
    __shared__ double pivot_entry[WARPS][B];
    __shared__ int32_t pivot[2], votes_of_warp[WARPS];
    __shared__ float inverses[fr_large_inverses];
    const int lane = int(threadIdx.x) % 32, warp = int(threadIdx.x) / 32;
    const fr_field field = t.field;
    const bool stopped = t.all_or_nothing && t.result->stopped >= 0; // by a tile before: written below behind barriers

    for (int i = int(threadIdx.x); i < fr_large_inverses; i += 32 * WARPS) inverses[i] = t.inverses[i];
    __syncthreads();
    int found = 0;
    for (int64_t next = 0; next < t.count && found <= tile_rows && !stopped; next += 32 * WARPS) {
        const int64_t i = next + threadIdx.x;
        const int32_t candidate = i < t.count ? t.order[i] : 0;
        const bool is = i < t.count && t.eligible[candidate] != 0;
        const unsigned votes = __ballot_sync(0xffffffffu, is);
        if (lane == 0) votes_of_warp[warp] = __popc(votes);
        __syncthreads();
        int place = found + __popc(votes & ((1u << lane) - 1u));
        for (int w = 0; w < all; w++) {
            if (w < warp) place += votes_of_warp[w];
            found += votes_of_warp[w];
        }
        if (is && place < tile_rows) slot[place] = candidate;
        __syncthreads();
    }
    const bool complete = found <= tile_rows && !stopped; // no other row matters
    const int height = found < tile_rows ? found : tile_rows;
    for (int i = int(threadIdx.x); i < tile_rows; i += 32 * WARPS) pivot_of_row[i] = -1;
    for (int i = int(threadIdx.x); i < tile_columns; i += 32 * WARPS) number_of_column[i] = -1;

    double e[A][B];
    FR_UNROLL
    for (int a = 0; a < A; a++) {
        const int row = 32 * a + lane;
        const double *from = t.s.at + (row < height ? slot[row] : 0);
        FR_UNROLL
        for (int b = 0; b < B; b++) {
            const int column = warp + WARPS * b;
            e[a][b] = row < height && column < t.width ? from[column * t.s.ld] : 0.0;
        }
    }

    int last = t.width;
    if (t.widths && t.widths[blockIdx.x] - t.column < last) last = t.widths[blockIdx.x] - t.column;
    unsigned taken = 0; // bit a: row 32 a + lane has a pivot
    int pivots = 0, decided = last;
    FR_UNROLL
    for (int b = 0; b < B; b++) {
        for (int w = 0; w < all; w++) {
            const int column = b * WARPS + w, buffer = column & 1;
            if (column >= decided) break;
            if (warp == w) {
                double x[A], value = 0.0;
                int top = -1;
                FR_UNROLL
                for (int a = 0; a < A; a++) {
                    x[a] = fr_reduce(field, e[a][b]);
                    const unsigned votes = __ballot_sync(0xffffffffu, x[a] != 0.0 && (taken >> a & 1u) == 0);
                    if (top < 0 && votes != 0) {
                        top = 32 * a + __ffs(int(votes)) - 1;
                        value = x[a];
                    }
                }
                if (top >= 0) {
                    const double inverse = fr_large_inverse<>(field, __shfl_sync(0xffffffffu, value, top % 32),
                                                              float(fr_large_inverses), inverses);
                    FR_UNROLL
                    for (int a = 0; a < A; a++) {
                        // The pivot row r becomes r / pivot: r - (1 - 1/pivot) r.
                        const bool is_pivot = top == 32 * a + lane;
                        multiplier[buffer][32 * a + lane] =
                            is_pivot ? 1.0 - inverse : fr_reduce(field, x[a] * inverse);
                        e[a][b] = is_pivot ? 1.0 : 0.0;
                    }
                }
                if (lane == 0) pivot[buffer] = top;
            }
            // Both buffers are written again only after the next barrier, which a thread reaches only after reading
            // them.
            __syncthreads();
            const int top = pivot[buffer];
            if (top < 0) {
                if (!complete) decided = column;
                continue;
            }
            if (lane == top % 32) {
                FR_UNROLL
                for (int c = 0; c < B; c++) {
                    double value = 0.0;
                    FR_UNROLL
                    for (int a = 0; a < A; a++) value = a == top / 32 ? e[a][c] : value;
                    pivot_entry[warp][c] = fr_reduce(field, value);
                }
                taken |= 1u << (top / 32);
            }
            __syncwarp();
            double entry[B];
            FR_UNROLL
            for (int c = 0; c < B; c++) entry[c] = pivot_entry[warp][c];
            FR_UNROLL
            for (int a = 0; a < A; a++) {
                const double factor = -multiplier[buffer][32 * a + lane];
                FR_UNROLL
                for (int c = 0; c < B; c++) e[a][c] = __fma_rn(factor, entry[c], e[a][c]); // exact: integers below 2^53
            }
            if (threadIdx.x == 0) {
                row_of_pivot[pivots] = top;
                pivot_of_row[top] = column;
                number_of_column[column] = pivots;
            }
            pivots++;
        }
    }
    __syncthreads();

    const bool nothing = t.all_or_nothing && decided < last;
    const int32_t undecided = t.column + decided;
    if (nothing) pivots = 0;
    if (t.all_or_nothing) decided = t.width;
    for (int i = int(threadIdx.x); i < decided * decided; i += 32 * WARPS)
        *t.inverse.from(i % decided, i / decided).at = 0.0;
    __syncthreads();
    FR_UNROLL
    for (int a = 0; a < A; a++)
        FR_UNROLL
        for (int b = 0; b < B; b++) {
            const int row = pivot_of_row[32 * a + lane], column = warp + WARPS * b;
            if (!nothing && row >= 0 && number_of_column[column] >= 0)
                *t.inverse.from(row, column).at = fr_reduce(field, e[a][b]);
        }
    for (int i = int(threadIdx.x); i < t.rest * decided; i += 32 * WARPS) {
        const int of = i % decided, column = i / decided, number = nothing ? -1 : number_of_column[of];
        double value = 0.0;
        if (number >= 0) {
            double *at = t.s.at + slot[row_of_pivot[number]] + column * t.s.ld;
            value = *at;
            *at = 0.0;
        }
        if (column >= decided) *t.pivot_rows.from(of, column - decided).at = value;
    }
    for (int i = int(threadIdx.x); i < decided; i += 32 * WARPS) {
        const int number = nothing ? -1 : number_of_column[i];
        const int32_t at = number >= 0 ? slot[row_of_pivot[number]] : -1;
        if (at >= 0) t.nonpivot[at] = 0;
        t.slots[i] = at;
    }
    if (threadIdx.x == 0) {
        t.result->pivots = pivots;
        t.result->decided = decided;
        if (nothing && !stopped) {
            t.result->stopped = t.column;
            t.result->undecided = undecided;
        }
    }
}

// eligible[slot]: without a pivot and not zero in all `columns`. One thread per slot, up to the first non-zero entry.
__global__ void mark_eligible(int64_t base, int64_t rows, int64_t columns, LargeMatrix s, const uint8_t *nonpivot,
                              uint8_t *eligible) {
    for (int64_t i = base + int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < rows;
         i += int64_t(gridDim.x) * blockDim.x) {
        bool is = false;
        for (int64_t j = 0; j < columns && nonpivot[i] && !is; j++) is = s.at[i + j * s.ld] != 0.0;
        eligible[i] = is;
    }
}

// One thread per entry.
__global__ void fill_inverses(fr_field field, float *inverses) {
    for (int64_t i = fr_cuda_first_item(); i < fr_large_inverses; i += fr_cuda_stride()) {
        const double residue = fr_reduce(field, double(i));
        inverses[i] = residue != 0.0 ? float(fr_large_inverse<>(field, residue, 2.0f, (const float *)nullptr)) : 0.0f;
    }
}

int64_t leaf_columns(const LargePanel *p) { return p->small_tiles ? 4 : fr_large_tile_columns; }

// Launches a tile on `width` of the leaf's `rest` columns, starting at `column`.
fr_status launch_tile(LargePanel *p, int64_t column, int64_t width, int64_t rest, bool all_or_nothing) {
    StreamContext *context = p->context;
    const bool filtered = p->filtered && !all_or_nothing;
    if (filtered) {
        FR_LAUNCH(mark_eligible, fr_large_grid(p->rows - p->base, 1), fr_large_threads, 0, context->stream, p->base,
                  p->rows, width, p->s.from(0, column), p->nonpivot, p->eligible);
        FR_TRY_LAUNCH(context, "marking rows");
    }
    const LargeTile tile = {p->field, p->s.from(0, column), int32_t(width), int32_t(rest), p->order, p->nonpivots,
                            filtered ? p->eligible : p->nonpivot, p->inverses, p->nonpivot, p->inverse, p->pivot_rows,
                            p->slots + column, p->result, int32_t(column), all_or_nothing, nullptr, 0, 0, 0, 0};
    FR_PASS(fr_large_launch_tiles(context, p->small_tiles, 1, tile));
    if (p->tiles_run) ++*p->tiles_run;
    return FR_OK;
}

fr_status read_result(LargePanel *p, fr_large_tile_result *result) {
    FR_TRY(p->context,
           cudaMemcpyAsync(result, p->result, sizeof *result, cudaMemcpyDeviceToHost, p->context->stream),
           "copying a tile's result");
    FR_TRY(p->context, cudaStreamSynchronize(p->context->stream), "eliminating a tile");
    return FR_OK;
}

// Multipliers n of the pivots in `first` columns from `column` on become those against rows unreduced by the pivots in
// the `more` columns behind them, whose own multipliers are right.
fr_status merge_multipliers(LargePanel *p, int64_t column, int64_t first, int64_t more) {
    const LargeMatrix n = p->n.from(0, column);
    FR_PASS(fr_large_take_rows(p->context, n, p->slots + column + first, more, first, p->scratch, true));
    return fr_large_subtract(p->context, p->field, p->rows - p->base, first, more, n.from(p->base, first), p->scratch,
                             n.from(p->base, 0));
}

// The multipliers of a tile's columns, from the inverse it left. The pivots' rows are zero by now, and so are their
// multipliers.
fr_status multiply_tile(LargePanel *p, int64_t column, int64_t width) {
    return fr_large_multiply(p->context, p->field, p->rows - p->base, width, width, p->s.from(p->base, column),
                             p->inverse, p->n.from(p->base, column));
}

// The variant in which the host reads each tile's result. `nonpivots`: rows that may become pivots.
fr_status eliminate_leaf(LargePanel *p, int64_t column, int64_t columns, int64_t nonpivots, int64_t *found) {
    const int64_t rows = p->rows - p->base;
    int64_t pivots = 0, widest = columns;
    for (int64_t begin = 0; begin < columns && pivots < nonpivots;) {
        const int64_t width = columns - begin < widest ? columns - begin : widest;
        fr_large_tile_result tile;
        FR_PASS(launch_tile(p, column + begin, width, columns - begin, false));
        FR_PASS(read_result(p, &tile));
        const int64_t more = tile.pivots, next = begin + tile.decided;
        if (tile.decided > 0) {
            FR_PASS(multiply_tile(p, column + begin, tile.decided));
            if (more > 0)
                FR_PASS(fr_large_subtract(p->context, p->field, rows, columns - next, tile.decided,
                                          p->n.from(p->base, column + begin), p->pivot_rows,
                                          p->s.from(p->base, column + next)));
            if (more > 0 && begin > 0) FR_PASS(merge_multipliers(p, column, begin, tile.decided));
        }
        if (tile.decided == width) { // back to plain tiles, unless only zeros are met
            if (more > 0) p->filtered = false;
            widest = 2 * widest < columns ? 2 * widest : columns;
        } else if (tile.decided == 0 && p->filtered) {
            widest = width < 8 ? 1 : width / 8;
        } else {
            p->filtered = true;
            p->stops++;
        }
        pivots += more;
        begin = next;
    }
    *found = pivots;
    return FR_OK;
}

// `look`: the host reads each tile's result; otherwise everything is launched without the host knowing
// the result, and *found remains `nonpivots`.
fr_status eliminate(LargePanel *p, int64_t column, int64_t columns, int64_t nonpivots, bool look, int64_t *found) {
    const int64_t leaf = leaf_columns(p);
    if (columns <= leaf) {
        if (look) return eliminate_leaf(p, column, columns, nonpivots, found);
        FR_PASS(launch_tile(p, column, columns, columns, true));
        return multiply_tile(p, column, columns);
    }
    const int64_t half = (columns / 2 + leaf - 1) / leaf * leaf;
    int64_t pivots = 0;
    for (int64_t begin = 0; begin < columns && (pivots < nonpivots || !look); begin += half) {
        const int64_t width = columns - begin < half ? columns - begin : half;
        if (begin > 0) {
            const LargeMatrix s = p->s.from(0, column + begin);
            FR_PASS(fr_large_take_rows(p->context, s, p->slots + column, begin, width, p->scratch, true));
            FR_PASS(fr_large_subtract(p->context, p->field, p->rows - p->base, width, begin, p->n.from(p->base, column),
                                      p->scratch, s.from(p->base, 0)));
        }
        int64_t more = 0;
        FR_PASS(eliminate(p, column + begin, width, nonpivots - pivots, look, &more));
        if (begin > 0) FR_PASS(merge_multipliers(p, column, begin, width));
        pivots += more;
    }
    *found = pivots;
    return FR_OK;
}

// Reads the pivots of the panel from the slots on the device. If the host read no tile, it also reads `stopped`: the
// only time it waits for a panel.
fr_status read_slots(LargePanel *p, int64_t columns, fr_large_tile_result *result) {
    std::vector<int32_t> slots(static_cast<size_t>(columns));
    FR_TRY(p->context,
           cudaMemcpyAsync(slots.data(), p->slots, slots.size() * sizeof(int32_t), cudaMemcpyDeviceToHost,
                           p->context->stream),
           "copying a panel's pivots");
    FR_PASS(read_result(p, result));
    p->found_slots.clear();
    p->found_columns.clear();
    for (int64_t j = 0; j < columns; j++) {
        if (slots[size_t(j)] < 0) continue;
        p->found_slots.push_back(slots[size_t(j)]);
        p->found_columns.push_back(int32_t(j));
    }
    return FR_OK;
}

} // namespace

fr_status fr_large_start_panel(LargePanel *panel, int64_t columns) {
    int64_t found = 0;
    // No pivots, nothing stopped: -1.
    FR_TRY(panel->context,
           cudaMemsetAsync(panel->slots, 0xFF, size_t(columns) * sizeof(int32_t), panel->context->stream),
           "clearing slots");
    FR_TRY(panel->context, cudaMemsetAsync(panel->result, 0xFF, sizeof *panel->result, panel->context->stream),
           "clearing a result");
    return panel->looking ? FR_OK : eliminate(panel, 0, columns, panel->nonpivots, false, &found);
}

fr_status fr_large_finish_panel(LargePanel *panel, int64_t columns) {
    int64_t found = 0, first = 0;
    fr_large_tile_result result;
    if (!panel->looking) {
        FR_PASS(read_slots(panel, columns, &result));
        if (result.stopped < 0) return FR_OK;
        // Zeros replaced the results of later tiles: the columns before are done, those
        // from here on up to date.
        first = result.stopped;
        panel->looking = true;
    }
    const int64_t nonpivots = panel->nonpivots - (first > 0 ? int64_t(panel->found_slots.size()) : 0);
    panel->stops = 0;
    FR_PASS(eliminate(panel, first, columns - first, nonpivots, true, &found));
    if (first > 0 && found > 0) FR_PASS(merge_multipliers(panel, 0, first, columns - first));
    if (panel->stops == 0) panel->looking = false;
    return read_slots(panel, columns, &result);
}

fr_status fr_large_launch_tiles(StreamContext *context, bool small, int64_t matrices, const LargeTile &tile) {
    const auto kernel = small ? eliminate_tile<1, 2, 2> : eliminate_tile<4, 8, 8>;
    FR_LAUNCH(kernel, unsigned(matrices), small ? 64 : 256, 0, context->stream, tile);
    FR_TRY_LAUNCH(context, "eliminating a tile");
    return FR_OK;
}

fr_status fr_large_fill_inverses(StreamContext *context, fr_field field, float *inverses) {
    FR_LAUNCH(fill_inverses, fr_cuda_blocks(fr_large_inverses, fr_large_threads), fr_large_threads, 0, context->stream, field,
              inverses);
    FR_TRY_LAUNCH(context, "making a table of inverses");
    return FR_OK;
}

int64_t LargePanel::tile_numbers(int64_t block) {
    return block < fr_large_tile_columns ? block * block : int64_t(fr_large_tile_columns) * fr_large_tile_columns;
}
