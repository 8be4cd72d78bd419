#pragma once
#include <stddef.h>
#include <stdint.h>
#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX 0x7fffffff
void abort(void) __attribute__((noreturn));
void exit(int) __attribute__((noreturn));
int abs(int);
long labs(long);
void *aligned_alloc(size_t, size_t);
void *calloc(size_t, size_t);
void free(void *);
void *malloc(size_t);
void *realloc(void *, size_t);
int posix_memalign(void **, size_t, size_t);
char *getenv(const char *);
int setenv(const char *, const char *, int);
int unsetenv(const char *);
int putenv(char *);
double atof(const char *);
int atoi(const char *);
long atol(const char *);
long long atoll(const char *);
double strtod(const char *, char **);
long strtol(const char *, char **, int);
long long strtoll(const char *, char **, int);
unsigned long strtoul(const char *, char **, int);
unsigned long long strtoull(const char *, char **, int);
int rand(void);
void srand(unsigned);
void qsort(void *, size_t, size_t, int (*)(const void *, const void *));
/* The order of arguments that is not the GNU C library's. */
void qsort_r(void *, size_t, size_t, void *, int (*)(void *, const void *, const void *));
char *mkdtemp(char *);
int mkstemp(char *);
char *realpath(const char *, char *);
int system(const char *) __attribute__((availability(swift, unavailable)));
int grantpt(int);
int unlockpt(int);
char *ptsname(int);
