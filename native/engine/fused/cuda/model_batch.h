#pragma once

// How the data of several models lie in device memory. A kernel works on several models alike at once, of which there
// may be one: its grid's y is the model index. What each model has lies behind what the model before it has: of a
// vector laid out like the parameters, and of lists, as many elements as it has; of a matrix matrix_stride().

#include <cstdint>

#include "engine/fused/common/host_device.h"

namespace cl_torch::fused {

// Element type of the GEMMs' inputs: activations, their gradients, and the weights that the GEMMs read.
enum class Element { kFloat32, kBFloat16 };

// How many models, and the elements from one's parameters to the next one's.
struct ModelBatch {
  int64_t count;
  int64_t stride;
  bool operator==(const ModelBatch&) const = default;
};

// The elements from one model's matrix to the next one's: rounded up, so that each starts as aligned as the first, in
// bfloat16 on 256 bytes.
CL_TORCH_HOST_DEVICE inline int64_t matrix_stride(int64_t rows, int64_t columns) {
  return (rows * columns + 127) / 128 * 128;
}

}  // namespace cl_torch::fused
