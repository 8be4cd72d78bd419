// Arithmetic modulo a prime of eight bits for the device: balanced residues of at most (p - 1) / 2 <= 89 in size, so
// that 2^18 products add up to at most 89^2 2^18 = 2,076,442,624 < 2^31 - 89 without reduction. Private to
// Kernels/cuda/column_proof.
#ifndef FR_CUDA_COLUMN_PROOF_BYTES_CUH
#define FR_CUDA_COLUMN_PROOF_BYTES_CUH

#include "portability.h"
#include "proof_engine.h"
#include "session/launch.h"

// The number of products that are added without reduction; a block with one more residue fits in addition.
constexpr int64_t fr_byte_delay = int64_t(1) << 18;
static_assert(int64_t((FR_BYTES_PRIME - 1) / 2) * ((FR_BYTES_PRIME - 1) / 2) * fr_byte_delay +
                      (FR_BYTES_PRIME - 1) / 2 <= INT32_MAX, "sums of 32 bits");

struct ByteField {
    int32_t p;
    int32_t short_reciprocal; // 2^22 / p, rounded
    int64_t reciprocal;       // 2^39 / p, rounded
};

inline ByteField fr_byte_field(int32_t p) {
    return {p, ((1 << 22) + p / 2) / p, ((int64_t(1) << 39) + p / 2) / p};
}

#if defined(FR_HOST_BUILD)
constexpr int fr_proof_threads = 16; // fibers are expensive
#else
constexpr int fr_proof_threads = 256;
#endif
// Grid for kernels that loop over rows (x) and columns (y) by strides of the grid.
inline dim3 fr_proof_grid(int64_t rows, int64_t columns) {
#if defined(FR_HOST_BUILD)
    return dim3(rows > 1 ? 2 : 1, columns > 1 ? 2 : 1);
#else
    return dim3(fr_cuda_blocks(rows, fr_proof_threads), unsigned(columns < 1 ? 1 : columns > 65535 ? 65535 : columns));
#endif
}
inline unsigned fr_proof_blocks(int64_t items) { return fr_proof_grid(items, 1).x; }

// The balanced residue of any x. The quotient's error is at most 2^31 / 2^40 before it is rounded, so the size of the
// remainder is at most p (1/2 + 2^-9) < (p + 1) / 2.
FR_SHARED int fr_byte_residue(ByteField field, int x) {
    const int64_t q = (x * field.reciprocal + (int64_t(1) << 38)) >> 39;
    return x - int(q) * field.p;
}

// The same for |x| <= 90 * 90 + 90: the quotient's error is at most 8190 / 2^23 < 2^-9.
FR_SHARED int fr_byte_short_residue(ByteField field, int x) {
    return x - ((x * field.short_reciprocal + (1 << 21)) >> 22) * field.p;
}

// 1/a for a != 0, by Fermat's theorem: a^(p-2).
FR_SHARED int fr_byte_inverse(ByteField field, int a) {
    int power = 1, square = a;
    for (int e = field.p - 2; e != 0; e >>= 1) {
        if (e & 1) power = fr_byte_short_residue(field, power * square);
        square = fr_byte_short_residue(field, square * square);
    }
    return power;
}

#endif
