/* Every double is a whole number times a power of two; a layer's values share one exponent. Weights keep their own: a
 * product is one multiplication by 53 bits and one shift. */
#include "network/exact.h"

#include <limits.h>
#include <stdlib.h>

#include "exact_sign.h"
#include "numbers/bigint.h"

struct fr_exact_values {
    const fr_network_shape *shape;
    int64_t count;
    int64_t exponent; /* value i is at[i] 2^exponent */
    mpz_t *at, *next; /* room for the widest layer */
    mpz_t term;
};

static void set_mantissa(mpz_t a, fr_parts parts) {
    mpz_set_ui(a, parts.mantissa);
    if (parts.negative) mpz_neg(a, a);
}

fr_exact_values *fr_exact_values_make(const fr_network_shape *shape, const double *x) {
    const size_t widest = (size_t)shape->widest;
    fr_exact_values *v = calloc(1, sizeof *v);
    if (!v) return NULL;
    v->at = calloc(widest, sizeof *v->at);
    v->next = calloc(widest, sizeof *v->next);
    if (!v->at || !v->next) {
        free(v->at);
        free(v->next);
        free(v);
        return NULL;
    }
    v->shape = shape;
    for (size_t i = 0; i < widest; i++) mpz_inits(v->at[i], v->next[i], NULL);
    mpz_init(v->term);
    v->count = shape->network->inputs;
    v->exponent = INT_MAX;
    for (int64_t i = 0; i < v->count; i++)
        if (x[i] != 0.0 && fr_exponent(x[i]) < v->exponent) v->exponent = fr_exponent(x[i]);
    if (v->exponent == INT_MAX) v->exponent = 0;
    for (int64_t i = 0; i < v->count; i++) fr_bigint_set(v->at[i], x[i], (int)v->exponent);
    return v;
}

void fr_exact_values_free(fr_exact_values *v) {
    if (!v) return;
    for (int64_t i = 0; i < v->shape->widest; i++) mpz_clears(v->at[i], v->next[i], NULL);
    mpz_clear(v->term);
    free(v->at);
    free(v->next);
    free(v);
}

/* The least exponent of row `unit`'s products and bias: z is a whole number times two to it. Not below `least`. */
static int64_t row_exponent(const fr_exact_values *v, int64_t layer, const double *weights, int64_t unit,
                            int64_t least) {
    const int64_t units = v->shape->network->layers[layer].units;
    for (int64_t c = 0; c < v->count; c++) {
        const double w = weights[unit * v->count + c];
        if (w == 0.0 || mpz_sgn(v->at[c]) == 0) continue;
        const int64_t e = v->exponent + fr_parts_of(w).exponent;
        if (e < least) least = e;
    }
    if (v->shape->network->layers[layer].bias) {
        const double bias = weights[units * v->count + unit];
        if (bias != 0.0 && fr_parts_of(bias).exponent < least) least = fr_parts_of(bias).exponent;
    }
    return least;
}

static void add_shifted(mpz_t sum, mpz_t term, int64_t shift) {
    if (shift) mpz_mul_2exp(term, term, (mp_bitcnt_t)shift);
    mpz_add(sum, sum, term);
}

/* z = w . f + b in units of 2^exponent. */
static void weigh(fr_exact_values *v, int64_t layer, const double *weights, int64_t unit, int64_t exponent, mpz_t z) {
    const int64_t units = v->shape->network->layers[layer].units;
    mpz_set_ui(z, 0);
    for (int64_t c = 0; c < v->count; c++) {
        const fr_parts w = fr_parts_of(weights[unit * v->count + c]);
        if (w.mantissa == 0 || mpz_sgn(v->at[c]) == 0) continue;
        mpz_mul_ui(v->term, v->at[c], w.mantissa);
        if (w.negative) mpz_neg(v->term, v->term);
        add_shifted(z, v->term, v->exponent + w.exponent - exponent);
    }
    if (!v->shape->network->layers[layer].bias) return;
    const fr_parts bias = fr_parts_of(weights[units * v->count + unit]);
    if (bias.mantissa == 0) return;
    set_mantissa(v->term, bias);
    add_shifted(z, v->term, bias.exponent - exponent);
}

int fr_exact_values_sign(fr_exact_values *v, int64_t layer, const double *weights, int64_t unit) {
    const int64_t exponent = row_exponent(v, layer, weights, unit, INT64_MAX);
    if (exponent == INT64_MAX) return 0;
    weigh(v, layer, weights, unit, exponent, v->next[0]);
    return mpz_sgn(v->next[0]);
}

/* phi of z, in place; the layer's exponent changes as `activated_exponent` says. */
static void activate(fr_exact_values *v, const fr_network_layer *layer, bool active, mpz_t z) {
    switch (layer->activation) {
    case FR_RELU:
        if (!active) mpz_set_ui(z, 0);
        break;
    case FR_LEAKY_RELU: {
        const fr_parts slope = fr_parts_of(layer->slope);
        const int64_t down = slope.exponent < 0 ? -slope.exponent : 0;
        if (active) {
            mpz_mul_2exp(z, z, (mp_bitcnt_t)down);
        } else {
            set_mantissa(v->term, slope);
            mpz_mul(z, z, v->term);
            mpz_mul_2exp(z, z, (mp_bitcnt_t)(slope.exponent + down));
        }
        break;
    }
    case FR_POWER:
        mpz_pow_ui(z, z, (unsigned long)layer->exponent);
        break;
    default:
        break;
    }
}

static int64_t activated_exponent(const fr_network_layer *layer, int64_t exponent) {
    if (layer->activation == FR_POWER) return exponent * layer->exponent;
    if (layer->activation != FR_LEAKY_RELU) return exponent;
    const int slope = fr_parts_of(layer->slope).exponent;
    return slope < 0 ? exponent + slope : exponent;
}

void fr_exact_values_advance(fr_exact_values *v, int64_t index, const double *weights, const uint8_t *active,
                             int64_t stride) {
    const fr_network_layer *layer = &v->shape->network->layers[index];
    int64_t exponent = INT64_MAX;
    for (int64_t u = 0; u < layer->units; u++) exponent = row_exponent(v, index, weights, u, exponent);
    if (exponent == INT64_MAX) exponent = 0;
    for (int64_t u = 0; u < layer->units; u++) {
        const bool is_active = !active || active[u * stride];
        /* An inactive ReLU is 0 whatever z is. */
        if (layer->activation == FR_RELU && !is_active) {
            mpz_set_ui(v->next[u], 0);
            continue;
        }
        weigh(v, index, weights, u, exponent, v->next[u]);
        activate(v, layer, is_active, v->next[u]);
    }
    mpz_t *const swapped = v->at;
    v->at = v->next;
    v->next = swapped;
    v->count = layer->units;
    v->exponent = activated_exponent(layer, exponent);
}
