/* Limits of control groups, versions 1 and 2. */
#define _POSIX_C_SOURCE 200809L
#include "session/cgroup.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Linux's PATH_MAX, whichever system this is compiled on. */
#define PATH_CAPACITY 4096

/* Whether one of the words between commas equals `word`. */
static bool has_word(const char *list, const char *word) {
    const size_t length = strlen(word);
    for (const char *at = list; *at != 0;) {
        const size_t part = strcspn(at, ",\n");
        if (part == length && memcmp(at, word, length) == 0) return true;
        at += part;
        at += strspn(at, ",\n");
    }
    return false;
}

/* The path of this process's group in the hierarchy of `controller`, or in the unified one. */
static bool own_path(const char *root, const char *controller, bool unified, char *path, size_t capacity) {
    char name[PATH_CAPACITY], line[PATH_CAPACITY + 256];
    snprintf(name, sizeof name, "%s/proc/self/cgroup", root);
    FILE *file = fopen(name, "r");
    bool found = false;
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        /* number:controllers:path */
        char *controllers = strchr(line, ':'), *end = controllers ? strchr(controllers + 1, ':') : NULL;
        if (end == NULL) continue;
        *end++ = 0;
        controllers++;
        end[strcspn(end, "\n")] = 0;
        found = unified ? strncmp(line, "0:", 2) == 0 && controllers[0] == 0 : has_word(controllers, controller);
        if (found) snprintf(path, capacity, "%s", end);
    }
    if (file != NULL) fclose(file);
    return found;
}

/* Visits `mount`/`path` and its ancestors down to the mount point. */
static void visit_up(const char *root, const char *mount, const char *path, bool unified, fr_cgroup_visitor visit,
                     void *context) {
    char folder[3 * PATH_CAPACITY];
    snprintf(folder, sizeof folder, "%s%s%s", root, mount, path);
    const size_t least = strlen(root) + strlen(mount);
    size_t length = strlen(folder);
    for (;;) {
        while (length > least && folder[length - 1] == '/') folder[--length] = 0;
        visit(context, folder, unified);
        if (length <= least) return;
        while (length > least && folder[length - 1] != '/') folder[--length] = 0;
    }
}

void fr_cgroup_visit(const char *root, const char *controller, fr_cgroup_visitor visit, void *context) {
    char name[PATH_CAPACITY], line[2 * PATH_CAPACITY], path[PATH_CAPACITY];
    snprintf(name, sizeof name, "%s/proc/self/mountinfo", root);
    FILE *file = fopen(name, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        /* id parent device ROOT MOUNT options [more] - TYPE source OPTIONS */
        char top[PATH_CAPACITY], mount[PATH_CAPACITY], type[32], options[256];
        const char *rest = strstr(line, " - ");
        if (rest == NULL || sscanf(rest, " - %31s %*s %255s", type, options) != 2) continue;
        const bool unified = strcmp(type, "cgroup2") == 0;
        if (!unified && (strcmp(type, "cgroup") != 0 || !has_word(options, controller))) continue;
        if (sscanf(line, "%*s %*s %*s %4095s %4095s", top, mount) != 2) continue;
        if (!own_path(root, controller, unified, path, sizeof path)) continue;
        /* In a container the mount often shows the container's own group as its top, and the path is still the
         * machine's; a path outside the mount is not visible at all. */
        const size_t above = strcmp(top, "/") == 0 ? 0 : strlen(top);
        const bool inside = strncmp(path, top, above) == 0 && (path[above] == '/' || path[above] == 0) &&
                            strstr(path, "/..") == NULL;
        visit_up(root, mount, inside ? path + above : "", unified, visit, context);
    }
    if (file != NULL) fclose(file);
}

bool fr_cgroup_number(const char *folder, const char *file, int64_t *number) {
    char name[4 * PATH_CAPACITY];
    snprintf(name, sizeof name, "%s/%s", folder, file);
    FILE *opened = fopen(name, "r");
    if (opened == NULL) return false;
    long long value;
    const bool read = fscanf(opened, "%lld", &value) == 1;
    fclose(opened);
    if (read) *number = value;
    return read;
}

/* The sum of two entries of memory.stat, "name value" per line. */
static int64_t page_cache(const char *folder, bool unified) {
    char name[4 * PATH_CAPACITY], key[64];
    snprintf(name, sizeof name, "%s/memory.stat", folder);
    FILE *opened = fopen(name, "r");
    if (opened == NULL) return 0;
    long long value, sum = 0;
    const char *const wanted[] = {unified ? "inactive_file" : "total_inactive_file",
                                  unified ? "active_file" : "total_active_file"};
    while (fscanf(opened, "%63s %lld", key, &value) == 2)
        if (strcmp(key, wanted[0]) == 0 || strcmp(key, wanted[1]) == 0) sum += value;
    fclose(opened);
    return sum;
}

static void limit_processors(void *context, const char *folder, bool unified) {
    int *fewest = context;
    int64_t quota = -1, period = 0;
    if (unified) {
        char name[4 * PATH_CAPACITY];
        long long parts[2];
        snprintf(name, sizeof name, "%s/cpu.max", folder);
        FILE *file = fopen(name, "r");
        if (file == NULL) return;
        if (fscanf(file, "%lld %lld", &parts[0], &parts[1]) == 2) { /* "max 100000" is not a quota */
            quota = parts[0];
            period = parts[1];
        }
        fclose(file);
    } else if (!fr_cgroup_number(folder, "cpu.cfs_quota_us", &quota) ||
               !fr_cgroup_number(folder, "cpu.cfs_period_us", &period)) {
        return;
    }
    if (quota <= 0 || period <= 0) return;
    const int64_t processors = quota / period + (quota % period != 0);
    if (processors <= INT_MAX && (*fewest == 0 || processors < *fewest)) *fewest = (int)processors;
}

int fr_cgroup_processors(const char *root) {
    int fewest = 0;
    fr_cgroup_visit(root, "cpu", limit_processors, &fewest);
    return fewest;
}

static void limit_memory(void *context, const char *folder, bool unified) {
    uint64_t *least = context;
    int64_t most, used;
    if (!fr_cgroup_number(folder, unified ? "memory.max" : "memory.limit_in_bytes", &most) ||
        !fr_cgroup_number(folder, unified ? "memory.current" : "memory.usage_in_bytes", &used))
        return;
    used -= page_cache(folder, unified);
    const uint64_t left = most > used ? (uint64_t)(most - (used > 0 ? used : 0)) : 0;
    if (left < *least) *least = left;
}

uint64_t fr_cgroup_memory_available(const char *root) {
    uint64_t least = UINT64_MAX;
    fr_cgroup_visit(root, "memory", limit_memory, &least);
    return least;
}
