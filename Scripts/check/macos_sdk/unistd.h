#pragma once
#include "types.h"
#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define F_OK 0
#define X_OK 1
#define W_OK 2
#define R_OK 4
#define _SC_PAGESIZE 29
#define _SC_NPROCESSORS_ONLN 58
#define _SC_PHYS_PAGES 200
long sysconf(int);
int access(const char *, int);
int close(int);
int dup(int);
int dup2(int, int);
int execvp(const char *, char *const *);
pid_t fork(void) __attribute__((availability(swift, unavailable)));
int fsync(int);
int ftruncate(int, off_t);
int gethostname(char *, size_t);
pid_t getpgrp(void);
pid_t getpid(void);
int isatty(int);
int link(const char *, const char *);
off_t lseek(int, off_t, int);
int pause(void);
int pipe(int[2]);
ssize_t pread(int, void *, size_t, off_t);
ssize_t read(int, void *, size_t);
int rmdir(const char *);
int symlink(const char *, const char *);
unsigned sleep(unsigned);
pid_t tcgetpgrp(int);
int truncate(const char *, off_t);
int unlink(const char *);
int usleep(useconds_t);
ssize_t write(int, const void *, size_t);
void _exit(int) __attribute__((noreturn));
