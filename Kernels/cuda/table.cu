// The table of the CUDA backend. It calls every stage and no stage calls it.
#include "table.h"

#include <new>

#include "session/session.h"

namespace {

// Stages that find again what small trials left in the device's memory; before all others it is given back.
template <auto stage> constexpr bool keeps_small = false;
template <> constexpr bool keeps_small<fr_cuda_rank_profiles> = true;

// A stage as a row of the table: the call begins, and nothing is thrown across the C interface.
template <auto stage> struct Entry;
template <typename... Arguments, fr_status (*stage)(fr_session *, Arguments...)> struct Entry<stage> {
    static fr_status call(fr_session *session, Arguments... arguments) {
        fr_status status = fr_cuda_begin_call(session);
        if (status != FR_OK) return status;
        if (!keeps_small<stage>) fr_cuda_release_small(session);
        try {
            status = stage(session, arguments...);
        } catch (const std::bad_alloc &) {
            status = fr_cuda_fail(session, FR_OUT_OF_MEMORY, "no host memory");
        } catch (...) {
            status = fr_cuda_fail(session, FR_INTERNAL, "an exception in the CUDA backend");
        }
        // Work that a failed stage left running must not meet the next call's buffers, nor the caller's.
        if (status != FR_OK && !session->lost) cudaStreamSynchronize(session->stream);
        return status;
    }
};

const fr_backend cuda_backend = {
    FR_ABI_VERSION,
    sizeof(fr_backend),
    "cuda",
    fr_cuda_library_version,
    fr_cuda_devices,
    fr_cuda_open,
    fr_cuda_close,
    fr_cuda_last_error,
    fr_cuda_cancel,
    fr_cuda_progress,
    Entry<fr_cuda_sample_inputs>::call,
    Entry<fr_cuda_sample_weights>::call,
    Entry<fr_cuda_activation_patterns>::call,
    Entry<fr_cuda_jacobians>::call,
    Entry<fr_cuda_rank_profiles>::call,
    Entry<fr_cuda_singular_values>::call,
    Entry<fr_cuda_matrix_rank_profiles>::call,
    Entry<fr_cuda_matrix_singular_values>::call,
    Entry<fr_cuda_deep_rank_profiles>::call,
    Entry<fr_cuda_deep_jacobians>::call,
    nullptr, // dependencies: the CPU's, one trial at a time
    Entry<fr_cuda_minima>::call,
    Entry<fr_cuda_minima_samples>::call,
    Entry<fr_cuda_minima_proof>::call,
    Entry<fr_cuda_column_profiles>::call,
    nullptr, // network_ranks
    nullptr, // network_jacobians
    nullptr, // network_batch_ranks
    nullptr, // network_block_ranks
};

} // namespace

extern "C" __attribute__((visibility("default"))) const fr_backend *fullrank_backend_v1(void) { return &cuda_backend; }
