// Exact rank of Khatri-Rao Jacobians, one thread: Fullrank beside FFLAS-FFPACK's Rank and FLINT's nmod_mat_rank on the
// same matrices modulo the same prime, and beside the machine's own DGEMM; rounds interleaved.
//
//   profile_peers D0 N TRIALS ROUNDS [FLINT_ROUNDS]
//
// Prints one JSON object: for each method the processor seconds of the thread per trial, a number per round. `dgemm` is
// seconds a multiply-add. FLINT_ROUNDS (default: ROUNDS) spares FLINT, which takes minutes at n = 8000.
//
// Peers get each matrix reduced mod p and cut at the width where full rank is reached; making their copy is not timed.
// Fullrank draws its own networks, and its time includes that. Peers find the rank alone; Fullrank ("columns") the rank
// at every width, proved for `proved` of the trials, and ("fullrank") the rank profile, which is every cell of a
// diagram. FFLAS-FFPACK is timed with residues in [0, p) and with balanced ones, and modulo 179 in floats
// ("fflas_ffpack_179"), where its rank may be too low. In every round every rank of every method is compared with the
// profile, and for N <= 1000 also those of matrices that are short of full rank: one unit less, and leading blocks that
// change from round to round. A rank that differs ends the program with status 2.
#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "peers.h"

extern "C" void openblas_set_num_threads(int) __attribute__((weak));

static const uint32_t prime = FR_PRIME_MAX, small_prime = 179;

static Matrix leading_block(const Matrix &whole, int64_t rows, int64_t columns) {
    Matrix block{rows, columns, std::vector<double>(size_t(rows * columns))};
    for (int64_t i = 0; i < rows; i++)
        std::copy_n(&whole.residues[size_t(i * whole.columns)], columns, &block.residues[size_t(i * columns)]);
    return block;
}

struct Peer {
    const char *name;
    Answer (*rank)(const Matrix &);
    int rounds;
    std::vector<double> times;
};

// Rank of a leading block, from the profile (docs/mathematics.md, fact 2).
static int64_t rank_by_profile(const int64_t *pivots, int64_t rows, int64_t columns) {
    return std::count_if(pivots, pivots + rows, [=](int64_t pivot) { return pivot >= 0 && pivot < columns; });
}

static double checked(const Peer &peer, const Matrix &matrix, int64_t expected) {
    const Answer answer = peer.rank(matrix);
    if (answer.rank != expected) {
        fprintf(stderr, "%s finds rank %" PRId64 " where Fullrank finds %" PRId64 ", in %" PRId64 " x %" PRId64 "\n",
                peer.name, answer.rank, expected, matrix.rows, matrix.columns);
        exit(2);
    }
    return answer.seconds;
}

// Seconds a multiply-add of a square DGEMM takes.
static double dgemm_seconds(int64_t n) {
    static std::vector<double> a, b, c;
    a.assign(size_t(n * n), 1.5), b.assign(size_t(n * n), 0.5), c.assign(size_t(n * n), 0);
    int repeats = 0;
    double time = 0;
    const double start = seconds();
    do {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a.data(), n, b.data(), n, 0, c.data(), n);
        repeats++;
        time = seconds() - start;
    } while (time < 1e-3);
    return time / repeats / (double(n) * double(n) * double(n));
}

static void print(const char *name, const std::vector<double> &times) {
    printf(", \"%s\": [", name);
    for (size_t i = 0; i < times.size(); i++) printf("%s%.6g", i ? ", " : "", times[i]);
    printf("]");
}

