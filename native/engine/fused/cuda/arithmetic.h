#pragma once

// What the CUDA kernels do to single elements: plain functions, so that a processor without a GPU can run them, too.

#include <cmath>
#include <cstdint>

#include "optim/step_factors.h"

#ifdef __CUDACC__
#define CL_TORCH_HOST_DEVICE __host__ __device__
#else
#define CL_TORCH_HOST_DEVICE
#endif

namespace cl_torch::fused {

// Kernels work on several models alike at once: models, of which there may be one. What each of them has lies behind
// the other's: of a vector laid out like the parameters, and of lists, as many elements as it has; of a matrix these,
// rounded up so that each starts as aligned as the first.
CL_TORCH_HOST_DEVICE inline int64_t matrix_stride(int64_t rows, int64_t columns) {
  return (rows * columns + 15) / 16 * 16;
}

// A TaskView as a kernel reads it: pointers into device memory.
struct DeviceView {
  const uint8_t* bytes;  // [rows, features]; null where the data are
  const float* numbers;  // [rows, features]
  const int64_t* labels;
  const int32_t* column_of;  // the permutation
  bool operator==(const DeviceView&) const = default;
};

// Which examples a batch takes. Its first stands at `offset` of a list or, when a training step asks, where the step
// that `step` counts begins: so one captured graph serves every step with as many rows.
struct Selection {
  const DeviceView* views;
  const int32_t* view_of;  // of each position, [models, positions]; null: all are of the first view
  const int64_t* row_of;   // of each position, [models, positions]; null: the position itself
  const int64_t* begins;   // of each step
  const int32_t* step;     // [models]; null: `offset` counts
  int64_t offset;
  int64_t positions;
  bool operator==(const Selection&) const = default;
};

struct Example {
  const DeviceView* view;
  int64_t row;
};

CL_TORCH_HOST_DEVICE inline Example example_of(const Selection& from, int64_t model, int64_t index) {
  const int64_t position = model * from.positions + (from.step ? from.begins[from.step[model]] : from.offset) + index;
  return {from.views + (from.view_of ? from.view_of[position] : 0), from.row_of ? from.row_of[position] : position};
}

// A column of an example's inputs. A byte's quotient is rounded, as PyTorch's on the CPU is; a product with the
// reciprocal would differ.
CL_TORCH_HOST_DEVICE inline float input_of(const Example& example, int64_t features, int64_t column) {
  const int64_t index = example.row * features + example.view->column_of[column];
  return example.view->bytes ? static_cast<float>(example.view->bytes[index]) / 255.0F : example.view->numbers[index];
}

CL_TORCH_HOST_DEVICE inline float relu(float value) { return value < 0 ? 0 : value; }  // lets NaN through

CL_TORCH_HOST_DEVICE inline bool is_finite(float value) { return value - value == 0; }

// One parameter with its moments.
struct AdamWElement {
  float value;
  float first;
  float second;
};

CL_TORCH_HOST_DEVICE inline AdamWElement updated(const AdamWElement& at, float gradient, const StepFactors& by) {
  const float first = at.first + by.first_share * (gradient - at.first);
  const float second = by.second_decay * at.second + by.second_share * gradient * gradient;
  const float denominator = sqrtf(second) * by.root_factor + by.epsilon;
  return {by.decay * at.value - by.step_size * first / denominator, first, second};
}

// A logit that may be the largest: the greater value wins, of equal ones the lower class.
struct Candidate {
  float value;
  int64_t index;
};

CL_TORCH_HOST_DEVICE inline Candidate better(const Candidate& left, const Candidate& right) {
  const bool right_wins = right.value > left.value || (right.value == left.value && right.index < left.index);
  return right_wins ? right : left;
}

}  // namespace cl_torch::fused
