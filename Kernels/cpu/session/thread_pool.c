/* The fork-join team of threads.
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
    pthread_cond_t wake;     /* a run began, or the team ends */
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
    fr_pool *team;
    int index;
    pthread_t thread;
} fr_worker;

/* The body this thread is inside of, if any: lets a nested run be a plain loop. */
static _Thread_local const fr_pool *current_team;
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

static void take_indices(fr_pool *team, int64_t count, fr_pool_body body, void *context, int worker) {
    const fr_pool *outer_team = current_team;
    int outer_worker = current_worker;
    current_team = team;
    current_worker = worker;
    for (;;) {
        int64_t index = atomic_fetch_add_explicit(&team->next, 1, memory_order_relaxed);
        if (index >= count) break;
        body(context, index, worker);
    }
    current_team = outer_team;
    current_worker = outer_worker;
}

static void spin_until_new_run(fr_pool *team, uint64_t seen) {
    int64_t deadline = now() + spin_nanoseconds;
    do {
        for (int i = 0; i < 16; i++) {
            if (atomic_load_explicit(&team->generation, memory_order_relaxed) != seen) return;
            relax();
        }
    } while (now() < deadline);
}

static void *work(void *argument) {
    fr_worker *worker = argument;
    fr_pool *team = worker->team;
    uint64_t seen = 0;
    for (;;) {
        spin_until_new_run(team, seen);
        pthread_mutex_lock(&team->mutex);
        while (!team->stop && (seen == team->generation || !team->open)) {
            seen = team->generation; /* a run that closed before this worker came is over for it */
            pthread_cond_wait(&team->wake, &team->mutex);
        }
        if (team->stop) break;
        seen = team->generation;
        int64_t count = team->count;
        fr_pool_body body = team->body;
        void *context = team->context;
        team->joined++;
        pthread_mutex_unlock(&team->mutex);

        take_indices(team, count, body, context, worker->index);

        pthread_mutex_lock(&team->mutex);
        if (--team->joined == 0 && !team->open) pthread_cond_signal(&team->finished);
        pthread_mutex_unlock(&team->mutex);
    }
    pthread_mutex_unlock(&team->mutex);
    return NULL;
}

void fr_pool_run(fr_pool *team, int64_t count, fr_pool_body body, void *context) {
    if (count <= 0) return;
    bool nested = current_team == team;
    if (nested || team->size == 1 || count == 1) {
        /* A single index is not "inside" the team: its own runs may still use all of it. */
        for (int64_t index = 0; index < count; index++) body(context, index, nested ? current_worker : 0);
        return;
    }
    pthread_mutex_lock(&team->mutex);
    team->body = body;
    team->context = context;
    team->count = count;
    atomic_store_explicit(&team->next, 0, memory_order_relaxed);
    team->open = true;
    team->generation++;
    pthread_cond_broadcast(&team->wake);
    pthread_mutex_unlock(&team->mutex);

    take_indices(team, count, body, context, 0);

    /* The others are inside their last body: often about to leave, so look a while before sleeping. */
    int64_t deadline = now() + spin_nanoseconds;
    while (atomic_load_explicit(&team->joined, memory_order_relaxed) > 0 && now() < deadline) relax();
    pthread_mutex_lock(&team->mutex);
    team->open = false;
    while (team->joined > 0) pthread_cond_wait(&team->finished, &team->mutex);
    pthread_mutex_unlock(&team->mutex);
}

int fr_pool_size(const fr_pool *team) { return team->size; }

fr_pool *fr_pool_create(int threads) {
    fr_pool *team = calloc(1, sizeof *team);
    if (team == NULL) return NULL;
    team->size = threads < 1 ? 1 : threads;
    team->workers = calloc((size_t)team->size, sizeof *team->workers);
    pthread_mutex_init(&team->mutex, NULL);
    pthread_cond_init(&team->wake, NULL);
    pthread_cond_init(&team->finished, NULL);
    bool failed = team->workers == NULL;

    /* Workers take no signals: those belong to the threads of whoever uses the library. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (int index = 1; index < team->size && !failed; index++) {
        fr_worker *worker = &team->workers[index];
        worker->team = team;
        worker->index = index;
        failed = pthread_create(&worker->thread, NULL, work, worker) != 0;
        if (!failed) team->started = index;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed) return team;
    fr_pool_destroy(team);
    return NULL;
}

void fr_pool_destroy(fr_pool *team) {
    if (team == NULL) return;
    pthread_mutex_lock(&team->mutex);
    team->stop = true;
    atomic_fetch_add_explicit(&team->generation, 1, memory_order_relaxed); /* ends the spinning */
    pthread_cond_broadcast(&team->wake);
    pthread_mutex_unlock(&team->mutex);
    for (int index = 1; index <= team->started; index++) pthread_join(team->workers[index].thread, NULL);
    pthread_cond_destroy(&team->finished);
    pthread_cond_destroy(&team->wake);
    pthread_mutex_destroy(&team->mutex);
    free(team->workers);
    free(team);
}
