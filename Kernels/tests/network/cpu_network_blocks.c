/* Ranks of leading blocks against rational arithmetic: of each block's own network, on its own points. */
#include "network/reference_network.h"
#include "support/sessions.h"

#define P 8388593

static const fr_backend *cpu;
static fr_session *session;

static int64_t below(uint64_t bound) { return (int64_t)(random_bits() % bound); }

/* Plain floats, or eighths small enough for pre-activations to be 0 often. */
static double number(int plain) { return plain ? random_unit() : (double)(below(9) - 4) / 8; }

typedef struct nested_network {
    fr_network_layer layers[3];
    fr_network network;
    double *weights, *points;
    int64_t parameters; /* of a set */
} nested_network;

static int64_t count_parameters(const fr_network *n) {
    int64_t count = 0;
    for (int64_t l = 0; l < n->layer_count; l++)
        count += n->layers[l].units * (reference_inputs(n, l) + n->layers[l].bias);
    return count;
}

static void make_nested(nested_network *r, int64_t layers) {
    memset(r, 0, sizeof *r);
    fr_network *n = &r->network;
    n->struct_size = sizeof *n;
    n->layer_count = layers;
    n->inputs = 1 + below(4);
    n->layers = r->layers;
    const fr_activation activation = (fr_activation)below(4);
    for (int64_t l = 0; l < layers; l++)
        r->layers[l] = (fr_network_layer){.units = l + 1 == layers ? 1 + below(3) : 1 + below(9),
                                          .bias = (int32_t)below(2), .trained = (int32_t)(below(4) != 0),
                                          .activation = activation, .exponent = 2, .slope = 0.01};
    r->layers[below((uint64_t)layers)].trained = 1;
    n->sets = 1 + below(3);
    n->points = below(40);
    n->points_of_each_set = (int32_t)below(2);
    r->parameters = count_parameters(n);
    const int plain = (int)below(2);
    r->weights = calloc((size_t)(n->sets * r->parameters) + 1, sizeof(double));
    for (int64_t i = 0; i < n->sets * r->parameters; i++) r->weights[i] = below(20) ? number(plain) : 0;
    r->points = calloc((size_t)(n->sets * n->points * n->inputs) + 1, sizeof(double));
    for (int64_t i = 0; i < n->sets * n->points * n->inputs; i++) r->points[i] = number(plain);
    n->parameters = r->weights;
    n->point_values = r->points;
}

/* The rank of one set's first points for the network that has only its first units. */
static int64_t rank_of_part(reference_network *reference, const nested_network *r, int64_t set, int64_t points,
                            int64_t units) {
    fr_network n = r->network;
    fr_network_layer layers[3];
    memcpy(layers, r->layers, sizeof layers);
    n.layers = layers;
    const int64_t outputs = layers[n.layer_count - 1].units, inputs = n.inputs;
    double *weights = calloc((size_t)r->parameters + 1, sizeof *weights), *to = weights;
    const double *from = r->weights + set * r->parameters;
    if (n.layer_count == 2) {
        const int64_t all = layers[0].units;
        for (int64_t i = 0; i < units * inputs; i++) *to++ = from[i];
        for (int64_t u = 0; u < units && layers[0].bias; u++) *to++ = from[all * inputs + u];
        from += all * (inputs + layers[0].bias);
        for (int64_t o = 0; o < outputs; o++)
            for (int64_t u = 0; u < units; u++) *to++ = from[o * all + u];
        for (int64_t o = 0; o < outputs && layers[1].bias; o++) *to++ = from[outputs * all + o];
        layers[0].units = units;
    } else {
        memcpy(weights, from, (size_t)r->parameters * sizeof *weights);
    }
    int64_t columns = 0;
    for (int64_t l = 0; l < n.layer_count; l++)
        columns += layers[l].trained ? layers[l].units * (reference_inputs(&n, l) + layers[l].bias) : 0;
    int64_t *residues = calloc((size_t)(points * outputs * columns) + 1, sizeof *residues);
    double *rounded = calloc((size_t)(points * outputs * columns) + 1, sizeof *rounded);
    const double *x = r->points + (n.points_of_each_set ? set * n.points * inputs : 0);
    for (int64_t j = 0; j < points; j++) {
        reference_forward(reference, &n, weights, x + j * inputs);
        for (int64_t o = 0; o < outputs; o++) {
            const int64_t at = (j * outputs + o) * columns;
            reference_row(reference, &n, weights, o, P, residues + at, rounded + at);
        }
    }
    const int64_t rank = reference_rank(residues, points * outputs, columns, P);
    free(residues);
    free(rounded);
    free(weights);
    return rank;
}

