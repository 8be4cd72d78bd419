/* Address space of which only a part is ever used. Private to Kernels/cpu. */
#ifndef FR_CPU_MEMORY_H
#define FR_CPU_MEMORY_H

#include <stdbool.h>

#include "fullrank_memory.h"

/* Whether so many bytes are there; needs below 64 MiB are not looked up. */
bool fr_memory_holds(double bytes);

/* Zeroed pages that get memory when they are first touched, about `expected` bytes of them. NULL if the system refuses
 * them, or if the expected part is more than is available. */
void *fr_memory_map_sparse(size_t bytes, size_t expected);
/* Whole pages of these, and what they hold is no longer wanted. */
void fr_memory_give_back(void *pages, size_t bytes);
/* With the same numbers. */
void fr_memory_unmap_sparse(void *pages, size_t bytes, size_t expected);

/* Address space that others are about to map and hardly touch: it does not count as memory. */
void fr_memory_allow_untouched(size_t bytes);

/* Whether `parts` times so many bytes could be mapped now; nothing stays mapped. */
bool fr_memory_can_map(size_t bytes, int parts);

#endif
