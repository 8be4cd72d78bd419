/* The algorithm is that of Lawson and Hanson, Solving Least Squares Problems (1974), chapter 23. A column is added by
 * Gram-Schmidt, twice, and removed by Givens rotations. */
#include "minima/region/nnls.h"

#include <math.h>
#include <string.h>

void fr_nnls_lay_out(fr_nnls *a, fr_arena *arena) {
    const int64_t n = a->capacity + 1;
    FR_SLICE(arena, a->columns, n, n);
    FR_SLICE(arena, a->q, n, n);
    FR_SLICE(arena, a->r, n, n);
    FR_SLICE(arena, a->projections, n, 1);
    FR_SLICE(arena, a->coefficients, n, 1);
    FR_SLICE(arena, a->trial, 2 * n, 1);
    FR_SLICE(arena, a->names, n, 1);
    FR_SLICE(arena, a->residual, n, 1);
}

static void add(int64_t n, double s, const double *x, double *y) {
    for (int64_t i = 0; i < n; i++) y[i] += s * x[i];
}

/* Orthogonalises twice, because the residual may be far smaller than y. */
static void find_residual(fr_nnls *a) {
    memcpy(a->residual, a->y, (size_t)a->n * sizeof(double));
    for (int64_t t = 0; t < a->count; t++) add(a->n, -a->projections[t], a->q + t * a->n, a->residual);
    for (int64_t t = 0; t < a->count; t++) {
        const double *q = a->q + t * a->n;
        add(a->n, -fr_dot(a->n, q, a->residual), q, a->residual);
    }
}

void fr_nnls_begin(fr_nnls *a, int64_t n, const double *y) {
    a->n = n;
    a->y = y;
    a->count = 0;
    find_residual(a);
}

/* Returns false if the column depends on those in use, as far as rounding shows. */
static bool put_in(fr_nnls *a, const double *column, int64_t name) {
    const int64_t n = a->n, t = a->count;
    if (t >= n) return false;
    double *q = a->q + t * n, *r = a->r + t * a->capacity;
    memcpy(q, column, (size_t)n * sizeof(double));
    memset(r, 0, (size_t)(t + 1) * sizeof(double));
    const double size = sqrt(fr_dot(n, column, column));
    for (int pass = 0; pass < 2; pass++)
        for (int64_t s = 0; s < t; s++) {
            const double part = fr_dot(n, a->q + s * n, q);
            r[s] += part;
            add(n, -part, a->q + s * n, q);
        }
    r[t] = sqrt(fr_dot(n, q, q));
    if (!(r[t] > 1e-13 * size)) return false;
    for (int64_t i = 0; i < n; i++) q[i] /= r[t];
    memcpy(a->columns + t * n, column, (size_t)n * sizeof(double));
    a->projections[t] = fr_dot(n, q, a->y);
    a->names[t] = name;
    a->coefficients[t] = 0;
    a->count++;
    return true;
}

/* sqrt(a^2 + b^2) for numbers of moderate size: the square root, then Borges's correction (An improved algorithm for
 * hypot(a, b), 2019), in operations that round alike everywhere. The C library's hypot differs between processors. */
static double length(double a, double b) {
    const double x = fmax(fabs(a), fabs(b)), y = fmin(fabs(a), fabs(b));
    if (y <= x * 0x1p-54) return x + y;
    const double h = sqrt(x * x + y * y);
    double error;
    if (h <= 2 * y) {
        const double d = h - y;
        error = x * (2 * d - x) + (d - 2 * (x - y)) * d;
    } else {
        const double d = h - x;
        error = 2 * d * (x - 2 * y) + ((4 * d - y) * y + d * d);
    }
    return h - error / (2 * h);
}

static void take_out(fr_nnls *a, int64_t place) {
    const int64_t n = a->n, last = a->count - 1;
    for (int64_t t = place; t < last; t++) {
        memcpy(a->columns + t * n, a->columns + (t + 1) * n, (size_t)n * sizeof(double));
        memcpy(a->r + t * a->capacity, a->r + (t + 1) * a->capacity, (size_t)(t + 2) * sizeof(double));
        a->coefficients[t] = a->coefficients[t + 1];
        a->names[t] = a->names[t + 1];
    }
    for (int64_t t = place; t < last; t++) { /* rows t and t + 1 of R, columns t and t + 1 of Q */
        double *r = a->r + t * a->capacity;
        const double h = length(r[t], r[t + 1]), c = r[t] / h, s = r[t + 1] / h;
        for (int64_t col = t; col < last; col++) {
            double *e = a->r + col * a->capacity;
            const double up = c * e[t] + s * e[t + 1];
            e[t + 1] = c * e[t + 1] - s * e[t];
            e[t] = up;
        }
        double *q = a->q + t * n, *p = q + n;
        for (int64_t i = 0; i < n; i++) {
            const double up = c * q[i] + s * p[i];
            p[i] = c * p[i] - s * q[i];
            q[i] = up;
        }
        const double up = c * a->projections[t] + s * a->projections[t + 1];
        a->projections[t + 1] = c * a->projections[t + 1] - s * a->projections[t];
        a->projections[t] = up;
    }
    a->count = last;
}

