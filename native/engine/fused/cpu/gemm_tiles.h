#pragma once

// A matrix product written once over the processor's vectors, which a class `Lanes` gives:
//   kWidth                       floats in a vector
//   kTileRows, kTileVectors      a tile of sums that fits the processor's registers
//   Vector                       the type
//   zero, spread, load, store, multiply_add (rounded once), add
//   load_first, store_first      of the first lanes only; those beyond are zero, or stay
//   transpose                    of kWidth vectors
// The way of Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008): a panel of `right` is
// copied so that its rows lie one after the other, and stays in the cache while all rows of `left` pass by; a tile of
// `out` stays in registers while the sums run. Each sum runs over the inner dimension in order, one element at a time,
// so that neither the vector's width nor the tile's shape changes a bit.
//
// The files that include this are compiled for processors that the addon may not be running on. So nothing here uses
// the standard library's inline functions, of which the linker keeps one copy for all files.

#include "engine/fused/cpu/gemm_kernel.h"

namespace cl_torch::fused {

// A copied panel: rows of Vectors * kWidth floats, of which the last vector has `last` columns.
struct PackedPanel {
  const float* data;
  int64_t inner;
  int64_t last;
};

// One tile: Rows × (Vectors * kWidth) elements of out.
template <typename Lanes, int Rows, int Vectors>
inline void multiply_tile(const PackedPanel& panel, const StridedMatrix& left, float* out, int64_t out_stride,
                          bool add) {
  typename Lanes::Vector sums[Rows][Vectors];
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 3
    for (int j = 0; j < Vectors; ++j) sums[i][j] = Lanes::zero();
  }
  const float* factor = left.data;
  const float* right = panel.data;
  for (int64_t k = 0; k < panel.inner; ++k) {
    typename Lanes::Vector row[Vectors];
#pragma GCC unroll 3
    for (int j = 0; j < Vectors; ++j) row[j] = Lanes::load(right + j * Lanes::kWidth);
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      const typename Lanes::Vector spread = Lanes::spread(factor[i * left.row_stride]);
#pragma GCC unroll 3
      for (int j = 0; j < Vectors; ++j) sums[i][j] = Lanes::multiply_add(spread, row[j], sums[i][j]);
    }
    factor += left.column_stride;
    right += Vectors * Lanes::kWidth;
  }
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 3
    for (int j = 0; j < Vectors; ++j) {
      const int64_t count = j == Vectors - 1 ? panel.last : Lanes::kWidth;
      float* target = out + i * out_stride + j * Lanes::kWidth;
      if (add) sums[i][j] = Lanes::add(sums[i][j], Lanes::load_first(target, count));
      Lanes::store_first(target, sums[i][j], count);
    }
  }
}

template <typename Lanes, int Vectors>
void multiply_rows(const PackedPanel& panel, int64_t rows, StridedMatrix left, float* out, int64_t out_stride,
                   bool add) {
  const auto advance = [&](int64_t count) {
    left.data += count * left.row_stride;
    out += count * out_stride;
    rows -= count;
  };
  for (; rows >= Lanes::kTileRows; advance(Lanes::kTileRows)) {
    multiply_tile<Lanes, Lanes::kTileRows, Vectors>(panel, left, out, out_stride, add);
  }
  if (rows >= 4) multiply_tile<Lanes, 4, Vectors>(panel, left, out, out_stride, add), advance(4);
  if (rows >= 2) multiply_tile<Lanes, 2, Vectors>(panel, left, out, out_stride, add), advance(2);
  if (rows >= 1) multiply_tile<Lanes, 1, Vectors>(panel, left, out, out_stride, add);
}

// Copies a panel whose rows are contiguous, columns beyond its end as zeros.
template <typename Lanes, int Vectors>
void pack_rows(const PanelSizes& sizes, int64_t last, const StridedMatrix& right, float* packed) {
  const float* source = right.data;
  for (int64_t k = 0; k < sizes.inner; ++k, source += right.row_stride, packed += Vectors * Lanes::kWidth) {
    for (int j = 0; j < Vectors - 1; ++j) {
      Lanes::store(packed + j * Lanes::kWidth, Lanes::load(source + j * Lanes::kWidth));
    }
    constexpr int kLast = (Vectors - 1) * Lanes::kWidth;
    Lanes::store(packed + kLast, Lanes::load_first(source + kLast, last));
  }
}

// The same of a panel whose columns are contiguous.
template <typename Lanes, int Vectors>
void pack_columns(const PanelSizes& sizes, int64_t last, const StridedMatrix& right, float* packed) {
  constexpr int64_t kWidth = Lanes::kWidth;
  for (int j = 0; j < Vectors; ++j) {
    const int64_t columns = j == Vectors - 1 ? last : kWidth;
    const float* column = right.data + j * kWidth * right.column_stride;
    for (int64_t k = 0; k < sizes.inner; k += kWidth) {
      const int64_t count = sizes.inner - k < kWidth ? sizes.inner - k : kWidth;
      typename Lanes::Vector block[kWidth];
      for (int64_t i = 0; i < kWidth; ++i) {
        block[i] = i < columns ? Lanes::load_first(column + i * right.column_stride + k, count) : Lanes::zero();
      }
      Lanes::transpose(block);
      for (int64_t i = 0; i < count; ++i) Lanes::store(packed + ((k + i) * Vectors + j) * kWidth, block[i]);
    }
  }
}

template <typename Lanes, int Vectors>
void multiply_panel_of(const PanelSizes& sizes, const StridedMatrix& left, const StridedMatrix& right, float* out,
                       int64_t out_stride, bool add, float* room) {
  const int64_t last = sizes.columns - (Vectors - 1) * Lanes::kWidth;
  if (right.column_stride == 1) {
    pack_rows<Lanes, Vectors>(sizes, last, right, room);
  } else {
    pack_columns<Lanes, Vectors>(sizes, last, right, room);
  }
  multiply_rows<Lanes, Vectors>({room, sizes.inner, last}, sizes.rows, left, out, out_stride, add);
}

// GemmKernel::multiply_panel
template <typename Lanes>
void multiply_panel(const PanelSizes& sizes, const StridedMatrix& left, const StridedMatrix& right, float* out,
                    int64_t out_stride, bool add, float* room) {
  const int64_t vectors = (sizes.columns + Lanes::kWidth - 1) / Lanes::kWidth;
  if constexpr (Lanes::kTileVectors > 2) {
    if (vectors == 3) return multiply_panel_of<Lanes, 3>(sizes, left, right, out, out_stride, add, room);
  }
  if (vectors == 2) return multiply_panel_of<Lanes, 2>(sizes, left, right, out, out_stride, add, room);
  multiply_panel_of<Lanes, 1>(sizes, left, right, out, out_stride, add, room);
}

template <typename Lanes>
inline constexpr GemmKernel kGemmKernel{Lanes::kTileVectors * Lanes::kWidth, multiply_panel<Lanes>};

}  // namespace cl_torch::fused
