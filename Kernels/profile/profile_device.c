/* A quick look at a device: times trials of a few shapes, prints a JSON line for each, and compares the profiles of the
 * first of them with the CPU's. It needs no Python; Scripts/gpu/bench measures more, beside its peers.
 *
 *   profile_device [--library PATH]      (or FULLRANK_CUDA_LIBRARY)
 */
#include <time.h>

#include "support/cuda_library.h"

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Runs trials of one shape twice, because the first time includes one-time work. Compares `compared` of them with the
 * CPU. */
static int ranks(const fr_backend *cuda, fr_session *on_cuda, fr_session *on_cpu, int64_t d0, int64_t n, int64_t d1,
                 int64_t trials, int64_t compared) {
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    const fr_problem p = {.seed = 1, .points = n, .inputs = d0, .units = d1, .bias = 1};
    int64_t *pivots = malloc((size_t)(trials * n) * 8), *expected = malloc((size_t)(compared * n) * 8);
    fr_outcome *outcomes = malloc((size_t)trials * sizeof *outcomes);
    double first = 0, took = 0;
    fr_status status = FR_OK;
    for (int round = 0; round < 2 && status == FR_OK; round++) {
        const double start = seconds();
        status = cuda->rank_profiles(on_cuda, &p, FR_PRIME_MAX, 0, trials, pivots, outcomes);
        *(round ? &took : &first) = seconds() - start;
    }
    if (status != FR_OK) {
        printf("{\"measured\": \"ranks\", \"d0\": %lld, \"n\": %lld, \"d1\": %lld, \"status\": %d}\n", (long long)d0,
               (long long)n, (long long)d1, (int)status);
        fprintf(stderr, "%s\n", cuda->last_error(on_cuda));
    } else {
        const double start = seconds();
        cpu->rank_profiles(on_cpu, &p, FR_PRIME_MAX, 0, compared, expected, outcomes);
        const double cpu_each = (seconds() - start) / (double)compared;
        if (memcmp(pivots, expected, (size_t)(compared * n) * 8) != 0) status = FR_INTERNAL;
        const double each = took / (double)trials, products = (double)n * (double)n * (double)n / 3;
        printf("{\"measured\": \"ranks\", \"d0\": %lld, \"n\": %lld, \"d1\": %lld, \"trials\": %lld, ", (long long)d0,
               (long long)n, (long long)d1, (long long)trials);
        printf("\"ms_per_trial\": %.6g, \"first_call_s\": %.4g, \"gmac_per_s\": %.4g, ", 1e3 * each, first,
               1e-9 * products / each);
        printf("\"cpu_ms_per_trial\": %.6g, \"compared\": %lld, \"equal\": %s}\n", 1e3 * cpu_each, (long long)compared,
               status == FR_OK ? "true" : "false");
    }
    fflush(stdout);
    free(pivots), free(expected), free(outcomes);
    return status != FR_OK;
}

static int values(const fr_backend *cuda, fr_session *on_cuda, int64_t n, int64_t d1, int64_t trials) {
    const fr_problem p = {.seed = 1, .points = n, .inputs = 9, .units = d1, .bias = 1};
    const fr_cell cell = {n, d1};
    fr_singular *results = malloc((size_t)trials * sizeof *results);
    fr_outcome *outcomes = malloc((size_t)trials * sizeof *outcomes);
    double took = 0;
    fr_status status = FR_OK;
    for (int round = 0; round < 2 && status == FR_OK; round++) {
        const double start = seconds();
        status = cuda->singular_values(on_cuda, &p, FR_FLOAT64, &cell, 1, 0, trials, results, outcomes);
        took = seconds() - start;
    }
    printf("{\"measured\": \"singular values\", \"rows\": %lld, \"columns\": %lld, \"matrices\": %lld, ", (long long)n,
           (long long)d1 * 10, (long long)trials);
    printf("\"ms_per_matrix\": %.6g, \"status\": %d}\n", 1e3 * took / (double)trials, (int)status);
    fflush(stdout);
    free(results), free(outcomes);
    return status != FR_OK;
}

int main(int count, char **arguments) {
    const fr_backend *cuda = load_library(count, arguments);
    fflush(stdout);
    fr_session *on_cuda = open_on(cuda, 0), *on_cpu = open_session(0, 0);
    int failed = 0;
    if (is_emulation(cuda)) {
        failed += ranks(cuda, on_cuda, on_cpu, 3, 30, 20, 4, 4);
        failed += ranks(cuda, on_cuda, on_cpu, 9, 310, 60, 1, 1);
        failed += values(cuda, on_cuda, 20, 4, 2);
    } else {
        failed += ranks(cuda, on_cuda, on_cpu, 10, 30, 30, 100000, 2000);
        failed += ranks(cuda, on_cuda, on_cpu, 10, 100, 100, 100000, 2000);
        failed += ranks(cuda, on_cuda, on_cpu, 1, 100, 300, 100000, 2000);
        failed += ranks(cuda, on_cuda, on_cpu, 10, 300, 60, 10000, 200);
        failed += ranks(cuda, on_cuda, on_cpu, 10, 1000, 200, 32, 8);
        failed += ranks(cuda, on_cuda, on_cpu, 10, 4000, 600, 4, 1);
        failed += ranks(cuda, on_cuda, on_cpu, 10, 10000, 1500, 1, 1);
        failed += values(cuda, on_cuda, 32, 4, 20000);
        failed += values(cuda, on_cuda, 100, 13, 2000);
        failed += values(cuda, on_cuda, 256, 33, 64);
    }
    cuda->close(on_cuda);
    fullrank_cpu_backend_v1()->close(on_cpu);
    return failed != 0;
}
