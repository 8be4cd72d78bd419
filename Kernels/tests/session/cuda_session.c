/* Opening, devices and argument checks of a backend library: the CPU backend's words wherever it refuses too. */
#include "support/two_backends.h"

static void test_open(void) {
    char reason[256];
    fr_session *session = NULL;
    CHECK(cuda->abi_version == FR_ABI_VERSION && cuda->struct_size == sizeof(fr_backend), "table");
    CHECK(strcmp(cuda->name, "cuda") == 0, "%s", cuda->name);
    CHECK(cuda->open(NULL, &session, NULL, 0) == FR_OK && session != NULL, "defaults");
    cuda->close(session);
    cuda->close(NULL);
    CHECK(cuda->open(NULL, NULL, reason, sizeof reason) == FR_INVALID_ARGUMENT, "no place for the session");
    const struct { fr_session_options options; fr_status status; const char *words; } cases[] = {
        {{8, 0, 0, 0, 0}, FR_INVALID_ARGUMENT, "struct_size is 8"},
        {{sizeof(fr_session_options), 1000, 0, 0, 0}, FR_UNAVAILABLE, "device is 1000; there "},
        {{sizeof(fr_session_options), -1, 0, 0, 0}, FR_UNAVAILABLE, "device is -1"},
        {{sizeof(fr_session_options), 0, -1, 0, 0}, FR_INVALID_ARGUMENT, "threads is -1"},
        {{sizeof(fr_session_options), 0, 1, 7, 0}, FR_INVALID_ARGUMENT, "reserved is 7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        session = (fr_session *)&reason;
        CHECK(cuda->open(&cases[i].options, &session, reason, sizeof reason) == cases[i].status, "case %zu", i);
        CHECK(session == NULL, "case %zu", i);
        CHECK_WORDS(reason, cases[i].words);
    }
}

static void test_devices(void) {
    fr_device_info info;
    int32_t count = 0;
    char reason[64];
    CHECK(cuda->devices(&info, 1, &count, reason, sizeof reason) == FR_OK && count >= 1, "%s", reason);
    CHECK(info.name[0] != 0 && info.compute_units >= 1 && info.architecture >= 70, "%s", info.name);
    CHECK(info.memory_bytes > 0 && info.free_memory_bytes <= info.memory_bytes, "memory");
    count = 0;
    CHECK(cuda->devices(NULL, 0, &count, NULL, 0) == FR_OK && count >= 1, "count alone");
    CHECK(cuda->devices(NULL, 1, &count, reason, sizeof reason) == FR_INVALID_ARGUMENT, "infos NULL");
}

static void test_refusals(void) {
    const fr_problem good = {.seed = 1, .points = 5, .inputs = 2, .units = 3, .bias = 1};
    double values[10] = {0}, jacobian[45];
    values[7] = NAN;
    fr_outcome outcomes[4];
    fr_singular results[4];
    int64_t pivots[20];
    const fr_cell cells[] = {{5, 3}, {5, 4}};
    fr_problem bad[14];
    int count = 0;
    for (int i = 0; i < 14; i++) bad[i] = good;
    bad[count++].points = -1;
    bad[count++].units = INT64_C(1) << 31;
    bad[count++].inputs = -3;
    bad[count++].bias = 2;
    bad[count].inputs = 0, bad[count++].bias = 0;
    bad[count++].reserved = 1;
    bad[count++].input_distribution = (fr_inputs)4;
    bad[count++].weight_distribution = (fr_weights)7;
    bad[count++].input_distribution = FR_INPUTS_GIVEN;
    bad[count++].weight_distribution = FR_WEIGHTS_GIVEN;
    bad[count++].weight_distribution = FR_WEIGHTS_PATTERN;
    bad[count].input_distribution = FR_INPUTS_GIVEN, bad[count++].given_inputs = values;
    bad[count].points = bad[count].units = bad[count].inputs = INT32_MAX, count++;
    for (int i = 0; i < count; i++) {
        SAME(rank_profiles, &bad[i], FR_PRIME_MAX, 0, 1, pivots, outcomes);
        SAME(singular_values, &bad[i], FR_FLOAT64, cells, 1, 0, 1, results, outcomes);
        SAME(jacobians, &bad[i], FR_FLOAT64, 0, 1, jacobian, outcomes);
    }
    SAME(jacobians, &good, (fr_precision)2, 0, 1, jacobian, outcomes);
    SAME(jacobians, &good, FR_FLOAT64, 0, -1, jacobian, outcomes);
    SAME(jacobians, &good, FR_FLOAT64, UINT64_MAX, 2, jacobian, outcomes);
    SAME(jacobians, &good, FR_FLOAT64, 0, INT64_MAX, jacobian, outcomes);
    SAME(jacobians, &good, FR_FLOAT64, 0, 1, NULL, outcomes);
    SAME(jacobians, &good, FR_FLOAT64, 0, 1, jacobian, NULL);
    SAME(singular_values, &good, FR_FLOAT64, cells, -1, 0, 1, results, outcomes);
    SAME(singular_values, &good, FR_FLOAT64, NULL, 1, 0, 1, results, outcomes);
    SAME(singular_values, &good, FR_FLOAT64, cells, 2, 0, 1, results, outcomes);
    SAME(singular_values, &good, FR_FLOAT64, cells, 1, 0, 1, NULL, outcomes);
    SAME(rank_profiles, &good, 4, 0, 1, pivots, outcomes);
    SAME(rank_profiles, &good, 8388594, 0, 1, pivots, outcomes);
    SAME(matrix_rank_profiles, jacobian, 1, 5, 9, 1, pivots, outcomes);
    SAME(matrix_singular_values, jacobian, FR_FLOAT64, 1, -2, 3, results, outcomes);
    SAME(matrix_singular_values, jacobian, FR_FLOAT32, INT64_C(1) << 40, 1 << 20, 1 << 20, results, outcomes);
    SAME(matrix_singular_values, NULL, FR_FLOAT64, 1, 2, 3, results, outcomes);
}

/* Nothing to do, done: also without a stage that could do it. */
static void test_empty(void) {
    fr_problem p = {.points = 3, .inputs = 2, .units = 0, .bias = 1};
    int64_t pivots[6] = {7, 7, 7, 7, 7, 7};
    fr_outcome outcomes[2] = {FR_NOT_COMPUTED, FR_NOT_COMPUTED};
    fr_singular results[2] = {{7, 7, 7}, {7, 7, 7}};
    CHECK(cuda->rank_profiles(on_cuda, &p, 3, 0, 2, pivots, outcomes) == FR_OK, "%s", cuda->last_error(on_cuda));
    for (int i = 0; i < 6; i++) CHECK(pivots[i] == -1, "pivot %d", i);
    CHECK(outcomes[0] == FR_COMPUTED && outcomes[1] == FR_COMPUTED, "no units");
    const fr_cell cells[] = {{3, 0}, {0, 0}};
    outcomes[0] = outcomes[1] = FR_NOT_COMPUTED;
    CHECK(cuda->singular_values(on_cuda, &p, FR_FLOAT64, cells, 2, 0, 1, results, outcomes) == FR_OK, "empty cells");
    CHECK(outcomes[1] == FR_COMPUTED && results[1].rank == 0 && results[0].largest == 0, "empty cells");
    CHECK(cuda->matrix_rank_profiles(on_cuda, NULL, 2, 3, 0, 3, pivots, outcomes) == FR_OK && pivots[5] == -1, "3 x 0");
    CHECK(cuda->matrix_rank_profiles(on_cuda, NULL, 0, 3, 3, 3, NULL, NULL) == FR_OK, "no matrices");
    CHECK(cuda->matrix_singular_values(on_cuda, NULL, FR_FLOAT32, 2, 0, 3, results, outcomes) == FR_OK, "0 x 3");
    CHECK(cuda->jacobians(on_cuda, &p, FR_FLOAT64, 0, 0, NULL, NULL) == FR_OK, "no trials");
    /* Not finite: said item by item. */
    const double matrices[2][1] = {{INFINITY}, {NAN}};
    CHECK(cuda->matrix_rank_profiles(on_cuda, matrices[0], 2, 1, 1, 3, pivots, outcomes) == FR_OK, "not finite");
    CHECK(outcomes[0] == FR_NOT_FINITE && outcomes[1] == FR_NOT_FINITE && pivots[0] == -1, "not finite");
}

int main(int count, char **arguments) {
    open_backends(count, arguments, 1);
    test_open();
    test_devices();
    test_refusals();
    test_empty();
    close_backends();
    return check_report();
}
