#include "engine/fused/cuda/gather.h"

#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

constexpr int kThreads = 256;

constexpr int kColumnsAtOnce = 4;  // of a thread

struct Example {
  DeviceView view;
  int64_t row;
  int64_t position;
};

__device__ Example example_of(const Selection& selection, int64_t model, int64_t index) {
  const int64_t begin = selection.step ? selection.begins[selection.step[model] + selection.ahead] : selection.offset;
  const int64_t position = model * selection.positions + begin + index;
  return {selection.views[selection.view_of ? selection.view_of[position] : 0],
          selection.row_of ? selection.row_of[position] : position, position};
}

// A byte's quotient is rounded, as PyTorch's on the CPU is; a product with the reciprocal would differ.
struct AsItIs {
  __device__ float operator()(uint8_t value, int32_t, int64_t) const { return static_cast<float>(value) / 255.0F; }
  __device__ float operator()(float value, int32_t, int64_t) const { return value; }
};

// What a view's tables say of a byte.
struct LookedUp {
  const float* value_of;
  const int32_t* table_of;

  __device__ float operator()(uint8_t byte, int32_t column, int64_t feature) const {
    if (column < 0) return 0;
    return __ldg(value_of + (table_of ? __ldg(table_of + feature) : 0) + byte);
  }
};

// A few columns are read before any is written, so that their ways through memory overlap.
template <typename Source, typename Input, typename T>
__device__ void copy_columns(const Source* source, const int32_t* column_of, int64_t features, const Input& input,
                             T* target) {
  for (int64_t first = threadIdx.x; first < features; first += kColumnsAtOnce * kThreads) {
    int32_t columns[kColumnsAtOnce];
    Source values[kColumnsAtOnce];
    for (int k = 0; k < kColumnsAtOnce; ++k) {
      columns[k] = first + k * kThreads < features ? __ldg(column_of + first + k * kThreads) : 0;
    }
    for (int k = 0; k < kColumnsAtOnce; ++k) values[k] = columns[k] < 0 ? Source{0} : __ldg(source + columns[k]);
    for (int k = 0; k < kColumnsAtOnce; ++k) {
      const int64_t feature = first + k * kThreads;
      if (feature < features) store(target + feature, input(values[k], columns[k], feature));
    }
  }
}

// A block copies one example. `looks_up`: its bytes as the view's tables have them. `has_ranges`: also the classes of
// its loss.
template <typename T, bool looks_up, bool has_ranges>
__global__ void gather(const Selection selection, int64_t features, const BatchPointers batch) {
  const int64_t row = blockIdx.x;
  const int64_t model = blockIdx.y;
  const auto [view, source, position] = example_of(selection, model, row);
  T* target = static_cast<T*>(batch.inputs) + model * matrix_stride(gridDim.x, features) + row * features;
  if (!view.bytes) {
    copy_columns(view.numbers + source * view.width, view.column_of, features, AsItIs(), target);
  } else if constexpr (looks_up) {
    const LookedUp input{view.value_of, view.table_of};
    copy_columns(view.bytes + source * view.width, view.column_of, features, input, target);
  } else {
    copy_columns(view.bytes + source * view.width, view.column_of, features, AsItIs(), target);
  }
  if (threadIdx.x > 0) return;
  const int64_t place = model * gridDim.x + row;
  batch.labels[place] = __ldg(view.labels + source);
  if constexpr (has_ranges) {
    batch.classes[place] = view.classes;
    const bool has_targets = selection.place_of && view.targets;
    batch.targets[place] = has_targets ? view.targets + selection.place_of[position] * view.target_classes : nullptr;
  }
}

template <typename T>
auto gather_of(const Selection& selection) {
  if (selection.has_values) return selection.has_ranges ? gather<T, true, true> : gather<T, true, false>;
  return selection.has_ranges ? gather<T, false, true> : gather<T, false, false>;
}

}  // namespace

void launch_gather(const Selection& selection, int64_t models, int64_t rows, int64_t features, Element element,
                   const BatchPointers& batch, cudaStream_t stream) {
  const auto kernel = element == Element::kFloat32 ? gather_of<float>(selection) : gather_of<__nv_bfloat16>(selection);
  launch(kernel, model_grid(static_cast<unsigned>(rows), models), kThreads, stream, selection, features, batch);
}

}  // namespace cl_torch::fused
