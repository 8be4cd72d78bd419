// Streamed elimination mod p of one large matrix on the device (docs/mathematics.md, sections 3 and 4; the CPU's twin
// is Kernels/cpu/elimination/elimination.h). Private to Kernels/cuda/elimination.
//
// The state consists, for the q non-pivot rows (those without a pivot), of their multipliers M (q x r) against the r
// pivot rows of the matrix:  reduced non-pivot rows = non-pivot rows - M (pivot rows).  A block of new
// columns is updated by one product, eliminated as a thin panel (elimination/large/panel.cu), and merged
// into M by another.
//
// Matrices are column-major, one row per slot; non-pivot rows are in slots first ..< rows, in arbitrary order.
#ifndef FR_CUDA_ELIMINATION_LARGE_CUH
#define FR_CUDA_ELIMINATION_LARGE_CUH

#include <vector>

#include "field.h"
#include "session/streams.h"
#include "pattern_filter.h"

// Zeros mean the defaults. Tests use small blocks, so that small matrices reach every path.
struct fr_large_options {
    int64_t block = 0;      // most columns per block
    int64_t unit_batch = 0; // units drawn at a time
    bool small_tiles = false;              // panels of 4 columns on tiles of 32 rows
    size_t spare_bytes = size_t(1) << 30;  // M may take this much, where there is as much, to be re-packed less often
    int streams = 0;                         // eliminations side by side, if memory is enough
    int members = 0;                         // trials in lockstep (lockstep.cuh); 0: by the device; negative: none
    int look_ahead = 0;                      // of a trial that is alone: 0: where that gains; positive: if there is
                                             // memory; negative: never
    int64_t *looked_ahead = nullptr;         // where set: counts blocks begun while the one before was in its panel
    int64_t *tiles_run = nullptr;          // where set: counted here, by one stream; and blocks of columns
    int64_t *blocks_run = nullptr;
};

// Entry (i, j) at at[i + j * ld].
struct LargeMatrix {
    double *at;
    int64_t ld;
    __host__ __device__ LargeMatrix from(int64_t row, int64_t column) const { return {at + row + column * ld, ld}; }
};

// Leading dimensions and the first row of a product are multiples of this: 128 bytes.
constexpr int64_t fr_large_align = 16;
inline int64_t fr_large_padded(int64_t rows) { return (rows + fr_large_align - 1) / fr_large_align * fr_large_align; }

// The emulation takes few threads, as fibers are dear, unless it is to count for a device (Scripts/gpu/model).
#if defined(FR_HOST_BUILD) && !defined(FR_DEVICE_GEOMETRY)
constexpr int fr_large_threads = 16;
#else
constexpr int fr_large_threads = 256;
#endif
// For kernels that run over rows (x) and columns (y) by strides of the grid: a few columns per thread.
inline dim3 fr_large_grid(int64_t rows, int64_t columns) {
#if defined(FR_HOST_BUILD) && !defined(FR_DEVICE_GEOMETRY)
    return dim3(rows > 1 ? 2 : 1, columns > 1 ? 2 : 1);
#else
    const int64_t x = (rows + fr_large_threads - 1) / fr_large_threads, y = (columns + 3) / 4;
    return dim3(unsigned(x < 1 ? 1 : x), unsigned(y < 1 ? 1 : y > 65535 ? 65535 : y));
#endif
}

// ---- products and moves (elimination/large/matrix.cu), asynchronous on stream->stream ----

// c -= a b. All residues; so is the result. a: rows x inner, b: inner x columns.
fr_status fr_large_subtract(StreamContext *context, fr_field field, int64_t rows, int64_t columns, int64_t inner,
                            LargeMatrix a, LargeMatrix b, LargeMatrix c);
// c = a b, inner <= FR_DELAY.
fr_status fr_large_multiply(StreamContext *context, fr_field field, int64_t rows, int64_t columns, int64_t inner,
                            LargeMatrix a, LargeMatrix b, LargeMatrix c);
// Row slots[i] of m becomes row i of out; zeros if slots[i] is negative. `leave_zeros`: the rows of m are zero
// afterwards. slots: device.
fr_status fr_large_take_rows(StreamContext *context, LargeMatrix m, const int32_t *slots, int64_t count,
                             int64_t columns, LargeMatrix out, bool leave_zeros);
