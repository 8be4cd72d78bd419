/* LAPACK and BLAS, loaded when first needed: the exact method needs neither, and a BLAS's own threads would spin beside
 * ours from the moment it is loaded. */
#define _GNU_SOURCE
#include "svd/lapack.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/session.h"
#include "svd/lapack_fortran.h"
#include "vector/isa.h"
#include "session/memory.h"
#include "table.h"

/* POSIX wants this detour: ISO C has no cast from void * to a function pointer. */
#define LOOK_UP(function, name) (*(void **)(&(function)) = dlsym(RTLD_DEFAULT, name))

static pthread_once_t once = PTHREAD_ONCE_INIT;
static fr_lapack lapack;
static char version[600], failure[512];
static _Atomic bool loaded;
static bool out_of_memory;

/* What OpenBLAS maps for each thread that is inside it, the first one as it is loaded: 32 << 22 bytes on x86-64 and ARM
 * (its common_x86_64.h, common_arm64.h), no more than twice that elsewhere. A release before 0.3.30 tries again for
 * ever where the system refuses, so each buffer is made sure of first. Little of it is ever touched. */
#if defined(__x86_64__) || defined(__aarch64__)
static const size_t blas_buffer = (size_t)128 << 20;
#else
static const size_t blas_buffer = (size_t)256 << 20;
#endif
/* What other threads may map meanwhile. */
static const size_t blas_margin = (size_t)16 << 20;
/* What LAPACKE, LAPACK, OpenBLAS and the Fortran library are mapped into: 50 MiB on Debian 12. */
static const size_t blas_libraries = (size_t)64 << 20;

#ifdef __APPLE__
/* In no file: the loader has it in its cache. */
static const char accelerate[] = "/System/Library/Frameworks/Accelerate.framework/Accelerate";
static const char *const usual[] = {accelerate, accelerate};
static const char lacking[] = "singular values need Accelerate of macOS 13.3, or what FULLRANK_LAPACKE names";
#else
static const char *const usual[] = {"liblapacke.so.3", "liblapacke.so"};
static const char lacking[] = "singular values need LAPACKE (on Debian and Ubuntu the package liblapacke)";
#endif

static void describe(bool by_fortran) {
    char *(*openblas_config)(void) = NULL;
    char *(*openblas_core)(void) = NULL;
    void (*mkl_version)(char *, int) = NULL;
    const char *(*blis_version)(void) = NULL;
    int (*accelerate_threading)(unsigned) = NULL;
    void (*lapack_version)(int *, int *, int *) = NULL;
    LOOK_UP(openblas_config, "openblas_get_config");
    LOOK_UP(openblas_core, "openblas_get_corename");
    LOOK_UP(mkl_version, "MKL_Get_Version_String");
    LOOK_UP(blis_version, "bli_info_get_version_str");
    LOOK_UP(accelerate_threading, "BLASSetThreading");
    LOOK_UP(lapack_version, "ilaver$NEWLAPACK");
    if (lapack_version == NULL) LOOK_UP(lapack_version, "ilaver_");

    char blas[300] = "BLAS (unknown)";
    if (openblas_config != NULL) {
        /* The configuration usually names library and core; an older one only has its options. */
        const char *config = openblas_config();
        const char *core = openblas_core != NULL ? openblas_core() : "";
        bool named = strstr(config, core) != NULL;
        snprintf(blas, sizeof blas, "%s%.200s%s%.40s", strncmp(config, "OpenBLAS", 8) == 0 ? "" : "OpenBLAS ", config,
                 named ? "" : " ", named ? "" : core);
    } else if (mkl_version != NULL) {
        mkl_version(blas, sizeof blas - 1);
        blas[sizeof blas - 1] = 0;
    } else if (blis_version != NULL) {
        snprintf(blas, sizeof blas, "BLIS %.200s", blis_version());
    } else if (accelerate_threading != NULL) {
        snprintf(blas, sizeof blas, "Accelerate");
    }
    for (size_t end = strlen(blas); end > 0 && blas[end - 1] == ' '; end--) blas[end - 1] = 0;

    char words[64] = "LAPACK";
    if (lapack_version != NULL) {
        int major = 0, minor = 0, patch = 0;
        lapack_version(&major, &minor, &patch);
        snprintf(words, sizeof words, "LAPACK %d.%d.%d", major, minor, patch);
    }
    snprintf(version, sizeof version, "%s kernels; %s; %s (%s)", fr_isa_best()->name, blas, words,
             by_fortran ? "Fortran interface" : "LAPACKE");
}

