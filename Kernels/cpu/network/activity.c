#include "network/activity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/exact.h"
#include "sampling.h"

#define POINTS FR_ACTIVITY_POINTS

bool fr_activity_create(fr_activity *a, const fr_network_shape *shape, int64_t capacity, int threads) {
    memset(a, 0, sizeof *a);
    a->shape = shape;
    a->capacity = capacity;
    a->threads = threads;
    a->active = calloc((size_t)shape->kinks + 1, sizeof *a->active);
    a->zeros = calloc((size_t)capacity + 1, sizeof *a->zeros);
    a->masks = calloc(2 * (size_t)shape->widest * (size_t)threads, sizeof *a->masks);
    a->scratch = fr_allocate(4 * POINTS * (size_t)threads * (size_t)shape->widest * sizeof(double));
    bool made = a->active && a->zeros && a->masks && a->scratch;
    for (int64_t l = 0; made && l < shape->kinks; l++) {
        const size_t bytes = (size_t)shape->network->layers[l].units * (size_t)capacity + 1;
        a->active[l] = malloc(bytes);
        made = a->active[l] != NULL;
        if (made) memset(a->active[l], 1, bytes);
    }
    return made;
}

void fr_activity_destroy(fr_activity *a) {
    for (int64_t l = 0; a->active && l < a->shape->kinks; l++) free(a->active[l]);
    free(a->active);
    free(a->zeros);
    free(a->masks);
    free(a->scratch);
    memset(a, 0, sizeof *a);
}

/* One thread's block: midpoints and radii of f_{l-1} and f_l, each units x POINTS. */
typedef struct block {
    fr_activity *activity;
    int64_t set, first, at, count; /* points first + at ..., stored from `at` on */
    double *middle, *radius, *next_middle, *next_radius;
} block;

/* What the middle of an input adds to the error of a sum, for each unit of its weight: the rounding of the product and
 * of `count` additions, twice the classical bound (fr_sign_slack), and the radius; 2^-1022 for whatever underflows
 * here. 0 for an input that is 0, so that a sum of zeros is known to be 0. */
static void widen(const block *b, int64_t inputs) {
    const double slack = fr_sign_slack(inputs);
    for (int64_t i = 0; i < inputs * POINTS; i++)
        b->radius[i] = b->middle[i] == 0.0 && b->radius[i] == 0.0
                           ? 0.0 : (slack * fabs(b->middle[i]) + b->radius[i]) + 0x1p-1022;
}

/* Whether every product is 0 and so is the bias: then z is, exactly. */
static bool is_sum_of_zeros(const block *b, int64_t inputs, const double *row, double bias, int j) {
    if (bias != 0.0) return false;
    for (int64_t c = 0; c < inputs; c++)
        if (row[c] != 0.0 && b->radius[c * POINTS + j] != 0.0) return false;
    return true;
}

/* z of one unit and a bound of its error, 0 for sums of zeros only. An overflow leaves infinities or NaN, which decide
 * nothing. */
static void weigh(const block *b, int64_t inputs, const double *row, double bias, double *z, double *error) {
    const double slack = fr_sign_slack(inputs), tiny = fr_sign_tiny(inputs);
    for (int j = 0; j < POINTS; j++) {
        z[j] = bias;
        error[j] = slack * fabs(bias);
    }
    for (int64_t c = 0; c < inputs; c++) {
        const double w = row[c], size = fabs(w);
        if (w == 0.0) continue;
        const double *middle = b->middle + c * POINTS, *widened = b->radius + c * POINTS;
        for (int j = 0; j < POINTS; j++) {
            z[j] += w * middle[j];
            error[j] += size * widened[j];
        }
    }
    /* The error's own rounding: less than 2^31 additions and products. */
    for (int j = 0; j < POINTS; j++)
        if (z[j] != 0.0 || error[j] != 0.0 || !is_sum_of_zeros(b, inputs, row, bias, j))
            error[j] = error[j] * (1 + 0x1p-20) + tiny;
}

