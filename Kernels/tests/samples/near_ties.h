/* Signs of w.x + b that floating point gets wrong, or cannot represent on the way. */
#ifndef FR_TESTS_NEAR_TIES_H
#define FR_TESTS_NEAR_TIES_H

#include <stddef.h>

typedef struct near_tie {
    double w[2], x[2], b;
    int sign;
} near_tie;

#define NEAR_TIE_E 0x1p-30
static const near_tie near_ties[] = {
    {{1 + NEAR_TIE_E, 1}, {1 - NEAR_TIE_E, -1}, 0, -1},                    /* 1 - 2^-60 - 1 */
    {{1 + NEAR_TIE_E, -1}, {1 - NEAR_TIE_E, 1}, 0x1p-60, 0},               /* an exact tie: inactive */
    {{1 + NEAR_TIE_E, -1}, {1 - NEAR_TIE_E, 1}, 0x1.0000000000001p-60, 1}, /* one bit above it */
    {{0x1p1000, -0x1p1000}, {0x1p1000, 0x1p1000}, 0x1p-1074, 1},           /* both products overflow */
    {{0x1p-700, 0}, {0x1p-700, 0}, 0, 1},                                  /* the product underflows */
    {{-0x1p-1074, 0}, {0x1p-1074, 0}, 0, -1},
    {{1e308, 1e308}, {1, 1}, -1e308, 1},
    {{1e308, 1e308}, {10, -10}, -1e-308, -1},
};
static const size_t near_tie_count = sizeof near_ties / sizeof *near_ties;

#endif
