/* Opening, devices, and every argument check, with the words it answers. */
#include "session/session.h"
#include "support/sessions.h"

static const fr_backend *cpu;

static void test_open(void) {
    char reason[256];
    fr_session *session = NULL;
    CHECK(cpu->abi_version == FR_ABI_VERSION && cpu->struct_size == sizeof(fr_backend), "table");
    CHECK(strcmp(cpu->name, "cpu") == 0, "%s", cpu->name);
    CHECK(cpu->open(NULL, &session, NULL, 0) == FR_OK && session != NULL, "defaults");
    CHECK(session->threads == fr_available_cpus() && fr_pool_size(session->pool) == session->threads, "all threads");
    cpu->close(session);
    cpu->close(NULL);

    const struct { fr_session_options options; fr_status status; const char *words; } cases[] = {
        {{8, 0, 0, 0, 0}, FR_INVALID_ARGUMENT, "struct_size is 8"},
        {{sizeof(fr_session_options), 1, 0, 0, 0}, FR_UNAVAILABLE, "device is 1"},
        {{sizeof(fr_session_options), 0, -1, 0, 0}, FR_INVALID_ARGUMENT, "threads is -1"},
        {{sizeof(fr_session_options), 0, 1 << 20, 0, 0}, FR_INVALID_ARGUMENT, "threads is 1048576"},
        {{sizeof(fr_session_options), 0, 1, 7, 0}, FR_INVALID_ARGUMENT, "reserved is 7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        session = (fr_session *)&reason;
        CHECK(cpu->open(&cases[i].options, &session, reason, sizeof reason) == cases[i].status, "case %zu", i);
        CHECK(session == NULL, "case %zu", i);
        CHECK_WORDS(reason, cases[i].words);
    }
    fr_session_options longer = {sizeof longer + 64, 0, 3, 0, 0};
    CHECK(cpu->open(&longer, &session, reason, sizeof reason) == FR_OK && session->threads == 3, "%s", reason);
    cpu->close(session);
    CHECK(cpu->open(NULL, NULL, reason, sizeof reason) == FR_INVALID_ARGUMENT, "no place for the session");
}

static void test_devices(void) {
    fr_device_info info;
    int32_t count = 0;
    char reason[64];
    CHECK(cpu->devices(&info, 1, &count, reason, sizeof reason) == FR_OK && count == 1, "%s", reason);
    CHECK(info.name[0] != 0 && info.compute_units >= 1 && info.architecture == 0, "%s", info.name);
    CHECK(info.memory_bytes > 0 && info.free_memory_bytes <= info.memory_bytes, "memory");
    count = 0;
    CHECK(cpu->devices(NULL, 0, &count, NULL, 0) == FR_OK && count == 1, "count alone");
    CHECK(cpu->devices(NULL, 1, &count, reason, sizeof reason) == FR_INVALID_ARGUMENT, "infos NULL");
    CHECK_WORDS(reason, "infos");
    CHECK_WORDS(cpu->library_version(), "kernels; LAPACK not loaded");
    CHECK(cpu->library_version() == cpu->library_version(), "one string");
    printf("%s, %d cores, %s\n", info.name, (int)info.compute_units, cpu->library_version());
}

static fr_problem good(void) {
    return (fr_problem){.seed = 1, .points = 5, .inputs = 2, .units = 3, .bias = 1};
}

static void refused(fr_session *session, fr_problem problem, const char *words) {
    fr_begin_call(session);
    CHECK(fr_check_problem(session, &problem) == FR_INVALID_ARGUMENT, "%s", words);
    CHECK_WORDS(cpu->last_error(session), words);
}

#define REFUSED(words, ...)                                                                                          \
    do {                                                                                                             \
        fr_problem problem = good();                                                                                 \
        __VA_ARGS__;                                                                                                 \
        refused(session, problem, words);                                                                            \
    } while (0)

static void test_problem(fr_session *session) {
    fr_problem fine = good();
    CHECK(fr_check_problem(session, &fine) == FR_OK, "%s", cpu->last_error(session));
    fine.points = fine.units = 0;
    CHECK(fr_check_problem(session, &fine) == FR_OK, "empty: %s", cpu->last_error(session));
    CHECK(fr_check_problem(session, NULL) == FR_INVALID_ARGUMENT, "NULL");
    REFUSED("points is -1", problem.points = -1);
    REFUSED("points is 2147483648", problem.points = INT64_C(1) << 31);
    REFUSED("inputs is -2", problem.inputs = -2);
    REFUSED("inputs is 2147483648", problem.inputs = INT64_C(1) << 31);
    REFUSED("units is -3", problem.units = -3);
    REFUSED("units is 9223372036854775807", problem.units = INT64_MAX);
    REFUSED("bias is 2", problem.bias = 2);
    REFUSED("inputs is 0 without bias", problem.inputs = 0; problem.bias = 0);
    REFUSED("reserved is 1", problem.reserved = 1);
    REFUSED("input_distribution is 4", problem.input_distribution = (fr_inputs)4);
    REFUSED("weight_distribution is 7", problem.weight_distribution = (fr_weights)7);
    REFUSED("is too large", problem.points = problem.units = problem.inputs = INT32_MAX);
    REFUSED("given_inputs is NULL", problem.input_distribution = FR_INPUTS_GIVEN);
    REFUSED("given_weights is NULL", problem.weight_distribution = FR_WEIGHTS_GIVEN);
    REFUSED("given_patterns is NULL", problem.weight_distribution = FR_WEIGHTS_PATTERN);

    double values[10] = {0};
    values[7] = NAN;
    REFUSED("given_inputs is not finite at row 3, column 1", problem.input_distribution = FR_INPUTS_GIVEN;
            problem.given_inputs = values);
    values[7] = 0;
    values[2] = -INFINITY;
    REFUSED("given_weights is not finite at row 1, column 0", problem.weight_distribution = FR_WEIGHTS_GIVEN;
            problem.given_weights = values);
    double zeros[10] = {0};
    REFUSED("given_biases is NULL", problem.weight_distribution = FR_WEIGHTS_GIVEN; problem.given_weights = zeros);
    REFUSED("given_biases is not finite at row 2", problem.weight_distribution = FR_WEIGHTS_GIVEN;
            problem.given_weights = zeros; problem.given_biases = values);
}

static void test_calls(fr_session *session) {
    fr_problem problem = good();
    double jacobian[5 * 9];
    fr_outcome outcome[2];
    fr_singular result[2];
    fr_cell cell = {5, 3};
    CHECK(cpu->jacobians(session, &problem, (fr_precision)2, 0, 1, jacobian, outcome) == FR_INVALID_ARGUMENT, "-");
    CHECK_WORDS(cpu->last_error(session), "precision is 2");
    CHECK(cpu->jacobians(session, &problem, FR_FLOAT64, 0, -1, jacobian, outcome) == FR_INVALID_ARGUMENT, "-");
    CHECK_WORDS(cpu->last_error(session), "trials is -1");
    CHECK(cpu->jacobians(session, &problem, FR_FLOAT64, UINT64_MAX, 2, jacobian, outcome) == FR_INVALID_ARGUMENT, "-");
    CHECK_WORDS(cpu->last_error(session), "first_trial");
    CHECK(cpu->jacobians(session, &problem, FR_FLOAT64, 0, 1, NULL, outcome) == FR_INVALID_ARGUMENT, "-");
    CHECK_WORDS(cpu->last_error(session), "jacobians is NULL");
    CHECK(cpu->jacobians(session, &problem, FR_FLOAT64, 0, 1, jacobian, NULL) == FR_INVALID_ARGUMENT, "-");
    CHECK_WORDS(cpu->last_error(session), "outcomes is NULL");
    CHECK(cpu->jacobians(session, &problem, FR_FLOAT64, 0, INT64_MAX, jacobian, outcome) == FR_INVALID_ARGUMENT, "-");
    CHECK_WORDS(cpu->last_error(session), "too large");

    CHECK(cpu->singular_values(session, &problem, FR_FLOAT64, &cell, -1, 0, 1, result, outcome) ==
          FR_INVALID_ARGUMENT, "-");
    CHECK_WORDS(cpu->last_error(session), "cell_count is -1");
    CHECK(cpu->singular_values(session, &problem, FR_FLOAT64, NULL, 1, 0, 1, result, outcome) ==
          FR_INVALID_ARGUMENT, "-");
    CHECK_WORDS(cpu->last_error(session), "cells is NULL");
    CHECK(cpu->singular_values(session, &problem, FR_FLOAT64, &cell, 1, 0, 1, NULL, outcome) ==
          FR_INVALID_ARGUMENT, "-");
    CHECK_WORDS(cpu->last_error(session), "results is NULL");
    fr_cell beyond[] = {{5, 3}, {5, 4}};
    CHECK(cpu->singular_values(session, &problem, FR_FLOAT64, beyond, 2, 0, 1, result, outcome) ==
          FR_INVALID_ARGUMENT, "-");
    CHECK_WORDS(cpu->last_error(session), "cells[1] is 5 points, 4 units");

    CHECK(cpu->matrix_singular_values(session, jacobian, FR_FLOAT64, 1, -2, 3, result, outcome) ==
          FR_INVALID_ARGUMENT, "-");
    CHECK_WORDS(cpu->last_error(session), "negative");
    CHECK(cpu->matrix_singular_values(session, NULL, FR_FLOAT64, 1, 2, 3, result, outcome) ==
          FR_INVALID_ARGUMENT, "-");
    CHECK_WORDS(cpu->last_error(session), "matrices is NULL");
    CHECK(cpu->matrix_singular_values(session, jacobian, FR_FLOAT64, 0, 2, 3, NULL, NULL) == FR_OK, "empty batch");
    CHECK(cpu->last_error(session)[0] == 0, "a new call forgets the old error");
    CHECK(cpu->progress(session) >= 0 && cpu->progress(session) <= 1, "progress");
}

/* An allocation that fails is a status, with words. */
static void test_memory(fr_session *session) {
    fr_problem problem = {.points = 1 << 20, .inputs = 1 << 20, .units = 1 << 15, .bias = 0};
    fr_cell cell = {1 << 20, 1 << 10};
    fr_singular result;
    fr_outcome outcome;
    CHECK(cpu->singular_values(session, &problem, FR_FLOAT64, &cell, 1, 0, 1, &result, &outcome) == FR_OUT_OF_MEMORY,
          "%s", cpu->last_error(session));
    CHECK_WORDS(cpu->last_error(session), "no memory");
    CHECK(outcome == FR_NOT_COMPUTED, "outcome %d", (int)outcome);

    fr_session *limited = open_session(2, 1 << 16);
    static double matrix[200 * 200];
    CHECK(cpu->matrix_singular_values(limited, matrix, FR_FLOAT64, 1, 200, 200, &result, &outcome) ==
          FR_OUT_OF_MEMORY, "limit");
    CHECK_WORDS(cpu->last_error(limited), "the limit is 0 MiB");
    CHECK(cpu->matrix_singular_values(limited, matrix, FR_FLOAT64, 1, 20, 20, &result, &outcome) == FR_OK &&
          outcome == FR_COMPUTED, "below the limit: %s", cpu->last_error(limited));
    cpu->close(limited);
}

int main(void) {
    cpu = fullrank_cpu_backend_v1();
    test_open();
    test_devices();
    fr_session *session = open_session(2, 0);
    test_problem(session);
    test_calls(session);
    test_memory(session);
    cpu->close(session);
    return check_report();
}
