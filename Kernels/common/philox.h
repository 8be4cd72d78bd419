/* Philox4x32-10: a counter-based generator (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3,
 * SC11). It has no state: 128 random bits are a function of a 128-bit counter and a 64-bit key. */
#ifndef FR_PHILOX_H
#define FR_PHILOX_H

#include "portability.h"

/* Performs one round, then derives the next round's key. */
#define FR_PHILOX_ROUND                                          \
    do {                                                         \
        const uint64_t product0 = (uint64_t)0xD2511F53u * c0;    \
        const uint64_t product1 = (uint64_t)0xCD9E8D57u * c2;    \
        c0 = (uint32_t)(product1 >> 32) ^ c1 ^ key0;             \
        c1 = (uint32_t)product1;                                 \
        c2 = (uint32_t)(product0 >> 32) ^ c3 ^ key1;             \
        c3 = (uint32_t)product0;                                 \
        key0 += 0x9E3779B9u;                                     \
        key1 += 0xBB67AE85u;                                     \
    } while (0)

/* (w0, w1, w2, w3) are the counter on entry and the random words on return. The rounds are unrolled by hand, because
 * clang vectorises a caller's loop only if its body contains no loop. */
FR_SHARED void fr_philox4x32_10(uint32_t *w0, uint32_t *w1, uint32_t *w2, uint32_t *w3, uint32_t key0,
                                uint32_t key1) {
    uint32_t c0 = *w0, c1 = *w1, c2 = *w2, c3 = *w3;
    FR_PHILOX_ROUND; FR_PHILOX_ROUND; FR_PHILOX_ROUND; FR_PHILOX_ROUND; FR_PHILOX_ROUND;
    FR_PHILOX_ROUND; FR_PHILOX_ROUND; FR_PHILOX_ROUND; FR_PHILOX_ROUND; FR_PHILOX_ROUND;
    *w0 = c0;
    *w1 = c1;
    *w2 = c2;
    *w3 = c3;
}

#endif
