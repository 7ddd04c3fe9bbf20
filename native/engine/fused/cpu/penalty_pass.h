#pragma once

#include <vector>

#include "methods/objective.h"

namespace cl_torch::fused {

// The gradients of an objective's quadratic penalties, each in one pass over the parameters.
class PenaltyPass {
 public:
  // All must outlive the object.
  PenaltyPass(const ParameterVector& parameters, std::span<const QuadraticPenalty> penalties)
      : parameters_(parameters), penalties_(penalties) {}

  // Adds the penalties' gradients to the parameters'; returns the penalties.
  double add_gradients();

 private:
  double add_gradient(const QuadraticPenalty& penalty);

  const ParameterVector& parameters_;
  std::span<const QuadraticPenalty> penalties_;
  std::vector<float> sums_;  // of each chunk
};

}  // namespace cl_torch::fused
