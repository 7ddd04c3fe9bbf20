#pragma once

#include <cstdint>

namespace cl_torch::fused {

// ReLU's derivative and the gradient of a bias in one pass: gradient <- 0 wherever the activation is 0, then sums <-
// the sum of every column. `activations` null: no mask. `add`: the sums are added to what is there. Gradient and
// activations: [rows, width], row-major.
void mask_and_sum(float* gradient, const float* activations, int64_t rows, int64_t width, float* sums, bool add);

}  // namespace cl_torch::fused
