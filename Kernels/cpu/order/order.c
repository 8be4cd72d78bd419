/* Processes one trial: its points, then units until no further unit can matter, then widths. */
#include "order/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "session/memory.h"

/* Number of units that a thread takes at a time. */
#define PART (16 * FR_ORDER_BATCH)
#define MOST_CELLS (INT64_C(1) << 21)

bool fr_order_applies(const fr_problem *p) {
    const char *wish = getenv("FULLRANK_ORDER");
    return p->inputs == 1 && p->bias && p->weight_distribution != FR_WEIGHTS_PATTERN &&
           p->weight_distribution != FR_WEIGHTS_BERNOULLI && !(wish && strcmp(wish, "0") == 0);
}

static void lay_out(void *object, fr_arena *arena) {
    fr_order *o = object;
    const int64_t n = o->points, cells = o->capacity;
    FR_SLICE(arena, o->value, n, 1);
    FR_SLICE(arena, o->first, n, 1);
    FR_SLICE(arena, o->place, n, 1);
    FR_SLICE(arena, o->cell_first, cells + 1, 1);
    FR_SLICE(arena, o->rising, n + 1, 1);
    FR_SLICE(arena, o->falling, n + 1, 1);
    FR_SLICE(arena, o->breaks, n, 1);
    FR_SLICE(arena, o->live, n, 1);
    FR_SLICE(arena, o->wanted, (cells > n ? cells : n) / 64 + 1, 1);
    FR_SLICE(arena, o->least, n, 1);
    FR_SLICE(arena, o->left, n, 1);
    FR_SLICE(arena, o->right, n, 1);
    FR_SLICE(arena, o->separated, n, 1);
    FR_SLICE(arena, o->rows, 2 * n, 1);
    FR_SLICE(arena, o->blocked, 2 * n, 1);
    FR_SLICE(arena, o->keys, n, 1);
    FR_SLICE(arena, o->other_keys, n, 1);
    FR_SLICE(arena, o->items, n, 1);
    FR_SLICE(arena, o->other_items, n, 1);
    FR_SLICE(arena, o->scratch, o->threads, 1);
    double *numbers;
    int32_t *kept;
    const int64_t batch = FR_ORDER_BATCH + FR_DRAW_ROWS;
    FR_SLICE(arena, numbers, o->threads, 2 * batch);
    FR_SLICE(arena, kept, o->threads, batch);
    for (int i = 0; arena->first && i < o->threads; i++)
        o->scratch[i] = (fr_order_scratch){numbers + 2 * i * batch, numbers + (2 * i + 1) * batch, kept + i * batch};
}

static int64_t cells_for(int64_t points) {
    int64_t cells = 64;
    while (cells < 2 * points && cells < MOST_CELLS) cells *= 2;
    return cells;
}

size_t fr_order_memory(int64_t points) {
    return (size_t)points * (sizeof(fr_order_break) + 136) + (size_t)cells_for(points) * 5 + ((size_t)1 << 20);
}

bool fr_order_create(fr_order *o, fr_session *session, fr_trial *trial, int threads) {
    memset(o, 0, sizeof *o);
    o->session = session;
    o->trial = trial;
    o->threads = threads;
    o->points = trial->problem->points;
    o->capacity = cells_for(o->points);
    if (!fr_memory_holds((double)fr_order_memory(o->points))) return false;
    return fr_arena_make(&o->memory, lay_out, o);
}

void fr_order_destroy(fr_order *o) { fr_arena_free(&o->memory); }

typedef struct stretch { fr_order *order; int64_t first, end; } stretch;

static void note_part(void *context, int64_t index, int worker) {
    const stretch *s = context;
    const int64_t begin = s->first + index * PART, end = begin + PART < s->end ? begin + PART : s->end;
    if (fr_is_cancelled(s->order->session)) return;
    for (int64_t u = begin; u < end; u += FR_ORDER_BATCH)
        fr_order_note(s->order, u, end - u < FR_ORDER_BATCH ? end - u : FR_ORDER_BATCH, &s->order->scratch[worker]);
}

/* The share of the draws that is done. The number of live gaps decreases with the square of the width. */
static double share(const fr_order *o, int64_t units) {
    const double most = (double)o->trial->problem->units;
    const double expected = (double)units * sqrt((double)o->live_count + 1.0);
    return (double)units / (o->all_ones != FR_ORDER_NEVER && expected < most ? expected : most);
}

fr_status fr_order_profile(fr_order *o, fr_pool *pool, _Atomic double *done, int64_t *pivots) {
    const int64_t most = o->trial->problem->units;
    fr_order_begin_points(o);
    fr_order_begin_breaks(o);
    int64_t units = 0;
    for (bool matters = o->distinct > 0; matters && units < most; matters = fr_order_look(o)) {
        /* The number of units drawn beyond the last one that matters is at most an eighth of those before, half the
         * number of points, or 128, whichever is largest. */
        int64_t some = units / 8;
        if (some < o->distinct / 2 && o->all_ones != FR_ORDER_NEVER) some = o->distinct / 2;
        if (some < 128) some = 128;
        if (some > most - units) some = most - units;
        stretch s = {o, units, units + some};
        const int64_t parts = (some + PART - 1) / PART;
        if (pool) {
            fr_pool_run(pool, parts, note_part, &s);
        } else {
            for (int64_t i = 0; i < parts; i++) note_part(&s, i, 0);
        }
        if (fr_is_cancelled(o->session)) return FR_CANCELLED;
        units += some;
        if (done) atomic_store(done, share(o, units));
    }
    fr_order_end(o);
    return fr_order_pivots(o, pivots) ? FR_OK : FR_INTERNAL;
}
