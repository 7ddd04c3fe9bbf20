#pragma once

namespace cl_torch {

// What a step does to one parameter, its gradient and the optimiser's vectors, in that order.
enum class UpdateRule {
  kAdamW,     // first and second moment
  kAdam,      // first and second moment
  kSgd,       // no vector
  kMomentum,  // SGD with a momentum: the momentum
};

// The factors of one step in float32; a rule reads its own. Plain: CUDA kernels read it, too.
struct StepFactors {
  float step_size;        // SGD: the learning rate; Adam and AdamW: divided by the first moment's bias correction
  float decay;            // AdamW: w <- decay w
  float weight_decay;     // the others: g <- g + weight_decay w
  float first_share;      // m <- m + first_share (g - m)
  float second_decay;     // v <- second_decay v + second_share g^2
  float second_share;     // 1 - second_decay
  float root_factor;      // w <- w - step_size m / (sqrt(v) root_factor + epsilon)
  float root_correction;  // what root_factor is the reciprocal of, for a division
  float epsilon;
  float momentum;        // b <- momentum b + g
  float gradient_share;  // w <- w - step_size (gradient_share g + momentum_share b)
  float momentum_share;
};

}  // namespace cl_torch
