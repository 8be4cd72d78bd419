// Fibers are created by makecontext and switched by _setjmp and _longjmp (a switch by swapcontext costs two system
// calls).
#include "emulation.h"

#include "counters.h"

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <memory>
#include <mutex>
#include <numeric>
#include <random>
#include <ucontext.h>
#include <vector>

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

thread_local uint3 threadIdx, blockIdx;
thread_local dim3 blockDim, gridDim;

namespace fr_emulation {
namespace {

constexpr size_t stack_bytes = 64 << 10;

enum class Waiting { no, at_block_barrier, at_warp_barrier, ended };

// ThreadSanitizer is informed of each switch, so that it separates a fiber's calls from those of the next one.
struct SanitizedFiber {
#if defined(__SANITIZE_THREAD__)
    void *at;
    static void *current() { return __tsan_get_current_fiber(); }
    SanitizedFiber() : at(__tsan_create_fiber(0)) {}
    ~SanitizedFiber() { __tsan_destroy_fiber(at); }
    static void go_to(void *fiber) { __tsan_switch_to_fiber(fiber, 0); }
#else
    static constexpr void *at = nullptr;
    static void *current() { return nullptr; }
    static void go_to(void *) {}
#endif
};

struct Fiber {
    SanitizedFiber sanitized;
    ucontext_t context;
    jmp_buf at;
    uint3 index;
    Waiting waiting;
    bool started;
    unsigned mask; // of the warp function it waits in
    uint64_t given;
    bool predicate;
};

struct Block {
    std::vector<Fiber> fibers;
    char *stacks;
    std::vector<unsigned char> shared;
    const std::function<void()> *body;
    jmp_buf scheduler;
    void *sanitized_scheduler;
    size_t current;
    size_t ended;
    int64_t barriers, warp_calls; // of the current block; of all blocks, by threads
};

thread_local Block *block;


[[noreturn]] void fail(const char *words) {
    std::fprintf(stderr, "CUDA emulation: block (%u, %u, %u), thread %u: %s\n", blockIdx.x, blockIdx.y, blockIdx.z,
                 threadIdx.x, words);
    std::abort();
}

void start() {
    (*block->body)();
    block->fibers[block->current].waiting = Waiting::ended;
    block->ended++;
    SanitizedFiber::go_to(block->sanitized_scheduler);
    _longjmp(block->scheduler, 1);
}

// Runs a fiber until it waits or ends. It is not inlined, because the caller's variables must not be in a frame to
// which a jump returns.
__attribute__((noinline)) void resume(size_t number) {
    Fiber &fiber = block->fibers[number];
    block->current = number;
    threadIdx = fiber.index;
    if (_setjmp(block->scheduler) != 0) return;
    SanitizedFiber::go_to(fiber.sanitized.at);
    if (fiber.started) _longjmp(fiber.at, 1);
    fiber.started = true;
    setcontext(&fiber.context);
}

// Called inside a fiber: returns to the scheduler until the fiber is resumed.
__attribute__((noinline)) void wait(Waiting reason) {
    Fiber &fiber = block->fibers[block->current];
    fiber.waiting = reason;
    if (_setjmp(fiber.at) != 0) return;
    SanitizedFiber::go_to(block->sanitized_scheduler);
    _longjmp(block->scheduler, 1);
}

// Resumes the warps of which all masked lanes have arrived. Returns false if there is none.
bool release_warps() {
    bool any = false;
    const size_t count = block->fibers.size();
    for (size_t first = 0; first < count; first += 32) {
        const size_t lanes = count - first < 32 ? count - first : 32;
        for (size_t lane = 0; lane < lanes; lane++) {
            const Fiber &one = block->fibers[first + lane];
            if (one.waiting != Waiting::at_warp_barrier) continue;
            const unsigned mask = lanes == 32 ? one.mask : one.mask & ((1u << lanes) - 1);
            bool all = true;
            for (size_t other = 0; other < lanes && all; other++)
                if (mask >> other & 1) {
                    const Fiber &fiber = block->fibers[first + other];
                    all = fiber.waiting == Waiting::at_warp_barrier && fiber.mask == one.mask;
                }
            if (!all) continue;
            for (size_t other = 0; other < lanes; other++)
                if (mask >> other & 1) block->fibers[first + other].waiting = Waiting::no;
            any = true;
        }
    }
    return any;
}

bool release_block() {
    for (const Fiber &fiber : block->fibers)
        if (fiber.waiting != Waiting::at_block_barrier) return false;
    for (Fiber &fiber : block->fibers) fiber.waiting = Waiting::no;
    block->barriers++;
    return true;
}

// This is separate from the loop that calls it for the same reason: getcontext may return twice.
__attribute__((noinline)) void give_stack(Fiber &fiber, char *stack) {
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = stack;
    fiber.context.uc_stack.ss_size = stack_bytes;
    fiber.context.uc_link = nullptr;
    makecontext(&fiber.context, start, 0);
}

// Runs the threads in order. With FULLRANK_EMULATED_ORDER=SEED one warp at a time is drawn at random, and its threads
// run in any order: a read of a value that another warp has yet to write then differs from run to run, and races show.
std::vector<size_t> order_of_threads(size_t count) {
    static const char *const seed = std::getenv("FULLRANK_EMULATED_ORDER");
    static thread_local std::mt19937 random(seed ? unsigned(std::strtoul(seed, nullptr, 10)) : 0u);
    std::vector<size_t> order(count);
    std::iota(order.begin(), order.end(), size_t(0));
    if (!seed) return order;
    std::shuffle(order.begin(), order.end(), random);
    std::vector<size_t> able;
    for (size_t i : order)
        if (block->fibers[i].waiting == Waiting::no) able.push_back(i);
    if (able.empty()) return able;
    const size_t warp = able[random() % able.size()] / 32;
    able.erase(std::remove_if(able.begin(), able.end(), [=](size_t i) { return i / 32 != warp; }), able.end());
    return able;
}

void run_block() {
    const size_t count = block->fibers.size();
    block->ended = 0;
    block->barriers = 0;
    for (size_t i = 0; i < count; i++) {
        Fiber &fiber = block->fibers[i];
        fiber.index = {unsigned(i % blockDim.x), unsigned(i / blockDim.x % blockDim.y),
                       unsigned(i / blockDim.x / blockDim.y)};
        fiber.waiting = Waiting::no;
        fiber.started = false;
        give_stack(fiber, block->stacks + i * stack_bytes);
    }
    while (block->ended < count) {
        bool moved = false;
        for (size_t i : order_of_threads(count))
            if (block->fibers[i].waiting == Waiting::no) {
                resume(i);
                moved = true;
            }
        if (block->ended == count) break;
        moved |= release_warps();
        if (!moved && !release_block()) fail("some threads wait at a barrier that others never reach");
    }
}

} // namespace

// Kept from launch to launch, because fresh pages for each launch would cost more than most kernels.
static char *stacks_for(size_t count) {
    static thread_local std::unique_ptr<char[]> stacks;
    static thread_local size_t capacity = 0;
    if (count > capacity) {
        stacks.reset(new char[count * stack_bytes]); // not cleared
        capacity = count;
    }
    return stacks.get();
}

LaunchHooks launch_hooks;
static std::mutex counting;
static std::map<std::string, KernelCounts> kernel_counts;

std::map<std::string, KernelCounts> take_kernel_counts() {
    std::lock_guard<std::mutex> lock(counting);
    std::map<std::string, KernelCounts> taken;
    taken.swap(kernel_counts);
    return taken;
}

std::string launch_name(const char *kernel, const char *file, const char *function) {
    if (std::strcmp(kernel, "kernel") != 0) return kernel;
    const char *const slash = std::strrchr(file, '/');
    const std::string name = slash ? slash + 1 : file;
    return name.substr(0, name.find('.')) + ", " + function;
}

void launch(const std::string &name, dim3 grid, dim3 threads, size_t shared_bytes, const std::function<void()> &body) {
    Block mine;
    KernelCounts counted;
    const size_t count = size_t(threads.x) * threads.y * threads.z;
    mine.fibers.resize(count);
    mine.stacks = stacks_for(count);
    mine.shared.resize(shared_bytes + 16);
    mine.body = &body;
    mine.sanitized_scheduler = SanitizedFiber::current();
    block = &mine;
    gridDim = grid;
    blockDim = threads;
    mine.warp_calls = 0;
    if (launch_hooks.begin)
        launch_hooks.begin(name.c_str(), {mine.shared.data(), mine.shared.size()}, {mine.stacks, count * stack_bytes});
    for (unsigned z = 0; z < grid.z; z++)
        for (unsigned y = 0; y < grid.y; y++)
            for (unsigned x = 0; x < grid.x; x++) {
                blockIdx = {x, y, z};
                // Filled with garbage, as on a device: a kernel must not rely on zeros.
                std::memset(mine.shared.data(), 0xA5, mine.shared.size());
                run_block();
                counted.block_barriers += mine.barriers;
                counted.longest = std::max(counted.longest, mine.barriers);
            }
    block = nullptr;
    if (launch_hooks.end) launch_hooks.end(&counted);
    const int64_t blocks = int64_t(grid.x) * grid.y * grid.z;
    std::lock_guard<std::mutex> lock(counting);
    KernelCounts &all = kernel_counts[name];
    all.launches++;
    all.blocks += blocks;
    all.threads += blocks * int64_t(count);
    all.block_barriers += counted.block_barriers;
    all.longest += counted.longest;
    all.warp_calls += mine.warp_calls / int64_t(std::min<size_t>(count, 32));
    all.shared_bytes = std::max(all.shared_bytes, int64_t(shared_bytes));
    all.device_bytes += counted.device_bytes;
    all.device_sectors += counted.device_sectors;
    all.shared_accesses += counted.shared_accesses;
}

void *dynamic_shared() {
    const auto address = reinterpret_cast<uintptr_t>(block->shared.data());
    return reinterpret_cast<void *>((address + 15) / 16 * 16);
}

void block_barrier() { wait(Waiting::at_block_barrier); }

void warp_barrier(unsigned mask) {
    if (!(mask >> lane() & 1)) fail("a lane is not in the mask it names");
    block->fibers[block->current].mask = mask;
    block->warp_calls++;
    wait(Waiting::at_warp_barrier);
}

int lane() { return int(block->current % 32); }

uint64_t exchange(unsigned mask, uint64_t value, int from) {
    block->fibers[block->current].given = value;
    warp_barrier(mask);
    const size_t first = block->current / 32 * 32;
    const uint64_t got =
        first + size_t(from) < block->fibers.size() ? block->fibers[first + size_t(from)].given : value;
    warp_barrier(mask); // no lane writes again before all have read
    return got;
}

unsigned ballot(unsigned mask, bool predicate) {
    block->fibers[block->current].predicate = predicate;
    warp_barrier(mask);
    const size_t first = block->current / 32 * 32;
    unsigned bits = 0;
    for (size_t other = 0; other < 32 && first + other < block->fibers.size(); other++)
        if (mask >> other & 1 && block->fibers[first + other].predicate) bits |= 1u << other;
    warp_barrier(mask);
    return bits;
}

static int count_predicates(int predicate) {
    block->fibers[block->current].predicate = predicate != 0;
    block_barrier();
    int count = 0;
    for (const Fiber &fiber : block->fibers) count += fiber.predicate;
    block_barrier();
    return count;
}

int syncthreads_count(int predicate) { return count_predicates(predicate); }
size_t block_threads() { return block->fibers.size(); }

} // namespace fr_emulation

int __syncthreads_count(int predicate) { return fr_emulation::syncthreads_count(predicate); }
int __syncthreads_or(int predicate) { return fr_emulation::syncthreads_count(predicate) > 0; }
int __syncthreads_and(int predicate) {
    return fr_emulation::syncthreads_count(predicate) == int(fr_emulation::block_threads());
}
