/* Slices of an arena: apart, aligned, zeroed; lengths whose product overflows are refused, and nothing is allocated. */
#include "session/arena.h"
#include "support/check.h"

typedef struct table {
    size_t rows, columns;
    double *numbers;
    uint8_t *bytes;
    int64_t *none, *last;
    int passes;
    fr_arena memory;
} table;

static void lay_out(void *object, fr_arena *arena) {
    table *t = object;
    FR_SLICE(arena, t->numbers, t->rows, t->columns);
    FR_SLICE(arena, t->bytes, t->rows, 1);
    FR_SLICE(arena, t->none, 0, t->columns);
    FR_SLICE(arena, t->last, 1, 1);
    t->passes++;
}

static void test_slices(void) {
    for (size_t rows = 0; rows < 70; rows++)
        for (size_t columns = 0; columns < 5; columns++) {
            table t = {.rows = rows, .columns = columns};
            CHECK(fr_arena_make(&t.memory, lay_out, &t), "%zu x %zu", rows, columns);
            CHECK(t.passes == 2, "%d passes", t.passes);
            const uintptr_t begins[] = {(uintptr_t)t.numbers, (uintptr_t)t.bytes, (uintptr_t)t.none, (uintptr_t)t.last};
            const size_t bytes[] = {rows * columns * sizeof(double), rows, 0, sizeof(int64_t)};
            for (int i = 0; i < 4; i++) {
                CHECK(begins[i] != 0 && begins[i] % 64 == 0, "slice %d at %zx", i, (size_t)begins[i]);
                if (i > 0) CHECK(begins[i - 1] + bytes[i - 1] <= begins[i], "slice %d begins inside the one before", i);
            }
            bool zeroed = *t.last == 0;
            for (size_t i = 0; i < rows * columns; i++) zeroed &= t.numbers[i] == 0;
            for (size_t i = 0; i < rows; i++) zeroed &= t.bytes[i] == 0;
            CHECK(zeroed, "%zu x %zu", rows, columns);
            if (rows * columns > 0) memset(t.numbers, 0xFF, rows * columns * sizeof(double));
            if (rows > 0) memset(t.bytes, 0xFF, rows);
            CHECK(*t.last == 0, "%zu x %zu: slices share bytes", rows, columns);
            fr_arena_free(&t.memory);
            fr_arena_free(&t.memory);
        }
}

static void refuse(size_t rows, size_t columns) {
    table t = {.rows = rows, .columns = columns};
    CHECK(!fr_arena_make(&t.memory, lay_out, &t), "%zx x %zx fit", rows, columns);
    CHECK(t.passes == 1 && t.numbers == NULL && t.last == NULL && t.memory.memory == NULL, "%zx x %zx", rows, columns);
    fr_arena_free(&t.memory);
}

static void test_sizes_that_do_not_fit(void) {
    refuse(SIZE_MAX, 2);                       /* rows * columns overflows */
    refuse((size_t)1 << 32, (size_t)1 << 32);  /* to 0 */
    refuse((size_t)1 << 31, (size_t)1 << 31);  /* the bytes overflow */
    refuse((size_t)PTRDIFF_MAX, 0);            /* a single slice is too large */
    refuse((size_t)(int64_t)-1, 1);            /* a negative length */
    refuse((size_t)PTRDIFF_MAX / 9, 1);         /* each slice fits by itself, not all of them */
}

int main(void) {
    test_slices();
    test_sizes_that_do_not_fit();
    return check_report();
}
