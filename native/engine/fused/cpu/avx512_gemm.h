#pragma once

// Matrix products in kernels for AVX-512. On processors of other makers than Intel, LibTorch's own routines (MKL) leave
// half of these units idle.

#include <cstdint>

namespace cl_torch::fused {

// A matrix in memory: element (i, j) at data[i * row_stride + j * column_stride].
struct StridedMatrix {
  const float* data;
  int64_t row_stride;
  int64_t column_stride;
};

struct GemmSizes {
  int64_t rows;
  int64_t columns;
  int64_t inner;
};

// Whether the CPU can, and LibTorch is not told to do without (ATEN_CPU_CAPABILITY).
bool has_avx512_gemm();

// out (+)= left right, `out` being row-major and contiguous, and `right` contiguous along one of its dimensions.
// Spreads over the calling thread's team; an element's sum runs over `inner` in order, so the team's size changes no
// bit.
void multiply_avx512(const GemmSizes& sizes, const StridedMatrix& left, const StridedMatrix& right, float* out,
                     bool add);

}  // namespace cl_torch::fused
