/* The CPU backend and the library under test, each with a session: what one answers, the other has to. */
#ifndef FR_TESTS_TWO_BACKENDS_H
#define FR_TESTS_TWO_BACKENDS_H

#include "support/cuda_library.h"

static const fr_backend *cpu, *cuda;
static fr_session *on_cpu, *on_cuda;

/* threads: of the CPU backend; 0: all. */
static inline void open_backends(int count, char **arguments, int32_t threads) {
    cuda = load_library(count, arguments);
    cpu = fullrank_cpu_backend_v1();
    on_cpu = open_session(threads, 0);
    on_cuda = open_on(cuda, 0);
}

static inline void close_backends(void) {
    cuda->close(on_cuda);
    cpu->close(on_cpu);
}

#endif