/* FULLRANK_LAPACKE names another library, path and all. */
static void load(void) {
    /* Read by OpenBLAS and Accelerate as they are loaded: one thread per call is all we use. An answer of the user's
     * stays. */
    setenv("OPENBLAS_NUM_THREADS", "1", 0);
    setenv("VECLIB_MAXIMUM_THREADS", "1", 0);
    const char *wish = getenv("FULLRANK_LAPACKE");
    const char *const names[] = {wish != NULL ? wish : usual[0], wish != NULL ? wish : usual[1]};
    void *library = NULL;
    fr_memory_allow_untouched(blas_buffer);
    out_of_memory = !fr_memory_can_map(blas_buffer + blas_libraries + blas_margin, 1);
    if (out_of_memory) return;
    for (size_t i = 0; i < sizeof names / sizeof *names && library == NULL; i++) {
        library = dlopen(names[i], RTLD_NOW | RTLD_GLOBAL);
        if (library == NULL && i == 0) snprintf(failure, sizeof failure, "%s", dlerror());
    }
    if (library == NULL) return;
    *(void **)(&lapack.dgesdd) = dlsym(library, "LAPACKE_dgesdd_work");
    *(void **)(&lapack.sgesdd) = dlsym(library, "LAPACKE_sgesdd_work");
    const bool by_fortran = lapack.dgesdd == NULL || lapack.sgesdd == NULL;
    if (by_fortran) {
        snprintf(failure, sizeof failure, "%s", dlerror());
        if (!fr_lapack_by_fortran(library, &lapack)) return;
    }
    describe(by_fortran);
    loaded = true;
}

const fr_lapack *fr_lapack_load(fr_session *session) {
    pthread_once(&once, load);
    if (loaded) return &lapack;
    if (out_of_memory) {
        fr_fail(session, FR_OUT_OF_MEMORY, "no memory for LAPACK and BLAS, which take %zu MiB of address space",
                (blas_buffer + blas_libraries) >> 20);
        return NULL;
    }
    fr_fail(session, FR_UNAVAILABLE, "%s: %s", lacking, failure);
    return NULL;
}

fr_status fr_lapack_failure(void) { return out_of_memory ? FR_OUT_OF_MEMORY : FR_UNAVAILABLE; }

int fr_blas_reserve(int threads) {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static int reserved = 1; /* by loading */
    void *(*take)(int) = NULL;
    void (*give_back)(void *) = NULL;
    LOOK_UP(take, "blas_memory_alloc");
    LOOK_UP(give_back, "blas_memory_free");
    if (take == NULL || give_back == NULL) return threads; /* another BLAS */
    enum { most = 128 };
    void *buffers[most];
    int made = 0;
    pthread_mutex_lock(&mutex);
    while (reserved < threads && made < threads && made < most) {
        if (made >= reserved) {
            fr_memory_allow_untouched(blas_buffer);
            if (!fr_memory_can_map(blas_buffer + blas_margin, 1)) break;
        }
        buffers[made++] = take(0);
    }
    for (int i = 0; i < made; i++) give_back(buffers[i]); /* to its pool, where the threads find them */
    if (made > reserved) reserved = made;
    const int ready = reserved >= most || reserved > threads ? threads : reserved;
    pthread_mutex_unlock(&mutex);
    return ready;
}

const fr_lapack *fr_lapack_loaded(void) { return &lapack; }

const char *fr_cpu_library_version(void) {
    static char words[64];
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    if (loaded) return version;
    pthread_mutex_lock(&mutex);
    snprintf(words, sizeof words, "%s kernels; LAPACK not loaded", fr_isa_best()->name);
    pthread_mutex_unlock(&mutex);
    return words;
}

/* Trials run in parallel on our own threads, and a result may not depend on how many there are: so BLAS gets one
 * thread. An OpenMP build keeps its number by calling thread, hence once for each thread and not once for all. */
void fr_blas_use_one_thread(void) {
    static _Thread_local bool done;
    if (done || !loaded) return;
    done = true;
    void (*openblas)(int) = NULL;
    void (*mkl)(int) = NULL; /* by value; the lower-case name is Fortran's, by reference */
    void (*blis)(int64_t) = NULL;
    int (*accelerate_threading)(unsigned) = NULL; /* macOS 15; for the thread that calls it */
    LOOK_UP(openblas, "openblas_set_num_threads");
    LOOK_UP(mkl, "MKL_Set_Num_Threads");
    LOOK_UP(blis, "bli_thread_set_num_threads");
    LOOK_UP(accelerate_threading, "BLASSetThreading");

    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    if (openblas != NULL) openblas(1);
    if (mkl != NULL) mkl(1);
    if (blis != NULL) blis(1);
    if (accelerate_threading != NULL) accelerate_threading(1); /* BLAS_THREADING_SINGLE_THREADED */
    pthread_mutex_unlock(&mutex);
}
