/* Left-looking block elimination modulo a small prime: a block of columns is updated by all earlier pivots at once, so
 * only one factor is kept, half a matrix of bytes.
 *
 * Diagonal tiles are inverted, not factored. D_K is the K-th diagonal tile when its block is eliminated, B_tK the tile
 * of row t below it, and C the columns of the block:
 *
 *     U_K = D_K^-1 (C_K - sum over L < K of B_KL U_L),      C_t <- C_t - sum over K of B_tK U_K.
 *
 * -B is kept in left form, U in right form. Rows keep their positions unless a leading minor of D_K is 0: then a row
 * from below is exchanged into the tile. */
#include <string.h>

#include "column_proof/byte_engine.h"

/* Tiles of rows in one item of the thread pool's work. */
#define TILES_AN_ITEM 8
/* A stage of fewer products of tiles is run by the calling thread alone. */
#define SHARED_PRODUCTS 2000

static inline uint8_t *left_of(const fr_byte_engine *p, int64_t tile) {
    return p->factor.left + FR_TILE_BYTES * (tile * (tile - 1) / 2);
}
static inline int8_t *right_of(const fr_byte_engine *p, int64_t column_tile) {
    return p->factor.right + FR_TILE_BYTES * p->tiles * column_tile;
}
static inline int8_t *tile_of(const fr_byte_engine *p, int64_t column_tile, int64_t tile) {
    return p->block.columns + FR_TILE_BYTES * (p->tiles * column_tile + tile);
}

/* One stage of work on the block. */
typedef struct stage {
    fr_byte_engine *p;
    int64_t first, last;          /* the diagonal tiles that the stage applies: first ..< last */
    int64_t column_tiles_from, column_tiles;
    int64_t rows_from;            /* tiles of rows */
} stage;

/* Finds U_K for K = first ..< last in one tile of columns; each needs those before it. */
static void solve(void *context, int64_t item, int worker) {
    (void)worker;
    const stage *g = context;
    fr_byte_engine *p = g->p;
    const int64_t c = g->column_tiles_from + item;
    int8_t *right = right_of(p, c), reduced[FR_TILE_BYTES];
    for (int64_t K = g->first; K < g->last; K++) {
        int8_t *tile = tile_of(p, c, K);
        if (K > g->first)
            p->bytes->product(p->field, K - g->first, left_of(p, K) + FR_TILE_BYTES * g->first,
                              right + FR_TILE_BYTES * g->first, tile, false);
        p->bytes->pack_right(tile, reduced);
        p->bytes->product(p->field, 1, p->factor.inverse + FR_TILE_BYTES * K, reduced, tile, true);
        p->bytes->pack_right(tile, right + FR_TILE_BYTES * K);
    }
}

/* Updates the rows below. */
static void update(void *context, int64_t item, int worker) {
    (void)worker;
    const stage *g = context;
    fr_byte_engine *p = g->p;
    const int64_t begin = g->rows_from + TILES_AN_ITEM * item;
    const int64_t end = begin + TILES_AN_ITEM < p->tiles ? begin + TILES_AN_ITEM : p->tiles;
    for (int64_t t = begin; t < end; t++)
        for (int64_t c = g->column_tiles_from; c < g->column_tiles_from + g->column_tiles; c++)
            p->bytes->product(p->field, g->last - g->first, left_of(p, t) + FR_TILE_BYTES * g->first,
                              right_of(p, c) + FR_TILE_BYTES * g->first, tile_of(p, c, t), false);
}

static void run(fr_byte_engine *p, int64_t items, int64_t products, fr_pool_body body, stage *g) {
    if (p->pool && products > SHARED_PRODUCTS) {
        fr_pool_run(p->pool, items, body, g);
    } else {
        for (int64_t i = 0; i < items; i++) body(g, i, 0);
    }
}

/* Applies the diagonal tiles first ..< last, whose pivots are known, to `column_tiles` tiles of columns. */
static void take(fr_byte_engine *p, int64_t first, int64_t last, int64_t column_tile, int64_t column_tiles) {
    if (last == first) return;
    stage g = {p, first, last, column_tile, column_tiles, last};
    const int64_t count = last - first;
    run(p, column_tiles, count * count / 2 * column_tiles, solve, &g);
    const int64_t rows = p->tiles - last;
    run(p, (rows + TILES_AN_ITEM - 1) / TILES_AN_ITEM, rows * count * column_tiles, update, &g);
}

static void swap_bytes(int8_t *a, int8_t *b) {
    const int8_t kept = *a;
    *a = *b;
    *b = kept;
}

/* Exchanges the points at positions i and j, after the first `pivots` (a multiple of 16): in the factor's columns of
 * these pivots, in the inputs, and in the block's tiles of columns column_tile ..< column_tiles. */
