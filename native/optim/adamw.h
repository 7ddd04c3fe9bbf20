#pragma once

#include <vector>

#include "base/parameter_vector.h"
#include "optim/adamw_factors.h"
#include "optim/adamw_options.h"

namespace cl_torch {

// AdamW (Loshchilov & Hutter, 2019: decoupled weight decay), operation for operation as torch.optim.AdamW. The
// foreach operations are PyTorch's own default on CUDA, and on the CPU they are its per-tensor loop.
class AdamW {
 public:
  // A step's update: w <- decay w - step_size m / (sqrt(v) / root_correction + epsilon), after
  // m <- m + first_share (g - m) and v <- second_decay v + (1 - second_decay) g^2.
  struct Update {
    double decay;
    double first_share;
    double second_decay;
    double step_size;
    double root_correction;
    double epsilon;

    AdamWFactors rounded() const;
  };

  AdamW(const ParameterVector& parameters, const AdamWOptions& options);

  // Updates the parameters with their gradients.
  void step();

  // Counts a step that the caller does.
  Update advance();

  const AdamWOptions& options() const { return options_; }
  int64_t steps() const { return steps_; }
  // Goes on after `steps` steps with these moments, [size].
  void resume(int64_t steps, const at::Tensor& first_moment, const at::Tensor& second_moment);

  const at::Tensor& first_moment() const { return first_moment_; }    // [size], laid out like the parameters
  const at::Tensor& second_moment() const { return second_moment_; }  // [size]

 private:
  const ParameterVector& parameters_;
  AdamWOptions options_;
  at::Tensor first_moment_;
  at::Tensor second_moment_;
  std::vector<at::Tensor> first_moments_;
  std::vector<at::Tensor> second_moments_;
  int64_t steps_ = 0;
};

}  // namespace cl_torch
