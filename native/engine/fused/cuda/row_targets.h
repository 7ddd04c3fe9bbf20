#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "engine/fused/cuda/cross_entropy.h"

namespace cl_torch::fused {

// A loss against stored outputs t, of the outputs z = logits + bias (methods/batch_loss.h).
struct TargetTerm {
  bool is_soft;  // or squared
  float factor;  // 1 / temperature
  float share;   // of the loss,
  float slope;   // and of its gradient: both times the weight
  ClassBounds classes;
  ClassBounds known;  // of a soft one
};

// What a batch is learnt by where that is more than its cross-entropy.
struct BatchTerms {
  bool is_used = false;
  float cross_entropy = 1;  // its weight
  const TargetTerm* targets = nullptr;
  int32_t count = 0;
  bool operator==(const BatchTerms&) const = default;
};

struct RowTargetsArguments {
  CrossEntropyArguments cross_entropy;  // which has ranges and a gradient; its scale has no weight yet
  BatchTerms terms;
  const float* const* targets;  // [models, rows], of each row: its stored outputs
  int64_t own;                  // rows, the first ones, that have some; the terms' means go over them
};

// The same as launch_cross_entropy, times its weight; and the terms: the mean of the losses is that of all.
void launch_row_targets(const RowTargetsArguments& arguments, cudaStream_t stream);

}  // namespace cl_torch::fused
