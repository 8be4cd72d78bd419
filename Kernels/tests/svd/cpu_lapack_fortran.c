/* LAPACK's Fortran interface answers to the bit as LAPACKE, which calls it: the same library by two doors. */
#include <dlfcn.h>
#include <string.h>

#include "support/sessions.h"
#include "svd/lapack_fortran.h"

static uint64_t state = 1;

static double entry(void) {
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(int64_t)(state >> 11) * 0x1p-52 - 1;
}

enum { rows = 9, columns = 14, most_work = 4096 };

static lapack_int doubles(const fr_lapack *lapack, const double *matrix, double *values) {
    double copy[rows * columns], work[most_work];
    lapack_int integers[8 * rows];
    memcpy(copy, matrix, sizeof copy);
    return lapack->dgesdd(LAPACK_COL_MAJOR, 'N', columns, rows, copy, columns, values, NULL, 1, NULL, 1, work, most_work,
                          integers);
}

static lapack_int floats(const fr_lapack *lapack, const double *matrix, float *values) {
    float copy[rows * columns], work[most_work];
    lapack_int integers[8 * rows];
    for (int i = 0; i < rows * columns; i++) copy[i] = (float)matrix[i];
    return lapack->sgesdd(LAPACK_COL_MAJOR, 'N', columns, rows, copy, columns, values, NULL, 1, NULL, 1, work,
                          most_work, integers);
}

static void test_same_bits(const fr_lapack *by_c, const fr_lapack *by_fortran) {
    double matrix[rows * columns], expected[rows], values[rows];
    float expected_single[rows], single[rows];
    for (int turn = 0; turn < 20; turn++) {
        for (int i = 0; i < rows * columns; i++) matrix[i] = entry();
        CHECK(doubles(by_c, matrix, expected) == 0 && doubles(by_fortran, matrix, values) == 0,
              "doubles");
        CHECK(memcmp(expected, values, sizeof values) == 0, "%a, expected %a", values[0], expected[0]);
        CHECK(floats(by_c, matrix, expected_single) == 0 && floats(by_fortran, matrix, single) == 0, "floats");
        CHECK(memcmp(expected_single, single, sizeof single) == 0, "%a, expected %a", single[0], expected_single[0]);
    }
    double query = 0;
    CHECK(by_fortran->dgesdd(LAPACK_COL_MAJOR, 'N', columns, rows, NULL, columns, NULL, NULL, 1, NULL, 1, &query, -1,
                             NULL) == 0 && query >= rows,
          "a query for work space: %g", query);
    CHECK(by_fortran->dgesdd(101, 'N', 1, 1, matrix, 1, values, NULL, 1, NULL, 1, &query, -1, NULL) == -1, "by rows");
}

int main(void) {
    fr_session *session = open_session(1, 0);
    const fr_lapack *by_c = fr_lapack_load(session);
    /* LAPACKE's library brings the one below it; its symbols are found from here on. */
    void *all = dlopen(NULL, RTLD_NOW);
    fr_lapack by_fortran;
    if (by_c == NULL || all == NULL || !fr_lapack_by_fortran(all, &by_fortran)) {
        printf("no LAPACK here\n");
    } else {
        test_same_bits(by_c, &by_fortran);
    }
    void *none = dlopen("libm.so.6", RTLD_NOW);
    if (none != NULL) CHECK(!fr_lapack_by_fortran(none, &by_fortran), "no LAPACK in the library of mathematics");
    fullrank_cpu_backend_v1()->close(session);
    return check_report();
}
