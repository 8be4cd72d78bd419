/* Control groups: where the kernel keeps the limits that a container or a batch system sets. Private to Kernels/cpu. */
#ifndef FR_CPU_CGROUP_H
#define FR_CPU_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "portability.h"

/* Version 1 (a hierarchy per controller) and version 2 (one unified hierarchy) name their files differently. */
typedef void (*fr_cgroup_visitor)(void *context, const char *folder, bool unified);

/* Visits the folders of this process's own group and of its ancestors, the own one first, in each mounted hierarchy
 * that may limit `controller` ("cpu", "memory"): every one of these limits binds.
 *
 * root: "" for this machine; a test puts a folder before /proc and before the mount points. */
void fr_cgroup_visit(const char *root, const char *controller, fr_cgroup_visitor visit, void *context);

/* The file's first whole number; false if there is no such file or it does not begin with a number ("max"). */
bool fr_cgroup_number(const char *folder, const char *file, int64_t *number);

/* Processors that the quotas allow, rounded up: 1.5 processors keep two threads busy. 0: no quota. */
int fr_cgroup_processors(const char *root);
/* Bytes that the groups may still take before the kernel kills a process in them; the page cache is not counted as
 * used, because the kernel reclaims it first. UINT64_MAX: no limit. */
uint64_t fr_cgroup_memory_available(const char *root);

#endif
