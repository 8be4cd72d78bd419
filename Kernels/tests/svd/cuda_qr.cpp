// The two forms of the QR decomposition on the device (the host emulation, in CI): one block a piece, and blocks of
// columns. Triangles are the same, bit for bit; by default few matrices of many columns take the second.
#include <cstring>
#include <vector>

#include "support/device_session.h"

#include "svd/svd.cuh"

template <typename T> static std::vector<T> random_matrices(int64_t count) {
    std::vector<T> numbers(static_cast<size_t>(count));
    for (T &x : numbers) x = T(int64_t(random_bits() % 2001) - 1000) / T(64);
    return numbers;
}

// Columns of zeros, equal columns and rows of zeros: reflections that do nothing.
template <typename T> static void make_special(std::vector<T> &m, int64_t rows, int64_t columns) {
    for (int64_t i = 0; i < rows; i++) {
        m[size_t(i * columns + columns / 3)] = 0;
        m[size_t(i * columns + columns / 2)] = m[size_t(i * columns)];
        if (i % 5 == 0)
            for (int64_t j = 0; j < columns; j++) m[size_t(i * columns + j)] = 0;
    }
}

template <typename T>
static std::vector<T> fold(Session &session, const std::vector<T> &matrices, int64_t batch, int64_t rows, int64_t columns,
                           int64_t piece_rows, SvdFold wanted, SvdFoldSpace<T> *space) {
    const int64_t side = rows < columns ? rows : columns, longer = rows < columns ? columns : rows;
    DeviceBuffer<T> device, triangles, workspace;
    DeviceBuffer<typename SvdNumber<T>::Bits> largest;
    const size_t folded = size_t(batch * fr_svd_fold_workspace(side, longer, piece_rows));
    CHECK(device.allocate(&session.at, matrices.size()) == FR_OK && triangles.allocate(&session.at, size_t(batch * side * side)) == FR_OK &&
              workspace.allocate(&session.at, folded) == FR_OK && largest.allocate(&session.at, size_t(batch)) == FR_OK,
          "%s", session.at.error);
    cudaMemcpy(device, matrices.data(), matrices.size() * sizeof(T), cudaMemcpyHostToDevice);
    SvdSlice<T> slice = {};
    slice.session = &session.at;
    slice.batch = batch;
    slice.rows = rows;
    slice.columns = columns;
    slice.side = int(side);
    slice.longer = longer;
    slice.exponent = 40;
    slice.matrices = device;
    slice.largest = largest;
    slice.triangles = triangles;
    CHECK(fr_svd_find_largest(slice) == FR_OK, "%s", session.at.error);
    CHECK(fr_svd_fold(slice, piece_rows, workspace.get(), wanted, space) == FR_OK, "%s", session.at.error);
    std::vector<T> out(size_t(batch * side * side));
    cudaStreamSynchronize(session.at.stream);
    cudaMemcpy(out.data(), triangles, out.size() * sizeof(T), cudaMemcpyDeviceToHost);
    return out;
}

template <typename T> static void test_same_bits(Session &session) {
    struct Shape { int64_t batch, rows, columns, piece_rows; };
    const Shape shapes[] = {{1, 1, 1, 0},    {2, 7, 5, 0},      {1, 20, 12, 0},   {3, 40, 31, 64},  {1, 64, 64, 0},
                            {2, 65, 100, 0}, {1, 300, 64, 128}, {1, 129, 140, 0}, {2, 150, 129, 0}, {1, 700, 130, 288},
                            {1, 193, 257, 0}};
    SvdFoldSpace<T> space; // kept: flags of the shape before must not count
    for (const Shape &s : shapes)
        for (const bool special : {false, true}) {
            std::vector<T> m = random_matrices<T>(s.batch * s.rows * s.columns);
            if (special) make_special(m, s.batch * s.rows, s.columns);
            const std::vector<T> one = fold<T>(session, m, s.batch, s.rows, s.columns, s.piece_rows, SvdFold::one_block, &space);
            const std::vector<T> many = fold<T>(session, m, s.batch, s.rows, s.columns, s.piece_rows, SvdFold::columns, &space);
            CHECK(space.reflections_held > 0, "one block after all");
            CHECK(memcmp(one.data(), many.data(), one.size() * sizeof(T)) == 0, "%lld of %lld x %lld, special %d",
                  (long long)s.batch, (long long)s.rows, (long long)s.columns, special);
        }
}

// Tiles of 16 and 8 rows: more than 512 and more than 1024 columns.
static void test_large(Session &session) {
    for (const int64_t side : {520, 1030}) {
        const int64_t rows = side + 3;
        SvdFoldSpace<float> space;
        std::vector<float> m(size_t(rows * side), 0.0f);
        for (int64_t i = 0; i < rows; i++) // a band, and a dense last row
            for (int64_t j = 0; j < side; j++)
                if (i == rows - 1 || (i - j >= 0 && i - j < 3)) m[size_t(i * side + j)] = float(random_bits() % 100) - 50;
        const auto one = fold<float>(session, m, 1, rows, side, 0, SvdFold::one_block, &space);
        const auto many = fold<float>(session, m, 1, rows, side, 0, SvdFold::columns, &space);
        CHECK(memcmp(one.data(), many.data(), one.size() * sizeof(float)) == 0, "side %lld", (long long)side);
    }
}

// The choice goes by the batch alone: singular values are the same in any batch. Where memory is short one block does it.
static void test_choice(Session &session) {
    const int64_t rows = 150, columns = 140, most = 2 * session.at.multiprocessors;
    for (int64_t batch = 1; batch <= most; batch++) {
        SvdFoldSpace<double> space;
        const std::vector<double> m = random_matrices<double>(batch * rows * columns);
        fold<double>(session, m, batch, rows, columns, 0, SvdFold::by_batch, &space);
        CHECK((space.reflections_held > 0) == (2 * batch <= session.at.multiprocessors), "batch of %lld", (long long)batch);
    }
#if defined(FR_HOST_BUILD)
    SvdFoldSpace<double> space;
    session.at.memory_limit_bytes = 100000;
    fold<double>(session, random_matrices<double>(rows * columns), 1, rows, columns, 0, SvdFold::by_batch, &space);
    CHECK(space.reflections_held == 0, "beyond the limit of memory");
    session.at.memory_limit_bytes = 0;
#endif
}

int main() {
    Session session;
    test_same_bits<double>(session);
    test_same_bits<float>(session);
    test_large(session);
    if (session.at.multiprocessors <= 8) test_choice(session);
    return check_report();
}
