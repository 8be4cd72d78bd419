// What the files of this room take from each other beside the factor. Private to Kernels/cuda/column_proof.
#ifndef FR_CUDA_COLUMN_PROOF_STAGES_H
#define FR_CUDA_COLUMN_PROOF_STAGES_H

#include "column_proof/layout.h"
#include "session/session.h"

// Tries to prove the trials' column profiles (fullrank_kernels.h). Those that are proved have outcome FR_COMPUTED and
// proof 1, the others FR_NOT_COMPUTED and 0. Trials one by one, side by side on streams:
fr_status fr_cuda_prove_large(fr_session *session, const ProofOptions &options, const fr_problem *problem,
                              uint64_t first_trial, int64_t trials, int64_t *pivot_columns, uint8_t *proofs,
                              fr_outcome *outcomes);

// The stage with options.
fr_status fr_cuda_column_profiles_with(fr_session *session, const ProofOptions &options, const fr_problem *problem,
                                       uint32_t prime, uint64_t first_trial, int64_t trials, int64_t *pivot_columns,
                                       uint8_t *proofs, fr_outcome *outcomes);

#endif
