#pragma once

#include <vector>

#include "methods/objective.h"

namespace cl_torch::fused {

// The gradients of those of an objective's penalties that UpdatePass leaves, each in one pass over the parameters.
class PenaltyPass {
 public:
  // All must outlive the object.
  PenaltyPass(const ParameterVector& parameters, const Objective& objective)
      : parameters_(parameters),
        off_direction_(objective.watches_steps() ? objective.off_direction : nullptr),
        penalties_(objective.quadratics) {}

  // Adds the penalties' gradients to the parameters'; returns the penalties.
  double add_gradients();

 private:
  double add_gradient(const QuadraticPenalty& penalty);

  const ParameterVector& parameters_;
  const OffDirectionPenalty* off_direction_;
  std::span<const QuadraticPenalty> penalties_;
  std::vector<float> sums_;  // of each chunk
};

}  // namespace cl_torch::fused
