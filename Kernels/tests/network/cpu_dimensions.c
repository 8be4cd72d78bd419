/* Dimensions of polynomial networks at drawn points: against plain modular arithmetic, published tables, and the traps
 * of such computations; their bounds. */
#include "network/published_dimensions.h"
#include "network/reference_network.h"
#include "support/sessions.h"

#define P 8388593
enum { LAYERS = 10 };

static const fr_backend *cpu;
static fr_session *session;

static int64_t below(uint64_t bound) { return (int64_t)(random_bits() % bound); }

typedef struct polynomial_network {
    fr_network network;
    fr_network_layer layers[LAYERS];
    int64_t parameters, columns;
} polynomial_network;

/* widths: "2-3-4-1" */
static void make(polynomial_network *n, const char *widths, int exponent) {
    memset(n, 0, sizeof *n);
    char *end = NULL;
    int64_t inputs = strtoll(widths, &end, 10), count = 0;
    n->network = (fr_network){.struct_size = sizeof n->network, .functionals = 1, .inputs = inputs, .sets = 1,
                              .layers = n->layers, .parameter_numbers = FR_NUMBERS_DRAWN,
                              .point_numbers = FR_NUMBERS_DRAWN, .seed = 3, .patience = 8};
    for (; *end == '-' && count < LAYERS; count++) {
        const int64_t units = strtoll(end + 1, &end, 10);
        n->layers[count] =
            (fr_network_layer){.units = units, .trained = 1, .activation = FR_POWER, .exponent = exponent};
        n->parameters += units * inputs;
        inputs = units;
    }
    n->network.layer_count = count;
    n->columns = n->parameters;
    n->network.points = n->parameters + 8;
}

static fr_network_rank rank_of(const fr_network *network) {
    fr_network_rank rank = {0};
    fr_outcome outcome = FR_NOT_COMPUTED;
    CHECK(cpu->network_ranks(session, network, P, &rank, &outcome) == FR_OK && outcome == FR_COMPUTED, "%s",
          cpu->last_error(session));
    return rank;
}

static int64_t power(int64_t x, int64_t exponent) {
    int64_t result = 1;
    for (int64_t i = 0; i < exponent; i++) result = result * x % P;
    return result;
}

static int64_t reference_exponent(const fr_network_layer *layer) {
    return layer->activation == FR_POWER ? layer->exponent : 1;
}

/* The row of one output at one point, layer by layer, in whole numbers modulo P. */
static void reference_residues(const fr_network *n, const uint32_t *weights, const int64_t *x, int64_t output,
                               int64_t *row) {
    int64_t values[LAYERS + 1][16] = {{0}}, gains[LAYERS][16] = {{0}}, delta[16] = {0}, next[16];
    const uint32_t *w = weights;
    int64_t end = 0;
    for (int64_t c = 0; c < n->inputs; c++) values[0][c] = x[c];
    for (int64_t l = 0; l < n->layer_count; l++) {
        const int64_t inputs = reference_inputs(n, l), units = n->layers[l].units;
        const int64_t r = reference_exponent(&n->layers[l]);
        for (int64_t u = 0; u < units; u++) {
            int64_t z = n->layers[l].bias ? w[units * inputs + u] : 0;
            for (int64_t c = 0; c < inputs; c++) z = (z + w[u * inputs + c] * values[l][c]) % P;
            values[l + 1][u] = power(z, r);
            gains[l][u] = r * power(z, r - 1) % P;
        }
        w += units * (inputs + n->layers[l].bias);
        if (n->layers[l].trained) end += units * (inputs + n->layers[l].bias);
    }
    delta[output] = 1;
    for (int64_t l = n->layer_count - 1; l >= 0; l--) {
        const int64_t inputs = reference_inputs(n, l), units = n->layers[l].units, bias = n->layers[l].bias;
        w -= units * (inputs + bias);
        if (n->layers[l].trained) {
            end -= units * (inputs + bias);
            for (int64_t u = 0; u < units; u++) {
                for (int64_t c = 0; c < inputs; c++) row[end + u * inputs + c] = delta[u] * values[l][c] % P;
                if (bias) row[end + units * inputs + u] = delta[u];
            }
        }
        for (int64_t c = 0; c < inputs && l > 0; c++) {
            next[c] = 0;
            for (int64_t u = 0; u < units; u++) next[c] = (next[c] + delta[u] * w[u * inputs + c]) % P;
            next[c] = next[c] * gains[l - 1][c] % P;
        }
        for (int64_t c = 0; c < inputs && l > 0; c++) delta[c] = next[c];
    }
}

