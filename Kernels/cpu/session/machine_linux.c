/* session/machine.h by /proc and the C library: Linux, and whatever else is no Darwin. */
#ifndef __APPLE__
#define _GNU_SOURCE
#include "session/machine.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

bool fr_machine_name(char *name, size_t capacity) {
    FILE *file = fopen("/proc/cpuinfo", "r");
    if (file == NULL) return false;
    char line[512];
    bool found = false;
    while (!found && fgets(line, sizeof line, file) != NULL) {
        const char *colon = strchr(line, ':');
        if (colon == NULL || strncmp(line, "model name", 10) != 0) continue;
        colon += 1 + strspn(colon + 1, " \t");
        snprintf(name, capacity, "%.*s", (int)strcspn(colon, "\n"), colon);
        found = name[0] != 0;
    }
    fclose(file);
    return found;
}

int fr_machine_processors(void) {
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

uint64_t fr_machine_memory_free(bool with_swap) {
    FILE *file = fopen("/proc/meminfo", "r");
    if (file == NULL) return UINT64_MAX;
    char line[128];
    unsigned long long kibibytes, sum = 0;
    bool known = false;
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "MemAvailable: %llu", &kibibytes) == 1) {
            known = true;
            sum += kibibytes;
        } else if (with_swap && sscanf(line, "SwapFree: %llu", &kibibytes) == 1) {
            sum += kibibytes;
        }
    }
    fclose(file);
    return known ? (uint64_t)sum * 1024 : UINT64_MAX;
}

/* Pages: the first and the sixth number of /proc/self/statm. */
bool fr_machine_mapped(uint64_t *space, uint64_t *data) {
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long long all = 0, private = 0;
    bool read = file != NULL && fscanf(file, "%llu %*s %*s %*s %*s %llu", &all, &private) == 2;
    if (file != NULL) fclose(file);
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    *space = all * page;
    *data = private * page;
    return read;
}

bool fr_machine_has(fr_arm_extension extension) {
#if defined(__aarch64__) && defined(__linux__)
    if (extension == FR_ARM_DOT_PRODUCT) return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
    return (getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0;
#else
    (void)extension;
    return false;
#endif
}
#endif
