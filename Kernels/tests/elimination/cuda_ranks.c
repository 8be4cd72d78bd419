/* Rank profiles and singular values of a backend library through the table: batches, cells, outcomes, memory. (Planted
 * ranks and bounds on the values are tested where the elimination and the decomposition are.) */
#include "support/cuda_library.h"

static const fr_backend *cpu, *cuda;
static fr_session *on_cpu, *on_cuda;

/* A stage this library does not hold yet is not a failure of the others. */
static int missing(fr_status status) {
    if (status != FR_UNSUPPORTED) return 0;
    printf("NOT TESTED: %s\n", cuda->last_error(on_cuda));
    return 1;
}

static void test_profiles(int64_t n, int64_t d0, int64_t d1, int64_t trials, fr_weights weights) {
    const fr_problem p = {
        .seed = 21, .points = n, .inputs = d0, .units = d1, .bias = 1, .weight_distribution = weights};
    int64_t *pivots[2];
    fr_outcome *outcomes[2];
    fr_status status = FR_OK;
    for (int side = 0; side < 2; side++) {
        pivots[side] = guarded((size_t)(trials * n) * 8);
        outcomes[side] = guarded((size_t)trials * sizeof(fr_outcome));
        const fr_backend *backend = side ? cuda : cpu;
        status =
            backend->rank_profiles(side ? on_cuda : on_cpu, &p, FR_PRIME_MAX, 4, trials, pivots[side], outcomes[side]);
    }
    if (!missing(status)) {
        CHECK(status == FR_OK, "%s", cuda->last_error(on_cuda));
        CHECK(memcmp(pivots[0], pivots[1], (size_t)(trials * n) * 8) == 0, "profiles: n %lld, d0 %lld, d1 %lld",
              (long long)n, (long long)d0, (long long)d1);
        CHECK(memcmp(outcomes[0], outcomes[1], (size_t)trials * sizeof(fr_outcome)) == 0, "outcomes");
        CHECK(guarded_intact(pivots[1], (size_t)(trials * n) * 8), "wrote outside a buffer");
    }
    for (int side = 0; side < 2; side++) guarded_free(pivots[side]), guarded_free(outcomes[side]);
}

/* Matrices with bad ones between good ones. */
static void test_matrices(void) {
    enum { batch = 9, rows = 6, columns = 8 };
    static double doubles[batch][rows][columns];
    static float singles[batch][rows][columns];
    for (int i = 0; i < batch; i++)
        for (int j = 0; j < rows; j++)
            for (int c = 0; c < columns; c++)
                singles[i][j][c] = (float)(doubles[i][j][c] = j == 3 ? 2 * doubles[i][1][c]
                                                                     : ldexp((double)(int)(random_bits() % 9), -3));
    doubles[2][0][1] = NAN, doubles[3][5][7] = INFINITY, doubles[8][0][0] = -INFINITY;
    singles[2][0][1] = NAN, singles[3][5][7] = INFINITY, singles[8][0][0] = -INFINITY;
    int64_t pivots[2][batch][rows];
    fr_outcome outcomes[2][batch];
    memset(pivots, 0, sizeof pivots);
    cpu->matrix_rank_profiles(on_cpu, &doubles[0][0][0], batch, rows, columns, FR_PRIME_MAX, &pivots[0][0][0],
                              outcomes[0]);
    fr_status status = cuda->matrix_rank_profiles(on_cuda, &doubles[0][0][0], batch, rows, columns, FR_PRIME_MAX,
                                                  &pivots[1][0][0], outcomes[1]);
    if (!missing(status)) {
        CHECK(status == FR_OK, "%s", cuda->last_error(on_cuda));
        for (int i = 0; i < batch; i++) {
            CHECK(outcomes[1][i] == outcomes[0][i], "outcome of matrix %d: %d", i, (int)outcomes[1][i]);
            if (outcomes[0][i] == FR_COMPUTED)
                CHECK(memcmp(pivots[0][i], pivots[1][i], sizeof pivots[0][i]) == 0, "matrix %d", i);
        }
    }
    for (int precision = 0; precision < 2; precision++) {
        const void *matrices = precision ? (const void *)singles : (const void *)doubles;
        fr_singular results[batch];
        memset(results, 0xA5, sizeof results);
        status = cuda->matrix_singular_values(on_cuda, matrices, (fr_precision)precision, batch, rows, columns, results,
                                              outcomes[1]);
        if (missing(status)) return;
        CHECK(status == FR_OK, "%s", cuda->last_error(on_cuda));
        for (int i = 0; i < batch; i++) {
            CHECK(outcomes[1][i] == (i == 2 || i == 3 || i == 8 ? FR_NOT_FINITE : FR_COMPUTED), "matrix %d: %d", i,
                  (int)outcomes[1][i]);
            CHECK(results[i].rank == (outcomes[1][i] == FR_COMPUTED ? 5 : 0), "matrix %d: rank %d", i,
                  (int)results[i].rank);
        }
    }
}

