#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "engine/fused/cuda/gather.h"
#include "engine/fused/cuda/model_batch.h"

namespace cl_torch::fused {

// An output layer of few classes is too narrow for GEMMs made for large matrices, and one row's logits need no other
// row's: so one kernel goes forward and back through it.
struct OutputLayerArguments {
  ModelBatch models;
  Element element;            // of inputs, weights and gradients
  const void* inputs;         // [rows, width] of each model
  const void* weights;        // [classes, width], a part of the model's parameters
  const float* bias;          // [classes], also one
  const int64_t* labels;      // [models, rows]
  const ClassBounds* ranges;  // [models, rows], of each row's loss; null: all classes
  int64_t rows;
  int64_t width;
  int64_t classes;  // up to kMostClasses
  float scale;
  double* losses;         // [models, rows]
  void* gradient;         // [rows, classes] of each model
  void* inputs_gradient;  // [rows, width] of each model, or null
};
inline constexpr int64_t kMostClasses = 32;

// losses: each row's cross-entropy of inputs weights^T + bias. gradient: scale (softmax - one-hot), by the logits;
// exactly 0 outside a row's range.
// inputs_gradient: gradient weights, but 0 wherever the input, which is a ReLU's output, is 0.
void launch_output_layer(const OutputLayerArguments& arguments, cudaStream_t stream);

struct OutputGradientsArguments {
  ModelBatch models;
  Element element;
  const void* gradient;  // [rows, classes] of each model: what launch_output_layer left
  const void* inputs;    // [rows, width] of each model
  int64_t rows;
  int64_t width;
  int64_t classes;
  float* weights;  // [classes, width], a part of the gradient of the model's parameters
  float* bias;     // [classes], also one
  bool add;
};

// weights = (or += where `add`) gradient^T inputs, and bias the gradient's column sums.
void launch_output_gradients(const OutputGradientsArguments& arguments, cudaStream_t stream);

}  // namespace cl_torch::fused
