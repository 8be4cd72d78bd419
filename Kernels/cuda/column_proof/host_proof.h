// A proof of the host (Kernels/cpu/column_proof) that is freed with its owner. (It is not a std::unique_ptr, because
// clang cannot read <memory> beside CUDA 11.8's headers.) Private to Kernels/cuda/column_proof.
#ifndef FR_CUDA_COLUMN_PROOF_HOST_PROOF_H
#define FR_CUDA_COLUMN_PROOF_HOST_PROOF_H

#include "proof_engine.h"

class HostProof {
public:
    HostProof() = default;
    HostProof(const HostProof &) = delete;
    HostProof &operator=(const HostProof &) = delete;
    HostProof(HostProof &&other) noexcept : proof_(other.proof_) { other.proof_ = nullptr; }
    ~HostProof() { fr_column_proof_free(proof_); }
    // Returns false if memory runs out.
    bool make(const fr_problem *problem, int64_t most_block) {
        fr_column_proof_free(proof_);
        proof_ = fr_column_proof_make(problem, most_block);
        return proof_ != nullptr;
    }
    fr_column_proof *get() const { return proof_; }

private:
    fr_column_proof *proof_ = nullptr;
};

#endif
