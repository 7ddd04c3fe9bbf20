#pragma once

#include <cmath>
#include <cstdint>

#include "base/for_vectors.h"

namespace cl_torch {

// Where a window of two by two pixels, counted row by row, has no largest one: ReLU's derivative is zero there.
inline constexpr int32_t kNoPixel = 4;

// ReLU of each column's two pixels: the larger one, and whether it is the lower. As LibTorch has it, ReLU keeps NaN and
// the sign of a zero, of equal pixels the first is the largest, and a NaN is larger than all before it.
CL_TORCH_LOOP void pool_columns(const float* upper, const float* lower, int64_t columns, float* largest,
                                int32_t* is_lower) {
  for (int64_t i = 0; i < columns; ++i) {
    const float above = upper[i] < 0 ? 0 : upper[i];
    const float below = lower[i] < 0 ? 0 : lower[i];
    const bool takes_lower = (below > above) | std::isnan(below);
    largest[i] = takes_lower ? below : above;
    is_lower[i] = takes_lower ? 1 : 0;
  }
}

// The larger of each two columns, and which pixel of the window it is.
CL_TORCH_LOOP void pool_pairs(const float* largest, const int32_t* is_lower, int64_t windows, float* pooled,
                              int32_t* pixels) {
  for (int64_t i = 0; i < windows; ++i) {
    const float left = largest[2 * i];
    const float right = largest[2 * i + 1];
    const int32_t left_pixel = 2 * is_lower[2 * i];
    const int32_t right_pixel = 2 * is_lower[2 * i + 1] + 1;
    const bool is_later = right_pixel > left_pixel;
    const bool left_is_nan = std::isnan(left);
    const bool right_is_nan = std::isnan(right);
    const bool takes_right =
        (right_is_nan & (is_later | !left_is_nan)) | (right > left) | ((right == left) & !is_later);
    const float result = takes_right ? right : left;
    pooled[i] = result;
    pixels[i] = result <= 0 ? kNoPixel : takes_right ? right_pixel : left_pixel;
  }
}

// The gradient of the pixels of windows that lie beside each other, from that of the windows. LibTorch adds it to
// zeros, which leaves no zero negative.
CL_TORCH_LOOP void spread_windows(const float* gradient, const int32_t* pixels, int64_t windows, float* upper,
                                  float* lower) {
  for (int64_t i = 0; i < windows; ++i) {
    upper[2 * i] = pixels[i] == 0 ? gradient[i] + 0.0F : 0;
    upper[2 * i + 1] = pixels[i] == 1 ? gradient[i] + 0.0F : 0;
    lower[2 * i] = pixels[i] == 2 ? gradient[i] + 0.0F : 0;
    lower[2 * i + 1] = pixels[i] == 3 ? gradient[i] + 0.0F : 0;
  }
}

}  // namespace cl_torch
