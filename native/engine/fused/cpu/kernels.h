#pragma once

// Loops of the fused CPU engine over plain memory; matrices are row-major. Each spreads over the calling thread's team
// and gives the same result whatever the team's size.

#include <cstdint>

namespace cl_torch::fused {

// z <- max(0, z + bias), row by row.
void add_bias_relu(float* z, const float* bias, int64_t rows, int64_t width);

// The loss of every row into `losses`, and into `gradient` (which may be null or the logits themselves) the gradient
// of `scale` times the sum of the losses: scale (softmax - one-hot). `bias` is added to the logits first.
void softmax_cross_entropy(const float* logits, const float* bias, const int64_t* labels, int64_t rows, int64_t classes,
                           float scale, float* losses, float* gradient);

// Rows whose largest logit, bias added, is their label's; the first of several. All logits must be finite numbers.
int64_t count_correct(const float* logits, const float* bias, const int64_t* labels, int64_t rows, int64_t classes);

// gradient <- 0 wherever the activation is 0, then sums <- the sum of every column; `activations` null: no mask.
// `add`: the sums are added to what is there.
void mask_and_sum(float* gradient, const float* activations, int64_t rows, int64_t width, float* sums, bool add);

}  // namespace cl_torch::fused