static void make_random(polynomial_network *n) {
    memset(n, 0, sizeof *n);
    fr_network *network = &n->network;
    *network = (fr_network){.struct_size = sizeof *network, .functionals = 1, .inputs = 1 + below(4), .sets = 1,
                            .layers = n->layers, .layer_count = 1 + below(5), .seed = (uint64_t)below(1000),
                            .parameter_numbers = FR_NUMBERS_RESIDUE, .point_numbers = FR_NUMBERS_DRAWN,
                            .patience = below(2) * 8};
    const int64_t biases = below(4) == 0, all = below(3);
    for (int64_t l = 0; l < network->layer_count; l++) {
        n->layers[l] = (fr_network_layer){.units = 1 + below(5), .bias = (int32_t)(biases && below(2)),
                                          .trained = (int32_t)(all || below(3)),
                                          .activation = below(5) ? FR_POWER : FR_IDENTITY,
                                          .exponent = (int32_t)(1 + below(3))};
        if (l + 1 == network->layer_count) n->layers[l].trained = 1;
        const int64_t own = n->layers[l].units * (reference_inputs(network, l) + n->layers[l].bias);
        n->parameters += own;
        if (n->layers[l].trained) n->columns += own;
    }
    network->points = n->columns + 8 + below(40);
}

/* Fast ranks equal those of all outputs at other points, by plain elimination: also where weights are 0 and where not
 * all layers are trained. */
static void dimensions_equal_plain_elimination(void) {
    int64_t short_of_bound = 0, at_bound = 0;
    for (int trial = 0; trial < 600; trial++) {
        polynomial_network n;
        make_random(&n);
        uint32_t weights[256];
        const int64_t zeros = below(3) ? 0 : 1 + below(3);
        for (int64_t i = 0; i < n.parameters; i++)
            weights[i] = below(10) < zeros ? 0 : (uint32_t)(1 + below(P - 1));
        n.network.parameter_residues = weights;
        const int64_t outputs = n.layers[n.network.layer_count - 1].units, points = n.columns + 8;
        int64_t *rows = calloc((size_t)(points * outputs * n.columns), sizeof *rows);
        for (int64_t j = 0; j < points; j++) {
            int64_t x[16];
            for (int64_t c = 0; c < n.network.inputs; c++) x[c] = below(P);
            for (int64_t o = 0; o < outputs; o++)
                reference_residues(&n.network, weights, x, o, rows + (j * outputs + o) * n.columns);
        }
        const int64_t expected = reference_rank(rows, points * outputs, n.columns, P);
        const fr_network_rank rank = rank_of(&n.network);
        CHECK(rank.rank == expected, "trial %d: rank %lld, plainly %lld (P %lld, %lld layers, %lld inputs)", trial,
              (long long)rank.rank, (long long)expected, (long long)n.columns, (long long)n.network.layer_count,
              (long long)n.network.inputs);
        CHECK(rank.bound >= expected, "trial %d: bound %lld below %lld", trial, (long long)rank.bound,
              (long long)expected);
        (rank.rank == rank.bound ? at_bound++ : short_of_bound++);
        n.network.functionals = 0; /* all outputs: another way through */
        CHECK(rank_of(&n.network).rank == expected, "trial %d: all outputs", trial);
        free(rows);
    }
    CHECK(short_of_bound > 30 && at_bound > 300, "%lld, %lld", (long long)short_of_bound, (long long)at_bound);
}

