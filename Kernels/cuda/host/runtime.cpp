// The runtime on host memory: see runtime.h.
#include "runtime.h"

#include "counters.h"
#include "streams.h"

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
    case cudaDevAttrSingleToDoublePrecisionPerfRatio: *value = 2; break;
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
    fr_emulation::finish_all();
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
static void move(void *to, const void *from, size_t bytes) {
    if (bytes) std::memmove(to, from, bytes);
}
cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind) {
    runtime_counts.synchronisations++;
    count_copy(bytes, kind);
    fr_emulation::finish(nullptr);
    move(to, from, bytes);
    return cudaSuccess;
}
// From pageable memory the bytes are taken before this returns; to pageable memory they have come by then.
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
    count_copy(bytes, kind);
    const bool pageable_source = kind == cudaMemcpyHostToDevice && !is_pinned(from, bytes);
    if (pageable_source) {
        runtime_counts.pageable_copies++;
        const auto *const first = static_cast<const char *>(from);
        fr_emulation::enqueue(stream, [=, taken = std::vector<char>(first, first + bytes)] {
            move(to, taken.data(), bytes);
        });
        return cudaSuccess;
    }
    fr_emulation::enqueue(stream, [=] { move(to, from, bytes); });
    if (kind == cudaMemcpyDeviceToHost && !is_pinned(to, bytes)) fr_emulation::finish(stream);
    return cudaSuccess;
}
cudaError_t cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width,
                              size_t height, cudaMemcpyKind kind, cudaStream_t stream) {
    count_copy(width * height, kind);
    fr_emulation::enqueue(stream, [=] {
        for (size_t row = 0; row < height; row++)
            move(static_cast<char *>(to) + row * to_pitch, static_cast<const char *>(from) + row * from_pitch, width);
    });
    if (kind != cudaMemcpyDeviceToDevice) fr_emulation::finish(stream); // from or to pageable memory, so far
    return cudaSuccess;
}
cudaError_t cudaMemsetAsync(void *memory, int value, size_t bytes, cudaStream_t stream) {
    runtime_counts.fills++;
    runtime_counts.filled_bytes += int64_t(bytes);
    fr_emulation::enqueue(stream, [=] {
        if (bytes) std::memset(memory, value, bytes);
    });
    return cudaSuccess;
}
cudaError_t cudaMemset(void *memory, int value, size_t bytes) { return cudaMemsetAsync(memory, value, bytes); }
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
