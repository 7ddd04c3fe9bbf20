#include "methods/lfd/geometry.h"

#include <ATen/ATen.h>

#include "methods/lfd/riemannian_sgd.h"

namespace cl_torch {
namespace {

std::vector<Range> consecutive(const std::vector<int64_t>& segments) {
  std::vector<Range> parts;
  int64_t offset = 0;
  for (const int64_t count : segments) {
    parts.push_back({offset, count});
    offset += count;
  }
  return parts;
}

}  // namespace

struct Geometry::State {
  Sphere sphere;
  RiemannianSgd optimizer;
  int64_t size;

  at::Tensor borrow(const float* data) const { return at::from_blob(const_cast<float*>(data), {size}, at::kFloat); }
};

Geometry::Geometry(const std::vector<int64_t>& segments, double radius, double momentum) {
  const std::vector<Range> parts = consecutive(segments);
  const Sphere sphere(parts, radius);
  state_ =
      std::make_unique<State>(State{sphere, RiemannianSgd(sphere, momentum), parts.back().offset + parts.back().count});
}

Geometry::~Geometry() = default;

int64_t Geometry::size() const { return state_->size; }

void Geometry::retract(float* vector) const {
  at::Tensor tensor = state_->borrow(vector);
  state_->sphere.retract_(tensor);
}

void Geometry::project(const float* point, const float* vector, float* result) const {
  state_->borrow(result).copy_(state_->sphere.project(state_->borrow(point), state_->borrow(vector)));
}

void Geometry::step(float* point, const float* gradient, double learning_rate) {
  at::Tensor tensor = state_->borrow(point);
  state_->optimizer.step(tensor, state_->borrow(gradient), learning_rate);
}

}  // namespace cl_torch
