#pragma once

#include <cstdint>

namespace cl_torch::fused {

// Rows whose largest logit, bias added, is their label's; the first of several. A row of which an output is NaN or
// infinite counts as wrong. `logits`: [rows, classes], row-major.
int64_t count_correct(const float* logits, const float* bias, const int64_t* labels, int64_t rows, int64_t classes);

}  // namespace cl_torch::fused
