/* Singular values of one matrix on one thread, by LAPACK. Private to Kernels/cpu. */
#ifndef FR_CPU_GESDD_H
#define FR_CPU_GESDD_H

#include "session/session.h"

/* LAPACK's requirements for matrices of one shape and precision. */
typedef struct fr_gesdd_plan {
    int64_t rows, columns;
    fr_precision precision;
    int64_t work; /* elements; LAPACK is queried for this shape, since the blocking follows from it */
} fr_gesdd_plan;

/* Buffers for one thread, for all plans for which they were made large enough. All are aligned to 64 bytes. */
typedef struct fr_gesdd_buffers {
    void *matrix; /* rows x columns, row-major; fr_gesdd destroys it */
    void *values; /* min(rows, columns), descending */
    void *work;
    void *integers;
    void *scratch; /* for the code that fills the matrix */
} fr_gesdd_buffers;

/* The number of bytes that the buffers need. */
typedef struct fr_gesdd_sizes {
    size_t matrix, values, work, integers, scratch;
} fr_gesdd_sizes;

/* Plans for a non-empty shape and raises `sizes` to what it needs. FR_UNSUPPORTED if this LAPACK's integers are too
 * narrow for it. */
fr_status fr_gesdd_prepare(fr_session *session, int64_t rows, int64_t columns, fr_precision precision,
                           fr_gesdd_plan *plan, fr_gesdd_sizes *sizes);
/* Sum of the sizes, SIZE_MAX on overflow. */
size_t fr_gesdd_total(const fr_gesdd_sizes *sizes);
bool fr_gesdd_allocate(fr_gesdd_buffers *buffers, const fr_gesdd_sizes *sizes); /* false: nothing left allocated */
void fr_gesdd_free(fr_gesdd_buffers *buffers);

/* The singular values of buffers->matrix, which must be finite. Values and rank go to `result`; FR_NOT_FINITE if the
 * values overflow the precision. `*refused` is LAPACK's number of an argument it did not accept (a bug), else 0. */
fr_outcome fr_gesdd(const fr_gesdd_plan *plan, fr_gesdd_buffers *buffers, fr_singular *result, int *refused);
/* Computes the singular values of a matrix for which fr_gesdd returned FR_NOT_FINITE and which was filled in again. The
 * matrix is first scaled by a power of two. `largest` (and `smallest`) are then infinite only if the value itself is
 * beyond float64; the rank is valid in any case. */
fr_outcome fr_gesdd_scaled(const fr_gesdd_plan *plan, fr_gesdd_buffers *buffers, fr_singular *result, int *refused);

#endif
