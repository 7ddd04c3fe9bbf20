#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace cl_torch {

// What methods and calls compute beside an engine's steps, where LibTorch's result depends on the processor or the
// number of threads: sums, and products that are added with one rounding or with two. (A single sum, product, quotient
// or root of each element does not; nothing of the kind is here.) Each engine has one, so that all of a run's
// arithmetic is of one kind. Tensors are float32. This one is LibTorch's, on any device.
class Arithmetic {
 public:
  virtual ~Arithmetic() = default;

  // LibTorch's.
  static const Arithmetic& libtorch();

  // target <- target + factor source, alike in shape.
  virtual void add(at::Tensor& target, const at::Tensor& source, double factor) const;

  // start + factor way
  virtual at::Tensor sum(const at::Tensor& start, const at::Tensor& way, double factor) const;

  // <left, right> of two vectors, 0-dimensional, in float32 or float64;
  virtual at::Tensor dot(const at::Tensor& left, const at::Tensor& right) const;
  // and summed up in float64.
  virtual double wide_dot(const at::Tensor& left, const at::Tensor& right) const;

  // The Euclidean length of a vector, likewise.
  virtual at::Tensor norm(const at::Tensor& vector) const;
  virtual double wide_norm(const at::Tensor& vector) const;

  // vector <- vector - <point, vector> / (<point, point> + tiny) point
  virtual void project(const at::Tensor& point, at::Tensor& vector, double tiny) const;

  // vector <- vector / (length + tiny)
  virtual void normalise(at::Tensor& vector, double tiny) const;

  // Draws from the standard normal distribution, in PyTorch's order of draws.
  virtual void draw_normal(at::Tensor& target, const at::Generator& generator) const;

  // Row by row: [rows, classes].
  virtual at::Tensor softmax(const at::Tensor& logits) const;

  // The sum of all rows' cross-entropies; int64 labels.
  virtual double cross_entropy(const at::Tensor& logits, const at::Tensor& labels) const;

 protected:
  Arithmetic() = default;
};

}  // namespace cl_torch
