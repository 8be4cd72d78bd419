/* The fork-join pool of threads.
 *
 * How the work divides: a run has an atomic counter of the next index; the calling thread and every worker that is
 * awake take indices from it until it is spent. A run is "open" from its start until the caller finds the counter
 * spent. Workers join an open run under the mutex and leave it under the mutex, and the caller waits only for those
 * that joined: a worker that was asleep when a short run began never delays its end, and none can touch the body or
 * context of a run that is over.
 *
 * Between runs a worker spins for some 20 microseconds, since runs come in quick succession, and then sleeps. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "session/session.h"

enum { spin_nanoseconds = 20000 };

struct fr_pool {
    int size; /* the caller and size - 1 workers */
    int started;
    struct fr_worker *workers;

    pthread_mutex_t mutex;
    pthread_cond_t wake;     /* a run began, or the pool ends */
    pthread_cond_t finished; /* the last worker left a closed run */
    bool open;               /* the four under the mutex */
    bool stop;
    fr_pool_body body;
    void *context;

    int64_t count;
    _Atomic int64_t next;
    _Atomic uint64_t generation; /* counts runs; changed under the mutex, spun upon outside it */
    _Atomic int joined;          /* workers inside the run; likewise */
};

typedef struct fr_worker {
    fr_pool *pool;
    int index;
    pthread_t thread;
} fr_worker;

/* The body this thread is inside of, if any: lets a nested run be a plain loop. */
static _Thread_local const fr_pool *current_pool;
static _Thread_local int current_worker;

static void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void take_indices(fr_pool *pool, int64_t count, fr_pool_body body, void *context, int worker) {
    const fr_pool *outer_pool = current_pool;
    int outer_worker = current_worker;
    current_pool = pool;
    current_worker = worker;
    for (;;) {
        int64_t index = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (index >= count) break;
        body(context, index, worker);
    }
    current_pool = outer_pool;
    current_worker = outer_worker;
}

static void spin_until_new_run(fr_pool *pool, uint64_t seen) {
    int64_t deadline = now() + spin_nanoseconds;
    do {
        for (int i = 0; i < 16; i++) {
            if (atomic_load_explicit(&pool->generation, memory_order_relaxed) != seen) return;
            relax();
        }
    } while (now() < deadline);
}

static void *work(void *argument) {
    fr_worker *worker = argument;
    fr_pool *pool = worker->pool;
    uint64_t seen = 0;
    for (;;) {
        spin_until_new_run(pool, seen);
        pthread_mutex_lock(&pool->mutex);
        while (!pool->stop && (seen == pool->generation || !pool->open)) {
            seen = pool->generation; /* a run that closed before this worker came is over for it */
            pthread_cond_wait(&pool->wake, &pool->mutex);
        }
        if (pool->stop) break;
        seen = pool->generation;
        int64_t count = pool->count;
        fr_pool_body body = pool->body;
        void *context = pool->context;
        pool->joined++;
        pthread_mutex_unlock(&pool->mutex);

        take_indices(pool, count, body, context, worker->index);

        pthread_mutex_lock(&pool->mutex);
        if (--pool->joined == 0 && !pool->open) pthread_cond_signal(&pool->finished);
        pthread_mutex_unlock(&pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

void fr_pool_run(fr_pool *pool, int64_t count, fr_pool_body body, void *context) {
    if (count <= 0) return;
    bool nested = current_pool == pool;
    if (nested || pool->size == 1 || count == 1) {
        /* A single index is not "inside" the pool: its own runs may still use all of it. */
        for (int64_t index = 0; index < count; index++) body(context, index, nested ? current_worker : 0);
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->body = body;
    pool->context = context;
    pool->count = count;
    atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
    pool->open = true;
    pool->generation++;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);

    take_indices(pool, count, body, context, 0);

    /* The others are inside their last body: often about to leave, so look a while before sleeping. */
    int64_t deadline = now() + spin_nanoseconds;
    while (atomic_load_explicit(&pool->joined, memory_order_relaxed) > 0 && now() < deadline) relax();
    pthread_mutex_lock(&pool->mutex);
    pool->open = false;
    while (pool->joined > 0) pthread_cond_wait(&pool->finished, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}

int fr_pool_size(const fr_pool *pool) { return pool->size; }

fr_pool *fr_pool_create(int threads) {
    fr_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL) return NULL;
    pool->size = threads < 1 ? 1 : threads;
    pool->workers = calloc((size_t)pool->size, sizeof *pool->workers);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->finished, NULL);
    bool failed = pool->workers == NULL;

    /* Workers take no signals: those belong to the threads of whoever uses the library. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (int index = 1; index < pool->size && !failed; index++) {
        fr_worker *worker = &pool->workers[index];
        worker->pool = pool;
        worker->index = index;
        failed = pthread_create(&worker->thread, NULL, work, worker) != 0;
        if (!failed) pool->started = index;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed) return pool;
    fr_pool_destroy(pool);
    return NULL;
}

void fr_pool_destroy(fr_pool *pool) {
    if (pool == NULL) return;
    pthread_mutex_lock(&pool->mutex);
    pool->stop = true;
    atomic_fetch_add_explicit(&pool->generation, 1, memory_order_relaxed); /* ends the spinning */
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
    for (int index = 1; index <= pool->started; index++) pthread_join(pool->workers[index].thread, NULL);
    pthread_cond_destroy(&pool->finished);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->workers);
    free(pool);
}
