// Translates errors of the runtime and cuBLAS for the caller.
#include <cstdarg>
#include <cstdio>

#include "session/session.h"

fr_status fr_cuda_fail(StreamContext *context, fr_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(context->error, sizeof context->error, format, arguments);
    va_end(arguments);
    return status;
}

namespace {

fr_status meaning(cudaError_t error) {
    switch (error) {
    case cudaSuccess: return FR_OK;
    case cudaErrorMemoryAllocation: return FR_OUT_OF_MEMORY;
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorInsufficientDriver:
    case cudaErrorInitializationError:
    case cudaErrorSystemDriverMismatch:
    case cudaErrorSystemNotReady:
    case cudaErrorCompatNotSupportedOnDevice:
    case cudaErrorDevicesUnavailable:
    case cudaErrorStubLibrary:
    case cudaErrorUnsupportedPtxVersion:
    case cudaErrorNoKernelImageForDevice: return FR_UNAVAILABLE;
    // After these errors the process's context on the device fails in every further call.
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchTimeout:
    case cudaErrorContextIsDestroyed:
    case cudaErrorAssert:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorLaunchFailure:
    case cudaErrorUnknown: return FR_DEVICE_LOST;
    default: return FR_INTERNAL;
    }
}

} // namespace

fr_status fr_cuda_check(StreamContext *context, cudaError_t error, const char *what) {
    if (error == cudaSuccess) return FR_OK;
    cudaGetLastError(); // the next launch's check must not find this one
    const fr_status status = meaning(error);
    if (status == FR_DEVICE_LOST) context->session->lost = true;
    return fr_cuda_fail(context, status, "%s: %s (%s)", what, cudaGetErrorString(error), cudaGetErrorName(error));
}

fr_status fr_cuda_check(StreamContext *context, cublasStatus_t error, const char *what) {
    if (error == CUBLAS_STATUS_SUCCESS) return FR_OK;
    // cuBLAS hides the runtime's error, but a lost device shows in the next call.
    const cudaError_t device = cudaDeviceSynchronize();
    if (device != cudaSuccess) return fr_cuda_check(context, device, what);
    cudaGetLastError();
    fr_status status = FR_INTERNAL;
    if (error == CUBLAS_STATUS_ALLOC_FAILED) status = FR_OUT_OF_MEMORY;
    if (error == CUBLAS_STATUS_NOT_INITIALIZED || error == CUBLAS_STATUS_ARCH_MISMATCH) status = FR_UNAVAILABLE;
    return fr_cuda_fail(context, status, "%s: cuBLAS says: %s", what, cublasGetStatusString(error));
}
