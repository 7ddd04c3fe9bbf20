#include "base/parameter_vector.h"

#include <ATen/ATen.h>

#include <functional>
#include <numeric>

namespace cl_torch {
TensorVector::TensorVector(const std::vector<Shape>& shapes, const c10::Device& device) {
  const int64_t step = alignment(device);
  int64_t size = 0;
  for (const Shape& shape : shapes) {
    const int64_t count = std::accumulate(shape.shape.begin(), shape.shape.end(), int64_t{1}, std::multiplies<>());
    segments_.push_back({shape.name, shape.shape, size, count});
    size += (count + step - 1) / step * step;
  }
  values_ = at::zeros({size}, at::TensorOptions().dtype(at::kFloat).device(device));
}

std::vector<at::Tensor> TensorVector::views(const at::Tensor& vector) const {
  std::vector<at::Tensor> result;
  result.reserve(segments_.size());
  for (const Segment& segment : segments_) {
    result.push_back(vector.narrow(0, segment.offset, segment.count).view(segment.shape).detach());
  }
  return result;
}

ParameterVector::ParameterVector(const std::vector<Shape>& shapes, const c10::Device& device)
    : TensorVector(shapes, device),
      gradients_(at::zeros_like(values())),
      parameters_(views(values())),
      parameter_gradients_(views(gradients_)) {
  for (size_t i = 0; i < parameters_.size(); ++i) {
    parameters_[i].requires_grad_();
    parameters_[i].mutable_grad() = parameter_gradients_[i];
  }
}

void carry_over(const TensorVector& layout, const at::Tensor& vector, const TensorVector& grown,
                const at::Tensor& target) {
  const std::vector<at::Tensor> sources = layout.views(vector);
  const std::vector<at::Tensor> targets = grown.views(target);
  for (size_t i = 0; i < sources.size(); ++i) targets[i].slice(0, 0, sources[i].size(0)).copy_(sources[i]);
}

}  // namespace cl_torch
