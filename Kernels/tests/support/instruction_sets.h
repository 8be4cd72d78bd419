/* The instruction sets that the vector kernels are compiled for, and those of them that this processor has. */
#ifndef FR_TESTS_INSTRUCTION_SETS_H
#define FR_TESTS_INSTRUCTION_SETS_H

#include "support/check.h"
#include "vector/isa.h"

static const char *const instruction_sets[] = {"portable", "avx2", "avx512", "neon"};
enum { INSTRUCTION_SETS = sizeof instruction_sets / sizeof *instruction_sets };

/* The available instruction sets in turn: that of round 0, 1, 2, ... FULLRANK_ISA refuses any other name. */
static inline const char *instruction_set_of(int round) {
    const char *here[INSTRUCTION_SETS];
    int count = 0;
    for (int i = 0; i < INSTRUCTION_SETS; i++)
        if (fr_isa_named(instruction_sets[i])) here[count++] = instruction_sets[i];
    return here[round % count];
}

#endif
