/* Argument checks that several stages share: the first thing wrong, in words that name the argument. */
#include <math.h>
#include <stdlib.h>

#include "internal.h"
#include "sampling.h"

static fr_status check_size(fr_session *session, const char *name, int64_t size) {
    if (size >= 0 && size < INT64_C(1) << 31) return FR_OK;
    return fr_fail(session, FR_INVALID_ARGUMENT, "%s is %lld; it must be at least 0 and below 2^31", name,
                   (long long)size);
}

/* rows x columns, row-major. */
static fr_status check_given(fr_session *session, const char *name, const double *values, int64_t rows,
                             int64_t columns) {
    int64_t count = rows * columns; /* both below 2^31 */
    if (count > 0 && values == NULL) return fr_fail(session, FR_INVALID_ARGUMENT, "%s is NULL", name);
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return fr_fail(session, FR_INVALID_ARGUMENT, "%s is not finite at row %lld, column %lld", name,
                           (long long)(i / columns), (long long)(i % columns));
    return FR_OK;
}

static fr_status check_enums(fr_session *session, const fr_problem *problem) {
    if (problem->bias != 0 && problem->bias != 1)
        return fr_fail(session, FR_INVALID_ARGUMENT, "bias is %d; it must be 0 or 1", (int)problem->bias);
    if ((unsigned)problem->input_distribution > FR_INPUTS_GIVEN)
        return fr_fail(session, FR_INVALID_ARGUMENT, "input_distribution is %d; there is no such distribution",
                       (int)problem->input_distribution);
    if ((unsigned)problem->weight_distribution > FR_WEIGHTS_PATTERN)
        return fr_fail(session, FR_INVALID_ARGUMENT, "weight_distribution is %d; there is no such distribution",
                       (int)problem->weight_distribution);
    if (problem->reserved != 0)
        return fr_fail(session, FR_INVALID_ARGUMENT, "reserved is %d; it must be 0", (int)problem->reserved);
    return FR_OK;
}

fr_status fr_check_problem(fr_session *session, const fr_problem *problem) {
    if (fr_is_nested(session)) return FR_OK; /* the stage that calls this one checked it */
    if (problem == NULL) return fr_fail(session, FR_INVALID_ARGUMENT, "problem is NULL");
    fr_status status = check_size(session, "points", problem->points);
    if (status == FR_OK) status = check_size(session, "inputs", problem->inputs);
    if (status == FR_OK) status = check_size(session, "units", problem->units);
    if (status == FR_OK) status = check_enums(session, problem);
    if (status != FR_OK) return status;

    int64_t k = problem->inputs + problem->bias, columns, entries;
    if (k < 1) return fr_fail(session, FR_INVALID_ARGUMENT, "inputs is 0 without bias: the Jacobian has no columns");
    if (__builtin_mul_overflow(problem->units, k, &columns) ||
        __builtin_mul_overflow(problem->points, columns, &entries) || (uint64_t)entries > SIZE_MAX)
        return fr_fail(session, FR_INVALID_ARGUMENT,
                       "points x units x (inputs + bias) is too large: %lld x %lld x %lld entries overflow",
                       (long long)problem->points, (long long)problem->units, (long long)k);

    if (problem->input_distribution == FR_INPUTS_GIVEN)
        status = check_given(session, "given_inputs", problem->given_inputs, problem->points, problem->inputs);
    if (status == FR_OK && problem->weight_distribution == FR_WEIGHTS_GIVEN) {
        status = check_given(session, "given_weights", problem->given_weights, problem->units, problem->inputs);
        if (status == FR_OK && problem->bias)
            status = check_given(session, "given_biases", problem->given_biases, problem->units, 1);
    }
    if (status == FR_OK && problem->weight_distribution == FR_WEIGHTS_PATTERN && problem->units > 0 &&
        problem->points > 0 && problem->given_patterns == NULL)
        status = fr_fail(session, FR_INVALID_ARGUMENT, "given_patterns is NULL");
    return status;
}

fr_status fr_check_precision(fr_session *session, fr_precision precision) {
    if ((unsigned)precision <= FR_FLOAT32) return FR_OK;
    return fr_fail(session, FR_INVALID_ARGUMENT, "precision is %d; it must be 0 (float64) or 1 (float32)",
                   (int)precision);
}

fr_status fr_check_trials(fr_session *session, uint64_t first_trial, int64_t trials) {
    if (trials < 0)
        return fr_fail(session, FR_INVALID_ARGUMENT, "trials is %lld; it must be at least 0", (long long)trials);
    if (first_trial > FR_TRIAL_LIMIT || (uint64_t)trials > FR_TRIAL_LIMIT - first_trial)
        return fr_fail(session, FR_INVALID_ARGUMENT, "first_trial + trials is too large: trials are numbered below 2^56");
    return FR_OK;
}

size_t fr_bytes(int64_t a, int64_t b, size_t c) {
    size_t product;
    if (a < 0 || b < 0 || __builtin_mul_overflow((uint64_t)a, (uint64_t)b, &product) ||
        __builtin_mul_overflow(product, c, &product))
        return SIZE_MAX;
    return product;
}

void *fr_allocate(size_t bytes) {
    if (bytes > PTRDIFF_MAX - 64) return NULL;
    return aligned_alloc(64, bytes == 0 ? 64 : (bytes + 63) / 64 * 64);
}
