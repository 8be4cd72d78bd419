/* Networks of the caller's own: ranks and Jacobians against rational arithmetic, published numbers, bounds, the end of
 * an elimination by points, what is drawn, and refusals. */
#include "network/reference_network.h"
#include "support/sessions.h"

#define P 8388593
#define MOST_SETS 3

static const fr_backend *cpu;
static fr_session *session;

static int64_t below(uint64_t bound) { return (int64_t)(random_bits() % bound); }

/* Plain floats, or eighths small enough for pre-activations to be 0 often, or wild exponents. */
static double number(int kind) {
    if (kind == 0) return random_unit();
    if (kind == 1) return (double)(below(9) - 4) / 8;
    return ldexp(random_unit(), (int)below(400) - 200);
}

typedef struct random_network {
    fr_network_layer layers[REFERENCE_LAYERS];
    int64_t outputs[3], columns, parameters;
    fr_network network;
    double *weights, *points;
    int wild; /* exponents: in double precision such numbers cancel and underflow */
} random_network;

static void make_layers(random_network *r) {
    fr_network *n = &r->network;
    n->layer_count = 1 + below(5);
    n->inputs = 1 + below(5);
    int any = 0;
    for (int64_t l = 0; l < n->layer_count; l++) {
        const fr_network_layer layer = {.units = 1 + below(6),
                                        .bias = (int32_t)below(2),
                                        .trained = (int32_t)(below(4) != 0),
                                        .activation = (fr_activation)below(4),
                                        .exponent = (int32_t)(1 + below(3)),
                                        .slope = below(2) ? 0.01 : below(4) ? random_unit() * 3 : 1};
        r->layers[l] = layer;
        any |= layer.trained;
    }
    if (!any) r->layers[below((uint64_t)n->layer_count)].trained = 1;
    r->layers[n->layer_count - 1].units = 1 + below(3);
    n->layers = r->layers;
    if (below(2)) {
        const int64_t all = r->layers[n->layer_count - 1].units;
        for (int64_t o = 0; o < all; o++)
            if (below(2) || (o + 1 == all && n->output_count == 0)) r->outputs[n->output_count++] = o;
        n->outputs = r->outputs;
    }
    for (int64_t l = 0; l < n->layer_count; l++) {
        const int64_t own = r->layers[l].units * (reference_inputs(n, l) + r->layers[l].bias);
        r->parameters += own;
        r->columns += r->layers[l].trained ? own : 0;
    }
}

static void make_random(random_network *r) {
    memset(r, 0, sizeof *r);
    fr_network *n = &r->network;
    n->struct_size = sizeof *n;
    make_layers(r);
    n->sets = 1 + below(MOST_SETS);
    n->points = below(3) ? below(12) : below((uint64_t)(3 * r->columns));
    n->points_of_each_set = (int32_t)below(2);
    const int kind = (int)below(3), of_points = (int)below(3);
    r->wild = kind == 2 || of_points == 2;
    r->weights = calloc((size_t)(n->sets * r->parameters) + 1, sizeof(double));
    for (int64_t i = 0; i < n->sets * r->parameters; i++) r->weights[i] = number(kind);
    r->points = calloc((size_t)(n->sets * n->points * n->inputs) + 1, sizeof(double));
    const int64_t unused = below(4) ? -1 : below((uint64_t)n->inputs);
    for (int64_t i = 0; i < n->sets * n->points * n->inputs; i++)
        r->points[i] = i % n->inputs == unused ? 0.0 : number(of_points);
    n->parameters = r->weights;
    n->point_values = r->points;
}

static int64_t chosen(const fr_network *n) {
    return n->outputs ? n->output_count : n->layers[n->layer_count - 1].units;
}

