/* The pool: every index once, in pools and runs of many sizes, one run after the other and one inside the other. */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "support/check.h"
#include "session/session.h"

typedef struct tally {
    fr_pool *pool;
    _Atomic int *seen; /* by index */
    _Atomic int inside[64]; /* bodies running, by worker: never more than one */
    _Atomic int broken;
    int64_t inner; /* size of a nested run */
} tally;

static void count_inner(void *context, int64_t index, int worker) {
    (void)index;
    tally *all = context;
    if (atomic_load(&all->inside[worker]) != 1) atomic_store(&all->broken, 1); /* not the worker we are nested in */
    atomic_fetch_add(&all->seen[0], 1);
}

static void count(void *context, int64_t index, int worker) {
    tally *all = context;
    if (worker < 0 || worker >= fr_pool_size(all->pool) || atomic_fetch_add(&all->inside[worker], 1) != 0)
        atomic_store(&all->broken, 1);
    if (all->inner > 0)
        fr_pool_run(all->pool, all->inner, count_inner, all);
    else
        atomic_fetch_add(&all->seen[index], 1);
    atomic_fetch_sub(&all->inside[worker], 1);
}

static void test_counts(fr_pool *pool) {
    const int64_t counts[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 1000};
    for (int round = 0; round < 20; round++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            _Atomic int seen[1000];
            for (int i = 0; i < 1000; i++) atomic_init(&seen[i], 0);
            tally all = {.pool = pool, .seen = seen};
            fr_pool_run(pool, counts[c], count, &all);
            int wrong = 0;
            for (int64_t i = 0; i < 1000; i++) wrong += atomic_load(&seen[i]) != (i < counts[c]);
            CHECK(wrong == 0 && !all.broken, "size %d, count %lld", fr_pool_size(pool), (long long)counts[c]);
        }
}

static void test_nested(fr_pool *pool) {
    for (int64_t outer = 2; outer <= 20; outer += 3)
        for (int64_t inner = 1; inner <= 12; inner++) {
            _Atomic int total;
            atomic_init(&total, 0);
            tally all = {.pool = pool, .seen = &total, .inner = inner};
            fr_pool_run(pool, outer, count, &all);
            CHECK(total == outer * inner && !all.broken, "%lld x %lld", (long long)outer, (long long)inner);
        }
}

/* Ordinary memory written by the bodies is there for the caller afterwards, and the caller's for the bodies: what
 * the thread sanitizer looks at. Rounds with a pause find the workers asleep, those without find them spinning. */
static void add_one(void *context, int64_t index, int worker) {
    (void)worker;
    ((int *)context)[index]++;
}

static void test_memory(fr_pool *pool) {
    int cells[40] = {0};
    for (int round = 0; round < 400; round++) {
        fr_pool_run(pool, 1 + round % 40, add_one, cells);
        cells[0] += 2;
        struct timespec pause = {0, 200000};
        if (round % 8 == 0) nanosleep(&pause, NULL);
    }
    int sum = 0;
    for (int i = 0; i < 40; i++) sum += cells[i];
    CHECK(sum == 400 * 2 + 10 * (40 * 41 / 2), "sum %d", sum);
}

static void record(void *context, int64_t index, int worker) {
    (void)worker;
    int64_t *last = context;
    if (index == *last + 1) *last = index;
}

int main(void) {
    for (int size = 1; size <= 9; size++) {
        fr_pool *pool = fr_pool_create(size);
        CHECK(pool != NULL && fr_pool_size(pool) == size, "size %d", size);
        if (pool == NULL) break;
        test_counts(pool);
        test_nested(pool);
        test_memory(pool);
        fr_pool_destroy(pool);
    }
    for (int round = 0; round < 50; round++) fr_pool_destroy(fr_pool_create(4)); /* ends before workers begin */
    fr_pool_destroy(NULL);

    fr_pool *alone = fr_pool_create(0);
    CHECK(fr_pool_size(alone) == 1, "threads 0");
    int64_t last = -1;
    fr_pool_run(alone, 100, record, &last);
    CHECK(last == 99, "one thread takes the indices in order, ended at %lld", (long long)last);
    fr_pool_destroy(alone);
    return check_report();
}
