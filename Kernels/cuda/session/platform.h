// The CUDA sources include this instead of the toolkit's headers, so that the same source also compiles for the host:
// with nvcc it includes the real runtime, with FR_HOST_BUILD the emulation in host/, on which CI runs the conformance
// suite.
//
// Rules for kernels, which keep both builds the same program:
//  - launch by FR_LAUNCH, take dynamic shared memory by FR_DYNAMIC_SHARED;
//  - no early return from a kernel that later synchronises; barriers are reached by all threads of the block, warp
//    functions (always the _sync forms) by all lanes of their mask;
//  - no managed memory, no dynamic parallelism, no inline PTX outside #if !defined(FR_HOST_BUILD).
#ifndef FR_CUDA_PLATFORM_H
#define FR_CUDA_PLATFORM_H

#if defined(FR_HOST_BUILD)

#include "host/emulation.h"

#define FR_DEVICE_CALL __attribute__((noinline))

#else

#include <cublas_v2.h>
#include <cuda_runtime.h>

// Marks a device function that is not inlined: rare, large code then takes no registers from the rest of its kernel.
#define FR_DEVICE_CALL __device__ __noinline__
#define FR_LAUNCH(kernel, grid, block, shared, stream, ...) kernel<<<grid, block, shared, stream>>>(__VA_ARGS__)
// Declares `type *name` at the start of the block's dynamic shared memory.
#define FR_DYNAMIC_SHARED(type, name)                                   \
    extern __shared__ __align__(16) unsigned char fr_dynamic_shared[]; \
    type *const name = reinterpret_cast<type *>(fr_dynamic_shared)

#endif

#endif