static void exchange(fr_byte_engine *p, int64_t pivots, int64_t i, int64_t j, int64_t column_tile,
                     int64_t column_tiles) {
    const int32_t point = p->rows.now[i];
    p->rows.now[i] = p->rows.now[j];
    p->rows.now[j] = point;
    for (int64_t c = 0; c < p->coordinates; c++) {
        int8_t *x = p->rows.x + c * p->tiles * FR_TILE;
        swap_bytes(x + i, x + j);
    }
    uint8_t *a = left_of(p, i / FR_TILE) + 4 * (i % FR_TILE), *b = left_of(p, j / FR_TILE) + 4 * (j % FR_TILE);
    for (int64_t group = 0; group < pivots / 4; group++) {
        uint8_t kept[4];
        memcpy(kept, a + 64 * group, 4);
        memcpy(a + 64 * group, b + 64 * group, 4);
        memcpy(b + 64 * group, kept, 4);
    }
    for (int64_t c = column_tile; c < column_tiles; c++) {
        int8_t *first = tile_of(p, c, i / FR_TILE) + i % FR_TILE, *second = tile_of(p, c, j / FR_TILE) + j % FR_TILE;
        for (int column = 0; column < FR_TILE; column++)
            swap_bytes(first + FR_TILE * column, second + FR_TILE * column);
    }
}

/* The balanced residue of x, |x| < 2^24: the error of the quotient is at most 0.02 before it is rounded. */
static inline int32_t reduced(const fr_bytes_field *field, int32_t x) {
    const float shift = 12582912.0f; /* 1.5 * 2^23: rounds to a whole number */
    return x - (int32_t)(((float)x * field->inverse + shift) - shift) * field->p;
}

/* Applies the steps before `at` of the state's elimination (column_proof/bytes.h) to a row whose entries are 16 bytes
 * apart. */
static void reduce_row(const fr_byte_engine *p, const int8_t *row, int at, const int8_t *state, int8_t *entries) {
    int16_t before[FR_TILE];
    for (int t = 0; t < FR_TILE; t++) before[t] = t < at ? row[FR_TILE * t] : 0;
    for (int l = 0; l < FR_TILE; l++) {
        int32_t sum = 0;
        for (int t = 0; t < FR_TILE; t++) sum += before[t] * state[FR_TILE * l + t];
        entries[l] = (int8_t)reduced(p->field, sum + (l >= at ? row[FR_TILE * l] : 0));
    }
}

/* Brings to position `at` of the diagonal tile a row that is not 0 in column `at` after the steps before: a row of the
 * tile itself or one from below. False if there is none. */
static bool bring_row(fr_byte_engine *p, int64_t diagonal, int64_t column_tile, int64_t column_tiles, int at,
                      int8_t *state) {
    const int64_t position = FR_TILE * diagonal + at;
    for (int r = at + 1; r < FR_TILE && FR_TILE * diagonal + r < p->n; r++)
        if (state[FR_TILE * at + r] != 0) {
            exchange(p, FR_TILE * diagonal, position, FR_TILE * diagonal + r, column_tile, column_tiles);
            for (int l = 0; l < FR_TILE; l++) swap_bytes(state + FR_TILE * l + at, state + FR_TILE * l + r);
            return true;
        }
    for (int64_t t = diagonal + 1; t < p->tiles; t++) {
        const int8_t *tile = tile_of(p, column_tile, t);
        int32_t sum[FR_TILE];
        for (int r = 0; r < FR_TILE; r++) sum[r] = tile[FR_TILE * at + r];
        for (int i = 0; i < at; i++)
            for (int r = 0; r < FR_TILE; r++) sum[r] += tile[FR_TILE * i + r] * state[FR_TILE * at + i];
        for (int r = 0; r < FR_TILE; r++) {
            if (reduced(p->field, sum[r]) == 0) continue;
            int8_t entries[FR_TILE];
            reduce_row(p, tile + r, at, state, entries);
            for (int l = 0; l < FR_TILE; l++) state[FR_TILE * l + at] = entries[l];
            exchange(p, FR_TILE * diagonal, position, FR_TILE * t + r, column_tile, column_tiles);
            return true;
        }
    }
    return false;
}

/* Inverts `size` columns of the diagonal tile, with rows from below if they are needed. Answers `size`, or the first
 * column that is 0 in all rows. */
static int factor(fr_byte_engine *p, int64_t diagonal, int64_t column_tile, int64_t column_tiles, int size) {
    int8_t tile[FR_TILE_BYTES];
    memcpy(tile, tile_of(p, column_tile, diagonal), sizeof tile);
    for (int at = 0; (at = p->bytes->invert(p->field, at, size, tile)) < size;)
        if (!bring_row(p, diagonal, column_tile, column_tiles, at, tile)) return at;
    p->bytes->pack_left(p->field, false, tile, p->factor.inverse + FR_TILE_BYTES * diagonal);
    for (int64_t t = diagonal + 1; t < p->tiles; t++)
        p->bytes->pack_left(p->field, true, tile_of(p, column_tile, t), left_of(p, t) + FR_TILE_BYTES * diagonal);
    return size;
}

int64_t fr_byte_engine_block(fr_byte_engine *p, int64_t pivots, int64_t count) {
    const int64_t first = pivots / FR_TILE, column_tiles = (count + FR_TILE - 1) / FR_TILE;
    take(p, 0, first, 0, column_tiles);
    for (int64_t c = 0; c < column_tiles; c++) {
        take(p, first, first + c, c, 1);
        const int64_t rest = count - FR_TILE * c;
        const int size = rest < FR_TILE ? (int)rest : FR_TILE;
        const int got = factor(p, first + c, c, column_tiles, size);
        if (got < size) return FR_TILE * c + got;
    }
    return count;
}
