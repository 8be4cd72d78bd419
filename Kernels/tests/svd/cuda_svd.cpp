// The CUDA backend's batched singular values, every path on small sizes, on the emulation or a device: against a long
// double one-sided Jacobi written here, against planted values and ranks, and against LAPACK through the CPU backend,
// which the Jacobi replaces on machines without LAPACKE.
#include <algorithm>
#include <cfloat>
#include <vector>

#include "support/device_session.h"

#include "svd/svd.cuh"

template <>
fr_status fr_cuda_svd<double>(fr_session *, double *, int64_t, int64_t, int64_t, fr_singular *, fr_outcome *);

static fr_session *session; // on the device
static fr_session *cpu_session;
static double worst[2], worst_share[2]; // error over eps sigma_max, and over the documented constant; double, float

struct Matrix {
    int64_t rows, columns;
    std::vector<double> a; // row-major
    Matrix(int64_t rows_, int64_t columns_) : rows(rows_), columns(columns_), a(size_t(rows_ * columns_)) {}
    double &operator()(int64_t i, int64_t j) { return a[size_t(i * columns + j)]; }
    double operator()(int64_t i, int64_t j) const { return a[size_t(i * columns + j)]; }
    int64_t side() const { return std::min(rows, columns); }
    int64_t longer() const { return std::max(rows, columns); }
    Matrix transposed() const {
        Matrix t(columns, rows);
        for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < columns; j++) t(j, i) = (*this)(i, j);
        return t;
    }
};

// All singular values, largest first: the plain method, in long double, on the vectors of the shorter side.
static std::vector<long double> reference(const Matrix &m) {
    const int64_t side = m.side(), longer = m.longer();
    const bool wide = m.columns > m.rows;
    std::vector<std::vector<long double>> v(static_cast<size_t>(side));
    for (auto &one : v) one.resize(size_t(longer));
    for (int64_t i = 0; i < side; i++)
        for (int64_t k = 0; k < longer; k++) v[size_t(i)][size_t(k)] = wide ? m(i, k) : m(k, i);
    for (int sweep = 0, rotated = 1; rotated && sweep < 60; sweep++) {
        rotated = 0;
        for (size_t i = 0; i < v.size(); i++)
            for (size_t j = i + 1; j < v.size(); j++) {
                long double xx = 0, yy = 0, xy = 0;
                for (size_t k = 0; k < v[i].size(); k++) {
                    xx += v[i][k] * v[i][k];
                    yy += v[j][k] * v[j][k];
                    xy += v[i][k] * v[j][k];
                }
                if (fabsl(xy) <= LDBL_EPSILON * 64 * sqrtl(xx) * sqrtl(yy)) continue;
                rotated = 1;
                const long double z = (yy - xx) / (2 * xy);
                const long double t = (z < 0 ? -1 : 1) / (fabsl(z) + sqrtl(1 + z * z)), c = 1 / sqrtl(1 + t * t);
                for (size_t k = 0; k < v[i].size(); k++) {
                    const long double x = v[i][k], y = v[j][k];
                    v[i][k] = c * (x - t * y);
                    v[j][k] = c * (y + t * x);
                }
            }
    }
    std::vector<long double> values;
    for (const auto &one : v) {
        long double sum = 0;
        for (long double x : one) sum += x * x;
        values.push_back(sqrtl(sum));
    }
    std::sort(values.rbegin(), values.rend());
    return values;
}

struct Answer {
    fr_status status;
    std::vector<fr_singular> results;
    std::vector<fr_outcome> outcomes;
};

template <typename T> static Answer compute(const std::vector<Matrix> &batch, const SvdOptions &options) {
    const int64_t rows = batch[0].rows, columns = batch[0].columns;
    const size_t elements = size_t(rows * columns);
    std::vector<T> numbers(batch.size() * elements);
    for (size_t b = 0; b < batch.size(); b++)
        for (size_t i = 0; i < elements; i++) numbers[b * elements + i] = T(batch[b].a[i]);
    GuardedDevice<T> device(session, numbers);
    fr_singular *results = static_cast<fr_singular *>(guarded(batch.size() * sizeof *results));
    fr_outcome *outcomes = static_cast<fr_outcome *>(guarded(batch.size() * sizeof *outcomes));
    Answer answer;
    answer.status =
        fr_cuda_svd_with(session, device.at(), int64_t(batch.size()), rows, columns, results, outcomes, options);
    CHECK(device.intact() && guarded_intact(results, batch.size() * sizeof *results) &&
              guarded_intact(outcomes, batch.size() * sizeof *outcomes),
          "%lld x %lld: wrote outside a buffer", (long long)rows, (long long)columns);
    answer.results.assign(results, results + batch.size());
    answer.outcomes.assign(outcomes, outcomes + batch.size());
    guarded_free(results);
    guarded_free(outcomes);
    return answer;
}

