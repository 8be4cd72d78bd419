/* The test harness: checks that are counted. A test program calls CHECK..., then returns check_report(). */
#ifndef FR_TESTS_CHECK_H
#define FR_TESTS_CHECK_H

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long check_passed, check_failed;
static uint64_t check_seed = 1; /* of the current random case, printed if a check fails */

/* Further arguments, in printf style, identify the failed case. */
#define CHECK(condition, ...)                                                                                        \
    do {                                                                                                             \
        if (condition) {                                                                                             \
            check_passed++;                                                                                          \
        } else {                                                                                                     \
            check_failed++;                                                                                          \
            printf("%s:%d: failed: %s (seed %" PRIu64 "): ", __FILE__, __LINE__, #condition, check_seed);            \
            printf(__VA_ARGS__);                                                                                     \
            printf("\n");                                                                                            \
        }                                                                                                            \
    } while (0)
#define CHECK_NEAR(value, expected, tolerance, ...) CHECK(fabs((value) - (expected)) <= (tolerance), __VA_ARGS__)
#define CHECK_WORDS(text, words) CHECK(strstr(text, words) != NULL, "\"%s\" does not say \"%s\"", text, words)

static inline int check_report(void) {
    printf("%ld passed, %ld failed\n", check_passed, check_failed);
    return check_failed == 0 ? 0 : 1;
}

/* Random numbers for test data: splitmix64, from check_seed. */
static inline uint64_t random_bits(void) {
    uint64_t z = check_seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}
static inline double random_unit(void) { return (double)(random_bits() >> 11) * 0x1p-52 - 1; } /* [-1, 1) */

/* A buffer between sentinel bytes: `guarded_intact` is false if anything was written outside it. */
enum { guard_bytes = 64 };
static inline void *guarded(size_t bytes) {
    unsigned char *block = (unsigned char *)malloc(bytes + 2 * guard_bytes);
    if (block == NULL) abort();
    memset(block, 0xA5, bytes + 2 * guard_bytes);
    return block + guard_bytes;
}
static inline int guarded_intact(const void *buffer, size_t bytes) {
    const unsigned char *block = (const unsigned char *)buffer - guard_bytes;
    for (size_t i = 0; i < guard_bytes; i++)
        if (block[i] != 0xA5 || block[guard_bytes + bytes + i] != 0xA5) return 0;
    return 1;
}
static inline void guarded_free(void *buffer) { free((unsigned char *)buffer - guard_bytes); }

#endif
