#include "nn/batch_norm.h"

#include <ATen/ATen.h>

namespace cl_torch {
namespace {

constexpr double kEpsilon = 1e-5;  // PyTorch's default

}  // namespace

at::Tensor batch_norm(const Network& network, const at::Tensor& inputs, const at::Tensor& scale,
                      const at::Tensor& shift, const at::Tensor& mean, const at::Tensor& variance, Mode mode) {
  const bool uses_batch = mode != Mode::kEvaluation && scale.requires_grad();
  const double momentum = network.norm_momentum();
  if (uses_batch && mode == Mode::kBatchStatistics) {
    return at::batch_norm(inputs, scale, shift, {}, {}, true, momentum, kEpsilon, true);
  }
  return at::batch_norm(inputs, scale, shift, mean, variance, uses_batch, momentum, kEpsilon, true);
}

}  // namespace cl_torch
