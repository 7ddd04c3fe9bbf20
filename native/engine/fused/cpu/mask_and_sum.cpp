#include "engine/fused/cpu/mask_and_sum.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "base/for_vectors.h"
#include "engine/fused/cpu/work_share.h"

namespace cl_torch::fused {
namespace {

CL_TORCH_LOOP void mask_and_sum_columns(float* gradient, const float* activations, int64_t rows, int64_t width,
                                        int64_t columns, float* sums) {
  for (int64_t row = 0; row < rows; ++row, gradient += width, activations += width) {
    for (int64_t column = 0; column < columns; ++column) {
      const float value = activations[column] <= 0 ? 0 : gradient[column];
      gradient[column] = value;
      sums[column] += value;
    }
  }
}

CL_TORCH_LOOP void sum_columns(const float* gradient, int64_t rows, int64_t width, int64_t columns, float* sums) {
  for (int64_t row = 0; row < rows; ++row, gradient += width) {
    for (int64_t column = 0; column < columns; ++column) sums[column] += gradient[column];
  }
}

}  // namespace

void mask_and_sum(float* gradient, const float* activations, int64_t rows, int64_t width, float* sums, bool add) {
  const int64_t lines = (width + kLine - 1) / kLine;
  at::parallel_for(0, lines, items_per_thread(rows * kLine), [&](int64_t begin, int64_t end) {
    const int64_t first = begin * kLine;
    const int64_t columns = std::min(end * kLine, width) - first;
    if (!add) std::fill_n(sums + first, columns, 0.0F);
    if (activations) {
      for_vectors<mask_and_sum_columns>(gradient + first, activations + first, rows, width, columns, sums + first);
    } else {
      for_vectors<sum_columns>(gradient + first, rows, width, columns, sums + first);
    }
  });
}

}  // namespace cl_torch::fused
