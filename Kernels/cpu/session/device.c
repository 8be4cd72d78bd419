/* The one device of the CPU backend: the processors this process may use. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "fullrank_memory.h"
#include "session/session.h"
#include "table.h"

/* The text after the colon of the first line of a /proc file that starts with `key`. */
static bool proc_value(const char *path, const char *key, char *value, size_t capacity) {
    FILE *file = fopen(path, "r");
    if (file == NULL) return false;
    char line[512];
    bool found = false;
    while (!found && fgets(line, sizeof line, file) != NULL) {
        const char *colon = strchr(line, ':');
        if (colon == NULL || strncmp(line, key, strlen(key)) != 0) continue;
        colon += 1 + strspn(colon + 1, " \t");
        snprintf(value, capacity, "%.*s", (int)strcspn(colon, "\n"), colon);
        found = value[0] != 0;
    }
    fclose(file);
    return found;
}

fr_status fr_cpu_devices(fr_device_info *infos, int32_t capacity, int32_t *count, char *reason,
                         size_t reason_capacity) {
    bool missing = count == NULL || (infos == NULL && capacity > 0);
    if (reason != NULL && reason_capacity > 0)
        snprintf(reason, reason_capacity, "%s", missing ? "devices: infos or count is NULL" : "");
    if (missing) return FR_INVALID_ARGUMENT;
    *count = 1;
    if (capacity < 1) return FR_OK;

    fr_device_info info;
    memset(&info, 0, sizeof info);
    if (!proc_value("/proc/cpuinfo", "model name", info.name, sizeof info.name)) {
        struct utsname system; /* ARM kernels give no model name */
        bool known = uname(&system) == 0;
        snprintf(info.name, sizeof info.name, "CPU%s%.60s", known ? " " : "", known ? system.machine : "");
    }
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages > 0 && page > 0) info.memory_bytes = (uint64_t)pages * (uint64_t)page;
    char text[64];
    unsigned long long kibibytes = 0;
    if (proc_value("/proc/meminfo", "MemAvailable", text, sizeof text) && sscanf(text, "%llu", &kibibytes) == 1)
        info.free_memory_bytes = (uint64_t)kibibytes * 1024;
    const uint64_t available = fr_memory_available();
    if (available < info.free_memory_bytes) info.free_memory_bytes = available;
    info.compute_units = fr_available_cpus();
    infos[0] = info;
    return FR_OK;
}
