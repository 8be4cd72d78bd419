/* The slow, obvious Jacobian of a network: rational numbers (GMP's), point by point, output by output. */
#ifndef FR_TESTS_REFERENCE_NETWORK_H
#define FR_TESTS_REFERENCE_NETWORK_H

#include <gmp.h>
#include <stdlib.h>

#include "fullrank_kernels.h"

enum { REFERENCE_WIDTH = 64, REFERENCE_LAYERS = 8 };

typedef struct reference_network {
    mpq_t values[REFERENCE_LAYERS + 1][REFERENCE_WIDTH], gains[REFERENCE_LAYERS][REFERENCE_WIDTH];
    mpq_t delta[REFERENCE_WIDTH], below[REFERENCE_WIDTH], a, b;
    int64_t zeros;
} reference_network;

static inline reference_network *reference_make(void) {
    reference_network *r = calloc(1, sizeof *r);
    for (int l = 0; l <= REFERENCE_LAYERS; l++)
        for (int u = 0; u < REFERENCE_WIDTH; u++) {
            mpq_init(r->values[l][u]);
            if (l < REFERENCE_LAYERS) mpq_init(r->gains[l][u]);
        }
    for (int u = 0; u < REFERENCE_WIDTH; u++) mpq_inits(r->delta[u], r->below[u], NULL);
    mpq_inits(r->a, r->b, NULL);
    return r;
}

static inline void reference_free(reference_network *r) {
    for (int l = 0; l <= REFERENCE_LAYERS; l++)
        for (int u = 0; u < REFERENCE_WIDTH; u++) {
            mpq_clear(r->values[l][u]);
            if (l < REFERENCE_LAYERS) mpq_clear(r->gains[l][u]);
        }
    for (int u = 0; u < REFERENCE_WIDTH; u++) mpq_clears(r->delta[u], r->below[u], NULL);
    mpq_clears(r->a, r->b, NULL);
    free(r);
}

static inline int64_t reference_inputs(const fr_network *n, int64_t l) {
    return l ? n->layers[l - 1].units : n->inputs;
}

static inline void reference_power(mpq_t out, const mpq_t x, int exponent) {
    mpq_t base;
    mpq_init(base);
    mpq_set(base, x);
    mpq_set_ui(out, 1, 1);
    for (int i = 0; i < exponent; i++) mpq_mul(out, out, base);
    mpq_clear(base);
}

static inline void reference_activate(reference_network *r, const fr_network_layer *layer, int64_t l, int64_t u,
                                      mpq_t z) {
    mpq_set_ui(r->gains[l][u], 1, 1);
    switch (layer->activation) {
    case FR_POWER:
        mpq_set_si(r->b, layer->exponent, 1);
        reference_power(r->gains[l][u], z, layer->exponent - 1);
        mpq_mul(r->gains[l][u], r->gains[l][u], r->b);
        reference_power(r->values[l + 1][u], z, layer->exponent);
        return;
    case FR_RELU:
    case FR_LEAKY_RELU:
        r->zeros += mpq_sgn(z) == 0;
        if (mpq_sgn(z) <= 0) mpq_set_d(r->gains[l][u], layer->activation == FR_RELU ? 0.0 : layer->slope);
        break;
    default: break;
    }
    mpq_mul(r->values[l + 1][u], r->gains[l][u], z);
}

/* At point x of d_0 doubles; weights: a parameter set. */
static inline void reference_forward(reference_network *r, const fr_network *n, const double *weights,
                                     const double *x) {
    mpq_t z, w;
    mpq_inits(z, w, NULL);
    for (int64_t c = 0; c < n->inputs; c++) mpq_set_d(r->values[0][c], x[c]);
    for (int64_t l = 0; l + 1 < n->layer_count; l++) {
        const int64_t inputs = reference_inputs(n, l), units = n->layers[l].units;
        for (int64_t u = 0; u < units; u++) {
            mpq_set_d(z, n->layers[l].bias ? weights[units * inputs + u] : 0.0);
            for (int64_t c = 0; c < inputs; c++) {
                mpq_set_d(w, weights[u * inputs + c]);
                mpq_mul(w, w, r->values[l][c]);
                mpq_add(z, z, w);
            }
            reference_activate(r, &n->layers[l], l, u, z);
        }
        weights += units * (inputs + n->layers[l].bias);
    }
    mpq_clears(z, w, NULL);
}

