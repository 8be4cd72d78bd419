/* Sorts numbers together with items that belong to them. Private to Kernels/cpu. */
#ifndef FR_CPU_ORDER_SORT_H
#define FR_CPU_ORDER_SORT_H

#include <stdint.h>

#include "portability.h"

/* Sorts `count` keys ascending, `items` along with them; equal keys stay in order. other_keys, other_items: scratch of
 * the same size. */
void fr_sort_keys(uint64_t *keys, int32_t *items, int64_t count, uint64_t *other_keys, int32_t *other_items);

/* A key that orders finite doubles; -0 and 0 have the same key. */
static inline uint64_t fr_key_of_double(uint64_t bits) {
    if (bits << 1 == 0) bits = 0;
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

#endif
