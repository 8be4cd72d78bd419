/* Products of bytes modulo small primes: every instruction set against plain loops, at the largest sums that its
 * arithmetic must hold. */
#include "column_proof/bytes.h"
#include "support/check.h"
#include "field.h"

static const char *const byte_sets[] = {"portable", "avx2", "avx512", "avx512vnni", "neon", "neon_i8mm"};
static const int32_t primes[] = {FR_BYTES_PRIME, FR_BYTES_SECOND_PRIME};
enum { MOST_TILES = 67 }; /* beyond FR_BYTES_DELAY */

static int class_of(int64_t x, int32_t p) { return (int)((x % p + p) % p); }

/* How the tiles are filled. */
typedef enum fill { RANDOM, LARGEST, SMALLEST, ALTERNATING, FILLS } fill;

static int8_t balanced(fill how, int32_t p, int i) {
    switch (how) {
    case LARGEST: return FR_BYTES_BALANCED;
    case SMALLEST: return -FR_BYTES_BALANCED;
    case ALTERNATING: return i / 32 % 2 ? FR_BYTES_BALANCED : -FR_BYTES_BALANCED;
    default: return (int8_t)((int)(random_bits() % (uint64_t)p) - p / 2);
    }
}

static void test_product(const fr_byte_isa *isa, const fr_bytes_field *field, int64_t count, fill how, bool from_zero) {
    static uint8_t left[MOST_TILES * FR_TILE_BYTES];
    static int8_t right[MOST_TILES * FR_TILE_BYTES];
    int8_t tile[FR_TILE_BYTES];
    for (int i = 0; i < count * FR_TILE_BYTES; i++) {
        left[i] = (uint8_t)(how == RANDOM ? random_bits() % (uint64_t)field->p : (uint64_t)field->p - 1);
        right[i] = balanced(how, field->p, i);
    }
    for (int i = 0; i < FR_TILE_BYTES; i++) tile[i] = balanced(how, field->p, i);
    int expected[FR_TILE_BYTES];
    for (int c = 0; c < FR_TILE; c++)
        for (int r = 0; r < FR_TILE; r++) {
            int64_t sum = from_zero ? 0 : tile[FR_TILE * c + r];
            for (int64_t k = 0; k < FR_TILE * count; k++)
                sum += (int64_t)left[64 * (k / 4) + 4 * r + k % 4] * right[64 * (k / 4) + 4 * c + k % 4];
            expected[FR_TILE * c + r] = class_of(sum, field->p);
        }
    isa->product(field, count, left, right, tile, from_zero);
    int wrong = 0, large = 0;
    for (int i = 0; i < FR_TILE_BYTES; i++) {
        wrong += class_of(tile[i], field->p) != expected[i];
        large += tile[i] > FR_BYTES_BALANCED || tile[i] < -FR_BYTES_BALANCED;
    }
    CHECK(wrong == 0 && large == 0, "%s mod %d, %d tiles, fill %d: %d wrong, %d too large", isa->name, field->p,
          (int)count, (int)how, wrong, large);
}

static void test_forms(const fr_byte_isa *isa, const fr_bytes_field *field) {
    int8_t tile[FR_TILE_BYTES], right[FR_TILE_BYTES];
    uint8_t left[FR_TILE_BYTES];
    for (int negate = 0; negate < 2; negate++) {
        for (int i = 0; i < FR_TILE_BYTES; i++) tile[i] = balanced(RANDOM, field->p, i);
        isa->pack_right(tile, right);
        isa->pack_left(field, negate, tile, left);
        int wrong = 0;
        for (int c = 0; c < FR_TILE; c++)
            for (int r = 0; r < FR_TILE; r++) {
                const int x = tile[FR_TILE * c + r];
                wrong += right[64 * (r / 4) + 4 * c + r % 4] != x;
                wrong += left[64 * (c / 4) + 4 * r + c % 4] != class_of(negate ? -x : x, field->p);
            }
        CHECK(wrong == 0, "%s: %d entries in the wrong place", isa->name, wrong);
    }
}

/* From a state in which the elimination found no pivot at step `at`: a row from elsewhere in place of row `at`, then
 * on, as if it had stood there from the beginning. */