/* |(z + e)^r - z^r| <= r (|z| + e)^(r - 1) e, and r roundings. */
static void raise(int exponent, double *z, double *error) {
    const double size = fabs(*z) + *error, base = *z;
    double power = 1, slope = exponent;
    for (int i = 0; i < exponent; i++) power *= base;
    for (int i = 1; i < exponent; i++) slope *= size;
    *error = (slope * *error + exponent * 0x1p-52 * fabs(power)) * (1 + 0x1p-20) + 0x1p-1022;
    *z = power;
}

/* f of z: middle and radius. */
static void activate(const fr_network_layer *layer, const uint8_t *active, int64_t count, double *z, double *error) {
    for (int64_t j = 0; j < count; j++) {
        if (layer->activation == FR_POWER) raise(layer->exponent, &z[j], &error[j]);
        if (!fr_is_kinked(layer->activation) || active[j]) continue;
        const double slope = layer->activation == FR_LEAKY_RELU ? layer->slope : 0.0;
        if (slope == 0.0 || (z[j] == 0.0 && error[j] == 0.0)) {
            z[j] = error[j] = 0.0;
            continue;
        }
        z[j] *= slope;
        error[j] = (fabs(slope) * error[j] + 0x1p-52 * fabs(z[j])) * (1 + 0x1p-20) + 0x1p-1022;
    }
}

/* Signs that are known. For each point a bit: in *doubtful where it is not known, in *zero where z is surely 0. */
static void decide(const block *b, const double *z, const double *error, uint8_t *active, uint64_t *doubtful,
                   uint64_t *zero) {
    *doubtful = *zero = 0;
    for (int64_t j = 0; j < b->count; j++) {
        active[j] = z[j] > 0.0;
        if (z[j] == 0.0 && error[j] == 0.0) *zero |= UINT64_C(1) << j;
        else if (!(fabs(z[j]) > error[j])) *doubtful |= UINT64_C(1) << j;
    }
}

/* The layers' values at one point up to f_{layer-1}. */
static fr_exact_values *values_before(const block *b, int64_t layer, int64_t j) {
    const fr_activity *a = b->activity;
    fr_exact_values *values = fr_exact_values_make(a->shape, fr_set_point(a->shape, b->set, b->first + b->at + j));
    const double *weights = fr_set_parameters(a->shape, b->set);
    for (int64_t l = 0; values && l < layer; l++) {
        fr_exact_values_advance(values, l, weights, a->active[l] + b->at + j, a->capacity);
        weights += fr_layer_parameters(a->shape->network, l);
    }
    return values;
}

/* The doubtful signs of the layer, in whole numbers. */
static void settle(const block *b, int64_t layer, const double *weights, uint64_t *doubtful, uint64_t *zero) {
    fr_activity *a = b->activity;
    const int64_t units = a->shape->network->layers[layer].units;
    uint64_t any = 0;
    for (int64_t u = 0; u < units; u++) any |= doubtful[u];
    for (int64_t j = 0; j < b->count; j++) {
        if (!(any >> j & 1)) continue;
        fr_exact_values *values = values_before(b, layer, j);
        if (!values) {
            atomic_store(&a->out_of_memory, 1);
            return;
        }
        for (int64_t u = 0; u < units; u++) {
            if (!(doubtful[u] >> j & 1)) continue;
            const int sign = fr_exact_values_sign(values, layer, weights, u);
            a->active[layer][u * a->capacity + b->at + j] = sign > 0;
            if (sign != 0) continue;
            zero[u] |= UINT64_C(1) << j;
            b->next_middle[u * POINTS + j] = b->next_radius[u * POINTS + j] = 0.0;
        }
        fr_exact_values_free(values);
    }
}

