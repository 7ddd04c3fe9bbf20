// Compiled for processors with AVX2 and FMA (CMakeLists.txt).
#include "engine/fused/cpu/gemm_tiles.h"

#if defined(__AVX2__) && defined(__FMA__)

#include <immintrin.h>

namespace cl_torch::fused {
namespace {

struct Avx2Lanes {
  static constexpr int64_t kWidth = 8;
  static constexpr int kTileRows = 6;  // 6 × 2 registers of sums, 2 of `right`, one of `left`, of 16
  static constexpr int kTileVectors = 2;
  using Vector = __m256;

  static Vector zero() { return _mm256_setzero_ps(); }
  static Vector spread(float value) { return _mm256_set1_ps(value); }
  static Vector load(const float* source) { return _mm256_loadu_ps(source); }
  static void store(float* target, Vector value) { _mm256_storeu_ps(target, value); }
  static Vector multiply_add(Vector left, Vector right, Vector sum) { return _mm256_fmadd_ps(left, right, sum); }
  static Vector add(Vector left, Vector right) { return _mm256_add_ps(left, right); }

  static __m256i first_lanes(int64_t count) {
    const __m256i places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), places);
  }
  static Vector load_first(const float* source, int64_t count) {
    return count == kWidth ? load(source) : _mm256_maskload_ps(source, first_lanes(count));
  }
  static void store_first(float* target, Vector value, int64_t count) {
    if (count == kWidth) return store(target, value);
    _mm256_maskstore_ps(target, first_lanes(count), value);
  }

  // rows[i][j] <-> rows[j][i]: within blocks of 4 × 4, then of the blocks.
  static void transpose(Vector rows[kWidth]) {
    Vector other[kWidth];
    for (int i = 0; i < kWidth; i += 2) {
      other[i] = _mm256_unpacklo_ps(rows[i], rows[i + 1]);
      other[i + 1] = _mm256_unpackhi_ps(rows[i], rows[i + 1]);
    }
    constexpr int kLow = 0x44;   // the lower pairs of both
    constexpr int kHigh = 0xee;  // the upper ones
    for (int i = 0; i < kWidth; i += 4) {
      rows[i] = _mm256_shuffle_ps(other[i], other[i + 2], kLow);
      rows[i + 1] = _mm256_shuffle_ps(other[i], other[i + 2], kHigh);
      rows[i + 2] = _mm256_shuffle_ps(other[i + 1], other[i + 3], kLow);
      rows[i + 3] = _mm256_shuffle_ps(other[i + 1], other[i + 3], kHigh);
    }
    constexpr int kLowHalves = 0x20;
    constexpr int kHighHalves = 0x31;
    for (int i = 0; i < 4; ++i) {
      other[i] = _mm256_permute2f128_ps(rows[i], rows[i + 4], kLowHalves);
      other[i + 4] = _mm256_permute2f128_ps(rows[i], rows[i + 4], kHighHalves);
    }
    for (int i = 0; i < kWidth; ++i) rows[i] = other[i];
  }
};

}  // namespace

const GemmKernel* avx2_gemm() { return &kGemmKernel<Avx2Lanes>; }

}  // namespace cl_torch::fused

#else

namespace cl_torch::fused {

const GemmKernel* avx2_gemm() { return nullptr; }

}  // namespace cl_torch::fused

#endif