// Row from[i] of m goes to row to[i]; no row is in both. from, to: device.
fr_status fr_large_move_rows(StreamContext *context, LargeMatrix m, const int32_t *from, const int32_t *to,
                             int64_t count, int64_t columns);
// Column j of m becomes its column list[j] >= j, in place. list: device, ascending.
fr_status fr_large_keep_columns(StreamContext *context, int64_t rows, const int32_t *list, int64_t columns,
                                LargeMatrix m);
// Column j of out is column list[j] of m (list: device; NULL: column j). The two do not overlap.
fr_status fr_large_copy_columns(StreamContext *context, int64_t rows, const int32_t *list, int64_t columns,
                                LargeMatrix m, LargeMatrix out);

// FR_UNAVAILABLE if cuBLAS's products lose bits (elimination/large/exact_products.cu). Tested once per session.
fr_status fr_large_check_products(fr_session *session);

// ---- the panel (elimination/large/panel.cu) ----

constexpr int fr_large_tile_columns = 64; // most pivots found per tile

struct LargePanel {
    StreamContext *context;
    fr_field field;
    bool small_tiles;
    int64_t base, rows;   // products run over slots base ..< rows
    LargeMatrix s, n; // the block's columns; multipliers against the pivot in each of them, zero if there is none
    const int32_t *order; // device: slots of the non-pivot rows, in the order of the rows
    int64_t nonpivots;         // how many
    uint8_t *nonpivot;       // device, by slot: no pivot yet
    uint8_t *eligible;    // device, by slot: scratch
    const float *inverses; // device: fr_large_inverse's
    int32_t *slots;       // device: of each column's pivot, or -1
    LargeMatrix scratch;  // block x block
    LargeMatrix inverse;  // a tile's results
    LargeMatrix pivot_rows;
    struct fr_large_tile_result *result;
    // The pivots found, on the host: their slots and columns (of the block), by column.
    std::vector<int32_t> found_slots, found_columns;
    bool looking;         // at each tile: the last panel met a column that a tile could not decide
    bool filtered;        // tiles take rows that are not zero (see eliminate_leaf)
    int64_t stops;        // tiles that were looked at and could not decide all their columns
    int64_t *tiles_run;   // may be NULL

    // The sizes of scratch, inverse and pivot_rows, in numbers.
    static int64_t tile_numbers(int64_t block);
    static int64_t numbers(int64_t block) { return block * block + 2 * tile_numbers(block); }
};

// Eliminates s (destroyed), rows of pivots become zero. Fills the multipliers n, `columns` columns of them, of the rows
// without pivots against the rows with, as they stood in s; rows with pivots get zeros. `start` launches what needs no
// look; in `finish` the host waits once, unless some tile could not decide a column.
fr_status fr_large_start_panel(LargePanel *panel, int64_t columns);
fr_status fr_large_finish_panel(LargePanel *panel, int64_t columns);

// inverses: device, fr_large_inverses.
fr_status fr_large_fill_inverses(StreamContext *context, fr_field field, float *inverses);

struct fr_large_tile_result {
    int32_t pivots, decided; // columns, of the last tile
    int32_t stopped;         // the first column of the first tile that gave up (see eliminate_tile), or -1
    int32_t undecided;       // the column over which it did
};

// Inverses mod p of 1, 2, ..., which end Euclid's algorithm early.
constexpr int fr_large_inverses = 1024;

// 1/x to one unit in the last place; the host's is nearer.
struct fr_large_reciprocal {
    __host__ __device__ float operator()(float x) const {
#if defined(__CUDA_ARCH__)
        float y;
        asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
        return y;
#else
        return 1.0f / x;
#endif
    }
};

