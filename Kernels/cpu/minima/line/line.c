/* One input and a bias. A sum of the units' cones is y iff the slope of y changes at each knot in a direction that some
 * unit can give, and at each knot y lies between the least and the largest value that the sum can take there: the test
 * takes linear time, by running sums. Signs are exact: floating point with an error bound decides, or integers if the
 * bound does not suffice. */
#include "minima/line/line.h"

#include <math.h>
#include <string.h>

static void lay_out(void *object, fr_arena *arena) {
    fr_line *l = object;
    const int64_t n = l->capacity;
    FR_SLICE(arena, l->order, n, 1);
    FR_SLICE(arena, l->knot, n, 1);
    FR_SLICE(arena, l->begins, n, 1);
    FR_SLICE(arena, l->points, n, 1);
    FR_SLICE(arena, l->x, n, 1);
    FR_SLICE(arena, l->y, n, 1);
    FR_SLICE(arena, l->errors, n, 1);
    FR_SLICE(arena, l->kink, n, 1);
    FR_SLICE(arena, l->slopes, n, 1);
    FR_SLICE(arena, l->kinks, n, 1);
    for (int side = 0; side < 2; side++)
        for (int sign = 0; sign < 2; sign++) FR_SLICE(arena, l->first[side][sign], n, 1);
    FR_SLICE(arena, l->from_right, n, 1);
    FR_SLICE(arena, l->left, n, 1);
    FR_SLICE(arena, l->right, n, 1);
}

bool fr_line_create(fr_line *l, int64_t n) {
    memset(l, 0, sizeof *l);
    l->capacity = n;
    return fr_arena_make(&l->memory, lay_out, l);
}

void fr_line_destroy(fr_line *l) { fr_arena_free(&l->memory); }

/* Merge sort of points by input, stable. */
static void sort(int64_t *order, int64_t *scratch, int64_t n, const double *x) {
    if (n < 2) return;
    const int64_t half = n / 2;
    sort(order, scratch, half, x);
    sort(order + half, scratch, n - half, x);
    int64_t a = 0, b = half;
    for (int64_t i = 0; i < n; i++)
        scratch[i] = b >= n || (a < half && x[order[a]] <= x[order[b]]) ? order[a++] : order[b++];
    memcpy(order, scratch, (size_t)n * sizeof(int64_t));
}

/* The rounding of |slope| and |kink|: a difference, a quotient and a difference, each within 2^-53. */
#define KINK_SLACK 0x1p-50

void fr_line_begin(fr_line *l, const fr_minima_data *d, int64_t n) {
    l->n = n;
    l->data = d;
    for (int64_t j = 0; j < n; j++) l->order[j] = j;
    sort(l->order, l->knot, n, d->trial.x);
    l->knots = 0;
    l->contradicts = l->inexact = false;
    for (int64_t i = 0; i < n; i++) {
        const int64_t j = l->order[i];
        const double x = d->trial.x[j], y = d->labels[j];
        if (i > 0 && x == l->x[l->knots - 1]) {
            if (y != l->y[l->knots - 1]) l->contradicts = true;
        } else {
            l->begins[l->knots] = i;
            l->points[l->knots] = j;
            l->errors[l->knots] = d->label_errors[j];
            l->x[l->knots] = x;
            l->y[l->knots++] = y;
        }
        l->knot[i] = l->knots - 1;
    }
    double before = 0, size_before = 0;
    for (int64_t m = 0; m + 1 < l->knots; m++) {
        const double run = l->x[m + 1] - l->x[m], slope = (l->y[m + 1] - l->y[m]) / run;
        /* Errors of labels are counted as additional slope. KINK_SLACK turns it into an error again, twice as large. */
        const double size = fabs(slope) + 2 / KINK_SLACK * (l->errors[m] + l->errors[m + 1]) / run;
        l->kink[m] = slope - before;
        l->slopes[m] = size + size_before;
        before = slope;
        size_before = size;
        if (m == 0) continue;
        const bool decided = fabs(l->kink[m]) > KINK_SLACK * l->slopes[m] && isfinite(l->slopes[m]);
        l->kinks[m] = (int8_t)(decided ? (l->kink[m] > 0 ? 1 : -1) : fr_line_exact_kink(l, m));
    }
    for (int side = 0; side < 2; side++)
        for (int sign = 0; sign < 2; sign++)
            for (int64_t m = 0; m < l->knots; m++) l->first[side][sign][m] = FR_NO_UNIT;
    l->point_first[0] = l->point_first[1] = FR_NO_UNIT;
}