struct Path {
    const char *name;
    SvdOptions options;
};
static std::vector<Path> paths_for(int64_t side) {
    std::vector<Path> paths;
    SvdOptions o;
    if (side <= 32) o.path = SvdPath::warp, paths.push_back({"warp", o});
    if (side <= fr_svd_block_limit) {
        o.path = SvdPath::block_shared, paths.push_back({"block, shared", o});
        o.path = SvdPath::block_global, paths.push_back({"block, global", o});
    }
    o.path = SvdPath::tiles;
    o.tile_elements = 64; // the fewest threads
    paths.push_back({"tiles", o});
    return paths;
}

// One matrix by one path against its values, largest first, known to `planted_error` absolutely. rank < 0: by the rule,
// where no value lies too close to the tolerance to tell.
template <typename T>
static void check_path(const char *what, const Matrix &m, const std::vector<long double> &values, int64_t rank,
                       const Path &path, double planted_error = 0) {
    const Answer answer = compute<T>({m}, path.options);
    const bool single = sizeof(T) == 4;
    CHECK(answer.status == FR_OK && answer.outcomes[0] == FR_COMPUTED, "%s, %s: status %d, outcome %d", what, path.name,
          int(answer.status), int(answer.outcomes[0]));
    const fr_singular got = answer.results[0];
    const double largest = double(values[0]), smallest = double(values.back());
    const double unit = double(SvdNumber<T>::epsilon) * largest, bound = fr_svd_error_constant(m.side(), m.longer());
    const double error = std::max(fabs(got.largest - largest), fabs(got.smallest - smallest));
    CHECK(error <= bound * unit + planted_error,
          "%s, %s, %lld x %lld, %zu bytes: largest %.17g, not %.17g; smallest %.17g, not %.17g", what, path.name,
          (long long)m.rows, (long long)m.columns, sizeof(T), got.largest, largest, got.smallest, smallest);
    if (planted_error == 0 && unit > 0) {
        worst[single] = std::max(worst[single], error / unit);
        worst_share[single] = std::max(worst_share[single], error / (bound * unit));
    }
    bool clear = true;
    if (rank < 0) {
        rank = 0;
        for (long double value : values) {
            rank += double(value) > unit * double(m.longer());
            clear &= fabs(double(value) - unit * double(m.longer())) > bound * unit;
        }
    }
    CHECK(!clear || got.rank == rank || largest == 0, "%s, %s, %lld x %lld, %zu bytes: rank %lld, not %lld", what,
          path.name, (long long)m.rows, (long long)m.columns, sizeof(T), (long long)got.rank, (long long)rank);
    CHECK(largest != 0 || got.rank == 0, "%s: rank of zeros", what);
}

static Matrix rounded(const Matrix &m) {
    Matrix r = m;
    for (double &x : r.a) x = double(float(x));
    return r;
}

// Both precisions, all paths or only the default one.
static void check_matrix(const char *what, const Matrix &m, int64_t rank = -1, bool all_paths = true) {
    const std::vector<long double> values = reference(m), single = reference(rounded(m));
    for (const Path &path : all_paths ? paths_for(m.side()) : std::vector<Path>{{"by shape", SvdOptions()}}) {
        check_path<double>(what, m, values, rank, path);
        check_path<float>(what, rounded(m), single, -1, path);
    }
}

