#pragma once

#include <cstdint>

namespace cl_torch::fused {

// z <- max(0, z + bias), row by row; `z`: [rows, width], row-major.
void add_bias_relu(float* z, const float* bias, int64_t rows, int64_t width);

}  // namespace cl_torch::fused
