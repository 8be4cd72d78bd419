// A session of the CUDA backend as its stages use it, for tests in C++ that are linked with them.
#ifndef FR_TESTS_DEVICE_SESSION_H
#define FR_TESTS_DEVICE_SESSION_H

#include <cstdlib>

// support/check.h is C, which needs no cast from void *: headers included after this one may allocate.
struct Allocation {
    void *at;
    template <typename T> operator T *() const { return static_cast<T *>(at); }
};
static inline Allocation allocation(size_t bytes) { return {std::malloc(bytes)}; }
#define malloc(bytes) allocation(bytes)
#include "support/check.h"

#include "session/session.h"

extern "C" const fr_backend *fullrank_backend_v1(void);

struct Session {
    fr_session *const opened = open();
    fr_session &at = *opened;
    ~Session() { fullrank_backend_v1()->close(opened); }

    static fr_session *open() {
        fr_session_options options = {sizeof options, 0, 0, 0, 0};
        fr_session *session = nullptr;
        char reason[256];
        if (fullrank_backend_v1()->open(&options, &session, reason, sizeof reason) != FR_OK) {
            printf("open: %s\n", reason);
            exit(1);
        }
        return session;
    }
};

#endif
