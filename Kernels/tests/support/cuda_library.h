/* The library under test, loaded as the command loads it and compared with the CPU backend. */
#ifndef FR_TESTS_CUDA_LIBRARY_H
#define FR_TESTS_CUDA_LIBRARY_H

#include <dlfcn.h>

#include "support/check.h"
#include "fullrank_kernels.h"
#include "support/sessions.h"

/* Opens the backend from `--library PATH` or FULLRANK_CUDA_LIBRARY. Ends the program if there is no such backend or no
 * device. */
static inline const fr_backend *load_library(int count, char **arguments) {
    const char *path = getenv("FULLRANK_CUDA_LIBRARY");
    if (count == 3 && strcmp(arguments[1], "--library") == 0) path = arguments[2];
    if (path == NULL || (count != 1 && count != 3)) {
        fprintf(stderr, "usage: %s --library PATH (or FULLRANK_CUDA_LIBRARY=PATH)\n", arguments[0]);
        exit(64);
    }
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = library != NULL ? dlsym(library, "fullrank_backend_v1") : NULL;
    if (symbol == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(69);
    }
    fr_backend_entry entry;
    memcpy(&entry, &symbol, sizeof entry);
    const fr_backend *backend = entry();
    fr_device_info info;
    int32_t devices = 0;
    char reason[256];
    if (backend->devices(&info, 1, &devices, reason, sizeof reason) != FR_OK) {
        fprintf(stderr, "%s: %s\n", path, reason);
        exit(69);
    }
    printf("%s on %s (%s)\n", backend->name, info.name, backend->library_version());
    return backend;
}

/* On the emulation, sizes are kept small, and its memory is set by FULLRANK_EMULATED_MEMORY. */
static inline int is_emulation(const fr_backend *backend) {
    return strcmp(backend->library_version(), "host emulation") == 0;
}

static inline fr_session *open_on(const fr_backend *backend, uint64_t memory_limit_bytes) {
    fr_session_options options = {sizeof options, 0, 0, 0, memory_limit_bytes};
    fr_session *session = NULL;
    char reason[256];
    if (backend->open(&options, &session, reason, sizeof reason) != FR_OK) {
        printf("open: %s\n", reason);
        exit(1);
    }
    return session;
}

/* Checks that arguments which the CPU backend refuses are refused with the same message. */
#define SAME(function, ...)                                                                                         \
    do {                                                                                                             \
        const fr_status status_ = cpu->function(on_cpu, __VA_ARGS__);                                                \
        CHECK(status_ == FR_INVALID_ARGUMENT, "the CPU answers %d", (int)status_);                                  \
        CHECK(cuda->function(on_cuda, __VA_ARGS__) == status_, #function ": %s", cpu->last_error(on_cpu));           \
        CHECK(strcmp(cuda->last_error(on_cuda), cpu->last_error(on_cpu)) == 0, "\"%s\", the CPU says \"%s\"",        \
              cuda->last_error(on_cuda), cpu->last_error(on_cpu));                                                   \
    } while (0)

#endif
