/* Computes signs that floating point leaves open, in whole numbers. Inputs and labels are dyadic rationals; sums of
 * slopes are brought over one denominator. */
#include <math.h>
#include <stdbool.h>

#include "numbers/bigint.h"
#include "exact_sign.h"
#include "minima/line/line.h"

/* The exponent of a power of two of which all labels are multiples. */
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
static void set_label(fr_line *l, mpz_t a, int64_t knot, int exponent) {
    if (l->data->minima->labels != FR_LABELS_TEACHER) {
        fr_bigint_set(a, l->y[knot], exponent);
    } else {
        l->inexact |= !l->data->is_exact;
        fr_bigint_set_words(a, l->data->exact + l->points[knot] * FR_LABEL_WORDS, FR_LABEL_WORDS);
    }
}

static void set_run(const fr_line *l, mpz_t a, mpz_t spare, int64_t from, int64_t to, int exponent) {
    fr_bigint_set(a, l->x[to], exponent);
    fr_bigint_set(spare, l->x[from], exponent);
    mpz_sub(a, a, spare);
}

static void set_rise(fr_line *l, mpz_t a, mpz_t spare, int64_t from, int64_t to, int exponent) {
    set_label(l, a, to, exponent);
    set_label(l, spare, from, exponent);
    mpz_sub(a, a, spare);
}

int fr_line_exact_kink(fr_line *l, int64_t m) {
    enum { RISE, RUN, SPARE, AFTER, BEFORE, COUNT };
    mpz_t v[COUNT];
    for (int i = 0; i < COUNT; i++) mpz_init(v[i]);
    const int ex = input_exponent(l), ey = label_exponent(l);
    set_rise(l, v[RISE], v[SPARE], m, m + 1, ey);
    set_run(l, v[RUN], v[SPARE], m - 1, m, ex);
    mpz_mul(v[AFTER], v[RISE], v[RUN]);
    set_rise(l, v[RISE], v[SPARE], m - 1, m, ey);
    set_run(l, v[RUN], v[SPARE], m, m + 1, ex);
    mpz_mul(v[BEFORE], v[RISE], v[RUN]);
    mpz_sub(v[AFTER], v[AFTER], v[BEFORE]);
    const int sign = mpz_sgn(v[AFTER]);
    for (int i = 0; i < COUNT; i++) mpz_clear(v[i]);
    return sign;
}

int fr_line_label_sign(fr_line *l, int64_t knot) {
    if (fabs(l->y[knot]) > l->errors[knot]) return l->y[knot] > 0 ? 1 : -1;
    mpz_t label;
    mpz_init(label);
    set_label(l, label, knot, label_exponent(l));
    const int sign = mpz_sgn(label);
    mpz_clear(label);
    return sign;
}

int fr_line_exact_margin(fr_line *l, int64_t m) {
    const int64_t n = l->knots;
    const double *x = l->x;
    const int ex = input_exponent(l), ey = label_exponent(l);
    enum { A, B, RUN, RISE, FACTOR, TERM, NUMERATOR, DENOMINATOR, SPARE, COUNT };
    mpz_t v[COUNT];
    for (int i = 0; i < COUNT; i++) mpz_init(v[i]);
    set_label(l, v[NUMERATOR], m, ey);
    fr_bigint_set(v[DENOMINATOR], 1.0, 0);
    for (int64_t i = 0; i + 1 < n; i++) {
        /* The factor of slope_i in the sum of kinks times distances. */
        fr_bigint_set(v[FACTOR], 0, ex);
        for (int64_t knot = i; knot <= i + 1; knot++) {
            const bool takes = (l->left[knot] && knot < m) || (l->right[knot] && knot > m);
            if (!takes) continue;
            fr_bigint_set(v[A], knot < m ? x[m] : x[knot], ex);
            fr_bigint_set(v[B], knot < m ? x[knot] : x[m], ex);
            mpz_sub(v[A], v[A], v[B]);
            (knot == i ? mpz_add : mpz_sub)(v[FACTOR], v[FACTOR], v[A]);
        }
        if (mpz_sgn(v[FACTOR]) == 0) continue;
        set_run(l, v[RUN], v[B], i, i + 1, ex);
        set_rise(l, v[RISE], v[B], i, i + 1, ey);
        mpz_mul(v[TERM], v[RISE], v[FACTOR]);
        mpz_mul(v[SPARE], v[TERM], v[DENOMINATOR]);
        mpz_mul(v[TERM], v[NUMERATOR], v[RUN]);
        mpz_sub(v[NUMERATOR], v[TERM], v[SPARE]);
        mpz_mul(v[DENOMINATOR], v[DENOMINATOR], v[RUN]);
    }
    const int sign = mpz_sgn(v[NUMERATOR]);
    for (int i = 0; i < COUNT; i++) mpz_clear(v[i]);
    return sign;
}
