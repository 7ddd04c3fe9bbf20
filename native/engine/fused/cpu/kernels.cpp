#include "engine/fused/cpu/kernels.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

#include "base/clones.h"

namespace cl_torch::fused {
namespace {

constexpr int64_t kElements = 8192;  // worth a thread of its own
constexpr int64_t kLine = 16;        // floats in a cache line

int64_t rows_per_chunk(int64_t width) { return std::max<int64_t>(1, kElements / width); }

CL_TORCH_CLONES void add_bias_relu_rows(float* z, const float* bias, int64_t rows, int64_t width) {
  for (int64_t row = 0; row < rows; ++row, z += width) {
    for (int64_t column = 0; column < width; ++column) {
      const float value = z[column] + bias[column];
      z[column] = value < 0 ? 0 : value;  // lets NaN through
    }
  }
}

CL_TORCH_CLONES void mask_and_sum_columns(float* gradient, const float* activations, int64_t rows, int64_t width,
                                          int64_t columns, float* sums) {
  for (int64_t row = 0; row < rows; ++row, gradient += width, activations += width) {
    for (int64_t column = 0; column < columns; ++column) {
      const float value = activations[column] <= 0 ? 0 : gradient[column];
      gradient[column] = value;
      sums[column] += value;
    }
  }
}

CL_TORCH_CLONES void sum_columns(const float* gradient, int64_t rows, int64_t width, int64_t columns, float* sums) {
  for (int64_t row = 0; row < rows; ++row, gradient += width) {
    for (int64_t column = 0; column < columns; ++column) sums[column] += gradient[column];
  }
}

// The row's loss; its gradient, unless `gradient` is null.
float cross_entropy_row(const float* logits, const float* bias, int64_t label, int64_t classes, float scale,
                        float* gradient) {
  float largest = logits[0] + bias[0];
  for (int64_t k = 1; k < classes; ++k) largest = std::max(largest, logits[k] + bias[k]);
  const float own = logits[label] + bias[label] - largest;
  float sum = 0;
  for (int64_t k = 0; k < classes; ++k) {
    const float power = std::exp(logits[k] + bias[k] - largest);
    sum += power;
    if (gradient) gradient[k] = power;
  }
  if (gradient) {
    const float factor = scale / sum;
    for (int64_t k = 0; k < classes; ++k) gradient[k] *= factor;
    gradient[label] -= scale;
  }
  return std::log(sum) - own;
}

}  // namespace

void add_bias_relu(float* z, const float* bias, int64_t rows, int64_t width) {
  at::parallel_for(0, rows, rows_per_chunk(width), [&](int64_t begin, int64_t end) {
    add_bias_relu_rows(z + begin * width, bias, end - begin, width);
  });
}

void softmax_cross_entropy(const float* logits, const float* bias, const int64_t* labels, int64_t rows, int64_t classes,
                           float scale, float* losses, float* gradient) {
  at::parallel_for(0, rows, rows_per_chunk(classes * kLine), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      float* target = gradient ? gradient + row * classes : nullptr;
      losses[row] = cross_entropy_row(logits + row * classes, bias, labels[row], classes, scale, target);
    }
  });
}

int64_t count_correct(const float* logits, const float* bias, const int64_t* labels, int64_t rows, int64_t classes) {
  int64_t correct = 0;
  for (int64_t row = 0; row < rows; ++row, logits += classes) {
    int64_t best = 0;
    bool is_finite = std::isfinite(logits[0] + bias[0]);
    for (int64_t k = 1; k < classes; ++k) {
      const float value = logits[k] + bias[k];
      is_finite &= std::isfinite(value);
      if (value > logits[best] + bias[best]) best = k;
    }
    if (is_finite && best == labels[row]) ++correct;
  }
  return correct;
}

void mask_and_sum(float* gradient, const float* activations, int64_t rows, int64_t width, float* sums, bool add) {
  const int64_t lines = (width + kLine - 1) / kLine;
  at::parallel_for(0, lines, std::max<int64_t>(1, kElements / (rows * kLine)), [&](int64_t begin, int64_t end) {
    const int64_t first = begin * kLine;
    const int64_t columns = std::min(end * kLine, width) - first;
    if (!add) std::fill_n(sums + first, columns, 0.0F);
    if (activations) {
      mask_and_sum_columns(gradient + first, activations + first, rows, width, columns, sums + first);
    } else {
      sum_columns(gradient + first, rows, width, columns, sums + first);
    }
  });
}

}  // namespace cl_torch::fused
