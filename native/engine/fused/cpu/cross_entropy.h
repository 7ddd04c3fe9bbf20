#pragma once

#include <cstdint>

namespace cl_torch::fused {

// The loss of every row into `losses`, and into `gradient` (which may be null or the logits themselves) the gradient
// of `scale` times the sum of the losses: scale (softmax - one-hot). `bias` is added to the logits first. Logits and
// gradient: [rows, classes], row-major.
void cross_entropy(const float* logits, const float* bias, const int64_t* labels, int64_t rows, int64_t classes,
                   float scale, float* losses, float* gradient);

}  // namespace cl_torch::fused
