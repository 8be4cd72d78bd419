/* The CPU backend's table. It calls every stage and no stage calls it, so that the files form no circle. */
#include "table.h"

static const fr_backend cpu_backend = {
    .abi_version = FR_ABI_VERSION,
    .struct_size = sizeof(fr_backend),
    .name = "cpu",
    .library_version = fr_cpu_library_version,
    .devices = fr_cpu_devices,
    .open = fr_cpu_open,
    .close = fr_cpu_close,
    .last_error = fr_cpu_last_error,
    .cancel = fr_cpu_cancel,
    .progress = fr_cpu_progress,
    .sample_inputs = fr_cpu_sample_inputs,
    .sample_weights = fr_cpu_sample_weights,
    .activation_patterns = fr_cpu_activation_patterns,
    .jacobians = fr_cpu_jacobians,
    .rank_profiles = fr_cpu_rank_profiles,
    .singular_values = fr_cpu_singular_values,
    .matrix_rank_profiles = fr_cpu_matrix_rank_profiles,
    .matrix_singular_values = fr_cpu_matrix_singular_values,
    .deep_rank_profiles = fr_cpu_deep_rank_profiles,
    .deep_jacobians = fr_cpu_deep_jacobians,
    .dependencies = fr_cpu_dependencies,
    .minima = fr_cpu_minima,
    .minima_samples = fr_cpu_minima_samples,
    .minima_proof = fr_cpu_minima_proof,
    .column_profiles = fr_cpu_column_profiles,
    .network_ranks = fr_cpu_network_ranks,
    .network_jacobians = fr_cpu_network_jacobians,
    .network_batch_ranks = fr_cpu_network_batch_ranks,
    .network_block_ranks = fr_cpu_network_block_ranks,
};

const fr_backend *fullrank_cpu_backend_v1(void) { return &cpu_backend; }
