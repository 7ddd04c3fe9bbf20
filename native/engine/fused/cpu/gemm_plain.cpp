// For processors without vectors that the other files know. Correct everywhere and slow: where the processor cannot
// multiply and add with one rounding, std::fma does it in software.
#include <cmath>

#include "engine/fused/cpu/gemm_tiles.h"

namespace cl_torch::fused {
namespace {

struct PlainLanes {
  static constexpr int64_t kWidth = 4;
  static constexpr int kTileRows = 4;
  static constexpr int kTileVectors = 2;
  struct Vector {
    float lanes[kWidth];
  };

  static Vector zero() { return {}; }
  static Vector spread(float value) { return {{value, value, value, value}}; }
  static Vector load(const float* source) { return load_first(source, kWidth); }
  static void store(float* target, const Vector& value) { store_first(target, value, kWidth); }
  static Vector load_first(const float* source, int64_t count) {
    Vector result{};
    for (int64_t i = 0; i < count; ++i) result.lanes[i] = source[i];
    return result;
  }
  static void store_first(float* target, const Vector& value, int64_t count) {
    for (int64_t i = 0; i < count; ++i) target[i] = value.lanes[i];
  }
  static Vector multiply_add(const Vector& left, const Vector& right, const Vector& sum) {
    Vector result;
    for (int i = 0; i < kWidth; ++i) result.lanes[i] = std::fma(left.lanes[i], right.lanes[i], sum.lanes[i]);
    return result;
  }
  static Vector add(const Vector& left, const Vector& right) {
    Vector result;
    for (int i = 0; i < kWidth; ++i) result.lanes[i] = left.lanes[i] + right.lanes[i];
    return result;
  }
  static void transpose(Vector rows[kWidth]) {
    for (int i = 0; i < kWidth; ++i) {
      for (int j = 0; j < i; ++j) {
        const float value = rows[i].lanes[j];
        rows[i].lanes[j] = rows[j].lanes[i];
        rows[j].lanes[i] = value;
      }
    }
  }
};

}  // namespace

const GemmKernel* plain_gemm() { return &kGemmKernel<PlainLanes>; }

}  // namespace cl_torch::fused