static double normal(void) { // near enough
    double sum = 0;
    for (int i = 0; i < 12; i++) sum += random_unit();
    return sum / 2;
}
static Matrix random_matrix(int64_t rows, int64_t columns) {
    Matrix m(rows, columns);
    for (double &x : m.a) x = normal();
    return m;
}
// m <- random reflections of both sides, so that its singular values stay.
static void mix(Matrix &m) {
    for (int side = 0; side < 2; side++)
        for (int times = 0; times < 3; times++) {
            const int64_t length = side ? m.columns : m.rows, others = side ? m.rows : m.columns;
            std::vector<long double> v((size_t(length)));
            long double squares = 0;
            for (auto &x : v) x = normal(), squares += x * x;
            for (int64_t o = 0; o < others; o++) {
                long double product = 0;
                for (int64_t k = 0; k < length; k++) product += v[size_t(k)] * (side ? m(o, k) : m(k, o));
                for (int64_t k = 0; k < length; k++)
                    (side ? m(o, k) : m(k, o)) -= double(2 * product / squares * v[size_t(k)]);
            }
        }
}
// The Jacobian of a random 0/1 pattern, or of random units: n x units k. Points j and j + 1 that no unit tells apart,
// more than k of them, lower the rank: with real units that is common, and much more so in a
// cube, whose points few units part.
static Matrix khatri_rao(int64_t n, int64_t units, int64_t k, bool real_units, bool cube = false) {
    Matrix m(n, units * k);
    std::vector<std::vector<double>> weights(static_cast<size_t>(units));
    for (auto &w : weights)
        for (int64_t c = 0; c < k; c++) w.push_back(random_unit());
    for (int64_t j = 0; j < n; j++) {
        std::vector<double> x;
        for (int64_t c = 0; c + 1 < k; c++) x.push_back(cube ? (1 + random_unit()) / 2 : normal());
        x.push_back(1);
        for (int64_t u = 0; u < units; u++) {
            double sum = 0;
            for (int64_t c = 0; c < k; c++) sum += weights[size_t(u)][size_t(c)] * x[size_t(c)];
            if (real_units ? sum > 0 : random_bits() >> 63)
                for (int64_t c = 0; c < k; c++) m(j, u * k + c) = x[size_t(c)];
        }
    }
    return m;
}
// Extreme values and rank by LAPACK, or by the reference and the same rule if LAPACK is not installed.
static fr_singular lapack(const Matrix &m, fr_precision precision) {
    fr_singular result = {0, 0, -1};
    fr_outcome outcome = FR_NOT_COMPUTED;
    const std::vector<float> single(m.a.begin(), m.a.end());
    const void *data = precision == FR_FLOAT64 ? static_cast<const void *>(m.a.data()) : single.data();
    const fr_status status = fullrank_cpu_backend_v1()->matrix_singular_values(cpu_session, data, precision, 1, m.rows,
                                                                               m.columns, &result, &outcome);
    if (status == FR_UNAVAILABLE) {
        static bool told = false;
        if (!told) printf("LAPACKE is not installed: the reference stands in for it\n");
        told = true;
        const std::vector<long double> values = reference(precision == FR_FLOAT64 ? m : rounded(m));
        const double eps = precision == FR_FLOAT64 ? DBL_EPSILON : double(FLT_EPSILON);
        result = {double(values[0]), double(values.back()), 0};
        for (long double value : values) result.rank += double(value) > double(m.longer()) * eps * result.largest;
        return result;
    }
    CHECK(outcome == FR_COMPUTED, "LAPACK: status %d, outcome %d", int(status), int(outcome));
    return result;
}

static void test_shapes(void) {
    const int64_t sides[][2] = {{1, 1},  {1, 7},   {7, 1},  {2, 2},   {3, 5},   {8, 8},  {9, 30}, {30, 9},
                                {16, 17}, {17, 40}, {31, 32}, {33, 33}, {50, 37}, {1, 300}, {300, 2}};
    for (const auto &shape : sides) check_matrix("random", random_matrix(shape[0], shape[1]));
    const Matrix hundred = random_matrix(100, 104);
    check_path<double>("random", hundred, reference(hundred), 100, {"by shape", SvdOptions()});
    check_matrix("random", random_matrix(129, 56), 56, false);
}

static void test_planted_values(void) {
    for (int64_t side : {5, 24, 34})
        for (int kind = 0; kind < 4; kind++) {
            Matrix m(side + 3, side);
            for (int64_t i = 0; i < side; i++)
                m(i, i) = kind == 0   ? double(1 + i % 3)               // clusters
                          : kind == 1 ? ldexp(1, int(-i * 40 / side))   // graded
                          : kind == 2 ? (i == 0 ? 1 : 1e-9)             // one large
                                      : 1 + 1e-13 * double(i);          // nearly equal
            mix(m);
            check_matrix("planted", kind & 1 ? m.transposed() : m, -1, side != 34);
        }
}

