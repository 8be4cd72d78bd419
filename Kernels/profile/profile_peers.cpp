// Exact rank of Khatri-Rao Jacobians, one thread: Fullrank beside FFLAS-FFPACK's Rank on the same matrices modulo the
// same prime, and beside the machine's own DGEMM rate; rounds interleaved, medians printed.
//
//   profile_peers [rounds]           default: 5
//
// FFLAS-FFPACK gets each matrix reduced mod p and cut at the width where full rank is reached; Fullrank draws its own
// networks, and its time includes that. FFLAS-FFPACK finds the rank alone, Fullrank the rank profile.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include <givaro/modular.h>
#include <fflas-ffpack/fflas-ffpack.h>

#include "fullrank_kernels.h"

extern "C" void openblas_set_num_threads(int) __attribute__((weak));

// Processor time of this thread, so that what else the machine runs counts little.
static double seconds() {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

static double median(std::vector<double> times) {
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

static const uint32_t prime = 8388593;

// Seconds a multiply-add of a square DGEMM of this size takes.
static double dgemm_seconds(size_t n) {
    static std::vector<double> a, b, c;
    a.assign(n * n, 1.5), b.assign(n * n, 0.5), c.assign(n * n, 0);
    const double start = seconds();
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a.data(), n, b.data(), n, 0, c.data(), n);
    return (seconds() - start) / (double(n) * n * n);
}

static void compare(const fr_backend *cpu, fr_session *session, int64_t inputs, int64_t points, int64_t trials,
                    int rounds) {
    fr_problem problem = {};
    problem.points = points, problem.inputs = inputs, problem.units = 100000, problem.bias = 1;
    const int64_t k = inputs + 1;
    std::vector<int64_t> pivots(points * trials);
    std::vector<fr_outcome> outcomes(trials);
    Givaro::Modular<double> field(prime);
    std::vector<double> ours, theirs, gemm;
    int64_t columns = 0;
    for (int round = 0; round <= rounds; round++) { // round 0 warms up
        double start = seconds();
        cpu->rank_profiles(session, &problem, prime, 0, trials, pivots.data(), outcomes.data());
        const double our_time = (seconds() - start) / trials;
        double their_time = 0;
        const int64_t compared = std::min<int64_t>(trials, 20);
        for (int64_t trial = 0; trial < compared; trial++) {
            const int64_t *pivot = &pivots[trial * points];
            if (*std::min_element(pivot, pivot + points) < 0) std::abort(); // choose shapes that reach full rank
            fr_problem cut = problem;
            cut.units = *std::max_element(pivot, pivot + points) / k + 1;
            columns = cut.units * k;
            std::vector<double> jacobian(points * columns);
            cpu->jacobians(session, &cut, FR_FLOAT64, trial, 1, jacobian.data(), outcomes.data());
            for (double &x : jacobian) {
                int exponent;
                const int64_t mantissa = int64_t(ldexp(frexp(x, &exponent), 53));
                int64_t value = (mantissa % prime + prime) % prime;
                for (int e = exponent - 53; e < 0; e++) value = value % 2 ? (value + prime) / 2 : value / 2;
                for (int e = exponent - 53; e > 0; e--) value = value * 2 % prime;
                x = double(value);
            }
            start = seconds();
            const size_t rank = FFPACK::Rank(field, points, columns, jacobian.data(), columns);
            their_time += seconds() - start;
            if (int64_t(rank) != points) std::abort();
        }
        if (round == 0) continue;
        ours.push_back(our_time);
        theirs.push_back(their_time / compared);
        gemm.push_back(dgemm_seconds(std::min<int64_t>(points, 2000)));
    }
    const double floor = median(gemm) * double(points) * points * points / 3;
    printf("%4lld %6lld %8lld  %10.3f  %10.3f  %7.2f  %10.3f  %7.0f%%\n", (long long)inputs, (long long)points,
           (long long)columns, median(ours) * 1e3, median(theirs) * 1e3, median(theirs) / median(ours), floor * 1e3,
           100 * floor / median(ours));
    fflush(stdout);
}

int main(int count, char **arguments) {
    if (openblas_set_num_threads) openblas_set_num_threads(1);
    const int rounds = count > 1 ? atoi(arguments[1]) : 5;
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session_options options = {sizeof options, 0, 1, 0, 0};
    fr_session *session;
    char reason[256];
    if (cpu->open(&options, &session, reason, sizeof reason) != FR_OK) {
        fprintf(stderr, "%s\n", reason);
        return 1;
    }
    printf("%s; one thread, milliseconds of processor time a trial, medians of %d rounds\n", cpu->library_version(), rounds);
    printf("  d0      n  columns    fullrank  fflas-ffpack  ratio  n^3/3 DGEMM   share of DGEMM rate\n");
    compare(cpu, session, 10, 30, 1000, rounds);
    compare(cpu, session, 10, 100, 200, rounds);
    compare(cpu, session, 3, 100, 200, rounds);
    compare(cpu, session, 10, 300, 40, rounds);
    compare(cpu, session, 10, 1000, 4, rounds);
    compare(cpu, session, 3, 1000, 4, rounds);
    compare(cpu, session, 10, 2000, 2, rounds);
    compare(cpu, session, 10, 4000, 1, rounds);
    cpu->close(session);
}