/* One set's Jacobian: residues, and doubles. Answers how many pre-activations are 0. */
static int64_t reference_jacobian(reference_network *reference, const random_network *r, int64_t set, int64_t *residues,
                                  double *rounded) {
    const fr_network *n = &r->network;
    const double *weights = r->weights + set * r->parameters;
    const double *points = r->points + (n->points_of_each_set ? set * n->points * n->inputs : 0);
    reference->zeros = 0;
    for (int64_t j = 0; j < n->points; j++) {
        reference_forward(reference, n, weights, points + j * n->inputs);
        for (int64_t o = 0; o < chosen(n); o++) {
            const int64_t at = (j * chosen(n) + o) * r->columns;
            reference_row(reference, n, weights, n->outputs ? n->outputs[o] : o, P, residues + at, rounded + at);
        }
    }
    return reference->zeros;
}

static void check_set(reference_network *reference, const random_network *r, int64_t set, const fr_network_rank *rank,
                      const double *jacobians, fr_outcome outcome) {
    const int64_t rows = r->network.points * chosen(&r->network), entries = rows * r->columns;
    int64_t *residues = calloc((size_t)entries + 1, sizeof *residues);
    double *rounded = calloc((size_t)entries + 1, sizeof *rounded);
    const int64_t zeros = reference_jacobian(reference, r, set, residues, rounded);
    for (int64_t i = 0; i < entries && outcome == FR_COMPUTED; i++) {
        const double found = jacobians[set * entries + i];
        CHECK(r->wild || fabs(found - rounded[i]) <= 1e-11 * (fabs(rounded[i]) + 1e3), "entry %lld: %g, exactly %g",
              (long long)i, found, rounded[i]);
    }
    const int64_t expected = reference_rank(residues, rows, r->columns, P);
    CHECK(rank->rank == expected, "rank %lld, %lld in rational arithmetic (n %lld, P %lld, %lld layers)",
          (long long)rank->rank, (long long)expected, (long long)r->network.points, (long long)r->columns,
          (long long)r->network.layer_count);
    CHECK(rank->rank <= rank->bound && rank->bound <= rows && rank->bound <= r->columns, "bound %lld",
          (long long)rank->bound);
    CHECK(rank->columns == r->columns && rank->rows == rows, "P and rows");
    if (rank->end == FR_END_ALL_POINTS)
        CHECK(rank->zeros == zeros && rank->points == r->network.points, "%lld zeros, exactly %lld",
              (long long)rank->zeros, (long long)zeros);
    CHECK((rank->zeros == 0) == (rank->zero_layer < 0), "the first zero is named");
    free(residues);
    free(rounded);
}

static int64_t by_rows, by_points, with_zeros, at_bound;

static void ranks_equal_rational_arithmetic(void) {
    reference_network *reference = reference_make();
    for (int i = 0; i < 700; i++) {
        check_seed = (uint64_t)i + 1000;
        random_network r;
        make_random(&r);
        fr_network_rank ranks[MOST_SETS];
        fr_outcome outcomes[MOST_SETS], of_jacobians[MOST_SETS];
        const int64_t entries = r.network.sets * r.network.points * chosen(&r.network) * r.columns;
        double *jacobians = guarded((size_t)entries * sizeof(double));
        CHECK(cpu->network_ranks(session, &r.network, P, ranks, outcomes) == FR_OK, "%s", cpu->last_error(session));
        CHECK(cpu->network_jacobians(session, &r.network, jacobians, of_jacobians) == FR_OK, "%s",
              cpu->last_error(session));
        CHECK(guarded_intact(jacobians, (size_t)entries * sizeof(double)), "written beyond the Jacobians");
        for (int64_t set = 0; set < r.network.sets; set++) {
            CHECK(outcomes[set] == FR_COMPUTED, "outcome %d", (int)outcomes[set]);
            check_set(reference, &r, set, &ranks[set], jacobians, of_jacobians[set]);
            (ranks[set].rows > ranks[set].columns ? by_points++ : by_rows++);
            with_zeros += ranks[set].zeros > 0;
            at_bound += ranks[set].end == FR_END_BOUND;
        }
        guarded_free(jacobians);
        free(r.weights);
        free(r.points);
    }
    reference_free(reference);
    CHECK(by_rows > 200 && by_points > 200 && with_zeros > 50 && at_bound > 100, "%lld, %lld, %lld, %lld of each kind",
          (long long)by_rows, (long long)by_points, (long long)with_zeros, (long long)at_bound);
}

