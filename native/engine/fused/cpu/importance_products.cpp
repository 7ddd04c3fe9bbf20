#include "engine/fused/cpu/importance_products.h"

#include <ATen/ATen.h>

#include "engine/fused/cpu/arithmetic.h"
#include "engine/fused/cpu/gemm.h"
#include "engine/fused/cpu/mask_and_sum.h"

namespace cl_torch::fused {

at::Tensor CpuImportanceProducts::linear(const at::Tensor& inputs, const at::Tensor& weight,
                                         const at::Tensor& bias) const {
  at::Tensor result = at::empty({inputs.size(0), weight.size(0)}, at::kFloat);
  multiply(inputs, weight.t(), result, WriteMode::kReplace);
  return result.add_(bias);
}

at::Tensor CpuImportanceProducts::softmax(const at::Tensor& logits) const { return CpuArithmetic().softmax(logits); }

void CpuImportanceProducts::add(const at::Tensor& returned, const at::Tensor& inputs, double scale, at::Tensor& weight,
                                at::Tensor& bias) const {
  at::Tensor scaled = returned * scale;
  multiply(scaled.t(), inputs, weight, WriteMode::kAdd);
  mask_and_sum(scaled.mutable_data_ptr<float>(), nullptr, scaled.size(0), scaled.size(1),
               bias.mutable_data_ptr<float>(), true);
}

at::Tensor CpuImportanceProducts::back(const at::Tensor& output, const at::Tensor& weight) const {
  at::Tensor result = at::empty({output.size(0), weight.size(1)}, at::kFloat);
  multiply(output, weight, result, WriteMode::kReplace);
  return result;
}

}  // namespace cl_torch::fused
