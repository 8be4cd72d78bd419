#include "samples/deep_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sampling.h"

bool fr_deep_network_create(fr_deep_network *w, const fr_isa *isa, const fr_problem *problem, const int64_t *widths,
                            int64_t earlier) {
    memset(w, 0, sizeof *w);
    w->isa = isa;
    w->points = problem->points;
    w->hidden = earlier + 1;
    w->layers = calloc((size_t)w->hidden, sizeof *w->layers);
    w->scratch = calloc((size_t)w->points + 1, sizeof *w->scratch);
    w->output = calloc((size_t)problem->units + 2, sizeof *w->output);
    bool made = w->layers && w->scratch && w->output;
    for (int64_t l = 0; made && l < w->hidden; l++) {
        fr_deep_layer *layer = &w->layers[l];
        layer->problem = *problem;
        layer->problem.units = l < earlier ? widths[l] : problem->units;
        if (l > 0) {
            layer->problem.inputs = widths[l - 1];
            layer->problem.input_distribution = FR_INPUTS_GIVEN;
            layer->problem.given_inputs = w->layers[l - 1].values;
        }
        const size_t units = (size_t)layer->problem.units, inputs = (size_t)layer->problem.inputs;
        made = fr_trial_create(&layer->trial, isa, &layer->problem);
        layer->weights = calloc((units + FR_SIGN_UNITS) * inputs + 1, sizeof *layer->weights);
        layer->biases = calloc(units + FR_SIGN_UNITS, sizeof *layer->biases);
        layer->patterns = calloc(units * (size_t)layer->trial.words + 1, sizeof *layer->patterns);
        layer->values = calloc(l < earlier ? (size_t)w->points * units + 1 : 1, sizeof *layer->values);
        made = made && layer->weights && layer->biases && layer->patterns && layer->values;
    }
    for (int64_t l = w->hidden - 1, column = 0; made && l >= 0; l--) {
        w->layers[l].first_column = column;
        column += w->layers[l].problem.units * fr_deep_k(&w->layers[l]);
    }
    return made;
}

void fr_deep_network_destroy(fr_deep_network *w) {
    for (int64_t l = 0; w->layers && l < w->hidden; l++) {
        fr_deep_layer *layer = &w->layers[l];
        fr_trial_destroy(&layer->trial);
        free(layer->weights);
        free(layer->biases);
        free(layer->patterns);
        free(layer->values);
    }
    free(w->layers);
    free(w->scratch);
    free(w->output);
}

int64_t fr_deep_columns(const fr_deep_network *w) {
    const fr_deep_layer *first = &w->layers[0];
    return first->first_column + first->problem.units * fr_deep_k(first);
}

/* Draws `units` rows of `count` numbers from a layer's own stream. */
static void draw(const fr_deep_network *w, const fr_deep_layer *layer, uint32_t stream, int64_t inputs, int64_t units,
                 int64_t count, double *out) {
    const fr_problem *p = &layer->problem;
    const fr_draw draw = fr_draw_of_weights(p->weight_distribution, inputs, p->seed, layer->trial.number, stream);
    w->isa->draw_rows(&draw, 0, units, count, out, 0, NULL);
}

/* Computes f_l of one unit on all points. Returns false if a value is not finite. */
static bool compute_values(fr_deep_network *w, fr_deep_layer *layer, int64_t unit) {
    const int64_t n = w->points, ldx = layer->trial.ldx;
    double *sum = w->scratch;
    for (int64_t j = 0; j < n; j++) sum[j] = layer->biases[unit];
    for (int64_t c = 0; c < layer->problem.inputs; c++) {
        const double weight = layer->weights[unit * layer->problem.inputs + c];
        const double *x = layer->trial.x + c * ldx;
        for (int64_t j = 0; j < n; j++) sum[j] += weight * x[j];
    }
    bool finite = true;
    for (int64_t j = 0; j < n; j++) {
        const double value = fr_deep_is_active(layer, unit, j) ? sum[j] : 0.0;
        layer->values[j * layer->problem.units + unit] = value;
        finite &= isfinite(value) != 0;
    }
    return finite;
}

bool fr_deep_network_begin(fr_deep_network *w, uint64_t number) {
    bool finite = true;
    for (int64_t l = 0; l < w->hidden && finite; l++) {
        fr_deep_layer *layer = &w->layers[l];
        const int64_t units = layer->problem.units, inputs = layer->problem.inputs;
        fr_trial_begin(&layer->trial, number);
        draw(w, layer, fr_stream_weights((uint32_t)l), inputs, units, inputs, layer->weights);
        if (layer->problem.bias) draw(w, layer, fr_stream_biases((uint32_t)l), inputs, units, 1, layer->biases);
        fr_trial_signs(&layer->trial, units, layer->weights, layer->biases, layer->patterns);
        if (l + 1 < w->hidden)
            for (int64_t u = 0; u < units; u++) finite &= compute_values(w, layer, u);
    }
    const fr_deep_layer *last = &w->layers[w->hidden - 1];
    if (finite) draw(w, last, FR_STREAM_OUTPUT, last->problem.units, 1, last->problem.units, w->output);
    return finite;
}
