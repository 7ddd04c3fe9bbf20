#pragma once

#include "engine/mlp_importance.h"

namespace cl_torch::fused {

// By the fused CPU engine's own GEMM and sums, which have the same bits everywhere.
class CpuImportanceProducts final : public ImportanceProducts {
 public:
  at::Tensor linear(const at::Tensor& inputs, const at::Tensor& weight, const at::Tensor& bias) const override;
  at::Tensor softmax(const at::Tensor& logits) const override;
  // Each rounded as IEEE 754 asks. LibTorch's goes through MKL, whose last bit depends on the processor.
  at::Tensor square_root(const at::Tensor& values) const override;
  void add(const at::Tensor& returned, const at::Tensor& inputs, double scale, at::Tensor& weight,
           at::Tensor& bias) const override;
  void mask_and_square(at::Tensor& output, const at::Tensor& units, at::Tensor& squares) const override;
  at::Tensor back(const at::Tensor& output, const at::Tensor& weight) const override;
};

}  // namespace cl_torch::fused
