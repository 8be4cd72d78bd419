/* Singular values of many matrices, which a callback fills in. Private to Kernels/cpu. */
#ifndef FR_CPU_SVD_BATCH_H
#define FR_CPU_SVD_BATCH_H

#include "svd/gesdd.h"

typedef struct fr_shape {
    int64_t rows, columns;
} fr_shape;

/* Writes matrix (trial, shape) of the current chunk, row-major, or returns false if it is not finite. May be called
 * from any thread of the pool. */
typedef bool (*fr_svd_fill)(void *context, int64_t trial, int64_t shape, void *matrix, void *scratch);

typedef struct fr_svd_batch fr_svd_batch;

/* Opens a batch of `trials` matrices of each shape. */
typedef struct fr_svd_work {
    fr_precision precision;
    const fr_shape *shapes; /* only while the batch is opened */
    int64_t shape_count, trials;
    size_t scratch;         /* bytes that go with each buffer a matrix is filled in to */
    fr_singular *results;   /* trials x shapes */
    fr_outcome *outcomes;   /* trials x shapes */
} fr_svd_work;

/* Initialises the results. Empty matrices are done (rank 0); all others are marked as not computed. */
fr_status fr_svd_batch_open(fr_svd_batch **batch, fr_session *session, const fr_svd_work *work);
/* Computes trials first ..< first + chunk, which `fill` receives counted from 0. Must be called for one chunk after the
 * other. */
fr_status fr_svd_batch_run(fr_svd_batch *batch, int64_t first, int64_t chunk, fr_svd_fill fill, void *context);
void fr_svd_batch_close(fr_svd_batch *batch);

#endif
