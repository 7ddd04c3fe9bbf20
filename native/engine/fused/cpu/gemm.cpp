#include "engine/fused/cpu/gemm.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "engine/fused/cpu/gemm_kernel.h"
#include "engine/fused/cpu/work_share.h"

namespace cl_torch::fused {
namespace {

constexpr int64_t kMultiplications = 16384;  // worth a thread of its own
constexpr int64_t kBlockRows = 8;            // rows that are not cut between threads

StridedMatrix strided(const at::Tensor& matrix) {
  return {matrix.const_data_ptr<float>(), matrix.stride(0), matrix.stride(1)};
}

}  // namespace

void multiply(const at::Tensor& left, const at::Tensor& right, at::Tensor& out, WriteMode mode) {
  static const GemmKernel& kernel = gemm_kernel(vector_class());
  const GemmSizes sizes{out.size(0), out.size(1), left.size(1)};
  const StridedMatrix factors = strided(left);
  const StridedMatrix source = strided(right);
  float* target = out.mutable_data_ptr<float>();
  const bool add = mode == WriteMode::kAdd;
  // Each thread has columns of its own, and copies their panels alone; few columns are split by rows, too.
  const int64_t strips = (sizes.columns + kLine - 1) / kLine;
  const int64_t threads = at::get_num_threads();
  const int64_t blocks =
      strips >= threads ? 1 : std::min((threads + strips - 1) / strips, (sizes.rows + kBlockRows - 1) / kBlockRows);
  const int64_t block_rows = (sizes.rows + blocks - 1) / blocks;
  const int64_t grain =
      std::max<int64_t>(1, kMultiplications / (block_rows * kLine * std::max<int64_t>(1, sizes.inner)));
  at::parallel_for(0, strips * blocks, grain, [&](int64_t begin, int64_t end) {
    while (begin < end) {
      const int64_t block = begin / strips;
      const int64_t block_end = std::min(end, (block + 1) * strips);
      multiply_part(kernel, sizes, factors, source, target, add,
                    {block * block_rows, std::min((block + 1) * block_rows, sizes.rows)},
                    {(begin - block * strips) * kLine, std::min((block_end - block * strips) * kLine, sizes.columns)});
      begin = block_end;
    }
  });
}

}  // namespace cl_torch::fused
