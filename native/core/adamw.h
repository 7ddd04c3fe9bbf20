#pragma once

#include <vector>

#include "options.h"
#include "parameter_vector.h"

namespace cl_torch {

// AdamW (Loshchilov & Hutter, 2019: decoupled weight decay), operation for operation as torch.optim.AdamW. The
// foreach operations are PyTorch's own default on CUDA, and on the CPU they are its per-tensor loop.
class AdamW {
 public:
  AdamW(const ParameterVector& parameters, const AdamWOptions& options);

  // Updates the parameters with their gradients.
  void step();

 private:
  const ParameterVector& parameters_;
  AdamWOptions options_;
  at::Tensor first_moment_;   // [size], laid out like the parameters
  at::Tensor second_moment_;  // [size]
  std::vector<at::Tensor> first_moments_;
  std::vector<at::Tensor> second_moments_;
  int64_t steps_ = 0;
};

}  // namespace cl_torch
