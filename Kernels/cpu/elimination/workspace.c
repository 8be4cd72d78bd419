/* Creates and frees the state of an elimination. M is one reservation of address space; memory backs only the pages
 * that are touched. */
#define _GNU_SOURCE
#include "elimination/workspace.h"

#include "check_arguments.h"
#include "session/memory.h"

#include <stdlib.h>
#include <string.h>

/* Wide blocks read M less often; narrow ones waste fewer columns and keep the panel in cache. The widths were chosen by
 * timing trials of n = 30 to 4000 at widths of 16 to 384 on a Zen 4 with 1 MiB of second-level cache. To choose them
 * again, change them here and run Kernels/profile/profile_peers.cpp. */
int64_t fr_block_columns(int64_t rows) { return rows <= 256 ? 24 : rows < 2000 ? 48 : rows < 6000 ? 128 : 256; }

/* For at most 176 rows the initial elimination is quicker than blocks from the start, by the same timings. There is
 * room for one unit more than full rank needs. */
int64_t fr_initial_lu_columns(int64_t rows) { return rows <= 176 ? rows + rows / 2 + 8 : 0; }

static size_t rows_of_block_count(int64_t rows, int64_t block) {
    return (size_t)((rows > FR_DELAY ? rows : FR_DELAY) + FR_GROUP) * (size_t)block;
}

/* The size of M: at rank r the non-pivot rows have r (n - r) numbers, at most n^2 / 4. */
static size_t used_of_m(int64_t rows) {
    const size_t m = fr_bytes(rows, rows, sizeof(double));
    return m <= KEEP_BYTES ? m : m / 4;
}

size_t fr_workspace_memory(int64_t rows) {
    const size_t n = (size_t)rows, block = (size_t)fr_block_columns(rows);
    return used_of_m(rows) + (n * block + rows_of_block_count(rows, (int64_t)block)) * sizeof(double);
}

/* Zeroed and aligned to a cache line, so that every vector of a group is within one line. */
static double *aligned_numbers(size_t count) {
    const size_t bytes = (count * sizeof(double) + 63) / 64 * 64;
    double *numbers = aligned_alloc(64, bytes);
    return numbers ? memset(numbers, 0, bytes) : NULL;
}

fr_workspace *fr_workspace_create(int64_t rows) {
    /* With more rows the sizes below would overflow. */
    if (fr_bytes(rows + 2 * FR_GROUP, rows + 2 * FR_GROUP, sizeof(double)) > PTRDIFF_MAX) return NULL;
    if (!fr_memory_holds((double)fr_workspace_memory(rows))) return NULL;
    fr_workspace *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    w->capacity = rows;
    w->m.stride = w->l.stride = (rows + 1) * FR_GROUP;
    w->block = fr_block_columns(rows);
    w->s.stride = (w->block + 1) * FR_GROUP;
    const size_t n = (size_t)rows + FR_GROUP, groups = (size_t)fr_groups(rows) + 1, block = (size_t)w->block;
    w->reserved = groups * (size_t)w->m.stride * sizeof(double);
    w->m.at = fr_memory_map_sparse(w->reserved, used_of_m(rows));
    w->s.at = aligned_numbers(groups * (size_t)w->s.stride);
    w->rows_of_block = aligned_numbers(rows_of_block_count(rows, w->block));
    const size_t most_leading = (size_t)fr_initial_lu_columns(rows);
    if (most_leading) {
        w->leading = aligned_numbers(groups * FR_GROUP * (most_leading + 1));
        w->l.at = aligned_numbers(groups * (size_t)w->l.stride);
    }
    w->key = aligned_numbers(n);
    w->panel_scratch = aligned_numbers((block / 2 + 2 * FR_GROUP) * (block / 2 + 2 * FR_GROUP));
    w->row_of_slot = calloc(n, sizeof(int32_t));
    w->slot_of_row = calloc(n, sizeof(int32_t));
    w->pivot_row = calloc(n, sizeof(int32_t));
    w->found.slots = calloc(4 * block, sizeof(int64_t));
    w->is_pivot = calloc(n, sizeof(bool));
    w->is_used = calloc(n, sizeof *w->is_used);
    if (fr_pattern_filter_make(&w->filter, rows) && w->m.at && w->s.at && w->rows_of_block && w->key &&
        w->panel_scratch && w->row_of_slot && (most_leading == 0 || (w->leading && w->l.at)) && w->slot_of_row &&
        w->pivot_row && w->found.slots && w->is_pivot && w->is_used) {
        w->found.columns = w->found.slots + block;
        w->from = w->found.columns + block;
        w->to = w->from + block;
        return w;
    }
    fr_workspace_destroy(w);
    return NULL;
}

void fr_workspace_destroy(fr_workspace *w) {
    if (!w) return;
    if (w->m.at) fr_memory_unmap_sparse(w->m.at, w->reserved, used_of_m(w->capacity));
    free(w->s.at);
    free(w->rows_of_block);
    free(w->leading);
    free(w->l.at);
    free(w->key);
    free(w->panel_scratch);
    free(w->row_of_slot);
    free(w->slot_of_row);
    free(w->pivot_row);
    free(w->found.slots);
    free(w->is_pivot);
    free(w->is_used);
    fr_pattern_filter_free(&w->filter);
    free(w);
}
