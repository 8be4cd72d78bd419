/* The rules (condition: conclusion) for facts (J, a) and (K, b) whose points in J and K together are independent:
 *  - a = b off J and K: m_a (bits on J from b, on K from a) is in both spans, so in that of J's and K's common points;
 *  - a and b differ in so few points j off J and K that these, too, are independent: all these u_j = 0;
 *  - a and b are complements off J and K: the vector of ones has the fact (J and K);
 *  - a is all ones: b's complement has the fact (J and K).
 * Independence is shown modulo 2^61 - 1: points that are independent there are independent. */
#include "minima/region/facts.h"

#include <string.h>

/* The number of facts kept at a time, which suffices for most regions. Further facts are dropped: no false conclusion
 * follows, but a region may stay undecided. */
enum { FACTS_A_POINT = 8, FEWEST_FACTS = 64 };

void fr_facts_prepare(fr_facts *f, int64_t most_points, int64_t k) {
    f->k = k;
    f->words = (most_points + 63) / 64 + 1;
    f->capacity = FACTS_A_POINT * most_points + FEWEST_FACTS;
    f->prime = fr_word_prime_make((UINT64_C(1) << 61) - 1);
}

void fr_facts_lay_out(fr_facts *f, fr_arena *arena) {
    const int64_t k = f->k;
    FR_SLICE(arena, f->sets, f->capacity, k);
    FR_SLICE(arena, f->sizes, f->capacity, 1);
    FR_SLICE(arena, f->vectors, f->capacity, f->words);
    FR_SLICE(arena, f->dropped, f->capacity, 1);
    FR_SLICE(arena, f->zero, f->words, 1);
    FR_SLICE(arena, f->ones, f->words, 1);
    FR_SLICE(arena, f->scratch, f->words, 1);
    FR_SLICE(arena, f->spare, f->words, 1);
    FR_SLICE(arena, f->scratch_set, 4 * k + 8, 1);
    FR_SLICE(arena, f->echelon, k, k);
    FR_SLICE(arena, f->pivots, k, 1);
}

static bool are_independent(const fr_facts *f, const int64_t *set, int64_t size) {
    const int64_t k = f->k;
    if (size > k) return false;
    fr_echelon form = {.prime = &f->prime, .width = k, .rows = f->echelon, .pivots = f->pivots};
    for (int64_t i = 0; i < size; i++) {
        uint64_t *row = fr_echelon_next(&form);
        for (int64_t c = 0; c < k; c++) row[c] = fr_word_residue(&f->prime, f->points[set[i] * k + c]);
        if (!fr_echelon_take(&form)) return false;
    }
    return true;
}

static uint64_t *vector(const fr_facts *f, int64_t i) { return f->vectors + i * f->words; }
static int64_t *set_of(const fr_facts *f, int64_t i) { return f->sets + i * f->k; }

static void clear(uint64_t *words, const int64_t *set, int64_t size) {
    for (int64_t i = 0; i < size; i++) words[set[i] / 64] &= ~(UINT64_C(1) << (set[i] % 64));
}

static bool contains(const int64_t *set, int64_t size, const int64_t *part, int64_t part_size) {
    int64_t i = 0;
    for (int64_t p = 0; p < part_size; p++) {
        while (i < size && set[i] < part[p]) i++;
        if (i == size || set[i] != part[p]) return false;
    }
    return true;
}

/* Whether fact i states (set, vector): its points are in `set`, and its bits are those of `vector` off `set`. */
static bool says(const fr_facts *f, int64_t i, const int64_t *set, int64_t size, const uint64_t *bits) {
    if (f->dropped[i] || !contains(set, size, set_of(f, i), f->sizes[i])) return false;
    const uint64_t *a = vector(f, i);
    for (int64_t w = 0; 64 * w < f->n; w++) {
        uint64_t differs = (a[w] ^ bits[w]) & ~f->zero[w] & f->ones[w];
        for (int64_t s = 0; differs && s < size; s++)
            if (set[s] / 64 == w) differs &= ~(UINT64_C(1) << (set[s] % 64));
        if (differs) return false;
    }
    return true;
}

bool fr_facts_hold(const fr_facts *f, const int64_t *set, int64_t size, const uint64_t *pattern) {
    int64_t sorted[FR_MOST_SET_POINTS];
    if (size > FR_MOST_SET_POINTS) return false;
    for (int64_t i = 0; i < size; i++) {
        int64_t place = i;
        for (; place > 0 && sorted[place - 1] > set[i]; place--) sorted[place] = sorted[place - 1];
        sorted[place] = set[i];
    }
    for (int64_t i = 0; i < f->count; i++)
        if (says(f, i, sorted, size, pattern)) return true;
    return false;
}