// Every rank of small shapes: products of integers, exact in both precisions.
static void test_planted_ranks(void) {
    const int64_t shapes[][2] = {{4, 6}, {9, 7}, {12, 12}, {17, 18}};
    for (const auto &shape : shapes)
        for (int64_t r = 0; r <= std::min(shape[0], shape[1]); r += shape[0] > 12 ? 4 : 1) {
            Matrix m(shape[0], shape[1]);
            std::vector<int> left, right;
            for (int64_t i = 0; i < (shape[0] + shape[1]) * r; i++) left.push_back(int(random_bits() % 7) - 3);
            for (int64_t i = 0; i < shape[0]; i++)
                for (int64_t j = 0; j < shape[1]; j++)
                    for (int64_t t = 0; t < r; t++)
                        m(i, j) += left[size_t(i * r + t)] * left[size_t((shape[0] + j) * r + t)];
            // random integers may fall short of r by themselves
            const std::vector<long double> values = reference(m);
            int64_t rank = 0;
            for (long double value : values) rank += value > 1e-10L * values[0];
            CHECK(rank >= r - 1 && rank <= r, "planted %lld, found %lld", (long long)r, (long long)rank);
            const std::vector<Path> paths = paths_for(m.side());
            for (const Path &path : {paths[0], paths[m.side() < 17 ? size_t(1 + r % 3) : 0]}) { // the warp, and another
                check_path<double>("planted rank", m, values, rank, path);
                const bool clear = values[size_t(rank ? rank - 1 : 0)] > 1e-4L * values[0];
                if (m.side() < 12) check_path<float>("planted rank", m, values, clear ? rank : -1, path);
            }
        }
}

static void test_special(void) {
    for (int64_t side : {6, 33}) {
        check_matrix("zeros", Matrix(side, 2 * side), 0);
        Matrix same = random_matrix(side, side + 2);
        for (int64_t j = 0; j < same.columns; j++) same(side - 1, j) = same(0, j);
        check_matrix("a row twice", same, side - 1);
        Matrix ones(side, side);
        for (double &x : ones.a) x = 1;
        check_matrix("ones", ones, 1);
        Matrix identity(side, side);
        for (int64_t i = 0; i < side; i++) identity(i, side - 1 - i) = 3;
        check_matrix("a permutation", identity, side);
        Matrix rows = random_matrix(side, 3 * side); // graded rows and columns
        for (int64_t i = 0; i < side; i++)
            for (int64_t j = 0; j < rows.columns; j++) rows(i, j) *= ldexp(1, int(-i / 2));
        check_matrix("graded rows", rows, -1);
        check_matrix("graded columns", rows.transposed(), -1);
        Matrix hilbert(side, side);
        for (int64_t i = 0; i < side; i++)
            for (int64_t j = 0; j < side; j++) hilbert(i, j) = 1.0 / double(i + j + 1);
        check_matrix("Hilbert", hilbert, -1);
    }
}

// Many points to few units: rank far below the side, rows and columns of zeros, equal columns. Rounding errors of
// rounding errors are then left to make orthogonal, 2^-52 below one another, more often than there are sweeps.
static void test_low_rank(void) {
    for (int64_t n : {28, 137})
        for (int repeat = 0; repeat < (n == 28 ? 3 : 1); repeat++) {
            const Matrix m = khatri_rao(n, n * 3 / 10, 3, true, true);
            const fr_singular expected = lapack(m, FR_FLOAT64);
            for (const Path &path : paths_for(m.side())) {
                if (n > 28 && path.options.path == SvdPath::block_global) continue;
                const Answer answer = compute<double>({m}, path.options);
                CHECK(answer.outcomes[0] == FR_COMPUTED && answer.results[0].rank == expected.rank,
                      "low rank, %s, %lld x %lld: outcome %d, rank %lld, not %lld", path.name, (long long)m.rows,
                      (long long)m.columns, int(answer.outcomes[0]), (long long)answer.results[0].rank,
                      (long long)expected.rank);
            }
        }
}

