// The rank modulo p by other programs: FFLAS-FFPACK's Rank and FLINT's nmod_mat_rank, each if it is installed.
#ifndef FULLRANK_PEERS_H
#define FULLRANK_PEERS_H

#include <cmath>
#include <cstdint>
#include <ctime>
#include <vector>

#ifdef HAVE_FFLAS
#include <givaro/modular-balanced.h>
#include <givaro/modular.h>
#include <fflas-ffpack/fflas-ffpack.h>
#endif
#ifdef HAVE_FLINT
#include <flint/nmod_mat.h>
#endif

#include "fullrank_kernels.h"

// The processor time of this thread, so that other work of the machine has little effect.
static double seconds() {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

// A Jacobian's residues in [0, p), row-major.
struct Matrix {
    int64_t rows, columns;
    std::vector<double> residues;
    uint32_t prime = FR_PRIME_MAX;
};

static double residue(double x, uint32_t prime = FR_PRIME_MAX) {
    int exponent;
    const int64_t mantissa = int64_t(ldexp(frexp(x, &exponent), 53));
    int64_t value = (mantissa % int64_t(prime) + prime) % prime;
    for (int e = exponent - 53; e < 0; e++) value = value % 2 ? (value + prime) / 2 : value / 2;
    for (int e = exponent - 53; e > 0; e--) value = value * 2 % prime;
    return double(value);
}

struct Answer {
    int64_t rank;
    double seconds;
};

#ifdef HAVE_FFLAS
static Answer fflas(const Matrix &matrix) {
    Givaro::Modular<double> field(matrix.prime);
    std::vector<double> copy = matrix.residues; // Rank overwrites it
    const double start = seconds();
    const size_t rank = FFPACK::Rank(field, matrix.rows, matrix.columns, copy.data(), matrix.columns);
    return {int64_t(rank), seconds() - start};
}

static Answer fflas_balanced(const Matrix &matrix) {
    Givaro::ModularBalanced<double> field(matrix.prime);
    std::vector<double> copy = matrix.residues;
    for (double &x : copy)
        if (x > matrix.prime / 2) x -= matrix.prime;
    const double start = seconds();
    const size_t rank = FFPACK::Rank(field, matrix.rows, matrix.columns, copy.data(), matrix.columns);
    return {int64_t(rank), seconds() - start};
}
#endif

#ifdef HAVE_FFLAS
// The rank modulo a prime of eight bits in floats, which takes about half the time. It is a lower bound of the rank
// modulo the large prime, and usually equal. `small`: the residues, balanced.
static Answer fflas_small(const std::vector<float> &small, int64_t rows, int64_t columns, uint32_t prime) {
    Givaro::ModularBalanced<float> field(prime);
    std::vector<float> copy = small;
    const double start = seconds();
    const size_t rank = FFPACK::Rank(field, rows, columns, copy.data(), columns);
    return {int64_t(rank), seconds() - start};
}
#endif

#ifdef HAVE_FLINT
static Answer flint(const Matrix &matrix) {
    nmod_mat_t copy;
    nmod_mat_init(copy, matrix.rows, matrix.columns, matrix.prime);
    for (int64_t i = 0; i < matrix.rows; i++)
        for (int64_t j = 0; j < matrix.columns; j++)
            nmod_mat_entry(copy, i, j) = mp_limb_t(matrix.residues[size_t(i * matrix.columns + j)]);
    const double start = seconds();
    const slong rank = nmod_mat_rank(copy);
    const double time = seconds() - start;
    nmod_mat_clear(copy);
    return {rank, time};
}
#endif

#endif
