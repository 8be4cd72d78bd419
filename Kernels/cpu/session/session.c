/* Sessions of the CPU backend: opening, words of failures, cancelling, progress. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "session/session.h"
#include "vector/isa.h"
#include "table.h"

static fr_status check_options(const fr_session_options *options, fr_words words) {
    const fr_status status = fr_refuse_options(words, options);
    if (status != FR_OK || options->device == 0) return status;
    return fr_refuse(words, FR_UNAVAILABLE, "device is %d; the CPU backend has device 0 alone", (int)options->device);
}

/* NULL options mean device 0, all threads, no limit. */
fr_status fr_cpu_open(const fr_session_options *options, fr_session **session, char *reason, size_t capacity) {
    const fr_words words = {reason, capacity};
    fr_refuse(words, FR_OK, "%s", "");
    if (session == NULL) return fr_refuse(words, FR_INVALID_ARGUMENT, "session is NULL");
    *session = NULL;
    fr_status status = options == NULL ? FR_OK : check_options(options, words);
    if (status != FR_OK) return status;

    int threads = options != NULL && options->threads > 0 ? options->threads : fr_available_cpus();
    fr_session *opened = calloc(1, sizeof *opened);
    if (opened == NULL) return fr_refuse(words, FR_OUT_OF_MEMORY, "no memory for a session");
    atomic_init(&opened->cancelled, 0);
    atomic_init(&opened->done, 0.0);
    atomic_init(&opened->nested, 0);
    opened->threads = threads;
    opened->memory_limit_bytes = options != NULL ? options->memory_limit_bytes : 0;
    const char *wish = getenv("FULLRANK_ISA");
    if (wish != NULL && fr_isa_named(wish) == NULL) {
        free(opened);
        return fr_refuse(words, FR_INVALID_ARGUMENT,
                         "FULLRANK_ISA is '%s': portable, avx2, avx512 or neon, as far as this processor has them", wish);
    }
    opened->pool = fr_pool_create(threads);
    if (opened->pool == NULL) {
        free(opened);
        return fr_refuse(words, FR_OUT_OF_MEMORY, "could not start %d threads", threads);
    }
    *session = opened;
    return FR_OK;
}

void fr_cpu_close(fr_session *session) {
    if (session == NULL) return;
    fr_pool_destroy(session->pool);
    free(session);
}

const char *fr_cpu_last_error(const fr_session *session) { return session->error; }

void fr_cpu_cancel(fr_session *session) {
    atomic_store_explicit(&session->cancelled, 1, memory_order_relaxed);
}

double fr_cpu_progress(const fr_session *session) {
    double done = atomic_load_explicit(&session->done, memory_order_relaxed);
    return done > 1 ? 1 : done; /* shares are added up with rounding */
}

fr_status fr_fail(fr_session *session, fr_status status, const char *format, ...) {
    /* Stages called from bodies may fail several at a time. */
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    va_list arguments;
    va_start(arguments, format);
    pthread_mutex_lock(&mutex);
    vsnprintf(session->error, sizeof session->error, format, arguments);
    pthread_mutex_unlock(&mutex);
    va_end(arguments);
    return status;
}

void fr_begin_call(fr_session *session) {
    if (fr_is_nested(session)) return;
    atomic_store_explicit(&session->cancelled, 0, memory_order_relaxed);
    atomic_store_explicit(&session->done, 0.0, memory_order_relaxed);
    session->error[0] = 0;
}

double fr_begin_nested(fr_session *session) {
    atomic_fetch_add_explicit(&session->nested, 1, memory_order_relaxed);
    return atomic_load_explicit(&session->done, memory_order_relaxed);
}

void fr_end_nested(fr_session *session, double done) {
    atomic_fetch_sub_explicit(&session->nested, 1, memory_order_relaxed);
    atomic_store_explicit(&session->done, done, memory_order_relaxed);
}

void fr_add_done(fr_session *session, double share) {
    double done = atomic_load_explicit(&session->done, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&session->done, &done, done + share, memory_order_relaxed,
                                                  memory_order_relaxed)) {
    }
}
