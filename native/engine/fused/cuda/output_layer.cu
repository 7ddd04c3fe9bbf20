#include "engine/fused/cuda/output_layer.h"

#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

static_assert(kMostClasses <= kWarp);  // a warp holds its row's logits, a lane each

constexpr int kMostRows = 8;      // of a block, a warp each
constexpr int kVectorsOnce = 8;   // that a thread reads before it waits for any
constexpr int kColumnsOnce = 16;  // the same
constexpr int kClassesOnce = 10;  // whose sums a thread keeps at a time
constexpr int kSpan = kColumnsOnce * kWarp;
constexpr int kMostThreads = kMostRows * kWarp;

// The weights, [classes, width], into shared memory, 16 bytes at a time. What lies behind the last may be read:
// matrices begin on 64 bytes or more.
template <typename T>
__device__ void fetch_weights(const T* weights, int count, T* shared) {
  const auto* source = reinterpret_cast<const float4*>(weights);
  auto* target = reinterpret_cast<float4*>(shared);
  const auto vectors = static_cast<int>((count * sizeof(T) + sizeof(float4) - 1) / sizeof(float4));
  const auto threads = static_cast<int>(kWarp * blockDim.y);
  for (int begin = static_cast<int>(threadIdx.y * kWarp + threadIdx.x); begin < vectors;
       begin += kVectorsOnce * threads) {
    float4 read[kVectorsOnce] = {};
    for (int i = 0; i < kVectorsOnce; ++i) {
      if (begin + i * threads < vectors) read[i] = source[begin + i * threads];
    }
    for (int i = 0; i < kVectorsOnce; ++i) {
      if (begin + i * threads < vectors) target[begin + i * threads] = read[i];
    }
  }
}

// The last column stands for those that a row does not have, which are 0 in Columns: so no thread branches.
__device__ int column_of(int begin, int number, int width) {
  const int column = begin + number * kWarp + static_cast<int>(threadIdx.x);
  return column < width ? column : width - 1;
}

// The thread's columns of a row, from one on; zeros behind the last.
template <typename T>
struct Columns {
  T at[kColumnsOnce];

  __device__ void read(const T* row, int begin, int width) {
    for (int i = 0; i < kColumnsOnce; ++i) {
      const int column = begin + i * kWarp + static_cast<int>(threadIdx.x);
      at[i] = column < width ? row[column] : T();
    }
  }
};

// Adds the products of the columns with those of `count` rows of the weights.
template <int count, typename T>
__device__ void add_products(const Columns<T>& columns, const T* weights, int begin, int width, float* sums) {
  for (int i = 0; i < kColumnsOnce; ++i) {
    const int column = column_of(begin, i, width);
    const float value = load(columns.at + i);
    for (int k = 0; k < count; ++k) sums[k] = __fmaf_rn(value, load(weights + k * width + column), sums[k]);
  }
}

// Some of the row's logits without the bias, from class `first` on; each lane keeps its class's.
template <int count, typename T>
__device__ void find_logits(const T* row, Columns<T>& columns, const T* weights, int width, int first, float& logit) {
  float sums[count] = {};
  for (int begin = 0; begin < width; begin += kSpan) {
    if (width > kSpan) columns.read(row, begin, width);
    add_products<count>(columns, weights + first * width, begin, width, sums);
  }
  for (int k = 0; k < count; ++k) {
    const float sum = warp_sum(sums[k]);
    if (static_cast<int>(threadIdx.x) == first + k) logit = sum;
  }
}

// The row's loss, and its gradient by the lane's logit, as it is stored.
template <typename T>
__device__ float row_loss(const OutputLayerArguments& arguments, int64_t row, float logit) {
  const int64_t model = blockIdx.y;
  const int64_t classes = arguments.classes;
  const int64_t lane = threadIdx.x;
  const bool is_class = lane < classes;
  if (is_class) logit += arguments.bias[model * arguments.models.stride + lane];
  const float largest = warp_max(is_class ? logit : -INFINITY);
  const float power = is_class ? expf(logit - largest) : 0;
  const float sum = warp_sum(power);
  const bool is_label = lane == arguments.labels[model * arguments.rows + row];
  if (is_label) arguments.losses[model * arguments.rows + row] = logf(sum) - (logit - largest);
  T stored = T();
  if (is_class) {
    store(&stored, arguments.scale / sum * power - (is_label ? arguments.scale : 0));
    T* gradient = static_cast<T*>(arguments.gradient) + model * matrix_stride(arguments.rows, classes);
    gradient[row * classes + lane] = stored;
  }
  return load(&stored);
}

