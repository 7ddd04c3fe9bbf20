#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "engine/fused/cuda/gather.h"
#include "engine/fused/cuda/model_batch.h"

namespace cl_torch::fused {

struct CrossEntropyArguments {
  ModelBatch models;
  const float* logits;        // [rows, classes] of each model
  const float* bias;          // a part of the model's parameters
  const int64_t* labels;      // [models, rows]
  const ClassBounds* ranges;  // [models, rows], of each row's loss; null: all classes
  int64_t rows;
  int64_t classes;
  float scale;
  double* losses;   // [models, rows]
  void* gradient;   // [rows, classes] of each model, or null
  Element element;  // of the gradient
};

// losses: each row's cross-entropy of logits + bias. gradient, unless null: scale (softmax - one-hot), exactly 0
// outside a row's range.
void launch_cross_entropy(const CrossEntropyArguments& arguments, cudaStream_t stream);

// mean = the mean of `losses`, summed in a fixed order. One model.
void launch_mean_loss(const double* losses, int64_t rows, double* mean, cudaStream_t stream);

}  // namespace cl_torch::fused
