// For 64-bit ARM, all of whose processors have these vectors.
#include "engine/fused/cpu/gemm_tiles.h"

#ifdef __aarch64__

#include <arm_neon.h>

namespace cl_torch::fused {
namespace {

struct NeonLanes {
  static constexpr int64_t kWidth = 4;
  static constexpr int kTileRows = 8;  // 8 × 2 registers of sums, 2 of `right`, one of `left`, of 32
  static constexpr int kTileVectors = 2;
  using Vector = float32x4_t;

  static Vector zero() { return vdupq_n_f32(0); }
  static Vector spread(float value) { return vdupq_n_f32(value); }
  static Vector load(const float* source) { return vld1q_f32(source); }
  static void store(float* target, Vector value) { vst1q_f32(target, value); }
  static Vector multiply_add(Vector left, Vector right, Vector sum) { return vfmaq_f32(sum, left, right); }
  static Vector add(Vector left, Vector right) { return vaddq_f32(left, right); }
  static Vector load_first(const float* source, int64_t count) {
    if (count == kWidth) return load(source);
    float lanes[kWidth] = {};
    for (int64_t i = 0; i < count; ++i) lanes[i] = source[i];
    return load(lanes);
  }
  static void store_first(float* target, Vector value, int64_t count) {
    if (count == kWidth) return store(target, value);
    float lanes[kWidth];
    store(lanes, value);
    for (int64_t i = 0; i < count; ++i) target[i] = lanes[i];
  }
  static void transpose(Vector rows[kWidth]) {
    const float32x4x2_t low = vtrnq_f32(rows[0], rows[1]);
    const float32x4x2_t high = vtrnq_f32(rows[2], rows[3]);
    for (int i = 0; i < 2; ++i) {
      rows[i] = vcombine_f32(vget_low_f32(low.val[i]), vget_low_f32(high.val[i]));
      rows[i + 2] = vcombine_f32(vget_high_f32(low.val[i]), vget_high_f32(high.val[i]));
    }
  }
};

}  // namespace

const GemmKernel* neon_gemm() { return &kGemmKernel<NeonLanes>; }

}  // namespace cl_torch::fused

#else

namespace cl_torch::fused {

const GemmKernel* neon_gemm() { return nullptr; }

}  // namespace cl_torch::fused

#endif
