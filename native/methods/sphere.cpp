#include "methods/sphere.h"

#include <ATen/ATen.h>

#include <utility>

namespace cl_torch {
namespace {

constexpr double kTiny = 1e-8;  // keeps a zero vector from dividing by zero; far below the rounding of any other's norm

}  // namespace

at::Tensor part_of(const at::Tensor& vector, const Range& range) { return vector.narrow(0, range.offset, range.count); }

std::vector<Range> parts_of(const TensorVector& layout, bool per_tensor) {
  if (!per_tensor) return {{0, layout.values().size(0)}};
  std::vector<Range> parts;
  for (const Segment& segment : layout.segments()) parts.push_back({segment.offset, segment.count});
  return parts;
}

Sphere::Sphere(std::vector<Range> parts, double radius, const Arithmetic& arithmetic)
    : parts_(std::move(parts)), radius_(radius), arithmetic_(&arithmetic) {}

void Sphere::retract_(at::Tensor& vector) const {
  for (const Range& range : parts_) {
    at::Tensor part = part_of(vector, range);
    arithmetic_->normalise(part, kTiny);
    if (radius_ != 1) part.mul_(radius_);
  }
}

at::Tensor Sphere::project(const at::Tensor& point, const at::Tensor& vector) const {
  at::Tensor result = vector.clone();
  for (const Range& range : parts_) {
    at::Tensor part = part_of(result, range);
    arithmetic_->project(part_of(point, range), part, kTiny * kTiny);
  }
  return result;
}

}  // namespace cl_torch
