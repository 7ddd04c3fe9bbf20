#pragma once

#include "engine/engine.h"
#include "nn/mlp.h"

namespace cl_torch::fused {

// Engine::add_importance for an MLP: the square of a row's gradient by a weight is the product of two squares, that of
// what comes back to its unit and that of what goes through it, so that a batch's sum is one GEMM a layer.
void add_importance(const Mlp& model, const at::Tensor& values, const Batch& batch, const ImportanceOptions& options,
                    at::Tensor& importance, Observer& observer);

}  // namespace cl_torch::fused
