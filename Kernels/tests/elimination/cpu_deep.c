/* Deep networks: against one layer, against a slow network in integers mod p, against differences of the network's
 * output, and exact ranks against singular values. */
#include "samples/deep_network.h"
#include "exact_sign.h"
#include "elimination/reference.h"
#include "sampling.h"
#include "support/sessions.h"

#define P 8388593

static const fr_backend *cpu;
static fr_session *session;

static fr_problem make_problem(int64_t points, int64_t inputs, int64_t units) {
    return (fr_problem){.seed = 7, .points = points, .inputs = inputs, .units = units,
                        .bias = (int32_t)(random_bits() % 4 != 0 || inputs == 0),
                        .input_distribution = (fr_inputs)(random_bits() % 3),
                        .weight_distribution = (fr_weights)(random_bits() % 3)};
}

static int64_t below(uint64_t bound) { return (int64_t)(random_bits() % bound); }

static void one_hidden_layer_is_the_shallow_network(void) {
    for (int i = 0; i < 300; i++) {
        const fr_problem p = make_problem(1 + below(70), below(6), 1 + below(40));
        int64_t deep[3 * 71], shallow[3 * 71];
        fr_outcome outcomes[3];
        const uint64_t first = random_bits() % 1000;
        CHECK(cpu->rank_profiles(session, &p, P, first, 3, shallow, outcomes) == FR_OK, "shallow");
        CHECK(cpu->deep_rank_profiles(session, &p, NULL, 0, P, first, 3, deep, outcomes) == FR_OK, "deep");
        CHECK(memcmp(deep, shallow, sizeof(int64_t) * 3 * (size_t)p.points) == 0, "n %lld, d0 %lld, d1 %lld",
              (long long)p.points, (long long)p.inputs, (long long)p.units);
    }
}

/* f and delta in integers mod p, column by column of J. */
static void reference_jacobian(const fr_deep_network *w, double *jacobian, int64_t columns) {
    for (int64_t j = 0; j < w->points; j++) {
        int64_t f[8][64], delta[64] = {0}, above[64];
        for (int64_t c = 0; c < w->layers[0].problem.inputs; c++)
            f[0][c] = reference_residue(w->layers[0].trial.x[c * w->layers[0].trial.ldx + j], P);
        for (int64_t l = 0; l < w->hidden; l++) {
            const fr_deep_layer *layer = &w->layers[l];
            const int64_t inputs = layer->problem.inputs;
            for (int64_t u = 0; u < layer->problem.units; u++) {
                int64_t sum = reference_residue(layer->biases[u], P);
                for (int64_t c = 0; c < inputs; c++)
                    sum = (sum + reference_residue(layer->weights[u * inputs + c], P) * f[l][c]) % P;
                f[l + 1][u] = fr_deep_is_active(layer, u, j) ? sum : 0;
            }
        }
        for (int64_t l = w->hidden - 1; l >= 0; l--) {
            const fr_deep_layer *layer = &w->layers[l];
            const int64_t units = layer->problem.units, inputs = layer->problem.inputs, k = fr_deep_k(layer);
            memcpy(above, delta, sizeof delta);
            for (int64_t u = 0; u < units; u++) {
                delta[u] = l + 1 == w->hidden ? reference_residue(w->output[u], P) : 0;
                for (int64_t t = 0; l + 1 < w->hidden && t < w->layers[l + 1].problem.units; t++)
                    delta[u] =
                        (delta[u] + reference_residue(w->layers[l + 1].weights[t * units + u], P) * above[t]) % P;
                if (!fr_deep_is_active(layer, u, j)) delta[u] = 0;
                for (int64_t c = 0; c < k; c++)
                    jacobian[j * columns + layer->first_column + u * k + c] =
                        (double)(delta[u] * (c < inputs ? f[l][c] : 1) % P);
            }
        }
    }
}

static void check_signs(const fr_deep_network *w) {
    for (int64_t l = 0; l < w->hidden; l++) {
        const fr_deep_layer *layer = &w->layers[l];
        for (int64_t u = 0; u < layer->problem.units; u++)
            for (int64_t j = 0; j < w->points; j++) {
                double x[64];
                for (int64_t c = 0; c < layer->problem.inputs; c++)
                    x[c] = l ? w->layers[l - 1].values[j * layer->problem.inputs + c]
                             : layer->trial.x[c * layer->trial.ldx + j];
                const int sign = fr_exact_sign(layer->weights + u * layer->problem.inputs, x, 1,
                                               layer->problem.inputs, layer->biases[u]);
                CHECK((sign > 0) == fr_deep_is_active(layer, u, j), "layer %lld, unit %lld, point %lld", (long long)l,
                      (long long)u, (long long)j);
            }
    }
}