/* A value so near 0 that only exact numbers tell it: layer 2 subtracts two equal values of layer 1, and adds 2^-900. */
static void signs_are_exact_in_deep_layers(void) {
    const fr_network_layer layers[] = {
        {.units = 2, .trained = 1}, {.units = 2, .bias = 1, .trained = 1}, {.units = 1, .trained = 1}};
    const double point[] = {1.0 / 3, 1.0 / 7, 1e-300};
    for (int sign = -1; sign <= 1; sign++) {
        const double weights[] = {0.1, 0.7, 0, 0.1, 0.7, 0, 1.1, -1.1, -1.1, 1.1, sign * 0x1p-900, 1, 1, 1};
        const fr_network n = {.struct_size = sizeof n, .inputs = 3, .layer_count = 3, .layers = layers, .sets = 1,
                              .parameters = weights, .points = 1, .point_values = point};
        fr_network_rank rank;
        fr_outcome outcome;
        double jacobian[14];
        CHECK(cpu->network_ranks(session, &n, P, &rank, &outcome) == FR_OK && outcome == FR_COMPUTED, "call");
        CHECK(rank.zeros == (sign == 0) && rank.zero_layer == (sign == 0 ? 1 : -1) &&
                  rank.zero_unit == (sign == 0 ? 0 : -1),
              "%lld zeros, the first one at layer %lld, unit %lld", (long long)rank.zeros, (long long)rank.zero_layer,
              (long long)rank.zero_unit);
        CHECK(cpu->network_jacobians(session, &n, jacobian, &outcome) == FR_OK, "jacobian");
        CHECK(jacobian[10] == (sign > 0 ? 1.0 : 0.0), "the unit is %s", sign > 0 ? "active" : "inactive");
    }
}

/* Dimensions of polynomial networks: widths, exponent, dimension (Alexander and Hirschowitz; arXiv 2605.09609, and
 * values recomputed with two programs). */
static const struct { int64_t widths[12]; int exponent; int64_t dimension, bound; } published[] = {
    {{3, 5, 1}, 4, 14, 0}, {{4, 9, 1}, 4, 34, 0}, {{5, 14, 1}, 4, 69, 0}, {{5, 7, 1}, 3, 34, 0},
    {{2, 3, 3, 4, 4, 2, 1}, 2, 33, 33}, {{2, 3, 4, 5, 4, 6, 4, 1}, 2, 65, 65}, {{2, 3, 4, 7, 8, 7, 10, 3}, 2, 195, 195},
    {{2, 2, 6, 2, 7, 11, 13, 10, 5, 1}, 2, 39, 257}, {{2, 9, 10, 2, 2, 10, 11, 3}, 2, 25, 195},
    {{2, 12, 8, 5, 2, 12, 12, 3}, 2, 31, 195}, {{5, 8, 12, 7, 1}, 2, 179, 0}, {{3, 2, 8, 5, 10, 8, 4}, 2, 72, 0},
    {{2, 4, 9, 15, 7, 3}, 3, 210, 0}, {{6, 2, 9, 3}, 3, 22, 0}, {{3, 10, 12, 1}, 4, 140, 0},
};

