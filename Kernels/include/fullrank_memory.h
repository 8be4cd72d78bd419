/* The memory that this process may use: the only place that knows the limits of the process, its control group and the
 * machine. */
#ifndef FULLRANK_MEMORY_H
#define FULLRANK_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that the process may still allocate and use: the minimum of what RLIMIT_AS and RLIMIT_DATA leave, of what its
 * control groups leave, and of what the machine has free (swap counts). UINT64_MAX if nothing is known. May be called
 * from any thread. A call takes about a tenth of a millisecond. */
uint64_t fr_memory_available(void);

/* Makes the system refuse allocations beyond the memory available now, by the soft RLIMIT_DATA. Otherwise Linux grants
 * more than there is, and its out-of-memory killer ends the process later without a message. With the limit every
 * allocation fails where it is made, and the kernels return FR_OUT_OF_MEMORY. If address space is limited (RLIMIT_AS),
 * it keeps threads from reserving some each. A program calls this once, at its start; a stricter limit is kept. */
void fr_memory_refuse_beyond_available(void);

/* What one trial's rank profile (or with columns_only its column profile) takes at least on the CPU, in bytes: 0 <=
 * rows < 2^31. A caller that compares it with what is available need not make its own buffers in vain. */
uint64_t fr_cpu_rank_memory(int64_t rows, int64_t columns_per_unit, int32_t columns_only);
/* The same of one input with bias, found by order. */
uint64_t fr_cpu_order_memory(int64_t rows);

#ifdef __cplusplus
}
#endif

#endif
