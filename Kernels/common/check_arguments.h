/* Argument checks that every backend shares. Each check returns FR_OK, or a status with a message that names the
 * argument. */
#ifndef FR_CHECK_ARGUMENTS_H
#define FR_CHECK_ARGUMENTS_H

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "fullrank_kernels.h"
#include "sampling.h"

/* Where the message is written. If text is NULL or capacity is 0, no message is written. */
typedef struct fr_words {
    char *text;
    size_t capacity;
} fr_words;

static inline fr_status fr_refuse(fr_words words, fr_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static inline fr_status fr_refuse(fr_words words, fr_status status, const char *format, ...) {
    if (words.text == NULL || words.capacity == 0) return status;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words.text, words.capacity, format, arguments);
    va_end(arguments);
    return status;
}

/* a * b, or SIZE_MAX if the product overflows. */
static inline size_t fr_size_product(size_t a, size_t b) { return b != 0 && a > SIZE_MAX / b ? SIZE_MAX : a * b; }

/* a * b * c, or SIZE_MAX if the product overflows or a factor is negative: an allocation of that size fails. */
static inline size_t fr_bytes(int64_t a, int64_t b, size_t c) {
    if (a < 0 || b < 0) return SIZE_MAX;
    return fr_size_product(fr_size_product((size_t)a, (size_t)b), c);
}

static inline size_t fr_precision_bytes(fr_precision precision) {
    return precision == FR_FLOAT32 ? sizeof(float) : sizeof(double);
}

static inline fr_status fr_refuse_size(fr_words words, const char *name, int64_t size) {
    if (size >= 0 && size < INT64_C(1) << 31) return FR_OK;
    return fr_refuse(words, FR_INVALID_ARGUMENT, "%s is %lld; it must be at least 0 and below 2^31", name,
                     (long long)size);
}

/* Refuses numbers that are not finite. values: rows x columns, row-major. */
static inline fr_status fr_refuse_given(fr_words words, const char *name, const double *values, int64_t rows,
                                        int64_t columns) {
    const int64_t count = rows * columns; /* both below 2^31 */
    if (count > 0 && values == NULL) return fr_refuse(words, FR_INVALID_ARGUMENT, "%s is NULL", name);
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return fr_refuse(words, FR_INVALID_ARGUMENT, "%s is not finite at row %lld, column %lld", name,
                             (long long)(i / columns), (long long)(i % columns));
    return FR_OK;
}

/* The integer that the caller stored in an enumeration. (A C++ enumeration cannot represent values outside its range,
 * so the value must not be loaded as an enumeration.) */
static inline int fr_enum_value(const void *place) {
    int value;
    memcpy(&value, place, sizeof value);
    return value;
}

static inline fr_status fr_refuse_enums(fr_words words, const fr_problem *problem) {
    if (problem->bias != 0 && problem->bias != 1)
        return fr_refuse(words, FR_INVALID_ARGUMENT, "bias is %d; it must be 0 or 1", (int)problem->bias);
    const int inputs = fr_enum_value(&problem->input_distribution);
    const int weights = fr_enum_value(&problem->weight_distribution);
    if (inputs < 0 || inputs > FR_INPUTS_GIVEN)
        return fr_refuse(words, FR_INVALID_ARGUMENT, "input_distribution is %d; there is no such distribution", inputs);
    if (weights < 0 || weights > FR_WEIGHTS_STEPS)
        return fr_refuse(words, FR_INVALID_ARGUMENT, "weight_distribution is %d; there is no such distribution",
                         weights);
    if (problem->reserved != 0)
        return fr_refuse(words, FR_INVALID_ARGUMENT, "reserved is %d; it must be 0", (int)problem->reserved);
    return FR_OK;
}