// 1/a mod p for a balanced residue a != 0: Euclid with nearest quotients in floats, until the remainder is below `end`;
// `inverses` (entry i: that of i mod p, balanced; 0 where there is none) has the rest. end = 2 needs no table. With
// end = fr_large_inverses 4.9 steps on the average instead of 8.7, each of a reciprocal and three operations in a row.
//
// Exact: r0 and r1 are integers, |r0| <= p < 2^23 and |r1| >= 2, so the quotient is below 2^22. The reciprocal, off by
// 2^-23 of itself, puts it off by 1/2 at most, 1/4 below 2^21; the sum with 1.5 * 2^23 rounds it to an integer once. So
// |r2| <= 3/4 |r1|, but in a first step with |a| < 4, where |r2| <= |r1|; equal they are not, since r0 and r1 have no
// common factor. |r0 t1| <= p + |r1 t0| gives |t| < 1.2 p: all values are integers below 2^24, exact in floats.
template <class Reciprocal = fr_large_reciprocal, class Table = const float *>
__host__ __device__ double fr_large_inverse(fr_field field, double a, float end, Table inverses,
                                           Reciprocal reciprocal = Reciprocal()) {
    const float shift = 12582912.0f; // 1.5 * 2^23
    float r0 = (float)field.p, r1 = (float)a, t0 = 0.0f, t1 = 1.0f;
    while (r1 >= end || r1 <= -end) {
        const float q = fmaf(r0, reciprocal(r1), shift) - shift;
        const float r2 = fmaf(-q, r1, r0), t2 = fmaf(-q, t1, t0);
        r0 = r1;
        r1 = r2;
        t0 = t1;
        t1 = t2;
    }
    const double rest = end > 2.0f ? (double)inverses[(int)fabsf(r1)] : 1.0;
    return fr_reduce(field, (double)(r1 < 0.0f ? -t1 : t1) * rest);
}

// ---- the source of columns ----

class ColumnGenerator {
public:
    virtual ~ColumnGenerator() = default;
    // Prepares the next block, of at most `want` >= 1 columns: fills `columns`, empty when none are left, and the
    // fields below.
    virtual fr_status next(int64_t want) = 0;
    // out (count x columns): the block's residues in the given rows. rows: device.
    virtual fr_status fill(const int32_t *rows, int64_t count, LargeMatrix out) = 0;
    // The number of non-pivot rows that the rest of the block's last unit can change: rows that are active themselves
    // or have a non-zero multiplier for an active pivot row. m: nonpivots x rank.
    virtual fr_status count_affected(const int32_t *nonpivot_rows, int64_t nonpivots, const int32_t *pivot_rows,
                                     int64_t rank, LargeMatrix m, int64_t *affected);
    virtual void skip_unit() {}

    std::vector<int64_t> columns;           // numbers of the block's columns
    // Patterns of the units in this block, on the host. Units with equal patterns span the same columns.
    std::vector<const uint64_t *> patterns;
    bool inside_unit = false;               // not all of the last one's columns are in
    fr_pattern_filter *filter = nullptr;            // asked, where set, before a unit is put into a block
};

// ColumnGenerator::count_affected for a unit active on `pattern` (device). scratch: one number, device. Waits.
// (elimination/large/slots.cu)
fr_status fr_large_count_affected(StreamContext *context, const uint64_t *pattern, const int32_t *nonpivot_rows,
                                  int64_t nonpivots, const int32_t *pivot_rows, int64_t rank, LargeMatrix m,
                                  int32_t *scratch, int64_t *affected);

// ---- the engine (elimination/large/elimination.cu, plan.cu, slots.cu) ----

// Columns for a block where so many rows are left.
int64_t fr_large_columns_wanted(int64_t rows);

class LargeElimination {
public:
    LargeElimination(StreamContext *context, uint32_t prime, const fr_large_options &options);
    LargeElimination(const LargeElimination &) = delete;
    ~LargeElimination() { fr_pattern_filter_free(&filter_); }
    // Buffers for matrices of this many rows, if the budget holds them and `more_bytes` of the generator.
    fr_status prepare(int64_t rows, double more_bytes);
    // pivot_columns: host, rows; the column whose pivot is in each row, or -1. items: receives progress; may be NULL.
    fr_status run(ColumnGenerator *generator, StreamItems *items, int64_t *pivot_columns);

