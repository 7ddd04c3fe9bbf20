#pragma once

#include <cstdint>

#include "nn/network.h"

namespace cl_torch {

// ResNet18 (He et al., arXiv:1512.03385), with the tensors' names of torchvision and the initialisation of PyTorch's
// layers. Of its own it has `width`: channels of the first of the four stages, each of which has twice as many as the
// one before; `stem`: 32, a 3×3 convolution for small images as the continual-learning literature has it, or 224, a 7×7
// convolution of stride 2 and max-pooling as torchvision has it; `norm`: batch (running statistics by a momentum of
// 0.1) or group (as many groups as the greatest common divisor of 32 and the channels).
class ResNet18 final : public Network {
 public:
  static constexpr const char* kKind = "resnet18";

  // Throws INVALID_ARGUMENT unless the specification is a ResNet18's.
  static Layout layout_of(const NetworkSpec& spec);

  // All parameters zero.
  ResNet18(const NetworkSpec& spec, const c10::Device& device);

  at::Tensor features(const at::Tensor& inputs, Mode mode) override;
  int64_t widest() const override;
  int64_t least_training_rows() const override;

 private:
  int64_t width_;
  bool is_large_;  // the stem's images
  bool has_batch_norm_;
};

}  // namespace cl_torch
