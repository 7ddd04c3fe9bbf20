#include "engine/fused/cuda/cross_entropy.h"

#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

constexpr int kWarpsPerBlock = 4;
constexpr int kMeanThreads = 1024;  // of the one block that takes a mean

// A warp for each row.
template <typename T, bool has_ranges>
__global__ void cross_entropy(CrossEntropyArguments arguments) {
  const int64_t rows = arguments.rows;
  const int64_t classes = arguments.classes;
  const int64_t row = global_thread() / kWarp;
  const int lane = static_cast<int>(threadIdx.x % kWarp);
  if (row >= rows) return;
  const int64_t model = blockIdx.y;
  const int64_t offset = model * matrix_stride(rows, classes) + row * classes;
  const float* logits = arguments.logits + offset;
  const float* bias = arguments.bias + model * arguments.models.stride;
  int64_t begin = 0;
  int64_t end = classes;
  if constexpr (has_ranges) {
    const ClassBounds range = arguments.ranges[model * rows + row];
    begin = range.begin;
    end = range.end < classes ? range.end : classes;
  }
  float largest = -INFINITY;
  for (int64_t k = begin + lane; k < end; k += kWarp) largest = fmaxf(largest, logits[k] + bias[k]);
  largest = warp_max(largest);
  float sum = 0;
  for (int64_t k = begin + lane; k < end; k += kWarp) sum += expf(logits[k] + bias[k] - largest);
  sum = warp_sum(sum);
  const int64_t label = arguments.labels[model * rows + row];
  if (lane == 0) arguments.losses[model * rows + row] = logf(sum) - (logits[label] + bias[label] - largest);
  if (!arguments.gradient) return;
  T* gradient = static_cast<T*>(arguments.gradient) + offset;
  const float factor = arguments.scale / sum;
  for (int64_t k = begin + lane; k < end; k += kWarp) {
    store(gradient + k, factor * expf(logits[k] + bias[k] - largest) - (k == label ? arguments.scale : 0));
  }
  if constexpr (has_ranges) {
    for (int64_t k = lane; k < begin; k += kWarp) store(gradient + k, 0);
    for (int64_t k = end + lane; k < classes; k += kWarp) store(gradient + k, 0);
  }
}

template <typename T>
auto cross_entropy_of(const CrossEntropyArguments& arguments) {
  return arguments.ranges ? cross_entropy<T, true> : cross_entropy<T, false>;
}

__global__ void mean_loss(const double* losses, int64_t rows, double* mean) {
  __shared__ double scratch[kMeanThreads / kWarp];
  const double loss = block_mean<kMeanThreads>(losses, rows, scratch);
  if (threadIdx.x == 0) *mean = loss;
}

}  // namespace

void launch_cross_entropy(const CrossEntropyArguments& arguments, cudaStream_t stream) {
  const auto kernel = arguments.element == Element::kFloat32 ? cross_entropy_of<float>(arguments)
                                                             : cross_entropy_of<__nv_bfloat16>(arguments);
  const dim3 blocks = model_grid(blocks_for(arguments.rows, kWarpsPerBlock), arguments.models.count);
  launch(kernel, blocks, kWarpsPerBlock * kWarp, stream, arguments);
}

void launch_mean_loss(const double* losses, int64_t rows, double* mean, cudaStream_t stream) {
  launch(mean_loss, 1, kMeanThreads, stream, losses, rows, mean);
}

}  // namespace cl_torch::fused