static void published_tables_are_reproduced(void) {
    enum { COUNT = sizeof published_dimensions / sizeof *published_dimensions };
    static polynomial_network n[COUNT];
    static fr_network networks[COUNT];
    static fr_network_rank ranks[COUNT];
    static fr_outcome outcomes[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        make(&n[i], published_dimensions[i].widths, 2);
        networks[i] = n[i].network;
    }
    CHECK(cpu->network_batch_ranks(session, networks, COUNT, P, ranks, outcomes) == FR_OK, "%s",
          cpu->last_error(session));
    int64_t proved = 0;
    for (size_t i = 0; i < COUNT; i++) {
        const int64_t dimension = published_dimensions[i].dimension;
        CHECK(ranks[i].rank == dimension, "%s: %lld, published %lld", published_dimensions[i].widths,
              (long long)ranks[i].rank, (long long)dimension);
        CHECK(ranks[i].bound >= dimension, "%s: bound %lld below the published %lld", published_dimensions[i].widths,
              (long long)ranks[i].bound, (long long)dimension);
        CHECK(ranks[i].end == (ranks[i].bound == dimension ? FR_END_BOUND : FR_END_PATIENCE), "%s: end %d",
              published_dimensions[i].widths, (int)ranks[i].end);
        proved += ranks[i].end == FR_END_BOUND;
    }
    CHECK(20 * proved > 19 * COUNT, "%lld of %d proved", (long long)proved, (int)COUNT);
}

/* widths, exponent, dimension, and the bound where it is proved (0: not). */
static const struct { const char *widths; int exponent; int64_t dimension, bound; } values[] = {
    {"2-2-1000-1000-1000-4-1", 2, 19, 19}, /* two million parameters */
    {"3-2-4-1", 2, 7, 7},                  /* 15 where residues are taken for whole numbers */
    {"2-2-6-2-7-11-13-10-5-1", 2, 39, 39}, {"2-9-10-2-2-10-11-3", 2, 25, 25}, {"2-12-8-5-2-12-12-3", 2, 31, 31},
    {"5-8-12-7-1", 2, 179, 179}, {"3-2-8-5-10-8-4", 2, 72, 72}, {"4-16-16-16-16-4", 2, 688, 688},
    {"2-4-9-15-7-3", 3, 210, 210}, {"6-2-9-3", 3, 22, 22}, {"3-10-12-1", 4, 140, 140}, {"3-6-16-24-4", 5, 548, 548},
    {"3-5-1", 4, 14, 0}, {"4-9-1", 4, 34, 0}, {"5-14-1", 4, 69, 0}, {"5-7-1", 3, 34, 0},
    {"3-30-30-3", 6, 28 * 30 + 30 * 3 - 30, 28 * 30 + 30 * 3 - 30}, /* sextics in 3 variables span 28 */
};

static void known_values_and_their_bounds(void) {
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        polynomial_network n;
        make(&n, values[i].widths, values[i].exponent);
        const fr_network_rank rank = rank_of(&n.network);
        CHECK(rank.rank == values[i].dimension, "%s: %lld, known %lld", values[i].widths, (long long)rank.rank,
              (long long)values[i].dimension);
        CHECK(values[i].bound ? rank.bound == values[i].bound : rank.bound > values[i].dimension, "%s: bound %lld",
              values[i].widths, (long long)rank.bound);
        CHECK(rank.columns == n.parameters && rank.rows == n.network.points, "%s: P and rows", values[i].widths);
    }
}

/* Points of two inputs that collide in direction would miss one of 626 dimensions in every other draw. */
static void directions_are_distinct(void) {
    polynomial_network n;
    make(&n, "2-4-20-11-33-1", 5);
    for (uint64_t seed = 0; seed < 8; seed++) {
        n.network.seed = seed;
        CHECK(rank_of(&n.network).rank == 626, "seed %llu: %lld", (unsigned long long)seed,
              (long long)rank_of(&n.network).rank);
    }
}

int main(void) {
    cpu = fullrank_cpu_backend_v1();
    session = open_session(2, 0);
    dimensions_equal_plain_elimination();
    published_tables_are_reproduced();
    known_values_and_their_bounds();
    directions_are_distinct();
    cpu->close(session);
    return check_report();
}
