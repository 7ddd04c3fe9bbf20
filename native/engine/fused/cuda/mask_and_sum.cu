#include "engine/fused/cuda/mask_and_sum.h"

#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

constexpr int kRowLanes = 32;   // threads of a block for each of its columns
constexpr int kRowsAtOnce = 8;  // of a thread

// Columns of a block: as many as lie in 32 bytes, the least that memory gives.
template <typename T>
constexpr int kColumns = 32 / sizeof(T);

// The sum of a thread's rows of a column; the pointers are at the first of them. Some rows are read before any is
// written, so that their way through memory is one wait and not one each.
template <typename T>
__device__ float mask_column(T* __restrict__ gradient, const T* __restrict__ activations, int64_t rows, int64_t width) {
  const auto step = static_cast<uint32_t>(kRowLanes * width);
  float sum = 0;
  for (auto left = static_cast<int>(rows - threadIdx.y); left > 0; left -= kRowLanes * kRowsAtOnce) {
    float values[kRowsAtOnce];
    float units[kRowsAtOnce];
    for (int k = 0; k < kRowsAtOnce; ++k) {
      const bool is_row = k * kRowLanes < left;
      values[k] = is_row ? load(gradient + k * step) : 0;
      units[k] = is_row && activations ? load(activations + k * step) : 1;
    }
    for (int k = 0; k < kRowsAtOnce; ++k) {
      if (units[k] <= 0) {
        values[k] = 0;
        store(gradient + k * step, 0);
      }
      sum += values[k];
    }
    gradient += int64_t{kRowsAtOnce} * step;
    if (activations) activations += int64_t{kRowsAtOnce} * step;
  }
  return sum;
}

template <typename T>
__global__ void mask_and_sum(MaskAndSumArguments arguments) {
  __shared__ float partial[kRowLanes][kColumns<T>];
  const int64_t rows = arguments.rows;
  const int64_t width = arguments.width;
  const int64_t column = blockIdx.x * static_cast<int64_t>(kColumns<T>) + threadIdx.x;
  float sum = 0;
  if (column < width) {
    const int64_t offset = blockIdx.y * matrix_stride(rows, width) + threadIdx.y * width + column;
    const T* activations = static_cast<const T*>(arguments.activations);
    sum = mask_column(static_cast<T*>(arguments.gradient) + offset, activations ? activations + offset : nullptr, rows,
                      width);
  }
  partial[threadIdx.y][threadIdx.x] = sum;
  __syncthreads();
  for (int half = kRowLanes / 2; half > 0; half /= 2) {
    if (static_cast<int>(threadIdx.y) < half) {
      partial[threadIdx.y][threadIdx.x] += partial[threadIdx.y + half][threadIdx.x];
    }
    __syncthreads();
  }
  if (threadIdx.y == 0 && column < width) {
    float& result = arguments.sums[blockIdx.y * arguments.models.stride + column];
    result = arguments.add ? result + partial[0][threadIdx.x] : partial[0][threadIdx.x];
  }
}

}  // namespace

void launch_mask_and_sum(const MaskAndSumArguments& arguments, cudaStream_t stream) {
  const auto launch_of = [&](auto kernel, int columns) {
    const dim3 blocks = model_grid(blocks_for(arguments.width, columns), arguments.models.count);
    launch(kernel, blocks, dim3(static_cast<unsigned>(columns), kRowLanes), stream, arguments);
  };
  if (arguments.element == Element::kFloat32) {
    launch_of(mask_and_sum<float>, kColumns<float>);
  } else {
    launch_of(mask_and_sum<__nv_bfloat16>, kColumns<__nv_bfloat16>);
  }
}

}  // namespace cl_torch::fused
