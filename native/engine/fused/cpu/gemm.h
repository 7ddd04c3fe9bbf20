#pragma once

#include <ATen/core/Tensor.h>

namespace cl_torch::fused {

// What a result does with what lies where it goes.
enum class WriteMode { kReplace, kAdd };

// out <- left right, or out + left right: two-dimensional float32 tensors on the CPU, `out` contiguous, `right`
// contiguous along one of its dimensions. The fused CPU engine's only way to multiply matrices: spread over the calling
// thread's team, and bit for bit the same for any team and on any processor, because each sum runs in order, every
// product and addition rounded once together (fused multiply-add).
void multiply(const at::Tensor& left, const at::Tensor& right, at::Tensor& out, WriteMode mode);

}  // namespace cl_torch::fused