static void note_zeros(const block *b, int64_t layer, int64_t unit, uint64_t zero) {
    for (; zero; zero &= zero - 1) {
        fr_zeros *zeros = &b->activity->zeros[b->at + __builtin_ctzll(zero)];
        if (zeros->count++) continue;
        zeros->layer = layer;
        zeros->unit = unit;
    }
}

static void run_layer(block *b, int64_t index, const double *weights, uint64_t *masks) {
    fr_activity *a = b->activity;
    const fr_network_layer *layer = &a->shape->network->layers[index];
    const int64_t inputs = fr_layer_inputs(a->shape->network, index);
    const double *biases = weights + layer->units * inputs;
    uint64_t *doubtful = masks, *zero = masks + layer->units;
    const bool kinked = fr_is_kinked(layer->activation);
    widen(b, inputs);
    for (int64_t u = 0; u < layer->units; u++) {
        double *z = b->next_middle + u * POINTS, *error = b->next_radius + u * POINTS;
        weigh(b, inputs, weights + u * inputs, layer->bias ? biases[u] : 0.0, z, error);
        if (kinked) decide(b, z, error, a->active[index] + u * a->capacity + b->at, &doubtful[u], &zero[u]);
    }
    if (kinked) settle(b, index, weights, doubtful, zero);
    for (int64_t u = 0; u < layer->units; u++) {
        if (kinked) note_zeros(b, index, u, zero[u]);
        activate(layer, a->active[index] + u * a->capacity + b->at, b->count, b->next_middle + u * POINTS,
                 b->next_radius + u * POINTS);
    }
    double *const middle = b->middle, *const radius = b->radius;
    b->middle = b->next_middle;
    b->radius = b->next_radius;
    b->next_middle = middle;
    b->next_radius = radius;
}

typedef struct run {
    fr_activity *activity;
    int64_t set, first, count;
} run;

static void run_block(void *context, int64_t number, int worker) {
    const run *r = context;
    fr_activity *a = r->activity;
    const int64_t widest = a->shape->widest, inputs = a->shape->network->inputs;
    double *scratch = a->scratch + 4 * POINTS * widest * worker;
    block b = {a,
               r->set,
               r->first,
               number * POINTS,
               0,
               scratch,
               scratch + POINTS * widest,
               scratch + 2 * POINTS * widest,
               scratch + 3 * POINTS * widest};
    b.count = r->count - b.at < POINTS ? r->count - b.at : POINTS;
    memset(b.radius, 0, (size_t)(POINTS * inputs) * sizeof(double));
    for (int64_t j = 0; j < POINTS; j++) {
        const double *x = fr_set_point(a->shape, b.set, b.first + b.at + (j < b.count ? j : 0));
        for (int64_t c = 0; c < inputs; c++) b.middle[c * POINTS + j] = x[c];
    }
    for (int64_t j = 0; j < b.count; j++) a->zeros[b.at + j] = (fr_zeros){0, -1, -1, b.first + b.at + j};
    const double *weights = fr_set_parameters(a->shape, b.set);
    for (int64_t l = 0; l < a->shape->kinks; l++) {
        run_layer(&b, l, weights, a->masks + 2 * widest * worker);
        weights += fr_layer_parameters(a->shape->network, l);
    }
}

bool fr_activity_run(fr_activity *a, fr_pool *pool, int64_t set, int64_t first, int64_t count) {
    if (a->shape->kinks == 0) return true;
    run r = {a, set, first, count};
    const int64_t blocks = (count + POINTS - 1) / POINTS;
    if (pool) fr_pool_run(pool, blocks, run_block, &r);
    for (int64_t i = 0; i < blocks && !pool; i++) run_block(&r, i, 0);
    return !atomic_load(&a->out_of_memory);
}

void fr_activity_add_zeros(const fr_activity *a, int64_t count, fr_zeros *zeros) {
    for (int64_t j = 0; j < count && a->shape->kinks; j++) {
        const fr_zeros *more = &a->zeros[j];
        if (more->count && !zeros->count) *zeros = *more;
        else zeros->count += more->count;
    }
}
