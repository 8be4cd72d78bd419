/* Jacobians in double precision, activations as in exact arithmetic: what singular values are computed of. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/activity.h"
#include "session/memory.h"
#include "table.h"

/* One set's scratch: f_0 ... f_{L-1} and phi' at one point, and delta of one row. */
typedef struct scratch {
    double **values, **gains, *delta, *below;
} scratch;

static bool make(scratch *s, const fr_network_shape *shape) {
    const size_t layers = (size_t)shape->network->layer_count;
    s->values = calloc(layers + 1, sizeof *s->values);
    s->gains = calloc(layers + 1, sizeof *s->gains);
    s->delta = calloc((size_t)shape->widest, sizeof(double));
    s->below = calloc((size_t)shape->widest, sizeof(double));
    bool made = s->values && s->gains && s->delta && s->below;
    for (size_t l = 0; made && l < layers; l++) {
        s->values[l] = calloc((size_t)fr_layer_inputs(shape->network, (int64_t)l), sizeof(double));
        s->gains[l] = calloc((size_t)shape->network->layers[l].units, sizeof(double));
        made = s->values[l] && s->gains[l];
    }
    return made;
}

static void destroy(scratch *s, const fr_network_shape *shape) {
    for (int64_t l = 0; l < shape->network->layer_count; l++) {
        if (s->values) free(s->values[l]);
        if (s->gains) free(s->gains[l]);
    }
    free(s->values);
    free(s->gains);
    free(s->delta);
    free(s->below);
}

/* `active`: NULL for layers without a kink. */
static void activate(const fr_network_layer *layer, bool active, double z, double *value, double *gain) {
    *gain = 1.0;
    *value = z;
    if (layer->activation == FR_POWER) {
        double below = 1.0;
        for (int i = 1; i < layer->exponent; i++) below *= z;
        *gain = layer->exponent * below;
        *value = below * z;
    } else if (fr_is_kinked(layer->activation) && !active) {
        *gain = layer->activation == FR_RELU ? 0.0 : layer->slope;
        *value = *gain == 0.0 ? 0.0 : *gain * z;
    }
}

static void forward(scratch *s, const fr_network_shape *shape, const fr_activity *activity, const double *weights,
                    const double *x, int64_t at) {
    const fr_network *network = shape->network;
    memcpy(s->values[0], x, (size_t)network->inputs * sizeof *x);
    for (int64_t l = 0; l + 1 < network->layer_count; l++) {
        const fr_network_layer *layer = &network->layers[l];
        const int64_t inputs = fr_layer_inputs(network, l);
        for (int64_t u = 0; u < layer->units; u++) {
            double z = layer->bias ? weights[layer->units * inputs + u] : 0.0;
            for (int64_t c = 0; c < inputs; c++) z += weights[u * inputs + c] * s->values[l][c];
            const bool active = fr_is_kinked(layer->activation) && activity->active[l][u * activity->capacity + at];
            activate(layer, active, z, &s->values[l + 1][u], &s->gains[l][u]);
        }
        weights += fr_layer_parameters(network, l);
    }
}

/* One row: the derivatives of one output. weights: of the last layer. */
static void backward(scratch *s, const fr_network_shape *shape, const double *weights, int64_t output, double *row) {
    const fr_network *network = shape->network;
    double *end = row + shape->columns;
    memset(s->delta, 0, (size_t)network->layers[network->layer_count - 1].units * sizeof(double));
    s->delta[output] = 1.0;
    for (int64_t l = network->layer_count - 1; l >= 0; l--) {
        const fr_network_layer *layer = &network->layers[l];
        const int64_t inputs = fr_layer_inputs(network, l), units = layer->units;
        if (layer->trained) {
            end -= fr_layer_parameters(network, l);
            for (int64_t u = 0; u < units; u++)
                for (int64_t c = 0; c < inputs; c++) end[u * inputs + c] = s->delta[u] * s->values[l][c];
            if (layer->bias) memcpy(end + units * inputs, s->delta, (size_t)units * sizeof(double));
        }
        if (l == 0) break;
        memset(s->below, 0, (size_t)inputs * sizeof(double));
        for (int64_t u = 0; u < units; u++)
            for (int64_t c = 0; c < inputs; c++) s->below[c] += s->delta[u] * weights[u * inputs + c];
        for (int64_t c = 0; c < inputs; c++)
            s->delta[c] = s->gains[l - 1][c] == 0.0 ? 0.0 : s->below[c] * s->gains[l - 1][c];
        weights -= fr_layer_parameters(network, l - 1);
    }
}