static void test_cells(fr_precision precision, fr_weights weights) {
    const fr_problem p = {.seed = 2, .points = 14, .inputs = weights == FR_WEIGHTS_STEPS ? 1 : 2, .units = 12,
                          .bias = 1, .weight_distribution = weights};
    const fr_cell cells[] = {{14, 12}, {7, 3}, {0, 5}, {10, 12}, {1, 1}, {12, 0}};
    enum { count = 6, trials = 5 };
    fr_singular results[2][trials * count];
    fr_outcome outcomes[2][trials * count];
    CHECK(cpu->singular_values(on_cpu, &p, precision, cells, count, 9, trials, results[0], outcomes[0]) == FR_OK, "%s",
          cpu->last_error(on_cpu));
    const fr_status status =
        cuda->singular_values(on_cuda, &p, precision, cells, count, 9, trials, results[1], outcomes[1]);
    if (missing(status)) return;
    CHECK(status == FR_OK, "%s", cuda->last_error(on_cuda));
    const double eps = precision ? 0x1p-23 : 0x1p-52;
    for (int i = 0; i < trials * count; i++) {
        const fr_singular *a = &results[0][i], *b = &results[1][i];
        CHECK(outcomes[0][i] == outcomes[1][i], "outcome %d: %d", i, (int)outcomes[1][i]);
        CHECK_NEAR(b->largest, a->largest, 40 * eps * a->largest, "item %d: %g, %g", i, b->largest, a->largest);
        CHECK_NEAR(b->smallest, a->smallest, 40 * eps * a->largest, "item %d: %g, %g", i, b->smallest, a->smallest);
        if (precision == FR_FLOAT64) CHECK(a->rank == b->rank, "item %d: rank %d", i, (int)b->rank);
    }
}

int main(int count, char **arguments) {
    cuda = load_library(count, arguments);
    cpu = fullrank_cpu_backend_v1();
    on_cpu = open_session(1, 0);
    for (int limited = 0; limited < 2; limited++) { /* a limit cuts the batches of cells */
        on_cuda = open_on(cuda, limited ? 1 << 16 : 0);
        if (!limited) {
            test_profiles(1, 1, 1, 2, FR_WEIGHTS_UNIFORM);
            test_profiles(9, 2, 7, 5, FR_WEIGHTS_UNIFORM);
            test_profiles(33, 3, 20, 3, FR_WEIGHTS_UNIFORM);
            test_profiles(20, 3, 9, 4, FR_WEIGHTS_BERNOULLI);
            test_profiles(20, 1, 40, 4, FR_WEIGHTS_STEPS);
            test_matrices();
        }
        for (int weights = 0; weights <= FR_WEIGHTS_STEPS; weights += FR_WEIGHTS_BERNOULLI) {
            test_cells(FR_FLOAT64, (fr_weights)weights);
            test_cells(FR_FLOAT32, (fr_weights)weights);
        }
        test_cells(FR_FLOAT64, FR_WEIGHTS_STEPS);
        cuda->close(on_cuda);
    }
    cpu->close(on_cpu);
    return check_report();
}
