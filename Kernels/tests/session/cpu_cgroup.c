/* Limits of control groups, on made-up /proc and mount points: versions 1 and 2, ancestors, containers. */
#include <sys/stat.h>
#include <unistd.h>

#include "session/cgroup.h"
#include "support/check.h"

static char root[] = "/tmp/fullrank-cgroup-XXXXXX";

/* Writes a file below the made-up root, with the folders on the way. */
static void put(const char *name, const char *text) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; *slash++ = '/') {
        *slash = 0;
        mkdir(path, 0777);
    }
    FILE *file = fopen(path, "w");
    if (file == NULL) abort();
    fputs(text, file);
    fclose(file);
}

static void start(const char *cgroup, const char *mountinfo) {
    char command[600];
    snprintf(command, sizeof command, "rm -rf %s/*", root);
    if (system(command) != 0) abort();
    put("proc/self/cgroup", cgroup);
    put("proc/self/mountinfo", mountinfo);
}

static void test_unified(void) {
    start("0::/job/step\n", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n");
    CHECK(fr_cgroup_processors(root) == 0 && fr_cgroup_memory_available(root) == UINT64_MAX, "no files, no limit");
    put("sys/fs/cgroup/job/step/cpu.max", "max 100000\n");
    put("sys/fs/cgroup/job/step/memory.max", "max\n");
    put("sys/fs/cgroup/job/step/memory.current", "5000\n");
    CHECK(fr_cgroup_processors(root) == 0 && fr_cgroup_memory_available(root) == UINT64_MAX, "max is no limit");
    put("sys/fs/cgroup/job/cpu.max", "250000 100000\n");
    CHECK(fr_cgroup_processors(root) == 3, "an ancestor's quota of 2.5: %d", fr_cgroup_processors(root));
    put("sys/fs/cgroup/job/step/cpu.max", "50000 100000\n");
    CHECK(fr_cgroup_processors(root) == 1, "half a processor: %d", fr_cgroup_processors(root));
    put("sys/fs/cgroup/job/memory.max", "1000000\n");
    put("sys/fs/cgroup/job/memory.current", "400000\n");
    put("sys/fs/cgroup/job/memory.stat", "anon 1\nfile 9\ninactive_file 100000\nactive_file 50000\n");
    CHECK(fr_cgroup_memory_available(root) == 750000, "the page cache is reclaimed");
    put("sys/fs/cgroup/job/step/memory.max", "4000\n");
    CHECK(fr_cgroup_memory_available(root) == 0, "more in use than the limit");
}

static void test_hierarchies(void) {
    start("5:memory:/a/b\n4:cpu,cpuacct:/a\n3:cpuset:/\n0::/\n",
          "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
          "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
          "33 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
          "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
    put("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "-1\n");
    put("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    CHECK(fr_cgroup_processors(root) == 0, "-1 is no quota");
    put("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "200000\n");
    CHECK(fr_cgroup_processors(root) == 2, "%d", fr_cgroup_processors(root));
    put("sys/fs/cgroup/cpuset/cpu.cfs_quota_us", "1\n");
    put("sys/fs/cgroup/cpuset/cpu.cfs_period_us", "1\n");
    CHECK(fr_cgroup_processors(root) == 2, "cpuset is another controller");
    put("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "9223372036854771712\n");
    put("sys/fs/cgroup/memory/a/b/memory.usage_in_bytes", "1000\n");
    CHECK(fr_cgroup_memory_available(root) > (uint64_t)1 << 62, "the largest number is no limit");
    put("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9000\n");
    put("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "3000\n");
    put("sys/fs/cgroup/memory/a/memory.stat", "inactive_file 7\ntotal_inactive_file 400\ntotal_active_file 100\n");
    CHECK(fr_cgroup_memory_available(root) == 6500, "%llu", (unsigned long long)fr_cgroup_memory_available(root));
}

/* The mount shows the container's own group as its top; or the path is outside what is mounted. */
static void test_containers(void) {
    const char *mount = "32 31 0:29 /docker/c0ffee /sys/fs/cgroup ro - cgroup2 cgroup rw\n";
    start("0::/docker/c0ffee/inner\n", mount);
    put("sys/fs/cgroup/inner/cpu.max", "100000 100000\n");
    CHECK(fr_cgroup_processors(root) == 1, "below the top");
    start("0::/docker/c0ffee\n", mount);
    put("sys/fs/cgroup/cpu.max", "400000 100000\n");
    CHECK(fr_cgroup_processors(root) == 4, "the top");
    start("0::/docker/c0ffeebabe\n", mount);
    put("sys/fs/cgroup/babe/cpu.max", "100000 100000\n");
    put("sys/fs/cgroup/cpu.max", "300000 100000\n");
    CHECK(fr_cgroup_processors(root) == 3, "a longer name is another group");
    start("0::/../other\n", "32 31 0:29 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
    put("sys/fs/cgroup/cpu.max", "200000 100000\n");
    CHECK(fr_cgroup_processors(root) == 2, "outside the namespace");
    start("", "");
    CHECK(fr_cgroup_processors(root) == 0 && fr_cgroup_memory_available(root) == UINT64_MAX, "no control groups");
}

int main(void) {
    if (mkdtemp(root) == NULL) return 77;
    test_unified();
    test_hierarchies();
    test_containers();
    char command[600];
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command) == 0 ? check_report() : 1;
}