static inline fr_status fr_refuse_problem(fr_words words, const fr_problem *problem) {
    if (problem == NULL) return fr_refuse(words, FR_INVALID_ARGUMENT, "problem is NULL");
    fr_status status = fr_refuse_size(words, "points", problem->points);
    if (status == FR_OK) status = fr_refuse_size(words, "inputs", problem->inputs);
    if (status == FR_OK) status = fr_refuse_size(words, "units", problem->units);
    if (status == FR_OK) status = fr_refuse_enums(words, problem);
    if (status != FR_OK) return status;

    const int64_t k = problem->inputs + problem->bias;
    if (k < 1)
        return fr_refuse(words, FR_INVALID_ARGUMENT, "inputs is 0 without bias: the Jacobian has no columns");
    const int64_t columns = problem->units * k; /* below 2^62 + 2^31 */
    if (columns > 0 && problem->points > INT64_MAX / columns)
        return fr_refuse(words, FR_INVALID_ARGUMENT,
                         "points x units x (inputs + bias) is too large: %lld x %lld x %lld entries overflow",
                         (long long)problem->points, (long long)problem->units, (long long)k);

    if (problem->input_distribution == FR_INPUTS_GIVEN)
        status = fr_refuse_given(words, "given_inputs", problem->given_inputs, problem->points, problem->inputs);
    if (status == FR_OK && problem->weight_distribution == FR_WEIGHTS_GIVEN) {
        status = fr_refuse_given(words, "given_weights", problem->given_weights, problem->units, problem->inputs);
        if (status == FR_OK && problem->bias)
            status = fr_refuse_given(words, "given_biases", problem->given_biases, problem->units, 1);
    }
    if (status == FR_OK && problem->weight_distribution == FR_WEIGHTS_STEPS && (problem->inputs != 1 || !problem->bias))
        return fr_refuse(words, FR_INVALID_ARGUMENT,
                         "steps are the regions of units with one input and a bias, not of %lld "
                         "inputs %s a bias",
                         (long long)problem->inputs, problem->bias ? "and" : "without");
    if (status == FR_OK && problem->weight_distribution == FR_WEIGHTS_PATTERN && problem->units > 0 &&
        problem->points > 0 && problem->given_patterns == NULL)
        status = fr_refuse(words, FR_INVALID_ARGUMENT, "given_patterns is NULL");
    return status;
}

static inline fr_status fr_refuse_deep(fr_words words, const fr_problem *problem, const int64_t *widths,
                                       int64_t earlier) {
    fr_status status = fr_refuse_problem(words, problem);
    if (status != FR_OK) return status;
    if (problem->weight_distribution > FR_WEIGHTS_NORMAL)
        return fr_refuse(words, FR_INVALID_ARGUMENT,
                         "a deep network's weights are drawn from a distribution of weights");
    if (earlier < 0 || earlier >= FR_MOST_HIDDEN_LAYERS)
        return fr_refuse(words, FR_INVALID_ARGUMENT, "earlier is %lld hidden layers; it must be from 0 to %d",
                         (long long)earlier, FR_MOST_HIDDEN_LAYERS - 1);
    if (earlier > 0 && widths == NULL) return fr_refuse(words, FR_INVALID_ARGUMENT, "widths is NULL");
    /* The columns and the entries of the Jacobian must be countable in 64 bits. */
    int64_t columns = 0, inputs = problem->inputs;
    for (int64_t l = 0; l <= earlier; l++) {
        const int64_t units = l < earlier ? widths[l] : problem->units;
        if (l < earlier) status = fr_refuse_size(words, "a width", units);
        if (status != FR_OK) return status;
        if (l < earlier && units == 0)
            return fr_refuse(words, FR_INVALID_ARGUMENT, "a hidden layer has no units: nothing gets through it");
        columns += units * (inputs + problem->bias);
        if (columns > INT64_MAX / 4 || (columns > 0 && problem->points > INT64_MAX / columns))
            return fr_refuse(words, FR_INVALID_ARGUMENT, "points x parameters is too large");
        inputs = units;
    }
    return FR_OK;
}

static inline fr_status fr_refuse_precision(fr_words words, fr_precision precision) {
    const int value = fr_enum_value(&precision);
    if (value == FR_FLOAT64 || value == FR_FLOAT32) return FR_OK;
    return fr_refuse(words, FR_INVALID_ARGUMENT, "precision is %d; it must be 0 (float64) or 1 (float32)", value);
}

/* `trials` must be at least 0, and every trial must have a number in the generator's range. */
static inline fr_status fr_refuse_trials(fr_words words, uint64_t first_trial, int64_t trials) {
    if (trials < 0)
        return fr_refuse(words, FR_INVALID_ARGUMENT, "trials is %lld; it must be at least 0", (long long)trials);
    if (first_trial > FR_TRIAL_LIMIT || (uint64_t)trials > FR_TRIAL_LIMIT - first_trial)
        return fr_refuse(words, FR_INVALID_ARGUMENT,
                         "first_trial + trials is too large: trials are numbered below 2^56");
    return FR_OK;
}