static void offer(fr_line *l, int side, int sign, int64_t knot, int64_t unit) {
    if (l->first[side][sign][knot] == FR_NO_UNIT) l->first[side][sign][knot] = unit;
}

static bool bit(const uint64_t *pattern, int64_t j) { return pattern[j / 64] >> (j % 64) & 1; }

/* Finds the place in the order of points at which the unit's pattern changes, and whether it rises there (`rises`:
 * active from there on) or falls. Returns false if the pattern is not a step vector. */
static bool step_of(const fr_line *l, const fr_minima_data *d, int64_t unit, bool *rises, int64_t *place) {
    const int64_t n = l->n;
    if (d->problem->weight_distribution == FR_WEIGHTS_STEPS) {
        const int64_t step = fr_minima_step(d, unit, l->knots);
        *rises = step >= l->knots;
        *place = l->begins[step % l->knots];
        return true;
    }
    const uint64_t *pattern = d->patterns + unit * d->trial.words;
    *rises = bit(pattern, l->order[n - 1]);
    if (d->problem->weight_distribution == FR_WEIGHTS_PATTERN) {
        int64_t changes = 0;
        *place = 0;
        for (int64_t i = 1; i < n; i++)
            if (bit(pattern, l->order[i]) != bit(pattern, l->order[i - 1])) {
                changes++;
                *place = i;
                if (l->knot[i] == l->knot[i - 1]) return false;
            }
        return changes < 2;
    }
    int64_t active = 0;
    for (int64_t w = 0; w < (n + 63) / 64; w++) {
        uint64_t word = pattern[w];
        if (64 * (w + 1) > n) word &= (UINT64_C(1) << (n % 64)) - 1;
        active += __builtin_popcountll(word);
    }
    *place = *rises ? n - active : active;
    return true;
}

int64_t fr_line_units(fr_line *l, const fr_minima_data *d, int64_t units) {
    const int64_t last = l->knots - 1;
    for (int64_t unit = 0; unit < units; unit++) {
        bool rises;
        int64_t place;
        if (!step_of(l, d, unit, &rises, &place)) return unit;
        if (d->outputs[unit] == 0) continue;
        const int sign = d->outputs[unit] > 0;
        if (!rises && place == 0) continue; /* inactive everywhere */
        if (place == 0) {
            /* The unit is active everywhere: it adds the lines that are 0 at one end. */
            offer(l, 0, sign, 0, unit);
            offer(l, 1, sign, last, unit);
            if (l->point_first[sign] == FR_NO_UNIT) l->point_first[sign] = unit;
        } else {
            /* The break lies between two knots: it may be at either. */
            offer(l, !rises, sign, l->knot[place - 1], unit);
            offer(l, !rises, sign, l->knot[place], unit);
        }
    }
    return -1;
}

/* How much may be added of the two functions of a knot: bounds of the coefficient of the first (side 0) or the second
 * (side 1). A bound is 0, the whole kink, or infinite. */
typedef enum bound { BOUND_ZERO, BOUND_KINK, BOUND_INFINITE } bound;

/* have[s]: this side's function with sign s is available; other[s]: the other side's. sign: of the kink. */
static bound least(const bool have[2], const bool other[2], int sign) {
    if (have[0] && other[1]) return BOUND_INFINITE;
    if (sign > 0) return other[1] ? BOUND_ZERO : BOUND_KINK;
    if (sign < 0) return have[0] ? BOUND_KINK : BOUND_ZERO;
    return BOUND_ZERO;
}
static bound largest(const bool have[2], const bool other[2], int sign) {
    const bool have_swapped[2] = {have[1], have[0]}, other_swapped[2] = {other[1], other[0]};
    return least(have_swapped, other_swapped, -sign);
}

