// Ranks modulo a prime by the programs of peers.h, for Scripts/check/cross.
//
//   rank_peers < MATRICES
//
// Prints the names of those that are built in, on one line; then for each matrix a line of their ranks, in that order.
// A matrix is rows, columns and the prime, little-endian int64, and its finite doubles, row-major: exact rationals.
#include <cinttypes>
#include <cstdio>

#include "peers.h"

struct Named {
    const char *name;
    Answer (*rank)(const Matrix &);
};

static const std::vector<Named> programs = {
#ifdef HAVE_FFLAS
    {"fflas-ffpack", fflas}, {"fflas-ffpack-balanced", fflas_balanced},
#endif
#ifdef HAVE_FLINT
    {"flint", flint},
#endif
};

extern "C" void openblas_set_num_threads(int) __attribute__((weak));

int main() {
    if (openblas_set_num_threads) openblas_set_num_threads(1);
    for (const Named &program : programs) printf("%s ", program.name);
    printf("\n");
    fflush(stdout);
    int64_t head[3];
    while (fread(head, sizeof head, 1, stdin) == 1) {
        Matrix matrix{head[0], head[1], std::vector<double>(size_t(head[0] * head[1])), uint32_t(head[2])};
        if (fread(matrix.residues.data(), sizeof(double), matrix.residues.size(), stdin) != matrix.residues.size()) {
            fprintf(stderr, "rank_peers: a matrix is cut short\n");
            return 65;
        }
        for (double &x : matrix.residues) x = residue(x, matrix.prime);
        for (const Named &program : programs) printf("%" PRId64 " ", program.rank(matrix).rank);
        printf("\n");
        fflush(stdout);
    }
}