static void test_going_on(const fr_byte_isa *isa, const fr_bytes_field *field, int size, int at, int8_t *tile,
                          int8_t *state) {
    for (int c = 0; c < FR_TILE; c++) tile[FR_TILE * c + at] = balanced(RANDOM, field->p, c);
    for (int l = 0; l < FR_TILE; l++) {
        int sum = l >= at ? tile[FR_TILE * l + at] : 0;
        for (int t = 0; t < at; t++) sum += tile[FR_TILE * t + at] * state[FR_TILE * l + t];
        const int class = class_of(sum, field->p);
        state[FR_TILE * l + at] = (int8_t)(class > field->p / 2 ? class - field->p : class);
    }
    const int expected = isa->invert(field, 0, size, tile), found = isa->invert(field, at, size, state);
    int wrong = 0; /* a class near p / 2 has two balanced residues */
    for (int i = 0; i < FR_TILE * size; i++) wrong += class_of(tile[i], field->p) != class_of(state[i], field->p);
    CHECK(found == expected && wrong == 0, "%s mod %d: on from step %d: %d, not %d; %d wrong", isa->name, field->p, at,
          found, expected, wrong);
}

/* Inverses of random matrices; where a leading minor is 0, what the tile says of further rows. */
static void test_inverse(const fr_byte_isa *isa, const fr_bytes_field *field, int size, int singular_at) {
    int8_t tile[FR_TILE_BYTES], inverse[FR_TILE_BYTES];
    for (int i = 0; i < FR_TILE_BYTES; i++) tile[i] = balanced(RANDOM, field->p, i);
    /* Column singular_at: the sum of the two before it, in the leading rows up to that one. */
    for (int r = 0; r <= singular_at && singular_at >= 2; r++) {
        const int sum =
            class_of(tile[FR_TILE * (singular_at - 1) + r] + tile[FR_TILE * (singular_at - 2) + r], field->p);
        tile[FR_TILE * singular_at + r] = (int8_t)(sum > field->p / 2 ? sum - field->p : sum);
    }
    memcpy(inverse, tile, sizeof tile);
    const int found = isa->invert(field, 0, size, inverse);
    if (singular_at >= 2) CHECK(found <= singular_at, "%s: %d of %d", isa->name, found, singular_at);
    int wrong = 0;
    if (found == size) {
        for (int r = 0; r < size; r++)
            for (int c = 0; c < size; c++) {
                int sum = 0;
                for (int i = 0; i < size; i++) sum += tile[FR_TILE * i + r] * inverse[FR_TILE * c + i];
                wrong += class_of(sum, field->p) != (r == c);
            }
    } else {
        /* The leading rows, reduced so, are 0 in this column: it depends on those before. */
        for (int r = 0; r <= found; r++) {
            int sum = tile[FR_TILE * found + r];
            for (int i = 0; i < found; i++) sum += tile[FR_TILE * i + r] * inverse[FR_TILE * found + i];
            wrong += class_of(sum, field->p) != 0;
        }
        /* So is a row further down of the same tile, or the tile says that it is not. */
        for (int r = found + 1; r < FR_TILE; r++) {
            int sum = tile[FR_TILE * found + r];
            for (int i = 0; i < found; i++) sum += tile[FR_TILE * i + r] * inverse[FR_TILE * found + i];
            wrong += (class_of(sum, field->p) == 0) != (inverse[FR_TILE * found + r] == 0);
        }
    }
    CHECK(wrong == 0, "%s mod %d: inverse of %d columns, %d found: %d wrong", isa->name, field->p, size, found, wrong);
    if (found < size) test_going_on(isa, field, size, found, tile, inverse);
}

