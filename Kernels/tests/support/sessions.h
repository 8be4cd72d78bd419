/* Opening sessions in tests. */
#ifndef FR_TESTS_SESSIONS_H
#define FR_TESTS_SESSIONS_H

#include "support/check.h"
#include "fullrank_kernels.h"

static inline fr_session *open_session(int32_t threads, uint64_t memory_limit_bytes) {
    fr_session_options options = {sizeof options, 0, threads, 0, memory_limit_bytes};
    fr_session *session = NULL;
    char reason[256];
    fr_status status = fullrank_cpu_backend_v1()->open(&options, &session, reason, sizeof reason);
    if (status != FR_OK) {
        printf("open: %s\n", reason);
        exit(1);
    }
    return session;
}

#endif
