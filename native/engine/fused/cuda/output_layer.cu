#include "engine/fused/cuda/output_layer.h"

#include <algorithm>

#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

static_assert(kMostClasses <= kWarp);  // one warp holds a row's logits, a lane each

constexpr int kMostThreads = 256;  // of a row's block
constexpr int kColumnsOnce = 2;    // columns
constexpr int kClassesOnce = 10;   // and classes whose weights a thread reads before it waits for any

__device__ int thread_of_block() { return static_cast<int>(threadIdx.x); }
__device__ int threads_of_block() { return static_cast<int>(blockDim.x); }

// A thread's part of a row's logits, of some classes: what its columns add.
template <typename T>
__device__ void sum_columns(const T* inputs, const T* weights, int width, int classes, float* sums) {
  for (int begin = thread_of_block(); begin < width; begin += kColumnsOnce * threads_of_block()) {
    float values[kColumnsOnce];
    float factors[kClassesOnce][kColumnsOnce];
    for (int i = 0; i < kColumnsOnce; ++i) {
      const int column = begin + i * threads_of_block();
      const bool is_column = column < width;
      values[i] = is_column ? load(inputs + column) : 0;
      for (int k = 0; k < kClassesOnce; ++k) {
        factors[k][i] = is_column && k < classes ? load(weights + k * width + column) : 0;
      }
    }
    for (int k = 0; k < kClassesOnce; ++k) {
      for (int i = 0; i < kColumnsOnce; ++i) sums[k] += values[i] * factors[k][i];
    }
  }
}

// The threads' parts of a row's logits. Each class's begin in the bank behind the last of those that are read with it.
constexpr int kLanes = 8;  // that sum up a class's
using Parts = float[kMostClasses][kMostThreads + kLanes];

// A row's logits, without the bias.
template <typename T>
__device__ void row_logits(const T* inputs, const T* weights, int width, int classes, Parts& parts, float* logits) {
  const int thread = thread_of_block();
  const int threads = threads_of_block();
  for (int first = 0; first < classes; first += kClassesOnce) {
    float sums[kClassesOnce] = {};
    sum_columns(inputs, weights + first * width, width, classes - first, sums);
    for (int k = 0; k < kClassesOnce; ++k) {
      if (first + k < classes) parts[first + k][thread] = sums[k];
    }
  }
  __syncthreads();
  constexpr int kAtOnce = kWarp / kLanes;  // classes of a warp
  for (int first = thread / kWarp * kAtOnce; first < classes; first += threads / kWarp * kAtOnce) {
    const int k = first + thread % kWarp / kLanes;
    float sum = 0;
    for (int i = thread % kLanes; k < classes && i < threads; i += kLanes) sum += parts[k][i];
    for (int offset = kLanes / 2; offset > 0; offset /= 2) sum += __shfl_xor_sync(kWholeWarp, sum, offset);
    if (k < classes && thread % kLanes == 0) logits[k] = sum;
  }
  __syncthreads();
}

// A row's loss and its gradient by the logits, by one warp; the gradient as it is stored also goes to `shared`.
template <typename T, bool has_ranges>
__device__ void row_loss(const OutputLayerArguments& arguments, const float* logits, float bias, int64_t label,
                         float* shared) {
  const int64_t row = blockIdx.y * arguments.rows + blockIdx.x;
  const int64_t lane = threadIdx.x;
  const bool is_output = lane < arguments.classes;
  bool is_class = is_output;
  if constexpr (has_ranges) {
    const ClassBounds range = arguments.ranges[row];
    is_class = is_output && lane >= range.begin && lane < range.end;
  }
  const float logit = is_class ? logits[lane] + bias : -INFINITY;
  const float largest = warp_max(logit);
  const float power = is_class ? expf(logit - largest) : 0;
  const float sum = warp_sum(power);
  if (lane == label) arguments.losses[row] = logf(sum) - (logit - largest);
  if (!is_output) return;
  T* gradient = static_cast<T*>(arguments.gradient) + blockIdx.y * matrix_stride(arguments.rows, arguments.classes) +
                blockIdx.x * arguments.classes + lane;
  T stored;
  const float slope = arguments.scale / sum * power - (lane == label ? arguments.scale : 0);
  store(&stored, is_class ? slope : 0);
  *gradient = stored;
  shared[lane] = load(&stored);
}

// A block for each row.
template <typename T, bool has_ranges>
__global__ void __launch_bounds__(kMostThreads, 2) output_layer(const OutputLayerArguments arguments) {
  __shared__ Parts parts;
  __shared__ float logits[kMostClasses];
  __shared__ float gradient[kMostClasses];
  const auto width = static_cast<int>(arguments.width);
  const auto classes = static_cast<int>(arguments.classes);
  const int64_t offset = blockIdx.y * matrix_stride(arguments.rows, width) + int64_t{blockIdx.x} * width;
  const int64_t parameters = blockIdx.y * arguments.models.stride;
  const T* inputs = static_cast<const T*>(arguments.inputs) + offset;
  const T* weights = static_cast<const T*>(arguments.weights) + parameters;
  const float bias = thread_of_block() < classes ? arguments.bias[parameters + thread_of_block()] : 0;
  const int64_t label = arguments.labels[blockIdx.y * arguments.rows + blockIdx.x];
  row_logits(inputs, weights, width, classes, parts, logits);
  if (threadIdx.x < kWarp) row_loss<T, has_ranges>(arguments, logits, bias, label, gradient);
  if (!arguments.inputs_gradient) return;
  __syncthreads();
  T* target = static_cast<T*>(arguments.inputs_gradient) + offset;
  for (int i = thread_of_block(); i < width; i += threads_of_block()) {
    float sum = 0;
    for (int k = 0; k < classes; ++k) sum += gradient[k] * load(weights + k * width + i);
    store(target + i, load(inputs + i) <= 0 ? 0 : sum);
  }
}

