/* The Jacobian as it stands: rows are (point, output), columns parameters, column by column. */
#include "network/columns.h"

#include <stdlib.h>
#include <string.h>

static int64_t pivots_found(const fr_network_columns *s) {
    int64_t found = 0;
    for (int64_t i = 0; i < s->rows; i++) found += s->pivots[i] >= 0;
    return found;
}

/* A unit whose delta is zero on every row has columns of zeros. */
static bool is_zero(const fr_network_columns *s, fr_parameter at) {
    const fr_residue_matrix delta = s->passes->deltas[at.layer];
    for (int64_t row = 0; row < s->rows; row++)
        if (*fr_residue_at(delta, row, at.unit) != 0.0) return false;
    return true;
}

/* The sum of the columns of a unit's own weights, each times its weight, is a multiple of the same sum over the next
 * layer's weights of the unit. From the last layer down, one column of each unit can therefore be left out, if its
 * coefficient, where only the coordinates of the basis are taken, is not 0. Answers that coordinate; -1. */
static int64_t spare_coordinate(const fr_network_columns *s, fr_parameter at) {
    if (!s->spare[at.layer]) return -1;
    const fr_coordinate_basis *basis = s->bases ? &s->bases[at.layer] : NULL;
    const int64_t inputs = fr_layer_inputs(s->passes->shape->network, at.layer);
    const double *weights =
        s->passes->forward[at.layer] + at.unit / FR_GROUP * inputs * FR_GROUP + at.unit % FR_GROUP;
    if (!basis) return weights[0] != 0.0 ? 0 : -1;
    if (basis->rank == 0) return -1;
    double coefficient = 0.0;
    for (int64_t c = 0; c < inputs; c++)
        coefficient = fr_reduce(s->passes->field, coefficient + weights[c * FR_GROUP] * basis->relations[c]);
    return coefficient != 0.0 ? basis->pivots[0] : -1;
}

/* Which of a unit's columns are taken, into unit_columns. False: none is. */
static bool choose_columns(fr_network_columns *s, fr_parameter at) {
    if (is_zero(s, at)) return false;
    const int64_t inputs = fr_layer_inputs(s->passes->shape->network, at.layer);
    memset(s->unit_columns, 1, (size_t)inputs + 1);
    if (s->passes->shape->in_blocks) return true; /* what the whole can spare, a block may need */
    if (s->bases) memcpy(s->unit_columns, s->bases[at.layer].kept, (size_t)inputs);
    const int64_t spare = spare_coordinate(s, at);
    if (spare >= 0) s->unit_columns[spare] = 0;
    if (!s->column_screening) return true;
    const uint8_t *raises = fr_column_screen_unit(&s->column_screen, at.layer, at.unit);
    for (int64_t c = 0; c < inputs + s->passes->shape->network->layers[at.layer].bias; c++)
        s->unit_columns[c] &= raises[c];
    return true;
}

/* After a block in which many columns brought nothing, the next ones are looked at first. */
static void begin_screening(fr_network_columns *s, int64_t found) {
    const int64_t brought = found - s->before;
    s->before = found;
    const fr_network_shape *shape = s->passes->shape;
    if (s->count == 0 || brought >= s->count - s->count / 8 || shape->rows_of_point > 1 || shape->in_blocks) return;
    fr_column_screen_renew(&s->column_screen, s->workspace, s->pool);
    s->column_screening = true;
}

static int64_t next_block(fr_column_generator *base, int64_t want) {
    fr_network_columns *s = (fr_network_columns *)base;
    const fr_network_shape *shape = s->passes->shape;
    const int64_t found = pivots_found(s);
    begin_screening(s, found);
    s->count = 0;
    if (s->bound < s->rows && found >= s->bound) return 0;
    if (want > s->capacity) want = s->capacity;
    fr_parameter unit = {-1, -1, -1}; /* whose columns were chosen */
    while (s->count < want && s->next.layer < shape->network->layer_count) {
        if (s->next.unit != unit.unit || s->next.layer != unit.layer) {
            unit = s->next;
            if (!choose_columns(s, unit)) {
                s->next = fr_parameter_after_unit(shape, s->used, s->next);
                continue;
            }
        }
        if (s->unit_columns[s->next.coordinate]) {
            /* Read for leading blocks alone (fr_network_blocks). */
            s->column_numbers[s->count] = fr_units_needed(shape, s->next);
            s->parameters[s->count++] = s->next;
        }
        s->next = fr_next_parameter(shape, s->used, s->next);
    }
    return s->count;
}

/* Where a column's factors stand; coordinate NULL: a bias. */
typedef struct factors {
    const double *delta, *coordinate;
    int64_t delta_stride, coordinate_stride;
} factors;

