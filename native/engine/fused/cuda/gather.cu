#include "engine/fused/cuda/gather.h"

#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

constexpr int kThreads = 256;

struct Example {
  const DeviceView* view;
  int64_t row;
};

__device__ Example example_of(const Selection& selection, int64_t model, int64_t index) {
  const int64_t begin = selection.step ? selection.begins[selection.step[model]] : selection.offset;
  const int64_t position = model * selection.positions + begin + index;
  return {selection.views + (selection.view_of ? selection.view_of[position] : 0),
          selection.row_of ? selection.row_of[position] : position};
}

// A column of an example's inputs. A byte's quotient is rounded, as PyTorch's on the CPU is; a product with the
// reciprocal would differ.
__device__ float input_of(const Example& example, int64_t features, int64_t column) {
  const int64_t index = example.row * features + example.view->column_of[column];
  return example.view->bytes ? static_cast<float>(example.view->bytes[index]) / 255.0F : example.view->numbers[index];
}

// A block copies one example.
template <typename T>
__global__ void gather(Selection selection, int64_t features, T* inputs, int64_t* labels) {
  const int64_t row = blockIdx.x;
  const int64_t model = blockIdx.y;
  const Example example = example_of(selection, model, row);
  T* target = inputs + model * matrix_stride(gridDim.x, features) + row * features;
  for (int64_t column = threadIdx.x; column < features; column += blockDim.x) {
    store(target + column, input_of(example, features, column));
  }
  if (threadIdx.x == 0) labels[model * gridDim.x + row] = example.view->labels[example.row];
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
