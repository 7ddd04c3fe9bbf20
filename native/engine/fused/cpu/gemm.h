#pragma once

#include <ATen/core/Tensor.h>

namespace cl_torch::fused {

// What a result does with what lies where it goes.
enum class WriteMode { kReplace, kAdd };

// out <- left right, or out + left right: two-dimensional float32 tensors on the CPU, `out` contiguous, each factor
// contiguous or the transpose of a contiguous matrix. The fused CPU engine's only way to multiply matrices.
void multiply(const at::Tensor& left, const at::Tensor& right, at::Tensor& out, WriteMode mode);

}  // namespace cl_torch::fused
