#pragma once

#include "methods/sphere.h"

namespace cl_torch {

// Stochastic gradient descent on a sphere with momentum (Bonnabel, 2013; the momentum is transported by projection):
//   m <- mu m + project(x, gradient);  x <- retract(x - eta m);  m <- project(x, m)
class RiemannianSgd {
 public:
  RiemannianSgd(Sphere sphere, double momentum);

  // Moves `point`, which lies on the sphere, against the Euclidean `gradient`.
  void step(at::Tensor& point, const at::Tensor& gradient, double learning_rate);

 private:
  Sphere sphere_;
  double momentum_;
  at::Tensor velocity_;  // m; undefined before the first step
};

}  // namespace cl_torch
