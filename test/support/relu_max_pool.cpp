// Pools windows of random pixels, ties, zeros of both signs, NaN and infinities among them, and spreads a gradient;
// both beside their definitions. Prints how many numbers are wrong. test/native/relu-max-pool.test.ts compiles it
// without LibTorch, and chooses the class of vectors by CL_TORCH_VECTORS.
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <vector>

#include "nn/pool_rows.h"

namespace {

std::mt19937 random_bits(7);

float draw_pixel() {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kSpecials[] = {0.0F,      -0.0F,     1.0F, 1.0F, -1.0F, std::numeric_limits<float>::quiet_NaN(),
                                 kInfinity, -kInfinity};
  const uint32_t bits = random_bits();
  if (bits % 3 == 0) return kSpecials[bits / 3 % 8];
  return std::normal_distribution<float>()(random_bits);
}

bool same(float left, float right) {
  return std::isnan(left) ? std::isnan(right) : std::bit_cast<uint32_t>(left) == std::bit_cast<uint32_t>(right);
}

// As at::max_pool2d and at::relu are defined: the window's pixels in order, each compared with the largest before.
struct Pooled {
  float largest;
  int pixel;  // -1: the gradient stops here
};

Pooled defined(const float* window) {
  float largest = -std::numeric_limits<float>::infinity();
  int pixel = 0;
  for (int k = 0; k < 4; ++k) {
    const float value = window[k] < 0 ? 0 : window[k];
    if (value > largest || std::isnan(value)) {
      largest = value;
      pixel = k;
    }
  }
  return {largest, largest <= 0 ? -1 : pixel};
}

int wrong_of(int64_t windows) {
  const auto count = static_cast<size_t>(windows);
  std::vector<float> upper(2 * count), lower(2 * count), largest(2 * count), pooled(count), gradient(count);
  std::vector<int32_t> is_lower(2 * count), pixels(count);
  for (float& pixel : upper) pixel = draw_pixel();
  for (float& pixel : lower) pixel = draw_pixel();
  for (float& number : gradient) number = draw_pixel();
  const float* above = upper.data();
  const float* below = lower.data();
  cl_torch::for_vectors<cl_torch::pool_columns>(above, below, 2 * windows, largest.data(), is_lower.data());
  const float* its_largest = largest.data();
  const int32_t* its_lower = is_lower.data();
  cl_torch::for_vectors<cl_torch::pool_pairs>(its_largest, its_lower, windows, pooled.data(), pixels.data());
  std::vector<float> spread_upper(2 * count), spread_lower(2 * count);
  const float* from = gradient.data();
  const int32_t* its_pixels = pixels.data();
  cl_torch::for_vectors<cl_torch::spread_windows>(from, its_pixels, windows, spread_upper.data(), spread_lower.data());
  int wrong = 0;
  for (size_t i = 0; i < count; ++i) {
    const float window[] = {upper[2 * i], upper[2 * i + 1], lower[2 * i], lower[2 * i + 1]};
    const Pooled expected = defined(window);
    if (!same(pooled[i], expected.largest)) ++wrong;
    const float spread[] = {spread_upper[2 * i], spread_upper[2 * i + 1], spread_lower[2 * i], spread_lower[2 * i + 1]};
    for (int k = 0; k < 4; ++k) {
      if (!same(spread[k], expected.pixel == k ? gradient[i] + 0.0F : 0)) ++wrong;
    }
  }
  return wrong;
}

}  // namespace

int main() {
  int wrong = 0;
  for (int64_t windows = 0; windows < 70; ++windows) {
    for (int turn = 0; turn < 20; ++turn) wrong += wrong_of(windows);
  }
  std::printf("%d\n", wrong);
}
