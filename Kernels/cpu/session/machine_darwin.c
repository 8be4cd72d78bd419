/* session/machine.h on macOS, by sysctlbyname and host_statistics64: written from their manual pages and headers,
 * compiled against declarations alone so far (docs/macos.md). */
#ifdef __APPLE__
#include "session/machine.h"

#include <mach/mach.h>
#include <string.h>
#include <sys/sysctl.h>
#include <unistd.h>

/* 0 where there is no such number. It has 4 or 8 bytes, the lowest first. */
static int64_t number(const char *name) {
    int64_t value = 0;
    size_t size = sizeof value;
    return sysctlbyname(name, &value, &size, NULL, 0) == 0 ? value : 0;
}

bool fr_machine_name(char *name, size_t capacity) {
    size_t size = capacity;
    if (sysctlbyname("machdep.cpu.brand_string", name, &size, NULL, 0) != 0 || size == 0) return false;
    name[size < capacity ? size : capacity - 1] = 0;
    return name[0] != 0;
}

int fr_machine_processors(void) {
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

/* Unused pages, and those that nobody touched for a while. Swap is not counted: macOS makes it as it goes, up to what
 * the disk holds. */
uint64_t fr_machine_memory_free(bool with_swap) {
    (void)with_swap;
    const mach_port_t host = mach_host_self();
    vm_statistics64_data_t pages;
    memset(&pages, 0, sizeof pages);
    mach_msg_type_number_t count = HOST_VM_INFO64_COUNT;
    vm_size_t page = 0;
    const bool known = host_page_size(host, &page) == KERN_SUCCESS &&
                       host_statistics64(host, HOST_VM_INFO64, (host_info64_t)&pages, &count) == KERN_SUCCESS;
    mach_port_deallocate(mach_task_self(), host);
    if (!known) return UINT64_MAX;
    return ((uint64_t)pages.free_count + pages.inactive_count) * page;
}

/* Both limits are compared with all of the address space, of which a process is given hundreds of gigabytes as it
 * starts: they say nothing about memory. */
bool fr_machine_mapped(uint64_t *space, uint64_t *data) {
    *space = *data = 0;
    return false;
}

bool fr_machine_has(fr_arm_extension extension) {
    return number(extension == FR_ARM_DOT_PRODUCT ? "hw.optional.arm.FEAT_DotProd" : "hw.optional.arm.FEAT_I8MM") != 0;
}
#endif