static void dimensions_of_polynomial_networks(void) {
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        for (int functionals = 0; functionals < 2; functionals++) {
            fr_network_layer layers[12] = {{0}};
            fr_network n = {.struct_size = sizeof n, .inputs = published[i].widths[0], .layers = layers, .sets = 2,
                            .functionals = functionals, .parameter_numbers = FR_NUMBERS_DRAWN,
                            .point_numbers = FR_NUMBERS_DRAWN, .seed = i, .patience = 8};
            int64_t columns = 0;
            for (int l = 0; l < 11 && published[i].widths[l + 1]; l++, n.layer_count++) {
                layers[l] = (fr_network_layer){.units = published[i].widths[l + 1],
                                               .trained = 1,
                                               .activation = FR_POWER,
                                               .exponent = published[i].exponent};
                columns += published[i].widths[l] * published[i].widths[l + 1];
            }
            n.points = columns;
            n.most_rank = published[i].bound;
            int64_t degree = 1; /* of two variables: degree + 1 monomials */
            for (int64_t l = 1; l < n.layer_count; l++) degree *= published[i].exponent;
            fr_network_rank ranks[2];
            fr_outcome outcomes[2];
            CHECK(cpu->network_ranks(session, &n, P, ranks, outcomes) == FR_OK, "%s", cpu->last_error(session));
            if (n.inputs == 2)
                CHECK(ranks[0].bound <= (degree + 1) * layers[n.layer_count - 1].units, "bound %lld",
                      (long long)ranks[0].bound);
            for (int set = 0; set < 2; set++)
                CHECK(ranks[set].rank == published[i].dimension, "architecture %zu: %lld, published %lld", i,
                      (long long)ranks[set].rank, (long long)published[i].dimension);
        }
}

/* The identity under its three names, with biases and without, and with a last layer that is not trained. */
static void linear_networks_reach_their_bound(void) {
    static const struct { int64_t widths[6], points, rank; int hidden_bias, output_bias, hidden_only; } cases[] = {
        {{64, 4, 4, 10}, 100, 280, 0, 0, 0},  {{64, 12, 12, 10}, 40, 400, 0, 0, 0},
        {{8, 3, 5, 6, 4}, 50, 27, 0, 0, 0},   {{5, 2, 3}, 40, 14, 1, 0, 0},
        {{5, 2, 3}, 40, 15, 1, 1, 0},         {{5, 2, 3}, 40, 15, 0, 1, 0},
        {{5, 2, 3}, 40, 12, 1, 0, 1},         {{5, 2, 3}, 4, 10, 0, 0, 0},
        {{5, 2, 4, 3}, 40, 15, 1, 0, 0},      {{5, 2, 3}, 3, 6, 0, 0, 1}};
    static const fr_network_layer kinds[] = {{.activation = FR_IDENTITY},
                                             {.activation = FR_POWER, .exponent = 1},
                                             {.activation = FR_LEAKY_RELU, .slope = 1}};
    for (size_t i = 0; i < 3 * sizeof cases / sizeof *cases; i++) {
        const size_t which = i / 3;
        fr_network_layer layers[6] = {{0}};
        fr_network n = {.struct_size = sizeof n,
                        .inputs = cases[which].widths[0],
                        .layers = layers,
                        .sets = 1,
                        .points = cases[which].points};
        for (int l = 0; l < 5 && cases[which].widths[l + 1]; l++, n.layer_count++) {
            const int is_last = l == 4 || !cases[which].widths[l + 2];
            layers[l] = kinds[i % 3];
            layers[l].units = cases[which].widths[l + 1];
            layers[l].trained = !(is_last && cases[which].hidden_only);
            layers[l].bias = is_last ? cases[which].output_bias : cases[which].hidden_bias;
        }
        double *parameters = calloc(64 * 64, sizeof *parameters), *points = calloc(64 * 100, sizeof *points);
        for (int j = 0; j < 64 * 64; j++) parameters[j] = random_unit() - 0.5;
        for (int j = 0; j < 64 * 100; j++) points[j] = random_unit() - 0.5;
        n.parameters = parameters;
        n.point_values = points;
        fr_network_rank rank;
        fr_outcome outcome;
        CHECK(cpu->network_ranks(session, &n, P, &rank, &outcome) == FR_OK, "%s", cpu->last_error(session));
        CHECK(rank.rank == cases[which].rank && rank.bound == rank.rank && rank.end == FR_END_BOUND,
              "case %zu, rank %lld of %lld, bound %lld", i, (long long)rank.rank, (long long)cases[which].rank,
              (long long)rank.bound);
        free(parameters);
        free(points);
    }
}

