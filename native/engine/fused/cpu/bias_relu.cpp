#include "engine/fused/cpu/bias_relu.h"

#include <ATen/Parallel.h>

#include "base/for_vectors.h"
#include "engine/fused/cpu/work_share.h"

namespace cl_torch::fused {
namespace {

CL_TORCH_LOOP void add_bias_relu_rows(float* z, const float* bias, int64_t rows, int64_t width) {
  for (int64_t row = 0; row < rows; ++row, z += width) {
    for (int64_t column = 0; column < width; ++column) {
      const float value = z[column] + bias[column];
      z[column] = value < 0 ? 0 : value;  // lets NaN through
    }
  }
}

}  // namespace

void add_bias_relu(float* z, const float* bias, int64_t rows, int64_t width) {
  at::parallel_for(0, rows, items_per_thread(width), [&](int64_t begin, int64_t end) {
    for_vectors<add_bias_relu_rows>(z + begin * width, bias, end - begin, width);
  });
}

}  // namespace cl_torch::fused
