/* Jacobians of a backend library: the CPU backend's, bit for bit; where float32 overflows; memory that is too small for
 * the batch. */
#include "support/two_backends.h"

static void test_problem(const fr_problem *p, fr_precision precision, uint64_t first, int64_t trials,
                         const char *what) {
    const size_t bytes = (size_t)(trials * p->points * p->units * (p->inputs + p->bias)) * (precision ? 4 : 8);
    void *out[2];
    fr_outcome *outcomes[2];
    for (int side = 0; side < 2; side++) {
        const fr_backend *backend = side ? cuda : cpu;
        fr_session *session = side ? on_cuda : on_cpu;
        out[side] = guarded(bytes);
        outcomes[side] = guarded((size_t)trials * sizeof(fr_outcome));
        CHECK(backend->jacobians(session, p, precision, first, trials, out[side], outcomes[side]) == FR_OK, "%s: %s",
              what, backend->last_error(session));
        CHECK(guarded_intact(out[side], bytes) && guarded_intact(outcomes[side], (size_t)trials * sizeof(fr_outcome)),
              "%s: wrote outside a buffer", what);
    }
    CHECK(memcmp(out[0], out[1], bytes) == 0, "%s: n %lld, d0 %lld, d1 %lld, bias %d, %lld trials", what,
          (long long)p->points, (long long)p->inputs, (long long)p->units, (int)p->bias, (long long)trials);
    CHECK(memcmp(outcomes[0], outcomes[1], (size_t)trials * sizeof(fr_outcome)) == 0, "%s: outcomes", what);
    for (int side = 0; side < 2; side++) guarded_free(out[side]), guarded_free(outcomes[side]);
}

static void test_shapes(void) {
    const int64_t points[] = {0, 1, 16, 63, 64, 65, 129}, inputs[] = {0, 1, 2, 3, 17}, units[] = {0, 1, 9, 130};
    int turn = 0;
    for (size_t a = 0; a < sizeof points / sizeof *points; a++)
        for (size_t b = 0; b < sizeof inputs / sizeof *inputs; b++)
            for (size_t c = 0; c < sizeof units / sizeof *units; c++, turn++) {
                const fr_problem p = {.seed = 77, .points = points[a], .inputs = inputs[b], .units = units[c],
                                      .bias = inputs[b] == 0 || turn % 2, .input_distribution = (fr_inputs)(turn % 3),
                                      .weight_distribution = (fr_weights)(turn % 3)};
                test_problem(&p, FR_FLOAT64, 5, turn % 4, "float64");
                test_problem(&p, FR_FLOAT32, 5, turn % 3, "float32");
            }
}

/* A given input that float32 can't hold spoils the trials where, and only where, its point has an active unit. */
static void test_overflow(void) {
    double inputs[] = {1, 2, 1e300, 3};
    uint64_t patterns[] = {5, 5}; /* two units, points 0 and 2 active */
    fr_problem p = {.points = 3, .inputs = 1, .units = 2, .bias = 1, .input_distribution = FR_INPUTS_GIVEN,
                    .weight_distribution = FR_WEIGHTS_PATTERN, .given_inputs = inputs, .given_patterns = patterns};
    test_problem(&p, FR_FLOAT32, 0, 3, "overflow");
    test_problem(&p, FR_FLOAT64, 0, 3, "no overflow");
    patterns[0] = patterns[1] = 3;
    test_problem(&p, FR_FLOAT32, 0, 3, "inactive");
    p.weight_distribution = FR_WEIGHTS_UNIFORM;
    test_problem(&p, FR_FLOAT32, 0, 20, "some trials");
}

/* Less memory than the batch needs: more batches. Less than one trial needs: a status, and nothing marked computed. */
static void test_memory(void) {
    const fr_problem p = {.seed = 8, .points = 70, .inputs = 3, .units = 20, .bias = 1};
    fr_session *usual = on_cuda;
    on_cuda = open_on(cuda, 100000); /* two trials at a time */
    test_problem(&p, FR_FLOAT64, 0, 9, "a limit");
    cuda->close(on_cuda);
    on_cuda = usual;
    if (!is_emulation(cuda)) return;

    setenv("FULLRANK_EMULATED_MEMORY", "150000", 1);
    on_cuda = open_on(cuda, 0);
    test_problem(&p, FR_FLOAT64, 0, 9, "little memory");
    setenv("FULLRANK_EMULATED_MEMORY", "40000", 1);
    double *out = malloc(2 * 70 * 80 * 8);
    fr_outcome outcomes[2] = {FR_COMPUTED, FR_COMPUTED};
    CHECK(cuda->jacobians(on_cuda, &p, FR_FLOAT64, 0, 2, out, outcomes) == FR_OUT_OF_MEMORY, "too little");
    CHECK_WORDS(cuda->last_error(on_cuda), "out of memory");
    CHECK(outcomes[0] == FR_NOT_COMPUTED && outcomes[1] == FR_NOT_COMPUTED, "outcomes");
    unsetenv("FULLRANK_EMULATED_MEMORY");
    CHECK(cuda->jacobians(on_cuda, &p, FR_FLOAT64, 0, 2, out, outcomes) == FR_OK && outcomes[1] == FR_COMPUTED,
          "afterwards: %s", cuda->last_error(on_cuda));
    CHECK(cuda->last_error(on_cuda)[0] == 0 && cuda->progress(on_cuda) == 1, "no error, all done");
    free(out);
    cuda->close(on_cuda);
    on_cuda = usual;
}

int main(int count, char **arguments) {
    open_backends(count, arguments, 1);
    test_shapes();
    test_overflow();
    test_memory();
    close_backends();
    return check_report();
}
