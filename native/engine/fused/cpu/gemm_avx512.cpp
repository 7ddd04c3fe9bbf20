// Compiled for processors with AVX-512 (CMakeLists.txt).
#include "engine/fused/cpu/gemm_tiles.h"

#ifdef __AVX512F__

#include <immintrin.h>

namespace cl_torch::fused {
namespace {

struct Avx512Lanes {
  static constexpr int64_t kWidth = 16;
  static constexpr int kTileRows = 8;  // 8 × 3 registers of sums, 3 of `right`, one of `left`, of 32
  static constexpr int kTileVectors = 3;
  using Vector = __m512;

  static Vector zero() { return _mm512_setzero_ps(); }
  static Vector spread(float value) { return _mm512_set1_ps(value); }
  static Vector load(const float* source) { return _mm512_loadu_ps(source); }
  static void store(float* target, Vector value) { _mm512_storeu_ps(target, value); }
  static Vector multiply_add(Vector left, Vector right, Vector sum) { return _mm512_fmadd_ps(left, right, sum); }
  static Vector add(Vector left, Vector right) { return _mm512_add_ps(left, right); }

  static __mmask16 first_lanes(int64_t count) { return static_cast<__mmask16>((1 << count) - 1); }
  static Vector load_first(const float* source, int64_t count) {
    return _mm512_maskz_loadu_ps(first_lanes(count), source);
  }
  static void store_first(float* target, Vector value, int64_t count) {
    _mm512_mask_storeu_ps(target, first_lanes(count), value);
  }

  static Vector unpack_pairs(Vector low, Vector high, bool upper) {
    const __m512d a = _mm512_castps_pd(low);
    const __m512d b = _mm512_castps_pd(high);
    return _mm512_castpd_ps(upper ? _mm512_unpackhi_pd(a, b) : _mm512_unpacklo_pd(a, b));
  }

  // rows[i][j] <-> rows[j][i]: within blocks of 4 × 4, then of the blocks.
  static void transpose(Vector rows[kWidth]) {
    Vector other[kWidth];
    for (int i = 0; i < kWidth; i += 2) {
      other[i] = _mm512_unpacklo_ps(rows[i], rows[i + 1]);
      other[i + 1] = _mm512_unpackhi_ps(rows[i], rows[i + 1]);
    }
    for (int i = 0; i < kWidth; i += 4) {
      rows[i] = unpack_pairs(other[i], other[i + 2], false);
      rows[i + 1] = unpack_pairs(other[i], other[i + 2], true);
      rows[i + 2] = unpack_pairs(other[i + 1], other[i + 3], false);
      rows[i + 3] = unpack_pairs(other[i + 1], other[i + 3], true);
    }
    constexpr int kEven = 0x88;  // blocks 0 and 2 of both
    constexpr int kOdd = 0xdd;   // blocks 1 and 3
    for (int half = 0; half < kWidth; half += 8) {
      for (int i = half; i < half + 4; ++i) {
        other[i] = _mm512_shuffle_f32x4(rows[i], rows[i + 4], kEven);
        other[i + 4] = _mm512_shuffle_f32x4(rows[i], rows[i + 4], kOdd);
      }
    }
    for (int i = 0; i < 4; ++i) {
      rows[i] = _mm512_shuffle_f32x4(other[i], other[i + 8], kEven);
      rows[i + 8] = _mm512_shuffle_f32x4(other[i], other[i + 8], kOdd);
      rows[i + 4] = _mm512_shuffle_f32x4(other[i + 4], other[i + 12], kEven);
      rows[i + 12] = _mm512_shuffle_f32x4(other[i + 4], other[i + 12], kOdd);
    }
  }
};

}  // namespace

const GemmKernel* avx512_gemm() { return &kGemmKernel<Avx512Lanes>; }

}  // namespace cl_torch::fused

#else

namespace cl_torch::fused {

const GemmKernel* avx512_gemm() { return nullptr; }

}  // namespace cl_torch::fused

#endif
