/* d0 = 1 with bias: decides in closed form, and exactly, which widths contain a zero-loss minimum (docs/minima.md,
 * section 2). Private to Kernels/cpu. */
#ifndef FR_CPU_MINIMA_LINE_H
#define FR_CPU_MINIMA_LINE_H

#include "samples/minima_data.h"
#include "session/arena.h"

/* The least unit whose cone contains the function max(0, x - x_m) or max(0, x_m - x), for each knot m and sign of its
 * output weight; FR_NO_UNIT: none. */
#define FR_NO_UNIT INT64_MAX

/* A sum of the functions of the knots on one side, from the outermost knot up to a given one. */
typedef struct fr_line_sum {
    double sum, sum_size;     /* of the coefficients so far, and of what bounds their rounding */
    double value, value_size; /* at the knot at hand */
    int64_t infinite;         /* coefficients without bound */
} fr_line_sum;

typedef struct fr_line {
    fr_arena memory;
    int64_t capacity, n, knots;
    int64_t *order;  /* points by input */
    int64_t *knot;   /* of each place in order */
    int64_t *begins; /* of each knot, its first place */
    int64_t *points; /* a point of each knot */
    double *x, *y;   /* of the knots, ascending */
    double *errors;  /* of y */
    double *kink;    /* slope behind a knot minus slope before it */
    double *slopes;  /* |slope behind| + |slope before|, and an equivalent of the labels' errors */
    int8_t *kinks;   /* the kink's exact sign */
    const fr_minima_data *data;
    int64_t *first[2][2];    /* [0: x - x_m, 1: x_m - x][sign of the output weight] */
    int64_t point_first[2];  /* one knot: the least active unit */
    bool contradicts;        /* equal inputs, different labels */
    bool inexact; /* a teacher's labels, too near to a tie, are not known exactly: the answer is undefined */
    fr_line_sum *from_right; /* scratch of the test: of second functions, at each knot */
    uint8_t *left, *right;   /* scratch of the exact test */
} fr_line;

/* Allocates for trials of n points. Returns false if memory runs out. */
bool fr_line_create(fr_line *line, int64_t n);
void fr_line_destroy(fr_line *line);
/* Takes the first n points of the trial, and their current labels. */
void fr_line_begin(fr_line *line, const fr_minima_data *data, int64_t n);
/* Takes the units of the trial. Returns the first unit whose pattern is not a step vector, or -1. */
int64_t fr_line_units(fr_line *line, const fr_minima_data *data, int64_t units);
/* Whether the region of the first `width` units contains a zero-loss minimum. */
bool fr_line_is_feasible(fr_line *line, int64_t width);
/* The bracket of widths from 0 to `units`; feasible = -1 if no width is feasible. */
fr_width_bracket fr_line_width_bracket(fr_line *line, int64_t units);

/* minima/line/line_exact.c: exact signs. */

/* The sign of the change of slope at knot m. */
int fr_line_exact_kink(fr_line *line, int64_t m);
/* The sign of a label. */
int fr_line_label_sign(fr_line *line, int64_t knot);
/* The sign of y_m minus the bound, if the first functions of the knots marked `left` (below m) and the second functions
 * of those marked `right` (above m) take their kinks. */
int fr_line_exact_margin(fr_line *line, int64_t m);

#endif
