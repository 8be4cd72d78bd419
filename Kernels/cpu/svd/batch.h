/* Singular values of many matrices, given how to fill each in. Private to Kernels/cpu. */
#ifndef FR_CPU_SVD_BATCH_H
#define FR_CPU_SVD_BATCH_H

#include "svd/gesdd.h"

typedef struct fr_shape {
    int64_t rows, columns;
} fr_shape;

/* Writes matrix (trial, shape) of the current chunk, row-major, or answers false: it is not finite. Called from any
 * thread of the pool. */
typedef bool (*fr_svd_fill)(void *context, int64_t trial, int64_t shape, void *matrix, void *scratch);

typedef struct fr_svd_batch fr_svd_batch;

/* `trials` matrices of each shape. */
typedef struct fr_svd_work {
    fr_precision precision;
    const fr_shape *shapes; /* only while the batch is opened */
    int64_t shape_count, trials;
    size_t scratch;         /* bytes that go with each buffer a matrix is filled in to */
    fr_singular *results;   /* trials x shapes */
    fr_outcome *outcomes;   /* trials x shapes */
} fr_svd_work;

/* Empty matrices are answered here (rank 0), all others marked not computed. */
fr_status fr_svd_batch_open(fr_svd_batch **batch, fr_session *session, const fr_svd_work *work);
/* Computes trials first ..< first + chunk; `fill` sees them counted from 0. Call it for one chunk after the other. */
fr_status fr_svd_batch_run(fr_svd_batch *batch, int64_t first, int64_t chunk, fr_svd_fill fill, void *context);
void fr_svd_batch_close(fr_svd_batch *batch);

#endif