static void test_patterns(const fr_byte_isa *isa) {
    enum { COUNT = 9, MOST = 35 };
    for (int64_t words = 1; words <= MOST; words += words < 10 ? 1 : 5) {
        uint64_t patterns[COUNT * MOST], pattern[MOST];
        for (int64_t w = 0; w < words; w++) pattern[w] = random_bits();
        /* Each differs from it in the places of its own number, of a sparse one in the first word. */
        int64_t fewest = 1000, expected = -1;
        for (int64_t i = 0; i < COUNT; i++) {
            int64_t differing = 0;
            for (int64_t w = 0; w < words; w++) {
                const uint64_t change = random_bits() & random_bits() & random_bits();
                patterns[i * words + w] = pattern[w] ^ change;
                differing += __builtin_popcountll(change);
            }
            if (differing < fewest) fewest = differing, expected = i;
        }
        int64_t least = 1000;
        CHECK(isa->nearest(words, pattern, COUNT, patterns, &least) == expected && least == fewest, "%s: nearest",
              isa->name);
        CHECK(isa->nearest(words, pattern, COUNT, patterns, &least) == -1 && least == fewest, "%s: none nearer",
              isa->name);

        int32_t row[64 * MOST];
        uint16_t mask[4 * MOST];
        int wrong = 0;
        for (int64_t i = 0; i < 64 * words; i++) row[i] = (int32_t)(random_bits() % (uint64_t)(64 * words));
        isa->permute(4 * words, row, words, pattern, mask);
        for (int64_t i = 0; i < 64 * words; i++)
            wrong += (mask[i / 16] >> (i % 16) & 1) != (pattern[row[i] >> 6] >> (row[i] & 63) & 1);
        CHECK(wrong == 0, "%s: %d of %d bits permuted wrongly", isa->name, wrong, (int)(64 * words));
        for (int64_t tiles = 4 * words - 3; tiles <= 4 * words; tiles++) {
            enum { COLUMNS = 3 };
            const int64_t size = FR_TILE * tiles;
            int8_t *from = guarded((size_t)(COLUMNS * size)), *to = guarded((size_t)(COLUMNS * size));
            for (int64_t i = 0; i < COLUMNS * size; i++) from[i] = (int8_t)random_bits();
            for (int64_t i = 0; i < size; i++) row[i] = (int32_t)(random_bits() % (uint64_t)size);
            isa->gather(tiles, row, COLUMNS, from, to);
            for (int64_t i = 0; i < COLUMNS * size; i++) wrong += to[i] != from[i / size * size + row[i % size]];
            CHECK(wrong == 0 && guarded_intact(to, (size_t)(COLUMNS * size)), "%s: %d of %d tiles gathered wrongly",
                  isa->name, wrong, (int)tiles);
            guarded_free(from);
            guarded_free(to);
        }
    }
}

static void test_columns(const fr_byte_isa *isa) {
    enum { TILES = 5 };
    int8_t x[FR_TILE * TILES], column[FR_TILE_BYTES * TILES];
    uint16_t mask[TILES];
    for (int t = 0; t < TILES; t++) mask[t] = t == 0 ? 0xFFFF : t == 1 ? 0 : (uint16_t)random_bits();
    for (int i = 0; i < FR_TILE * TILES; i++) x[i] = (int8_t)random_bits();
    int wrong = 0;
    memset(column, 77, sizeof column);
    isa->select(TILES, mask, x, column);
    for (int t = 0; t < TILES; t++)
        for (int i = 0; i < FR_TILE_BYTES; i++)
            wrong += column[FR_TILE_BYTES * t + i] != (i >= FR_TILE ? 77 : mask[t] >> i & 1 ? x[FR_TILE * t + i] : 0);
    CHECK(wrong == 0, "%s: %d wrong", isa->name, wrong);
    const uint64_t a[] = {7, 0, ~UINT64_C(0)}, b[] = {1, 1, 1};
    test_patterns(isa);
    CHECK(isa->differing(3, a, b) == 2 + 1 + 63 && isa->differing(3, a, NULL) == 67, "%s", isa->name);
}

/* Doubles of every exponent, and at both ends of what is done without the general way. */
static double number(int i) {
    const uint64_t fraction = random_bits() >> 12, sign = random_bits() << 63;
    const int special = i % 8;
    uint64_t exponent = (uint64_t)(i / 8) % 2047;
    if (special == 1) exponent = 1023 - 60 + random_bits() % 90;
    const uint64_t rounded = special == 2   ? 0
                             : special == 3 ? UINT64_C(0xFFFFFFFFFFFFF)
                             : special == 4 ? fraction & fraction << 20
                             : special == 5 ? fraction & ~UINT64_C(0) << random_bits() % 52
                                            : fraction;
    if (special == 6) return (double)((int64_t)random_bits() % 4096);
    if (special == 7) return (double)((int64_t)random_bits() >> 12) * 0x1p-51;
    return fr_double_from_bits(sign | exponent << 52 | (rounded & UINT64_C(0xFFFFFFFFFFFFF)));
}

