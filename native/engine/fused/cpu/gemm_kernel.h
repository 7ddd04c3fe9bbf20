#pragma once

// What a matrix product takes from the class of processor that it runs on.

#include <cstdint>

#include "base/vector_class.h"

namespace cl_torch::fused {

// A matrix in memory: element (i, j) at data[i * row_stride + j * column_stride].
struct StridedMatrix {
  const float* data;
  int64_t row_stride;
  int64_t column_stride;
};

// A sum longer than this is cut into pieces, which are summed from zero and then added up in order. So this number is
// part of the result, and the same for every class.
inline constexpr int64_t kPanelInner = 1024;

// A product of some rows of `left`, [rows, inner], and a panel of columns of `right`, [inner, columns].
struct PanelSizes {
  int64_t rows;
  int64_t inner;    // at most kPanelInner
  int64_t columns;  // at most the kernel's panel_columns
};

struct GemmKernel {
  // Columns of `right` that are copied together.
  int64_t panel_columns;

  // out (+)= left right, rows of `out` being `out_stride` apart, and `right` contiguous along one of its dimensions.
  // `room`, on a 64-byte boundary, is for a copy of the panel: panel_columns * kPanelInner floats.
  void (*multiply_panel)(const PanelSizes& sizes, const StridedMatrix& left, const StridedMatrix& right, float* out,
                         int64_t out_stride, bool add, float* room);
};

struct GemmSizes {
  int64_t rows;
  int64_t columns;
  int64_t inner;
};

struct Interval {
  int64_t begin;
  int64_t end;
};

// These rows and columns of `out` (+)= left right, `out` being row-major and contiguous, and `right` contiguous along
// one of its dimensions. An element's sum does not depend on which others are computed with it.
void multiply_part(const GemmKernel& kernel, const GemmSizes& sizes, const StridedMatrix& left,
                   const StridedMatrix& right, float* out, bool add, Interval rows, Interval columns);

// All give the same bits.
const GemmKernel& gemm_kernel(VectorClass vectors);

// The kernel for each class; null where the compiler was not asked for such a class.
const GemmKernel* avx512_gemm();
const GemmKernel* avx2_gemm();
const GemmKernel* neon_gemm();
const GemmKernel* plain_gemm();

}  // namespace cl_torch::fused
