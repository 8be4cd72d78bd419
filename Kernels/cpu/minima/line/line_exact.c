/* Signs that floating point leaves open, in whole numbers: inputs and labels are dyadic rationals, sums of slopes are
 * brought over one denominator. */
#include <math.h>
#include <string.h>

#include "numbers/bigint.h"
#include "exact_sign.h"
#include "minima/line/line.h"

/* A power of two that all labels are multiples of. */
static int label_exponent(const fr_line *l) {
    if (l->data->minima->labels == FR_LABELS_TEACHER) return -FR_LABEL_UNIT;
    int least = 1024;
    for (int64_t i = 0; i < l->knots; i++) {
        const int e = fr_exponent(l->y[i]);
        least = e < least ? e : least;
    }
    return least;
}

static int input_exponent(const fr_line *l) {
    int least = 1024;
    for (int64_t i = 0; i < l->knots; i++) {
        const int e = fr_exponent(l->x[i]);
        least = e < least ? e : least;
    }
    return least;
}

/* The exact label of a knot, in units of 2^exponent. */
static void set_label(fr_line *l, fr_bigint *a, int64_t knot, int exponent) {
    if (l->data->minima->labels != FR_LABELS_TEACHER) {
        fr_bigint_set(a, l->y[knot], exponent);
    } else {
        l->inexact |= !l->data->is_exact;
        fr_bigint_set_words(a, l->data->exact + l->points[knot] * FR_LABEL_WORDS, FR_LABEL_WORDS, 0);
    }
}

static void set_run(const fr_line *l, fr_bigint *a, fr_bigint *spare, int64_t from, int64_t to, int exponent) {
    fr_bigint_set(a, l->x[to], exponent);
    fr_bigint_set(spare, l->x[from], exponent);
    fr_bigint_add(a, a, spare, -1);
}

static void set_rise(fr_line *l, fr_bigint *a, fr_bigint *spare, int64_t from, int64_t to, int exponent) {
    set_label(l, a, to, exponent);
    set_label(l, spare, from, exponent);
    fr_bigint_add(a, a, spare, -1);
}

int fr_line_exact_kink(fr_line *l, int64_t m) {
    enum { RISE, RUN, SPARE, AFTER, BEFORE, COUNT };
    fr_bigint v[COUNT];
    memset(v, 0, sizeof v);
    const int ex = input_exponent(l), ey = label_exponent(l);
    set_rise(l, &v[RISE], &v[SPARE], m, m + 1, ey);
    set_run(l, &v[RUN], &v[SPARE], m - 1, m, ex);
    fr_bigint_multiply(&v[AFTER], &v[RISE], &v[RUN]);
    set_rise(l, &v[RISE], &v[SPARE], m - 1, m, ey);
    set_run(l, &v[RUN], &v[SPARE], m, m + 1, ex);
    fr_bigint_multiply(&v[BEFORE], &v[RISE], &v[RUN]);
    fr_bigint_add(&v[AFTER], &v[AFTER], &v[BEFORE], -1);
    const int sign = v[AFTER].sign;
    l->failed |= v[AFTER].failed;
    for (int i = 0; i < COUNT; i++) fr_bigint_free(&v[i]);
    return sign;
}

int fr_line_label_sign(fr_line *l, int64_t knot) {
    if (fabs(l->y[knot]) > l->errors[knot]) return l->y[knot] > 0 ? 1 : -1;
    fr_bigint label = {0};
    set_label(l, &label, knot, label_exponent(l));
    const int sign = label.sign;
    l->failed |= label.failed;
    fr_bigint_free(&label);
    return sign;
}

int fr_line_exact_margin(fr_line *l, int64_t m) {
    const int64_t n = l->knots;
    const double *x = l->x;
    const int ex = input_exponent(l), ey = label_exponent(l);
    enum { A, B, RUN, RISE, FACTOR, TERM, NUMERATOR, DENOMINATOR, SPARE, COUNT };
    fr_bigint v[COUNT];
    memset(v, 0, sizeof v);
    set_label(l, &v[NUMERATOR], m, ey);
    fr_bigint_set(&v[DENOMINATOR], 1.0, 0);
    for (int64_t i = 0; i + 1 < n; i++) {
        /* slope_i's factor in the sum of kinks times distances. */
        fr_bigint_set(&v[FACTOR], 0, ex);
        for (int64_t knot = i; knot <= i + 1; knot++) {
            const bool takes = (l->left[knot] && knot < m) || (l->right[knot] && knot > m);
            if (!takes) continue;
            fr_bigint_set(&v[A], knot < m ? x[m] : x[knot], ex);
            fr_bigint_set(&v[B], knot < m ? x[knot] : x[m], ex);
            fr_bigint_add(&v[A], &v[A], &v[B], -1);
            fr_bigint_add(&v[FACTOR], &v[FACTOR], &v[A], knot == i ? 1 : -1);
        }
        if (v[FACTOR].sign == 0) continue;
        set_run(l, &v[RUN], &v[B], i, i + 1, ex);
        set_rise(l, &v[RISE], &v[B], i, i + 1, ey);
        fr_bigint_multiply(&v[TERM], &v[RISE], &v[FACTOR]);
        fr_bigint_multiply(&v[SPARE], &v[TERM], &v[DENOMINATOR]);
        fr_bigint_multiply(&v[TERM], &v[NUMERATOR], &v[RUN]);
        fr_bigint_add(&v[NUMERATOR], &v[TERM], &v[SPARE], -1);
        fr_bigint_multiply(&v[TERM], &v[DENOMINATOR], &v[RUN]);
        fr_bigint_set(&v[B], 0, 0);
        fr_bigint_add(&v[DENOMINATOR], &v[TERM], &v[B], 1);
    }
    const int sign = v[NUMERATOR].sign;
    l->failed |= v[NUMERATOR].failed || v[DENOMINATOR].failed;
    for (int i = 0; i < COUNT; i++) fr_bigint_free(&v[i]);
    return sign;
}
