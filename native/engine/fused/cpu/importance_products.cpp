#include "engine/fused/cpu/importance_products.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>

#include "base/for_vectors.h"
#include "engine/fused/cpu/arithmetic.h"
#include "engine/fused/cpu/gemm.h"
#include "engine/fused/cpu/mask_and_sum.h"
#include "engine/fused/cpu/work_share.h"

namespace cl_torch::fused {
namespace {

CL_TORCH_LOOP void mask_and_add_squares(float* output, const float* units, float* squares, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const float value = units[i] > 0 ? output[i] : 0;
    output[i] = value;
    squares[i] += value * value;
  }
}

}  // namespace

at::Tensor CpuImportanceProducts::linear(const at::Tensor& inputs, const at::Tensor& weight,
                                         const at::Tensor& bias) const {
  at::Tensor result = at::empty({inputs.size(0), weight.size(0)}, at::kFloat);
  multiply(inputs, weight.t(), result, WriteMode::kReplace);
  return result.add_(bias);
}

at::Tensor CpuImportanceProducts::softmax(const at::Tensor& logits) const { return CpuArithmetic().softmax(logits); }

at::Tensor CpuImportanceProducts::square_root(const at::Tensor& values) const {
  at::Tensor result = values.contiguous().clone();
  auto* roots = result.mutable_data_ptr<float>();
  for (int64_t i = 0; i < result.numel(); ++i) roots[i] = std::sqrt(roots[i]);
  return result;
}

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

void CpuImportanceProducts::mask_and_square(at::Tensor& output, const at::Tensor& units, at::Tensor& squares) const {
  auto* outputs = output.mutable_data_ptr<float>();
  const float* inputs = units.const_data_ptr<float>();
  auto* sums = squares.mutable_data_ptr<float>();
  at::parallel_for(0, output.numel(), kElementsPerThread, [&](int64_t begin, int64_t end) {
    for_vectors<mask_and_add_squares>(outputs + begin, inputs + begin, sums + begin, end - begin);
  });
}

}  // namespace cl_torch::fused