static void blocks_equal_networks_of_their_own(void) {
    reference_network *reference = reference_make();
    for (int i = 0; i < 120; i++) {
        check_seed = (uint64_t)i + 1;
        nested_network r;
        make_nested(&r, i % 8 ? 2 : 1 + below(3));
        const fr_network *n = &r.network;
        const int64_t width = n->layer_count > 1 ? r.layers[n->layer_count - 2].units : 1;
        int64_t points[41], units[10], point_count = 0, unit_count = 0;
        for (int64_t p = 0; p <= n->points; p++)
            if (below(4) == 0 || p == n->points) points[point_count++] = p;
        for (int64_t u = 1; u <= width; u++)
            if (n->layer_count == 2 ? below(2) || u == width : u == width) units[unit_count++] = u;
        const fr_network_blocks blocks = {sizeof blocks, 0, points, units, point_count, unit_count};
        int64_t *ranks = guarded((size_t)(n->sets * point_count * unit_count) * sizeof *ranks);
        fr_outcome outcomes[3];
        CHECK(cpu->network_block_ranks(session, n, P, &blocks, ranks, outcomes) == FR_OK, "%s",
              cpu->last_error(session));
        for (int64_t set = 0; set < n->sets; set++) {
            CHECK(outcomes[set] == FR_COMPUTED, "set %lld", (long long)set);
            for (int64_t p = 0; p < point_count; p++)
                for (int64_t u = 0; u < unit_count; u++) {
                    const int64_t found = ranks[(set * point_count + p) * unit_count + u];
                    const int64_t rank = rank_of_part(reference, &r, set, points[p], units[u]);
                    CHECK(found == rank, "n' %lld, d1' %lld: rank %lld, of its own network %lld (%lld layers)",
                          (long long)points[p], (long long)units[u], (long long)found, (long long)rank,
                          (long long)n->layer_count);
                }
        }
        CHECK(guarded_intact(ranks, (size_t)(n->sets * point_count * unit_count) * sizeof *ranks), "beyond ranks");
        guarded_free(ranks);
        free(r.weights);
        free(r.points);
    }
    reference_free(reference);
}

