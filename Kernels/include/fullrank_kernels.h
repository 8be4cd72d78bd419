/* The C interface between Fullrank's kernels and everything above them: plain C11, the only contract.
 *
 * A backend is a table of functions. The CPU backend is linked in; any other is a shared library that exports
 * one symbol, `fullrank_backend_v1`, of type `fr_backend_entry`, returning its table.
 *
 * Rules every backend keeps:
 *  - Buffers belong to the caller; a backend never frees a buffer or keeps it after the call.
 *  - Nothing prints, aborts, exits, or throws across this boundary. The one exception is GMP, which ends the process if
 *    memory for the few integers of any size runs out.
 *  - A call returns an `fr_status`. In addition each item of a batch has an `fr_outcome`. "Not computed" never means
 *    rank 0.
 *  - `last_error` explains the last status other than FR_OK of that session, in words for a person.
 *  - Only one thread may use a session at a time, except `cancel` and `progress`, which any thread may call at any
 *    moment (cancel also from a signal handler).
 *  - Results depend on the arguments alone, never on threads, batch size or device.
 *
 * Notation: n data points, d0 inputs, d1 hidden units, k = d0 + 1 with bias and d0 without. The Jacobian J is
 * n x (d1 k), row j being a_j (x) x~_j: column u*k + c is coordinate c of unit u, the bias (a constant 1) last.
 */
#ifndef FULLRANK_KERNELS_H
#define FULLRANK_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "fullrank_network.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FR_ABI_VERSION 2u

/* Primes accepted by the exact method: odd, FR_PRIME_MIN <= p <= FR_PRIME_MAX. The upper end is the largest prime
 * below 2^23: 512 products of balanced residues then add up below 2^53, exactly, in a double. */
#define FR_PRIME_MIN 3u
#define FR_PRIME_MAX 8388593u

/* Columns of pivots are proved by inequalities of ranks (docs/mathematics.md, section 13) if a trial has at least this
 * many columns per unit and this many points; with fewer columns few trials would be proved. This is a rule of the
 * interface, because it decides which sweeps record no rows of pivots. */
#define FR_COLUMN_PROOF_LEAST_K 4
#define FR_COLUMN_PROOF_LEAST_POINTS 8

typedef enum fr_status {
    FR_OK = 0,
    FR_INVALID_ARGUMENT = 1, /* the caller's fault; last_error names the argument */
    FR_OUT_OF_MEMORY = 2,    /* host or device; a smaller batch may succeed */
    FR_UNAVAILABLE = 3,      /* no device, no driver, driver too old */
    FR_DEVICE_LOST = 4,      /* the session is unusable from now on */
    FR_CANCELLED = 5,        /* `cancel` was called; items already computed are marked FR_COMPUTED */
    FR_UNSUPPORTED = 6,      /* this backend has no such function or size */
    FR_INTERNAL = 7          /* a bug: please report */
} fr_status;

typedef enum fr_outcome {
    FR_NOT_COMPUTED = 0,
    FR_COMPUTED = 1,
    FR_NOT_FINITE = 2,       /* the item contains a NaN or an infinity */
    FR_NOT_CONVERGED = 3     /* the singular value iteration did not converge */
} fr_outcome;

typedef enum fr_inputs {
    FR_INPUTS_NORMAL = 0,    /* mean 0, variance 1 */
    FR_INPUTS_UNIFORM = 1,   /* [0, 1) */
    FR_INPUTS_CUBE = 2,      /* [-1, 1) */
    FR_INPUTS_GIVEN = 3      /* `given_inputs`, the same for every trial */
} fr_inputs;

typedef enum fr_weights {
    FR_WEIGHTS_UNIFORM = 0,    /* weights and biases uniform on +-1/sqrt(d0) */
    FR_WEIGHTS_HE_UNIFORM = 1, /* uniform on +-sqrt(6/d0) */
    FR_WEIGHTS_NORMAL = 2,     /* mean 0, variance 1 */
    FR_WEIGHTS_GIVEN = 3,      /* `given_weights`, `given_biases` */
    FR_WEIGHTS_PATTERN = 4,    /* no weights: `given_patterns` are the activation patterns themselves */
    FR_WEIGHTS_BERNOULLI = 5,  /* no weights: every bit of the patterns 0 or 1 with probability 1/2 */
    FR_WEIGHTS_STEPS = 6       /* no weights: every unit's region is uniform over the non-empty regions; inputs = 1 with
                                * bias. Their number depends on the points, so these patterns do not nest in points */
} fr_weights;

