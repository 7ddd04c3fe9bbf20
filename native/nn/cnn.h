#pragma once

#include <cstdint>

#include "nn/network.h"

namespace cl_torch {

// A plain convolutional network. Of its own it has `channels`: of each convolution, one or more; `kernel`: their side,
// an odd number; `hidden`: widths of the linear layers between them and the output, none or more. A convolution keeps
// the image's size; ReLU and max-pooling by two follow it.
class Cnn final : public Network {
 public:
  static constexpr const char* kKind = "cnn";

  // Throws INVALID_ARGUMENT unless the specification is a CNN's, and its images are large enough to be halved as often.
  static Layout layout_of(const NetworkSpec& spec);

  // All parameters zero.
  Cnn(const NetworkSpec& spec, const c10::Device& device);

  at::Tensor features(const at::Tensor& inputs, Mode mode) override;
  int64_t widest() const override;

 private:
  size_t convolutions_;
  int64_t padding_;
};

}  // namespace cl_torch
