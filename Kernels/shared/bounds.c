/* Bounds of ranks from above that the Python package takes (Scripts/python): a rank modulo any prime that reaches one is
 * the rank, proved. Beside the table, as hashes.c is.
 *
 * However the rows are divided into groups, the rank is at most the sum of the groups' ranks, and a group's rank is at
 * most the number of its rows, and of its columns that differ and are not 0. Here rows of one support make a group: in a
 * Jacobian of a ReLU network these are points with the same activations, and have k columns that differ. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct keyed_row {
    uint64_t key; /* of its support; rows of several supports may share one */
    const double *x;
} keyed_row;

typedef struct bounds {
    int64_t rows, columns, slots;
    keyed_row *row;
    uint64_t *weights; /* of the columns in a row's key */
    uint64_t *met;     /* by column: bits of its numbers */
    uint64_t *hash;    /* of a group's columns */
    int64_t *table;    /* columns that differ, by hash; -1: none */
} bounds;

/* 0 of either sign has none. */
static uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits << 1 ? bits : 0;
}

static int by_key(const void *left, const void *right) {
    const uint64_t a = ((const keyed_row *)left)->key, b = ((const keyed_row *)right)->key;
    return (a > b) - (a < b);
}

static bool same_column(const keyed_row *group, int64_t count, int64_t a, int64_t b) {
    for (int64_t i = 0; i < count; i++)
        if (group[i].x[a] != group[i].x[b]) return false;
    return true;
}

/* The number of the group's columns that differ and are not 0, `count`, its rows, at most. Equal columns are compared, so
 * that no collision of hashes makes it smaller. */
static int64_t group_bound(const bounds *s, const keyed_row *group, int64_t count) {
    memset(s->hash, 0, (size_t)s->columns * sizeof *s->hash);
    for (int64_t i = 0; i < count; i++)
        for (int64_t c = 0; c < s->columns; c++)
            s->hash[c] = (s->hash[c] ^ bits_of(group[i].x[c])) * UINT64_C(0x9e3779b97f4a7c15);
    memset(s->table, 0xFF, (size_t)s->slots * sizeof *s->table);
    int64_t differ = 0;
    for (int64_t c = 0; c < s->columns && differ < count; c++) {
        if (s->hash[c] == 0) {
            bool is_zero = true;
            for (int64_t i = 0; i < count; i++) is_zero &= group[i].x[c] == 0.0;
            if (is_zero) continue;
        }
        int64_t slot = (int64_t)(s->hash[c] >> 32) & (s->slots - 1);
        while (s->table[slot] >= 0 && (s->hash[s->table[slot]] != s->hash[c] ||
                                       !same_column(group, count, s->table[slot], c)))
            slot = (slot + 1) & (s->slots - 1);
        if (s->table[slot] >= 0) continue;
        s->table[slot] = c;
        differ++;
    }
    return differ;
}

static int64_t bound_of(const bounds *s, const double *matrix) {
    int64_t nonzero_columns = 0, nonzero_rows = 0;
    memset(s->met, 0, (size_t)s->columns * sizeof *s->met);
    for (int64_t i = 0; i < s->rows; i++) {
        const double *x = matrix + (size_t)i * (size_t)s->columns;
        uint64_t key = 0, any = 0;
        for (int64_t c = 0; c < s->columns; c++) {
            const uint64_t bits = bits_of(x[c]);
            s->met[c] |= bits;
            any |= bits;
            key += bits ? s->weights[c] : 0;
        }
        if (any) s->row[nonzero_rows++] = (keyed_row){key, x};
    }
    for (int64_t c = 0; c < s->columns; c++) nonzero_columns += s->met[c] != 0;
    qsort(s->row, (size_t)nonzero_rows, sizeof *s->row, by_key);
    int64_t sum = 0;
    for (int64_t begin = 0, end; begin < nonzero_rows; begin = end) {
        for (end = begin + 1; end < nonzero_rows && s->row[end].key == s->row[begin].key;) end++;
        sum += end - begin == 1 ? 1 : group_bound(s, s->row + begin, end - begin);
    }
    return sum < nonzero_columns ? sum : nonzero_columns;
}

/* result[i] = a bound of the rank of matrix which[i]: rows x columns finite doubles, row-major, one matrix behind the
 * other. False if there is no memory. */
bool fr_rank_bounds(const double *matrices, int64_t rows, int64_t columns, const int64_t *which, int64_t count,
                    int64_t *result);
bool fr_rank_bounds(const double *matrices, int64_t rows, int64_t columns, const int64_t *which, int64_t count,
                    int64_t *result) {
    bounds s = {.rows = rows, .columns = columns, .slots = 1};
    while (s.slots <= columns) s.slots *= 2;
    s.slots *= 2;
    s.row = calloc((size_t)rows + 1, sizeof *s.row);
    s.weights = calloc((size_t)columns + 1, sizeof *s.weights);
    s.met = calloc((size_t)columns + 1, sizeof *s.met);
    s.hash = calloc((size_t)columns + 1, sizeof *s.hash);
    s.table = calloc((size_t)s.slots, sizeof *s.table);
    const bool has_memory = s.row && s.weights && s.met && s.hash && s.table;
    if (has_memory) {
        uint64_t weight = 1;
        for (int64_t c = 0; c < columns; c++) s.weights[c] = weight = weight * UINT64_C(0x5851f42d4c957f2d) + 1;
        for (int64_t i = 0; i < count; i++)
            result[i] = bound_of(&s, matrices + (size_t)which[i] * (size_t)rows * (size_t)columns);
    }
    free(s.row);
    free(s.weights);
    free(s.met);
    free(s.hash);
    free(s.table);
    return has_memory;
}
