#include "methods/quadratic_penalty.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <utility>
#include <vector>

namespace cl_torch {

QuadraticPenalty::QuadraticPenalty(const ParameterVector& parameters, Vectors vectors, Sphere sphere, double strength,
                                   PenaltyGradient gradient)
    : parameters_(parameters),
      vectors_(std::move(vectors)),
      sphere_(std::move(sphere)),
      strength_(strength),
      gradient_(gradient) {}

at::Tensor QuadraticPenalty::graph() const {
  // One vector of the parameters' own graph nodes, in the order of the layout.
  std::vector<at::Tensor> pieces;
  int64_t end = 0;
  for (size_t i = 0; i < parameters_.segments().size(); ++i) {
    const Segment& segment = parameters_.segments()[i];
    if (segment.offset > end) pieces.push_back(at::zeros({segment.offset - end}, vectors_.anchor.options()));
    pieces.push_back(parameters_.parameters()[i].flatten());
    end = segment.offset + segment.count;
  }
  const int64_t size = vectors_.anchor.size(0);
  if (size > end) pieces.push_back(at::zeros({size - end}, vectors_.anchor.options()));
  at::Tensor delta = at::cat(pieces) - vectors_.anchor;
  if (vectors_.direction.defined()) {
    std::vector<at::Tensor> parts;
    int64_t done = 0;
    for (const Range& range : sphere_.parts()) {
      if (range.offset > done) parts.push_back(delta.narrow(0, done, range.offset - done));
      const at::Tensor offset = delta.narrow(0, range.offset, range.count);
      const at::Tensor nu = vectors_.direction.narrow(0, range.offset, range.count);
      parts.push_back(offset - at::dot(nu, offset) / at::dot(nu, nu) * nu);
      done = range.offset + range.count;
    }
    if (size > done) parts.push_back(delta.narrow(0, done, size - done));
    delta = at::cat(parts);
  }
  const at::Tensor squares = delta.square();
  return strength_ * (vectors_.importance.defined() ? at::dot(vectors_.importance, squares) : squares.sum());
}

at::Tensor QuadraticPenalty::add_gradient() const {
  const c10::NoGradGuard no_grad;
  const at::Tensor deviation = delta();
  at::Tensor weighted = vectors_.importance.defined() ? deviation * vectors_.importance : deviation;
  const at::Tensor value = sphere_.arithmetic().dot(weighted, deviation) * strength_;
  if (vectors_.importance.defined() && vectors_.direction.defined()) {
    weighted = sphere_.project(vectors_.direction, weighted);
  }
  at::Tensor gradients = parameters_.gradients();
  sphere_.arithmetic().add(gradients, weighted, 2 * strength_);
  return value;
}

double QuadraticPenalty::deviation() const {
  const c10::NoGradGuard no_grad;
  return sphere_.arithmetic().norm(delta()).item<double>();
}

at::Tensor QuadraticPenalty::delta() const {
  at::Tensor offset = parameters_.values() - vectors_.anchor;
  return vectors_.direction.defined() ? sphere_.project(vectors_.direction, offset) : offset;
}

}  // namespace cl_torch
