#pragma once

#include <cstdint>

#include "data/rows.h"

namespace cl_torch::fused {

// The loss of every row into `losses`, and into `gradient` (which may be null or the logits themselves) the gradient
// of `scale` times the sum of the losses: scale (softmax - one-hot). `bias` is added to the logits first. Logits and
// gradient: [rows, classes], row-major. `ranges`: the classes that each row's loss goes over, its label's among them; a
// gradient is zero outside. Null: all.
void cross_entropy(const float* logits, const float* bias, const int64_t* labels, const ClassRange* ranges,
                   int64_t rows, int64_t classes, float scale, float* losses, float* gradient);

// The same over the classes among the labels alone.
void cross_entropy_of_present(const float* logits, const float* bias, const int64_t* labels, int64_t rows,
                              int64_t classes, float scale, float* losses, float* gradient);

}  // namespace cl_torch::fused