/* Solves R trial = projections. */
static void solve(fr_nnls *a) {
    for (int64_t t = 0; t < a->count; t++) a->trial[t] = a->projections[t];
    for (int64_t t = a->count - 1; t >= 0; t--) {
        const double *r = a->r + t * a->capacity;
        a->trial[t] /= r[t];
        for (int64_t s = 0; s < t; s++) a->trial[s] -= r[s] * a->trial[t];
    }
}

bool fr_nnls_enter(fr_nnls *a, const double *column, int64_t name,
                          void (*dropped)(void *context, int64_t name), void *context) {
    if (!put_in(a, column, name)) return false;
    solve(a);
    if (!(a->trial[a->count - 1] > 0)) {
        a->count--;
        return false;
    }
    for (;;) {
        /* Moves as far towards the solution as no coefficient becomes negative. */
        double step = 1;
        int64_t blocking = -1;
        for (int64_t t = 0; t < a->count; t++)
            if (a->trial[t] <= 0) {
                const double reach = a->coefficients[t] / (a->coefficients[t] - a->trial[t]);
                if (blocking < 0 || reach < step) {
                    step = reach;
                    blocking = t;
                }
            }
        for (int64_t t = 0; t < a->count; t++)
            a->coefficients[t] += step * (a->trial[t] - a->coefficients[t]);
        if (blocking < 0) break;
        a->coefficients[blocking] = 0;
        for (int64_t t = a->count - 1; t >= 0; t--)
            if (a->coefficients[t] <= 0) {
                dropped(context, a->names[t]);
                take_out(a, t);
            }
        solve(a);
    }
    find_residual(a);
    return true;
}

void fr_nnls_inverse(const fr_nnls *a, double *g) {
    const int64_t n = a->n;
    for (int64_t t = a->count - 1; t >= 0; t--) {
        double *row = g + t * n;
        memcpy(row, a->q + t * n, (size_t)n * sizeof(double));
        for (int64_t s = t + 1; s < a->count; s++) add(n, -a->r[s * a->capacity + t], g + s * n, row);
        const double pivot = a->r[t * a->capacity + t];
        for (int64_t i = 0; i < n; i++) row[i] /= pivot;
    }
}

bool fr_nnls_restore(fr_nnls *a, const double *columns, const int64_t *names, int64_t count) {
    bool kept = true;
    for (int64_t t = 0; t < count && kept; t++) kept = put_in(a, columns + t * a->n, names[t]);
    solve(a);
    for (int64_t t = 0; t < a->count; t++) {
        a->coefficients[t] = a->trial[t];
        kept &= a->trial[t] > 0;
    }
    find_residual(a);
    return kept;
}

void fr_nnls_defect(const fr_nnls *a, const double *g, const double *errors, const double *weights,
                           double *rows, double *columns) {
    const int64_t n = a->n;
    const double slack = 0x1p-52 * (double)(n + 2);
    double *sums = a->trial, *largest = a->trial + a->capacity + 1;
    memset(sums, 0, (size_t)a->count * sizeof(double));
    for (int64_t t = 0; t < a->count; t++) {
        largest[t] = 0;
        for (int64_t j = 0; j < n; j++) {
            const double entry = fabs(a->columns[t * n + j]);
            if (!(entry <= largest[t])) largest[t] = entry;
        }
    }
    *rows = *columns = 0;
    for (int64_t i = 0; i < a->count; i++) {
        const double *row = g + i * n;
        double whole = 0, size = 0;
        for (int64_t j = 0; j < n; j++) size += fabs(row[j]);
        for (int64_t t = 0; t < a->count; t++) {
            const double *column = a->columns + t * n;
            const double defect =
                fabs(fr_dot(n, row, column) - (i == t)) + 2 * size * (slack * largest[t] + errors[t]) + slack;
            whole += weights ? defect * (weights[t] / weights[i]) : defect;
            sums[t] += defect;
        }
        whole *= 1 + 1e-9;
        if (!(whole <= *rows)) *rows = whole;
    }
    for (int64_t t = 0; t < a->count; t++)
        if (!(sums[t] <= *columns)) *columns = sums[t];
}
