#pragma once

#include <cstdint>
#include <vector>

#include "nn/network.h"

namespace cl_torch {

// A multilayer perceptron with ReLU between its layers. Of its own it has `hidden`: the widths of the layers between
// input and output, none or more.
class Mlp final : public Network {
 public:
  static constexpr const char* kKind = "mlp";

  // Throws INVALID_ARGUMENT unless the specification is an MLP's.
  static Layout layout_of(const NetworkSpec& spec);

  // All parameters zero.
  Mlp(const NetworkSpec& spec, const c10::Device& device);

  at::Tensor features(const at::Tensor& inputs, Mode mode) override;
  int64_t widest() const override;

  // Units from the input to the output layer; two or more.
  const std::vector<int64_t>& widths() const { return widths_; }

 private:
  std::vector<int64_t> widths_;
};

}  // namespace cl_torch