void fr_facts_add(fr_facts *f, const int64_t *set, int64_t size, const uint64_t *pattern) {
    if (f->count == f->capacity) return;
    for (int64_t i = 0; i < f->count; i++)
        if (says(f, i, set, size, pattern)) return;
    const int64_t place = f->count++;
    if (size) memcpy(set_of(f, place), set, (size_t)size * sizeof(int64_t));
    f->sizes[place] = size;
    f->dropped[place] = false;
    uint64_t *a = vector(f, place);
    memset(a, 0, (size_t)f->words * sizeof(uint64_t));
    for (int64_t w = 0; 64 * w < f->n; w++) a[w] = pattern[w] & ~f->zero[w] & f->ones[w];
    clear(a, set, size);
    for (int64_t i = 0; i < place; i++)
        if (!f->dropped[i] && says(f, place, set_of(f, i), f->sizes[i], vector(f, i))) f->dropped[i] = true;
}

void fr_facts_begin(fr_facts *f, int64_t n, const double *points) {
    f->n = n;
    f->points = points;
    f->count = 0;
    memset(f->zero, 0, (size_t)f->words * sizeof(uint64_t));
    memset(f->ones, 0, (size_t)f->words * sizeof(uint64_t));
    for (int64_t j = 0; j < n; j++) f->ones[j / 64] |= UINT64_C(1) << (j % 64);
    memset(f->scratch, 0, (size_t)f->words * sizeof(uint64_t));
    fr_facts_add(f, NULL, 0, f->scratch); /* m_0 = 0 */
}

/* Computes union and common, k numbers each. Returns false if the union has more than k points. */
static bool unite(const fr_facts *f, int64_t i, int64_t j, int64_t *all, int64_t *all_size, int64_t *common,
                  int64_t *common_size) {
    const int64_t *a = set_of(f, i), *b = set_of(f, j), sa = f->sizes[i], sb = f->sizes[j];
    int64_t p = 0, q = 0;
    *all_size = *common_size = 0;
    while (p < sa || q < sb) {
        if (*all_size == f->k) return false;
        if (q == sb || (p < sa && a[p] < b[q])) {
            all[(*all_size)++] = a[p++];
        } else {
            if (p < sa && a[p] == b[q]) {
                common[(*common_size)++] = b[q];
                p++;
            }
            all[(*all_size)++] = b[q++];
        }
    }
    return true;
}

/* Returns whether a new zero of u was found; everything must then be examined again. */
static bool combine(fr_facts *f, int64_t i, int64_t j) {
    int64_t *all = f->scratch_set, *common = all + 2 * f->k, size, common_size;
    if (!unite(f, i, j, all, &size, common, &common_size)) return false;
    const uint64_t *a = vector(f, i), *b = vector(f, j);
    uint64_t *free_bits = f->spare;
    int64_t differ = 0, agree = 0, a_zeros = 0, b_zeros = 0;
    for (int64_t w = 0; 64 * w < f->n; w++) free_bits[w] = f->ones[w] & ~f->zero[w];
    clear(free_bits, all, size);
    for (int64_t w = 0; 64 * w < f->n; w++) {
        const uint64_t d = (a[w] ^ b[w]) & free_bits[w];
        differ += __builtin_popcountll(d);
        agree += __builtin_popcountll(free_bits[w] & ~d);
        a_zeros += __builtin_popcountll(free_bits[w] & ~a[w]);
        b_zeros += __builtin_popcountll(free_bits[w] & ~b[w]);
    }
    if (differ == 0 && common_size < f->sizes[i] && common_size < f->sizes[j] && are_independent(f, all, size)) {
        for (int64_t w = 0; 64 * w < f->n; w++) f->scratch[w] = a[w] | b[w]; /* each is 0 on its own set */
        fr_facts_add(f, common, common_size, f->scratch);
    }
    if (size >= f->k) return false;
    if (differ > 0 && differ <= f->k - size) {
        int64_t more = size;
        for (int64_t w = 0; 64 * w < f->n; w++)
            for (uint64_t d = (a[w] ^ b[w]) & free_bits[w]; d; d &= d - 1) all[more++] = 64 * w + __builtin_ctzll(d);
        if (!are_independent(f, all, more)) return false;
        for (int64_t m = size; m < more; m++) f->zero[all[m] / 64] |= UINT64_C(1) << (all[m] % 64);
        return true;
    }
    if (agree == 0 && are_independent(f, all, size)) fr_facts_add(f, all, size, f->ones);
    if (a_zeros == 0 && are_independent(f, all, size)) {
        for (int64_t w = 0; 64 * w < f->n; w++) f->scratch[w] = ~b[w];
        fr_facts_add(f, all, size, f->scratch);
    }
    if (b_zeros == 0 && are_independent(f, all, size)) {
        for (int64_t w = 0; 64 * w < f->n; w++) f->scratch[w] = ~a[w];
        fr_facts_add(f, all, size, f->scratch);
    }
    return false;
}

void fr_facts_close(fr_facts *f) {
    for (int64_t i = 0; i < f->count; i++) {
        if (f->dropped[i]) continue;
        bool zero = false;
        for (int64_t j = 0; j < i && !zero; j++)
            if (!f->dropped[j] && !f->dropped[i]) zero = combine(f, i, j);
        if (!zero) continue;
        for (int64_t j = 0; j < f->count; j++)
            for (int64_t w = 0; 64 * w < f->n; w++) vector(f, j)[w] &= ~f->zero[w];
        i = -1; /* once more, from the start */
    }
}
