// cuBLAS on host memory: plain sums, exact for what the backend multiplies.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "counters.h"
#include "streams.h"

using fr_emulation::runtime_counts;

struct fr_host_cublas {
    cudaStream_t stream = nullptr;
};

cublasStatus_t cublasCreate(cublasHandle_t *handle) {
    *handle = new fr_host_cublas;
    return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasDestroy(cublasHandle_t handle) {
    delete handle;
    return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasSetStream(cublasHandle_t handle, cudaStream_t stream) {
    handle->stream = stream;
    return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasSetMathMode(cublasHandle_t, cublasMath_t) { return CUBLAS_STATUS_SUCCESS; }
cublasStatus_t cublasGetVersion(cublasHandle_t, int *version) {
    *version = 0;
    return CUBLAS_STATUS_SUCCESS;
}
const char *cublasGetStatusString(cublasStatus_t status) {
    return status == CUBLAS_STATUS_SUCCESS ? "success" : "error of the host emulation";
}

namespace {

struct Product {
    cublasOperation_t ta, tb;
    int m, n, k;
    double alpha;
    const double *a;
    int lda;
    const double *b;
    int ldb;
    double beta;
    double *c;
    int ldc;
    bool rounds; // as an emulation of double precision with too few bits would

    void run() const {
        std::vector<double> sums(static_cast<size_t>(m > 0 ? m : 0)); // a column of the product
        for (int j = 0; j < n; j++) {
            std::fill(sums.begin(), sums.end(), 0.0);
            for (int t = 0; t < k; t++) {
                const double factor = b[tb == CUBLAS_OP_N ? t + size_t(j) * ldb : j + size_t(t) * ldb];
                for (int i = 0; i < m; i++)
                    sums[size_t(i)] += a[ta == CUBLAS_OP_N ? i + size_t(t) * lda : t + size_t(i) * lda] * factor;
            }
            for (int i = 0; i < m; i++) {
                const double sum = rounds ? double(float(sums[size_t(i)])) : sums[size_t(i)];
                double *to = c + i + size_t(j) * ldc;
                *to = alpha * sum + (beta == 0 ? 0 : beta * *to);
            }
        }
    }
};

} // namespace

cublasStatus_t cublasDgemm(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k,
                           const double *alpha, const double *a, int lda, const double *b, int ldb,
                           const double *beta, double *c, int ldc) {
    return cublasDgemmStridedBatched(handle, ta, tb, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0, 1);
}
cublasStatus_t cublasDgemmStridedBatched(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m,
                                         int n, int k, const double *alpha, const double *a, int lda,
                                         long long a_stride, const double *b, int ldb, long long b_stride,
                                         const double *beta, double *c, int ldc, long long c_stride, int count) {
    const int64_t flops = 2 * int64_t(m) * n * k * count;
    const int64_t bytes = 8 * (int64_t(m) * k + int64_t(k) * n + (*beta == 0 ? 1 : 2) * int64_t(m) * n) * count;
    runtime_counts.products++;
    runtime_counts.product_flops += flops;
    runtime_counts.product_bytes += bytes;
    if (fr_emulation::is_urgent(handle->stream)) {
        runtime_counts.urgent_products++;
        runtime_counts.urgent_product_flops += flops;
        runtime_counts.urgent_product_bytes += bytes;
    }
    const Product first = {ta,  tb, m,     n, k,   *alpha, a, lda, b, ldb,
                           *beta, c, ldc, std::getenv("FULLRANK_EMULATED_ROUNDING") != nullptr};
    fr_emulation::enqueue(handle->stream, [=] {
        for (int i = 0; i < count; i++) {
            Product one = first;
            one.a += i * a_stride;
            one.b += i * b_stride;
            one.c += i * c_stride;
            one.run();
        }
    });
    return CUBLAS_STATUS_SUCCESS;
}

std::atomic<long> fr_host_byte_products, fr_host_byte_multiplications;
cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k,
                            const void *alpha, const void *a, cudaDataType a_type, int lda, const void *b,
                            cudaDataType b_type, int ldb, const void *beta, void *c, cudaDataType c_type, int ldc,
                            cublasComputeType_t, cublasGemmAlgo_t) {
    if (a_type != CUDA_R_8I || b_type != CUDA_R_8I || c_type != CUDA_R_32I || ta != CUBLAS_OP_T || tb != CUBLAS_OP_N)
        return CUBLAS_STATUS_ARCH_MISMATCH;
    const auto unaligned = [](const void *at) { return reinterpret_cast<std::uintptr_t>(at) % 16 != 0; };
    if (m <= 0 || n <= 0 || k <= 0 || (m | n | k | lda | ldb | ldc) % 16 != 0 || lda < k || ldb < k || ldc < m ||
        unaligned(a) || unaligned(b) || unaligned(c))
        return CUBLAS_STATUS_INVALID_VALUE;
    const auto *left = static_cast<const signed char *>(a), *right = static_cast<const signed char *>(b);
    auto *out = static_cast<int *>(c);
    const long one = *static_cast<const int *>(alpha), kept = *static_cast<const int *>(beta);
    fr_emulation::enqueue(handle->stream, [=] {
        for (int j = 0; j < n; j++)
            for (int i = 0; i < m; i++) {
                const signed char *row = left + size_t(i) * size_t(lda), *column = right + size_t(j) * size_t(ldb);
                long sum = 0;
                for (int t = 0; t < k; t++) sum += int(row[t]) * int(column[t]);
                int &to = out[size_t(j) * size_t(ldc) + size_t(i)];
                const long value = one * sum + (kept == 0 ? 0 : kept * long(to));
                if (value != int(value)) {
                    std::fprintf(stderr, "CUDA emulation: a sum of %d products of bytes is beyond 32 bits\n", k);
                    std::abort();
                }
                to = int(value);
            }
    });
    fr_host_byte_products++;
    fr_host_byte_multiplications += long(m) * n * k;
    return CUBLAS_STATUS_SUCCESS;
}
