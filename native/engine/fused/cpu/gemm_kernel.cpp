#include "engine/fused/cpu/gemm_kernel.h"

#include <algorithm>
#include <memory>
#include <new>

namespace cl_torch::fused {
namespace {

constexpr int64_t kMostPanelColumns = 48;  // of any kernel

// A thread's room for one panel.
float* panel_room() {
  constexpr std::align_val_t kLine{64};
  struct Free {
    void operator()(float* room) const { ::operator delete(room, kLine); }
  };
  static thread_local const std::unique_ptr<float, Free> room(
      static_cast<float*>(::operator new(kMostPanelColumns* kPanelInner * sizeof(float), kLine)));
  return room.get();
}

const GemmKernel* compiled(VectorClass vectors) {
  switch (vectors) {
    case VectorClass::kAvx512:
      return avx512_gemm();
    case VectorClass::kAvx2:
      return avx2_gemm();
    case VectorClass::kNeon:
      return neon_gemm();
    case VectorClass::kPlain:
      break;
  }
  return nullptr;
}

}  // namespace

const GemmKernel& gemm_kernel(VectorClass vectors) {
  const GemmKernel* kernel = compiled(vectors);
  return kernel ? *kernel : *plain_gemm();
}

void multiply_part(const GemmKernel& kernel, const GemmSizes& sizes, const StridedMatrix& left,
                   const StridedMatrix& right, float* out, bool add, Interval rows, Interval columns) {
  float* room = panel_room();
  for (int64_t k = 0; k < sizes.inner; k += kPanelInner) {
    for (int64_t column = columns.begin; column < columns.end; column += kernel.panel_columns) {
      const PanelSizes panel{rows.end - rows.begin, std::min(kPanelInner, sizes.inner - k),
                             std::min(kernel.panel_columns, columns.end - column)};
      const StridedMatrix factors{left.data + rows.begin * left.row_stride + k * left.column_stride, left.row_stride,
                                  left.column_stride};
      const StridedMatrix source{right.data + k * right.row_stride + column * right.column_stride, right.row_stride,
                                 right.column_stride};
      kernel.multiply_panel(panel, factors, source, out + rows.begin * sizes.columns + column, sizes.columns,
                            add || k > 0, room);
    }
  }
}

}  // namespace cl_torch::fused
