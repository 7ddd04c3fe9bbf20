#pragma once

#include "optim/optimizer.h"

namespace cl_torch {

// Stochastic gradient descent with weight decay (a part of the gradient), momentum and Nesterov's momentum (Sutskever
// et al., 2013), operation for operation as torch.optim.SGD without dampening: b <- momentum b + g, at the first step
// b <- g; w <- w - learning_rate b, or Nesterov's w <- w - learning_rate (g + momentum b). The foreach operations are
// PyTorch's own default on CUDA, and on the CPU they are its per-tensor loop.
class Sgd final : public Optimizer {
 public:
  Sgd(const ParameterVector& parameters, const OptimizerOptions& options);

  StepFactors advance() override;
  UpdateRule rule() const override { return has_momentum() ? UpdateRule::kMomentum : UpdateRule::kSgd; }

 protected:
  void update() override;

 private:
  bool has_momentum() const { return options().momentum != 0; }
  // The gradients with the momentum, which they become a part of.
  std::vector<at::Tensor> with_momentum(const std::vector<at::Tensor>& gradients, bool is_first);
};

}  // namespace cl_torch