/* Points beyond those that patience asks for are not taken, and threads change nothing. */
static void patience_ends_and_threads_change_nothing(void) {
    const fr_network_layer layers[] = {{.units = 6, .bias = 1, .trained = 1}, {.units = 4, .bias = 1, .trained = 1},
                                       {.units = 2, .bias = 1, .trained = 1}};
    enum { POINTS = 3000, SETS = 9, PARAMETERS = 6 * 4 + 4 * 7 + 2 * 5 };
    double *points = calloc(POINTS * 3, sizeof *points), *weights = calloc(SETS * PARAMETERS, sizeof *weights);
    for (int i = 0; i < POINTS * 3; i++) points[i] = random_unit();
    for (int i = 0; i < SETS * PARAMETERS; i++) weights[i] = random_unit();
    fr_network n = {.struct_size = sizeof n, .inputs = 3, .layer_count = 3, .layers = layers, .sets = SETS,
                    .parameters = weights, .points = POINTS, .point_values = points};
    fr_network_rank all[SETS], soon[SETS], many[SETS];
    fr_outcome outcomes[SETS];
    memset(all, 0, sizeof all);
    memset(soon, 0, sizeof soon);
    memset(many, 0, sizeof many);
    CHECK(cpu->network_ranks(session, &n, P, all, outcomes) == FR_OK, "all points");
    n.patience = 200;
    CHECK(cpu->network_ranks(session, &n, P, soon, outcomes) == FR_OK, "patience");
    int64_t impatient = 0;
    for (int i = 0; i < SETS; i++) {
        CHECK(all[i].end == FR_END_BOUND || all[i].points == POINTS, "points %lld", (long long)all[i].points);
        CHECK(soon[i].rank <= all[i].rank && soon[i].points <= POINTS, "rank %lld of %lld", (long long)soon[i].rank,
              (long long)all[i].rank);
        CHECK(soon[i].end == FR_END_BOUND || soon[i].points >= 200, "points %lld", (long long)soon[i].points);
        impatient += soon[i].end == FR_END_PATIENCE && soon[i].points < POINTS;
    }
    CHECK(impatient > 0, "patience never ended");
    for (int32_t threads = 1; threads <= 5; threads += 2) {
        fr_session *other = open_session(threads, 0);
        CHECK(cpu->network_ranks(other, &n, P, many, outcomes) == FR_OK, "call");
        CHECK(memcmp(many, soon, sizeof many) == 0, "%d threads", threads);
        cpu->close(other);
    }
    free(points);
    free(weights);
}

/* Many networks in one call have the ranks that each has in a call of its own, on any number of threads. */
static void a_batch_is_its_networks(void) {
    enum { NETWORKS = 60 };
    static random_network r[NETWORKS];
    fr_network networks[NETWORKS];
    fr_network_rank alone[NETWORKS * MOST_SETS], together[NETWORKS * MOST_SETS];
    fr_outcome outcomes[NETWORKS * MOST_SETS];
    memset(alone, 0, sizeof alone);
    int64_t sets = 0;
    for (int i = 0; i < NETWORKS; i++) {
        make_random(&r[i]);
        networks[i] = r[i].network;
        CHECK(cpu->network_ranks(session, &networks[i], P, alone + sets, outcomes + sets) == FR_OK, "%s",
              cpu->last_error(session));
        sets += networks[i].sets;
    }
    for (int32_t threads = 1; threads <= 3; threads++) {
        fr_session *other = open_session(threads, 0);
        memset(together, 0, sizeof together);
        memset(outcomes, 0, sizeof outcomes);
        CHECK(cpu->network_batch_ranks(other, networks, NETWORKS, P, together, outcomes) == FR_OK, "%s",
              cpu->last_error(other));
        for (int64_t i = 0; i < sets; i++) CHECK(outcomes[i] == FR_COMPUTED, "set %lld", (long long)i);
        CHECK(memcmp(alone, together, sizeof alone) == 0, "%d threads", threads);
        CHECK(fabs(cpu->progress(other) - 1.0) < 1e-9, "progress %g", cpu->progress(other));
        cpu->close(other);
    }
    networks[7].inputs = 0;
    CHECK(cpu->network_batch_ranks(session, networks, NETWORKS, P, together, outcomes) == FR_INVALID_ARGUMENT,
          "refused");
    CHECK_WORDS(cpu->last_error(session), "network 7: inputs");
    CHECK(cpu->network_batch_ranks(session, NULL, 1, P, together, outcomes) == FR_INVALID_ARGUMENT, "NULL");
    CHECK(cpu->network_batch_ranks(session, NULL, 0, P, NULL, NULL) == FR_OK, "no networks");
    for (int i = 0; i < NETWORKS; i++) {
        free(r[i].weights);
        free(r[i].points);
    }
}

