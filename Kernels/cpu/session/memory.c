/* Limits on memory, and how the process keeps to them. */
#define _GNU_SOURCE
#include "session/memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "session/cgroup.h"
#include "session/machine.h"
#include "session/session.h"

static uint64_t left(int resource, uint64_t used) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return UINT64_MAX;
    return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

static uint64_t lesser(uint64_t a, uint64_t b) { return a < b ? a : b; }

uint64_t fr_memory_available(void) {
    uint64_t available = lesser(fr_machine_memory_free(true), fr_cgroup_memory_available("")), space, data;
    if (!fr_machine_mapped(&space, &data)) return available;
    return lesser(available, lesser(left(RLIMIT_AS, space), left(RLIMIT_DATA, data)));
}

/* Our own limit on data, and what it was raised by for sparse pages; 0: we set none. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t own_limit;

static bool set_limit(uint64_t bytes) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_DATA, &limit) != 0) return false;
    if (limit.rlim_max != RLIM_INFINITY && bytes > limit.rlim_max) return false;
    limit.rlim_cur = bytes;
    return setrlimit(RLIMIT_DATA, &limit) == 0;
}

void fr_memory_refuse_beyond_available(void) {
    struct rlimit limit;
    uint64_t space, data;
#ifdef __GLIBC__
    /* Each thread would reserve 64 MiB of address space for what it allocates, and for a moment twice that. */
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) mallopt(M_ARENA_MAX, 1);
#endif
    const uint64_t available = lesser(fr_machine_memory_free(true), fr_cgroup_memory_available(""));
    if (available == UINT64_MAX || !fr_machine_mapped(&space, &data) || getrlimit(RLIMIT_DATA, &limit) != 0) return;
    /* Stacks are counted in full, and hardly touched: a few for each processor are not taken for memory. */
    const uint64_t stacks = (uint64_t)(fr_available_cpus() + 4) * ((uint64_t)8 << 20);
    const uint64_t bytes = data + available + stacks;
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur <= bytes) return;
    pthread_mutex_lock(&mutex);
    if (set_limit(bytes)) own_limit = bytes;
    pthread_mutex_unlock(&mutex);
}

/* Raises (or lowers again) our own limit by what is mapped and never touched. */
static void move_limit(uint64_t bytes, bool up) {
    pthread_mutex_lock(&mutex);
    if (own_limit != 0) {
        own_limit = up ? own_limit + bytes : own_limit - bytes;
        set_limit(own_limit);
    }
    pthread_mutex_unlock(&mutex);
}

/* Below this no limit is worth a look. */
static const size_t large = (size_t)64 << 20;

void fr_memory_allow_untouched(size_t bytes) { move_limit(bytes, true); }

bool fr_memory_holds(double bytes) { return bytes <= (double)large || bytes <= (double)fr_memory_available(); }

void *fr_memory_map_sparse(size_t bytes, size_t expected) {
    if (!fr_memory_holds((double)expected)) return NULL;
    if (bytes > large) move_limit(bytes - expected, true);
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages != MAP_FAILED) return pages;
    if (bytes > large) move_limit(bytes - expected, false);
    return NULL;
}

void fr_memory_give_back(void *pages, size_t bytes) {
#ifdef __APPLE__
    madvise(pages, bytes, MADV_FREE); /* there MADV_DONTNEED keeps them */
#else
    madvise(pages, bytes, MADV_DONTNEED);
#endif
}

void fr_memory_unmap_sparse(void *pages, size_t bytes, size_t expected) {
    munmap(pages, bytes);
    if (bytes > large) move_limit(bytes - expected, false);
}

bool fr_memory_can_map(size_t bytes, int parts) {
    void **pages = calloc((size_t)parts, sizeof *pages);
    if (pages == NULL) return false;
    int made = 0;
    while (made < parts) {
        void *part = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (part == MAP_FAILED) break;
        pages[made++] = part;
    }
    const bool all = made == parts;
    while (made > 0) munmap(pages[--made], bytes);
    free(pages);
    return all;
}