static inline int64_t reference_mod(const mpq_t x, int64_t p) {
    const int64_t numerator = (int64_t)mpz_fdiv_ui(mpq_numref(x), (unsigned long)p);
    int64_t base = (int64_t)mpz_fdiv_ui(mpq_denref(x), (unsigned long)p), inverse = 1;
    for (int64_t e = p - 2; e > 0; e >>= 1, base = base * base % p)
        if (e & 1) inverse = inverse * base % p;
    return numerator * inverse % p;
}

/* The row of one output after reference_forward: residues, and the same rounded to doubles. */
static inline void reference_row(reference_network *r, const fr_network *n, const double *weights, int64_t output,
                                 int64_t p, int64_t *row, double *rounded) {
    int64_t column = 0, before[REFERENCE_LAYERS], first[REFERENCE_LAYERS], all = 0;
    for (int64_t l = 0; l < n->layer_count; l++) {
        const int64_t count = n->layers[l].units * (reference_inputs(n, l) + n->layers[l].bias);
        before[l] = all;
        first[l] = column;
        all += count;
        if (n->layers[l].trained) column += count;
    }
    for (int64_t u = 0; u < n->layers[n->layer_count - 1].units; u++) mpq_set_si(r->delta[u], u == output, 1);
    for (int64_t l = n->layer_count - 1; l >= 0; l--) {
        const int64_t inputs = reference_inputs(n, l), units = n->layers[l].units;
        for (int64_t u = 0; u < units && n->layers[l].trained; u++)
            for (int64_t c = 0; c < inputs + n->layers[l].bias; c++) {
                if (c < inputs) mpq_mul(r->a, r->delta[u], r->values[l][c]);
                else mpq_set(r->a, r->delta[u]);
                const int64_t at = first[l] + (c < inputs ? u * inputs + c : units * inputs + u);
                row[at] = reference_mod(r->a, p);
                rounded[at] = mpq_get_d(r->a);
            }
        for (int64_t c = 0; c < inputs && l > 0; c++) {
            mpq_set_ui(r->below[c], 0, 1);
            for (int64_t u = 0; u < units; u++) {
                mpq_set_d(r->b, weights[before[l] + u * inputs + c]);
                mpq_mul(r->b, r->b, r->delta[u]);
                mpq_add(r->below[c], r->below[c], r->b);
            }
            mpq_mul(r->below[c], r->below[c], r->gains[l - 1][c]);
        }
        for (int64_t c = 0; c < inputs && l > 0; c++) mpq_set(r->delta[c], r->below[c]);
    }
}

/* matrix: rows x columns residues; destroyed. */
static inline int64_t reference_rank(int64_t *a, int64_t rows, int64_t columns, int64_t p) {
    int64_t rank = 0;
    for (int64_t c = 0; c < columns && rank < rows; c++) {
        int64_t top = rank;
        while (top < rows && a[top * columns + c] == 0) top++;
        if (top == rows) continue;
        for (int64_t j = 0; j < columns; j++) {
            const int64_t swapped = a[top * columns + j];
            a[top * columns + j] = a[rank * columns + j];
            a[rank * columns + j] = swapped;
        }
        int64_t inverse = 1, base = a[rank * columns + c];
        for (int64_t e = p - 2; e > 0; e >>= 1, base = base * base % p)
            if (e & 1) inverse = inverse * base % p;
        for (int64_t i = rank + 1; i < rows; i++) {
            const int64_t factor = a[i * columns + c] * inverse % p;
            for (int64_t j = c; factor && j < columns; j++)
                a[i * columns + j] = ((a[i * columns + j] - factor * a[rank * columns + j]) % p + p) % p;
        }
        rank++;
    }
    return rank;
}

#endif
