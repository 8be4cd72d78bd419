/* Singular values of one matrix by LAPACK's xGESDD without vectors, the routine NumPy's and PyTorch's matrix_rank
 * call on a CPU.
 *
 * LAPACK's matrices are column-major, so a row-major rows x columns matrix is passed unchanged as its transpose. The
 * singular values are the same, and nothing is copied. */
#include "svd/gesdd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "svd/lapack.h"

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

fr_status fr_gesdd_prepare(fr_session *session, int64_t rows, int64_t columns, fr_precision precision,
                           fr_gesdd_plan *plan, fr_gesdd_sizes *sizes) {
    const fr_lapack *lapack = fr_lapack_load(session);
    if (lapack == NULL) return fr_lapack_failure();
    const int64_t most = sizeof(lapack_int) == 4 ? INT32_MAX : INT64_MAX;
    if (rows > most || columns > most)
        return fr_fail(session, FR_UNSUPPORTED, "a %lld x %lld matrix is too large for this LAPACK's 32-bit integers",
                       (long long)rows, (long long)columns);
    lapack_int m = (lapack_int)columns, n = (lapack_int)rows, info;
    double work;
    if (precision == FR_FLOAT64) {
        info = lapack->dgesdd(LAPACK_COL_MAJOR, 'N', m, n, NULL, m, NULL, NULL, 1, NULL, 1, &work, -1, NULL);
    } else {
        float single = 0;
        info = lapack->sgesdd(LAPACK_COL_MAJOR, 'N', m, n, NULL, m, NULL, NULL, 1, NULL, 1, &single, -1, NULL);
        work = (double)single * (1 + 0x1p-23) + 1; /* large sizes are returned rounded, and not always upwards */
    }
    if (info != 0)
        return fr_fail(session, FR_INTERNAL, "gesdd's query for a %lld x %lld matrix failed with info %d",
                       (long long)rows, (long long)columns, (int)info);
    if (work > (double)most)
        return fr_fail(session, FR_UNSUPPORTED, "the work space of a %lld x %lld matrix is too large for this LAPACK",
                       (long long)rows, (long long)columns);
    size_t element = precision == FR_FLOAT64 ? sizeof(double) : sizeof(float);
    int64_t shorter = rows < columns ? rows : columns;
    *plan = (fr_gesdd_plan){.rows = rows, .columns = columns, .precision = precision, .work = (int64_t)work};
    sizes->matrix = larger(sizes->matrix, fr_bytes(rows, columns, element));
    sizes->values = larger(sizes->values, fr_bytes(shorter, 1, element));
    sizes->work = larger(sizes->work, fr_bytes(plan->work, 1, element));
    sizes->integers = larger(sizes->integers, fr_bytes(8, shorter, sizeof(lapack_int)));
    return FR_OK;
}

size_t fr_gesdd_total(const fr_gesdd_sizes *sizes) {
    const size_t parts[] = {sizes->matrix, sizes->values, sizes->work, sizes->integers, sizes->scratch};
    size_t total = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (__builtin_add_overflow(total, parts[i], &total)) return SIZE_MAX;
    return total;
}

bool fr_gesdd_allocate(fr_gesdd_buffers *buffers, const fr_gesdd_sizes *sizes) {
    buffers->matrix = fr_allocate(sizes->matrix);
    buffers->values = fr_allocate(sizes->values);
    buffers->work = fr_allocate(sizes->work);
    buffers->integers = fr_allocate(sizes->integers);
    buffers->scratch = fr_allocate(sizes->scratch);
    if (buffers->matrix != NULL && buffers->values != NULL && buffers->work != NULL && buffers->integers != NULL &&
        buffers->scratch != NULL)
        return true;
    fr_gesdd_free(buffers);
    return false;
}

void fr_gesdd_free(fr_gesdd_buffers *buffers) {
    free(buffers->matrix);
    free(buffers->values);
    free(buffers->work);
    free(buffers->integers);
    free(buffers->scratch);
    memset(buffers, 0, sizeof *buffers);
}

/* The rule of NumPy and PyTorch: the number of values above sigma_max * (max(rows, columns) * eps). The product is
 * formed and compared in the matrix's own precision, as they do: for float32 the tolerance is rounded to float32. */
