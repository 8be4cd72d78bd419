/* Radix sort, least significant digit first; insertion sort if there are few keys. */
#include "order/sort.h"

#include <string.h>

#define DIGIT_BITS 8
#define FEW 48

static void insert(uint64_t *keys, int32_t *items, int64_t count) {
    for (int64_t i = 1; i < count; i++) {
        const uint64_t key = keys[i];
        const int32_t item = items[i];
        int64_t at = i;
        for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1], items[at] = items[at - 1];
        keys[at] = key;
        items[at] = item;
    }
}

void fr_sort_keys(uint64_t *keys, int32_t *items, int64_t count, uint64_t *other_keys, int32_t *other_items) {
    if (count <= FEW) return insert(keys, items, count);
    enum { digits = 1 << DIGIT_BITS, passes = 64 / DIGIT_BITS };
    int64_t starts[passes][digits];
    memset(starts, 0, sizeof starts);
    for (int64_t i = 0; i < count; i++)
        for (int pass = 0; pass < passes; pass++) starts[pass][keys[i] >> (DIGIT_BITS * pass) & (digits - 1)]++;
    uint64_t *from = keys, *to = other_keys;
    int32_t *from_items = items, *to_items = other_items;
    for (int pass = 0; pass < passes; pass++) {
        int64_t *start = starts[pass], before = 0;
        const int shift = DIGIT_BITS * pass;
        if (start[from[0] >> shift & (digits - 1)] == count) continue; /* all have this digit */
        for (int digit = 0; digit < digits; digit++) {
            const int64_t here = start[digit];
            start[digit] = before;
            before += here;
        }
        for (int64_t i = 0; i < count; i++) {
            const int64_t place = start[from[i] >> shift & (digits - 1)]++;
            to[place] = from[i];
            to_items[place] = from_items[i];
        }
        uint64_t *const keys_now = to;
        int32_t *const items_now = to_items;
        to = from, to_items = from_items;
        from = keys_now, from_items = items_now;
    }
    if (from == keys) return;
    memcpy(keys, from, (size_t)count * sizeof *keys);
    memcpy(items, from_items, (size_t)count * sizeof *items);
}