constexpr int kColumns = 32;   // of a block,
constexpr int kRowLanes = 16;  // its threads for each column,
constexpr int kClasses = 4;    // the classes that each sums up, and
constexpr int kRows = 8;       // the rows that it reads before it waits for any

// A thread's part of the sums: of a column's inputs, or of ones where there are none, with the gradients of a few
// classes.
template <typename T>
__device__ void sum_rows(const OutputGradientsArguments& arguments, const T* gradient, const T* inputs, int64_t first,
                         float* sums) {
  const int64_t classes = arguments.classes;
  const int count = static_cast<int>(classes - first);
  for (int64_t begin = threadIdx.y; begin < arguments.rows; begin += kRows * kRowLanes) {
    float factors[kRows];
    float gradients[kRows][kClasses];
    for (int i = 0; i < kRows; ++i) {
      const int64_t row = begin + i * kRowLanes;
      const bool is_row = row < arguments.rows;
      factors[i] = is_row && inputs ? load(inputs + row * arguments.width) : 1;
      for (int k = 0; k < kClasses; ++k) {
        gradients[i][k] = is_row && k < count ? load(gradient + row * classes + first + k) : 0;
      }
    }
    for (int i = 0; i < kRows; ++i) {
      for (int k = 0; k < kClasses; ++k) sums[k] += gradients[i][k] * factors[i];
    }
  }
}

// A block for some columns and classes. The column behind the last input is the bias.
template <typename T>
__global__ void __launch_bounds__(kColumns* kRowLanes) output_gradients(const OutputGradientsArguments arguments) {
  __shared__ float partial[kClasses][kRowLanes][kColumns];
  const int64_t width = arguments.width;
  const int64_t tiles = (arguments.classes + kClasses - 1) / kClasses;
  const int64_t first = blockIdx.x % tiles * kClasses;
  const int64_t column = blockIdx.x / tiles * kColumns + threadIdx.x;
  float sums[kClasses] = {};
  if (column <= width) {
    const T* gradient =
        static_cast<const T*>(arguments.gradient) + blockIdx.y * matrix_stride(arguments.rows, arguments.classes);
    const T* inputs = static_cast<const T*>(arguments.inputs) + blockIdx.y * matrix_stride(arguments.rows, width);
    sum_rows(arguments, gradient, column < width ? inputs + column : nullptr, first, sums);
  }
  for (int k = 0; k < kClasses; ++k) partial[k][threadIdx.y][threadIdx.x] = sums[k];
  // The sums over the row lanes, in order, by a thread for each column and class.
  __syncthreads();
  const int64_t k = first + threadIdx.y;
  if (threadIdx.y >= kClasses || k >= arguments.classes || column > width) return;
  float sum = 0;
  for (int lane = 0; lane < kRowLanes; ++lane) sum += partial[threadIdx.y][lane][threadIdx.x];
  const int64_t parameters = blockIdx.y * arguments.models.stride;
  float* target = parameters + (column < width ? arguments.weights + k * width + column : arguments.bias + k);
  *target = arguments.add ? *target + sum : sum;
}

template <typename T>
auto output_layer_of(const OutputLayerArguments& arguments) {
  return arguments.ranges ? output_layer<T, true> : output_layer<T, false>;
}

}  // namespace

void launch_output_layer(const OutputLayerArguments& arguments, cudaStream_t stream) {
  const auto kernel = arguments.element == Element::kFloat32 ? output_layer_of<float>(arguments)
                                                             : output_layer_of<__nv_bfloat16>(arguments);
  const auto warps = static_cast<int64_t>(blocks_for(arguments.width, kColumnsOnce * kWarp));
  const auto threads = static_cast<unsigned>(std::min<int64_t>(warps * kWarp, kMostThreads));
  launch(kernel, model_grid(static_cast<unsigned>(arguments.rows), arguments.models.count), threads, stream, arguments);
}

void launch_output_gradients(const OutputGradientsArguments& arguments, cudaStream_t stream) {
  const auto kernel =
      arguments.element == Element::kFloat32 ? output_gradients<float> : output_gradients<__nv_bfloat16>;
  const unsigned blocks = blocks_for(arguments.width + 1, kColumns) * blocks_for(arguments.classes, kClasses);
  launch(kernel, model_grid(blocks, arguments.models.count), dim3(kColumns, kRowLanes), stream, arguments);
}

}  // namespace cl_torch::fused
