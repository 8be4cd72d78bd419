/* All that Swift's module Darwin has to have for Sources/FullrankPlatform and Tests/FullrankTestSupport. In a module a
 * C function of variable arguments is not seen by Swift: Darwin's declares open, fcntl and ioctl in Swift (darwin.swift).
 */
#pragma once
#include "dlfcn.h"
#include "errno.h"
#include "fcntl.h"
#include "math.h"
#include "pthread.h"
#include "signal.h"
#include "stdio.h"
#include "stdlib.h"
#include "string.h"
#include "time.h"
#include "unistd.h"
#include "sys/resource.h"
#include "sys/stat.h"
#include "sys/wait.h"

struct pollfd { int fd; short events, revents; };
#define POLLIN 0x0001
#define POLLOUT 0x0004
int poll(struct pollfd *, unsigned, int);

struct dirent {
    uint64_t d_ino, d_seekoff;
    uint16_t d_reclen, d_namlen;
    uint8_t d_type;
    char d_name[1024];
};
typedef struct __darwin_dir DIR;
struct __darwin_dir { int fd; };
DIR *opendir(const char *);
struct dirent *readdir(DIR *);
int closedir(DIR *);

#define LOCK_SH 0x01
#define LOCK_EX 0x02
#define LOCK_NB 0x04
#define LOCK_UN 0x08
int flock(int, int);
int rename(const char *, const char *);
char ***_NSGetEnviron(void);
int _NSGetExecutablePath(char *, uint32_t *);

struct winsize { unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel; };

typedef void *posix_spawnattr_t, *posix_spawn_file_actions_t;
#define POSIX_SPAWN_SETSIGDEF 0x0004
#define POSIX_SPAWN_SETSIGMASK 0x0008
int posix_spawn(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const *,
                char *const *);
int posix_spawn_file_actions_init(posix_spawn_file_actions_t *);
int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *);
int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *, int, const char *, int, mode_t);
int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *, int, int);
int posix_spawnattr_init(posix_spawnattr_t *);
int posix_spawnattr_destroy(posix_spawnattr_t *);
int posix_spawnattr_setsigdefault(posix_spawnattr_t *, const sigset_t *);
int posix_spawnattr_setsigmask(posix_spawnattr_t *, const sigset_t *);
int posix_spawnattr_setflags(posix_spawnattr_t *, short);