// Row scaling of a wide matrix does not disturb small values: relative accuracy, far below eps sigma_max.
static void test_relative_accuracy(void) {
    Matrix m = random_matrix(20, 60);
    for (int64_t i = 0; i < 20; i++)
        for (int64_t j = 0; j < 60; j++) m(i, j) *= ldexp(1, int(-10 * i));
    const double smallest = double(reference(m).back());
    for (const Path &path : paths_for(20)) {
        const Answer answer = compute<double>({m}, path.options);
        CHECK_NEAR(answer.results[0].smallest, smallest, 1e-13 * smallest, "%s: %.17g, not %.17g", path.name,
                   answer.results[0].smallest, smallest);
    }
}

static void test_scaling(void) {
    const Matrix m = random_matrix(11, 40);
    for (const Path &path : paths_for(11)) {
        const fr_singular one = compute<double>({m}, path.options).results[0];
        const fr_singular one_float = compute<float>({m}, path.options).results[0];
        for (int shift : {-900, 900}) {
            Matrix s = m;
            for (double &x : s.a) x = ldexp(x, shift);
            const fr_singular got = compute<double>({s}, path.options).results[0];
            CHECK(got.largest == ldexp(one.largest, shift) && got.smallest == ldexp(one.smallest, shift) &&
                      got.rank == one.rank, "%s, 2^%d: other bits", path.name, shift);
        }
        for (int shift : {-90, 90}) {
            Matrix s = m;
            for (double &x : s.a) x = ldexp(x, shift);
            const fr_singular got = compute<float>({s}, path.options).results[0];
            CHECK(got.largest == ldexp(one_float.largest, shift) && got.smallest == ldexp(one_float.smallest, shift) &&
                      got.rank == one_float.rank, "%s, float, 2^%d: other bits", path.name, shift);
        }
        Matrix tiny(3, 3), huge(4, 4);
        for (int64_t i = 0; i < 3; i++) tiny(i, i) = 0x1p-1074;
        const fr_singular got = compute<double>({tiny}, path.options).results[0];
        CHECK(got.largest == 0x1p-1074 && got.smallest == 0x1p-1074 && got.rank == 3, "%s: denormals", path.name);
        for (double &x : huge.a) x = DBL_MAX; // its largest value is beyond every double
        const Answer beyond = compute<double>({huge}, path.options);
        CHECK(beyond.outcomes[0] == FR_COMPUTED && std::isinf(beyond.results[0].largest) && beyond.results[0].rank == 1,
              "%s: overflow", path.name);
        for (double &x : huge.a) x = FLT_MAX; // beyond every float, but not every double
        const Answer single = compute<float>({huge}, path.options);
        CHECK(single.outcomes[0] == FR_COMPUTED && std::fabs(single.results[0].largest / FLT_MAX - 4) < 1e-5 &&
                  single.results[0].rank == 1, "%s: overflow of float", path.name);
    }
}

static void test_not_finite(void) {
    for (int64_t side : {5, 33})
        for (const Path &path : paths_for(side)) {
            std::vector<Matrix> batch(3, random_matrix(side, side + 5));
            batch[0](side - 1, 3) = NAN;
            batch[2](1, 0) = -INFINITY;
            const Answer answer = compute<double>(batch, path.options);
            const fr_singular alone = compute<double>({batch[1]}, path.options).results[0];
            CHECK(answer.outcomes[0] == FR_NOT_FINITE && answer.outcomes[2] == FR_NOT_FINITE, "%s", path.name);
            CHECK(answer.outcomes[1] == FR_COMPUTED && answer.results[1].smallest == alone.smallest, "%s", path.name);
            CHECK(answer.results[0].rank == 0 && answer.results[0].largest == 0, "%s", path.name);
        }
}

