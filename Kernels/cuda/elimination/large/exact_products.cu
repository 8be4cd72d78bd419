// Whether cuBLAS's DGEMM is what residues need: exact while sums stay below 2^53. True double precision is, with tensor
// cores or without. cuBLAS 13 can also emulate double precision by integers of fewer bits, on devices and by
// environment variables of its own choosing: so it is asked, once a session, by a product whose sums need all 53 bits.
#include "elimination/large/elimination.cuh"
#include "session/launch.h"

namespace {

#if defined(FR_HOST_BUILD)
constexpr int64_t side = 8;
#else
constexpr int64_t side = 768; // emulation is chosen for large products only
#endif
constexpr int64_t inner = FR_DELAY;

// The largest residues less a few: sums near 2^53, of which no low bit may be lost.
__device__ double extremal(int64_t row, int64_t column) {
    return double((int64_t(1) << 22) - 1 - ((row * 7 + column * 13 + (row * column) / 3) & 15));
}

// A thread an entry.
__global__ void fill_extremal(double *a, int64_t rows, int64_t columns) {
    for (int64_t i = fr_cuda_first_item(); i < rows * columns; i += fr_cuda_stride())
        a[i] = extremal(i % rows, i / rows);
}

// A thread an entry of c = a a': the sum in 64-bit integers.
__global__ void count_wrong(const double *c, int32_t *wrong) {
    for (int64_t i = fr_cuda_first_item(); i < side * side; i += fr_cuda_stride()) {
        int64_t sum = 0;
        for (int64_t t = 0; t < inner; t++)
            sum += int64_t(extremal(i % side, t)) * int64_t(extremal(t, i / side));
        if (c[i] != double(sum)) atomicAdd(wrong, 1);
    }
}

} // namespace

fr_status fr_large_check_products(fr_session *session) {
    if (session->products_are_exact) return FR_OK;
    DeviceBuffer<double> a, b, c;
    DeviceBuffer<int32_t> wrong;
    FR_PASS(a.allocate(session, size_t(side * inner)));
    FR_PASS(b.allocate(session, size_t(inner * side)));
    FR_PASS(c.allocate(session, size_t(side * side)));
    FR_PASS(wrong.allocate(session, 1));
    FR_TRY(session, cudaMemsetAsync(wrong, 0, sizeof(int32_t), session->stream), "checking products");
    FR_LAUNCH(fill_extremal, fr_cuda_blocks(side * inner, 256), 256, 0, session->stream, a, side, inner);
    FR_LAUNCH(fill_extremal, fr_cuda_blocks(inner * side, 256), 256, 0, session->stream, b, inner, side);
    const double one = 1.0, zero = 0.0;
    FR_TRY(session,
           cublasDgemm(session->blas, CUBLAS_OP_N, CUBLAS_OP_N, int(side), int(side), int(inner), &one, a, int(side), b,
                       int(inner), &zero, c, int(side)),
           "multiplying matrices");
    FR_LAUNCH(count_wrong, fr_cuda_blocks(side * side, 256), 256, 0, session->stream, c, wrong);
    FR_TRY_LAUNCH(session, "checking products");
    int32_t count = 0;
    FR_TRY(session, cudaMemcpyAsync(&count, wrong, sizeof count, cudaMemcpyDeviceToHost, session->stream),
           "checking products");
    FR_TRY(session, cudaStreamSynchronize(session->stream), "checking products");
    if (count != 0)
        return fr_cuda_fail(
            session, FR_UNAVAILABLE,
            "cuBLAS's products in double precision are not exact here (%d of %lld entries of a test): is "
            "its emulation of double precision switched on (CUBLAS_EMULATE_DOUBLE_PRECISION)?",
            int(count), (long long)(side * side));
    session->products_are_exact = true;
    return FR_OK;
}