static void profiles_equal_the_slow_network(void) {
    for (int i = 0; i < 150; i++) {
        int64_t widths[5];
        const int64_t earlier = below(5), n = 1 + below(40);
        for (int64_t l = 0; l < earlier; l++) widths[l] = 1 + below(12);
        const fr_problem p = make_problem(n, below(5), 1 + below(12));
        const uint64_t trial = random_bits() % FR_TRIAL_LIMIT;
        fr_deep_network network;
        CHECK(fr_deep_network_create(&network, fr_isa_best(), &p, widths, earlier), "create");
        CHECK(fr_deep_network_begin(&network, trial), "finite");
        check_signs(&network);
        const int64_t columns = fr_deep_columns(&network);
        double *jacobian = calloc((size_t)(n * columns) + 1, sizeof *jacobian);
        reference_jacobian(&network, jacobian, columns);
        int64_t expected[64], found[64];
        fr_outcome outcome;
        reference_profile(jacobian, n, columns, P, expected);
        CHECK(cpu->deep_rank_profiles(session, &p, widths, earlier, P, trial, 1, found, &outcome) == FR_OK, "deep");
        CHECK(outcome == FR_COMPUTED && memcmp(expected, found, sizeof(int64_t) * (size_t)n) == 0,
              "n %lld, %lld layers", (long long)n, (long long)earlier + 1);
        free(jacobian);
        fr_deep_network_destroy(&network);
    }
}

/* v . f_{h-1}, the activations fixed. */
static double output(const fr_deep_network *w, int64_t j) {
    double f[64], next[64];
    for (int64_t c = 0; c < w->layers[0].problem.inputs; c++)
        f[c] = w->layers[0].trial.x[c * w->layers[0].trial.ldx + j];
    for (int64_t l = 0; l < w->hidden; l++) {
        const fr_deep_layer *layer = &w->layers[l];
        for (int64_t u = 0; u < layer->problem.units; u++) {
            next[u] = layer->biases[u];
            for (int64_t c = 0; c < layer->problem.inputs; c++)
                next[u] += layer->weights[u * layer->problem.inputs + c] * f[c];
            if (!fr_deep_is_active(layer, u, j)) next[u] = 0;
        }
        memcpy(f, next, sizeof f);
    }
    double sum = 0;
    for (int64_t u = 0; u < w->layers[w->hidden - 1].problem.units; u++) sum += w->output[u] * f[u];
    return sum;
}

static void jacobians_are_derivatives(void) {
    const int64_t widths[] = {5, 4};
    const fr_problem p = {.seed = 3, .points = 9, .inputs = 2, .units = 6, .bias = 1};
    fr_deep_network w;
    CHECK(fr_deep_network_create(&w, fr_isa_best(), &p, widths, 2) && fr_deep_network_begin(&w, 5), "network");
    const int64_t columns = fr_deep_columns(&w);
    CHECK(columns == 6 * 5 + 4 * 6 + 5 * 3, "columns");
    double *jacobian = calloc((size_t)(9 * columns), sizeof *jacobian);
    fr_outcome outcome;
    CHECK(cpu->deep_jacobians(session, &p, widths, 2, 5, 1, jacobian, &outcome) == FR_OK && outcome == FR_COMPUTED,
          "call");
    for (int64_t l = 0; l < 3; l++) {
        fr_deep_layer *layer = &w.layers[l];
        const int64_t inputs = layer->problem.inputs, k = inputs + 1;
        for (int64_t u = 0; u < layer->problem.units; u++)
            for (int64_t c = 0; c < k; c++) {
                double *parameter = c < inputs ? &layer->weights[u * inputs + c] : &layer->biases[u];
                const double at = *parameter, step = 0x1p-10; /* the output is linear in it */
                for (int64_t j = 0; j < 9; j++) {
                    *parameter = at + step;
                    const double above = output(&w, j);
                    *parameter = at - step;
                    const double difference = (above - output(&w, j)) / (2 * step);
                    *parameter = at;
                    CHECK_NEAR(jacobian[j * columns + layer->first_column + u * k + c], difference, 1e-11,
                               "layer %lld, unit %lld, input %lld, point %lld", (long long)l, (long long)u,
                               (long long)c, (long long)j);
                }
            }
    }
    free(jacobian);
    fr_deep_network_destroy(&w);
}

