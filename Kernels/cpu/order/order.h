/* Rank profiles of networks of one input with bias, from the order of points and breaks alone: no elimination, no prime
 * (docs/mathematics.md, section 14). Private to Kernels/cpu.
 *
 * The g distinct points, sorted, have places 0 ... g - 1; gap m lies before place m, so that gaps 1 ... g - 1 are
 * between points. A unit with w > 0 *rises* at gap m: it is active on the places from m on; one with w < 0 *falls*
 * there: it is active on the places before m. Rising at 0 and falling at g are all ones, the other two ends nothing. A width is a
 * number of units; FR_ORDER_NEVER is none of those there are. */
#ifndef FR_CPU_ORDER_H
#define FR_CPU_ORDER_H

#include "samples/trial.h"
#include "session/arena.h"

#define FR_ORDER_NEVER UINT32_MAX
/* Profiles are those over the rationals. Modulo a prime that is as large as all that are drawn (FullrankModel's Prime)
 * they are the same; modulo a small one, which tests plant, a profile often falls short: the elimination finds that. */
#define FR_ORDER_LEAST_PRIME (1u << 22)
/* Units drawn at a time by one thread. */
#define FR_ORDER_BATCH 1024

/* What one thread draws into. */
typedef struct fr_order_scratch {
    double *weights, *biases; /* FR_ORDER_BATCH each */
    int32_t *kept;            /* FR_ORDER_BATCH + FR_DRAW_ROWS */
} fr_order_scratch;

/* A break that some unit makes before all ones can be formed. */
typedef struct fr_order_break {
    uint32_t gap, width;       /* where; the first width with it */
    bool rises;
    int32_t left, right;       /* breaks beside it as it came, by their numbers; -1 and the count: the ends */
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
    double origin, scale, last; /* of fr_break_cell */
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

/* Whether profiles of the problem follow from order: one input, bias, weights or steps. Not if the environment's
 * FULLRANK_ORDER is 0. */
bool fr_order_applies(const fr_problem *problem);
/* About what one trial takes, in bytes. */
size_t fr_order_memory(int64_t points);
/* Of one trial at a time, on so many threads. False: out of memory. */
bool fr_order_create(fr_order *order, fr_session *session, fr_trial *trial, int threads);
void fr_order_destroy(fr_order *order);
/* The rank profile of the trial begun: pivots as rank_profiles gives them. pool: NULL for one thread. done, if not
 * NULL: the share that is done. FR_CANCELLED leaves nothing. */
fr_status fr_order_profile(fr_order *order, fr_pool *pool, _Atomic double *done, int64_t *pivots);
/* A batch of trials: rank_profiles, of a problem to which it applies. */
fr_status fr_order_profiles(fr_session *session, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                            int64_t *pivots, fr_outcome *outcomes);

/* The stages of fr_order_profile. */
void fr_order_begin_points(fr_order *order);
void fr_order_begin_breaks(fr_order *order);
/* Notes the breaks of units first ..< first + count <= first + FR_ORDER_BATCH; of different ones on several threads. */
void fr_order_note(fr_order *order, int64_t first, int64_t count, fr_order_scratch *scratch);
/* After that: what is known of all units so far. False: no further unit can matter. */
bool fr_order_look(fr_order *order);
/* After the last unit. */
void fr_order_end(fr_order *order);
/* Fills `least`. */
void fr_order_block_rows(fr_order *order);
/* Of a row whose pivot comes before all ones can be formed, the first of its unit's, in data with the point 0: whether
 * the pivot lies in the unit's second column. */
bool fr_order_early_pivot_is_second(const fr_order *order, int64_t row, uint32_t width);
/* Everything from widths on. False: a unit has more than two pivots, which cannot be. */
bool fr_order_pivots(fr_order *order, int64_t *pivots);

#endif
