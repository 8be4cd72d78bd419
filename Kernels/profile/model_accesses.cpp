// What kernels touch and how often each basic block runs, for model_device_counted: its kernels are compiled with gcc's
// -fsanitize=thread and -fsanitize-coverage=trace-pc, whose calls arrive here instead of at a sanitizer.
//
// An access counts as one of device memory (with its bytes, and the 32-byte sectors that the launch reads or writes for
// the first time: its traffic if the caches are large enough), or as one of shared memory. What is on a thread's own
// stack counts as registers. One host thread launches kernels at a time.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/counters.h"

extern "C" char __executable_start, etext; // the linker's

namespace {

struct Range {
    uintptr_t begin, bytes;
    uint32_t *stamps; // two for each sector: the launch that read it last, and that wrote it last
};

struct Stamps {
    size_t bytes = 0;
    std::unique_ptr<uint32_t[]> at;
};

bool active;
std::vector<Range> ranges;
size_t last;
uintptr_t stacks_begin, stacks_bytes;
uint32_t launch_number;
fr_emulation::KernelCounts counted;
std::map<uintptr_t, Stamps> stamps;

// How often the call before each address of the program's text ran, in each kernel. Untouched pages need no memory.
struct Free {
    void operator()(uint64_t *counts) const { std::free(counts); }
};
using Blocks = std::unique_ptr<uint64_t[], Free>;
std::map<std::string, Blocks> blocks;
uint64_t *blocks_of_kernel;
const uintptr_t text_begin = uintptr_t(&__executable_start), text_bytes = uintptr_t(&etext) - text_begin;

void begin(const char *name, std::pair<const void *, size_t>, std::pair<const void *, size_t> stacks) {
    ranges.clear();
    for (const auto &[at, bytes] : fr_emulation::device_allocations()) {
        Stamps &of = stamps[uintptr_t(at)];
        if (of.bytes != bytes) {
            of.at.reset(new uint32_t[2 * (bytes / 32 + 2)]());
            of.bytes = bytes;
        }
        ranges.push_back({uintptr_t(at), bytes, of.at.get()});
    }
    last = 0;
    stacks_begin = uintptr_t(stacks.first), stacks_bytes = stacks.second;
    launch_number++;
    counted = {};
    Blocks &counts = blocks[name];
    if (!counts) counts.reset(static_cast<uint64_t *>(std::calloc(text_bytes, sizeof(uint64_t))));
    if (!counts) std::abort();
    blocks_of_kernel = counts.get();
    active = true;
}

void end(fr_emulation::KernelCounts *counts) {
    active = false;
    counts->device_bytes = counted.device_bytes;
    counts->device_sectors = counted.device_sectors;
    counts->shared_accesses = counted.shared_accesses;
}

const Range *range_of(uintptr_t at) {
    if (last < ranges.size() && at - ranges[last].begin < ranges[last].bytes) return &ranges[last];
    auto after = std::upper_bound(ranges.begin(), ranges.end(), at,
                                  [](uintptr_t a, const Range &range) { return a < range.begin; });
    if (after == ranges.begin()) return nullptr;
    --after;
    if (at - after->begin >= after->bytes) return nullptr;
    last = size_t(after - ranges.begin());
    return &*after;
}

inline void touch(const void *address, size_t bytes, bool writes) {
    if (!active) return;
    const uintptr_t at = uintptr_t(address);
    if (at - stacks_begin < stacks_bytes) return;
    const Range *range = range_of(at);
    if (range == nullptr) {
        counted.shared_accesses++;
        return;
    }
    counted.device_bytes += int64_t(bytes);
    for (uintptr_t sector = (at - range->begin) / 32; sector <= (at + bytes - 1 - range->begin) / 32; sector++)
        if (range->stamps[2 * sector + writes] != launch_number) {
            range->stamps[2 * sector + writes] = launch_number;
            counted.device_sectors++;
        }
}

} // namespace

extern "C" {

void fr_model_count_accesses(void);
void fr_model_write_addresses(FILE *file, const char *shape);

void fr_model_count_accesses(void) { fr_emulation::launch_hooks = {begin, end}; }

// Lines "SHAPE KERNEL ADDRESS TIMES", and forgets them; NULL: only forgets.
void fr_model_write_addresses(FILE *file, const char *shape) {
    for (const auto &[name, counts] : blocks)
        for (uintptr_t at = 0; file != nullptr && at < text_bytes; at++)
            if (counts[at] != 0)
                std::fprintf(file, "%s\t%s\t%lx\t%llu\n", shape, name.c_str(), (unsigned long)(text_begin + at),
                             (unsigned long long)counts[at]);
    blocks.clear();
}

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void) {
    if (active) blocks_of_kernel[uintptr_t(__builtin_return_address(0)) - text_begin]++;
}

#define ACCESS(name, bytes, writes) \
    void name(void *address);       \
    void name(void *address) { touch(address, bytes, writes); }
#define ACCESSES(bytes)                                \
    ACCESS(__tsan_read##bytes, bytes, false)           \
    ACCESS(__tsan_write##bytes, bytes, true)           \
    ACCESS(__tsan_unaligned_read##bytes, bytes, false) \
    ACCESS(__tsan_unaligned_write##bytes, bytes, true) \
    ACCESS(__tsan_volatile_read##bytes, bytes, false)  \
    ACCESS(__tsan_volatile_write##bytes, bytes, true)
ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)
ACCESSES(16)

void __tsan_read_range(void *address, unsigned long bytes);
void __tsan_read_range(void *address, unsigned long bytes) { touch(address, bytes, false); }
void __tsan_write_range(void *address, unsigned long bytes);
void __tsan_write_range(void *address, unsigned long bytes) { touch(address, bytes, true); }
void __tsan_init(void);
void __tsan_init(void) {}
void __tsan_func_entry(void *);
void __tsan_func_entry(void *) {}
void __tsan_func_exit(void *);
void __tsan_func_exit(void *) {}
void __tsan_vptr_update(void **, void *);
void __tsan_vptr_update(void **, void *) {}
void __tsan_vptr_read(void **);
void __tsan_vptr_read(void **) {}

// std::atomic, on the host's side of the sources.
#define ATOMIC(bits, T)                                                                          \
    T __tsan_atomic##bits##_load(const volatile T *at, int);                                     \
    T __tsan_atomic##bits##_load(const volatile T *at, int) { return __atomic_load_n(at, 5); }   \
    void __tsan_atomic##bits##_store(volatile T *at, T value, int);                              \
    void __tsan_atomic##bits##_store(volatile T *at, T value, int) {                             \
        __atomic_store_n(at, value, 5);                                                          \
    }                                                                                            \
    T __tsan_atomic##bits##_fetch_add(volatile T *at, T value, int);                             \
    T __tsan_atomic##bits##_fetch_add(volatile T *at, T value, int) {                            \
        return __atomic_fetch_add(at, value, 5);                                                 \
    }                                                                                            \
    T __tsan_atomic##bits##_exchange(volatile T *at, T value, int);                              \
    T __tsan_atomic##bits##_exchange(volatile T *at, T value, int) {                             \
        return __atomic_exchange_n(at, value, 5);                                                \
    }
static_assert(__ATOMIC_SEQ_CST == 5, "the order above");
ATOMIC(8, unsigned char)
ATOMIC(32, unsigned)
ATOMIC(64, unsigned long)

} // extern "C"
