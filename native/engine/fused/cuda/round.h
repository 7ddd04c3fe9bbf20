#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace cl_torch::fused {

// target[i] = source[i], rounded to bfloat16.
void launch_round(const float* source, void* target, int64_t count, cudaStream_t stream);

}  // namespace cl_torch::fused