static fr_status run_set(fr_session *session, const fr_network_shape *shape, fr_activity *activity, scratch *s,
                         int64_t set, double *jacobian, fr_outcome *outcome) {
    const fr_network *network = shape->network;
    const double *weights = fr_set_parameters(shape, set);
    bool finite = true;
    for (int64_t i = 0; i < shape->parameters; i++) finite &= isfinite(weights[i]) != 0;
    for (int64_t i = 0; i < network->points * network->inputs; i++)
        finite &= isfinite(fr_set_point(shape, set, 0)[i]) != 0;
    if (finite && !fr_activity_run(activity, session->pool, set, 0, network->points)) return FR_OUT_OF_MEMORY;
    const double *last = weights;
    for (int64_t l = 0; l + 1 < network->layer_count; l++) last += fr_layer_parameters(network, l);
    for (int64_t j = 0; j < network->points && finite; j++) {
        if (fr_is_cancelled(session)) return FR_CANCELLED;
        forward(s, shape, activity, weights, fr_set_point(shape, set, j), j);
        for (int64_t o = 0; o < shape->outputs; o++)
            backward(s, shape, last, fr_chosen_output(shape, o), jacobian + (j * shape->outputs + o) * shape->columns);
    }
    for (int64_t i = 0; i < shape->rows * shape->columns && finite; i++) finite = isfinite(jacobian[i]);
    *outcome = finite ? FR_COMPUTED : FR_NOT_FINITE;
    return FR_OK;
}

fr_status fr_cpu_network_jacobians(fr_session *session, const fr_network *network, double *jacobians,
                                   fr_outcome *outcomes) {
    fr_begin_call(session);
    fr_network_shape shape;
    fr_status status = fr_network_shape_make(session, network, FR_PRIME_MAX, &shape);
    if (status != FR_OK) return status;
    if (network->parameter_numbers != FR_NUMBERS_DOUBLE || network->point_numbers != FR_NUMBERS_DOUBLE ||
        network->functionals)
        return fr_fail(session, FR_INVALID_ARGUMENT,
                       "a Jacobian in floating point is one of doubles, without functionals");
    if (network->sets == 0) return FR_OK;
    if (!outcomes || (!jacobians && shape.rows * shape.columns > 0))
        return fr_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", outcomes ? "jacobians" : "outcomes");
    for (int64_t set = 0; set < network->sets; set++) outcomes[set] = FR_NOT_COMPUTED;
    fr_activity activity;
    scratch s;
    memset(&s, 0, sizeof s);
    const bool made =
        fr_activity_create(&activity, &shape, network->points, fr_pool_size(session->pool)) && make(&s, &shape);
    status = made ? FR_OK : FR_OUT_OF_MEMORY;
    for (int64_t set = 0; status == FR_OK && set < network->sets; set++) {
        status =
            run_set(session, &shape, &activity, &s, set, jacobians + set * shape.rows * shape.columns, &outcomes[set]);
        atomic_store(&session->done, (double)(set + 1) / (double)network->sets);
    }
    destroy(&s, &shape);
    fr_activity_destroy(&activity);
    if (status == FR_CANCELLED) return fr_fail(session, FR_CANCELLED, "cancelled");
    return status == FR_OK ? FR_OK : fr_fail(session, FR_OUT_OF_MEMORY, "not enough memory for the network's values");
}
