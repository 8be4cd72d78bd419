/* Singular values and Jacobians by shape: milliseconds per matrix and gigabytes per second.
 *
 *   profile_svd [threads]        0 or nothing: all the process may use */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fullrank_kernels.h"

static const fr_backend *cpu;
static fr_session *session;

static double seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void profile(int64_t points, int64_t inputs, int64_t units, int64_t trials) {
    fr_problem problem = {.seed = 1, .points = points, .inputs = inputs, .units = units, .bias = 1};
    fr_cell cell = {points, units};
    int64_t columns = units * (inputs + 1);
    fr_singular *results = malloc((size_t)trials * sizeof *results);
    fr_outcome *outcomes = malloc((size_t)trials * sizeof *outcomes);
    void *jacobians = malloc((size_t)(trials * points * columns) * sizeof(double));
    if (results == NULL || outcomes == NULL || jacobians == NULL) return;
    printf("%6lld x %-7lld k %-4lld", (long long)points, (long long)columns, (long long)(inputs + 1));
    for (int precision = 0; precision <= 1; precision++) {
        double best[2] = {1e9, 1e9};
        for (int round = 0; round < 3; round++) {
            double start = seconds();
            cpu->singular_values(session, &problem, (fr_precision)precision, &cell, 1, 0, trials, results, outcomes);
            double middle = seconds();
            cpu->jacobians(session, &problem, (fr_precision)precision, 0, trials, jacobians, outcomes);
            double end = seconds();
            if (middle - start < best[0]) best[0] = middle - start;
            if (end - middle < best[1]) best[1] = end - middle;
        }
        double bytes = (double)(trials * points * columns) * (precision == 0 ? 8 : 4);
        printf("  float%d: %9.4f ms, J %6.2f GB/s", precision == 0 ? 64 : 32, best[0] / (double)trials * 1e3,
               bytes / best[1] * 1e-9);
    }
    printf("\n");
    free(jacobians);
    free(outcomes);
    free(results);
}

int main(int count, char **arguments) {
    cpu = fullrank_cpu_backend_v1();
    fr_session_options options = {sizeof options, 0, count > 1 ? atoi(arguments[1]) : 0, 0, 0};
    char reason[256];
    if (cpu->open(&options, &session, reason, sizeof reason) != FR_OK) {
        fprintf(stderr, "%s\n", reason);
        return 1;
    }
    printf("%s\n", cpu->library_version());
    profile(10, 1, 30, 4000); /* the published grids, corner by corner */
    profile(50, 1, 150, 200);
    profile(100, 1, 300, 40);
    profile(100, 5, 300, 20);
    profile(10, 3, 15, 4000);
    profile(190, 48, 15, 20);
    profile(190, 380, 15, 4);
    profile(500, 10, 60, 4);
    cpu->close(session);
    return 0;
}
