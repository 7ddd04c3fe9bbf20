#include "engine/fused/cuda/gather.h"

#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

constexpr int kThreads = 256;

constexpr int kColumnsAtOnce = 4;  // of a thread

struct Example {
  DeviceView view;
  int64_t row;
};

__device__ Example example_of(const Selection& selection, int64_t model, int64_t index) {
  const int64_t begin = selection.step ? selection.begins[selection.step[model] + selection.ahead] : selection.offset;
  const int64_t position = model * selection.positions + begin + index;
  return {selection.views[selection.view_of ? selection.view_of[position] : 0],
          selection.row_of ? selection.row_of[position] : position};
}

// A byte's quotient is rounded, as PyTorch's on the CPU is; a product with the reciprocal would differ.
__device__ float input(uint8_t value) { return static_cast<float>(value) / 255.0F; }
__device__ float input(float value) { return value; }

// A few columns are read before any is written, so that their ways through memory overlap.
template <typename Source, typename T>
__device__ void copy_columns(const Source* source, const int32_t* column_of, int64_t features, T* target) {
  for (int64_t first = threadIdx.x; first < features; first += kColumnsAtOnce * kThreads) {
    int32_t columns[kColumnsAtOnce];
    Source values[kColumnsAtOnce];
    for (int k = 0; k < kColumnsAtOnce; ++k) {
      columns[k] = first + k * kThreads < features ? __ldg(column_of + first + k * kThreads) : 0;
    }
    for (int k = 0; k < kColumnsAtOnce; ++k) values[k] = columns[k] < 0 ? Source{0} : __ldg(source + columns[k]);
    for (int k = 0; k < kColumnsAtOnce; ++k) {
      if (first + k * kThreads < features) store(target + first + k * kThreads, input(values[k]));
    }
  }
}

// A block copies one example.
template <typename T>
__global__ void gather(const Selection selection, int64_t features, T* inputs, int64_t* labels) {
  const int64_t row = blockIdx.x;
  const int64_t model = blockIdx.y;
  const auto [view, source] = example_of(selection, model, row);
  T* target = inputs + model * matrix_stride(gridDim.x, features) + row * features;
  if (view.bytes) {
    copy_columns(view.bytes + source * view.width, view.column_of, features, target);
  } else {
    copy_columns(view.numbers + source * view.width, view.column_of, features, target);
  }
  if (threadIdx.x == 0) labels[model * gridDim.x + row] = __ldg(view.labels + source);
}

}  // namespace

void launch_gather(const Selection& selection, int64_t models, int64_t rows, int64_t features, Element element,
                   void* inputs, int64_t* labels, cudaStream_t stream) {
  const dim3 blocks = model_grid(static_cast<unsigned>(rows), models);
  if (element == Element::kFloat32) {
    launch(gather<float>, blocks, kThreads, stream, selection, features, static_cast<float*>(inputs), labels);
  } else {
    launch(gather<__nv_bfloat16>, blocks, kThreads, stream, selection, features, static_cast<__nv_bfloat16*>(inputs),
           labels);
  }
}

}  // namespace cl_torch::fused
