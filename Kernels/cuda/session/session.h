// Shared by the CUDA backend's files: the session, errors, device buffers, and the functions that stages use of each
// other. Private to Kernels/cuda.
#ifndef FR_CUDA_SESSION_H
#define FR_CUDA_SESSION_H

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "check_arguments.h"
#include "fullrank_kernels.h"
#include "session/platform.h"

constexpr int fr_most_streams = 8; // with the session itself

struct PinnedUploads; // session/uploads.cu

// A sequence of work on the device, used by one thread at a time: a stream, the objects bound to it, and its last error
// message. A session is its own first stream; session/streams.h has the others.
struct StreamContext {
    fr_session *session;  // what all streams share
    cudaStream_t stream;
    cublasHandle_t blas;  // bound to `stream`
    size_t memory_share;  // what this stream's stages may plan with; 0: the session's budget
    char error[512];
    PinnedUploads *uploads; // session/uploads.cu; NULL: none yet
    StreamContext *urgent;  // beside this one (fr_cuda_open_urgent); NULL: none yet
    // Kept from call to call by samples/samples.cu; used on `stream` only.
    double *given;         // a copy of given inputs, weights and biases
    size_t given_capacity; // in doubles
    double *powers;        // of two mod powers_prime (field.h); powers_prime 0: none yet
    uint32_t powers_prime;
    // Kept by samples/pattern_ensembles.cu: ranks of the points of `ranked_inputs`, which drawing inputs forgets.
    int32_t *ranks;
    size_t ranks_capacity;
    const double *ranked_inputs;
    int64_t ranked_trials;
};

struct MinimaSolvers; // minima/stages.cu
struct SmallSlots;    // elimination/small/slots.cu

struct fr_session : StreamContext {
    int device;
    int multiprocessors;
    int double_lanes;          // fused operations on doubles a cycle of a multiprocessor, in products
    size_t shared_bytes;       // most dynamic shared memory a block may ask for
    size_t memory_limit_bytes; // 0: what is free
    std::atomic<int> cancelled;
    std::atomic<int> stopping; // a stream failed: the others end early
    std::atomic<double> done;
    double done_begin, done_share; // of the call: what the stage at hand moves `done` over
    std::atomic<bool> lost;        // the device: every further call answers FR_DEVICE_LOST
    bool products_are_exact;       // elimination/large/exact_products.cu looked
    int threads;                   // of the host; 0: all
    std::atomic<fr_session *> host; // of the CPU backend, made when first needed (minima/stages.cu)
    MinimaSolvers *minima_solvers; // of the last such call; NULL: none
    void (*release_minima)(fr_session *); // frees the two; set by the stage that makes them, called at close
    SmallSlots *small_slots;       // memory of small trials, of the last such call; NULL: none
    void (*release_small)(fr_session *); // frees it; set by the stage that makes it
    std::atomic<bool> host_works;  // on the running call, whose progress is the host's
    StreamContext *streams[fr_most_streams];    // beyond the first, made when first needed; NULL: not yet
};

