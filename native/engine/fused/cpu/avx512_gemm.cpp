#include "engine/fused/cpu/avx512_gemm.h"

#ifdef __x86_64__

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <immintrin.h>

#include <algorithm>
#include <memory>
#include <new>

#define CL_TORCH_AVX512 __attribute__((target("avx512f")))

// The way of Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008): a panel of `right` is
// copied so that its rows lie one after the other, and stays in the cache while all rows of `left` pass by; a tile of
// `out` stays in registers while the sums run.
namespace cl_torch::fused {
namespace {

constexpr int64_t kVector = 16;  // floats in a register
constexpr int kTileRows = 8;     // 8 × 3 registers of sums, 3 of `right`, one of `left`, of 32
constexpr int kTileVectors = 3;
constexpr int64_t kPanelInner = 1024;        // a panel takes 192 KiB of the second-level cache
constexpr int64_t kMultiplications = 16384;  // worth a thread of its own

struct Panel {
  int64_t columns;  // at most kTileVectors * kVector
  int64_t inner;
  __mmask16 last;  // columns in the last register
};

__mmask16 first_lanes(int64_t count) { return static_cast<__mmask16>(count >= kVector ? 0xffff : (1 << count) - 1); }

// One tile: Rows × (Vectors * kVector) elements of out.
template <int Rows, int Vectors>
CL_TORCH_AVX512 inline void multiply_tile(const Panel& panel, const StridedMatrix& left, const float* right, float* out,
                                          int64_t out_stride, bool add) {
  __m512 sums[Rows][Vectors];
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 3
    for (int j = 0; j < Vectors; ++j) sums[i][j] = _mm512_setzero_ps();
  }
  const float* factor = left.data;
  for (int64_t k = 0; k < panel.inner; ++k) {
    __m512 row[Vectors];
#pragma GCC unroll 3
    for (int j = 0; j < Vectors; ++j) row[j] = _mm512_load_ps(right + j * kVector);
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      const __m512 spread = _mm512_set1_ps(factor[i * left.row_stride]);
#pragma GCC unroll 3
      for (int j = 0; j < Vectors; ++j) sums[i][j] = _mm512_fmadd_ps(spread, row[j], sums[i][j]);
    }
    factor += left.column_stride;
    right += Vectors * kVector;
  }
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 3
    for (int j = 0; j < Vectors; ++j) {
      const __mmask16 lanes = j == Vectors - 1 ? panel.last : first_lanes(kVector);
      float* target = out + i * out_stride + j * kVector;
      const __m512 sum = add ? _mm512_add_ps(sums[i][j], _mm512_maskz_loadu_ps(lanes, target)) : sums[i][j];
      _mm512_mask_storeu_ps(target, lanes, sum);
    }
  }
}

template <int Vectors>
CL_TORCH_AVX512 void multiply_rows(const Panel& panel, int64_t rows, StridedMatrix left, const float* right, float* out,
                                   int64_t out_stride, bool add) {
  const auto advance = [&](int64_t count) {
    left.data += count * left.row_stride;
    out += count * out_stride;
    rows -= count;
  };
  for (; rows >= kTileRows; advance(kTileRows))
    multiply_tile<kTileRows, Vectors>(panel, left, right, out, out_stride, add);
  if (rows >= 4) multiply_tile<4, Vectors>(panel, left, right, out, out_stride, add), advance(4);
  if (rows >= 2) multiply_tile<2, Vectors>(panel, left, right, out, out_stride, add), advance(2);
  if (rows >= 1) multiply_tile<1, Vectors>(panel, left, right, out, out_stride, add);
}

// Copies a panel whose rows are contiguous, columns beyond its end as zeros.
template <int Vectors>
CL_TORCH_AVX512 void pack_rows(const Panel& panel, const float* source, int64_t row_stride, float* packed) {
  for (int64_t k = 0; k < panel.inner; ++k, source += row_stride, packed += Vectors * kVector) {
    for (int j = 0; j < Vectors; ++j) {
      const __mmask16 lanes = j == Vectors - 1 ? panel.last : first_lanes(kVector);
      _mm512_store_ps(packed + j * kVector, _mm512_maskz_loadu_ps(lanes, source + j * kVector));
    }
  }
}

CL_TORCH_AVX512 inline __m512 unpack_pairs(__m512 low, __m512 high, bool upper) {
  const __m512d a = _mm512_castps_pd(low);
  const __m512d b = _mm512_castps_pd(high);
  return _mm512_castpd_ps(upper ? _mm512_unpackhi_pd(a, b) : _mm512_unpacklo_pd(a, b));
}

