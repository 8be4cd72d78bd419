/* Column profiles of a backend library through the table: profiles, proofs and refusals equal to the CPU backend's. */
#include "column_proof/cases.h"
#include "support/two_backends.h"

static int same_profiles(const fr_problem *p, int64_t trials) {
    int64_t *pivots[2];
    uint8_t *proofs[2];
    fr_outcome *outcomes[2];
    const size_t bytes = (size_t)(trials * p->points) * sizeof(int64_t);
    int proved = 0;
    for (int side = 0; side < 2; side++) {
        const fr_backend *backend = side ? cuda : cpu;
        fr_session *session = side ? on_cuda : on_cpu;
        pivots[side] = guarded(bytes);
        proofs[side] = guarded((size_t)trials);
        outcomes[side] = guarded((size_t)trials * sizeof(fr_outcome));
        CHECK(backend->column_profiles(session, p, FR_PRIME_MAX, 5, trials, pivots[side], proofs[side],
                                       outcomes[side]) == FR_OK, "%s", backend->last_error(session));
        CHECK(guarded_intact(pivots[side], bytes) && guarded_intact(proofs[side], (size_t)trials) &&
                  guarded_intact(outcomes[side], (size_t)trials * sizeof(fr_outcome)), "wrote outside a buffer");
    }
    CHECK(memcmp(pivots[0], pivots[1], bytes) == 0 && memcmp(proofs[0], proofs[1], (size_t)trials) == 0 &&
              memcmp(outcomes[0], outcomes[1], (size_t)trials * sizeof(fr_outcome)) == 0,
          "n %lld, d0 %lld, d1 %lld", (long long)p->points, (long long)p->inputs, (long long)p->units);
    for (int64_t t = 0; t < trials; t++) proved += proofs[1][t];
    for (int side = 0; side < 2; side++) {
        guarded_free(pivots[side]);
        guarded_free(proofs[side]);
        guarded_free(outcomes[side]);
    }
    return proved;
}

/* The sizes where paths change are further apart on a device: there these are larger, and many. */
static void test_shapes(void) {
    const int small = is_emulation(cuda);
    const int64_t shapes[][3] = {{8, 4, 20}, {30, 3, 60}, {64, 10, 200}, {100, 5, 1000}, {200, 10, 1000}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        fr_problem p = {.seed = 6, .points = shapes[i][0], .inputs = shapes[i][1], .units = shapes[i][2], .bias = 1};
        const int proved = same_profiles(&p, small ? 8 : 1000);
        CHECK(proved > (small ? 4 : 700), "n %lld: %d proved", (long long)p.points, proved);
    }
    const int64_t large[][3] = {{260, 6, 1000}, {300, 10, 12}, {440, 5, 1000}, {700, 10, 1000},  {2100, 10, 1000},
                                {4100, 10, 1000}, {9000, 10, 2000}};
    for (size_t i = 0; i < (small ? 2 : sizeof large / sizeof *large); i++) {
        fr_problem p = {.seed = 6, .points = large[i][0], .inputs = large[i][1], .units = large[i][2], .bias = 1};
        CHECK(same_profiles(&p, small ? 1 : 3) > 0, "n %lld: none proved", (long long)p.points);
    }
}

static void test_random(void) {
    for (int round = 0; round < (is_emulation(cuda) ? 30 : 600); round++) {
        check_seed = (uint64_t)(500 + round);
        const test_case c = random_case(100);
        same_profiles(&c.problem, 3);
        free(c.inputs);
    }
}

/* Fewer columns a unit, or points, than proofs are tried for. */
static void test_without_proofs(void) {
    const fr_problem few = {.seed = 1, .points = 7, .inputs = 5, .units = 9, .bias = 1};
    const fr_problem narrow = {.seed = 1, .points = 40, .inputs = 2, .units = 30, .bias = 1};
    const fr_problem none = {.seed = 1, .points = 0, .inputs = 5, .units = 9, .bias = 1};
    const fr_problem no_units = {.seed = 1, .points = 20, .inputs = 5, .units = 0, .bias = 1};
    CHECK(same_profiles(&few, 3) == 0 && same_profiles(&narrow, 3) == 0 && same_profiles(&none, 3) == 0, "not tried");
    CHECK(same_profiles(&no_units, 3) == 3, "nothing to find");
}

static void test_arguments(void) {
    const fr_problem p = {.points = 100, .inputs = 10, .units = 100, .bias = 1}, bad = {.points = -1, .inputs = 1};
    int64_t pivots[100];
    uint8_t proof;
    fr_outcome outcome;
    SAME(column_profiles, &p, FR_PRIME_MAX, 0, 1, pivots, NULL, &outcome);
    SAME(column_profiles, &p, FR_PRIME_MAX, 0, 1, NULL, &proof, &outcome);
    SAME(column_profiles, &p, FR_PRIME_MAX, 0, 1, pivots, &proof, NULL);
    SAME(column_profiles, &p, 4, 0, 1, pivots, &proof, &outcome);
    SAME(column_profiles, &p, FR_PRIME_MAX, 0, -1, pivots, &proof, &outcome);
    SAME(column_profiles, &bad, FR_PRIME_MAX, 0, 1, pivots, &proof, &outcome);
    SAME(column_profiles, NULL, FR_PRIME_MAX, 0, 1, pivots, &proof, &outcome);
    CHECK(cuda->column_profiles(on_cuda, &p, FR_PRIME_MAX, 0, 0, NULL, NULL, NULL) == FR_OK, "no trials");
}

int main(int count, char **arguments) {
    open_backends(count, arguments, 1);
    test_shapes();
    test_random();
    test_without_proofs();
    test_arguments();
    close_backends();
    return check_report();
}