typedef enum fr_precision { FR_FLOAT64 = 0, FR_FLOAT32 = 1 } fr_precision;

/* One random network and data set per trial. Samples nest: for the same seed and trial a problem with fewer
 * points (except with FR_WEIGHTS_STEPS), units or inputs has the leading part of the same (unscaled) random numbers. */
typedef struct fr_problem {
    uint64_t seed;
    int64_t points;               /* n >= 0, < 2^31 */
    int64_t inputs;               /* d0 >= 0, < 2^31; k = d0 + bias must be >= 1 */
    int64_t units;                /* d1 >= 0, < 2^31 */
    int32_t bias;                 /* 1: x~ = (x, 1); 0: x~ = x */
    fr_inputs input_distribution;
    fr_weights weight_distribution;
    int32_t reserved;             /* 0 */
    const double *given_inputs;   /* n x d0, row-major, finite; FR_INPUTS_GIVEN only */
    const double *given_weights;  /* d1 x d0, row-major; FR_WEIGHTS_GIVEN only */
    const double *given_biases;   /* d1; FR_WEIGHTS_GIVEN with bias only */
    const uint64_t *given_patterns; /* d1 x ceil(n/64) words, bit j%64 of word j/64; FR_WEIGHTS_PATTERN only */
} fr_problem;

/* A leading block of the Jacobian: the first `points` points, the first `units` units. */
typedef struct fr_cell {
    int64_t points;
    int64_t units;
} fr_cell;

typedef struct fr_singular {
    double largest;   /* sigma_max; 0 for an empty cell; infinity if it is beyond float64 (the rank is still valid) */
    double smallest;  /* the min(points, units k)-th singular value; 0 for an empty cell */
    int64_t rank;     /* number of values above max(points, units k) * eps * sigma_max */
} fr_singular;

/* Where labels, output weights and patterns of the experiment on global minima come from (docs/minima.md). */
typedef enum fr_labels {
    FR_LABELS_POLYNOMIAL = 0, /* of degree 2, coefficients uniform on [-1, 1) */
    FR_LABELS_TEACHER = 1,    /* another network as wide as the cell, with the same output weights */
    FR_LABELS_RANDOM = 2,     /* uniform on [-1, 1) */
    FR_LABELS_GIVEN = 3       /* `given_labels` */
} fr_labels;

typedef enum fr_outputs {
    FR_OUTPUTS_ALTERNATING = 0, /* 1, -1, 1, ... */
    FR_OUTPUTS_RANDOM = 1,      /* 1 or -1, equally likely */
    FR_OUTPUTS_GIVEN = 2        /* `given_outputs` */
} fr_outputs;

typedef enum fr_verdict { FR_INFEASIBLE = 0, FR_FEASIBLE = 1, FR_UNDECIDED = 2 } fr_verdict;

/* Which regions contain a zero-loss minimum: the arguments in addition to the problem. */
typedef struct fr_minima {
    fr_labels labels;
    fr_outputs outputs;
    fr_weights teacher;            /* UNIFORM, HE_UNIFORM or NORMAL: how a teacher is drawn */
    int32_t fixed_data;            /* 1: inputs and labels of trial 0 in every trial */
    const double *given_labels;    /* n, finite; FR_LABELS_GIVEN only */
    /* d1, finite; FR_OUTPUTS_GIVEN only. Only signs decide; a unit with 0 adds nothing. */
    const double *given_outputs;
    const int64_t *points;         /* n of the cells: ascending, from 1 to the problem's */
    const int64_t *units;          /* d1 of the cells: ascending, from 1 to the problem's */
    int64_t point_count, unit_count;
    /* FR_WEIGHTS_PATTERN only, for `minima`: regions drawn separately for each trial and each n. The shape is the
     * call's trials x points x d1 x ceil(n/64) words with the problem's n; bits beyond the cell's n are not read. The
     * problem's given_patterns must not be NULL and are ignored. NULL: the problem's given_patterns are used. */
    const uint64_t *given_regions;
} fr_minima;

