#include "engine/engine.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace cl_torch {

at::Tensor Engine::logits(Network& network, const at::Tensor& inputs) {
  const c10::NoGradGuard no_grad;
  return network.forward(inputs, Mode::kEvaluation);
}

at::Tensor Engine::features(Network& network, const at::Tensor& inputs) {
  const c10::NoGradGuard no_grad;
  return network.features(inputs, Mode::kEvaluation);
}

}  // namespace cl_torch
