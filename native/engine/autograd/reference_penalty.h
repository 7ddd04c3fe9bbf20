#pragma once

#include <vector>

#include "base/parameter_vector.h"
#include "methods/penalty.h"

namespace cl_torch {

// The gradient of OffDirectionPenalty::graph() without its graph, on the CPU and for a sphere a tensor, as the
// reference implementation has it: bit for bit what autograd computes, because every number comes from the same
// operations, rounded one by one, and every sum from LibTorch's own routine. It takes a few passes over memory instead
// of a hundred operations.
class ReferencePenalty {
 public:
  static bool applies(const ParameterVector& parameters, const OffDirectionPenalty& penalty);

  ReferencePenalty(const ParameterVector& parameters, const OffDirectionPenalty& penalty);

  // Adds the gradient of alpha * graph() to the parameters' gradients; returns alpha * graph(), 0-dimensional.
  at::Tensor add_gradient();

 private:
  const ParameterVector& parameters_;
  const OffDirectionPenalty& penalty_;
  at::Tensor offset_;    // w - w_t, then the gradient's part by the deviation: [size]
  at::Tensor squares_;   // of the deviation: [size]
  at::Tensor products_;  // of that gradient and the direction: [size]
  std::vector<at::Tensor> offsets_;
  std::vector<at::Tensor> tensor_squares_;
  std::vector<at::Tensor> tensor_products_;
  std::vector<at::Tensor> directions_;
};

}  // namespace cl_torch
