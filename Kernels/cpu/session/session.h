/* What the CPU backend's files share: the session and the pool of threads. Private to Kernels/cpu. */
#ifndef FR_CPU_INTERNAL_H
#define FR_CPU_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check_arguments.h"
#include "fullrank_kernels.h"

/* A fork-join pool. fr_pool_run calls body(context, index) once for every index in 0..<count, spread over the
 * pool's threads in increasing order of index (each thread takes the next index when free), and returns when all are
 * done. The calling thread works too. A pool is used by one caller at a time. A body that calls fr_pool_run on its own
 * pool gets a plain loop in its own thread, with its own worker number: so one stage may call another from a body.
 * `worker` tells bodies running at the same time apart: 0 <= worker < fr_pool_size. */
typedef struct fr_pool fr_pool;
typedef void (*fr_pool_body)(void *context, int64_t index, int worker);
fr_pool *fr_pool_create(int threads); /* NULL when out of memory or threads cannot be started */
void fr_pool_destroy(fr_pool *pool);
int fr_pool_size(const fr_pool *pool);
void fr_pool_run(fr_pool *pool, int64_t count, fr_pool_body body, void *context);

struct fr_session {
    fr_pool *pool;
    int threads;
    uint64_t memory_limit_bytes;
    _Atomic int cancelled;      /* set by cancel, cleared when a call begins */
    _Atomic double done;        /* share of the running call that is done */
    _Atomic int64_t solved, solved_again; /* fr_minima_counts */
    _Atomic int nested;         /* how deep: see fr_begin_nested */
    char error[512];
};

/* Records the words and returns the status: `return fr_fail(session, FR_INVALID_ARGUMENT, "units is %lld", ...)`. */
fr_status fr_fail(fr_session *session, fr_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* FR_OK, or the first fault of the problem, with a message. */
fr_status fr_check_problem(fr_session *session, const fr_problem *problem);
/* A deep network: problem, and the widths of the `earlier` hidden layers before its own. */
fr_status fr_check_deep(fr_session *session, const fr_problem *problem, const int64_t *widths, int64_t earlier);
fr_status fr_check_precision(fr_session *session, fr_precision precision);
/* Checks that `trials` >= 0 and that the last trial's number fits. */
fr_status fr_check_trials(fr_session *session, uint64_t first_trial, int64_t trials);
fr_status fr_check_prime(fr_session *session, uint32_t prime);
/* `largest`: the points and units that all cells together need. */
fr_status fr_check_cells(fr_session *session, const fr_problem *problem, const fr_cell *cells, int64_t cell_count,
                         int64_t trials, fr_cell *largest);
/* Checks a batch of dense matrices with so many bytes per entry and so many bytes of results per matrix. */
fr_status fr_check_matrices(fr_session *session, int64_t batch, int64_t rows, int64_t columns, size_t bytes,
                            size_t result_bytes);
/* Start of every call: clears cancelled, done and error. A `cancel` that arrives before this is lost by design: it is
 * meant for the running call, not for the next one. To stop a loop of calls, a caller must also stop the loop. */
void fr_begin_call(fr_session *session);
/* Between these two a stage calls other stages (from the calling thread or from bodies of its pool): their
 * fr_begin_call and fr_check_problem do nothing, so that a cancel is not lost and a problem is checked once, and what
 * they record as done is dropped at the end. Returns the argument for fr_end_nested. */
double fr_begin_nested(fr_session *session);
void fr_end_nested(fr_session *session, double done);
static inline bool fr_is_nested(fr_session *session) {
    return atomic_load_explicit(&session->nested, memory_order_relaxed) != 0;
}
/* Adds to the finished share; may be called from any thread of the pool. */
void fr_add_done(fr_session *session, double share);
static inline bool fr_is_cancelled(fr_session *session) {
    return atomic_load_explicit(&session->cancelled, memory_order_relaxed) != 0;
}

/* The machine (session/device.c) and its BLAS (svd/lapack.c). */
int fr_available_cpus(void); /* how many processors this process may use, at least 1 */
void fr_blas_use_one_thread(void); /* once LAPACK is loaded: this thread's BLAS calls start no threads of their own */

/* Aligned to 64 bytes, because BLAS's results must not depend on the address of a buffer. Free with free(). */
void *fr_allocate(size_t bytes);

#endif
