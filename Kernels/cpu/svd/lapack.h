/* The routines of LAPACKE that are used. Private to Kernels/cpu. */
#ifndef FR_CPU_LIBRARY_H
#define FR_CPU_LIBRARY_H

/* LAPACKE's header is not needed: this declares what the two routines below need of it, the C interface with 32-bit
 * integers, which every LAPACKE of that name has. */
#if __has_include(<lapacke.h>)
#include <lapacke.h>
#else
#include <stdint.h>
typedef int32_t lapack_int;
#define LAPACK_COL_MAJOR 102
#endif

#include "session/session.h"

typedef struct fr_lapack {
    lapack_int (*dgesdd)(int layout, char job, lapack_int m, lapack_int n, double *a, lapack_int lda, double *s,
                         double *u, lapack_int ldu, double *vt, lapack_int ldvt, double *work, lapack_int lwork,
                         lapack_int *iwork);
    lapack_int (*sgesdd)(int layout, char job, lapack_int m, lapack_int n, float *a, lapack_int lda, float *s, float *u,
                         lapack_int ldu, float *vt, lapack_int ldvt, float *work, lapack_int lwork, lapack_int *iwork);
} fr_lapack;

/* Loads LAPACKE on the first call. Returns NULL, with the loader's message in the session's error, if it is not
 * available. */
const fr_lapack *fr_lapack_load(fr_session *session);
/* Why fr_lapack_load returned NULL: FR_UNAVAILABLE or FR_OUT_OF_MEMORY. */
fr_status fr_lapack_failure(void);
/* Ensures the memory that BLAS maps by itself for `threads` threads at once. Returns the number of threads that have
 * it, at least 1; more threads must not call LAPACK at the same time. May be called once fr_lapack_load has
 * succeeded. */
int fr_blas_reserve(int threads);
/* May be called once fr_lapack_load has succeeded. */
const fr_lapack *fr_lapack_loaded(void);

#endif
