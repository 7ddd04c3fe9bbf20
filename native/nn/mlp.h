#pragma once

#include <cstdint>
#include <vector>

#include "base/parameter_vector.h"
#include "base/random_streams.h"

namespace cl_torch {

// A multilayer perceptron with ReLU between its layers, initialised as PyTorch's nn.Linear does.
class Mlp {
 public:
  // The parameter tensors of such a network. `widths`: units from the input to the output layer; two or more.
  static std::vector<ParameterVector::Shape> shapes(const std::vector<int64_t>& widths);

  Mlp(std::vector<int64_t> widths, const RandomStreams& streams, const c10::Device& device);

  // All parameters zero.
  Mlp(std::vector<int64_t> widths, const c10::Device& device);

  // `other` with a wider output layer: a head that grows with new classes. The parameters there are stay, the new
  // output rows are initialised like a fresh layer's.
  Mlp(const Mlp& other, int64_t classes, const RandomStreams& streams);

  // [n, widths.front()] → logits [n, widths.back()].
  at::Tensor forward(const at::Tensor& inputs) const;

  ParameterVector& parameters() { return parameters_; }
  const ParameterVector& parameters() const { return parameters_; }
  const std::vector<int64_t>& widths() const { return widths_; }
  int64_t inputs() const { return widths_.front(); }
  int64_t classes() const { return widths_.back(); }

 private:
  void initialise(const RandomStreams& streams);
  void draw(const at::Tensor& target, double bound, const RandomStreams& streams);

  std::vector<int64_t> widths_;
  ParameterVector parameters_;
};

}  // namespace cl_torch
