/* An upper bound of the dimension of a polynomial network without biases, all powers and identities, by recursion over
 * its layers (docs/networks.md, section 7, has the proofs).
 *
 * For fixed layers 1 ... i, let B(i, l) bound the dimension of the set of tuples z_l that layers i + 1 ... l can produce
 * on f_i. It is the least of
 *   d_i d_l                           if l = i + 1;
 *   d_l H(i, D)                       for the degree D of z_l in f_i, H(i, D) bounding the dimension of the forms of
 *                                     degree D in f_i as polynomials in x;
 *   B(i, k) + B(k, l) - d_k           for i < k < l: rescaling the d_k units in between changes nothing;
 * and of a few more where a single output is a quadratic form of a layer. */
#include <string.h>

#include "network/shape.h"

#define MOST_LAYERS 64
#define NO_BOUND INT64_MAX

typedef struct tower {
    int64_t layers;                  /* L */
    int64_t widths[MOST_LAYERS + 1]; /* d_0 ... d_L */
    int64_t exponents[MOST_LAYERS + 1];
    int64_t rank_of_z[MOST_LAYERS + 1]; /* no more of the polynomials in z_l are linearly independent; of z_0: x */
    int64_t bound[MOST_LAYERS + 1][MOST_LAYERS + 1];
} tower;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t times(int64_t a, int64_t b) {
    int64_t product;
    return __builtin_mul_overflow(a, b, &product) ? NO_BOUND : product;
}

/* The degree of f_to in z_from; in x if from is 0. */
static int64_t degree(const tower *t, int64_t from, int64_t to) {
    int64_t result = 1;
    for (int64_t l = from ? from : 1; l <= to; l++) result = times(result, t->exponents[l]);
    return result;
}

/* Monomials of a degree in so many variables: C(degree + variables - 1, variables - 1), or NO_BOUND if it is at least
 * `enough`. */
static int64_t monomials(int64_t degree, int64_t variables, int64_t enough) {
    if (variables == 1 || degree == 0) return 1 < enough ? 1 : NO_BOUND;
    if (degree == NO_BOUND) return NO_BOUND;
    const int64_t steps = least(degree, variables - 1), base = degree + variables - 1 - steps;
    unsigned __int128 value = 1;
    for (int64_t i = 1; i <= steps; i++) {
        value *= (unsigned __int128)(base + i);
        value = value <= UINT64_MAX ? (unsigned __int128)((uint64_t)value / (uint64_t)i) : value / (unsigned __int128)i;
        if (value >= (unsigned __int128)enough) return NO_BOUND;
    }
    return (int64_t)value;
}

/* Of the polynomials in f_l no more than this are linearly independent. */
static int64_t rank_of_f(const tower *t, int64_t l) {
    int64_t rank = t->widths[l];
    for (int64_t j = 0; j <= l; j++) rank = least(rank, monomials(degree(t, j, l), t->rank_of_z[j], rank));
    return rank;
}

/* H(i, D) < enough, or NO_BOUND. f_i are forms of degree e in the m polynomials that span z_j: forms of degree D in
 * them are forms of degree D e in these; and m + 1 of them satisfy a relation of degree e^(m - 1), the multiples of
 * which are 0. */
static int64_t forms(const tower *t, int64_t i, int64_t d, int64_t enough) {
    int64_t best = monomials(d, t->widths[i], enough);
    const int64_t all = monomials(d, t->widths[i], NO_BOUND);
    for (int64_t j = 0; j <= i && i > 0; j++) {
        const int64_t e = degree(t, j, i), m = t->rank_of_z[j];
        best = least(best, monomials(times(d, e), m, least(best, enough)));
        int64_t relation = 1;
        for (int64_t k = 1; k < m && relation <= d; k++) relation = times(relation, e);
        if (t->widths[i] == m + 1 && relation <= d && all != NO_BOUND)
            best = least(best, all - monomials(d - relation, t->widths[i], NO_BOUND));
    }
    return best;
}

