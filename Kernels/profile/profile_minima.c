/* Time and undecided cells of a diagram of global minima: profile_minima [D0 [TRIALS [LABELS [MAX_N [MAX_D1 [N
 * D1]]]]]], labels 0 polynomial, 1 teacher, 2 random. FULLRANK_CUDA_LIBRARY names the library to take in place of the
 * CPU's. n = 10..MAX_N:10, d1 = 100..MAX_D1:100, as published. With N and D1 also the time of one cell as a single
 * linear program over all weights, N D1 constraints, by GLPK, in three trials. */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "minima/linear_program.h"
#include "fullrank_kernels.h"

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void time_programs(const fr_backend *backend, fr_session *session, fr_problem p, fr_minima m) {
    const int64_t words = (p.points + 63) / 64;
    double *x = calloc((size_t)(p.points * p.inputs), sizeof *x), *y = calloc((size_t)p.points, sizeof *y);
    double *v = calloc((size_t)p.units, sizeof *v);
    uint64_t *patterns = calloc((size_t)(p.units * words), sizeof *patterns);
    m.point_count = m.unit_count = 0;
    for (uint64_t trial = 0; trial < 3; trial++) {
        backend->sample_inputs(session, &p, trial, x);
        backend->minima_samples(session, &p, &m, trial, y, v, patterns);
        const minima_program program = {p.points, p.inputs, p.units, words, p.bias, x, y, v, patterns};
        const double begin = now();
        const int answer = minima_program_feasible(&program);
        printf("n = %lld, d1 = %lld, trial %d as one program: %s, %.2f s\n", (long long)p.points, (long long)p.units,
               (int)trial, answer < 0 ? "no answer" : answer ? "feasible" : "infeasible", now() - begin);
    }
    free(x);
    free(y);
    free(v);
    free(patterns);
}

static const fr_backend *load(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = library ? dlsym(library, "fullrank_backend_v1") : NULL;
    fr_backend_entry entry;
    if (!symbol) return puts(dlerror()), NULL;
    memcpy(&entry, &symbol, sizeof entry);
    return entry();
}

int main(int count, char **words) {
    int64_t argument[7] = {1, 140, 0, 100, 1000, 0, 0};
    for (int i = 1; i < count && i < 8; i++) argument[i - 1] = atoll(words[i]);
    const char *path = getenv("FULLRANK_CUDA_LIBRARY");
    const fr_backend *backend = path ? load(path) : fullrank_cpu_backend_v1();
    if (!backend) return 1;
    fr_session_options options = {.struct_size = sizeof options};
    fr_session *session;
    char reason[256];
    if (backend->open(&options, &session, reason, sizeof reason) != FR_OK) return puts(reason), 1;
    int64_t points[100], units[100], rows = 0, columns = 0;
    for (int64_t n = 10; n <= argument[3]; n += 10) points[rows++] = n;
    for (int64_t d1 = 100; d1 <= argument[4]; d1 += 100) units[columns++] = d1;
    const fr_problem problem = {.points = argument[3], .inputs = argument[0], .units = argument[4], .bias = 1,
                                .input_distribution = FR_INPUTS_CUBE, .weight_distribution = FR_WEIGHTS_HE_UNIFORM};
    const fr_minima minima = {.labels = (fr_labels)argument[2], .points = points, .units = units, .point_count = rows,
                              .unit_count = columns};
    const int64_t trials = argument[1], cells = rows * columns;
    fr_width_bracket *brackets = calloc((size_t)(trials * rows), sizeof *brackets);
    uint8_t *verdicts = calloc((size_t)(trials * cells), 1);
    fr_outcome *outcomes = calloc((size_t)trials, sizeof *outcomes);
    const double begin = now();
    if (backend->minima(session, &problem, &minima, 0, trials, brackets, verdicts, outcomes) != FR_OK)
        return puts(backend->last_error(session)), 1;
    const double seconds = now() - begin;
    int64_t undecided = 0, loose = 0;
    for (int64_t c = columns - 1; c >= 0; c--) {
        printf("%5lld ", (long long)units[c]);
        for (int64_t p = 0; p < rows; p++) {
            int64_t feasible = 0;
            for (int64_t t = 0; t < trials; t++) feasible += verdicts[t * cells + p * columns + c] == FR_FEASIBLE;
            printf(" %4lld", (long long)feasible);
        }
        puts("");
    }
    for (int64_t i = 0; i < trials * cells; i++) undecided += verdicts[i] == FR_UNDECIDED;
    for (int64_t i = 0; i < trials * rows; i++) loose += brackets[i].feasible > brackets[i].infeasible + 1;
    printf("%lld trials in %.3f s; undecided: %lld of %lld cells, %lld of %lld critical widths not exact\n",
           (long long)trials, seconds, (long long)undecided, (long long)(trials * cells), (long long)loose,
           (long long)(trials * rows));
    if (argument[5] > 0 && argument[6] > 0) {
        fr_problem cell = problem;
        cell.points = argument[5];
        cell.units = argument[6];
        time_programs(backend, session, cell, minima);
    }
    backend->close(session);
    free(brackets);
    free(verdicts);
    free(outcomes);
    return 0;
}
