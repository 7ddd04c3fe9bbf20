#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "engine/fused/cuda/model_batch.h"

namespace cl_torch::fused {

struct MaskAndSumArguments {
  ModelBatch models;
  void* gradient;           // [rows, width] of each model
  const void* activations;  // the same; null: no mask
  Element element;
  int64_t rows;
  int64_t width;
  float* sums;  // [width], a part of the gradient of the model's parameters
  bool add;
};

// ReLU's derivative and the gradient of a bias in one pass: gradient = 0 wherever the activation is 0, and sums = (or
// += where `add`) the gradient's column sums.
void launch_mask_and_sum(const MaskAndSumArguments& arguments, cudaStream_t stream);

}  // namespace cl_torch::fused
