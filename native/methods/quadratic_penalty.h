#pragma once

#include "base/parameter_vector.h"
#include "methods/penalty_settings.h"
#include "methods/sphere.h"

namespace cl_torch {

// strength · Σ importance · delta², delta = s - (<nu, s> / <nu, nu>) nu part by part, s = w - anchor: the family of
// penalties on leaving a point, of which L2, EWC (Kirkpatrick et al., 2017), SI and MAS are settings.
// OffDirectionPenalty is the case importance = 1, which is done in fewer passes.
class QuadraticPenalty {
 public:
  // Vectors laid out like the parameters, [size].
  struct Vectors {
    at::Tensor anchor;
    at::Tensor importance;  // undefined: 1
    at::Tensor direction;   // undefined: delta = s
  };

  QuadraticPenalty(const ParameterVector& parameters, Vectors vectors, Sphere sphere, double strength,
                   PenaltyGradient gradient);

  double strength() const { return strength_; }
  PenaltyGradient gradient() const { return gradient_; }
  const Vectors& vectors() const { return vectors_; }
  const Sphere& sphere() const { return sphere_; }

  // The penalty as a graph over the parameters, 0-dimensional.
  at::Tensor graph() const;

  // Adds the gradient, 2 strength P(importance · delta), to the parameters' gradients, P being the projection off nu;
  // returns the penalty, 0-dimensional.
  at::Tensor add_gradient() const;

  // ||delta||
  double deviation() const;

 private:
  at::Tensor delta() const;

  const ParameterVector& parameters_;
  Vectors vectors_;
  Sphere sphere_;
  double strength_;
  PenaltyGradient gradient_;
};

}  // namespace cl_torch
