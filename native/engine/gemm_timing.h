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
double time_gemm_by(const std::vector<int64_t>& widths, const at::TensorOptions& options, int64_t rows,
                    int64_t batch_size, Multiply multiply);

// Floating-point operations of them: two for each multiplication and addition.
double operations_of(const std::vector<int64_t>& widths, int64_t rows);

// The same in the fused engine's own routines, on a GPU in its precision and as a graph; none where it uses LibTorch's.
std::optional<double> time_own_gemm(const Network& network, Precision precision, int64_t rows, int64_t batch_size);

// Both, and their operations, of the layers of an MLP.
GemmTimes time_gemm(const Network& network, Precision precision, int64_t rows, int64_t batch_size);

}  // namespace cl_torch
