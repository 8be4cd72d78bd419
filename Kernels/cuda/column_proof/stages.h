// What the files of this room take from each other beside the factor. Private to Kernels/cuda/column_proof.
#ifndef FR_CUDA_COLUMN_PROOF_STAGES_H
#define FR_CUDA_COLUMN_PROOF_STAGES_H

#include <vector>

#include "column_proof/layout.h"
#include "session/session.h"

// Both try to prove the column profiles of trials (fullrank_kernels.h): numbers from `first_trial` on, buffers of the
// caller. Those that are proved get outcome FR_COMPUTED and proof 1, the others stay as they are.

// The listed ones, one by one, side by side on streams.
fr_status fr_cuda_prove_large(fr_session *session, const ProofOptions &options, const fr_problem *problem,
                              uint64_t first_trial, const std::vector<int64_t> &trials, int64_t *pivot_columns,
                              uint8_t *proofs, fr_outcome *outcomes);
// All of them, a block of threads each, in rounds. left: those with more units than a block has room for.
fr_status fr_cuda_prove_small(fr_session *session, const ProofOptions &options, const fr_problem *problem,
                              uint64_t first_trial, int64_t trials, int64_t *pivot_columns, uint8_t *proofs,
                              fr_outcome *outcomes, std::vector<int64_t> *left);
// Whether a block of threads has room for trials of this problem.
bool fr_cuda_is_small_proof(const fr_session *session, const fr_problem *problem);

// The stage with options.
fr_status fr_cuda_column_profiles_with(fr_session *session, const ProofOptions &options, const fr_problem *problem,
                                       uint32_t prime, uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                       uint8_t *proofs, fr_outcome *outcomes);

#endif
