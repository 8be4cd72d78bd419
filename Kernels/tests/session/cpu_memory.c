/* Short memory: every call answers FR_OUT_OF_MEMORY, at once and whatever is asked for; LAPACK too. */
#include <stdbool.h>
#include <sys/resource.h>
#include <time.h>

#include "fullrank_memory.h"
#include "session/memory.h"
#include "support/sessions.h"

static const fr_backend *cpu;

/* Sets the limit to what is mapped now and so much more; the old limit. */
static struct rlimit limit_space(uint64_t more) {
    struct rlimit old, lower;
    getrlimit(RLIMIT_AS, &old);
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long long pages = 0;
    if (file == NULL || fscanf(file, "%llu", &pages) != 1) abort();
    fclose(file);
    lower = old;
    lower.rlim_cur = pages * 4096 + more;
    setrlimit(RLIMIT_AS, &lower);
    return old;
}

static void test_available(void) {
    const uint64_t before = fr_memory_available();
    CHECK(before > 0 && before < (uint64_t)1 << 60, "%llu", (unsigned long long)before);
    const struct rlimit old = limit_space((uint64_t)100 << 20);
    const uint64_t within = fr_memory_available();
    setrlimit(RLIMIT_AS, &old);
    CHECK(within <= (uint64_t)100 << 20 && within > (uint64_t)90 << 20, "%llu", (unsigned long long)within);
}

static void test_largest_trials(void) {
    CHECK(fr_cpu_rank_memory(1000, 4, 0) > 1000 * 1000 * 2, "n^2 / 4 numbers");
    CHECK(fr_cpu_rank_memory(30000, 4, 1) < fr_cpu_rank_memory(30000, 4, 0), "bytes instead of doubles");
    CHECK(fr_cpu_rank_memory(INT32_MAX, 2, 0) > (uint64_t)1 << 61, "saturates");
    fr_session *session = open_session(2, 0);
    fr_problem problem = {.points = INT32_MAX, .inputs = 1, .units = INT32_MAX, .bias = 1,
                          .weight_distribution = FR_WEIGHTS_BERNOULLI};
    fr_outcome outcome;
    uint8_t proof;
    int64_t pivot; /* never written: nothing is computed */
    const struct rlimit old = limit_space((uint64_t)1 << 30);
    const time_t start = time(NULL);
    CHECK(cpu->rank_profiles(session, &problem, 8388593, 0, 1, &pivot, &outcome) == FR_OUT_OF_MEMORY, "rows");
    CHECK(cpu->column_profiles(session, &problem, 8388593, 0, 1, &pivot, &proof, &outcome) == FR_OUT_OF_MEMORY,
          "columns");
    CHECK(time(NULL) - start <= 2, "at once");
    setrlimit(RLIMIT_AS, &old);
    cpu->close(session);
}

/* Sparse pages may be more than there is, as long as what is expected of them is there. */
static void test_sparse_pages(void) {
    const size_t bytes = (size_t)1 << 40;
    double *pages = fr_memory_map_sparse(bytes, 1 << 20);
    CHECK(pages != NULL, "a terabyte, hardly touched");
    if (pages != NULL) {
        pages[bytes / 16] = 1;
        CHECK(pages[bytes / 16] == 1 && pages[0] == 0, "zeroed");
        fr_memory_unmap_sparse(pages, bytes, 1 << 20);
    }
    CHECK(fr_memory_map_sparse(bytes, bytes) == NULL, "a terabyte, all of it");
}

/* Last, as it stays: the system refuses what is not there. */
static void test_refusal(void) {
    fr_memory_refuse_beyond_available();
    struct rlimit limit;
    getrlimit(RLIMIT_DATA, &limit);
    CHECK(limit.rlim_cur != RLIM_INFINITY, "limited");
    CHECK(malloc((size_t)limit.rlim_cur) == NULL, "more than there is");
    test_sparse_pages();
    struct rlimit after;
    getrlimit(RLIMIT_DATA, &after);
    CHECK(after.rlim_cur == limit.rlim_cur, "sparse pages given back");
}

/* OpenBLAS as it was in 2022 would try for ever. Before LAPACK is loaded by anything else. */
static void test_lapack(void) {
    fr_session *session = open_session(2, 0);
    double matrix[4] = {1, 0, 0, 1};
    fr_singular result;
    fr_outcome outcome;
    const struct rlimit old = limit_space((uint64_t)100 << 20);
    CHECK(cpu->matrix_singular_values(session, matrix, FR_FLOAT64, 1, 2, 2, &result, &outcome) == FR_OUT_OF_MEMORY,
          "LAPACK in 100 MiB");
    CHECK_WORDS(cpu->last_error(session), "no memory for LAPACK");
    setrlimit(RLIMIT_AS, &old);
    cpu->close(session);
}

int main(void) {
    cpu = fullrank_cpu_backend_v1();
    test_available();
    test_largest_trials();
    test_sparse_pages();
    test_lapack();
    test_refusal();
    return check_report();
}
