// Processes a batch of trials in chunks that fit into memory.
#ifndef FR_CUDA_CHUNKS_H
#define FR_CUDA_CHUNKS_H

#include <algorithm>
#include <cstdint>

#include "fullrank_kernels.h"

// Calls allocate(chunk), then run(chunk, first, count) for trials first .. first + count, until all are done. If either
// runs out of memory, it is called again with chunks half as long. Each returns an fr_status.
template <class Allocate, class Run>
fr_status fr_cuda_in_chunks(int64_t trials, int64_t chunk, Allocate allocate, Run run) {
    bool allocated = false;
    for (int64_t done = 0; done < trials;) {
        const int64_t count = std::min(chunk, trials - done);
        fr_status status = allocated ? FR_OK : allocate(chunk);
        allocated = true;
        if (status == FR_OK) status = run(chunk, done, count);
        if (status == FR_OUT_OF_MEMORY && chunk > 1) {
            chunk /= 2;
            allocated = false;
            continue;
        }
        if (status != FR_OK) return status;
        done += count;
    }
    return FR_OK;
}

#endif
