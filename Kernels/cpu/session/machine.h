/* What the kernels ask of the system that each system answers in its own way: machine_linux.c, machine_darwin.c.
 * Private to Kernels/cpu. */
#ifndef FR_CPU_MACHINE_H
#define FR_CPU_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "portability.h"

/* The processor's name in one line; false if the system does not tell. */
bool fr_machine_name(char *name, size_t capacity);

/* Processors that this process may run on, whatever quotas say: at least 1. */
int fr_machine_processors(void);

/* Bytes of unused and quickly reclaimed pages, and of swap if `with_swap`. UINT64_MAX: not known. */
uint64_t fr_machine_memory_free(bool with_swap);

/* Bytes of address space, and of private writable data, as RLIMIT_AS and RLIMIT_DATA are compared with. false where
 * these limits are not known to be kept to. */
bool fr_machine_mapped(uint64_t *space, uint64_t *data);

/* Extensions of arm64 that not all of its processors have. */
typedef enum fr_arm_extension {
    FR_ARM_DOT_PRODUCT, /* sdot of bytes: FEAT_DotProd */
    FR_ARM_INT8_MATRIX, /* smmla of bytes: FEAT_I8MM */
} fr_arm_extension;
bool fr_machine_has(fr_arm_extension extension);

#endif
