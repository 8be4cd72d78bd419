// Runs CUDA kernels on the host, for tests. The threads of a block are fibers of one host thread, which are switched at
// barriers and warp functions; blocks run one after the other. Memory is host memory, streams.h says when work runs, and
// several host threads may launch kernels at a time. The emulation is slow, deterministic and strict: a barrier that
// some threads of the block never reach ends the process with a message.
#ifndef FR_CUDA_HOST_EMULATION_H
#define FR_CUDA_HOST_EMULATION_H

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>

#include "runtime.h"
#include "streams.h"

#define __global__
#define __device__
#define __host__
#define __constant__ static
#define __shared__ static thread_local
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(bytes) alignas(bytes)

struct uint3 { unsigned x, y, z; };

extern thread_local uint3 threadIdx, blockIdx;
extern thread_local dim3 blockDim, gridDim;
constexpr int warpSize = 32;

namespace fr_emulation {
// The name of a launch is that of its kernel. If the kernel is chosen at run time and called `kernel`, the name
// consists of the source file and the function that launches it: "qr, launch".
std::string launch_name(const char *kernel, const char *file, const char *function);
void *dynamic_shared();
void block_barrier();
// Waits for all lanes of `mask` (of the caller's warp). exchange: each lane passes 8 bytes and receives those of lane
// `from`.
void warp_barrier(unsigned mask);
uint64_t exchange(unsigned mask, uint64_t value, int from);
// The bits of the lanes of `mask` whose predicate holds.
unsigned ballot(unsigned mask, bool predicate);
int lane();

template <typename T> T shuffle(unsigned mask, T value, int from) {
    static_assert(sizeof(T) <= 8, "shuffles move up to 8 bytes");
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    bits = exchange(mask, bits, from);
    std::memcpy(&value, &bits, sizeof value);
    return value;
}
} // namespace fr_emulation

#define FR_LAUNCH(kernel, grid, block, shared, stream, ...) \
    fr_emulation::launch_on(stream, fr_emulation::launch_name(#kernel, __FILE__, __func__), dim3(grid), dim3(block), \
                            shared, kernel, __VA_ARGS__)
#define FR_DYNAMIC_SHARED(type, name) type *const name = static_cast<type *>(fr_emulation::dynamic_shared())

inline void __syncthreads() { fr_emulation::block_barrier(); }
int __syncthreads_or(int predicate);
int __syncthreads_and(int predicate);
int __syncthreads_count(int predicate);
inline void __syncwarp(unsigned mask = 0xffffffffu) { fr_emulation::warp_barrier(mask); }
inline unsigned __ballot_sync(unsigned mask, int predicate) { return fr_emulation::ballot(mask, predicate != 0); }
inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, !predicate) == 0; }
inline unsigned __activemask() { return 0xffffffffu; }

// width: lanes form groups of this size, a power of two, as in CUDA.
template <typename T> T __shfl_sync(unsigned mask, T value, int from, int width = 32) {
    const int base = fr_emulation::lane() & ~(width - 1);
    return fr_emulation::shuffle(mask, value, base + (from & (width - 1)));
}
template <typename T> T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32) {
    const int lane = fr_emulation::lane(), from = lane ^ bits;
    return fr_emulation::shuffle(mask, value, (from & ~(width - 1)) == (lane & ~(width - 1)) ? from : lane);
}
template <typename T> T __shfl_down_sync(unsigned mask, T value, unsigned by, int width = 32) {
    const int lane = fr_emulation::lane(), from = lane + int(by);
    return fr_emulation::shuffle(mask, value, (from & ~(width - 1)) == (lane & ~(width - 1)) ? from : lane);
}
template <typename T> T __shfl_up_sync(unsigned mask, T value, unsigned by, int width = 32) {
    const int lane = fr_emulation::lane(), from = lane - int(by);
    return fr_emulation::shuffle(mask, value, from >= (lane & ~(width - 1)) ? from : lane);
}

// Plain operations are atomic, because fibers are switched at barriers only.
template <typename T> T atomicAdd(T *at, T value) { T old = *at; *at = old + value; return old; }
template <typename T> T atomicMax(T *at, T value) { T old = *at; if (value > old) *at = value; return old; }
template <typename T> T atomicMin(T *at, T value) { T old = *at; if (value < old) *at = value; return old; }
template <typename T> T atomicOr(T *at, T value) { T old = *at; *at = old | value; return old; }
template <typename T> T atomicExch(T *at, T value) { T old = *at; *at = value; return old; }
template <typename T>
T atomicCAS(T *at, T expected, T value) {
    T old = *at;
    if (old == expected) *at = value;
    return old;
}
inline void __threadfence() {}
inline void __threadfence_block() {}

template <typename T> T __ldg(const T *at) { return *at; }
inline double __dadd_rn(double a, double b) { return a + b; }
inline double __dmul_rn(double a, double b) { return a * b; }
inline double __ddiv_rn(double a, double b) { return a / b; }
inline double __dsqrt_rn(double a) { return std::sqrt(a); }
inline double __fma_rn(double a, double b, double c) { return std::fma(a, b, c); }
inline float __fmaf_rn(float a, float b, float c) { return std::fma(a, b, c); }
inline double rsqrt(double a) { return 1.0 / std::sqrt(a); }
inline float rsqrtf(float a) { return 1.0f / std::sqrt(a); }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline int __ffsll(long long x) { return __builtin_ffsll(x); }
inline int __clz(int x) { return x ? __builtin_clz(unsigned(x)) : 32; }
inline int __clzll(long long x) { return x ? __builtin_clzll((unsigned long long)x) : 64; }
inline int __dp4a(int a, int b, int c) {
    for (int i = 0; i < 32; i += 8) c += int(int8_t(a >> i)) * int(int8_t(b >> i));
    return c;
}
inline long long __double_as_longlong(double x) { long long bits; std::memcpy(&bits, &x, 8); return bits; }
inline double __longlong_as_double(long long bits) { double x; std::memcpy(&x, &bits, 8); return x; }

#endif
