/* Eliminations of small whole numbers, modulo a prime and in ball arithmetic: ranks as made, reduced forms that are,
 * and the two pivot rules on a matrix without a pivot in its first column. */
#include <string.h>

#include "numbers/ball_elimination.h"
#include "numbers/echelon.h"
#include "support/check.h"

enum { ROWS = 9, WIDTH = 7 };

/* rows x width of the given rank, almost surely: a product of random factors. */
static void draw(int64_t rank, double a[ROWS][WIDTH]) {
    double left[ROWS][WIDTH], right[WIDTH][WIDTH];
    for (int i = 0; i < ROWS; i++)
        for (int t = 0; t < rank; t++) left[i][t] = (double)(random_bits() % 2001) - 1000;
    for (int t = 0; t < rank; t++)
        for (int c = 0; c < WIDTH; c++) right[t][c] = (double)(random_bits() % 2001) - 1000;
    for (int i = 0; i < ROWS; i++)
        for (int c = 0; c < WIDTH; c++) {
            a[i][c] = 0;
            for (int t = 0; t < rank; t++) a[i][c] += left[i][t] * right[t][c];
        }
}

static void test_echelon(void) {
    for (int64_t rank = 0; rank <= WIDTH; rank++) {
        const fr_word_prime prime = fr_word_prime_draw(random_bits());
        const uint64_t one = fr_word_multiply(&prime, 1, prime.square);
        uint64_t rows[(WIDTH + 1) * WIDTH];
        int64_t pivots[WIDTH];
        double a[ROWS][WIDTH];
        draw(rank, a);
        fr_echelon form = {.prime = &prime, .width = WIDTH, .rows = rows, .pivots = pivots};
        for (int i = 0; i < ROWS; i++) {
            for (int c = 0; c < WIDTH; c++) fr_echelon_next(&form)[c] = fr_word_residue(&prime, a[i][c]);
            const bool taken = fr_echelon_take(&form);
            CHECK(taken == (i < rank), "row %d of rank %d", i, (int)rank);
            if (taken) fr_echelon_clear_newest(&form);
        }
        CHECK(form.rank == rank, "rank %d, not %d", (int)form.rank, (int)rank);
        for (int64_t i = 0; i < form.rank; i++)
            for (int64_t e = 0; e < form.rank; e++)
                CHECK(rows[i * WIDTH + pivots[e]] == (i == e ? one : 0), "row %d at pivot %d", (int)i, (int)e);
    }
}

static bool is_number(fr_ball_context *r, const fr_ball *a, double x) {
    fr_ball difference;
    fr_ball_set(r, &difference, -x);
    fr_ball_add(r, &difference, &difference, a, 1);
    return fr_ball_sign(r, &difference) == 0;
}

/* [A | I] becomes [I | A^-1], whichever entries are pivots. */
static void test_inverse(fr_pivot_rule rule) {
    fr_ball_context r = {.p = fr_word_prime_draw(5), .limbs = FR_REAL_LIMBS};
    fr_ball a[WIDTH * 2 * WIDTH], sum, entry;
    double numbers[ROWS][WIDTH];
    int64_t lead[WIDTH];
    draw(WIDTH, numbers);
    numbers[0][0] = 0; /* so that a row exchange is needed */
    for (int i = 0; i < WIDTH; i++)
        for (int c = 0; c < WIDTH; c++) {
            fr_ball_set(&r, &a[i * 2 * WIDTH + c], numbers[i][c]);
            fr_ball_set(&r, &a[i * 2 * WIDTH + WIDTH + c], i == c);
        }
    CHECK(fr_ball_eliminate(&r, a, WIDTH, WIDTH, 2 * WIDTH, rule, lead) == WIDTH, "rank");
    for (int i = 0; i < WIDTH; i++) {
        CHECK(lead[i] == i, "pivot %d in column %d", i, (int)lead[i]);
        for (int c = 0; c < WIDTH; c++) {
            CHECK(is_number(&r, &a[i * 2 * WIDTH + c], i == c), "identity %d, %d", i, c);
            fr_ball_set(&r, &sum, 0);
            for (int t = 0; t < WIDTH; t++) {
                fr_ball_set(&r, &entry, numbers[i][t]);
                fr_ball_add_product(&r, &sum, &entry, &a[t * 2 * WIDTH + WIDTH + c], 1);
            }
            CHECK(is_number(&r, &sum, i == c), "A times its inverse, %d, %d", i, c);
        }
    }
    CHECK(!r.doubt && !r.failed, "in doubt");
}

/* Columns 0 and 2 depend on none and on column 1. */
static void test_rules(void) {
    static const double numbers[2][4] = {{0, 3, 6, 1}, {0, -5, -10, 1}};
    for (int rule = FR_PIVOT_LARGEST; rule <= FR_PIVOT_FIRST; rule++) {
        fr_ball_context r = {.p = fr_word_prime_draw(7), .limbs = FR_REAL_LIMBS};
        fr_ball a[8];
        int64_t lead[2] = {-1, -1};
        for (int i = 0; i < 8; i++) fr_ball_set(&r, &a[i], numbers[i / 4][i % 4]);
        const int64_t rank = fr_ball_eliminate(&r, a, 2, 4, 4, (fr_pivot_rule)rule, lead);
        if (rule == FR_PIVOT_LARGEST) {
            CHECK(rank == 0, "rank %d: stops at column 0", (int)rank);
        } else {
            CHECK(rank == 2 && lead[0] == 1 && lead[1] == 3, "rank %d, %d, %d", (int)rank, (int)lead[0], (int)lead[1]);
            CHECK(is_number(&r, &a[2], 2), "column 2 is twice column 1");
        }
    }
}

int main(void) {
    test_echelon();
    test_inverse(FR_PIVOT_LARGEST);
    test_inverse(FR_PIVOT_FIRST);
    test_rules();
    return check_report();
}
