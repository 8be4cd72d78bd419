/* What the instruction sets of column_proof/bytes.h share: plain loops, which the compiler makes vectors of, and the
 * table. The including file defines BYTES_TABLE and BYTES_NAME, and may define BYTES_PRODUCT, BYTES_PACK_RIGHT,
 * BYTES_PACK_LEFT, BYTES_INVERT, BYTES_SELECT, BYTES_GATHER, BYTES_PERMUTE and BYTES_RESIDUES after functions of its
 * own by the names bytes_product and so on. */

#ifndef BYTES_INVERT
/* |x| <= 92^2 + 92. The estimate of x / p errs by at most |x| |1/p - reciprocal / 2^15| < 0.02 before it is rounded, so
 * the result is at most p/2 + 0.02 p in size. */
static inline int16_t fr_bytes_reduce16(int16_t x, int16_t p, int16_t reciprocal) {
    const int16_t q = (int16_t)((x * reciprocal + (1 << 14)) >> 15);
    return (int16_t)(x - q * p);
}
#endif

#ifndef BYTES_PRODUCT
/* |x| < 2^24: the quotient errs by at most 0.02 before it is rounded. */
static inline float bytes_reduce(const fr_bytes_field *field, float x) {
    const float shift = 12582912.0f; /* 1.5 * 2^23: rounds to a whole number */
    const float q = (x * field->inverse + shift) - shift;
    return x - q * (float)field->p;
}

/* In floats, exactly: every processor has vectors of four of them. Two columns at a time: eight sums. */
typedef float bytes_four __attribute__((vector_size(16), aligned(16), may_alias));

static void bytes_product(const fr_bytes_field *field, int64_t count, const uint8_t *left, const int8_t *right,
                          int8_t *tile, bool from_zero) {
    float sum[FR_TILE][FR_TILE] __attribute__((aligned(16))), l[FR_TILE][FR_TILE] __attribute__((aligned(16)));
    for (int c = 0; c < FR_TILE; c++)
        for (int r = 0; r < FR_TILE; r++) sum[c][r] = from_zero ? 0.0f : (float)tile[FR_TILE * c + r];
    for (int64_t t = 0; t < count; t++, left += FR_TILE_BYTES, right += FR_TILE_BYTES) {
        for (int k = 0; k < FR_TILE; k++)
            for (int r = 0; r < FR_TILE; r++) l[k][r] = (float)left[64 * (k / 4) + 4 * r + k % 4];
        for (int c = 0; c < FR_TILE; c += 2) {
            bytes_four *s = (bytes_four *)sum[c];
            bytes_four a0 = s[0], a1 = s[1], a2 = s[2], a3 = s[3], b0 = s[4], b1 = s[5], b2 = s[6], b3 = s[7];
            for (int k = 0; k < FR_TILE; k++) {
                const bytes_four *x = (const bytes_four *)l[k];
                const int8_t *at = right + 64 * (k / 4) + 4 * c + k % 4;
                const float u = (float)at[0], v = (float)at[4];
                a0 += x[0] * u, a1 += x[1] * u, a2 += x[2] * u, a3 += x[3] * u;
                b0 += x[0] * v, b1 += x[1] * v, b2 += x[2] * v, b3 += x[3] * v;
            }
            s[0] = a0, s[1] = a1, s[2] = a2, s[3] = a3, s[4] = b0, s[5] = b1, s[6] = b2, s[7] = b3;
        }
        if (t % (FR_BYTES_DELAY / FR_TILE) == FR_BYTES_DELAY / FR_TILE - 1)
            for (int c = 0; c < FR_TILE; c++)
                for (int r = 0; r < FR_TILE; r++) sum[c][r] = bytes_reduce(field, sum[c][r]);
    }
    for (int c = 0; c < FR_TILE; c++)
        for (int r = 0; r < FR_TILE; r++) tile[FR_TILE * c + r] = (int8_t)(int)bytes_reduce(field, sum[c][r]);
}
#endif

#ifndef BYTES_PACK_RIGHT
static void bytes_pack_right(const int8_t *tile, int8_t *right) {
    for (int c = 0; c < FR_TILE; c++)
        for (int group = 0; group < 4; group++) memcpy(right + 64 * group + 4 * c, tile + FR_TILE * c + 4 * group, 4);
}
#endif

#ifndef BYTES_PACK_LEFT
static void bytes_pack_left(const fr_bytes_field *field, bool negate, const int8_t *tile, uint8_t *left) {
    for (int group = 0; group < 4; group++)
        for (int r = 0; r < FR_TILE; r++)
            for (int i = 0; i < 4; i++) {
                const int value = negate ? -tile[FR_TILE * (4 * group + i) + r] : tile[FR_TILE * (4 * group + i) + r];
                left[64 * group + 4 * r + i] = (uint8_t)(value < 0 ? value + field->p : value);
            }
}
#endif

#ifndef BYTES_SELECT
static void bytes_select(int64_t tiles, const uint16_t *mask, const int8_t *x, int8_t *column) {
    for (int64_t t = 0; t < tiles; t++)
        for (int r = 0; r < FR_TILE; r++)
            column[FR_TILE_BYTES * t + r] = (int8_t)(x[FR_TILE * t + r] & -(mask[t] >> r & 1));
}
#endif

static inline void gather_bytes(int64_t tiles, const int32_t *row, int64_t count, const int8_t *from, int8_t *to) {
    for (int64_t c = 0; c < count; c++, from += FR_TILE * tiles, to += FR_TILE * tiles)
        for (int64_t i = 0; i < FR_TILE * tiles; i++) to[i] = from[row[i]];
}