static int64_t rank64(const double *values, int64_t count, int64_t longer) {
    double tolerance = values[0] * ((double)longer * 0x1p-52);
    int64_t rank = 0;
    for (int64_t i = 0; i < count; i++) rank += values[i] > tolerance;
    return rank;
}

static int64_t rank32(const float *values, int64_t count, int64_t longer) {
    float tolerance = values[0] * ((float)longer * 0x1p-23f);
    int64_t rank = 0;
    for (int64_t i = 0; i < count; i++) rank += values[i] > tolerance;
    return rank;
}

/* Computes the singular values of buffers->matrix times 2^-exponent, in buffers->values. `result` contains them without
 * the factor, and the rank, which does not depend on it. A value of a float32 matrix beyond float32's range is still a
 * finite float64. */
static fr_outcome decompose(const fr_gesdd_plan *plan, fr_gesdd_buffers *buffers, int exponent, fr_singular *result,
                            int *refused) {
    lapack_int m = (lapack_int)plan->columns, n = (lapack_int)plan->rows, work = (lapack_int)plan->work, info;
    bool wide = plan->columns > plan->rows;
    int64_t count = wide ? plan->rows : plan->columns, longer = wide ? plan->columns : plan->rows;
    *refused = 0;
    if (plan->precision == FR_FLOAT64)
        info = fr_lapack_loaded()->dgesdd(LAPACK_COL_MAJOR, 'N', m, n, buffers->matrix, m, buffers->values, NULL, 1,
                                          NULL, 1, buffers->work, work, buffers->integers);
    else
        info = fr_lapack_loaded()->sgesdd(LAPACK_COL_MAJOR, 'N', m, n, buffers->matrix, m, buffers->values, NULL, 1,
                                          NULL, 1, buffers->work, work, buffers->integers);
    if (info < 0) *refused = (int)-info;
    if (info != 0) return FR_NOT_CONVERGED;
    if (plan->precision == FR_FLOAT64) {
        const double *values = buffers->values;
        *result = (fr_singular){values[0], values[count - 1], rank64(values, count, longer)};
    } else {
        const float *values = buffers->values;
        *result = (fr_singular){values[0], values[count - 1], rank32(values, count, longer)};
    }
    if (!isfinite(result->largest) || !isfinite(result->smallest)) {
        *result = (fr_singular){0, 0, 0};
        return FR_NOT_FINITE;
    }
    if (exponent != 0) {
        result->largest = ldexp(result->largest, exponent);
        result->smallest = ldexp(result->smallest, exponent);
    }
    return FR_COMPUTED;
}

fr_outcome fr_gesdd(const fr_gesdd_plan *plan, fr_gesdd_buffers *buffers, fr_singular *result, int *refused) {
    fr_blas_use_one_thread();
    return decompose(plan, buffers, 0, result, refused);
}

/* Scales the largest magnitude into [1/2, 1) by a power of two. This rounds only entries below 2^-1022 times the
 * largest. */
static int scale(const fr_gesdd_plan *plan, void *matrix) {
    const int64_t entries = plan->rows * plan->columns;
    double largest = 0;
    int exponent = 0;
    for (int64_t i = 0; i < entries; i++) {
        const double x = plan->precision == FR_FLOAT64 ? ((double *)matrix)[i] : ((float *)matrix)[i];
        if (fabs(x) > largest) largest = fabs(x);
    }
    frexp(largest, &exponent);
    for (int64_t i = 0; i < entries; i++) {
        if (plan->precision == FR_FLOAT64)
            ((double *)matrix)[i] = ldexp(((double *)matrix)[i], -exponent);
        else
            ((float *)matrix)[i] = ldexpf(((float *)matrix)[i], -exponent);
    }
    return exponent;
}

fr_outcome fr_gesdd_scaled(const fr_gesdd_plan *plan, fr_gesdd_buffers *buffers, fr_singular *result, int *refused) {
    fr_blas_use_one_thread();
    return decompose(plan, buffers, scale(plan, buffers->matrix), result, refused);
}
