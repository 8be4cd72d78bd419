/* Combinations of cells against Cramer's rule in whole numbers, on points and labels that are small whole numbers, ties
 * included; and all instruction sets against each other, bit for bit, on any numbers. */
#include <stdbool.h>

#include "fullrank_landscape.h"
#include "support/instruction_sets.h"

typedef __int128 wide;
enum { MOST_POINTS = 10, MOST_UNITS = 3, MOST = 6, COUNT = 61 };

/* Bareiss: every division is exact. */
static wide determinant(int size, wide m[MOST][MOST]) {
    wide last = 1, sign = 1;
    for (int k = 0; k < size; k++) {
        int pivot = k;
        while (pivot < size && m[pivot][k] == 0) pivot++;
        if (pivot == size) return 0;
        if (pivot != k) {
            sign = -sign;
            for (int j = 0; j < size; j++) {
                const wide t = m[k][j];
                m[k][j] = m[pivot][j];
                m[pivot][j] = t;
            }
        }
        for (int i = k + 1; i < size; i++)
            for (int j = k + 1; j < size; j++) m[i][j] = (m[i][j] * m[k][k] - m[i][k] * m[k][j]) / last;
        last = m[k][k];
    }
    return size == 0 ? 1 : sign * m[size - 1][size - 1];
}

typedef struct problem {
    int points, columns;
    int x[MOST_POINTS][3], y[MOST_POINTS];
} problem;

typedef struct answer {
    bool is_open, yes;
    double loss;
} answer;

/* A cell active on one point has one column, that point's; others have D. A cell of two units or more is free if their
 * signs may differ. */
static answer reference(const problem *p, int units, const uint64_t *patterns, const double *signs) {
    uint64_t cells[MOST_UNITS];
    int allowed[MOST_UNITS], first[MOST_UNITS + 1], k = 0, size = 0, column[MOST][MOST_POINTS];
    for (int unit = 0; unit < units; unit++) {
        if (!patterns[unit]) continue;
        const int side = !signs ? 3 : signs[unit] > 0 ? 1 : 2;
        int cell = 0;
        while (cell < k && cells[cell] != patterns[unit]) cell++;
        if (cell == k) cells[k] = patterns[unit], allowed[k++] = side;
        else allowed[cell] = allowed[cell] == side && side != 3 ? side : 4;
    }
    for (int cell = 0; cell < k; cell++) {
        const int width = __builtin_popcountll(cells[cell]) == 1 ? 1 : p->columns;
        first[cell] = size;
        for (int c = 0; c < width; c++, size++)
            for (int j = 0; j < p->points; j++)
                column[size][j] = cells[cell] >> j & 1 ? width == 1 ? 1 : p->x[j][c] : 0;
    }
    first[k] = size;
    wide gram[MOST][MOST], moments[MOST], work[MOST][MOST], numerators[MOST], squares = 0;
    for (int i = 0; i < size; i++) {
        moments[i] = 0;
        for (int j = 0; j < p->points; j++) moments[i] += column[i][j] * p->y[j];
        for (int l = 0; l < size; l++) {
            gram[i][l] = 0;
            for (int j = 0; j < p->points; j++) gram[i][l] += column[i][j] * column[l][j];
        }
    }
    memcpy(work, gram, sizeof work);
    const wide d = determinant(size, work);
    if (d == 0) return (answer){.is_open = true};
    wide product = 0;
    for (int i = 0; i < size; i++) {
        memcpy(work, gram, sizeof work);
        for (int l = 0; l < size; l++) work[l][i] = moments[l];
        numerators[i] = determinant(size, work);
        product += numerators[i] * moments[i];
    }
    for (int j = 0; j < p->points; j++) squares += p->y[j] * p->y[j];
    answer found = {.yes = true, .loss = (double)(squares * d - product) / (double)d};
    for (int cell = 0; cell < k; cell++) {
        if (allowed[cell] == 4) continue;
        bool above = true, below = true;
        if (first[cell + 1] - first[cell] == 1) {
            if (numerators[first[cell]] == 0) found.is_open = true;
            above = numerators[first[cell]] > 0;
            below = !above;
        } else {
            for (int j = 0; j < p->points; j++) {
                wide value = 0;
                for (int c = 0; c < p->columns; c++) value += p->x[j][c] * numerators[first[cell] + c];
                bool is_zero = true;
                for (int c = 0; c < p->columns; c++) is_zero = is_zero && p->x[j][c] == 0;
                if (is_zero) continue;
                if (value == 0) found.is_open = true;
                if (!(cells[cell] >> j & 1)) value = -value;
                above = above && value > 0;
                below = below && value < 0;
            }
        }
        if (!((allowed[cell] & 1 && above) || (allowed[cell] & 2 && below))) found.yes = false;
    }
    return found;
}

typedef struct run {
    uint8_t verdicts[COUNT];
    double low[COUNT];
} run;

