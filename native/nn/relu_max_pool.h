#pragma once

#include <ATen/core/Tensor.h>

namespace cl_torch {

// Max-pooling by two of ReLU: [n, channels, h, w] → [n, channels, h / 2, w / 2], with its gradient. A last row or
// column that has no partner is left out. The bits of at::max_pool2d(at::relu(images), 2) and of its gradient; float32
// on the CPU is read once and written once, where those two pass over the whole images several times.
at::Tensor relu_max_pool(const at::Tensor& images);

}  // namespace cl_torch
