/* A random vector of the left kernel of the columns eliminated so far: v (reduced non-pivot rows) = v (non-pivot rows)
 * - (v M) (pivot rows). */
#include <string.h>

#include "elimination/workspace.h"
#include "sampling.h"

/* Pivots that one call of the body takes: their sums, lane by lane, stay in the first cache. */
#define BAND 256

typedef struct product {
    const fr_workspace *w;
    fr_field field;
    double *vector;
} product;

/* Minus (v M) for a band of pivots: v is at the non-pivot rows of `vector` already. */
static void multiply_band(void *context, int64_t number, int worker) {
    (void)worker;
    const product *work = context;
    const fr_workspace *w = work->w;
    const int64_t first = number * BAND, count = w->rank - first < BAND ? w->rank - first : BAND;
    double sums[BAND * FR_GROUP] = {0};
    int64_t terms = 1;
    for (int64_t group = w->first / FR_GROUP; group < fr_groups(w->rows); group++) {
        double v[FR_GROUP];
        for (int lane = 0; lane < FR_GROUP; lane++) {
            const int64_t slot = group * FR_GROUP + lane;
            v[lane] = slot >= w->first && slot < w->rows ? work->vector[w->row_of_slot[slot]] : 0.0;
        }
        const double *m = fr_grouped_from(w->m, group, first).at;
        for (int64_t t = 0; t < count; t++)
            for (int lane = 0; lane < FR_GROUP; lane++) sums[t * FR_GROUP + lane] += v[lane] * m[t * FR_GROUP + lane];
        if (++terms < FR_DELAY) continue;
        for (int64_t i = 0; i < count * FR_GROUP; i++) sums[i] = fr_reduce(work->field, sums[i]);
        terms = 1;
    }
    for (int64_t t = 0; t < count; t++) {
        double sum = 0.0;
        for (int lane = 0; lane < FR_GROUP; lane++) sum += fr_reduce(work->field, sums[t * FR_GROUP + lane]);
        work->vector[w->pivot_row[first + t]] = -fr_reduce(work->field, sum);
    }
}

void fr_random_relation(const fr_workspace *w, fr_field field, fr_pool *pool, uint64_t seed, double *vector) {
    memset(vector, 0, (size_t)w->rows * sizeof *vector);
    for (int64_t slot = w->first; slot < w->rows; slot++) {
        const uint32_t row = (uint32_t)w->row_of_slot[slot];
        const uint64_t residue =
            fr_index_below(fr_raw_bits(seed, 0, FR_STREAM_RELATION, row, 0), (uint64_t)field.prime);
        vector[row] = fr_reduce(field, (double)residue);
    }
    product work = {w, field, vector};
    const int64_t bands = (w->rank + BAND - 1) / BAND;
    if (pool) fr_pool_run(pool, bands, multiply_band, &work);
    for (int64_t i = 0; i < bands && !pool; i++) multiply_band(&work, i, 0);
}