// The same bits alone, in a batch, in slices, in shared or global memory.
static void test_batches(void) {
    const int64_t shapes[][2] = {{5, 9}, {13, 11}, {33, 34}};
    for (const auto &shape : shapes) {
        std::vector<Matrix> batch;
        for (int i = 0; i < 5; i++) {
            batch.push_back(random_matrix(shape[0], shape[1]));
            if (i % 3 == 1)
                for (int64_t j = 0; j < shape[1]; j++) batch.back()(0, j) = batch.back()(1, j);
        }
        for (const Path &path : paths_for(batch[0].side())) {
            if (shape[0] == 13 && path.options.path != SvdPath::warp) continue; // the other paths' launches were seen
            SvdOptions sliced = path.options;
            sliced.slice = 4;
            const Answer all = compute<double>(batch, path.options), parts = compute<double>(batch, sliced);
            for (size_t i = 0; i < batch.size(); i += 4) {
                const fr_singular alone = compute<double>({batch[i]}, path.options).results[0];
                CHECK(
                    !memcmp(&alone, &all.results[i], sizeof alone) && !memcmp(&alone, &parts.results[i], sizeof alone),
                    "%s: matrix %zu of a batch", path.name, i);
            }
        }
        SvdOptions shared, global;
        shared.path = SvdPath::block_shared;
        global.path = SvdPath::block_global;
        const Answer one = compute<float>(batch, shared), two = compute<float>(batch, global);
        CHECK(!memcmp(one.results.data(), two.results.data(), one.results.size() * sizeof(fr_singular)),
              "shared and global");
    }
}

// The long side in pieces, their triangles in pieces again.
static void test_pieces(void) {
    for (int64_t side : {3, 20, 34}) {
        const Matrix m = random_matrix(side, 500);
        const std::vector<long double> values = reference(m);
        for (int64_t rows : {32, 96, 0}) {
            Path path = {"pieces", SvdOptions()};
            path.options.piece_rows = rows;
            check_path<double>("long", m, values, side, path);
            check_path<double>("long", m.transposed(), values, side, path);
        }
    }
}

// Every launch of the tiles, and the sides that choose the wide ones of the QR.
static void test_large(void) {
    const Matrix small = random_matrix(20, 20);
    const std::vector<long double> small_values = reference(small);
    for (int elements : {8, 16, 32, 64}) {
        Path path = {"tiles", SvdOptions()};
        path.options.path = SvdPath::tiles;
        path.options.tile_elements = elements;
        check_path<double>("tiles", small, small_values, 20, path);
        check_path<float>("tiles", rounded(small), reference(rounded(small)), 20, path);
    }
    // 130 does not fit in 96 KiB of shared memory, 161 not in 227; all nearly diagonal, for a few sweeps only.
    for (int64_t side : {130, 161, 200}) {
        Matrix m = random_matrix(side, side);
        for (double &x : m.a) x *= 1e-9;
        for (int64_t i = 0; i < side; i++) m(i, (i * 3) % side) += double(1 + i);
        const fr_singular expected = lapack(m, FR_FLOAT64);
        Path path = {"by shape", SvdOptions()};
        path.options.tile_elements = 64;
        check_path<double>("large", m, {expected.largest, expected.smallest}, side, path,
                           10 * DBL_EPSILON * expected.largest);
    }
}

// The QR alone, for sides whose iteration would take the emulation too long: R'R = A'A, from few rows.
static void test_wide_qr(void) {
    for (int64_t side : {300, 530, 1040}) {
        const Matrix m = random_matrix(35, side);
        const double most = fabs(*std::max_element(m.a.begin(), m.a.end(), [](double x, double y) { return fabs(x) < fabs(y); }));
        std::vector<unsigned long long> bits(1);
        memcpy(bits.data(), &most, sizeof most);
        GuardedDevice<double> matrices(session, m.a), triangles(session, std::vector<double>(size_t(side * side), NAN)),
            unused(session, {0.0});
        GuardedDevice<unsigned long long> largest(session, bits);
        SvdSlice<double> slice = {};
        slice.session = session;
        slice.batch = 1;
        slice.longer = m.rows; // as if this were the long side
        slice.rows = slice.columns = slice.side = int(side);
        frexp(most, &slice.exponent); // unscaled
        slice.matrices = matrices.at();
        slice.largest = largest.at();
        slice.triangles = triangles.at();
        {
            CHECK(fr_svd_fold(slice, 0, unused.at()) == FR_OK, "side %lld", (long long)side);
            CHECK(triangles.intact() && matrices.intact(), "side %lld: wrote outside a buffer", (long long)side);
            const std::vector<double> triangle = triangles.values();
            double error = 0;
            for (int64_t i = 0; i < side; i += 13)
                for (int64_t j = 0; j < side; j++) {
                    double difference = 0;
                    for (int64_t k = 0; k <= std::min(i, j); k++)
                        difference += triangle[size_t(k * side + i)] * triangle[size_t(k * side + j)];
                    for (int64_t k = 0; k < m.rows; k++) difference -= m(k, i) * m(k, j);
                    error = std::max(error, fabs(difference));
                }
            CHECK(error < 1e-12, "side %lld: R'R differs by %g", (long long)side, error);
            bool zeros = true;
            for (int64_t i = 0; i < side; i++)
                for (int64_t j = 0; j < i; j++) zeros &= triangle[size_t(i * side + j)] == 0;
            CHECK(zeros, "side %lld: not a triangle", (long long)side);
        }
    }
}

