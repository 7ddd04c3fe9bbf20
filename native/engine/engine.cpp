#include "engine/engine.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "base/error.h"

namespace cl_torch {

void Engine::set_micro_batch_size(int64_t rows) {
  if (rows == 0) return;
  throw Error(code::kEngineUnavailable,
              "Micro-batches were asked for, and the fused engine has none, which needs little memory for a batch; use "
              "--engine autograd, or leave --micro-batch-size out.");
}

at::Tensor Engine::logits(Network& network, const at::Tensor& inputs) {
  const c10::NoGradGuard no_grad;
  return network.forward(inputs, Mode::kEvaluation);
}

at::Tensor Engine::features(Network& network, const at::Tensor& inputs) {
  const c10::NoGradGuard no_grad;
  return network.features(inputs, Mode::kEvaluation);
}

}  // namespace cl_torch
