/* Hashes of what the CPU backend answers on fixed problems, for comparison between processors (Scripts/check/arm64):
 * every line must be the same everywhere. Singular values come from LAPACK and are not included.
 *
 *   kernel_bits [COUNT]     default 200; FULLRANK_ISA chooses the kernels */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fullrank_kernels.h"

static uint64_t state;
static uint64_t next(void) { /* splitmix64 */
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}
static int64_t below(int64_t bound) { return (int64_t)(next() % (uint64_t)bound); }

static void *room(size_t count, size_t size) {
    void *at = calloc(count + 1, size);
    if (at == NULL) exit(69);
    return at;
}

static uint64_t hash(const void *content, size_t bytes) { /* FNV-1a */
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < bytes; i++) h = (h ^ ((const unsigned char *)content)[i]) * UINT64_C(0x100000001b3);
    return h;
}

static void say(const char *what, fr_status status, const void *content, size_t bytes) {
    printf("  %s %d %016llx\n", what, (int)status, (unsigned long long)hash(content, bytes));
}

static void of_one_layer(const fr_backend *cpu, fr_session *s, const fr_problem *p) {
    enum { TRIALS = 2 };
    const size_t n = (size_t)p->points, d0 = (size_t)p->inputs, units = (size_t)p->units, k = d0 + (size_t)p->bias;
    double *x = room(n * d0, 8), *w = room(units * d0, 8), *b = room(units, 8), *j = room(n * units * k, 8);
    uint64_t *patterns = room(units * (n / 64 + 1), 8);
    int64_t *pivots = room(TRIALS * n, 8);
    struct { fr_outcome outcomes[TRIALS]; uint8_t proofs[TRIALS]; } told = {{0}, {0}};
    say("inputs", cpu->sample_inputs(s, p, 1, x), x, 8 * n * d0);
    fr_status status = cpu->sample_weights(s, p, 1, 0, p->units, w, p->bias ? b : NULL);
    say("weights", status, w, 8 * units * d0);
    say("biases", status, b, 8 * units);
    say("patterns", cpu->activation_patterns(s, p, 1, 0, p->units, patterns), patterns, 8 * units * ((n + 63) / 64));
    say("jacobian", cpu->jacobians(s, p, FR_FLOAT64, 1, 1, j, told.outcomes), j, 8 * n * units * k);
    status = cpu->rank_profiles(s, p, FR_PRIME_MAX, 0, TRIALS, pivots, told.outcomes);
    say("profiles", status, pivots, 8 * TRIALS * n);
    status = cpu->column_profiles(s, p, FR_PRIME_MAX, 0, TRIALS, pivots, told.proofs, told.outcomes);
    say("columns", status, pivots, 8 * TRIALS * n);
    say("proofs", status, told.proofs, sizeof told.proofs);
    free(pivots), free(patterns), free(j), free(b), free(w), free(x);
}

static void of_deep_networks(const fr_backend *cpu, fr_session *s, const fr_problem *p) {
    const int64_t widths[] = {1 + below(8)};
    const size_t n = (size_t)p->points;
    const size_t columns = (size_t)(p->units * (widths[0] + p->bias) + widths[0] * (p->inputs + p->bias));
    int64_t *pivots = room(n, 8);
    double *j = room(n * columns, 8);
    fr_outcome outcome;
    say("deep", cpu->deep_rank_profiles(s, p, widths, 1, FR_PRIME_MAX, 0, 1, pivots, &outcome), pivots, 8 * n);
    say("deep jacobian", cpu->deep_jacobians(s, p, widths, 1, 0, 1, j, &outcome), j, 8 * n * columns);
    free(j), free(pivots);
}

static void of_minima(const fr_backend *cpu, fr_session *s) {
    fr_problem p = {.seed = next(), .inputs = 1 + below(3), .bias = 1, .units = 1 + below(24)};
    p.points = p.inputs + 3 + below(7);
    const size_t n = (size_t)p.points, units = (size_t)p.units, zeros = (size_t)p.inputs;
    const fr_minima m = {.labels = FR_LABELS_RANDOM, .points = &p.points, .units = &p.units, .point_count = 1,
                         .unit_count = 1};
    fr_minima_proof proof = {.ray_units = room(n, 8), .ray_zeros = room(n * zeros, 8),
                             .labels = room(n * FR_LABEL_WORDS, 8), .values = room(n, 8),
                             .bases = room(units * zeros, 8)};
    const fr_status status = cpu->minima_proof(s, &p, &m, 0, &proof);
    const size_t rays = proof.verdict == FR_UNDECIDED ? 0 : (size_t)proof.rays;
    printf("  verdict %d, %lld rays\n", (int)proof.verdict, (long long)rays);
    say("rays", status, proof.ray_units, 8 * rays);
    say("zeros", status, proof.ray_zeros, 8 * rays * zeros);
    say("values", status, proof.values, proof.verdict == FR_FEASIBLE ? 8 * rays : proof.verdict ? 0 : 8 * n);
    free(proof.ray_units), free(proof.ray_zeros), free(proof.labels), free(proof.values), free(proof.bases);
}

int main(int count, char **arguments) {
    const int problems = count > 1 ? atoi(arguments[1]) : 200;
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session_options options = {sizeof options, 0, 1, 0, 0};
    fr_session *session;
    char reason[256];
    if (cpu->open(&options, &session, reason, sizeof reason) != FR_OK) return fprintf(stderr, "%s\n", reason), 69;
    fprintf(stderr, "%s\n", cpu->library_version());
    for (int i = 0; i < problems; i++) {
        state = (uint64_t)i;
        fr_problem p = {.seed = next(), .bias = i % 4 > 0};
        p.points = 1 + below(i % 20 ? 90 : 330);
        p.inputs = 1 + below(12);
        p.units = 1 + below(i % 20 ? 40 : 120);
        p.input_distribution = (fr_inputs)(i % 3);
        p.weight_distribution = (fr_weights)(i / 3 % 3);
        printf("problem %d: n %d d0 %d d1 %d\n", i, (int)p.points, (int)p.inputs, (int)p.units);
        of_one_layer(cpu, session, &p);
        if (p.points < 60) of_deep_networks(cpu, session, &p);
        of_minima(cpu, session);
    }
    cpu->close(session);
    return 0;
}
