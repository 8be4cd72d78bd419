/* LAPACK by its Fortran interface, for libraries that have no LAPACKE: Apple's Accelerate, a liblapack alone. Private to
 * Kernels/cpu. */
#ifndef FR_CPU_LAPACK_FORTRAN_H
#define FR_CPU_LAPACK_FORTRAN_H

#include "svd/lapack.h"

/* Looks up dgesdd and sgesdd, with 32-bit integers, in a library opened by dlopen, and makes them answer as LAPACKE's
 * functions do. false if it has neither `dgesdd$NEWLAPACK` (Accelerate since macOS 13.3) nor `dgesdd_`. */
bool fr_lapack_by_fortran(void *library, fr_lapack *lapack);

#endif