/* The proved bracket at one n: regions of width up to `infeasible` contain no minimum, regions of width `feasible` or
 * more contain one. Widths in between are undecided. -1: there is no such width. A teacher's labels change with the
 * width; both members are then -1. */
typedef struct fr_width_bracket {
    int64_t infeasible;
    int64_t feasible;
} fr_width_bracket;

/* Room for sums of 2^31 products below 2^96 that are multiples of 2^-320. */
#define FR_LABEL_WORDS 7
#define FR_LABEL_UNIT 320

/* The proof that one region contains a minimum or none (docs/minima.md, section 7). A ray is a unit and k - 1 points on
 * which it is 0. */
typedef struct fr_minima_proof {
    fr_verdict verdict;
    int64_t rays;       /* number of rays in the combination, or of rays orthogonal to u; at most n */
    int64_t *ray_units; /* n */
    int64_t *ray_zeros; /* n x (k - 1), ascending in each; followed by -1 if the points span less than k */
    uint64_t *labels;   /* a teacher's, exactly: n x FR_LABEL_WORDS, two's complement, least word first, in units of
                         * 2^-FR_LABEL_UNIT; written only with FR_LABELS_TEACHER and if no bit of them was lost */
    int32_t has_labels; /* 1: labels were written */
    double *values;     /* feasible: the rays' coefficients; infeasible: u, one per point; rounded. n */
    /* infeasible: d1 x (k - 1), or fewer and -1, points whose normals prove that the unit's products with u are <= 0 */
    int64_t *bases;
} fr_minima_proof;

typedef struct fr_device_info {
    char name[128];
    uint64_t memory_bytes;       /* 0 if unknown */
    uint64_t free_memory_bytes;  /* 0 if unknown */
    int32_t compute_units;       /* cores of a CPU, multiprocessors of a GPU */
    int32_t architecture;        /* 10 * major + minor for CUDA, 0 for a CPU */
} fr_device_info;

typedef struct fr_session_options {
    uint32_t struct_size;        /* sizeof(fr_session_options) of the caller */
    int32_t device;              /* index into `devices`; 0 for a CPU */
    int32_t threads;             /* host threads; 0: all the process may use */
    int32_t reserved;
    uint64_t memory_limit_bytes; /* 0: none */
} fr_session_options;

typedef struct fr_session fr_session;

