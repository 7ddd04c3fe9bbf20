#include "methods/arithmetic.h"

#include <ATen/ATen.h>

namespace cl_torch {

const Arithmetic& Arithmetic::libtorch() {
  static const Arithmetic arithmetic;
  return arithmetic;
}

void Arithmetic::add(at::Tensor& target, const at::Tensor& source, double factor) const { target.add_(source, factor); }

at::Tensor Arithmetic::sum(const at::Tensor& start, const at::Tensor& way, double factor) const {
  return at::add(start, way, factor);
}

at::Tensor Arithmetic::dot(const at::Tensor& left, const at::Tensor& right) const { return at::dot(left, right); }

double Arithmetic::wide_dot(const at::Tensor& left, const at::Tensor& right) const {
  return at::dot(left.to(at::kDouble), right.to(at::kDouble)).item<double>();
}

at::Tensor Arithmetic::norm(const at::Tensor& vector) const { return at::norm(vector); }

double Arithmetic::wide_norm(const at::Tensor& vector) const { return at::norm(vector.to(at::kDouble)).item<double>(); }

void Arithmetic::project(const at::Tensor& point, at::Tensor& vector, double tiny) const {
  const at::Tensor share = at::dot(point, vector) / (at::dot(point, point) + tiny);
  vector.sub_(point * share);
}

void Arithmetic::normalise(at::Tensor& vector, double tiny) const { vector.div_(at::norm(vector) + tiny); }

void Arithmetic::draw_normal(at::Tensor& target, const at::Generator& generator) const {
  target.normal_(0, 1, generator);
}

at::Tensor Arithmetic::softmax(const at::Tensor& logits) const { return logits.softmax(1); }

// The exponentials, which take the time, in float32; what is added up of them, in float64.
double Arithmetic::cross_entropy(const at::Tensor& logits, const at::Tensor& labels) const {
  const at::Tensor largest = logits.gather(1, logits.argmax(1, true));
  const at::Tensor totals = (logits - largest).exp_().sum(1).to(at::kDouble);
  const at::Tensor own = logits.gather(1, labels.unsqueeze(1)).squeeze(1);
  return (totals.log() + (largest.squeeze(1) - own)).sum().item<double>();
}

}  // namespace cl_torch
