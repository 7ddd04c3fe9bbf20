#include "methods/lfd/riemannian_sgd.h"

#include <ATen/ATen.h>

#include <utility>

namespace cl_torch {

RiemannianSgd::RiemannianSgd(Sphere sphere, double momentum) : sphere_(std::move(sphere)), momentum_(momentum) {}

void RiemannianSgd::step(at::Tensor& point, const at::Tensor& gradient, double learning_rate) {
  const at::Tensor tangent = sphere_.project(point, gradient);
  velocity_ = velocity_.defined() ? velocity_ * momentum_ + tangent : tangent;
  sphere_.arithmetic().add(point, velocity_, -learning_rate);
  sphere_.retract_(point);
  velocity_ = sphere_.project(point, velocity_);
}

}  // namespace cl_torch
