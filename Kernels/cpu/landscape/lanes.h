/* FR_LANES combinations of cells side by side. Private to Kernels/cpu/landscape. */
#ifndef FR_CPU_LANDSCAPE_LANES_H
#define FR_CPU_LANDSCAPE_LANES_H

#include <stdint.h>

#define FR_LANES 8
/* Unknowns of least squares, and rows of a Gram matrix of points. */
#define FR_LANES_MOST_UNKNOWNS 64

/* Which sums of a cell's weights z w are allowed: the cell, its opposite, anything. */
enum { FR_SIDE_POSITIVE = 1, FR_SIDE_NEGATIVE = 2, FR_SIDE_FREE = 4 };

/* Of the data, for all lanes. */
typedef struct fr_lanes_data {
    int64_t points, columns; /* n, D */
    const double *x;         /* n x D */
    const double *norms;     /* n: >= |x_j| */
    const double *products;  /* n x D (D + 1) / 2: x_jp x_jq, q <= p */
    const double *moments;   /* n x D: x_jp y_j */
    const double *inner;     /* n (n + 1) / 2: x_i x_j, j <= i */
    uint64_t usable;         /* points other than 0 */
    double squares;          /* sum of y_j^2 */
    double label_size;       /* >= |y| */
    double input_size;       /* >= the sum of |x_j|^2 */
} fr_lanes_data;

typedef struct fr_lanes {
    int64_t cells;                   /* k: different cells, each active on a point */
    uint64_t *patterns;              /* cells x FR_LANES */
    uint8_t *sides;                  /* cells x FR_LANES */
    const double **narrow;           /* cells x FR_LANES: FR_NARROW_NUMBERS(D), or NULL for a cell that is not narrow */
    int has_narrow;
    double *work;                    /* FR_LANES_WORK numbers */
    /* What least squares proved: */
    uint8_t solved[FR_LANES];        /* the solution is unique but for what narrow cells do not see */
    uint8_t yes[FR_LANES];           /* and is in the cells */
    uint8_t no[FR_LANES];            /* and is not */
    double low[FR_LANES];            /* lower bound of its sum of squares */
    uint8_t full[FR_LANES];          /* by `rank`: the Jacobian has rank n */
} fr_lanes;

/* Two triangles and three vectors. */
#define FR_LANES_WORK \
    (FR_LANES * (FR_LANES_MOST_UNKNOWNS * (FR_LANES_MOST_UNKNOWNS + 1) + 3 * FR_LANES_MOST_UNKNOWNS))

typedef struct fr_lanes_isa {
    const char *name;
    /* cells D <= FR_LANES_MOST_UNKNOWNS */
    void (*solve)(const fr_lanes_data *data, fr_lanes *lanes);
    /* n <= FR_LANES_MOST_UNKNOWNS */
    void (*rank)(const fr_lanes_data *data, fr_lanes *lanes);
} fr_lanes_isa;

extern const fr_lanes_isa fr_lanes_portable;
#if defined(__x86_64__)
extern const fr_lanes_isa fr_lanes_avx2, fr_lanes_avx512;
#endif

#endif
