#include "network/blocks.h"

#include <string.h>

static bool is_ascending(const int64_t *values, int64_t count, int64_t least, int64_t most) {
    for (int64_t i = 0; i < count; i++)
        if (values[i] < least || values[i] > most || (i && values[i] <= values[i - 1])) return false;
    return true;
}

fr_status fr_check_blocks(fr_session *session, const fr_network *network, const fr_network_blocks *blocks) {
    if (!blocks) return fr_fail(session, FR_INVALID_ARGUMENT, "blocks is NULL");
    if (blocks->struct_size < sizeof *blocks)
        return fr_fail(session, FR_INVALID_ARGUMENT, "struct_size of blocks is %u; it must be at least %zu",
                       blocks->struct_size, sizeof *blocks);
    if (blocks->reserved || network->patience || network->functionals || network->most_rank)
        return fr_fail(session, FR_INVALID_ARGUMENT,
                       "patience, functionals, most_rank and reserved of blocks must be 0 for leading blocks");
    if (blocks->point_count < 1 || !blocks->points ||
        !is_ascending(blocks->points, blocks->point_count, 0, network->points))
        return fr_fail(session, FR_INVALID_ARGUMENT, "points of blocks must ascend, from 0 to %lld",
                       (long long)network->points);
    const int64_t layers = network->layer_count, width = layers > 1 ? network->layers[layers - 2].units : 1;
    if (blocks->unit_count < 1 || !blocks->units || !is_ascending(blocks->units, blocks->unit_count, 1, width) ||
        (layers != 2 && (blocks->unit_count > 1 || blocks->units[0] != width)))
        return fr_fail(session, FR_INVALID_ARGUMENT, layers == 2 ? "units of blocks must ascend, from 1 to %lld"
                       : "units of blocks must be %lld alone: only with one hidden layer are columns nested",
                       (long long)width);
    return FR_OK;
}

/* How many of the ascending values are below `value`. */
static int64_t below(const int64_t *values, int64_t count, int64_t value) {
    int64_t low = 0, high = count;
    while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (values[middle] < value) low = middle + 1;
        else high = middle;
    }
    return low;
}

void fr_count_blocks(const fr_network_blocks *blocks, const fr_network_columns *columns, const int64_t *pivots,
                     int64_t *ranks) {
    const fr_network_shape *shape = columns->passes->shape;
    const int64_t width = blocks->unit_count;
    memset(ranks, 0, (size_t)(blocks->point_count * width) * sizeof *ranks);
    for (int64_t i = 0; i < columns->rows; i++) {
        if (pivots[i] < 0) continue;
        const int64_t row = columns->by_points ? pivots[i] : i;
        const int64_t units = columns->by_points ? fr_units_needed(shape, columns->parameters[i]) : pivots[i];
        const int64_t p = below(blocks->points, blocks->point_count, row / shape->rows_of_point + 1);
        const int64_t u = below(blocks->units, width, units);
        if (p < blocks->point_count && u < width) ranks[p * width + u]++;
    }
    for (int64_t p = 0; p < blocks->point_count; p++)
        for (int64_t u = 0; u < width; u++) {
            int64_t *rank = &ranks[p * width + u];
            if (u) *rank += rank[-1];
            if (p) *rank += ranks[(p - 1) * width + u];
            if (p && u) *rank -= ranks[(p - 1) * width + u - 1];
        }
}
