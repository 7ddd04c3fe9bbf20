#include "engine/fused/cuda/mask_and_sum.h"

#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

constexpr int kColumns = 16;   // of a block,
constexpr int kRowLanes = 32;  // and its threads for each column

template <typename T>
__global__ void mask_and_sum(MaskAndSumArguments arguments) {
  __shared__ float partial[kRowLanes][kColumns];
  const int64_t rows = arguments.rows;
  const int64_t width = arguments.width;
  const int64_t column = blockIdx.x * static_cast<int64_t>(kColumns) + threadIdx.x;
  float sum = 0;
  if (column < width) {
    const int64_t offset = blockIdx.y * matrix_stride(rows, width);
    T* gradient = static_cast<T*>(arguments.gradient) + offset;
    const T* activations = static_cast<const T*>(arguments.activations);
    if (activations) activations += offset;
    for (int64_t row = threadIdx.y; row < rows; row += kRowLanes) {
      const int64_t i = row * width + column;
      float value = load(gradient + i);
      if (activations && load(activations + i) <= 0) {
        value = 0;
        store(gradient + i, value);
      }
      sum += value;
    }
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
  const auto kernel = arguments.element == Element::kFloat32 ? mask_and_sum<float> : mask_and_sum<__nv_bfloat16>;
  const dim3 blocks = model_grid(blocks_for(arguments.width, kColumns), arguments.models.count);
  launch(kernel, blocks, dim3(kColumns, kRowLanes), stream, arguments);
}

}  // namespace cl_torch::fused
