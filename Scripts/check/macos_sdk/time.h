#pragma once
#include "types.h"
typedef enum { CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 6, CLOCK_PROCESS_CPUTIME_ID = 12 } clockid_t;
#define CLOCKS_PER_SEC 1000000
int clock_gettime(clockid_t, struct timespec *);
int nanosleep(const struct timespec *, struct timespec *);
int utimes(const char *, const struct timeval *);
time_t time(time_t *);
clock_t clock(void);