    // Most device memory it takes without `spare_bytes` and without looking ahead: 17/64 n^2 numbers for M and 4 n
    // numbers per column of a block.
    static double bytes(int64_t rows, const fr_large_options &options);
    // Most columns per block.
    static int64_t block_columns(int64_t rows, const fr_large_options &options);
    // The number of eliminations that are useful side by side.
    static int64_t useful_streams(int64_t rows, const fr_large_options &options);
    // Most rows for which looking ahead hides more than it costs on a device of so many multiprocessors, each with
    // `lanes` fused operations on doubles a cycle in products.
    static int64_t most_rows_ahead(int multiprocessors, int lanes);
    int64_t repacks() const { return repacks_; }

private:
    // What a block's panel found, and what M still lacks of it.
    struct Found {
        int64_t pivots = 0, rank = 0; // the pivots before: M's columns
        int64_t base = 0;             // of the rows when the panel ran
        const int32_t *slots = nullptr; // device: of the pivots
        std::vector<int32_t> from, to;  // moves of non-pivot rows (slots) since
    };

    fr_status allocate();
    fr_status begin();
    fr_status run_blocks(ColumnGenerator *generator, StreamItems *items, int64_t *pivot_columns);
    int64_t most_columns(int64_t changeable) const;
    bool may_look_ahead() const;
    fr_status build_block(ColumnGenerator *generator, LargeMatrix s);
    fr_status start_panel();
    void take_pivots(int64_t *pivot_columns);
    fr_status close_block(int64_t ahead);
    fr_status correct(int64_t ahead);
    fr_status merge();
    fr_status end_block(ColumnGenerator *generator, int64_t *changeable);
    fr_status keep_found(int64_t more);
    void close_ranks(int64_t more);
    fr_status repack(const std::vector<int32_t> *kept);
    fr_status forget_unused();
    fr_status renew_filter();
    fr_status upload_order();
    fr_status upload_rows();
    int64_t base() const { return first_ / fr_large_align * fr_large_align; }
    int64_t nonpivots() const { return rows_ - first_; }

    StreamContext *context_; // of everything but panels: theirs is panel_.context, the same unless it looks ahead
    fr_field field_;
    fr_large_options options_;
    int64_t capacity_rows_ = 0, block_ = 0, m_capacity_ = 0;
    bool look_ahead_ = false;
    DeviceBuffer<double> m_buffer_, numbers_;
    DeviceBuffer<int32_t> books_;
    DeviceBuffer<uint8_t> flags_;
    // Parts of the last three.
    double *s_buffer_ = nullptr, *other_s_buffer_ = nullptr, *product_buffer_ = nullptr, *panel_buffer_ = nullptr;
    int32_t *row_of_slot_ = nullptr, *order_ = nullptr, *pivot_row_ = nullptr, *slots_ = nullptr, *moves_ = nullptr,
            *panel_moves_ = nullptr;
    uint8_t *nonpivot_ = nullptr, *eligible_ = nullptr;
    float *inverses_ = nullptr;
    fr_large_tile_result *result_ = nullptr;
    StreamOrder to_panels_, from_panels_;
    LargePanel panel_;

    // The current matrix: non-pivot rows are in slots first_ ..< rows_; rank_ pivots, those of found_ among them, that
    // some non-pivot row depends on.
    int64_t all_rows_ = 0, first_ = 0, rows_ = 0, rank_ = 0;
    int64_t done_rows_ = 0, repacks_ = 0;
    LargeMatrix m_, s_, other_s_; // s_: of the block whose panel is next, or running
    std::vector<int64_t> columns_; // of that block
    bool complete_ = true;         // each column of the block had a pivot
    bool to_forget_ = false;       // forget_unused is due
    Found found_;                  // of the block before; no pivots: M has them
    std::vector<int32_t> host_row_of_slot_, host_order_, host_pivot_row_;
    std::vector<uint8_t> host_alive_;
    fr_pattern_filter filter_ = {};
};

// ---- entry points with options, for tests ----

fr_status fr_cuda_eliminate_large_with(fr_session *, const fr_large_options &, const fr_problem *, uint32_t prime,
                                       uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                       fr_outcome *outcomes);
fr_status fr_cuda_eliminate_dense_with(fr_session *, const fr_large_options &, const double *residues, int64_t batch,
                                       int64_t rows, int64_t columns, uint32_t prime, int64_t *pivot_columns,
                                       fr_outcome *outcomes);

#endif
