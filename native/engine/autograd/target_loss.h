#pragma once

#include <ATen/core/Tensor.h>

#include "methods/batch_loss.h"

namespace cl_torch {

// The mean over the rows of a loss against stored targets, without its weight: logits [rows, classes], targets [rows,
// stored classes]. 0-dimensional, a graph over the logits.
at::Tensor target_loss(const at::Tensor& logits, const at::Tensor& targets, const TargetLoss& term);

// The mean over the rows of the sum over these classes of a sigmoid's cross-entropy against whether the class is the
// label: logits [rows, classes], labels [rows]. 0-dimensional, a graph over the logits.
at::Tensor binary_cross_entropy(const at::Tensor& logits, const at::Tensor& labels, const ClassRange& range);

}  // namespace cl_torch