static bound bound_of(const fr_line *l, int64_t width, int64_t m, int side, bool upper) {
    bool have[2], other[2];
    for (int sign = 0; sign < 2; sign++) {
        have[sign] = l->first[side][sign][m] < width;
        other[sign] = l->first[1 - side][sign][m] < width;
    }
    /* The two functions of an end are a line and 0, so there is no kink to share. */
    const bool end = side == 0 ? m == 0 : m == l->knots - 1;
    if (end) return have[upper] ? BOUND_INFINITE : BOUND_ZERO;
    return upper ? largest(have, other, l->kinks[m]) : least(have, other, l->kinks[m]);
}

static void move(fr_line_sum *r, double distance) {
    r->value += r->sum * distance;
    r->value_size += r->sum_size * distance;
}

static void take(fr_line_sum *r, const fr_line *l, int64_t m, bound b) {
    if (b == BOUND_INFINITE) r->infinite++;
    if (b != BOUND_KINK) return;
    r->sum += l->kink[m];
    r->sum_size += l->slopes[m];
}

/* Whether y is on the right side of its bound at every knot. */
static bool respects(fr_line *l, int64_t width, bool upper) {
    const int64_t n = l->knots;
    fr_line_sum *from_right = l->from_right;
    const double slack = 0x1p-50 * (double)(n + 8); /* eight times what n + 8 roundings of every term make */
    fr_line_sum r = {0};
    for (int64_t m = n - 1; m >= 0; m--) { /* second functions, of knots above m */
        if (m < n - 1) {
            take(&r, l, m + 1, bound_of(l, width, m + 1, 1, upper));
            move(&r, l->x[m + 1] - l->x[m]);
        }
        from_right[m] = r;
    }
    memset(&r, 0, sizeof r);
    for (int64_t m = 0; m < n; m++) {
        if (m > 0) {
            take(&r, l, m - 1, bound_of(l, width, m - 1, 0, upper));
            move(&r, l->x[m] - l->x[m - 1]);
        }
        if (r.infinite || from_right[m].infinite) continue;
        const double margin = l->y[m] - (r.value + from_right[m].value);
        const double size = fabs(l->y[m]) + l->errors[m] * 0x1p50 + r.value_size + from_right[m].value_size;
        int sign = margin > 0 ? 1 : -1; /* slack is more than 2^-47, so errors have eight times the weight */
        if (!(fabs(margin) > slack * size) || !isfinite(size)) {
            for (int64_t i = 0; i < n; i++) {
                l->left[i] = i < m && bound_of(l, width, i, 0, upper) == BOUND_KINK;
                l->right[i] = i > m && bound_of(l, width, i, 1, upper) == BOUND_KINK;
            }
            sign = fr_line_exact_margin(l, m);
        }
        if (upper ? sign > 0 : sign < 0) return false;
    }
    return true;
}

bool fr_line_is_feasible(fr_line *l, int64_t width) {
    if (l->contradicts) return false;
    if (l->knots == 0) return true;
    if (l->knots == 1) {
        const int sign = fr_line_label_sign(l, 0);
        return sign == 0 || l->point_first[sign > 0] < width;
    }
    for (int64_t m = 1; m + 1 < l->knots; m++) {
        const int sign = l->kinks[m] > 0;
        if (l->kinks[m] != 0 && l->first[0][sign][m] >= width && l->first[1][sign][m] >= width) return false;
    }
    return respects(l, width, false) && respects(l, width, true);
}

fr_width_bracket fr_line_width_bracket(fr_line *l, int64_t units) {
    if (!fr_line_is_feasible(l, units)) return (fr_width_bracket){units, -1};
    int64_t low = -1, high = units; /* infeasible, feasible; width -1 stands for none */
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (fr_line_is_feasible(l, middle)) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return (fr_width_bracket){low, high};
}
