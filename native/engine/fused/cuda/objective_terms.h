#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <vector>

#include "engine/fused/cuda/row_targets.h"
#include "engine/fused/cuda/update.h"
#include "methods/objective.h"

namespace cl_torch::fused {

// What an update has beside the optimiser: of one model's objective, or of several alike, whose vectors lie behind each
// other.
struct ObjectiveTerms {
  // Vectors that a kernel reads, or writes, at all parameters of all models.
  enum Vector { kDirection, kAnchor, kImportance, kMask, kHiding, kPath, kVectors };
  std::array<at::Tensor, kVectors> vectors{};  // [size] or [models, size]; undefined: none
  double alpha = 0;                            // of the penalty on leaving the direction
  std::vector<Range> parts{};                  // of its sphere
  // Of each model as many, one model's behind the other's.
  std::vector<Quadratic> quadratics{};
  bool path_of_total = false;
  const PathScore* score = nullptr;
  int64_t epoch_steps = 0;           // where there is a score
  const BatchLoss* batch = nullptr;  // what the batches are learnt by; null: cross-entropy

  float* data(Vector vector) const {
    return vectors[vector].defined() ? vectors[vector].mutable_data_ptr<float>() : nullptr;
  }
  // Whether there is more than the penalty on leaving a direction, without an importance.
  bool has_more() const {
    return !quadratics.empty() || vectors[kImportance].defined() || vectors[kMask].defined() ||
           vectors[kPath].defined();
  }
};

// `steps`: of the epoch.
ObjectiveTerms terms_of(const Objective& objective, int64_t steps);

// A loss's terms against stored outputs of so many classes.
std::vector<TargetTerm> target_terms(const BatchLoss& loss, int64_t target_classes);

// Whether models with these terms can be trained by the same launches.
bool are_alike(const ObjectiveTerms& left, const ObjectiveTerms& right);

}  // namespace cl_torch::fused