static void compare(int round, int *decided, int *held) {
    problem p = {.points = 3 + (int)(random_bits() % 8), .columns = 2 + (int)(random_bits() % 2)};
    const int units = p.columns == 3 ? 1 + (int)(random_bits() % 2) : 1 + (int)(random_bits() % 3);
    const bool is_whole = round % 3 != 0;
    double x[MOST_POINTS * 3], y[MOST_POINTS], narrow[MOST_POINTS * FR_NARROW_NUMBERS(3)], signs[MOST_UNITS];
    uint64_t narrow_patterns[MOST_POINTS], patterns[COUNT * MOST_UNITS];
    int listed = 0;
    for (int j = 0; j < p.points; j++) {
        double square = 0;
        for (int c = 0; c < p.columns; c++) {
            p.x[j][c] = c == p.columns - 1 ? 1 : (int)(random_bits() % 9) - 4;
            x[j * p.columns + c] = is_whole ? p.x[j][c] : random_unit();
            square += x[j * p.columns + c] * x[j * p.columns + c];
        }
        p.y[j] = (int)(random_bits() % 9) - 4;
        y[j] = is_whole ? p.y[j] : random_unit();
        double *numbers = narrow + listed * FR_NARROW_NUMBERS(p.columns);
        const double *own = x + j * p.columns;
        int t = 0;
        for (int a = 0; a < p.columns; a++)
            for (int b = 0; b <= a; b++) numbers[t++] = (a == b) - own[a] * own[b] / square;
        for (int row = 0; row < 2; row++)
            for (int c = 0; c < p.columns; c++) numbers[t++] = own[c] / 16;
        narrow_patterns[listed++] = UINT64_C(1) << j;
    }
    for (int u = 0; u < units; u++) signs[u] = random_bits() & 1 ? 1.0 : -1.0;
    for (int t = 0; t < COUNT; t++)
        for (int u = 0; u < units; u++) {
            double weights[3];
            uint64_t word = 0;
            for (int c = 0; c < p.columns; c++) weights[c] = random_unit() * (c == p.columns - 1 ? 3 : 1);
            for (int j = 0; j < p.points; j++) {
                double value = 0;
                for (int c = 0; c < p.columns; c++) value += x[j * p.columns + c] * weights[c];
                if (value > 0) word |= UINT64_C(1) << j;
            }
            patterns[t * units + u] = u > 0 && random_bits() % 8 == 0 ? patterns[t * units] : word;
        }
    const fr_combination_data data = {p.points, p.columns, x, y, listed, narrow_patterns, narrow};
    const double *given = round & 1 ? signs : NULL;
    run results[INSTRUCTION_SETS], *last = NULL;
    for (int i = 0; i < INSTRUCTION_SETS; i++) {
        run *now = results + i;
        memset(now, 0xA5, sizeof *now);
        if (fr_combinations_with(instruction_sets[i], &data, COUNT, units, units, patterns, given, now->verdicts,
                                 now->low) == -2)
            continue;
        if (last) CHECK(memcmp(last, now, sizeof *now) == 0, "%s, round %d", instruction_sets[i], round);
        last = now;
    }
    for (int t = 0; is_whole && t < COUNT; t++) {
        const answer right = reference(&p, units, patterns + t * units, given);
        const int minimum = FR_COMBINATION_MINIMUM(last->verdicts[t]);
        if (minimum == FR_COMBINATION_OPEN) {
            bool has_two = false;
            for (int u = 0; u < units; u++)
                has_two |= __builtin_popcountll(patterns[t * units + u]) == 2 && p.columns == 3;
            CHECK(right.is_open || has_two, "round %d, combination %d is open", round, t);
            continue;
        }
        ++*decided;
        /* Whoever sees only free cells needs no solution. */
        if (right.is_open) continue;
        CHECK(minimum == (right.yes ? FR_COMBINATION_YES : FR_COMBINATION_NO), "round %d, combination %d", round, t);
        if (!right.yes) continue;
        ++*held;
        CHECK(last->low[t] <= right.loss * (1 + 1e-14) + 1e-14, "low %.17g, loss %.17g", last->low[t], right.loss);
        CHECK(last->low[t] == 0.0 || last->low[t] >= right.loss * (1 - 1e-5), "low %.17g, loss %.17g", last->low[t], right.loss);
    }
}

/* Full rank where more columns than points meet. */
static void ranks(void) {
    const double x[] = {0, 1, 1, 1, 2, 1, 3, 1}, y[] = {1, 0, 0, 1};
    const fr_combination_data data = {4, 2, x, y, 0, NULL, NULL};
    /* Three cells cover all points; of the second combination no two points differ but by the first unit. */
    const uint64_t patterns[] = {15, 14, 8, 15, 15, 12, 15, 15, 15, 7, 7, 7, 15, 12, 0};
    const int full[] = {FR_COMBINATION_YES, FR_COMBINATION_YES, FR_COMBINATION_NO, FR_COMBINATION_NO, FR_COMBINATION_YES};
    uint8_t verdicts[5];
    double low[5];
    CHECK(fr_combinations(&data, 5, 3, 3, patterns, NULL, verdicts, low) == 0, "status");
    for (int t = 0; t < 5; t++) {
        const int found = FR_COMBINATION_FULL_RANK(verdicts[t]);
        CHECK(found == full[t] || found == FR_COMBINATION_OPEN, "combination %d: %d", t, found);
    }
    CHECK(FR_COMBINATION_FULL_RANK(verdicts[1]) == FR_COMBINATION_YES, "square");
    CHECK(FR_COMBINATION_UNIQUE(verdicts[2]) == FR_COMBINATION_NO && FR_COMBINATION_MINIMUM(verdicts[2]) == FR_COMBINATION_YES,
          "free");
}

int main(void) {
    int decided = 0, held = 0;
    for (int round = 0; round < 600; round++) {
        check_seed = (uint64_t)round + 1;
        compare(round, &decided, &held);
    }
    CHECK(decided > 15000 && held > 1500, "%d decided, %d hold minima", decided, held);
    ranks();
    return check_report();
}
