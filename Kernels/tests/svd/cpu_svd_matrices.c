/* Singular values and ranks of dense matrices: planted ranks, known values, thresholds, every awkward shape. */
#include "support/sessions.h"

#include <float.h>

static const fr_backend *cpu;
static fr_session *session;

/* One matrix, handed over in the given precision between sentinels, and left untouched. */
static fr_outcome decompose(const double *matrix, int64_t rows, int64_t columns, fr_precision precision,
                            fr_singular *result) {
    size_t entries = (size_t)(rows * columns), bytes = entries * (precision == FR_FLOAT64 ? 8 : 4);
    void *given = guarded(bytes), *before = malloc(bytes + 1);
    for (size_t i = 0; i < entries; i++)
        if (precision == FR_FLOAT64)
            ((double *)given)[i] = matrix[i];
        else
            ((float *)given)[i] = (float)matrix[i];
    memcpy(before, given, bytes);
    fr_singular *results = guarded(sizeof *results);
    fr_outcome *outcomes = guarded(sizeof *outcomes);
    fr_status status = cpu->matrix_singular_values(session, given, precision, 1, rows, columns, results, outcomes);
    CHECK(status == FR_OK, "%s", cpu->last_error(session));
    CHECK(memcmp(before, given, bytes) == 0, "the caller's matrix was changed");
    CHECK(guarded_intact(given, bytes) && guarded_intact(results, sizeof *results) &&
          guarded_intact(outcomes, sizeof *outcomes), "wrote outside a buffer");
    *result = *results;
    fr_outcome outcome = *outcomes;
    guarded_free(given);
    guarded_free(results);
    guarded_free(outcomes);
    free(before);
    return outcome;
}

/* The product of an m x r and an r x n matrix of small random integers, the leading r x r blocks of which are unit
 * triangular: of rank r exactly, and exact in float32 too. */
static void plant(double *matrix, int64_t m, int64_t n, int64_t r) {
    memset(matrix, 0, (size_t)(m * n) * sizeof *matrix);
    for (int64_t p = 0; p < r; p++) {
        double row[64];
        for (int64_t j = 0; j < n; j++) row[j] = j < p ? 0 : j == p ? 1 : (double)(random_bits() % 3) - 1;
        for (int64_t i = p; i < m; i++) {
            double factor = i == p ? 1 : (double)(random_bits() % 3) - 1;
            for (int64_t j = 0; j < n; j++) matrix[i * n + j] += factor * row[j];
        }
    }
}

static void test_planted_ranks(void) {
    const int64_t sizes[] = {0, 1, 2, 3, 5, 8, 13, 20, 33};
    double matrix[33 * 33];
    for (size_t a = 0; a < sizeof sizes / sizeof *sizes; a++)
        for (size_t b = 0; b < sizeof sizes / sizeof *sizes; b++) {
            int64_t m = sizes[a], n = sizes[b], shorter = m < n ? m : n;
            for (int64_t r = 0; r <= shorter; r++) {
                check_seed = (uint64_t)(m * 10000 + n * 100 + r);
                plant(matrix, m, n, r);
                for (int p = 0; p <= 1; p++) {
                    /* Unit triangular factors of order r may be too ill conditioned for float32. */
                    if (p == FR_FLOAT32 && r > 13) continue;
                    fr_singular result;
                    CHECK(decompose(matrix, m, n, (fr_precision)p, &result) == FR_COMPUTED, "-");
                    CHECK(result.rank == r, "%lld x %lld, precision %d: rank %lld, planted %lld", (long long)m,
                          (long long)n, p, (long long)result.rank, (long long)r);
                    CHECK((result.largest > 0) == (r > 0), "largest %g", result.largest);
                    CHECK(result.smallest >= 0 && result.smallest <= result.largest, "smallest %g", result.smallest);
                }
            }
        }
}

/* U diag(values) V with U, V reflections I - 2 v v'/(v'v): the singular values are known to rounding. */
static void with_values(double *matrix, int64_t m, int64_t n, const double *values) {
    double u[40], v[40], u2 = 0, v2 = 0;
    for (int64_t i = 0; i < m; i++) u[i] = random_unit();
    for (int64_t j = 0; j < n; j++) v[j] = random_unit();
    for (int64_t i = 0; i < m; i++) u2 += u[i] * u[i];
    for (int64_t j = 0; j < n; j++) v2 += v[j] * v[j];
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) {
            double sum = 0;
            for (int64_t l = 0; l < (m < n ? m : n); l++)
                sum += ((i == l) - 2 * u[i] * u[l] / u2) * values[l] * ((j == l) - 2 * v[l] * v[j] / v2);
            matrix[i * n + j] = sum;
        }
}

static void test_known_values(void) {
    const int64_t shapes[][2] = {{1, 1}, {1, 9}, {9, 1}, {7, 7}, {6, 20}, {40, 11}, {40, 40}};
    double matrix[1600], values[40];
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        int64_t m = shapes[s][0], n = shapes[s][1], shorter = m < n ? m : n;
        check_seed = 100 + s;
        for (int64_t l = 0; l < shorter; l++) values[l] = 3.5 - (double)l / 16;
        with_values(matrix, m, n, values);
        for (int p = 0; p <= 1; p++) {
            fr_singular result;
            double tolerance = (p == FR_FLOAT64 ? 0x1p-52 : 0x1p-23) * 400;
            CHECK(decompose(matrix, m, n, (fr_precision)p, &result) == FR_COMPUTED, "-");
            CHECK_NEAR(result.largest, values[0], tolerance, "%lld x %lld", (long long)m, (long long)n);
            CHECK_NEAR(result.smallest, values[shorter - 1], tolerance, "%lld x %lld", (long long)m, (long long)n);
            CHECK(result.rank == shorter, "rank %lld", (long long)result.rank);
        }
    }
}

