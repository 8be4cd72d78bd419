#define _GNU_SOURCE
#include "svd/lapack_fortran.h"

#include <dlfcn.h>
#include <stddef.h>

/* Every argument by its address; behind the others, the length of the character, which Fortran compilers pass by value
 * and a library in C does not look at. */
static void (*fortran_dgesdd)(const char *job, const lapack_int *m, const lapack_int *n, double *a,
                              const lapack_int *lda, double *s, double *u, const lapack_int *ldu, double *vt,
                              const lapack_int *ldvt, double *work, const lapack_int *lwork, lapack_int *iwork,
                              lapack_int *info, size_t job_length);
static void (*fortran_sgesdd)(const char *job, const lapack_int *m, const lapack_int *n, float *a,
                              const lapack_int *lda, float *s, float *u, const lapack_int *ldu, float *vt,
                              const lapack_int *ldvt, float *work, const lapack_int *lwork, lapack_int *iwork,
                              lapack_int *info, size_t job_length);

/* LAPACKE counts its own first argument, the layout, too. */
static lapack_int counted(lapack_int info) { return info < 0 ? info - 1 : info; }

static lapack_int call_dgesdd(int layout, char job, lapack_int m, lapack_int n, double *a, lapack_int lda, double *s,
                              double *u, lapack_int ldu, double *vt, lapack_int ldvt, double *work, lapack_int lwork,
                              lapack_int *iwork) {
    lapack_int info = 0;
    if (layout != LAPACK_COL_MAJOR) return -1;
    fortran_dgesdd(&job, &m, &n, a, &lda, s, u, &ldu, vt, &ldvt, work, &lwork, iwork, &info, 1);
    return counted(info);
}

static lapack_int call_sgesdd(int layout, char job, lapack_int m, lapack_int n, float *a, lapack_int lda, float *s,
                              float *u, lapack_int ldu, float *vt, lapack_int ldvt, float *work, lapack_int lwork,
                              lapack_int *iwork) {
    lapack_int info = 0;
    if (layout != LAPACK_COL_MAJOR) return -1;
    fortran_sgesdd(&job, &m, &n, a, &lda, s, u, &ldu, vt, &ldvt, work, &lwork, iwork, &info, 1);
    return counted(info);
}

bool fr_lapack_by_fortran(void *library, fr_lapack *lapack) {
    static const char *const names[][2] = {{"dgesdd$NEWLAPACK", "sgesdd$NEWLAPACK"}, {"dgesdd_", "sgesdd_"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        *(void **)(&fortran_dgesdd) = dlsym(library, names[i][0]);
        *(void **)(&fortran_sgesdd) = dlsym(library, names[i][1]);
        if (fortran_dgesdd == NULL || fortran_sgesdd == NULL) continue;
        lapack->dgesdd = call_dgesdd;
        lapack->sgesdd = call_sgesdd;
        return true;
    }
    return false;
}