typedef struct fr_backend {
    uint32_t abi_version;  /* FR_ABI_VERSION */
    uint32_t struct_size;  /* sizeof(fr_backend): a longer table holds more functions at its end */
    const char *name;      /* "cpu", "cuda" */
    const char *(*library_version)(void); /* libraries and versions in use, for plan.json and `backends` */

    /* The devices that answer. At most `capacity` of them are written; `*count` is their number. With FR_UNAVAILABLE
     * `reason` (of `reason_capacity` bytes) contains the driver's message. */
    fr_status (*devices)(fr_device_info *infos, int32_t capacity, int32_t *count, char *reason, size_t reason_capacity);

    /* On failure `*session` is NULL and `reason` says why. */
    fr_status (*open)(const fr_session_options *options, fr_session **session, char *reason, size_t reason_capacity);
    void (*close)(fr_session *session);
    const char *(*last_error)(const fr_session *session); /* valid until the session's next call */
    void (*cancel)(fr_session *session);           /* the running call, if any, ends soon with FR_CANCELLED */
    double (*progress)(const fr_session *session); /* share of the running call that is done, 0 to 1 */

    /* The inputs of one trial. inputs: n x d0, row-major. */
    fr_status (*sample_inputs)(fr_session *session, const fr_problem *problem, uint64_t trial, double *inputs);
    /* weights: `units` x d0 row-major; biases: `units` (NULL without bias); units counted from first_unit. */
    fr_status (*sample_weights)(fr_session *session, const fr_problem *problem, uint64_t trial, int64_t first_unit,
                                int64_t units, double *weights, double *biases);
    /* patterns: `units` x ceil(n/64) words; bit j is the exact sign test w.x_j + b > 0 (a tie is inactive). Unused
     * bits are 0. */
    fr_status (*activation_patterns)(fr_session *session, const fr_problem *problem, uint64_t trial,
                                     int64_t first_unit, int64_t units, uint64_t *patterns);
    /* jacobians: trials x n x (d1 k), row-major, float64 or float32 (inputs rounded once); outcomes: trials. */
    fr_status (*jacobians)(fr_session *session, const fr_problem *problem, fr_precision precision,
                           uint64_t first_trial, int64_t trials, void *jacobians, fr_outcome *outcomes);

    /* Exact rank profiles mod `prime` of the trials' Jacobians.
     * pivot_columns: trials x n; entry j is the column whose pivot is in row j, or -1. For every leading block,
     * rank_p = #{rows j < n' with 0 <= pivot < d1' k}. A proven lower bound of the rational rank.
     * outcomes: trials. With one input, a bias, weights or steps, and a prime above 2^22 the CPU backend finds the
     * profile over the rationals, by order (docs/mathematics.md, section 14): no prime enters. */
    fr_status (*rank_profiles)(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t first_trial,
                               int64_t trials, int64_t *pivot_columns, fr_outcome *outcomes);

    /* Extreme singular values and numerical rank of each cell of each trial. results, outcomes: trials x cells. */
    fr_status (*singular_values)(fr_session *session, const fr_problem *problem, fr_precision precision,
                                 const fr_cell *cells, int64_t cell_count, uint64_t first_trial, int64_t trials,
                                 fr_singular *results, fr_outcome *outcomes);

    /* The same for a batch of dense matrices, batch x rows x columns, row-major, finite doubles (exact rationals).
     * pivot_columns: batch x rows. */
    fr_status (*matrix_rank_profiles)(fr_session *session, const double *matrices, int64_t batch, int64_t rows,
                                      int64_t columns, uint32_t prime, int64_t *pivot_columns, fr_outcome *outcomes);
    /* matrices: double or float by precision; results, outcomes: batch. */
    fr_status (*matrix_singular_values)(fr_session *session, const void *matrices, fr_precision precision,
                                        int64_t batch, int64_t rows, int64_t columns, fr_singular *results,
                                        fr_outcome *outcomes);

    /* Deep networks have h hidden layers of widths d_1 ... d_h. `widths` contains the first `earlier` = h - 1, and
     * problem->units is the last. Layer l is f_l = relu(W_l f_{l-1} + b_l), f_0 = x; the output is v . f_h with v drawn
     * and fixed. Distributions are those of one layer, with the layer's own number of inputs in place of d0; weights
     * can't be given. The Jacobian by weights and biases of all hidden layers is n x P. The last layer's columns come
     * first, then those of the layer before, and so on; within a layer the order is that of one layer, with f_{l-1} in
     * place of x. An activation is the exact sign on the floats that the layer receives; each f_l is computed in double
     * precision. For these activations the Jacobian is exact, in the weights as rationals. With earlier = 0 the results
     * are those of one layer. Both functions are NULL if the backend has no deep networks. */
    /* pivot_columns: trials x n, as rank_profiles; leading blocks of points only. FR_NOT_FINITE: an f_l overflowed. */
    fr_status (*deep_rank_profiles)(fr_session *session, const fr_problem *problem, const int64_t *widths,
                                    int64_t earlier, uint32_t prime, uint64_t first_trial, int64_t trials,
                                    int64_t *pivot_columns, fr_outcome *outcomes);
    /* jacobians: trials x n x P, row-major, computed in double precision. */
    fr_status (*deep_jacobians)(fr_session *session, const fr_problem *problem, const int64_t *widths, int64_t earlier,
                                uint64_t first_trial, int64_t trials, double *jacobians, fr_outcome *outcomes);

    /* One trial's rank profile mod `prime`, and for each row j without a pivot the unique relation between it and rows
     * with pivots: sum over i of c_i (row i of J) = 0 mod p, where c_j = 1 and all other c_i are 0 except for pivot
     * rows i < j. pivot_columns: n. *count: the number of rows without pivots. relations: capacity x n coefficients
     * from 0 to p - 1, one relation per row of the array, for the first min(count, capacity) rows without pivots,
     * ascending; the rest of the array is not written. NULL if the backend does not implement it. */
    fr_status (*dependencies)(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t trial,
                              int64_t *pivot_columns, int64_t capacity, uint32_t *relations, int64_t *count);
    /* Which cells of each trial's region contain a zero-loss minimum; each verdict is proved. Cells nest: the first n'
     * points, the first d1' units. brackets: trials x point_count; verdicts: trials x point_count x unit_count, of
     * fr_verdict; outcomes: trials. NULL if the backend does not implement it. */
    fr_status (*minima)(fr_session *session, const fr_problem *problem, const fr_minima *minima, uint64_t first_trial,
                        int64_t trials, fr_width_bracket *brackets, uint8_t *verdicts, fr_outcome *outcomes);
    /* The labels, output weights and patterns of one trial, for the cell of all points and units. labels: n; outputs:
     * d1; patterns: d1 x ceil(n/64) words. NULL if the backend does not implement it. */
    fr_status (*minima_samples)(fr_session *session, const fr_problem *problem, const fr_minima *minima, uint64_t trial,
                                double *labels, double *outputs, uint64_t *patterns);
    /* The proof for the cell of all points and units of one trial. The buffers of `proof` are the caller's; with
     * FR_UNDECIDED their contents are undefined. NULL if the backend does not implement it. */
    fr_status (*minima_proof)(fr_session *session, const fr_problem *problem, const fr_minima *minima, uint64_t trial,
                              fr_minima_proof *proof);
    /* The columns of pivots of the trials' Jacobians without their rows: rank_profiles' pivot columns, ascending, then
     * -1. For every d1', the rank of all points is #{j : 0 <= pivot < d1' k}. pivot_columns: trials x n; proofs,
     * outcomes: trials. proofs is 1 if the profile is proved over the rationals, with no chance of error; if it is 0,
     * the profile is the one mod `prime`. NULL if the backend does not implement it. The sorted result of rank_profiles
     * is the same, unless the rank modulo the prime is too low. */
    fr_status (*column_profiles)(fr_session *session, const fr_problem *problem, uint32_t prime, uint64_t first_trial,
                                 int64_t trials, int64_t *pivot_columns, uint8_t *proofs, fr_outcome *outcomes);

    /* Ranks modulo `prime` of the Jacobians of networks that the caller has (fullrank_network.h): one for each
     * parameter set. If there are more rows than columns, points are taken in blocks and the elimination holds
     * P^2/4 numbers, whatever n. ranks, outcomes: sets. NULL in a backend that has none. */
    fr_status (*network_ranks)(fr_session *session, const fr_network *network, uint32_t prime, fr_network_rank *ranks,
                               fr_outcome *outcomes);
    /* The Jacobians in double precision, for doubles only, activations as in exact arithmetic: sets x rows x P,
     * row-major. FR_NOT_FINITE: a number overflowed. NULL in a backend that has none. */
    fr_status (*network_jacobians)(fr_session *session, const fr_network *network, double *jacobians,
                                   fr_outcome *outcomes);

    /* network_ranks of `count` networks of any architectures in one call, spread over the session's threads: small ones
     * side by side, large ones each on all threads. Each network's ranks are what network_ranks writes for it. ranks,
     * outcomes: one for each parameter set, one network's after another's. A network that is refused is named by its
     * number, from 0, and nothing is computed. NULL in a backend that has none. */
    fr_status (*network_batch_ranks)(fr_session *session, const fr_network *networks, int64_t count, uint32_t prime,
                                     fr_network_rank *ranks, fr_outcome *outcomes);
    /* Ranks modulo `prime` of leading blocks of networks' Jacobians, all from one elimination for each parameter set.
     * The network's patience and functionals must be 0, and so must most_rank. ranks: sets x point_count x unit_count.
     * NULL in a backend that has none. */
    fr_status (*network_block_ranks)(fr_session *session, const fr_network *network, uint32_t prime,
                                     const fr_network_blocks *blocks, int64_t *ranks, fr_outcome *outcomes);
} fr_backend;

/* Exported by a backend library under the name `fullrank_backend_v1`; NULL if it cannot work at all. */
typedef const fr_backend *(*fr_backend_entry)(void);

/* The CPU backend, linked in. Never NULL. */
const fr_backend *fullrank_cpu_backend_v1(void);

#ifdef __cplusplus
}
#endif

#endif
