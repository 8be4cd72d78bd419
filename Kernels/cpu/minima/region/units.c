/* The units of a region. Each moves to a ray of its cell when a ray is first needed. */
#include <string.h>

#include "minima/region/region_state.h"

/* Computes the unit's weights, folded to the current coordinates: k numbers. */
static void find_inside(fr_region *r, int64_t unit, double *folded) {
    double *inside = r->scratch.candidate; /* k <= largest + 1 numbers */
    for (int64_t c = 0; c < r->problem->inputs; c++) inside[c] = r->data->weights[unit * r->problem->inputs + c];
    if (r->problem->bias) inside[r->dimensions - 1] = r->data->biases[unit];
    for (int64_t i = 0; i < r->k; i++)
        folded[i] = r->k < r->dimensions ? fr_dot(r->dimensions, r->points.rank.fold + i * r->dimensions, inside)
                                         : inside[i];
}

bool fr_region_ready(fr_region *r, int64_t unit) {
    fr_cell_state *cell = &r->units.cells[unit];
    if (!cell->ready) {
        if (fr_minima_has_weights(r->data)) {
            find_inside(r, unit, r->scratch.product);
            cell->failed = !fr_cell_begin(&r->cells, cell, r->scratch.product);
        } else {
            cell->failed = !fr_cell_find(&r->finder, &r->cells, cell);
        }
        cell->ready = true;
    }
    return !cell->failed;
}

void fr_region_hand_out(fr_region *r, fr_solver_region *out) {
    out->n = r->n;
    out->k = r->k;
    out->units = r->problem->units;
    out->words = (r->n + 63) / 64;
    memcpy(out->points, r->points.by_point, (size_t)(r->n * r->k) * sizeof(double));
    memcpy(out->labels, r->data->labels, (size_t)r->n * sizeof(double));
    for (int64_t unit = 0; unit < out->units; unit++) {
        memcpy(out->patterns + unit * out->words, r->units.patterns + unit * r->words,
               (size_t)out->words * sizeof(uint64_t));
        out->signs[unit] = (int8_t)(r->units.repeats[unit] ? 0 : fr_region_sign(r, unit));
        if (r->units.repeats[unit]) continue;
        double *inside = out->inside + unit * r->k;
        if (fr_minima_has_weights(r->data)) {
            find_inside(r, unit, inside);
        } else if (fr_region_ready(r, unit)) {
            fr_cell_inside(&r->cells, &r->units.cells[unit], inside);
        } else { /* the solver finds no ray from 0 either */
            memset(inside, 0, (size_t)r->k * sizeof(double));
        }
    }
}
