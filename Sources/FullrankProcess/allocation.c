/* Swift's allocations, with an answer when they fail.
 *
 * On Linux the program is linked with --wrap=swift_slowAlloc (Package.swift): every allocation of the runtime, of arrays,
 * strings and objects, comes here instead of the runtime's own function, which does the same but traps on failure.
 * swift_slowDealloc frees with free(), on Linux whatever the alignment.
 *
 * Apple's linker has no --wrap, and macOS grants what it does not have: there an allocation fails hardly ever, and traps
 * when it does. What the kernels allocate is looked up first on every system. */
#define _GNU_SOURCE
#include "fullrank_process.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fullrank_memory.h"

static char beginning[64] = "fullrank: ";
static _Atomic int exit_code = 69;
static void (*before_end)(void);
/* Given back before the last words, which may allocate a little. */
static void *reserve;

void fullrank_end_without_memory(const char *message, int32_t code, void (*before)(void)) {
    snprintf(beginning, sizeof beginning, "%s", message);
    exit_code = code;
    before_end = before;
    if (reserve == NULL) reserve = malloc((size_t)128 << 10);
}

#ifndef __APPLE__
static _Noreturn void end(size_t bytes) {
    static atomic_flag is_ending = ATOMIC_FLAG_INIT;
    static _Thread_local int ends_here;
    if (atomic_flag_test_and_set(&is_ending)) {
        if (!ends_here) /* another thread is at it */
            for (;;) pause();
    } else {
        ends_here = 1;
        free(reserve);
        if (before_end != NULL) before_end();
    }
    char words[256];
    const uint64_t available = fr_memory_available();
    int length = snprintf(words, sizeof words, "%sout of memory: %zu more bytes are needed", beginning, bytes);
    if (available != UINT64_MAX && available < bytes)
        length += snprintf(words + length, sizeof words - (size_t)length, ", %llu are available",
                           (unsigned long long)available);
    words[length++] = '\n';
    while (write(STDERR_FILENO, words, (size_t)length) < 0 && errno == EINTR) {
    }
    _exit(exit_code);
}

void *__wrap_swift_slowAlloc(size_t bytes, size_t alignment_mask);

void *__wrap_swift_slowAlloc(size_t bytes, size_t alignment_mask) {
    void *allocated = NULL;
    if (alignment_mask < _Alignof(max_align_t) || alignment_mask == SIZE_MAX) { /* SIZE_MAX: the default */
        allocated = malloc(bytes);
    } else if (posix_memalign(&allocated, alignment_mask + 1, bytes) != 0) {
        allocated = NULL;
    }
    if (allocated == NULL) end(bytes);
    return allocated;
}
#endif
