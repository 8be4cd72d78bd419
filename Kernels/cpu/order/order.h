/* Rank profiles of networks of one input with bias, from the order of points and breaks alone: no elimination, no prime
 * (docs/mathematics.md, section 14). Private to Kernels/cpu.
 *
 * The g distinct points, sorted, have places 0 ... g - 1; gap m is before place m, so that gaps 1 ... g - 1 are between
 * points. A unit with w > 0 *rises* at gap m: it is active on the places from m on; one with w < 0 *falls* there: it is
 * active on the places before m. Rising at 0 and falling at g give all ones; falling at 0 and rising at g give zeros. A
 * width is a number of units; FR_ORDER_NEVER is larger than any width that occurs. */
#ifndef FR_CPU_ORDER_H
#define FR_CPU_ORDER_H

#include "samples/trial.h"
#include "session/arena.h"

#define FR_ORDER_NEVER UINT32_MAX
/* Profiles are those over the rationals. Modulo a prime as large as those that are drawn (FullrankModel's Prime) they
 * are the same. Modulo a small prime, which only tests choose, a profile often has fewer pivots, and then elimination
 * gives another result. */
#define FR_ORDER_LEAST_PRIME (1u << 22)
/* Units drawn at a time by one thread. */
#define FR_ORDER_BATCH 1024

/* Scratch memory for the draws of one thread. */
typedef struct fr_order_scratch {
    double *weights, *biases; /* FR_ORDER_BATCH each */
    int32_t *kept;            /* FR_ORDER_BATCH + FR_DRAW_ROWS */
} fr_order_scratch;

/* A break of some unit that is drawn before all ones can be formed. */
typedef struct fr_order_break {
    uint32_t gap, width;       /* where; the first width with it */
    bool rises;
    int32_t left, right;       /* neighbouring breaks when it was added, by number; -1 and the count: the ends */
} fr_order_break;

/* The two least of some numbers. */
typedef struct fr_two { uint32_t least, second; } fr_two;

typedef struct fr_order {
    fr_session *session;
    fr_trial *trial;
    fr_arena memory;
    int threads;
    int64_t points, capacity; /* n; cells there is room for */

    /* The points (points.c). */
    int64_t distinct; /* g */
    double *value;    /* g, ascending */
    int32_t *first;   /* g: the first row with that point */
    int32_t *place;   /* n: a row's point; -1 if an earlier row has it */
    int64_t zero;     /* the place of the point 0; -1: there is none */
    double origin, scale, last; /* arguments of fr_break_cell */
    uint32_t *cell_first;       /* how many points lie in the cells before each */

    /* The breaks (breaks.c). */
    uint32_t *rising, *falling; /* g + 1: the first width with a unit that rises, falls, there */
    uint32_t *width;            /* once all ones can be formed: the first width with a break there; is `falling` */
    uint32_t all_ones;          /* the first width at which all ones is in the row space of A */
    uint32_t all_ones_gap;      /* where that width's unit breaks, and how */
    bool all_ones_rises;
    fr_order_break *breaks;     /* those before all_ones, by gap */
    int64_t break_count;
    uint32_t *live;             /* unbroken gaps with an unbroken one beside them: others cannot matter any more */
    int64_t live_count;
    uint64_t *wanted;           /* cells, or gaps where they are drawn themselves, that a live gap reaches into */
    fr_order_scratch *scratch;  /* threads */

    /* The widths (widths.c, circuit.c). */
    uint32_t *least;       /* n: no row leaves the span of those before it at a width below */
    int32_t *left, *right; /* g: neighbours among the points of fewer rows */
    uint32_t *separated;   /* g: the first width with a break between a point and its right neighbour */
    fr_two *rows, *blocked;
    uint64_t *keys, *other_keys; /* n + 1 */
    int32_t *items, *other_items;
} fr_order;

/* Whether profiles of the problem follow from order: one input, a bias, weights or steps. False if the environment's
 * FULLRANK_ORDER is 0. */
bool fr_order_applies(const fr_problem *problem);
/* The approximate memory of one trial in bytes. */
size_t fr_order_memory(int64_t points);
/* Creates the state for one trial at a time, on this many threads. Returns false if memory runs out. */
bool fr_order_create(fr_order *order, fr_session *session, fr_trial *trial, int threads);
void fr_order_destroy(fr_order *order);
/* Computes the rank profile of the trial that was begun: pivots as rank_profiles gives them. pool: NULL for one thread.
 * done, if not NULL: the share that is done. If the result is FR_CANCELLED, pivots are undefined. */
fr_status fr_order_profile(fr_order *order, fr_pool *pool, _Atomic double *done, int64_t *pivots);
/* Computes rank_profiles for a batch of trials of a problem to which fr_order_applies. */
fr_status fr_order_profiles(fr_session *session, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                            int64_t *pivots, fr_outcome *outcomes);

/* The stages of fr_order_profile. */
void fr_order_begin_points(fr_order *order);
void fr_order_begin_breaks(fr_order *order);
/* Records the breaks of units first ..< first + count <= first + FR_ORDER_BATCH. Several threads may record different
 * units. */
void fr_order_note(fr_order *order, int64_t first, int64_t count, fr_order_scratch *scratch);
/* Evaluates all units so far. Called after fr_order_note. Returns false if no further unit can matter. */
bool fr_order_look(fr_order *order);
/* Called after the last unit. */
void fr_order_end(fr_order *order);
/* Fills `least`. */
void fr_order_block_rows(fr_order *order);
/* For a row whose pivot is found before all ones can be formed, and is its unit's first pivot, in data with the point
 * 0: whether the pivot is in the unit's second column. */
bool fr_order_early_pivot_is_second(const fr_order *order, int64_t row, uint32_t width);
/* Computes the pivots from the widths. Returns false if a unit has more than two pivots, which is impossible. */
bool fr_order_pivots(fr_order *order, int64_t *pivots);

#endif
