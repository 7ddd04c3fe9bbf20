#include "engine/fused/cuda/bias_relu.h"

#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

constexpr int kThreads = 256;

__device__ float relu(float value) { return value < 0 ? 0 : value; }  // lets NaN through

template <typename T>
__global__ void bias_relu(T* z, const float* bias, int64_t bias_stride, int64_t rows, int64_t width) {
  z += blockIdx.y * matrix_stride(rows, width);
  bias += blockIdx.y * bias_stride;
  const int64_t count = rows * width;
  for (int64_t i = global_thread(); i < count; i += global_threads()) store(z + i, relu(load(z + i) + bias[i % width]));
}

}  // namespace

void launch_bias_relu(void* z, Element element, const float* bias, const ModelBatch& models, int64_t rows,
                      int64_t width, cudaStream_t stream) {
  const dim3 blocks = model_grid(striding_blocks(rows * width, kThreads), models.count);
  if (element == Element::kFloat32) {
    launch(bias_relu<float>, blocks, kThreads, stream, static_cast<float*>(z), bias, models.stride, rows, width);
  } else {
    launch(bias_relu<__nv_bfloat16>, blocks, kThreads, stream, static_cast<__nv_bfloat16*>(z), bias, models.stride,
           rows, width);
  }
}

}  // namespace cl_torch::fused