/* Long enough for several blocks of columns, for screening, and for all threads. */
static void large_blocks_equal_the_parts(void) {
    for (int by_points = 0; by_points < 2; by_points++) {
        nested_network r;
        check_seed = 7 + (uint64_t)by_points;
        make_nested(&r, 2);
        const int64_t outputs = 2, inputs = 4, width = by_points ? 12 : 90, count = by_points ? 700 : 130;
        r.layers[0] = (fr_network_layer){.units = width, .bias = 1, .trained = 1, .activation = FR_RELU};
        r.layers[1] = (fr_network_layer){.units = outputs, .bias = 1, .trained = 1};
        fr_network *n = &r.network;
        n->inputs = inputs;
        n->points = count;
        n->sets = 1;
        free(r.weights);
        free(r.points);
        const int64_t parameters = count_parameters(n);
        n->parameters = r.weights = calloc((size_t)parameters, sizeof(double));
        n->point_values = r.points = calloc((size_t)(count * inputs), sizeof(double));
        for (int64_t i = 0; i < parameters; i++) r.weights[i] = random_unit();
        for (int64_t i = 0; i < count * inputs; i++) r.points[i] = random_unit();
        const int64_t points[] = {count / 9, count / 3, count}, units[] = {width / 6, width / 2, width};
        const fr_network_blocks blocks = {sizeof blocks, 0, points, units, 3, 3};
        int64_t ranks[9];
        fr_outcome outcome;
        CHECK(cpu->network_block_ranks(session, n, P, &blocks, ranks, &outcome) == FR_OK, "%s",
              cpu->last_error(session));
        for (int p = 0; p < 3; p++) {
            fr_network part = *n;
            part.points = points[p];
            fr_network_rank rank;
            CHECK(cpu->network_ranks(session, &part, P, &rank, &outcome) == FR_OK, "%s", cpu->last_error(session));
            CHECK(ranks[3 * p + 2] == rank.rank, "n' %lld: rank %lld, of its own %lld", (long long)points[p],
                  (long long)ranks[3 * p + 2], (long long)rank.rank);
            CHECK(ranks[3 * p] <= ranks[3 * p + 1] && ranks[3 * p + 1] <= ranks[3 * p + 2], "ranks grow with units");
        }
        free(r.weights);
        free(r.points);
    }
}

static void refusals(void) {
    const fr_network_layer layers[] = {{.units = 3, .trained = 1}, {.units = 2, .trained = 1}, {.units = 1}};
    const double weights[15] = {0}, x[2] = {0};
    fr_network n = {.struct_size = sizeof n, .inputs = 1, .layer_count = 2, .layers = layers, .sets = 1, .points = 2,
                    .parameters = weights, .point_values = x};
    const int64_t points[] = {0, 2}, units[] = {1, 3}, beyond[] = {1, 4}, back[] = {2, 1};
    int64_t ranks[4];
    fr_outcome outcome;
    const struct { fr_network_blocks blocks; const char *words; } cases[] = {
        {{0, 0, points, units, 2, 2}, "struct_size"},
        {{sizeof(fr_network_blocks), 1, points, units, 2, 2}, "reserved"},
        {{sizeof(fr_network_blocks), 0, beyond, units, 2, 2}, "from 0 to 2"},
        {{sizeof(fr_network_blocks), 0, points, beyond, 2, 2}, "from 1 to 3"},
        {{sizeof(fr_network_blocks), 0, back, units, 2, 2}, "points of blocks must ascend"},
        {{sizeof(fr_network_blocks), 0, points, back, 2, 2}, "units of blocks must ascend"},
        {{sizeof(fr_network_blocks), 0, points, units, 0, 2}, "points of blocks"},
        {{sizeof(fr_network_blocks), 0, points, units, 2, 0}, "units of blocks"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK(cpu->network_block_ranks(session, &n, P, &cases[i].blocks, ranks, &outcome) == FR_INVALID_ARGUMENT &&
                  strstr(cpu->last_error(session), cases[i].words),
              "case %zu: %s", i, cpu->last_error(session));
    const fr_network_blocks good = {sizeof good, 0, points, units, 2, 2};
    n.patience = 1;
    CHECK(cpu->network_block_ranks(session, &n, P, &good, ranks, &outcome) == FR_INVALID_ARGUMENT, "patience");
    n.patience = 0;
    n.layer_count = 3;
    CHECK(cpu->network_block_ranks(session, &n, P, &good, ranks, &outcome) == FR_INVALID_ARGUMENT &&
              strstr(cpu->last_error(session), "one hidden layer"),
          "%s", cpu->last_error(session));
}

int main(void) {
    cpu = fullrank_cpu_backend_v1();
    session = open_session(2, 0);
    blocks_equal_networks_of_their_own();
    large_blocks_equal_the_parts();
    refusals();
    cpu->close(session);
    return check_report();
}
