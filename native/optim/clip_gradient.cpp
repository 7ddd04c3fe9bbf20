#include "optim/clip_gradient.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace cl_torch {

void clip_gradient(const std::vector<at::Tensor>& gradients, double norm) {
  const c10::NoGradGuard no_grad;
  const at::Tensor total = at::linalg_vector_norm(at::stack(at::_foreach_norm(gradients)));
  // As Python divides a number by a tensor, which rounds twice.
  const at::Tensor factor = (total + 1e-6).reciprocal() * norm;
  at::_foreach_mul_(gradients, at::clamp(factor, std::nullopt, 1.0));
}

}  // namespace cl_torch