static void bad_calls_are_refused(void) {
    fr_network_layer layers[] = {{.units = 3, .bias = 1, .trained = 1}, {.units = 1, .trained = 1}};
    double weights[12] = {0}, points[4] = {0};
    fr_network_rank rank;
    fr_outcome outcome;
    const fr_network good = {.struct_size = sizeof good, .inputs = 2, .layer_count = 2, .layers = layers, .sets = 1,
                             .parameters = weights, .points = 2, .point_values = points};
    fr_network n = good;
#define REFUSED(words)                                                                                            \
    do {                                                                                                          \
        CHECK(cpu->network_ranks(session, &n, P, &rank, &outcome) == FR_INVALID_ARGUMENT, "not refused: %s", words); \
        CHECK_WORDS(cpu->last_error(session), words);                                                             \
        n = good;                                                                                                 \
    } while (0)
    n.struct_size = 8;
    REFUSED("struct_size");
    n.layer_count = 0;
    REFUSED("layers");
    n.inputs = 0;
    REFUSED("inputs");
    n.parameters = NULL;
    REFUSED("parameters is NULL");
    n.point_values = NULL;
    REFUSED("point_values is NULL");
    n.parameter_numbers = FR_NUMBERS_DRAWN;
    REFUSED("residues have no sign");
    const int64_t outputs[] = {1};
    n.outputs = outputs;
    n.output_count = 1;
    REFUSED("outputs[0] is 1");
    layers[0].units = INT64_C(1) << 30;
    n.inputs = 4;
    REFUSED("parameters");
    layers[0].units = 3;
    layers[0].activation = FR_POWER;
    REFUSED("exponent");
    layers[0].exponent = 2;
    const uint32_t residues[] = {1, 2, P, 0};
    n.point_numbers = FR_NUMBERS_RESIDUE;
    n.point_residues = residues;
    REFUSED("point_residues[2]");
    layers[0].activation = FR_RELU;
    weights[4] = NAN;
    CHECK(cpu->network_ranks(session, &n, P, &rank, &outcome) == FR_OK && outcome == FR_NOT_FINITE, "NaN: %d",
          (int)outcome);
    CHECK(cpu->network_ranks(session, NULL, P, &rank, &outcome) == FR_INVALID_ARGUMENT, "NULL");
    weights[4] = 0;
    n.points = 0;
    CHECK(cpu->network_ranks(session, &n, P, &rank, &outcome) == FR_OK && rank.rank == 0 && rank.bound == 0,
          "no points");
    n.sets = 0;
    CHECK(cpu->network_ranks(session, &n, P, NULL, NULL) == FR_OK, "no sets");
}

int main(void) {
    cpu = fullrank_cpu_backend_v1();
    session = open_session(2, 0);
    ranks_equal_rational_arithmetic();
    signs_are_exact_in_deep_layers();
    dimensions_of_polynomial_networks();
    linear_networks_reach_their_bound();
    patience_ends_and_threads_change_nothing();
    a_batch_is_its_networks();
    bad_calls_are_refused();
    cpu->close(session);
    return check_report();
}
