#include "methods/penalty.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <utility>

namespace cl_torch {

OffDirectionPenalty::OffDirectionPenalty(const ParameterVector& parameters, Sphere sphere, const at::Tensor& direction,
                                         const at::Tensor& anchor, const PenaltyOptions& options)
    : parameters_(parameters),
      sphere_(std::move(sphere)),
      direction_(direction),
      unit_direction_(sphere_.radius() == 1 ? direction : direction / sphere_.radius()),
      anchor_(anchor),
      options_(options) {}

at::Tensor OffDirectionPenalty::graph() const {
  const auto& parameters = parameters_.parameters();
  const auto directions = parameters_.views(unit_direction_);
  const auto anchors = parameters_.views(anchor_);
  std::vector<at::Tensor> offsets;
  std::vector<at::Tensor> shares;  // <offset, direction> of each tensor
  for (size_t i = 0; i < parameters.size(); ++i) {
    offsets.push_back(parameters[i] - anchors[i]);
    shares.push_back(at::dot(offsets[i].flatten(), directions[i].flatten()));
  }
  if (sphere_.parts().size() == 1) {
    const at::Tensor sum = at::stack(shares).sum();
    for (at::Tensor& share : shares) share = sum;
  }
  at::Tensor total;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const at::Tensor deviation = offsets[i] - (shares[i] * directions[i]).view_as(parameters[i]);
    const at::Tensor square = deviation.pow(2).sum();
    total = i == 0 ? square + 0.0 : total + square;
  }
  return total;
}

at::Tensor OffDirectionPenalty::add_gradient() const {
  const c10::NoGradGuard no_grad;
  const at::Tensor deviation = delta();
  at::Tensor gradients = parameters_.gradients();
  sphere_.arithmetic().add(gradients, deviation, 2 * options_.alpha);
  return sphere_.arithmetic().dot(deviation, deviation) * options_.alpha;
}

double OffDirectionPenalty::deviation() const {
  const c10::NoGradGuard no_grad;
  return sphere_.arithmetic().norm(delta()).item<double>();
}

at::Tensor OffDirectionPenalty::delta() const {
  return sphere_.project(unit_direction_, parameters_.values() - anchor_);
}

}  // namespace cl_torch
