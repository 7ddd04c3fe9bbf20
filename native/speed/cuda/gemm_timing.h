#pragma once

#include "engine/options.h"
#include "nn/mlp.h"

namespace cl_torch::fused {

// Seconds of the GEMMs alone of an epoch on the model's GPU, a step's as one graph, in the fused engine's own way: the
// same algorithms, precision, epilogues and streams. Changes no parameter.
double time_cuda_gemm(const Mlp& model, Precision precision, int64_t rows, int64_t batch_size);

}  // namespace cl_torch::fused