static inline factors factors_of(const fr_network_columns *s, fr_parameter at) {
    const fr_residue_matrix delta = s->passes->deltas[at.layer], input = s->passes->inputs[at.layer];
    return (factors){delta.rows.at + at.unit * FR_GROUP,
                     at.coordinate == input.columns ? NULL : input.rows.at + at.coordinate * FR_GROUP,
                     delta.rows.stride, input.rows.stride};
}

static inline double value(const fr_network_columns *s, factors f, int64_t row) {
    const double delta = f.delta[row / FR_GROUP * f.delta_stride + row % FR_GROUP];
    if (!f.coordinate) return delta;
    const int64_t point = s->passes->shape->rows_of_point == 1 ? row : row / s->passes->shape->rows_of_point;
    return fr_reduce(s->passes->field,
                     delta * f.coordinate[point / FR_GROUP * f.coordinate_stride + point % FR_GROUP]);
}

static void fill_pivot_rows(fr_column_generator *base, const int32_t *rows, int64_t count, double *out) {
    const fr_network_columns *s = (const fr_network_columns *)base;
    for (int64_t c = 0; c < s->count; c++) {
        const factors f = factors_of(s, s->parameters[c]);
        double *to = out + c / FR_GROUP * count * FR_GROUP + c % FR_GROUP;
        for (int64_t i = 0; i < count; i++) to[i * FR_GROUP] = value(s, f, rows[i]);
    }
}

/* Whether the rows are one group of the passes' own. */
static bool is_group(const fr_network_columns *s, const int32_t *rows) {
    bool is = s->passes->shape->rows_of_point == 1 && rows[0] % FR_GROUP == 0 && rows[0] + FR_GROUP <= s->rows;
    for (int i = 1; i < FR_GROUP; i++) is = is && rows[i] == rows[0] + i;
    return is;
}

static void fill_group(const fr_network_columns *s, int64_t group, double *out) {
    const fr_field field = s->passes->field;
    for (int64_t c = 0; c < s->count; c++, out += FR_GROUP) {
        const factors f = factors_of(s, s->parameters[c]);
        const double *delta = f.delta + group * f.delta_stride;
        if (!f.coordinate) {
            memcpy(out, delta, FR_GROUP * sizeof *out);
            continue;
        }
        const double *x = f.coordinate + group * f.coordinate_stride;
        for (int i = 0; i < FR_GROUP; i++) out[i] = fr_reduce(field, delta[i] * x[i]);
    }
}

static void fill_nonpivot_rows(fr_column_generator *base, const int32_t *rows, int64_t groups,
                               fr_grouped out) {
    const fr_network_columns *s = (const fr_network_columns *)base;
    for (int64_t g = 0; g < groups; g++) {
        int32_t own[FR_GROUP];
        for (int i = 0; i < FR_GROUP; i++) own[i] = rows ? rows[g * FR_GROUP + i] : (int32_t)(g * FR_GROUP + i);
        double *to = out.at + g * out.stride;
        if (is_group(s, own)) {
            fill_group(s, own[0] / FR_GROUP, to);
            continue;
        }
        for (int64_t c = 0; c < s->count; c++) {
            const factors f = factors_of(s, s->parameters[c]);
            for (int i = 0; i < FR_GROUP; i++)
                to[c * FR_GROUP + i] = own[i] < s->rows ? value(s, f, own[i]) : 0.0;
        }
    }
}

static bool make_bases(fr_network_columns *s) {
    const fr_network_shape *shape = s->passes->shape;
    if (!fr_is_generic(shape)) return true;
    s->bases = calloc((size_t)shape->network->layer_count, sizeof *s->bases);
    bool made = s->bases != NULL;
    for (int64_t l = 0; made && l < shape->network->layer_count; l++)
        made = fr_coordinate_basis_create(&s->bases[l], fr_layer_inputs(shape->network, l));
    return made;
}

bool fr_network_columns_use_rows(fr_network_columns *s) {
    const fr_network *network = s->passes->shape->network;
    s->generator.next = next_block;
    s->generator.pivot_rows = fill_pivot_rows;
    s->generator.nonpivot_rows = fill_nonpivot_rows;
    s->spare = calloc((size_t)network->layer_count, sizeof *s->spare);
    for (int64_t l = 0; s->spare && l + 1 < network->layer_count; l++)
        s->spare[l] = network->layers[l].activation == FR_POWER && !network->layers[l].bias &&
                      network->layers[l].trained && network->layers[l + 1].trained;
    s->unit_columns = calloc((size_t)s->passes->shape->widest + 1, 1);
    if (!s->spare || !s->unit_columns || !make_bases(s)) return false;
    return fr_column_screen_create(&s->column_screen, s->passes, s->rows);
}
