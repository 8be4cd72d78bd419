#include "session/arena.h"

#include <stdint.h>
#include <stdlib.h>

#include "check_arguments.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(WATCHED)
#include <sanitizer/asan_interface.h>
#define POISON(at, bytes) __asan_poison_memory_region(at, bytes)
enum { gap = 64 };
#else
#define POISON(at, bytes) (void)(at)
enum { gap = 0 };
#endif

/* A cache line: every vector of a slice of doubles then lies in one. */
enum { alignment = 64 };

void *fr_arena_slice(fr_arena *arena, size_t rows, size_t columns, size_t element) {
    const size_t bytes = fr_size_product(fr_size_product(rows, columns), element);
    /* An object larger than PTRDIFF_MAX is not possible; what stays below can be added without overflow. */
    if (arena->used > PTRDIFF_MAX || bytes > PTRDIFF_MAX - 2 * alignment - gap) {
        arena->used = SIZE_MAX;
        return NULL;
    }
    const size_t begin = arena->used;
    arena->used = (begin + bytes + gap + alignment - 1) / alignment * alignment;
    if (arena->first == NULL) return NULL;
    POISON(arena->first + begin + bytes, arena->used - begin - bytes);
    return arena->first + begin;
}

bool fr_arena_make(fr_arena *arena, fr_arena_layout layout, void *object) {
    *arena = (fr_arena){0};
    layout(object, arena);
    if (arena->used > PTRDIFF_MAX - alignment) return false;
    /* Not aligned_alloc: calloc gets zeroed pages from the system, which take no memory until they are touched. */
    arena->memory = calloc(arena->used + alignment, 1);
    if (arena->memory == NULL) return false;
    arena->first = (unsigned char *)(((uintptr_t)arena->memory + alignment - 1) / alignment * alignment);
    arena->used = 0;
    layout(object, arena);
    return true;
}

void fr_arena_free(fr_arena *arena) {
    free(arena->memory);
    *arena = (fr_arena){0};
}
