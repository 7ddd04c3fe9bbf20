#include "engine/fused/cuda/kernels.h"

#include <cuda_bf16.h>

#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

constexpr int kThreads = 256;
constexpr int kWarpsPerBlock = 4;  // in the kernels that take a warp for each row
constexpr int kColumns = 16;       // of a block that sums columns,
constexpr int kRowLanes = 32;      // and its threads for each column

template <typename T>
__global__ void gather(Selection from, int64_t features, T* inputs, int64_t* labels) {
  const int64_t row = blockIdx.x;
  const int64_t model = blockIdx.y;
  const Example example = example_of(from, model, row);
  T* target = inputs + model * matrix_stride(gridDim.x, features) + row * features;
  for (int64_t column = threadIdx.x; column < features; column += blockDim.x) {
    store(target + column, input_of(example, features, column));
  }
  if (threadIdx.x == 0) labels[model * gridDim.x + row] = example.view->labels[example.row];
}

__global__ void round_values(const float* source, __nv_bfloat16* target, int64_t count) {
  for (int64_t i = global_thread(); i < count; i += global_threads()) store(target + i, source[i]);
}

template <typename T>
__global__ void bias_relu(T* z, const float* bias, int64_t bias_stride, int64_t rows, int64_t width) {
  z += blockIdx.y * matrix_stride(rows, width);
  bias += blockIdx.y * bias_stride;
  const int64_t count = rows * width;
  for (int64_t i = global_thread(); i < count; i += global_threads()) store(z + i, relu(load(z + i) + bias[i % width]));
}

template <typename T>
__global__ void cross_entropy(CrossEntropy of) {
  const int64_t row = global_thread() / kWarp;
  const int lane = static_cast<int>(threadIdx.x % kWarp);
  if (row >= of.rows) return;
  const int64_t model = blockIdx.y;
  const int64_t offset = model * matrix_stride(of.rows, of.classes) + row * of.classes;
  const float* logits = of.logits + offset;
  const float* bias = of.bias + model * of.models.stride;
  float largest = -INFINITY;
  for (int64_t k = lane; k < of.classes; k += kWarp) largest = fmaxf(largest, logits[k] + bias[k]);
  largest = warp_max(largest);
  float sum = 0;
  for (int64_t k = lane; k < of.classes; k += kWarp) sum += expf(logits[k] + bias[k] - largest);
  sum = warp_sum(sum);
  const int64_t label = of.labels[model * of.rows + row];
  if (lane == 0) of.losses[model * of.rows + row] = logf(sum) - (logits[label] + bias[label] - largest);
  if (!of.gradient) return;
  T* gradient = static_cast<T*>(of.gradient) + offset;
  const float factor = of.scale / sum;
  for (int64_t k = lane; k < of.classes; k += kWarp) {
    store(gradient + k, factor * expf(logits[k] + bias[k] - largest) - (k == label ? of.scale : 0));
  }
}

__global__ void count_correct(const float* logits, const float* bias, const int64_t* labels, int64_t rows,
                              int64_t classes, unsigned long long* count) {
  const int64_t row = global_thread() / kWarp;
  const int lane = static_cast<int>(threadIdx.x % kWarp);
  if (row >= rows) return;
  Candidate best{-INFINITY, classes};
  int not_finite = 0;
  for (int64_t k = lane; k < classes; k += kWarp) {
    const float value = logits[row * classes + k] + bias[k];
    best = better(best, {value, k});
    not_finite += is_finite(value) ? 0 : 1;
  }
  not_finite = warp_sum(not_finite);
  for (int offset = kWarp / 2; offset > 0; offset /= 2) {
    best = better(best,
                  {__shfl_xor_sync(kWholeWarp, best.value, offset), __shfl_xor_sync(kWholeWarp, best.index, offset)});
  }
  if (lane == 0 && not_finite == 0 && best.index == labels[row]) atomicAdd(count, 1ULL);
}

