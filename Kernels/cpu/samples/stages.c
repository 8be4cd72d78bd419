/* The functions of the C interface for samples and activation patterns. */
#include <stdlib.h>

#include "check_arguments.h"
#include "samples/trial.h"
#include "table.h"

static fr_status begin(fr_session *session, const fr_problem *problem, uint64_t number, fr_trial *trial,
                       double **weights, double **biases) {
    fr_begin_call(session);
    fr_status status = fr_check_problem(session, problem);
    if (status == FR_OK) status = fr_check_trials(session, number, 1);
    if (status != FR_OK) return status;
    *weights = calloc((size_t)problem->inputs * FR_UNIT_BATCH + 1, sizeof(double));
    *biases = calloc(FR_UNIT_BATCH, sizeof(double));
    const bool made = fr_trial_create(trial, fr_isa_best(), problem);
    if (!made || !*weights || !*biases) {
        fr_trial_destroy(trial);
        free(*weights);
        free(*biases);
        return fr_fail(session, FR_OUT_OF_MEMORY, "not enough memory for %lld points of %lld inputs",
                       (long long)problem->points, (long long)problem->inputs);
    }
    trial->number = number;
    return FR_OK;
}

static fr_status check_units(fr_session *session, const fr_problem *problem, int64_t first_unit, int64_t units) {
    char words[256];
    const fr_status status = fr_refuse_units((fr_words){words, sizeof words}, problem, first_unit, units);
    return status == FR_OK ? FR_OK : fr_fail(session, status, "%s", words);
}

static void end(fr_trial *trial, double *weights, double *biases) {
    fr_trial_destroy(trial);
    free(weights);
    free(biases);
}

fr_status fr_cpu_sample_inputs(fr_session *session, const fr_problem *problem, uint64_t number, double *inputs) {
    fr_trial trial;
    double *weights, *biases;
    const fr_status status = begin(session, problem, number, &trial, &weights, &biases);
    if (status != FR_OK) return status;
    fr_trial_begin(&trial, number);
    for (int64_t j = 0; j < problem->points; j++)
        for (int64_t c = 0; c < problem->inputs; c++) inputs[j * problem->inputs + c] = trial.x[c * trial.ldx + j];
    end(&trial, weights, biases);
    return FR_OK;
}

fr_status fr_cpu_sample_weights(fr_session *session, const fr_problem *problem, uint64_t number, int64_t first_unit,
                                int64_t units, double *out_weights, double *out_biases) {
    fr_trial trial;
    double *weights, *biases;
    fr_status status = begin(session, problem, number, &trial, &weights, &biases);
    if (status != FR_OK) return status;
    status = check_units(session, problem, first_unit, units);
    if (problem->weight_distribution >= FR_WEIGHTS_PATTERN)
        status = fr_fail(session, FR_INVALID_ARGUMENT, "a problem of activation patterns has no weights");
    for (int64_t u = 0; status == FR_OK && u < units; u += FR_UNIT_BATCH) {
        const int64_t count = units - u < FR_UNIT_BATCH ? units - u : FR_UNIT_BATCH;
        fr_trial_weights(&trial, first_unit + u, count, out_weights + u * problem->inputs, biases);
        for (int64_t i = 0; problem->bias && i < count; i++) out_biases[u + i] = biases[i];
    }
    end(&trial, weights, biases);
    return status;
}

fr_status fr_cpu_activation_patterns(fr_session *session, const fr_problem *problem, uint64_t number,
                                     int64_t first_unit, int64_t units, uint64_t *patterns) {
    fr_trial trial;
    double *weights, *biases;
    fr_status status = begin(session, problem, number, &trial, &weights, &biases);
    if (status != FR_OK) return status;
    status = check_units(session, problem, first_unit, units);
    if (status == FR_OK) fr_trial_begin(&trial, number);
    for (int64_t u = 0; status == FR_OK && u < units; u += FR_UNIT_BATCH) {
        const int64_t count = units - u < FR_UNIT_BATCH ? units - u : FR_UNIT_BATCH;
        fr_trial_patterns(&trial, first_unit + u, count, weights, biases, patterns + u * trial.words);
    }
    end(&trial, weights, biases);
    return status;
}
