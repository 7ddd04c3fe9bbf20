#pragma once

#include <cstdint>
#include <optional>

#include "engine/options.h"
#include "nn/network.h"

namespace cl_torch {

// out <- left right
using Multiply = void (*)(const at::Tensor& left, const at::Tensor& right, at::Tensor& out);

// Seconds of the matrix products alone of an epoch over `rows` rows, float32, with nothing between them: what is left
// of an epoch when everything else costs nothing. A step has one product a layer forward, one for its weights' gradient
// and, but for the first layer, one for its inputs' gradient.
double time_gemm_by(const Network& network, int64_t rows, int64_t batch_size, Multiply multiply);

// The same in the fused engine's own routines, on a GPU in its precision and as a graph; none where it uses LibTorch's.
std::optional<double> time_own_gemm(const Network& network, Precision precision, int64_t rows, int64_t batch_size);

// Both.
GemmTimes time_gemm(const Network& network, Precision precision, int64_t rows, int64_t batch_size);

}  // namespace cl_torch
