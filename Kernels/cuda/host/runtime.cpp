// The runtime on host memory: see runtime.h.
#include "runtime.h"

#include "counters.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

static std::mutex mutex;
static std::map<void *, size_t> allocations;
static size_t in_use;
static thread_local cudaError_t last_error = cudaSuccess;

static size_t memory_bytes() {
    const char *wish = std::getenv("FULLRANK_EMULATED_MEMORY");
    return wish ? std::strtoull(wish, nullptr, 10) : size_t(1) << 30;
}

fr_emulation::RuntimeCounts fr_emulation::runtime_counts;
using fr_emulation::runtime_counts;

std::vector<std::pair<const char *, size_t>> fr_emulation::device_allocations() {
    std::lock_guard<std::mutex> lock(mutex);
    std::vector<std::pair<const char *, size_t>> all;
    for (const auto &one : allocations) all.push_back({static_cast<const char *>(one.first), one.second});
    return all;
}

static void count_copy(size_t bytes, cudaMemcpyKind kind) {
    if (kind == cudaMemcpyHostToDevice) {
        runtime_counts.copies_to_device++;
        runtime_counts.bytes_to_device += int64_t(bytes);
    } else if (kind == cudaMemcpyDeviceToHost) {
        runtime_counts.copies_to_host++;
        runtime_counts.bytes_to_host += int64_t(bytes);
    }
}

static cudaError_t answer(cudaError_t error) {
    if (error != cudaSuccess) last_error = error;
    return error;
}

cudaError_t cudaGetDeviceCount(int *count) {
    *count = 1;
    return cudaSuccess;
}
cudaError_t cudaSetDevice(int device) { return answer(device == 0 ? cudaSuccess : cudaErrorInvalidDevice); }
cudaError_t cudaGetDevice(int *device) {
    *device = 0;
    return cudaSuccess;
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp *p, int device) {
    if (device != 0) return answer(cudaErrorInvalidDevice);
    std::memset(p, 0, sizeof *p);
    std::snprintf(p->name, sizeof p->name, "host emulation of CUDA");
    p->totalGlobalMem = memory_bytes();
    p->major = 8;
    p->multiProcessorCount = 2;
    p->sharedMemPerBlock = 48 << 10;
    p->sharedMemPerBlockOptin = 96 << 10; // what sm_70 has: a kernel that needs more must do without
    p->sharedMemPerMultiprocessor = 96 << 10;
    return cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int device) {
    cudaDeviceProp p;
    if (cudaGetDeviceProperties(&p, device) != cudaSuccess) return cudaErrorInvalidDevice;
    switch (attribute) {
    case cudaDevAttrMaxSharedMemoryPerBlockOptin: *value = int(p.sharedMemPerBlockOptin); break;
    case cudaDevAttrMultiProcessorCount: *value = p.multiProcessorCount; break;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor: *value = int(p.sharedMemPerMultiprocessor); break;
    case cudaDevAttrComputeCapabilityMajor: *value = p.major; break;
    case cudaDevAttrComputeCapabilityMinor: *value = p.minor; break;
    }
    return cudaSuccess;
}
cudaError_t cudaMemGetInfo(size_t *free, size_t *total) {
    std::lock_guard<std::mutex> lock(mutex);
    *total = memory_bytes();
    *free = *total > in_use ? *total - in_use : 0;
    return cudaSuccess;
}
cudaError_t cudaRuntimeGetVersion(int *version) {
    *version = 0;
    return cudaSuccess;
}
cudaError_t cudaDriverGetVersion(int *version) {
    *version = 0;
    return cudaSuccess;
}
cudaError_t cudaMalloc(void **memory, size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex);
    *memory = nullptr;
    if (bytes == 0) return cudaSuccess;
    runtime_counts.allocations++;
    if (in_use + bytes > memory_bytes()) return answer(cudaErrorMemoryAllocation);
    *memory = std::malloc(bytes);
    if (*memory == nullptr) return answer(cudaErrorMemoryAllocation);
    std::memset(*memory, 0xA5, bytes); // garbage, as on a device
    allocations[*memory] = bytes;
    in_use += bytes;
    return cudaSuccess;
}
cudaError_t cudaFree(void *memory) {
    if (memory == nullptr) return cudaSuccess;
    std::lock_guard<std::mutex> lock(mutex);
    const auto found = allocations.find(memory);
    if (found == allocations.end()) return answer(cudaErrorInvalidValue);
    in_use -= found->second;
    allocations.erase(found);
    std::free(memory);
    return cudaSuccess;
}
// Pinned memory: begin and bytes.
static std::map<const char *, size_t> pinned;

