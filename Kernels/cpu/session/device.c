/* The one device of the CPU backend: the processors this process may use. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "fullrank_memory.h"
#include "session/machine.h"
#include "session/session.h"
#include "table.h"

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
    if (!fr_machine_name(info.name, sizeof info.name)) {
        struct utsname system; /* Linux gives no model name on arm64 */
        bool known = uname(&system) == 0;
        snprintf(info.name, sizeof info.name, "CPU%s%.60s", known ? " " : "", known ? system.machine : "");
    }
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages > 0 && page > 0) info.memory_bytes = (uint64_t)pages * (uint64_t)page;
    const uint64_t unused = fr_machine_memory_free(false);
    if (unused != UINT64_MAX) info.free_memory_bytes = unused;
    const uint64_t available = fr_memory_available();
    if (available < info.free_memory_bytes) info.free_memory_bytes = available;
    info.compute_units = fr_available_cpus();
    infos[0] = info;
    return FR_OK;
}
