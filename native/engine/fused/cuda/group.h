#pragma once

#include <array>
#include <memory>
#include <span>

#include "engine/fused/cuda/engine.h"
#include "engine/group_trainer.h"

namespace cl_torch::fused {

// Models alike whose vectors lie behind each other, [models, size], to be trained as one batch.
class CudaModels {
 public:
  CudaModels(const CudaEngine& engine, int64_t count);

  const ModelKind& kind() const { return kind_; }
  size_t count() const { return static_cast<size_t>(values_.size(0)); }

  // Trains the epochs from `first_step` on, for as long as no observer has cancelled; returns the step that comes next.
  int64_t train(const std::vector<EpochRequest*>& requests, int64_t first_step);

 private:
  int64_t train(std::span<const EpochMember> members, const EpochRequest& any, const ObjectiveTerms& terms,
                int64_t first_step);
  // A stack of vectors, made when it is first needed.
  at::Tensor& made(at::Tensor& stack) const;
  // The terms of all, whose vectors are stacks now.
  ObjectiveTerms stacked_terms(const std::vector<EpochRequest*>& requests);
  // Where the vectors of models like this one's are.
  UpdateVectors vectors(const EpochRequest& any) const;

  ModelKind kind_;
  CudaTrainer trainer_;
  at::Tensor values_;
  at::Tensor gradients_;
  std::array<at::Tensor, 2> moments_;
  std::array<at::Tensor, ObjectiveTerms::kVectors> vectors_;  // of the objectives
};

// Trains epochs that have the same shape as one batch, the others one after the other.
class CudaGroup final : public GroupTrainer {
 public:
  void train(std::vector<EpochRequest*> requests, const Finish& finish) override;

 private:
  void train_alike(std::vector<EpochRequest*> requests, const Finish& finish);
  int64_t train_some(const std::vector<EpochRequest*>& requests, int64_t first_step);

  std::unique_ptr<CudaModels> models_;
};

}  // namespace cl_torch::fused
