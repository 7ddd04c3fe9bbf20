#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "base/parameter_vector.h"
#include "methods/arithmetic.h"

namespace cl_torch {

// Where a part of a vector lies.
struct Range {
  int64_t offset;
  int64_t count;
  bool operator==(const Range&) const = default;
};

// The parts of a vector: each tensor, or the whole.
std::vector<Range> parts_of(const TensorVector& layout, bool per_tensor);

// One of them, which shares the vector's memory.
at::Tensor part_of(const at::Tensor& vector, const Range& range);

// The sphere of a radius around the origin, or a product of such spheres: one for each part of the vector.
// Vectors are one-dimensional; elements outside every part are never touched.
class Sphere {
 public:
  // `arithmetic` must outlive the sphere.
  Sphere(std::vector<Range> parts, double radius, const Arithmetic& arithmetic);

  double radius() const { return radius_; }
  const Arithmetic& arithmetic() const { return *arithmetic_; }
  const std::vector<Range>& parts() const { return parts_; }

  // Scales each part of `vector` to the radius, in place. A part that is zero stays zero.
  void retract_(at::Tensor& vector) const;

  // What of `vector` is orthogonal to `point`, part by part: v - (<p, v> / <p, p>) p. At a point of the sphere this
  // projects a gradient onto the tangent space and transports a momentum there; for a direction it is what an offset
  // has off that direction.
  at::Tensor project(const at::Tensor& point, const at::Tensor& vector) const;

 private:
  std::vector<Range> parts_;
  double radius_;
  const Arithmetic* arithmetic_;
};

}  // namespace cl_torch
