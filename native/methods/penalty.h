#pragma once

#include "base/parameter_vector.h"
#include "methods/penalty_settings.h"
#include "methods/sphere.h"

namespace cl_torch {

// alpha * ||delta||^2, delta being the part of the offset w - w_t that is orthogonal to the direction nu, sphere by
// sphere: learning under the less-forgetting direction (Wen et al., 2024).
class OffDirectionPenalty {
 public:
  OffDirectionPenalty(const ParameterVector& parameters, Sphere sphere, const at::Tensor& direction,
                      const at::Tensor& anchor, const PenaltyOptions& options);

  double alpha() const { return options_.alpha; }
  const Sphere& sphere() const { return sphere_; }
  const PenaltyOptions& options() const { return options_; }
  const at::Tensor& direction() const { return direction_; }            // nu: [size]
  const at::Tensor& unit_direction() const { return unit_direction_; }  // nu / radius
  const at::Tensor& anchor() const { return anchor_; }                  // w_t

  // ||delta||^2 as a graph over the parameters, in the order of operations of the reference implementation.
  at::Tensor graph() const;

  // Adds the gradient, 2 alpha delta, to the parameters' gradients; returns the penalty as a 0-dimensional tensor. The
  // gradient is exact: delta is a projection P s with P P = P and P symmetric, so that the gradient of ||P s||^2 is
  // 2 P (P s) = 2 delta.
  at::Tensor add_gradient() const;

  // ||delta||
  double deviation() const;

 private:
  at::Tensor delta() const;

  const ParameterVector& parameters_;
  Sphere sphere_;
  at::Tensor direction_;
  at::Tensor unit_direction_;
  at::Tensor anchor_;
  PenaltyOptions options_;
};

}  // namespace cl_torch
