#pragma once

#include <cstdint>

#include "mlp.h"
#include "options.h"

namespace cl_torch {

// out <- left right
using Multiply = void (*)(const at::Tensor& left, const at::Tensor& right, at::Tensor& out);

// The fused engine's own routine for the device; null where it uses LibTorch's or has none to be called alone.
Multiply own_multiply(const c10::Device& device);

// Times the matrix products alone of an epoch over `rows` rows, float32, with nothing between them: what is left of an
// epoch when everything else costs nothing. A step has one product a layer forward, one for its weights' gradient and,
// but for the first layer, one for its inputs' gradient.
MatrixProductsOutcome time_matrix_products(const Mlp& model, int64_t rows, int64_t batch_size);

}  // namespace cl_torch