// gradient weights for some columns, where the inputs are not 0.
template <typename T>
__device__ void put_inputs_gradient(const Columns<T>& columns, const T* weights, int begin, int width, int classes,
                                    float gradient, T* target) {
  float sums[kColumnsOnce] = {};
  for (int k = 0; k < classes; ++k) {
    const float factor = __shfl_sync(kWholeWarp, gradient, k);
    for (int i = 0; i < kColumnsOnce; ++i) {
      sums[i] = __fmaf_rn(factor, load(weights + k * width + column_of(begin, i, width)), sums[i]);
    }
  }
  for (int i = 0; i < kColumnsOnce; ++i) {
    const int column = begin + i * kWarp + static_cast<int>(threadIdx.x);
    if (column < width) store(target + column, load(columns.at + i) <= 0 ? 0 : sums[i]);
  }
}

// A warp for each row.
template <typename T>
__global__ void __launch_bounds__(kMostThreads, 2) output_layer(const OutputLayerArguments arguments) {
  alignas(16) __shared__ T weights[kMostWeights];
  const auto width = static_cast<int>(arguments.width);
  const auto classes = static_cast<int>(arguments.classes);
  const int64_t row = int64_t{blockIdx.x} * blockDim.y + threadIdx.y;
  const int64_t offset = blockIdx.y * matrix_stride(arguments.rows, width) + row * width;
  const T* inputs = static_cast<const T*>(arguments.inputs) + offset;
  Columns<T> columns;
  columns.read(inputs, 0, row < arguments.rows ? width : 0);
  fetch_weights(static_cast<const T*>(arguments.weights) + blockIdx.y * arguments.models.stride, classes * width,
                weights);
  __syncthreads();
  if (row >= arguments.rows) return;
  float logit = 0;
  int first = 0;
  for (; first + kClassesOnce <= classes; first += kClassesOnce) {
    find_logits<kClassesOnce>(inputs, columns, weights, width, first, logit);
  }
  for (; first < classes; ++first) find_logits<1>(inputs, columns, weights, width, first, logit);
  const float gradient = row_loss<T>(arguments, row, logit);
  if (!arguments.inputs_gradient) return;
  T* target = static_cast<T*>(arguments.inputs_gradient) + offset;
  for (int begin = 0; begin < width; begin += kSpan) {
    if (width > kSpan) columns.read(inputs, begin, width);
    put_inputs_gradient(columns, weights, begin, width, classes, gradient, target);
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
    T factors[kRows];
    T gradients[kRows][kClasses];
    for (int i = 0; i < kRows; ++i) {
      const int64_t row = begin + i * kRowLanes;
      const bool is_row = row < arguments.rows;
      factors[i] = is_row && inputs ? inputs[row * arguments.width] : T();
      for (int k = 0; k < kClasses; ++k) {
        gradients[i][k] = is_row && k < count ? gradient[row * classes + first + k] : T();
      }
    }
    for (int i = 0; i < kRows; ++i) {
      const float factor = inputs ? load(factors + i) : 1;
      for (int k = 0; k < kClasses; ++k) sums[k] = __fmaf_rn(load(gradients[i] + k), factor, sums[k]);
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

}  // namespace

void launch_output_layer(const OutputLayerArguments& arguments, cudaStream_t stream) {
  const auto kernel = arguments.element == Element::kFloat32 ? output_layer<float> : output_layer<__nv_bfloat16>;
  // Few rows are spread over many multiprocessors; many share the weights that a block has fetched.
  const unsigned rows = arguments.models.count * arguments.rows > 1024 ? kMostRows : kMostRows / 2;
  launch(kernel, model_grid(blocks_for(arguments.rows, rows), arguments.models.count), dim3(kWarp, rows), stream,
         arguments);
}

void launch_output_gradients(const OutputGradientsArguments& arguments, cudaStream_t stream) {
  const auto kernel =
      arguments.element == Element::kFloat32 ? output_gradients<float> : output_gradients<__nv_bfloat16>;
  const unsigned blocks = blocks_for(arguments.width + 1, kColumns) * blocks_for(arguments.classes, kClasses);
  launch(kernel, model_grid(blocks, arguments.models.count), dim3(kColumns, kRowLanes), stream, arguments);
}

}  // namespace cl_torch::fused
