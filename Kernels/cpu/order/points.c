/* Sorts the distinct points, and divides their range into cells in which a point is found at once. */
#include "order/order.h"
#include "order/sort.h"

#include <string.h>

static void sort_points(fr_order *o) {
    const double *x = o->trial->x;
    const int64_t n = o->points;
    for (int64_t j = 0; j < n; j++) {
        o->keys[j] = fr_key_of_double(fr_bits_of_double(x[j]));
        o->items[j] = (int32_t)j;
    }
    fr_sort_keys(o->keys, o->items, n, o->other_keys, o->other_items);
    o->distinct = 0;
    o->zero = -1;
    for (int64_t i = 0; i < n; i++) {
        const int32_t row = o->items[i];
        o->place[row] = -1;
        if (i > 0 && o->keys[i] == o->keys[i - 1]) continue;
        const int64_t at = o->distinct++;
        o->value[at] = x[row];
        o->first[at] = row;
        o->place[row] = (int32_t)at;
        if (x[row] == 0.0) o->zero = at;
    }
}

void fr_order_begin_points(fr_order *o) {
    sort_points(o);
    const int64_t g = o->distinct;
    int64_t cells = 64;
    while (cells < 2 * g && cells < o->capacity) cells *= 2;
    o->last = (double)(cells - 1);
    o->origin = g ? o->value[0] : 0.0;
    o->scale = g > 1 ? o->last / (o->value[g - 1] - o->origin) : 0.0;
    int64_t at = 0;
    for (int64_t cell = 0; cell <= cells; cell++) {
        while (at < g && fr_break_cell(o->value[at], o->origin, o->scale, o->last) < cell) at++;
        o->cell_first[cell] = (uint32_t)at;
    }
}