template <typename T>
__global__ void mask_and_sum(MaskAndSum of) {
  __shared__ float partial[kRowLanes][kColumns];
  const int64_t column = blockIdx.x * static_cast<int64_t>(kColumns) + threadIdx.x;
  float sum = 0;
  if (column < of.width) {
    const int64_t offset = blockIdx.y * matrix_stride(of.rows, of.width);
    T* gradient = static_cast<T*>(of.gradient) + offset;
    const T* activations = static_cast<const T*>(of.activations);
    if (activations) activations += offset;
    for (int64_t row = threadIdx.y; row < of.rows; row += kRowLanes) {
      const int64_t i = row * of.width + column;
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
  if (threadIdx.y == 0 && column < of.width) {
    float& result = of.sums[blockIdx.y * of.models.stride + column];
    result = of.add ? result + partial[0][threadIdx.x] : partial[0][threadIdx.x];
  }
}

unsigned blocks_for(int64_t count, int64_t per_block) {
  return static_cast<unsigned>((count + per_block - 1) / per_block);
}

// Enough for every multiprocessor; the threads stride over what is left.
unsigned striding_blocks(int64_t count) { return blocks_for(count < (1 << 20) ? count : (1 << 20), kThreads); }

dim3 grid_of(unsigned blocks, int64_t models) { return dim3(blocks, static_cast<unsigned>(models)); }

}  // namespace

void launch_gather(const Selection& from, int64_t models, int64_t rows, int64_t features, Element element, void* inputs,
                   int64_t* labels, cudaStream_t stream) {
  const dim3 blocks = grid_of(static_cast<unsigned>(rows), models);
  if (element == Element::kFloat32) {
    launch(gather<float>, blocks, kThreads, stream, from, features, static_cast<float*>(inputs), labels);
  } else {
    launch(gather<__nv_bfloat16>, blocks, kThreads, stream, from, features, static_cast<__nv_bfloat16*>(inputs),
           labels);
  }
}

void launch_round(const float* source, void* target, int64_t count, cudaStream_t stream) {
  launch(round_values, striding_blocks(count), kThreads, stream, source, static_cast<__nv_bfloat16*>(target), count);
}

void launch_bias_relu(void* z, Element element, const float* bias, const ModelBatch& models, int64_t rows,
                      int64_t width, cudaStream_t stream) {
  const dim3 blocks = grid_of(striding_blocks(rows * width), models.count);
  if (element == Element::kFloat32) {
    launch(bias_relu<float>, blocks, kThreads, stream, static_cast<float*>(z), bias, models.stride, rows, width);
  } else {
    launch(bias_relu<__nv_bfloat16>, blocks, kThreads, stream, static_cast<__nv_bfloat16*>(z), bias, models.stride,
           rows, width);
  }
}

void launch_cross_entropy(const CrossEntropy& of, cudaStream_t stream) {
  const auto kernel = of.element == Element::kFloat32 ? cross_entropy<float> : cross_entropy<__nv_bfloat16>;
  const dim3 blocks = grid_of(blocks_for(of.rows, kWarpsPerBlock), of.models.count);
  launch(kernel, blocks, kWarpsPerBlock * kWarp, stream, of);
}

void launch_count_correct(const float* logits, const float* bias, const int64_t* labels, int64_t rows, int64_t classes,
                          unsigned long long* count, cudaStream_t stream) {
  launch(count_correct, blocks_for(rows, kWarpsPerBlock), kWarpsPerBlock * kWarp, stream, logits, bias, labels, rows,
         classes, count);
}

void launch_mask_and_sum(const MaskAndSum& of, cudaStream_t stream) {
  const auto kernel = of.element == Element::kFloat32 ? mask_and_sum<float> : mask_and_sum<__nv_bfloat16>;
  const dim3 blocks = grid_of(blocks_for(of.width, kColumns), of.models.count);
  launch(kernel, blocks, dim3(kColumns, kRowLanes), stream, of);
}

}  // namespace cl_torch::fused
