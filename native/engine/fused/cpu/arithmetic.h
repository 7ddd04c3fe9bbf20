#pragma once

#include "methods/arithmetic.h"

namespace cl_torch::fused {

// Arithmetic on the CPU that has the same bits on every processor and for any number of threads: sums of products in
// float64 and in a fixed order, everything else element by element.
class CpuArithmetic final : public Arithmetic {
 public:
  void add(at::Tensor& target, const at::Tensor& source, double factor) const override;
  at::Tensor sum(const at::Tensor& start, const at::Tensor& way, double factor) const override;
  at::Tensor dot(const at::Tensor& left, const at::Tensor& right) const override;
  double wide_dot(const at::Tensor& left, const at::Tensor& right) const override;
  at::Tensor norm(const at::Tensor& vector) const override;
  double wide_norm(const at::Tensor& vector) const override;
  void project(const at::Tensor& point, at::Tensor& vector, double tiny) const override;
  void normalise(at::Tensor& vector, double tiny) const override;
  void draw_normal(at::Tensor& target, const at::Generator& generator) const override;
  at::Tensor softmax(const at::Tensor& logits) const override;
  double cross_entropy(const at::Tensor& logits, const at::Tensor& labels) const override;
};

}  // namespace cl_torch::fused