/* The last hidden layer is squared and there is one output, a quadratic form of rank d in z: O(d) moves nothing. */
static bool ends_in_squares(const tower *t) {
    return t->layers >= 2 && t->widths[t->layers] == 1 && t->exponents[t->layers - 1] == 2;
}

/* C(d, 2) for the d units of the last hidden layer, if they are independent for some weights: the r-th powers of
 * generic members of a space of dimension q span at least r (q - 1) + 1 dimensions, and all forms if it was all. */
static int64_t rotations(const tower *t) {
    if (!ends_in_squares(t)) return 0;
    int64_t q = t->widths[0], d = 1;
    bool is_all = true;
    for (int64_t l = 1; l + 1 < t->layers; l++) {
        const int64_t r = t->exponents[l];
        int64_t span = times(r, q - 1);
        span = span == NO_BOUND ? span : span + 1;
        d = times(d, r);
        const int64_t all = monomials(d, t->widths[0], NO_BOUND);
        if (is_all) span = all;
        q = least(t->widths[l], span);
        is_all = is_all && q == all;
    }
    const int64_t last = t->widths[t->layers - 1];
    return q >= last ? last * (last - 1) / 2 : 0;
}

static int64_t bound_of_piece(const tower *t, int64_t i, int64_t l, int64_t rotated) {
    const int64_t *d = t->widths;
    if (l == i + 1) return d[i] * d[l];
    int64_t best = NO_BOUND;
    for (int64_t k = i + 1; k < l; k++) {
        const bool whole = i == 0 && l == t->layers && k + 1 == l;
        best = least(best, t->bound[i][k] + t->bound[k][l] - d[k] - (whole ? rotated : 0));
    }
    /* Quadratic forms of rank d_(i+1) in d_i variables. */
    if (l == i + 2 && d[l] == 1 && t->exponents[i + 1] == 2 && d[i + 1] < d[i])
        best = least(best, d[i] * d[i + 1] - d[i + 1] * (d[i + 1] - 1) / 2);
    const int64_t of_one = forms(t, i, degree(t, i + 1, l - 1), best / d[l] + 1);
    return least(best, times(d[l], of_one));
}

/* False: not such a network. */
static bool make(tower *t, const fr_network_shape *shape, int64_t used_inputs) {
    const fr_network *network = shape->network;
    t->layers = network->layer_count;
    if (t->layers > MOST_LAYERS || used_inputs == 0) return false;
    t->widths[0] = t->rank_of_z[0] = used_inputs;
    for (int64_t l = 1; l <= t->layers; l++) {
        const fr_network_layer *layer = &network->layers[l - 1];
        const bool last = l == t->layers;
        if (layer->bias || (!last && layer->activation != FR_POWER && layer->activation != FR_IDENTITY)) return false;
        t->widths[l] = last ? shape->outputs : layer->units;
        t->exponents[l] = !last && layer->activation == FR_POWER ? layer->exponent : 1;
    }
    return true;
}

int64_t fr_network_dimension_bound(const fr_network_shape *shape, int64_t used_inputs) {
    tower t;
    if (!make(&t, shape, used_inputs)) return NO_BOUND;
    int64_t rank = t.widths[0];
    for (int64_t l = 1; l <= t.layers; l++) {
        t.rank_of_z[l] = least(t.widths[l], rank);
        /* A quadratic form on a space needs no more squares than the space has dimensions. */
        if (l + 1 == t.layers && ends_in_squares(&t)) t.widths[l] = t.rank_of_z[l];
        rank = rank_of_f(&t, l);
    }
    const int64_t rotated = rotations(&t);
    for (int64_t length = 1; length <= t.layers; length++)
        for (int64_t i = 0; i + length <= t.layers; i++)
            t.bound[i][i + length] = bound_of_piece(&t, i, i + length, rotated);
    return t.bound[0][t.layers];
}