// rows[i][j] <-> rows[j][i]: within blocks of 4 × 4, then of the blocks.
CL_TORCH_AVX512 inline void transpose(__m512 rows[kVector]) {
  __m512 other[kVector];
  for (int i = 0; i < kVector; i += 2) {
    other[i] = _mm512_unpacklo_ps(rows[i], rows[i + 1]);
    other[i + 1] = _mm512_unpackhi_ps(rows[i], rows[i + 1]);
  }
  for (int i = 0; i < kVector; i += 4) {
    rows[i] = unpack_pairs(other[i], other[i + 2], false);
    rows[i + 1] = unpack_pairs(other[i], other[i + 2], true);
    rows[i + 2] = unpack_pairs(other[i + 1], other[i + 3], false);
    rows[i + 3] = unpack_pairs(other[i + 1], other[i + 3], true);
  }
  constexpr int kEven = 0x88;  // blocks 0 and 2 of both
  constexpr int kOdd = 0xdd;   // blocks 1 and 3
  for (int half = 0; half < kVector; half += 8) {
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

// The same of a panel whose columns are contiguous.
template <int Vectors>
CL_TORCH_AVX512 void pack_columns(const Panel& panel, const float* source, int64_t column_stride, float* packed) {
  for (int j = 0; j < Vectors; ++j) {
    const int64_t columns = std::min(kVector, panel.columns - j * kVector);
    const float* column = source + j * kVector * column_stride;
    for (int64_t k = 0; k < panel.inner; k += kVector) {
      const int64_t count = std::min(kVector, panel.inner - k);
      __m512 block[kVector];
      for (int64_t i = 0; i < kVector; ++i) {
        block[i] = i < columns ? _mm512_maskz_loadu_ps(first_lanes(count), column + i * column_stride + k)
                               : _mm512_setzero_ps();
      }
      transpose(block);
      for (int64_t i = 0; i < count; ++i) _mm512_store_ps(packed + ((k + i) * Vectors + j) * kVector, block[i]);
    }
  }
}

// A thread's room for one panel.
float* panel_room() {
  struct Free {
    void operator()(float* room) const { ::operator delete (room, std::align_val_t{64}); }
  };
  static thread_local const std::unique_ptr<float, Free> room(
      static_cast<float*>(::operator new (kTileVectors* kVector* kPanelInner * sizeof(float), std::align_val_t{64})));
  return room.get();
}

template <int Vectors>
void multiply_panel(const Panel& panel, int64_t rows, const StridedMatrix& left, const StridedMatrix& right, float* out,
                    int64_t out_stride, bool add) {
  float* packed = panel_room();
  if (right.column_stride == 1) {
    pack_rows<Vectors>(panel, right.data, right.row_stride, packed);
  } else {
    pack_columns<Vectors>(panel, right.data, right.column_stride, packed);
  }
  multiply_rows<Vectors>(panel, rows, left, packed, out, out_stride, add);
}

struct Interval {
  int64_t begin;
  int64_t end;
};

// These rows and columns of `out`.
void multiply_part(const GemmSizes& sizes, const StridedMatrix& left, const StridedMatrix& right, float* out, bool add,
                   Interval rows, Interval columns) {
  constexpr int64_t kWidth = kTileVectors * kVector;
  for (int64_t k = 0; k < sizes.inner; k += kPanelInner) {
    for (int64_t column = columns.begin; column < columns.end; column += kWidth) {
      const int64_t width = std::min(kWidth, columns.end - column);
      const int64_t vectors = (width + kVector - 1) / kVector;
      const Panel panel{width, std::min(kPanelInner, sizes.inner - k), first_lanes(width - (vectors - 1) * kVector)};
      const StridedMatrix factors{left.data + rows.begin * left.row_stride + k * left.column_stride, left.row_stride,
                                  left.column_stride};
      const StridedMatrix source{right.data + k * right.row_stride + column * right.column_stride, right.row_stride,
                                 right.column_stride};
      const auto multiply = vectors == 3 ? multiply_panel<3> : vectors == 2 ? multiply_panel<2> : multiply_panel<1>;
      multiply(panel, rows.end - rows.begin, factors, source, out + rows.begin * sizes.columns + column, sizes.columns,
               add || k > 0);
    }
  }
}

}  // namespace

bool has_avx512_gemm() {
  static const bool has = at::get_cpu_capability() == "AVX512";
  return has;
}

void multiply_avx512(const GemmSizes& sizes, const StridedMatrix& left, const StridedMatrix& right, float* out,
                     bool add) {
  // Each thread has columns of its own, and packs their panels alone; few columns are split by rows, too.
  const int64_t strips = (sizes.columns + kVector - 1) / kVector;
  const int64_t threads = at::get_num_threads();
  const int64_t blocks =
      strips >= threads ? 1 : std::min((threads + strips - 1) / strips, (sizes.rows + kTileRows - 1) / kTileRows);
  const int64_t block_rows = (sizes.rows + blocks - 1) / blocks;
  const int64_t grain =
      std::max<int64_t>(1, kMultiplications / (block_rows * kVector * std::max<int64_t>(1, sizes.inner)));
  at::parallel_for(0, strips * blocks, grain, [&](int64_t begin, int64_t end) {
    while (begin < end) {
      const int64_t block = begin / strips;
      const int64_t block_end = std::min(end, (block + 1) * strips);
      multiply_part(
          sizes, left, right, out, add, {block * block_rows, std::min((block + 1) * block_rows, sizes.rows)},
          {(begin - block * strips) * kVector, std::min((block_end - block * strips) * kVector, sizes.columns)});
      begin = block_end;
    }
  });
}

}  // namespace cl_torch::fused

#else

namespace cl_torch::fused {

bool has_avx512_gemm() { return false; }

void multiply_avx512(const GemmSizes&, const StridedMatrix&, const StridedMatrix&, float*, bool) {}

}  // namespace cl_torch::fused

#endif