// Records the message and returns the status.
fr_status fr_cuda_fail(StreamContext *context, fr_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// FR_OK, or the status for the error: out of memory, device lost (the session is then marked as lost), no device.
// `what` names the failed operation: "copying pivots". Clears the runtime's error unless it is sticky.
fr_status fr_cuda_check(StreamContext *context, cudaError_t error, const char *what);
fr_status fr_cuda_check(StreamContext *context, cublasStatus_t status, const char *what);
// Returns from the enclosing function unless the call, and the kernel launched before it, succeeded.
#define FR_TRY(context, call, what)                                          \
    do {                                                                  \
        const fr_status fr_try_status = fr_cuda_check(context, call, what);  \
        if (fr_try_status != FR_OK) return fr_try_status;                 \
    } while (0)
#define FR_TRY_LAUNCH(context, what) FR_TRY(context, cudaGetLastError(), what)
// Returns a stage's status unless it is FR_OK.
#define FR_PASS(stage)                                     \
    do {                                                   \
        const fr_status fr_pass_status = (stage);          \
        if (fr_pass_status != FR_OK) return fr_pass_status; \
    } while (0)

// Frees the memory that small trials keep from call to call, before any other stage plans with the device's memory.
inline void fr_cuda_release_small(fr_session *session) {
    if (session->release_small != nullptr) session->release_small(session);
}

// The functions of the table's first rows (fullrank_kernels.h).
const char *fr_cuda_library_version();
fr_status fr_cuda_devices(fr_device_info *infos, int32_t capacity, int32_t *count, char *reason,
                          size_t reason_capacity);
fr_status fr_cuda_open(const fr_session_options *options, fr_session **session, char *reason, size_t capacity);
void fr_cuda_close(fr_session *session);
const char *fr_cuda_last_error(const fr_session *session);
void fr_cuda_cancel(fr_session *session);
double fr_cuda_progress(const fr_session *session);
// The number of devices that answer, at least 1; otherwise the reason why none does.
fr_status fr_cuda_count_devices(fr_words words, int *count);

// Called by the table at the start of every call: clears cancelled, done and error, and makes the device current.
// Stages don't call it.
fr_status fr_cuda_begin_call(fr_session *session);
fr_status fr_cuda_check_problem(fr_session *session, const fr_problem *problem);
// Whether the caller cancelled, or another stream failed.
inline bool fr_cuda_is_cancelled(const StreamContext *context) {
    return context->session->cancelled.load(std::memory_order_relaxed) != 0 ||
           context->session->stopping.load(std::memory_order_relaxed) != 0;
}
// The bytes that a stage may use now: the stream's share, or the free memory less a reserve, within the session's
// limit.
size_t fr_cuda_memory_budget(StreamContext *context);

// Progress: a stage reports its own progress from 0 to 1. A function that runs several stages states before each of
// them its share of the whole.
inline void fr_cuda_next_share(fr_session *session, double begin, double share) {
    session->done_begin = begin;
    session->done_share = share;
}
inline void fr_cuda_tell_done(fr_session *session, double fraction) {
    session->done.store(session->done_begin + session->done_share * fraction, std::memory_order_relaxed);
}

// Device memory that is freed with its owner. It cannot be copied.
template <typename T> class DeviceBuffer {
public:
    DeviceBuffer() = default;
    DeviceBuffer(const DeviceBuffer &) = delete;
    DeviceBuffer &operator=(const DeviceBuffer &) = delete;
    ~DeviceBuffer() { cudaFree(data_); }
    // Allocates `count` elements, not zeroed; the old contents are lost.
    fr_status allocate(StreamContext *context, size_t count) {
        cudaFree(data_);
        data_ = nullptr;
        if (count > SIZE_MAX / sizeof(T)) return fr_cuda_fail(context, FR_OUT_OF_MEMORY, "a buffer is too large");
        return fr_cuda_check(context, cudaMalloc(&data_, (count ? count : 1) * sizeof(T)), "allocating device memory");
    }
    T *get() const { return data_; }
    operator T *() const { return data_; }

private:
    T *data_ = nullptr;
};

// ---- samples on the device (samples/samples.cu, samples/signs.cu): the same bits as on the CPU ----

inline int64_t fr_pattern_words(const fr_problem *problem) { return (problem->points + 63) / 64; }
// Points are padded to whole words.
inline int64_t fr_padded_points(const fr_problem *problem) { return 64 * fr_pattern_words(problem); }

// inputs: trials x d0 x padded points, coordinate-major: x_j's coordinate c of trial t is
// inputs[(t d0 + c) padded + j]; zeros beyond n. Asynchronous on context->stream.
fr_status fr_cuda_draw_inputs(StreamContext *context, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                              double *inputs);
// weights: trials x units x d0; biases: trials x units (zeros without bias), units counted from first_unit.
fr_status fr_cuda_draw_weights(StreamContext *context, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                               int64_t first_unit, int64_t units, double *weights, double *biases);
// patterns: trials x units x words, exact signs, from inputs as above. Draws the weights itself (or copies given
// patterns).
fr_status fr_cuda_draw_patterns(StreamContext *context, const fr_problem *problem, uint64_t first_trial, int64_t trials,
                                int64_t first_unit, int64_t units, const double *inputs, uint64_t *patterns);
// Draws weights and biases (NULL: not wanted) of a layer of a deep network, as above but from streams of their own.
// layer: the layer as a shallow network, with its inputs and units.
fr_status fr_cuda_draw_layer(StreamContext *context, const fr_problem *layer, uint32_t weight_stream,
                             uint32_t bias_stream, uint64_t first_trial, int64_t trials, double *weights,
                             double *biases);
// Computes the layer's exact signs on `inputs`, from weights (trials x units x inputs) and biases (trials x units). If
// values is not NULL, computes the layer's values, too, laid out as inputs are, with the CPU's bits. not_finite: by
// trial, set to 1 if a value is not finite; the value is then replaced by 0.
fr_status fr_cuda_run_layer(StreamContext *context, const fr_problem *layer, int64_t trials, const double *weights,
                            const double *biases, const double *inputs, uint64_t *patterns, double *values,
                            int *not_finite);
// Computes the powers of two mod prime (field.h) into context->powers, unless they are there.
fr_status fr_cuda_make_powers(StreamContext *context, uint32_t prime);
// out[i] = residue of x[i] mod prime, balanced, as a double (field.h). out may be x.
fr_status fr_cuda_residues(StreamContext *context, uint32_t prime, int64_t count, const double *x, double *out);
// J of leading blocks: trials x points x (units k), row-major, T double or float, from inputs (as above, of the whole
// problem) and patterns (trials x problem->units x words).
template <typename T>
fr_status fr_cuda_build_jacobians(fr_session *session, const fr_problem *problem, fr_cell cell, int64_t trials,
                                  const double *inputs, const uint64_t *patterns, T *jacobians);

// ---- between stages ----

// Eliminations, chosen by elimination/stages.cu. pivot_columns: host, trials x n. Device inputs as drawn above;
// patterns are drawn by the elimination itself, batch of units by batch.
fr_status fr_cuda_eliminate_small(fr_session *, const fr_problem *, uint32_t prime, uint64_t first_trial,
                                  int64_t trials, int64_t *pivot_columns, fr_outcome *outcomes);
fr_status fr_cuda_eliminate_large(fr_session *, const fr_problem *, uint32_t prime, uint64_t first_trial,
                                  int64_t trials, int64_t *pivot_columns, fr_outcome *outcomes);
// The same for dense residues on the device, batch x rows x columns, row-major.
fr_status fr_cuda_eliminate_dense(fr_session *, const double *residues, int64_t batch, int64_t rows, int64_t columns,
                                  uint32_t prime, int64_t *pivot_columns, fr_outcome *outcomes);
// Largest n that fr_cuda_eliminate_small takes on this session's device.
int64_t fr_cuda_small_rows(const fr_session *session);

// Extreme singular values and ranks of device matrices (batch x rows x columns, row-major, destroyed), T double or
// float. results, outcomes: host, batch.
template <typename T>
fr_status fr_cuda_svd(fr_session *session, T *matrices, int64_t batch, int64_t rows, int64_t columns,
                      fr_singular *results, fr_outcome *outcomes);

#endif