#ifndef BYTES_GATHER
#define bytes_gather gather_bytes
#endif

static inline uint16_t permuted_tile(const int32_t *row, const uint64_t *pattern) {
    uint32_t mask = 0;
    for (int r = 0; r < FR_TILE; r++) mask |= (uint32_t)(pattern[row[r] >> 6] >> (row[r] & 63) & 1) << r;
    return (uint16_t)mask;
}

#ifndef BYTES_PERMUTE
static void bytes_permute(int64_t tiles, const int32_t *row, int64_t words, const uint64_t *pattern, uint16_t *mask) {
    (void)words;
    for (int64_t t = 0; t < tiles; t++) mask[t] = permuted_tile(row + FR_TILE * t, pattern);
}
#endif

static int64_t bytes_differing(int64_t words, const uint64_t *a, const uint64_t *b) {
    int64_t count = 0;
    for (int64_t w = 0; w < words; w++) count += __builtin_popcountll(b ? a[w] ^ b[w] : a[w]);
    return count;
}

/* Inlined for the usual numbers of words. */
static inline __attribute__((always_inline)) int64_t nearest_of(int64_t words, const uint64_t *pattern, int64_t count,
                                                                const uint64_t *patterns, int64_t *least) {
    int64_t nearest = -1, fewest = *least;
    for (int64_t i = 0; i < count; i++, patterns += words) {
        int64_t differing = 0;
        for (int64_t w = 0; w < words; w++) differing += __builtin_popcountll(pattern[w] ^ patterns[w]);
        nearest = differing < fewest ? i : nearest;
        fewest = differing < fewest ? differing : fewest;
    }
    *least = fewest;
    return nearest;
}

static int64_t bytes_nearest(int64_t words, const uint64_t *pattern, int64_t count, const uint64_t *patterns,
                             int64_t *least) {
    if (words == 1) return nearest_of(1, pattern, count, patterns, least);
    if (words == 2) return nearest_of(2, pattern, count, patterns, least);
    return nearest_of(words, pattern, count, patterns, least);
}

#ifndef BYTES_RESIDUES
static void bytes_residues(const fr_bytes_field *field, const double *powers, int64_t tiles, const double *x,
                           int8_t *out) {
    const double shift = 6755399441055744.0; /* 1.5 * 2^52: rounds to a whole number */
    const double *inverse = field->residue_inverse, *multiple = field->residue_multiple;
    const double limit = field->residue_limit;
    for (int64_t t = 0; t < tiles; t++, x += FR_TILE, out += FR_TILE) {
        int32_t r[FR_TILE], outside = 0;
        for (int i = 0; i < FR_TILE; i++) {
            const double first = (x[i] * inverse[0] + shift) - shift, y = x[i] - first * multiple[0];
            const double second = (y * inverse[1] + shift) - shift, z = y - second * multiple[1];
            const double units = field->residue_sign * z, shifted = units + field->residue_shift;
            outside |= (shifted - field->residue_shift != units) | (x[i] >= limit) | (x[i] <= -limit);
            r[i] = (int32_t)fr_bits_of_double(shifted);
        }
        for (int i = 0; i < FR_TILE; i++) out[i] = (int8_t)r[i];
        if (outside) residues_of_any(field, powers, x, out);
    }
}
#endif

#ifndef BYTES_INVERT
/* In place: the transpose of the tile, whose rows are contiguous, is inverted by steps on rows; its inverse is the
 * transpose of the tile's. */
static int bytes_invert(const fr_bytes_field *field, int from, int size, int8_t *tile) {
    const int16_t p = (int16_t)field->p, reciprocal = (int16_t)field->reciprocal;
    int16_t a[FR_TILE][FR_TILE];
    for (int i = 0; i < FR_TILE; i++)
        for (int r = 0; r < FR_TILE; r++) a[i][r] = tile[FR_TILE * i + r];
    int j = from;
    for (; j < size && a[j][j] != 0; j++) {
        const int16_t d = field->inverses[a[j][j] < 0 ? a[j][j] + p : a[j][j]];
        int16_t scaled[FR_TILE];
        for (int r = 0; r < FR_TILE; r++) scaled[r] = fr_bytes_reduce16((int16_t)(a[j][r] * d), p, reciprocal);
        scaled[j] = d;
        memcpy(a[j], scaled, sizeof scaled);
        /* Column j of another row, f, becomes f - f (1 + d) = -f d. */
        scaled[j] = (int16_t)(1 + d);
        for (int i = 0; i < FR_TILE; i++) {
            if (i == j) continue;
            const int16_t f = a[i][j];
            for (int r = 0; r < FR_TILE; r++)
                a[i][r] = fr_bytes_reduce16((int16_t)(a[i][r] - f * scaled[r]), p, reciprocal);
        }
    }
    for (int i = 0; i < FR_TILE; i++)
        for (int r = 0; r < FR_TILE; r++) tile[FR_TILE * i + r] = (int8_t)a[i][r];
    return j;
}
#endif

const fr_byte_isa BYTES_TABLE = {.name = BYTES_NAME,
                              .product = bytes_product,
                              .pack_right = bytes_pack_right,
                              .pack_left = bytes_pack_left,
                              .invert = bytes_invert,
                              .select = bytes_select,
                              .gather = bytes_gather,
                              .permute = bytes_permute,
                              .differing = bytes_differing,
                              .nearest = bytes_nearest,
                              .residues = bytes_residues};
