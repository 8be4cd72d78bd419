// The table of the CUDA backend, its sessions and devices.
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <new>

#include "check_arguments.h"
#include "session/lanes.h"

namespace {

constexpr int least_architecture = 70; // compute capability 7.0

// Proves at open that this library holds code for the device: a launch is where the runtime finds out.
__global__ void probe(int *out) { *out = 1; }

// "12.4"; "none" where there is no driver at all.
void write_version(char *text, size_t capacity, int version) {
    if (version <= 0)
        std::snprintf(text, capacity, "none");
    else
        std::snprintf(text, capacity, "%d.%d", version / 1000, version % 1000 / 10);
}

// Why no device answers: the runtime's words, and the versions that explain them.
fr_status no_device(fr_words words, cudaError_t error) {
    cudaGetLastError();
    int runtime = 0, driver = 0;
    cudaRuntimeGetVersion(&runtime);
    if (cudaDriverGetVersion(&driver) != cudaSuccess) driver = 0;
    char needs[16], has[16];
    write_version(needs, sizeof needs, runtime);
    write_version(has, sizeof has, driver);
    if (error == cudaSuccess) return fr_refuse(words, FR_UNAVAILABLE, "no CUDA device");
    if (driver == 0)
        return fr_refuse(words, FR_UNAVAILABLE, "no NVIDIA driver: %s (library built with CUDA %s)",
                         cudaGetErrorString(error), needs);
    return fr_refuse(words, FR_UNAVAILABLE, "%s (driver for CUDA %s, library built with CUDA %s)",
                     cudaGetErrorString(error), has, needs);
}

fr_status count_devices(fr_words words, int *count) {
    const cudaError_t error = cudaGetDeviceCount(count);
    if (error != cudaSuccess || *count < 1) return no_device(words, error);
    return FR_OK;
}

fr_status cuda_devices(fr_device_info *infos, int32_t capacity, int32_t *count, char *reason, size_t reason_capacity) {
    const fr_words words = {reason, reason_capacity};
    fr_refuse(words, FR_OK, "%s", "");
    if (count == nullptr || (infos == nullptr && capacity > 0))
        return fr_refuse(words, FR_INVALID_ARGUMENT, "devices: infos or count is NULL");
    *count = 0;
    int found = 0;
    const fr_status status = count_devices(words, &found);
    if (status != FR_OK) return status;
    int current = 0;
    const bool known = cudaGetDevice(&current) == cudaSuccess;
    for (int i = 0; i < found && i < capacity; i++) {
        cudaDeviceProp properties;
        const cudaError_t error = cudaGetDeviceProperties(&properties, i);
        if (error != cudaSuccess) return no_device(words, error);
        fr_device_info &info = infos[i];
        std::memset(&info, 0, sizeof info);
        std::snprintf(info.name, sizeof info.name, "%.127s", properties.name);
        info.memory_bytes = properties.totalGlobalMem;
        info.compute_units = properties.multiProcessorCount;
        info.architecture = 10 * properties.major + properties.minor;
        size_t free = 0, total = 0; // asks the device itself, which may be another process's alone
        if (cudaSetDevice(i) == cudaSuccess && cudaMemGetInfo(&free, &total) == cudaSuccess)
            info.free_memory_bytes = free;
        cudaGetLastError();
    }
    if (known) cudaSetDevice(current);
    cudaGetLastError();
    *count = found;
    return FR_OK;
}

// What the session keeps on the device besides the stages' own buffers.
void release(fr_session *session) {
    cudaSetDevice(session->device);
    fr_cuda_release_minima(session);
    fr_cuda_release_lanes(session);
    fr_cuda_close_lane(session);
    delete session;
}

fr_status prepare(fr_session *session) {
    FR_TRY(session, cudaSetDevice(session->device), "choosing the device");
    cudaDeviceProp properties;
    FR_TRY(session, cudaGetDeviceProperties(&properties, session->device), "asking the device");
    const int architecture = 10 * properties.major + properties.minor;
    if (architecture < least_architecture)
        return fr_cuda_fail(session, FR_UNAVAILABLE, "device %d, %.100s, has compute capability %d.%d; 7.0 is needed",
                            session->device, properties.name, properties.major, properties.minor);
    session->multiprocessors = properties.multiProcessorCount;
    session->shared_bytes = properties.sharedMemPerBlockOptin;
    FR_PASS(fr_cuda_open_lane(session));
    DeviceBuffer<int> answer;
    FR_PASS(answer.allocate(session, 1));
    FR_LAUNCH(probe, 1, 1, 0, session->stream, answer.get());
    FR_TRY_LAUNCH(session, "starting a kernel");
    FR_TRY(session, cudaStreamSynchronize(session->stream), "running a kernel");
    return FR_OK;
}

// NULL options mean device 0, no limit.
fr_status cuda_open(const fr_session_options *options, fr_session **session, char *reason, size_t capacity) {
    const fr_words words = {reason, capacity};
    fr_refuse(words, FR_OK, "%s", "");
    if (session == nullptr) return fr_refuse(words, FR_INVALID_ARGUMENT, "session is NULL");
    *session = nullptr;
    fr_status status = options == nullptr ? FR_OK : fr_refuse_options(words, options);
    if (status != FR_OK) return status;
    int count = 0;
    status = count_devices(words, &count);
    if (status != FR_OK) return status;
    const int device = options == nullptr ? 0 : options->device;
    if (device < 0 || device >= count)
        return fr_refuse(words, FR_UNAVAILABLE, "device is %d; there are %d, counted from 0", device, count);

    fr_session *opened = new (std::nothrow) fr_session{};
    if (opened == nullptr) return fr_refuse(words, FR_OUT_OF_MEMORY, "no memory for a session");
    opened->session = opened;
    fr_cuda_next_share(opened, 0, 1);
    opened->device = device;
    opened->threads = options == nullptr ? 0 : options->threads;
    opened->memory_limit_bytes = options == nullptr ? 0 : size_t(options->memory_limit_bytes);
    status = prepare(opened);
    if (status != FR_OK) {
        fr_refuse(words, status, "%s", opened->error);
        release(opened);
        return status;
    }
    *session = opened;
    return FR_OK;
}

void cuda_close(fr_session *session) {
    if (session != nullptr) release(session);
}

const char *cuda_last_error(const fr_session *session) { return session->error; }
void cuda_cancel(fr_session *session) {
    session->cancelled.store(1, std::memory_order_relaxed);
    if (fr_session *host = session->host) fullrank_cpu_backend_v1()->cancel(host);
}
double cuda_progress(const fr_session *session) {
    if (session->host_works) return fullrank_cpu_backend_v1()->progress(session->host);
    const double done = session->done.load(std::memory_order_relaxed);
    return done > 1 ? 1 : done;
}

const char *cuda_library_version() {
#if defined(FR_HOST_BUILD)
    return "host emulation";
#else
    static char text[128]; // the same words whoever writes them
    int runtime = 0, driver = 0, major = 0, minor = 0, patch = 0;
    cudaRuntimeGetVersion(&runtime);
    if (cudaDriverGetVersion(&driver) != cudaSuccess) driver = 0;
    cudaGetLastError();
    cublasGetProperty(MAJOR_VERSION, &major);
    cublasGetProperty(MINOR_VERSION, &minor);
    cublasGetProperty(PATCH_LEVEL, &patch);
    char of_runtime[16], of_driver[16];
    write_version(of_runtime, sizeof of_runtime, runtime);
    write_version(of_driver, sizeof of_driver, driver);
    std::snprintf(text, sizeof text, "CUDA runtime %s, driver %s, cuBLAS %d.%d.%d", of_runtime, of_driver, major, minor,
                  patch);
    return text;
#endif
}

// A stage as a row of the table: the call begins, and nothing is thrown across the C interface.
template <auto stage> struct Entry;
template <typename... Arguments, fr_status (*stage)(fr_session *, Arguments...)> struct Entry<stage> {
    static fr_status call(fr_session *session, Arguments... arguments) {
        fr_status status = fr_cuda_begin_call(session);
        if (status != FR_OK) return status;
        try {
            status = stage(session, arguments...);
        } catch (const std::bad_alloc &) {
            status = fr_cuda_fail(session, FR_OUT_OF_MEMORY, "no host memory");
        } catch (...) {
            status = fr_cuda_fail(session, FR_INTERNAL, "an exception in the CUDA backend");
        }
        // Work that a failed stage left running must not meet the next call's buffers, nor the caller's.
        if (status != FR_OK && !session->lost) cudaStreamSynchronize(session->stream);
        return status;
    }
};

const fr_backend cuda_backend = {
    FR_ABI_VERSION,
    sizeof(fr_backend),
    "cuda",
    cuda_library_version,
    cuda_devices,
    cuda_open,
    cuda_close,
    cuda_last_error,
    cuda_cancel,
    cuda_progress,
    Entry<fr_cuda_sample_inputs>::call,
    Entry<fr_cuda_sample_weights>::call,
    Entry<fr_cuda_activation_patterns>::call,
    Entry<fr_cuda_jacobians>::call,
    Entry<fr_cuda_rank_profiles>::call,
    Entry<fr_cuda_singular_values>::call,
    Entry<fr_cuda_matrix_rank_profiles>::call,
    Entry<fr_cuda_matrix_singular_values>::call,
    Entry<fr_cuda_deep_rank_profiles>::call,
    Entry<fr_cuda_deep_jacobians>::call,
    nullptr, // dependencies: the CPU's, one trial at a time
    Entry<fr_cuda_minima>::call,
    Entry<fr_cuda_minima_samples>::call,
    Entry<fr_cuda_minima_proof>::call,
    nullptr, // column_profiles
};

} // namespace

