// How the kernels of this folder number their work: 64-bit items 0 ..< count over a one-dimensional grid.
#ifndef FR_CUDA_LAUNCH_H
#define FR_CUDA_LAUNCH_H

#include "session/session.h"

// The number of blocks for `count` items, `per_block` for each block. If there are more items than the cap allows,
// kernels process them in a loop with a stride of the grid.
inline unsigned fr_cuda_blocks(int64_t count, int per_block) {
    const int64_t blocks = (count + per_block - 1) / per_block, cap = int64_t(1) << 20;
    return unsigned(blocks < 1 ? 1 : blocks < cap ? blocks : cap);
}

// In a kernel: the first item of this thread, and the distance to its next.
__device__ inline int64_t fr_cuda_first_item() { return int64_t(blockIdx.x) * blockDim.x + threadIdx.x; }
__device__ inline int64_t fr_cuda_stride() { return int64_t(gridDim.x) * blockDim.x; }

#endif