static void test_jacobians(void) {
    int64_t full = 0, short_of = 0;
    const int64_t shapes[][3] = {{12, 6, 2},  {16, 8, 2},  {16, 20, 2}, {20, 10, 2},
                                 {30, 10, 3}, {40, 20, 2}, {24, 7, 4}};
    for (const auto &shape : shapes)
        for (int trial = 0; trial < (shape[0] > 20 ? 2 : 4); trial++) {
            const Matrix m = khatri_rao(shape[0], (1 + trial % 2) * shape[1], shape[2], trial % 2);
            for (const fr_precision precision : {FR_FLOAT64, FR_FLOAT32}) {
                const fr_singular expected = lapack(m, precision);
                const Answer got =
                    precision == FR_FLOAT64 ? compute<double>({m}, SvdOptions()) : compute<float>({m}, SvdOptions());
                CHECK(got.results[0].rank == expected.rank,
                      "Jacobian %lld x %lld, precision %d: rank %lld, LAPACK %lld", (long long)m.rows,
                      (long long)m.columns, int(precision), (long long)got.results[0].rank, (long long)expected.rank);
                const double unit = (precision == FR_FLOAT64 ? 0x1p-52 : 0x1p-23) * expected.largest;
                const double bound = 2 * fr_svd_error_constant(m.side(), m.longer()) * unit;
                CHECK_NEAR(got.results[0].largest, expected.largest, bound, "Jacobian");
                CHECK_NEAR(got.results[0].smallest, expected.smallest, bound, "Jacobian");
                (expected.rank == m.side() ? full : short_of)++;
            }
        }
    CHECK(full > 5 && short_of > 5, "one-sided: %lld full, %lld not", (long long)full, (long long)short_of);
}

static void test_refusals(void) {
    double nothing = 0;
    fr_singular results[2] = {{1, 1, 1}, {1, 1, 1}};
    fr_outcome outcomes[2] = {FR_NOT_COMPUTED, FR_NOT_COMPUTED};
    CHECK(fr_cuda_svd(session, &nothing, 2, 0, 5, results, outcomes) == FR_OK, "empty");
    CHECK(outcomes[1] == FR_COMPUTED && results[1].largest == 0 && results[1].rank == 0, "empty");
    CHECK(fr_cuda_svd(session, &nothing, 0, 5, 5, results, outcomes) == FR_OK, "no matrices");
    CHECK(fr_cuda_svd(session, &nothing, 1, 2049, 2049, results, outcomes) == FR_UNSUPPORTED, "too large");
    CHECK_WORDS(session->error, "2048");
    session->cancelled = 1;
    const Answer answer = compute<double>({random_matrix(4, 4)}, SvdOptions());
    CHECK(answer.status == FR_CANCELLED && answer.outcomes[0] == FR_NOT_COMPUTED, "cancelled");
    session->cancelled = 0;
}

int main(void) {
    Session opened;
    session = opened.opened;
    fr_session_options options = {};
    options.struct_size = sizeof options;
    char reason[256] = "";
    if (fullrank_cpu_backend_v1()->open(&options, &cpu_session, reason, sizeof reason) != FR_OK) {
        printf("no CPU backend to compare with: %s\n", reason);
        return 1;
    }
    test_refusals();
    test_shapes();
    test_planted_values();
    test_planted_ranks();
    test_special();
    test_low_rank();
    test_relative_accuracy();
    test_scaling();
    test_not_finite();
    test_batches();
    test_pieces();
    test_large();
    test_wide_qr();
    test_jacobians();
    fullrank_cpu_backend_v1()->close(cpu_session);
    printf("largest error: %.2f eps sigma_max in double (%.0f%% of the bound), %.2f in float (%.0f%%)\n", worst[0],
           100 * worst_share[0], worst[1], 100 * worst_share[1]);
    return check_report();
}