extern "C" __attribute__((visibility("default"))) const fr_backend *fullrank_backend_v1(void) { return &cuda_backend; }

fr_status fr_cuda_begin_call(fr_session *session) {
    if (session->lost) return FR_DEVICE_LOST; // error keeps the words of the loss
    session->cancelled.store(0, std::memory_order_relaxed);
    session->stopping.store(0, std::memory_order_relaxed);
    session->done.store(0, std::memory_order_relaxed);
    fr_cuda_next_share(session, 0, 1);
    session->error[0] = 0;
    FR_TRY(session, cudaSetDevice(session->device), "choosing the device");
    return FR_OK;
}

fr_status fr_cuda_check_problem(fr_session *session, const fr_problem *problem) {
    return fr_refuse_problem({session->error, sizeof session->error}, problem);
}

size_t fr_cuda_memory_budget(Lane *lane) {
    if (lane->memory_share != 0) return lane->memory_share;
    const fr_session *session = lane->session;
    size_t free = 0, total = 0;
    if (cudaMemGetInfo(&free, &total) != cudaSuccess) {
        cudaGetLastError();
        return 0;
    }
    // For cuBLAS's work space, the runtime's own and fragmentation.
    size_t reserve = total / 16;
    if (reserve > size_t(512) << 20) reserve = size_t(512) << 20;
    size_t budget = free > reserve ? free - reserve : 0;
    if (session->memory_limit_bytes != 0 && session->memory_limit_bytes < budget) budget = session->memory_limit_bytes;
    return budget;
}
