#pragma once

#include <cstdint>

#include "data/rows.h"

namespace cl_torch::fused {

// Rows whose largest logit of the range, bias added, is their label's; the first of several. A row of which an output
// there is NaN or infinite counts as wrong. `logits`: [rows, classes], row-major; the range lies within the classes.
int64_t count_correct(const float* logits, const float* bias, const int64_t* labels, int64_t rows, int64_t classes,
                      const ClassRange& range);

}  // namespace cl_torch::fused
