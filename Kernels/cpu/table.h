/* What the CPU backend's table holds: one function for each row, defined in the room of its stage. fullrank_kernels.h
 * says what each promises. Private to Kernels/cpu. */
#ifndef FR_CPU_TABLE_H
#define FR_CPU_TABLE_H

#include "portability.h"
#include "fullrank_kernels.h"

/* Sessions. */
const char *fr_cpu_library_version(void);
fr_status fr_cpu_devices(fr_device_info *infos, int32_t capacity, int32_t *count, char *reason, size_t reason_capacity);
fr_status fr_cpu_open(const fr_session_options *options, fr_session **session, char *reason, size_t capacity);
void fr_cpu_close(fr_session *session);
const char *fr_cpu_last_error(const fr_session *session);
void fr_cpu_cancel(fr_session *session);
double fr_cpu_progress(const fr_session *session);

/* The stages. */
fr_status fr_cpu_sample_inputs(fr_session *, const fr_problem *, uint64_t trial, double *inputs);
fr_status fr_cpu_sample_weights(fr_session *, const fr_problem *, uint64_t trial, int64_t first_unit, int64_t units,
                                double *weights, double *biases);
fr_status fr_cpu_activation_patterns(fr_session *, const fr_problem *, uint64_t trial, int64_t first_unit,
                                     int64_t units, uint64_t *patterns);
fr_status fr_cpu_jacobians(fr_session *, const fr_problem *, fr_precision, uint64_t first_trial, int64_t trials,
                           void *jacobians, fr_outcome *outcomes);
fr_status fr_cpu_rank_profiles(fr_session *, const fr_problem *, uint32_t prime, uint64_t first_trial, int64_t trials,
                               int64_t *pivot_columns, fr_outcome *outcomes);
fr_status fr_cpu_column_profiles(fr_session *, const fr_problem *, uint32_t prime, uint64_t first_trial, int64_t trials,
                                 int64_t *pivot_columns, uint8_t *proofs, fr_outcome *outcomes);
fr_status fr_cpu_singular_values(fr_session *, const fr_problem *, fr_precision, const fr_cell *cells,
                                 int64_t cell_count, uint64_t first_trial, int64_t trials, fr_singular *results,
                                 fr_outcome *outcomes);
fr_status fr_cpu_matrix_rank_profiles(fr_session *, const double *matrices, int64_t batch, int64_t rows,
                                      int64_t columns, uint32_t prime, int64_t *pivot_columns, fr_outcome *outcomes);
fr_status fr_cpu_matrix_singular_values(fr_session *, const void *matrices, fr_precision, int64_t batch, int64_t rows,
                                        int64_t columns, fr_singular *results, fr_outcome *outcomes);
fr_status fr_cpu_dependencies(fr_session *, const fr_problem *, uint32_t prime, uint64_t trial, int64_t *pivot_columns,
                              int64_t capacity, uint32_t *relations, int64_t *count);
fr_status fr_cpu_minima(fr_session *, const fr_problem *, const fr_minima *, uint64_t first_trial, int64_t trials,
                        fr_width_bracket *brackets, uint8_t *verdicts, fr_outcome *outcomes);
fr_status fr_cpu_minima_samples(fr_session *, const fr_problem *, const fr_minima *, uint64_t trial, double *labels,
                                double *outputs, uint64_t *patterns);
fr_status fr_cpu_minima_proof(fr_session *, const fr_problem *, const fr_minima *, uint64_t trial, fr_minima_proof *);

fr_status fr_cpu_deep_jacobians(fr_session *, const fr_problem *, const int64_t *widths, int64_t earlier,
                                uint64_t first_trial, int64_t trials, double *jacobians, fr_outcome *outcomes);
fr_status fr_cpu_deep_rank_profiles(fr_session *, const fr_problem *, const int64_t *widths, int64_t earlier,
                                    uint32_t prime, uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                    fr_outcome *outcomes);

/* Networks of the caller's own. */
fr_status fr_cpu_network_ranks(fr_session *, const fr_network *, uint32_t prime, fr_network_rank *ranks,
                               fr_outcome *outcomes);
fr_status fr_cpu_network_batch_ranks(fr_session *, const fr_network *networks, int64_t count, uint32_t prime,
                                     fr_network_rank *ranks, fr_outcome *outcomes);
fr_status fr_cpu_network_jacobians(fr_session *, const fr_network *, double *jacobians, fr_outcome *outcomes);
fr_status fr_cpu_network_block_ranks(fr_session *, const fr_network *, uint32_t prime, const fr_network_blocks *,
                                     int64_t *ranks, fr_outcome *outcomes);

#endif
