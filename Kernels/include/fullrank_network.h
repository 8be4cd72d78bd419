/* Networks as values, for `network_ranks`, `network_batch_ranks` and `network_jacobians` of the table in
 * fullrank_kernels.h: part of that contract.
 *
 * f_0 = x, z_l = W_l f_{l-1} + b_l, f_l = phi_l(z_l) for l < L, output z_L. Layers count from 1 to L in words, from 0
 * in arrays; d_0 inputs, d_l units, W_l is d_l x d_{l-1}, row-major. The Jacobian of n points has a row for each point
 * and chosen output (row j c + o, c outputs chosen) and a column for each trained parameter, in the order of
 * `parameters`: W_1, b_1, W_2, ..., without the layers that are not trained.
 *
 * Exact means the real function: doubles are the dyadic rationals they are, and where the sign of a pre-activation
 * counts it is the sign in exact arithmetic, through all layers; a pre-activation that is 0 counts as inactive and is
 * reported. Residues define the same for polynomial networks over the integers modulo the prime. */
#ifndef FULLRANK_NETWORK_H
#define FULLRANK_NETWORK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum fr_activation {
    FR_RELU = 0,
    FR_LEAKY_RELU = 1,  /* z, or slope z where z <= 0 */
    FR_IDENTITY = 2,
    FR_POWER = 3        /* z^exponent */
} fr_activation;

/* What parameters or points are. */
typedef enum fr_numbers {
    FR_NUMBERS_DOUBLE = 0,  /* given, finite */
    FR_NUMBERS_RESIDUE = 1, /* given, from 0 to prime - 1 */
    FR_NUMBERS_DRAWN = 2    /* uniform modulo the prime, from `seed`. Points of two inputs have distinct directions:
                             * (s, s t), all t distinct, for homogeneous networks see no more of a point */
} fr_numbers;

#define FR_MOST_EXPONENT 1000
#define FR_MOST_NETWORK_LAYERS 1000

typedef struct fr_network_layer {
    int64_t units;            /* d_l >= 1, < 2^31 */
    int32_t bias;             /* 1: has b_l */
    int32_t trained;          /* 1: W_l and b_l have columns in the Jacobian */
    fr_activation activation; /* of hidden layers; of the last one it is not read */
    int32_t exponent;         /* FR_POWER: from 1 to FR_MOST_EXPONENT */
    double slope;             /* FR_LEAKY_RELU: finite */
} fr_network_layer;

/* One architecture, and on it a batch of parameter sets (checkpoints, random draws), each of which is ranked. */
typedef struct fr_network {
    uint32_t struct_size;            /* sizeof(fr_network) of the caller */
    int32_t functionals; /* 1: one row for each point, a random combination of the chosen outputs, drawn from
                          * `seed`. Over enough random points it has the rank of all rows */
    int64_t inputs;                  /* d_0 >= 1 */
    int64_t layer_count;             /* L, from 1 to FR_MOST_NETWORK_LAYERS */
    const fr_network_layer *layers;
    const int64_t *outputs;          /* those chosen, ascending, from 0; NULL: all */
    int64_t output_count;            /* with outputs NULL it is not read */

    int64_t sets;                    /* parameter sets */
    fr_numbers parameter_numbers;
    fr_numbers point_numbers;
    const double *parameters;        /* sets x all parameters, trained or not */
    const uint32_t *parameter_residues;
    int64_t points;                  /* n >= 0, < 2^31 */
    int32_t points_of_each_set; /* 1: every set has points of its own, sets x n x d_0 numbers; else all have the same */
    int32_t reserved;                /* 0 */
    const double *point_values;      /* n x d_0, row-major */
    const uint32_t *point_residues;
    uint64_t seed;                   /* of what is drawn: a function of seed, set and position alone */
    uint64_t first_set;              /* number of the first set in what is drawn */

    int64_t patience;  /* 0: all points. Else the elimination may end once so many points in a row have not
                        * raised the rank; only if there are more rows than columns */
    int64_t most_rank; /* 0, or a bound of the rank that the caller knows: reaching it ends the elimination */
} fr_network;

typedef enum fr_network_end {
    FR_END_ALL_POINTS = 0, /* every point was taken */
    FR_END_BOUND = 1,      /* the rank is the bound, hence of all points too: proved */
    FR_END_PATIENCE = 2    /* the rank stayed for `patience` points: it is the rank of the points taken */
} fr_network_end;

typedef struct fr_network_rank {
    int64_t rank;          /* modulo the prime: a proved lower bound of the rank over the rationals; with residues or
                            * drawn parameters, of the rank at generic parameters */
    int64_t bound;   /* the least of: rows; most_rank; columns less those known to be zero and one for each hidden unit
                      * whose rescaling moves nothing; of a polynomial network, the dimension of its polynomials; of a
                      * linear one, that of its matrices (docs/networks.md) */
    int64_t columns;       /* P: trained parameters */
    int64_t rows;          /* n c, or n with functionals */
    int64_t points;        /* taken: the rank is theirs */
    fr_network_end end;
    int32_t reserved;
    int64_t zeros;         /* pre-activations equal to 0 at a kink (ReLU, leaky ReLU): on the points looked at, which
                            * are those taken and the rest of their block */
    int64_t zero_layer, zero_unit,
        zero_point; /* the first by point, then layer, then unit, from 0; -1 if there is none */
} fr_network_rank;

/* Leading blocks of a Jacobian: of its first points, for the network that has only the first units of the last hidden
 * layer. Its other layers are the same, and so is b_L; W_L has its first columns. */
typedef struct fr_network_blocks {
    uint32_t struct_size;      /* sizeof(fr_network_blocks) of the caller */
    uint32_t reserved;         /* 0 */
    const int64_t *points;     /* n', ascending, from 0 to the network's points */
    const int64_t *units;      /* d_1', ascending, from 1 to d_1. Of a network of several hidden layers, or of none, only
                                * one number is taken, the width: its first units' columns are not a narrower one's */
    int64_t point_count, unit_count; /* at least 1 */
} fr_network_blocks;

#ifdef __cplusplus
}
#endif

#endif
