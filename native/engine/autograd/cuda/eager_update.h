#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "optim/step_factors.h"

namespace cl_torch {

// A step of an optimiser on a GPU, with its factors read there, in one pass over the parameters: what
// Optimizer::step() does by a dozen of LibTorch's kernels, rounding for rounding.
struct EagerUpdate {
  float* values;           // [size]
  const float* gradients;  // [size]
  float* first;            // the optimiser's vectors, [size], as many as the rule has
  float* second;
  int64_t size;
  UpdateRule rule;
  const StepFactors* factors;  // [steps]
  const int32_t* step;         // which of them counts now
  bool operator==(const EagerUpdate&) const = default;
};

void launch_eager_update(const EagerUpdate& update, cudaStream_t stream);

// Ends a step: losses[step] = loss; step + 1.
void launch_keep_loss(const float* loss, float* losses, int32_t* step, cudaStream_t stream);

}  // namespace cl_torch
