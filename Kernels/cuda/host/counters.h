// Counts of the work that a device would be asked to do, collected while the emulation runs the backend. The counts are
// exact; the times are not counted. Kernels/profile/model_device.cpp prints them, and Scripts/gpu/model derives times
// from them.
#ifndef FR_CUDA_HOST_COUNTERS_H
#define FR_CUDA_HOST_COUNTERS_H

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace fr_emulation {

// The launches of one kernel. Launches on streams with priority are counted separately, under "NAME (urgent)".
struct KernelCounts {
    int64_t launches = 0, blocks = 0, threads = 0;
    int64_t block_barriers = 0; // of all blocks
    int64_t longest = 0;        // the same of each launch's longest block, added up: barriers that nothing hides
    int64_t warp_calls = 0;     // shuffles, ballots, __syncwarp, by warps
    int64_t shared_bytes = 0;   // dynamic, of the launch that asked for most
    // With the hooks below: accesses and operations of all threads.
    int64_t device_bytes = 0, device_sectors = 0, shared_accesses = 0;
};

// The number of requests to the runtime and to cuBLAS.
struct RuntimeCounts {
    std::atomic<int64_t> synchronisations{0}, allocations{0}, pinned_allocations{0}, copies_to_device{0},
        bytes_to_device{0}, copies_to_host{0}, bytes_to_host{0}, pageable_copies{0}, fills{0}, filled_bytes{0},
        products{0}, product_flops{0}, product_bytes{0}, urgent_products{0}, urgent_product_flops{0},
        urgent_product_bytes{0}; // urgent: on streams with priority, and in those before
};
extern RuntimeCounts runtime_counts;

// Returns a copy of the counts by kernel since the last call, and starts them anew.
std::map<std::string, KernelCounts> take_kernel_counts();

// Functions called by a build whose kernels report their accesses (Kernels/profile/model_accesses.cpp); empty in all
// other builds. begin is called before the launch's first block, with the host's ranges of dynamic shared memory and of
// stacks; end is called after the last block, to fill in the last three counts.
struct LaunchHooks {
    using Range = std::pair<const void *, size_t>; // begin and bytes
    std::function<void(const char *name, Range shared, Range stacks)> begin;
    std::function<void(KernelCounts *)> end;
};
extern LaunchHooks launch_hooks;

// The device memory that is allocated now: begin and bytes of each allocation, ascending.
std::vector<std::pair<const char *, size_t>> device_allocations();

} // namespace fr_emulation

#endif