/* The requested units must be units of the problem. */
static inline fr_status fr_refuse_units(fr_words words, const fr_problem *problem, int64_t first_unit, int64_t units) {
    if (first_unit >= 0 && units >= 0 && first_unit <= problem->units && units <= problem->units - first_unit)
        return FR_OK;
    return fr_refuse(words, FR_INVALID_ARGUMENT, "first_unit, units are %lld, %lld; the problem has %lld units",
                     (long long)first_unit, (long long)units, (long long)problem->units);
}

static inline fr_status fr_refuse_prime(fr_words words, uint32_t prime) {
    if (prime >= FR_PRIME_MIN && prime <= FR_PRIME_MAX && prime % 2 == 1) return FR_OK;
    return fr_refuse(words, FR_INVALID_ARGUMENT, "prime is %u: an odd prime from %u to %u is needed", prime,
                     FR_PRIME_MIN, FR_PRIME_MAX);
}

/* *largest becomes the least cell that contains all cells. */
static inline fr_status fr_refuse_cells(fr_words words, const fr_problem *problem, const fr_cell *cells,
                                        int64_t cell_count, int64_t trials, fr_cell *largest) {
    if (cell_count < 0)
        return fr_refuse(words, FR_INVALID_ARGUMENT, "cell_count is %lld; it must be at least 0",
                         (long long)cell_count);
    if (cell_count > 0 && cells == NULL) return fr_refuse(words, FR_INVALID_ARGUMENT, "cells is NULL");
    if (fr_bytes(cell_count, trials, sizeof(fr_singular)) > PTRDIFF_MAX)
        return fr_refuse(words, FR_INVALID_ARGUMENT, "trials x cell_count is too large");
    largest->points = largest->units = 0;
    for (int64_t i = 0; i < cell_count; i++) {
        const fr_cell *cell = &cells[i];
        if (cell->points < 0 || cell->points > problem->points || cell->units < 0 || cell->units > problem->units)
            return fr_refuse(words, FR_INVALID_ARGUMENT,
                             "cells[%lld] is %lld points, %lld units; the problem has %lld and %lld", (long long)i,
                             (long long)cell->points, (long long)cell->units, (long long)problem->points,
                             (long long)problem->units);
        if (cell->points > largest->points) largest->points = cell->points;
        if (cell->units > largest->units) largest->units = cell->units;
    }
    return FR_OK;
}

/* Checks a batch of dense matrices. Each matrix has entries of `bytes` bytes and a result of `result_bytes` bytes. */
static inline fr_status fr_refuse_matrices(fr_words words, int64_t batch, int64_t rows, int64_t columns, size_t bytes,
                                           size_t result_bytes) {
    if (batch < 0 || rows < 0 || columns < 0)
        return fr_refuse(words, FR_INVALID_ARGUMENT, "batch, rows, columns are %lld, %lld, %lld; none may be negative",
                         (long long)batch, (long long)rows, (long long)columns);
    const size_t entries = fr_bytes(rows, columns, 1);
    if (entries > PTRDIFF_MAX || fr_size_product(fr_size_product((size_t)batch, entries), bytes) > PTRDIFF_MAX ||
        fr_bytes(batch, 1, result_bytes) > PTRDIFF_MAX)
        return fr_refuse(words, FR_INVALID_ARGUMENT, "batch x rows x columns is too large: %lld x %lld x %lld",
                         (long long)batch, (long long)rows, (long long)columns);
    return FR_OK;
}

/* Checks all options except the device, which each backend checks itself. */
static inline fr_status fr_refuse_options(fr_words words, const fr_session_options *options) {
    enum { most_threads = 1 << 16 };
    if (options->struct_size < sizeof *options) /* a newer caller's struct is longer; its new fields are ignored */
        return fr_refuse(words, FR_INVALID_ARGUMENT, "struct_size is %u; it must be at least %zu",
                         options->struct_size, sizeof *options);
    if (options->threads < 0 || options->threads > most_threads)
        return fr_refuse(words, FR_INVALID_ARGUMENT, "threads is %d; it must be from 0 (all) to %d",
                         (int)options->threads, (int)most_threads);
    if (options->reserved != 0)
        return fr_refuse(words, FR_INVALID_ARGUMENT, "reserved is %d; it must be 0", (int)options->reserved);
    return FR_OK;
}

#endif
