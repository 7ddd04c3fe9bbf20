#pragma once

#include <cstdint>

#include "methods/batch_loss.h"

namespace cl_torch::fused {

// Outputs of a network beside stored ones, row by row.
struct RowTargets {
  const float* logits;  // [rows, classes], row-major, without
  const float* bias;
  const float* targets;  // [rows, target_classes]
  int64_t rows;
  int64_t classes;
  int64_t target_classes;
};

// A loss of every row against its targets, without its weight, into `losses`; and to `gradient`, [rows, classes], which
// may be null, adds the gradient of `scale` times the sum of the losses.
void add_target_loss(const RowTargets& outputs, const TargetLoss& term, double scale, float* losses, float* gradient);

// The same against the labels alone: the sum over these classes of a sigmoid's cross-entropy against whether the class
// is the row's label. `labels`: [rows]; the targets are not looked at.
void add_binary_loss(const RowTargets& outputs, const int64_t* labels, const ClassRange& range, double scale,
                     float* losses, float* gradient);

}  // namespace cl_torch::fused
