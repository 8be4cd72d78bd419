/* Which instruction set's kernels run. */
#include "vector/isa.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

extern const fr_isa fr_isa_portable;
#if defined(__x86_64__)
extern const fr_isa fr_isa_avx2, fr_isa_avx512;
#elif defined(__aarch64__)
extern const fr_isa fr_isa_neon;
#endif

const fr_isa *fr_isa_named(const char *name) {
    if (strcmp(name, "portable") == 0) return &fr_isa_portable;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (strcmp(name, "avx2") == 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("bmi2"))
        return &fr_isa_avx2;
    if (strcmp(name, "avx512") == 0 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
        return &fr_isa_avx512;
#elif defined(__aarch64__)
    if (strcmp(name, "neon") == 0) return &fr_isa_neon;
#endif
    return NULL;
}

const fr_isa *fr_isa_best(void) {
    const char *wish = getenv("FULLRANK_ISA");
    if (wish) {
        const fr_isa *named = fr_isa_named(wish);
        if (named) return named;
    }
    const fr_isa *best = fr_isa_named("avx512");
    if (!best) best = fr_isa_named("avx2");
    if (!best) best = fr_isa_named("neon");
    return best ? best : &fr_isa_portable;
}
