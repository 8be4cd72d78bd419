/* How many processors this process may use. */
#define _GNU_SOURCE
#include <sched.h>
#include <unistd.h>

#include "session/cgroup.h"
#include "session/session.h"

static int permitted_cpus(void) {
#ifdef __linux__
    /* The mask, not the machine: a batch system or a container often grants only some processors. A set of fixed size
     * is refused on machines with more processors than it has bits, so try larger ones. */
    for (int bits = 1024; bits <= 1 << 20; bits *= 4) {
        cpu_set_t *set = CPU_ALLOC(bits);
        if (set == NULL) break;
        size_t size = CPU_ALLOC_SIZE(bits);
        int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (count > 0) return count;
    }
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

/* A quota of processor time counts as processors: more threads than it feeds would only wait for each other. */
int fr_available_cpus(void) {
    const int permitted = permitted_cpus(), quota = fr_cgroup_processors("");
    return quota > 0 && quota < permitted ? quota : permitted;
}
