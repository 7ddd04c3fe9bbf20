#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace cl_torch::fused {

// Adds to `count` the rows whose largest logit + bias is their label's; the first of several. A row of which an output
// is NaN or infinite counts as wrong. logits: [rows, classes]. One model.
void launch_count_correct(const float* logits, const float* bias, const int64_t* labels, int64_t rows, int64_t classes,
                          unsigned long long* count, cudaStream_t stream);

}  // namespace cl_torch::fused
