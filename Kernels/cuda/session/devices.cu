// The devices of this machine, and the versions of the driver and the runtime.
#include <cstdio>
#include <cstring>

#include "session/session.h"

namespace {

// "12.4"; "none" if there is no driver at all.
void write_version(char *text, size_t capacity, int version) {
    if (version <= 0)
        std::snprintf(text, capacity, "none");
    else
        std::snprintf(text, capacity, "%d.%d", version / 1000, version % 1000 / 10);
}

// Why no device answers: the runtime's message, and the versions that explain it.
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

} // namespace

fr_status fr_cuda_count_devices(fr_words words, int *count) {
    const cudaError_t error = cudaGetDeviceCount(count);
    if (error != cudaSuccess || *count < 1) return no_device(words, error);
    return FR_OK;
}

fr_status fr_cuda_devices(fr_device_info *infos, int32_t capacity, int32_t *count, char *reason,
                          size_t reason_capacity) {
    const fr_words words = {reason, reason_capacity};
    fr_refuse(words, FR_OK, "%s", "");
    if (count == nullptr || (infos == nullptr && capacity > 0))
        return fr_refuse(words, FR_INVALID_ARGUMENT, "devices: infos or count is NULL");
    *count = 0;
    int found = 0;
    const fr_status status = fr_cuda_count_devices(words, &found);
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
        size_t free = 0, total = 0; // this queries the device itself, which another process may hold exclusively
        if (cudaSetDevice(i) == cudaSuccess && cudaMemGetInfo(&free, &total) == cudaSuccess)
            info.free_memory_bytes = free;
        cudaGetLastError();
    }
    if (known) cudaSetDevice(current);
    cudaGetLastError();
    *count = found;
    return FR_OK;
}

const char *fr_cuda_library_version() {
#if defined(FR_HOST_BUILD)
    return "host emulation";
#else
    static char text[128]; // all threads write the same text
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
