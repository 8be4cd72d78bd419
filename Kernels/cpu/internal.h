/* What the CPU backend's files share: the session and the team of threads. Private to Kernels/cpu. */
#ifndef FR_CPU_INTERNAL_H
#define FR_CPU_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fullrank_kernels.h"

/* A fork-join team. fr_team_run calls body(context, index) once for every index in 0..<count, spread over the
 * team's threads in increasing order of index (each thread takes the next index when free), and returns when all are done. The calling
 * thread works too. A team is used by one caller at a time; bodies must not call fr_team_run on the same team.
 * `worker` tells bodies running at the same time apart: 0 <= worker < fr_team_size. */
typedef struct fr_team fr_team;
typedef void (*fr_team_body)(void *context, int64_t index, int worker);
fr_team *fr_team_create(int threads); /* NULL when out of memory or threads cannot be started */
void fr_team_destroy(fr_team *team);
int fr_team_size(const fr_team *team);
void fr_team_run(fr_team *team, int64_t count, fr_team_body body, void *context);

struct fr_session {
    fr_team *team;
    int threads;
    uint64_t memory_limit_bytes;
    _Atomic int cancelled;      /* set by cancel, cleared when a call begins */
    _Atomic double done;        /* share of the running call that is done */
    char error[512];
};

/* Records the words and returns the status: `return fr_fail(session, FR_INVALID_ARGUMENT, "units is %lld", ...)`. */
fr_status fr_fail(fr_session *session, fr_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* FR_OK, or the first thing wrong with the problem, in words. */
fr_status fr_check_problem(fr_session *session, const fr_problem *problem);
/* Start of every call: clears cancelled, done and error. */
void fr_begin_call(fr_session *session);
static inline bool fr_is_cancelled(fr_session *session) {
    return atomic_load_explicit(&session->cancelled, memory_order_relaxed) != 0;
}

/* The stages, one file each; a row of the table in session.c. See fullrank_kernels.h for what they promise. */
fr_status fr_cpu_sample_inputs(fr_session *, const fr_problem *, uint64_t trial, double *inputs);
fr_status fr_cpu_sample_weights(fr_session *, const fr_problem *, uint64_t trial, int64_t first_unit, int64_t units,
                                double *weights, double *biases);
fr_status fr_cpu_activation_patterns(fr_session *, const fr_problem *, uint64_t trial, int64_t first_unit,
                                     int64_t units, uint64_t *patterns);
fr_status fr_cpu_jacobians(fr_session *, const fr_problem *, fr_precision, uint64_t first_trial, int64_t trials,
                           void *jacobians, fr_outcome *outcomes);
fr_status fr_cpu_rank_profiles(fr_session *, const fr_problem *, uint32_t prime, uint64_t first_trial, int64_t trials,
                               int64_t *pivot_columns, fr_outcome *outcomes);
fr_status fr_cpu_singular_values(fr_session *, const fr_problem *, fr_precision, const fr_cell *cells,
                                 int64_t cell_count, uint64_t first_trial, int64_t trials, fr_singular *results,
                                 fr_outcome *outcomes);
fr_status fr_cpu_matrix_rank_profiles(fr_session *, const double *matrices, int64_t batch, int64_t rows,
                                      int64_t columns, uint32_t prime, int64_t *pivot_columns, fr_outcome *outcomes);
fr_status fr_cpu_matrix_singular_values(fr_session *, const void *matrices, fr_precision, int64_t batch, int64_t rows,
                                        int64_t columns, fr_singular *results, fr_outcome *outcomes);

#endif
