/* Numerical ranks of a batch of dense matrices. The work divides as in svd/batch.c: each item is one matrix. */
#include <math.h>
#include <string.h>

#include "jacobian/rows.h"
#include "svd/batch.h"
#include "table.h"

typedef struct matrix_source {
    const void *matrices;
    int64_t entries; /* of one matrix */
    fr_precision precision;
} matrix_source;

/* LAPACK overwrites its matrix, but the caller's matrix must not change, so it is copied. */
static bool copy_matrix(void *context, int64_t index, int64_t shape, void *matrix, void *scratch) {
    (void)shape;
    (void)scratch;
    const matrix_source *source = context;
    size_t bytes = fr_bytes(source->entries, 1, fr_precision_bytes(source->precision));
    memcpy(matrix, (const char *)source->matrices + (size_t)index * bytes, bytes);
    bool finite = true;
    if (source->precision == FR_FLOAT64)
        for (int64_t i = 0; i < source->entries; i++) finite &= (bool)isfinite(((const double *)matrix)[i]);
    else
        for (int64_t i = 0; i < source->entries; i++) finite &= (bool)isfinite(((const float *)matrix)[i]);
    return finite;
}

fr_status fr_cpu_matrix_singular_values(fr_session *session, const void *matrices, fr_precision precision,
                                        int64_t batch, int64_t rows, int64_t columns, fr_singular *results,
                                        fr_outcome *outcomes) {
    fr_begin_call(session);
    fr_status status = fr_check_precision(session, precision);
    if (status == FR_OK)
        status = fr_check_matrices(session, batch, rows, columns, fr_precision_bytes(precision), sizeof *results);
    if (status != FR_OK) return status;
    const int64_t entries = rows * columns;
    if (batch == 0) return FR_OK;
    if (results == NULL || outcomes == NULL || (entries > 0 && matrices == NULL))
        return fr_fail(session, FR_INVALID_ARGUMENT, "%s is NULL",
                       results == NULL ? "results" : outcomes == NULL ? "outcomes" : "matrices");

    fr_shape shape = {rows, columns};
    fr_svd_batch *svd;
    const fr_svd_work work = {precision, &shape, 1, batch, 0, results, outcomes};
    status = fr_svd_batch_open(&svd, session, &work);
    if (status != FR_OK) return status;
    matrix_source source = {matrices, entries, precision};
    status = fr_svd_batch_run(svd, 0, batch, copy_matrix, &source);
    fr_svd_batch_close(svd);
    return status;
}
