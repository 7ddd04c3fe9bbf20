#include "engine/fused/cpu/gemm.h"

#include <ATen/ops/mm.h>

#include "engine/fused/cpu/avx512_gemm.h"

namespace cl_torch::fused {
namespace {

StridedMatrix strided(const at::Tensor& matrix) {
  return {matrix.const_data_ptr<float>(), matrix.stride(0), matrix.stride(1)};
}

}  // namespace

void multiply(const at::Tensor& left, const at::Tensor& right, at::Tensor& out, WriteMode mode) {
  const bool add = mode == WriteMode::kAdd;
  if (has_avx512_gemm()) {
    multiply_avx512({out.size(0), out.size(1), left.size(1)}, strided(left), strided(right),
                    out.mutable_data_ptr<float>(), add);
  } else if (add) {
    out.addmm_(left, right);
  } else {
    at::mm_out(out, left, right);
  }
}

}  // namespace cl_torch::fused
