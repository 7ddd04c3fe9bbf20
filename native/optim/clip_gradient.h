#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace cl_torch {

// Makes all of these gradients shorter by one factor where the norm of all together is above `norm`: they are
// multiplied by norm / (theirs + 1e-6), or by 1 (Pascanu et al., 2013). Operation for operation
// torch.nn.utils.clip_grad_norm_; nothing is read back from a device.
void clip_gradient(const std::vector<at::Tensor>& gradients, double norm);

}  // namespace cl_torch