static void ranks_agree_with_singular_values(void) {
    int64_t deficient = 0;
    for (int i = 0; i < 400; i++) {
        int64_t widths[4], columns = 0, inputs = 1 + below(4);
        const int64_t earlier = 1 + below(3), n = 2 + below(30);
        const fr_problem p = {.seed = 11, .points = n, .inputs = inputs, .units = 1 + below(6), .bias = 1};
        for (int64_t l = 0; l < earlier; l++) widths[l] = 2 + below(6);
        for (int64_t l = 0; l <= earlier; l++) {
            const int64_t units = l < earlier ? widths[l] : p.units;
            columns += units * (inputs + 1);
            inputs = units;
        }
        double *jacobian = calloc((size_t)(n * columns), sizeof *jacobian);
        int64_t pivots[32], rank = 0;
        fr_outcome outcome;
        fr_singular singular;
        CHECK(cpu->deep_jacobians(session, &p, widths, earlier, (uint64_t)i, 1, jacobian, &outcome) == FR_OK,
              "jacobian");
        CHECK(cpu->matrix_singular_values(session, jacobian, FR_FLOAT64, 1, n, columns, &singular, &outcome) == FR_OK,
              "singular values");
        CHECK(cpu->deep_rank_profiles(session, &p, widths, earlier, P, (uint64_t)i, 1, pivots, &outcome) == FR_OK,
              "rank");
        for (int64_t j = 0; j < n; j++) rank += pivots[j] >= 0;
        CHECK(rank == singular.rank, "trial %d: %lld exactly, %lld by singular values", i, (long long)rank,
              (long long)singular.rank);
        deficient += rank < n;
        free(jacobian);
    }
    CHECK(deficient > 50 && deficient < 350, "%lld of 400 networks are deficient: both kinds should be tried",
          (long long)deficient);
}

static void threads_change_nothing(void) {
    const int64_t widths[] = {20, 10};
    const fr_problem p = {.seed = 5, .points = 150, .inputs = 3, .units = 12, .bias = 1};
    int64_t *one = calloc(150 * 7, sizeof *one), *many = calloc(150 * 7, sizeof *many);
    fr_outcome outcomes[7];
    for (int32_t threads = 1; threads <= 7; threads += 2) {
        fr_session *other = open_session(threads, 0);
        CHECK(cpu->deep_rank_profiles(other, &p, widths, 2, P, 0, 7, threads == 1 ? one : many, outcomes) == FR_OK,
              "call");
        if (threads > 1) CHECK(memcmp(one, many, 150 * 7 * sizeof *one) == 0, "%d threads", threads);
        cpu->close(other);
    }
    free(one);
    free(many);
}

static void bad_calls_are_refused(void) {
    int64_t pivots[4], widths[] = {3, 0};
    fr_outcome outcome;
    fr_problem p = {.seed = 5, .points = 4, .inputs = 3, .units = 2, .bias = 1};
    CHECK(cpu->deep_rank_profiles(session, &p, widths, 2, P, 0, 1, pivots, &outcome) == FR_INVALID_ARGUMENT,
          "no units");
    CHECK_WORDS(cpu->last_error(session), "no units");
    CHECK(cpu->deep_rank_profiles(session, &p, NULL, 1, P, 0, 1, pivots, &outcome) == FR_INVALID_ARGUMENT, "widths");
    CHECK(cpu->deep_rank_profiles(session, &p, widths, 121, P, 0, 1, pivots, &outcome) == FR_INVALID_ARGUMENT,
          "layers");
    CHECK_WORDS(cpu->last_error(session), "0 to 120");
    widths[1] = INT64_C(1) << 31;
    CHECK(cpu->deep_rank_profiles(session, &p, widths, 2, P, 0, 1, pivots, &outcome) == FR_INVALID_ARGUMENT, "width");
    p.weight_distribution = FR_WEIGHTS_PATTERN;
    CHECK(cpu->deep_rank_profiles(session, &p, widths, 1, P, 0, 1, pivots, &outcome) == FR_INVALID_ARGUMENT, "given");
    /* Numbers that overflow on their way through the network: the trial is reported, not ranked. */
    double huge[12];
    for (int i = 0; i < 12; i++) huge[i] = 1e308 * (i % 3 - 1);
    const int64_t wide[] = {40, 40};
    p = (fr_problem){.seed = 5, .points = 4, .inputs = 3, .units = 2, .bias = 1, .input_distribution = FR_INPUTS_GIVEN,
                     .weight_distribution = FR_WEIGHTS_HE_UNIFORM, .given_inputs = huge};
    CHECK(cpu->deep_rank_profiles(session, &p, wide, 2, P, 0, 1, pivots, &outcome) == FR_OK, "%s",
          cpu->last_error(session));
    CHECK(outcome == FR_NOT_FINITE, "outcome %d", (int)outcome);
}

int main(void) {
    cpu = fullrank_cpu_backend_v1();
    session = open_session(2, 0);
    one_hidden_layer_is_the_shallow_network();
    profiles_equal_the_slow_network();
    jacobians_are_derivatives();
    ranks_agree_with_singular_values();
    threads_change_nothing();
    bad_calls_are_refused();
    cpu->close(session);
    return check_report();
}
