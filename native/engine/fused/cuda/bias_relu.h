#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "engine/fused/cuda/model_batch.h"

namespace cl_torch::fused {

// z = relu(z + bias), in place, for the GEMMs that cannot do it themselves. z: [rows, width] of each model. A bias is a
// part of its model's parameters.
void launch_bias_relu(void* z, Element element, const float* bias, const ModelBatch& models, int64_t rows,
                      int64_t width, cudaStream_t stream);

}  // namespace cl_torch::fused