int main(int count, char **arguments) {
    if (count < 5) {
        fprintf(stderr, "usage: profile_peers D0 N TRIALS ROUNDS [FLINT_ROUNDS]\n");
        return 64;
    }
    const int64_t inputs = atoll(arguments[1]), points = atoll(arguments[2]), trials = atoll(arguments[3]);
    const int rounds = atoi(arguments[4]);
    if (openblas_set_num_threads) openblas_set_num_threads(1);
    const fr_backend *cpu = fullrank_cpu_backend_v1();
    fr_session_options options = {sizeof options, 0, 1, 0, 0};
    fr_session *session;
    char reason[256];
    if (cpu->open(&options, &session, reason, sizeof reason) != FR_OK) {
        fprintf(stderr, "%s\n", reason);
        return 1;
    }
    std::vector<Peer> peers = {{"fflas_ffpack", fflas, rounds, {}},
                               {"fflas_ffpack_balanced", fflas_balanced, rounds, {}}};
#ifdef HAVE_FLINT
    peers.push_back({"flint", flint, count > 5 ? atoi(arguments[5]) : rounds, {}});
#endif

    fr_problem problem = {};
    problem.points = points, problem.inputs = inputs, problem.units = 100000, problem.bias = 1;
    const int64_t k = inputs + 1;
    std::vector<int64_t> profile(size_t(points * trials)), again(profile.size());
    std::vector<fr_outcome> outcomes(static_cast<size_t>(trials));
    const auto ours = [&](std::vector<int64_t> &pivots) {
        const double start = seconds();
        if (cpu->rank_profiles(session, &problem, prime, 0, trials, pivots.data(), outcomes.data()) != FR_OK) {
            fprintf(stderr, "%s\n", cpu->last_error(session));
            exit(1);
        }
        return (seconds() - start) / double(trials);
    };
    ours(profile); // warms up
    std::vector<int64_t> columns(profile.size());
    std::vector<uint8_t> proofs(static_cast<size_t>(trials));
    const auto our_columns = [&] {
        const double start = seconds();
        if (cpu->column_profiles(session, &problem, prime, 0, trials, columns.data(), proofs.data(), outcomes.data()) !=
            FR_OK) {
            fprintf(stderr, "%s\n", cpu->last_error(session));
            exit(1);
        }
        const double time = (seconds() - start) / double(trials);
        for (int64_t trial = 0; trial < trials; trial++) {
            std::vector<int64_t> sorted(&profile[size_t(trial * points)], &profile[size_t(trial * points)] + points);
            std::sort(sorted.begin(), sorted.end());
            if (!std::equal(sorted.begin(), sorted.end(), &columns[size_t(trial * points)])) {
                fprintf(stderr, "Fullrank's column profile of trial %" PRId64 " is not that of its rank profile\n",
                        trial);
                exit(2);
            }
        }
        return time;
    };
    our_columns();

    std::vector<Matrix> matrices;
    std::vector<std::vector<float>> small;
    std::vector<int64_t> widths;
    for (int64_t trial = 0; trial < trials; trial++) {
        const int64_t *pivots = &profile[size_t(trial * points)];
        if (*std::min_element(pivots, pivots + points) < 0) {
            fprintf(stderr, "trial %" PRId64 " does not reach full rank: choose another shape\n", trial);
            return 1;
        }
        fr_problem cut = problem;
        cut.units = *std::max_element(pivots, pivots + points) / k + 1;
        Matrix matrix{points, cut.units * k, std::vector<double>(size_t(points * cut.units * k))};
        fr_outcome outcome;
        if (cpu->jacobians(session, &cut, FR_FLOAT64, uint64_t(trial), 1, matrix.residues.data(), &outcome) != FR_OK) {
            fprintf(stderr, "%s\n", cpu->last_error(session));
            return 1;
        }
        small.emplace_back(matrix.residues.size());
        for (size_t i = 0; i < matrix.residues.size(); i++) {
            const double r = residue(matrix.residues[i], small_prime);
            small.back()[i] = float(r > small_prime / 2 ? r - small_prime : r);
        }
        for (double &x : matrix.residues) x = residue(x);
        widths.push_back(cut.units);
        matrices.push_back(std::move(matrix));
    }

    std::vector<double> our_times, column_times, small_times, gemm;
    for (int round = 0; round < rounds; round++) {
        our_times.push_back(ours(again));
        if (again != profile) {
            fprintf(stderr, "Fullrank's profiles differ from round to round\n");
            return 2;
        }
        column_times.push_back(our_columns());
        double small_time = 0;
        for (size_t trial = 0; trial < matrices.size(); trial++) {
            const Answer answer = fflas_small(small[trial], points, matrices[trial].columns, small_prime);
            small_time += answer.seconds;
            if (answer.rank > points || answer.rank < points - 5) {
                fprintf(stderr, "FFLAS-FFPACK finds rank %" PRId64 " modulo 179\n", answer.rank);
                return 2;
            }
        }
        small_times.push_back(small_time / double(trials));
        for (Peer &peer : peers) {
            if (round >= peer.rounds) continue;
            double time = 0;
            for (const Matrix &matrix : matrices) time += checked(peer, matrix, points);
            peer.times.push_back(time / double(trials));
        }
        gemm.push_back(dgemm_seconds(std::min<int64_t>(points, 4000)));
        if (points > 1000) continue;
        const size_t trial = size_t(round) % matrices.size();
        const int64_t *pivots = &profile[trial * size_t(points)];
        const int64_t one_less = (widths[trial] - 1) * k, narrow = matrices[trial].columns * (round + 1) / (rounds + 1);
        const int64_t few = points * (round + 1) / (rounds + 1);
        const int64_t blocks[][2] = {{points, one_less}, {points, narrow}, {few, narrow}};
        for (const auto &[rows, columns] : blocks) {
            if (rows == 0 || columns == 0) continue;
            const Matrix block = leading_block(matrices[trial], rows, columns);
            for (const Peer &peer : peers)
                if (round < peer.rounds) checked(peer, block, rank_by_profile(pivots, rows, columns));
        }
    }
    std::sort(widths.begin(), widths.end());
    printf("{\"d0\": %" PRId64 ", \"n\": %" PRId64 ", \"width\": %" PRId64 ", \"trials\": %" PRId64
           ", \"proved\": %" PRId64 ", \"library\": \"%s\"", inputs, points, widths[widths.size() / 2] * k, trials,
           int64_t(std::count(proofs.begin(), proofs.end(), 1)), cpu->library_version());
    print("fullrank", our_times);
    print("columns", column_times);
    print("fflas_ffpack_179", small_times);
    for (const Peer &peer : peers) print(peer.name, peer.times);
    print("dgemm", gemm);
    printf("}\n");
    cpu->close(session);
}
