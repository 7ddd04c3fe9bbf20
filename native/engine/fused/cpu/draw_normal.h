#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace cl_torch::fused {

// Fills a contiguous float32 tensor with draws from the standard normal distribution: the numbers of PyTorch's
// Tensor.normal_(0, 1), from the same uniform draws of a CPU generator in the same order, and within rounding, which is
// the same on every processor.
void draw_normal(at::Tensor& target, const at::Generator& generator);

}  // namespace cl_torch::fused