/* The threshold is max(rows, columns) eps sigma_max: a diagonal entry just below it doesn't count, one above does. */
static void test_threshold(void) {
    const int64_t shapes[][2] = {{4, 4}, {4, 30}, {30, 4}};
    for (size_t s = 0; s < 3; s++)
        for (int p = 0; p <= 1; p++) {
            int64_t m = shapes[s][0], n = shapes[s][1];
            double eps = p == FR_FLOAT64 ? 0x1p-52 : 0x1p-23, threshold = 3 * (double)(m > n ? m : n) * eps;
            double matrix[120];
            fr_singular result;
            for (int above = 0; above <= 1; above++) {
                memset(matrix, 0, sizeof matrix);
                matrix[0] = 3;
                matrix[n + 1] = 2;
                matrix[2 * n + 2] = threshold * (above ? 1.01 : 0.99);
                CHECK(decompose(matrix, m, n, (fr_precision)p, &result) == FR_COMPUTED, "-");
                CHECK(result.rank == 2 + above, "%lld x %lld, precision %d, above %d: rank %lld", (long long)m,
                      (long long)n, p, above, (long long)result.rank);
                CHECK(result.smallest == 0, "smallest %g", result.smallest);
            }
        }
}

static void test_scaling(void) {
    /* Hilbert's matrix of order 12: rank 11 or 12 by the rule in float64, condition 1.7e16; of order 6: 6. Scaled by
     * a power of two, however extreme, the values scale and the rank stays. */
    const double scales[] = {1, 0x1p-900, 0x1p900};
    for (int64_t order = 6; order <= 12; order += 6) {
        fr_singular first = {0, 0, 0}, result;
        for (int s = 0; s < 3; s++) {
            double matrix[144];
            for (int64_t i = 0; i < order * order; i++)
                matrix[i] = scales[s] / (double)(i / order + i % order + 1);
            CHECK(decompose(matrix, order, order, FR_FLOAT64, &result) == FR_COMPUTED, "-");
            if (s == 0) first = result;
            CHECK(order == 6 ? result.rank == 6 : result.rank >= 10 && result.rank <= 12, "rank %lld",
                  (long long)result.rank);
            CHECK(result.rank == first.rank, "scale %g changes the rank", scales[s]);
            CHECK_NEAR(result.largest / scales[s], first.largest, 1e-14, "largest");
        }
    }
    double identity[] = {1, 0, 0, 1};
    fr_singular result;
    CHECK(decompose(identity, 2, 2, FR_FLOAT32, &result) == FR_COMPUTED && result.largest == 1, "identity");
}

static void test_not_finite(void) {
    double matrices[3 * 6] = {1, 2, 3, 4, 5, 7, 1, 2, NAN, 4, 5, 6, 1, 2, 3, 4, 5, INFINITY};
    fr_singular results[3];
    fr_outcome outcomes[3];
    CHECK(cpu->matrix_singular_values(session, matrices, FR_FLOAT64, 3, 2, 3, results, outcomes) == FR_OK, "-");
    CHECK(outcomes[0] == FR_COMPUTED && results[0].rank == 2, "a neighbour's NaN does no harm");
    CHECK(outcomes[1] == FR_NOT_FINITE && outcomes[2] == FR_NOT_FINITE, "NaN, infinity");
}

/* Finite numbers whose singular values are beyond the precision: the matrix is scaled. Ranks hold; a value of float32
 * comes as a float64, one beyond float64 as an infinity. */
static void test_values_out_of_range(void) {
    const double large[] = {FLT_MAX, DBL_MAX};
    for (int p = 0; p <= 1; p++) {
        const double x = large[p == FR_FLOAT64];
        const double ones[] = {x, x, x, x}, full[] = {x, x, x, -x}, tall[] = {x, x / 2, x, x / 2, x, x / 2};
        fr_singular result;
        CHECK(decompose(ones, 2, 2, (fr_precision)p, &result) == FR_COMPUTED && result.rank == 1, "ones, %d", p);
        CHECK(p == FR_FLOAT64 ? isinf(result.largest) : fabs(result.largest / x - 2) < 1e-6, "%g", result.largest);
        CHECK(result.smallest >= 0 && result.smallest <= x * 1e-6, "%g", result.smallest);
        CHECK(decompose(full, 2, 2, (fr_precision)p, &result) == FR_COMPUTED && result.rank == 2, "full, %d", p);
        if (p == FR_FLOAT32) CHECK_NEAR(result.smallest / x, sqrt(2), 1e-6, "%g", result.smallest);
        CHECK(decompose(tall, 3, 2, (fr_precision)p, &result) == FR_COMPUTED && result.rank == 1, "tall, %d", p);
    }
}

int main(void) {
    cpu = fullrank_cpu_backend_v1();
    session = open_session(2, 0);
    test_planted_ranks();
    test_known_values();
    test_threshold();
    test_scaling();
    test_not_finite();
    test_values_out_of_range();
    cpu->close(session);
    return check_report();
}
