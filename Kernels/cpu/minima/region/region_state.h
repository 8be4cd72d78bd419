/* The state of a region: units, rays in use, the least-squares problem. Private to the files that decide a region. */
#ifndef FR_CPU_REGION_STATE_H
#define FR_CPU_REGION_STATE_H

#include "session/arena.h"
#include "session/session.h"
#include "minima/region/cell.h"
#include "minima/region/facts.h"
#include "minima/region/rank.h"
#include "numbers/ball.h"
#include "minima/region/region.h"
#include "minima_solver.h"
#include "minima/region/span.h"
#include "minima/region/nnls.h"

typedef struct fr_exact fr_exact;

typedef struct fr_ray {
    int64_t unit;
    int64_t *zeros; /* k - 1, ascending */
    double error;   /* bound of each entry's */
    bool inside;    /* proved to lie in the closed cell */
} fr_ray;

/* The first n points, in coordinates that they span. */
typedef struct fr_region_points {
    fr_rank rank;
    bool few;              /* the points are fewer than k, and independent */
    double *by_point;      /* n x k */
    double *by_coordinate; /* k x n: the same */
} fr_region_points;

/* The units, each with its cell and the ray that it is at. */
typedef struct fr_region_units {
    fr_cell_state *cells; /* d1; their buffers are slices of the three below */
    int64_t *zeros;       /* d1 x (k - 1) */
    double *bases;        /* d1 x (k^2 + k): inverse and centre of each cell */
    uint64_t *patterns;   /* d1 x words: of the first n points */
    bool *repeats;        /* d1: a unit before it has the same pattern and sign, or it adds nothing */
    int64_t *refused;     /* d1: the last step at which the unit's ray could not be used; -1: none */
    int64_t *table;       /* scratch: units hashed by pattern and sign; -1: a free place */
    int64_t table_size;   /* a power of 2, twice the units at least */
} fr_region_units;

/* The rays in use, by slot: the name of a column of `squares`. */
typedef struct fr_region_rays {
    fr_ray *list;
    int64_t *zeros;      /* slots x (k - 1): those of `list` */
    int64_t *free_slots, free_count;
    int64_t steps;       /* how often the rays in use changed */
} fr_region_rays;

/* Rays of the widest region known to be infeasible, from which wider regions start. */
typedef struct fr_region_kept {
    fr_ray *list;
    int64_t *zeros;  /* count x (k - 1): those of `list` */
    double *columns; /* count x n */
    int64_t *names, count;
} fr_region_kept;

/* The data with which a verdict is proved. */
typedef struct fr_region_proofs {
    double *inverse;       /* left inverse of the columns in use */
    double *errors;        /* of each ray in use: bound of its entries' errors */
    double *deviation;     /* n: bound of the distance of the exact u from the residual */
    double *product_error; /* k: bound of the distance of the exact product from scratch.product */
    int64_t *neighbour;    /* scratch: k - 1, the zeros of a ray next to a unit's */
    int64_t *bases;        /* d1 x (k - 1) of the last infeasible verdict */
    fr_facts facts;        /* about the exact u of the last infeasible verdict */
    fr_span span;          /* of the rays in use, modulo a prime; computed when first needed */
    bool has_span;
} fr_region_proofs;

typedef struct fr_region_scratch {
    double *masked;            /* n: the residual on a unit's active points */
    double *column, *candidate; /* n: rays as labels; candidate also a unit's weights, k */
    double *direction;         /* k */
    double *product;           /* k: sum of u_j x_j over a unit's active points, times its sign */
} fr_region_scratch;

struct fr_region {
    const fr_problem *problem;
    fr_session *session; /* polled for cancellation; a cancelled decision is FR_UNDECIDED; may be NULL */
    const fr_minima_data *data;
    int64_t n, k;       /* the current points and their dimension */
    int64_t largest;    /* rows that buffers are allocated for */
    int64_t dimensions; /* d0, plus 1 for a bias: k, unless the points don't span */
    int64_t words;      /* per pattern of all points */
    fr_region_points points;
    fr_cells cells;
    fr_cell_finder finder; /* only without weights that lie in the cells */
    fr_region_units units;
    fr_nnls squares;
    fr_region_rays rays;
    fr_region_kept kept;
    fr_region_proofs proof;
    fr_region_scratch scratch;
    fr_verdict verdict;
    struct fr_exact *exact; /* created when first needed */
    fr_arena memory;
};

static inline double fr_region_sign(const fr_region *r, int64_t unit) { return r->data->outputs[unit] > 0 ? 1 : -1; }
static inline int64_t *fr_region_zeros(const fr_region *r, int64_t slot) { return r->rays.zeros + slot * (r->k - 1); }

static inline bool fr_region_is_cancelled(const fr_region *r) { return r->session && fr_is_cancelled(r->session); }

/* Frees everything except the exact solver. */
void fr_region_release(fr_region *r);
/* product = sign of v times the sum of u_j x_j over the unit's active points, u the residual. */
void fr_region_product(fr_region *r, int64_t unit);
/* Puts the unit at some ray of its cell; false if the cell has no ray. */
bool fr_region_ready(fr_region *r, int64_t unit);
/* Describes the ray the unit is at: how far off its entries are, and whether it is in the cell beyond doubt. */
void fr_region_describe(fr_region *r, int64_t unit, fr_ray *ray);
/* minima/region/active_set.c: rays in floating point */

void fr_region_start_over(fr_region *r);
/* Solves in floating point, starting from the rays in use. */
fr_solved fr_region_solve(fr_region *r, int64_t width);
/* Adopts what another solver found; false if its rays cannot be used, and nothing changes. */
bool fr_region_adopt(fr_region *r, int64_t width, const fr_solver_answer *answer);
/* Stores the rays in use; returns to the stored rays. */
void fr_region_keep(fr_region *r);
void fr_region_take_up(fr_region *r);

/* minima/region/verify.c: proofs */

/* The exact label; false if it is not known. */
bool fr_region_label(const fr_region *r, const fr_ball_context *reals, int64_t j, fr_ball *label);
/* Proofs in floating point with bounds of every rounding. */
bool fr_region_proves_feasible(fr_region *r);
bool fr_region_proves_infeasible(fr_region *r, int64_t width);
/* Collects the facts that follow because the rays in use are orthogonal to u. */
void fr_region_begin_facts(fr_region *r);
/* product_error: how far the unit's product with the exact u may be from the computed one. */
void fr_region_bound_product(fr_region *r, int64_t unit);
/* Whether no ray of the unit has a positive product with the exact u, whose distance from the residual is bounded by
 * `deviation`. If so, `bases` contains the reason. */
bool fr_region_finishes(fr_region *r, int64_t unit);
/* The verdict if n < k and the points are independent: any signs can occur. */
fr_verdict fr_region_few_points(fr_region *r, int64_t width);
/* The verdict if all points are 0, and hence all outputs. */
fr_verdict fr_region_no_dimension(fr_region *r);
/* Decides in exact arithmetic what floating point left undecided, starting from the rays in use, and replaces these by
 * the exact solver's rays. */
fr_verdict fr_region_decide_exactly(fr_region *r, int64_t width);
void fr_exact_destroy(fr_exact *e);

#endif
