// The stages of the CUDA backend's table: each is defined in the room it is named after, and promises what
// fullrank_kernels.h says. Private to Kernels/cuda.
#ifndef FR_CUDA_TABLE_H
#define FR_CUDA_TABLE_H

#include "fullrank_kernels.h"

fr_status fr_cuda_sample_inputs(fr_session *, const fr_problem *, uint64_t trial, double *inputs);
fr_status fr_cuda_sample_weights(fr_session *, const fr_problem *, uint64_t trial, int64_t first_unit, int64_t units,
                                 double *weights, double *biases);
fr_status fr_cuda_activation_patterns(fr_session *, const fr_problem *, uint64_t trial, int64_t first_unit,
                                      int64_t units, uint64_t *patterns);
fr_status fr_cuda_jacobians(fr_session *, const fr_problem *, fr_precision, uint64_t first_trial, int64_t trials,
                            void *jacobians, fr_outcome *outcomes);
fr_status fr_cuda_rank_profiles(fr_session *, const fr_problem *, uint32_t prime, uint64_t first_trial, int64_t trials,
                                int64_t *pivot_columns, fr_outcome *outcomes);
fr_status fr_cuda_column_profiles(fr_session *, const fr_problem *, uint32_t prime, uint64_t first_trial,
                                  int64_t trials, int64_t *pivot_columns, uint8_t *proofs, fr_outcome *outcomes);
fr_status fr_cuda_singular_values(fr_session *, const fr_problem *, fr_precision, const fr_cell *cells,
                                  int64_t cell_count, uint64_t first_trial, int64_t trials, fr_singular *results,
                                  fr_outcome *outcomes);
fr_status fr_cuda_matrix_rank_profiles(fr_session *, const double *matrices, int64_t batch, int64_t rows,
                                       int64_t columns, uint32_t prime, int64_t *pivot_columns, fr_outcome *outcomes);
fr_status fr_cuda_matrix_singular_values(fr_session *, const void *matrices, fr_precision, int64_t batch, int64_t rows,
                                         int64_t columns, fr_singular *results, fr_outcome *outcomes);
fr_status fr_cuda_deep_rank_profiles(fr_session *, const fr_problem *, const int64_t *widths, int64_t earlier,
                                     uint32_t prime, uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                     fr_outcome *outcomes);
fr_status fr_cuda_deep_jacobians(fr_session *, const fr_problem *, const int64_t *widths, int64_t earlier,
                                 uint64_t first_trial, int64_t trials, double *jacobians, fr_outcome *outcomes);

fr_status fr_cuda_minima(fr_session *, const fr_problem *, const fr_minima *, uint64_t first_trial, int64_t trials,
                         fr_width_bracket *brackets, uint8_t *verdicts, fr_outcome *outcomes);
fr_status fr_cuda_minima_samples(fr_session *, const fr_problem *, const fr_minima *, uint64_t trial, double *labels,
                                 double *outputs, uint64_t *patterns);
fr_status fr_cuda_minima_proof(fr_session *, const fr_problem *, const fr_minima *, uint64_t trial, fr_minima_proof *);

#endif