cudaError_t cudaMallocHost(void **memory, size_t bytes) {
    runtime_counts.pinned_allocations++;
    *memory = std::malloc(bytes ? bytes : 1);
    if (*memory == nullptr) return answer(cudaErrorMemoryAllocation);
    std::lock_guard<std::mutex> lock(mutex);
    pinned[static_cast<const char *>(*memory)] = bytes;
    return cudaSuccess;
}
cudaError_t cudaFreeHost(void *memory) {
    std::lock_guard<std::mutex> lock(mutex);
    pinned.erase(static_cast<const char *>(memory));
    std::free(memory);
    return cudaSuccess;
}
static bool is_pinned(const void *memory, size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex);
    const char *const at = static_cast<const char *>(memory);
    auto block = pinned.upper_bound(at);
    return block != pinned.begin() && at + bytes <= (--block)->first + block->second;
}
static void copy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind) {
    count_copy(bytes, kind);
    if (bytes) std::memmove(to, from, bytes);
}
cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind) {
    runtime_counts.synchronisations++;
    copy(to, from, bytes, kind);
    return cudaSuccess;
}
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t) {
    if (kind == cudaMemcpyHostToDevice && !is_pinned(from, bytes)) runtime_counts.pageable_copies++;
    copy(to, from, bytes, kind);
    return cudaSuccess;
}
cudaError_t cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width,
                              size_t height, cudaMemcpyKind kind, cudaStream_t) {
    count_copy(width * height, kind);
    for (size_t row = 0; row < height; row++)
        std::memmove(static_cast<char *>(to) + row * to_pitch, static_cast<const char *>(from) + row * from_pitch,
                     width);
    return cudaSuccess;
}
cudaError_t cudaMemset(void *memory, int value, size_t bytes) {
    runtime_counts.fills++;
    runtime_counts.filled_bytes += int64_t(bytes);
    if (bytes) std::memset(memory, value, bytes);
    return cudaSuccess;
}
cudaError_t cudaMemsetAsync(void *memory, int value, size_t bytes, cudaStream_t) {
    return cudaMemset(memory, value, bytes);
}
cudaError_t cudaStreamCreate(cudaStream_t *stream) {
    *stream = nullptr;
    return cudaSuccess;
}
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned) { return cudaStreamCreate(stream); }
cudaError_t cudaStreamDestroy(cudaStream_t) { return cudaSuccess; }
cudaError_t cudaStreamSynchronize(cudaStream_t) {
    runtime_counts.synchronisations++;
    return cudaSuccess;
}
cudaError_t cudaStreamQuery(cudaStream_t) { return cudaSuccess; }
cudaError_t cudaDeviceSynchronize() { return cudaStreamSynchronize(nullptr); }
cudaError_t cudaEventCreate(cudaEvent_t *event) {
    *event = nullptr;
    return cudaSuccess;
}
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned) { return cudaEventCreate(event); }
cudaError_t cudaEventDestroy(cudaEvent_t) { return cudaSuccess; }
cudaError_t cudaEventRecord(cudaEvent_t, cudaStream_t) { return cudaSuccess; }
cudaError_t cudaEventSynchronize(cudaEvent_t) { return cudaSuccess; }
cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t, cudaEvent_t) {
    *milliseconds = 0;
    return cudaSuccess;
}
cudaError_t cudaStreamWaitEvent(cudaStream_t, cudaEvent_t, unsigned) { return cudaSuccess; }
cudaError_t cudaGetLastError() {
    const cudaError_t error = last_error;
    last_error = cudaSuccess;
    return error;
}
cudaError_t cudaPeekAtLastError() { return last_error; }
const char *cudaGetErrorString(cudaError_t error) {
    switch (error) {
    case cudaSuccess: return "no error";
    case cudaErrorMemoryAllocation: return "out of memory";
    case cudaErrorInvalidDevice: return "invalid device ordinal";
    default: return "error of the host emulation";
    }
}
const char *cudaGetErrorName(cudaError_t error) { return error == cudaSuccess ? "cudaSuccess" : "cudaError"; }

cublasStatus_t cublasCreate(cublasHandle_t *handle) {
    *handle = nullptr;
    return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasDestroy(cublasHandle_t) { return CUBLAS_STATUS_SUCCESS; }
cublasStatus_t cublasSetStream(cublasHandle_t, cudaStream_t) { return CUBLAS_STATUS_SUCCESS; }
cublasStatus_t cublasSetMathMode(cublasHandle_t, cublasMath_t) { return CUBLAS_STATUS_SUCCESS; }
cublasStatus_t cublasGetVersion(cublasHandle_t, int *version) {
    *version = 0;
    return CUBLAS_STATUS_SUCCESS;
}
const char *cublasGetStatusString(cublasStatus_t status) {
    return status == CUBLAS_STATUS_SUCCESS ? "success" : "error of the host emulation";
}
cublasStatus_t cublasDgemm(cublasHandle_t, cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k,
                           const double *alpha, const double *a, int lda, const double *b, int ldb,
                           const double *beta, double *c, int ldc) {
    runtime_counts.products++;
    runtime_counts.product_flops += 2 * int64_t(m) * n * k;
    runtime_counts.product_bytes += 8 * (int64_t(m) * k + int64_t(k) * n + (*beta == 0 ? 1 : 2) * int64_t(m) * n);
    // Rounds as an emulation of double precision with too few bits would.
    const bool rounds = std::getenv("FULLRANK_EMULATED_ROUNDING") != nullptr;
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
            *to = *alpha * sum + (*beta == 0 ? 0 : *beta * *to);
        }
    }
    return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasDgemmStridedBatched(cublasHandle_t handle, cublasOperation_t ta, cublasOperation_t tb, int m,
                                         int n, int k, const double *alpha, const double *a, int lda, long long a_stride,
                                         const double *b, int ldb, long long b_stride, const double *beta, double *c,
                                         int ldc, long long c_stride, int count) {
    for (int i = 0; i < count; i++)
        cublasDgemm(handle, ta, tb, m, n, k, alpha, a + i * a_stride, lda, b + i * b_stride, ldb, beta,
                    c + i * c_stride, ldc);
    runtime_counts.products -= count - 1; // one call
    return CUBLAS_STATUS_SUCCESS;
}

std::atomic<long> fr_host_byte_products, fr_host_byte_multiplications;
cublasStatus_t cublasGemmEx(cublasHandle_t, cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k,
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
    fr_host_byte_products++;
    fr_host_byte_multiplications += long(m) * n * k;
    return CUBLAS_STATUS_SUCCESS;
}
