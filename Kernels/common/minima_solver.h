/* A solver finds the rays of regions in floating point (docs/minima.md, section 3), for many regions at a time, in
 * slots. A solver's answer is not trusted: the CPU backend verifies it and decides the verdict. The CPU's own active
 * set (Kernels/cpu/minima/region/active_set.c) takes one region at a time and needs no slots. */
#ifndef FR_MINIMA_SOLVER_H
#define FR_MINIMA_SOLVER_H

#include <stdbool.h>
#include <stdint.h>

#include "fullrank_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The contents of a slot. The buffers belong to the solver, and its caller fills them. */
typedef struct fr_solver_region {
    int64_t n, k, units, words;
    double *points;     /* n x k: homogeneous inputs */
    double *labels;     /* n */
    uint64_t *patterns; /* units x words, 0 beyond n */
    int8_t *signs;      /* units: of the output weight; 0: an earlier unit adds the same, or this one adds nothing */
    double *inside;     /* units x k: a point of each unit's cell, off its border as far as the pattern's weights are */
} fr_solver_region;

typedef enum fr_solved {
    FR_SOLVED_STALLED = 0,  /* neither, after many steps */
    FR_SOLVED_MET = 1,      /* the labels are met, or n rays are in use */
    FR_SOLVED_SEPARATED = 2 /* no unit has a ray with a positive product with the residual */
} fr_solved;

typedef enum fr_solver_start {
    FR_START_NEW,  /* the slot was filled anew */
    FR_START_KEEP, /* from the rays in use, which are remembered */
    FR_START_KEPT  /* from the rays remembered, if any */
} fr_solver_start;

typedef struct fr_solver_task {
    int64_t slot, width; /* the region of the first `width` units */
    fr_solver_start start;
} fr_solver_task;

typedef struct fr_solver_answer {
    fr_solved solved;
    int64_t rays;             /* in use, at most n */
    const int32_t *ray_units; /* rays */
    const int32_t *ray_zeros; /* ray t's zero q at t * zero_stride + q, k - 1 of them */
    int64_t zero_stride;
    const int32_t *zeros;     /* zero q of the ray that unit i is at: at q * unit_stride + i; -1: it is at none */
    int64_t unit_stride;
} fr_solver_answer;

typedef struct fr_minima_solver {
    void *context;
    int64_t slots;
    int64_t most_dimensions; /* largest k of a region that the solver accepts; the CPU decides the others */
    /* The slot's buffers. Different threads may fill different slots. The caller sets the sizes. */
    fr_solver_region *(*region)(void *context, int64_t slot);
    /* May be called from any thread, but not concurrently. The answer is valid until the slot's next task. */
    fr_status (*solve)(void *context, const fr_solver_task *tasks, int64_t count);
    /* May be called from any thread. */
    void (*answer)(void *context, int64_t slot, fr_solver_answer *answer);
    const char *(*last_error)(void *context); /* of `solve` */
} fr_minima_solver;

/* One input with bias has a closed form and needs no solver. */
static inline bool fr_minima_is_line(const fr_problem *problem) { return problem->inputs == 1 && problem->bias; }

enum { FR_MOST_SOLVERS = 2 };

/* The arguments of the table's `minima`. */
typedef struct fr_minima_call {
    fr_session *session;
    const fr_problem *problem;
    const fr_minima *minima;
    uint64_t first_trial;
    int64_t trials;
    fr_width_bracket *brackets; /* trials x points */
    uint8_t *verdicts;          /* trials x points x units */
    fr_outcome *outcomes;       /* trials */
} fr_minima_call;

/* `minima` in a session of the CPU backend, with these solvers. With two solvers, one solves while the answers of the
 * other are verified. Without solvers the CPU's own active set is used. */
fr_status fr_cpu_minima_with(const fr_minima_call *call, const fr_minima_solver *solvers, int solver_count);

/* The number of answers in the session's last call of this kind, and of those that could not be proved directly. */
void fr_cpu_minima_counts(fr_session *session, int64_t *answers, int64_t *again);

#ifdef __cplusplus
}
#endif

#endif
