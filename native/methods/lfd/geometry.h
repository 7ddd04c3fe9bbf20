#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace cl_torch {

// A sphere and Riemannian SGD on it over plain float arrays of size() elements, for callers without LibTorch. The
// segments are the lengths of consecutive parts, each a sphere of its own.
class Geometry {
 public:
  Geometry(const std::vector<int64_t>& segments, double radius, double momentum);
  ~Geometry();
  Geometry(const Geometry&) = delete;
  Geometry& operator=(const Geometry&) = delete;

  int64_t size() const;
  void retract(float* vector) const;
  void project(const float* point, const float* vector, float* result) const;
  void step(float* point, const float* gradient, double learning_rate);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cl_torch