static void test_residues(const fr_byte_isa *isa, const fr_bytes_field *field) {
    enum { TILES = 16 * 2047 / FR_TILE };
    static double x[FR_TILE * TILES], powers[FR_POWER_COUNT];
    const fr_field wide = fr_field_make((uint32_t)field->p);
    fr_fill_powers_of_two(wide, powers);
    for (int i = 0; i < FR_TILE * TILES; i++) x[i] = number(i);
    static const double edges[] = {
        0,        -0.0,         1,      -1,      0.5,     0x1p-1074, -0x1p-1074, 0x1p-1022,     0x1.fffffffffffffp1023,
        0x1p1023, 0x1p53,       179,    163,     89,      90,        -89,        -90,           81,
        82,       -82,          0x1p11, 0x1p-37, 0x1p-36, 0x1p-89,   0x1p-81,    179 * 0x1p-46, 89.5,
        81.5,     179 * 0x1p-89};
    memcpy(x, edges, sizeof edges);
    int8_t *out = guarded(FR_TILE * TILES);
    isa->residues(field, powers, TILES, x, out);
    int wrong = 0, large = 0;
    for (int i = 0; i < FR_TILE * TILES; i++) {
        wrong += class_of(out[i], field->p) !=
                 class_of((int64_t)fr_residue(wide, powers, powers[FR_POWER_OFFSET + 27], x[i]), field->p);
        large += out[i] > field->p / 2 || out[i] < -(field->p / 2);
    }
    CHECK(wrong == 0 && large == 0, "%s mod %d: %d residues wrong, %d not balanced", isa->name, field->p, wrong, large);
    /* In tiles without others: the quick way alone. */
    for (int size = -30; size < 8; size++) {
        for (int i = 0; i < FR_TILE; i++) x[i] = ldexp(random_unit(), size);
        isa->residues(field, powers, 1, x, out);
        wrong = 0;
        for (int i = 0; i < FR_TILE; i++)
            wrong += class_of(out[i], field->p) !=
                     class_of((int64_t)fr_residue(wide, powers, powers[FR_POWER_OFFSET + 27], x[i]), field->p);
        CHECK(wrong == 0, "%s mod %d: %d residues of numbers near 2^%d wrong", isa->name, field->p, wrong, size);
    }
    CHECK(guarded_intact(out, FR_TILE * TILES), "%s: written elsewhere", isa->name);
    guarded_free(out);
}

int main(void) {
    for (int which = 0; which < 2; which++) {
        const fr_bytes_field field = fr_bytes_field_make(primes[which]);
        for (int a = 1; a < field.p; a++)
            CHECK(class_of(a * field.inverses[a], field.p) == 1, "1/%d mod %d", a, field.p);
        for (size_t set = 0; set < sizeof byte_sets / sizeof *byte_sets; set++) {
            const fr_byte_isa *isa = fr_bytes_named(byte_sets[set]);
            if (!isa) continue;
            static const int64_t counts[] = {0, 1, 2, 3, 7, 63, 64, 65, MOST_TILES};
            for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
                for (int how = 0; how < FILLS; how++) {
                    test_product(isa, &field, counts[i], (fill)how, false);
                    test_product(isa, &field, counts[i], (fill)how, true);
                }
            test_forms(isa, &field);
            for (int i = 0; i < 300; i++) test_inverse(isa, &field, 1 + i % FR_TILE, -1);
            for (int i = 0; i < 300; i++) test_inverse(isa, &field, FR_TILE, 2 + i % (FR_TILE - 2));
            test_columns(isa);
            for (int i = 0; i < 10; i++) test_residues(isa, &field);
        }
    }
    CHECK(fr_bytes_named("abacus") == NULL, "no such set");
    return check_report();
}
