/* The memory of one object: a single allocation, cut into typed slices, freed at once. Private to Kernels/cpu.
 *
 * A layout function names each slice once, with its length. fr_arena_make calls it twice: the first pass adds the sizes
 * up and leaves the pointers NULL, the second one hands out the memory. So a size may depend on numbers that the caller
 * has stored in the object, never on what another slice holds. Objects that live and die together share an arena: the
 * layout function of the outer one calls those of the inner ones.
 *
 *     static void lay_out(void *object, fr_arena *arena) {
 *         table *t = object;
 *         FR_SLICE(arena, t->rows, t->count, t->width);
 *         FR_SLICE(arena, t->names, t->count, 1);
 *     }
 *     ...
 *     if (!fr_arena_make(&t->memory, lay_out, t)) return false;
 *     ...
 *     fr_arena_free(&t->memory);
 */
#ifndef FR_CPU_ARENA_H
#define FR_CPU_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "portability.h"

/* Zero before fr_arena_make; then fr_arena_free may be called at any time, any number of times. */
typedef struct fr_arena {
    unsigned char *memory; /* as allocated */
    unsigned char *first;  /* the first slice; NULL during the first pass */
    size_t used;           /* bytes of the slices named so far; SIZE_MAX: they do not fit into any memory */
} fr_arena;

typedef void (*fr_arena_layout)(void *object, fr_arena *arena);

/* All slices of the object, zeroed. False when they do not fit, or when out of memory: the pointers are then NULL. */
bool fr_arena_make(fr_arena *arena, fr_arena_layout layout, void *object);
void fr_arena_free(fr_arena *arena);

/* The next slice: rows * columns elements of so many bytes, aligned to 64 bytes; of no elements it is not NULL either.
 * Under AddressSanitizer the bytes between two slices are poisoned. */
void *fr_arena_slice(fr_arena *arena, size_t rows, size_t columns, size_t element);
/* The same, into a pointer whose type gives the elements' size. Negative lengths do not fit. */
#define FR_SLICE(arena, pointer, rows, columns) \
    ((pointer) = fr_arena_slice(arena, (size_t)(rows), (size_t)(columns), sizeof *(pointer)))

#endif
