// Functions that the files of this room share, except the factor. Private to Kernels/cuda/column_proof.
#ifndef FR_CUDA_COLUMN_PROOF_STAGES_H
#define FR_CUDA_COLUMN_PROOF_STAGES_H

#include <vector>

#include "column_proof/layout.h"
#include "session/session.h"

// Both functions try to prove the column profiles of trials (fullrank_kernels.h). Numbers count from `first_trial`;
// buffers are the caller's. Proved trials get outcome FR_COMPUTED and proof 1; the entries of the others do not change.

// Proves the listed trials one by one, side by side on streams.
fr_status fr_cuda_prove_large(fr_session *session, const ProofOptions &options, const fr_problem *problem,
                              uint64_t first_trial, const std::vector<int64_t> &trials, int64_t *pivot_columns,
                              uint8_t *proofs, fr_outcome *outcomes);
// Proves all trials in rounds, each with a block of threads. `left` receives those with more units than a block has
// room for.
fr_status fr_cuda_prove_small(fr_session *session, const ProofOptions &options, const fr_problem *problem,
                              uint64_t first_trial, int64_t trials, int64_t *pivot_columns, uint8_t *proofs,
                              fr_outcome *outcomes, std::vector<int64_t> *left);
// Whether a block of threads has room for a trial of this problem.
bool fr_cuda_is_small_proof(const fr_session *session, const fr_problem *problem);

// The stage with options.
fr_status fr_cuda_column_profiles_with(fr_session *session, const ProofOptions &options, const fr_problem *problem,
                                       uint32_t prime, uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                       uint8_t *proofs, fr_outcome *outcomes);

#endif
