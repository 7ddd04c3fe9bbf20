#pragma once

#include "optim/optimizer.h"

namespace cl_torch {

// Adam (Kingma & Ba, 2015; its weight decay is coupled: a part of the gradient) and AdamW (Loshchilov & Hutter, 2019:
// decoupled, a factor of the parameters), operation for operation as torch.optim.Adam and torch.optim.AdamW. The
// foreach operations are PyTorch's own default on CUDA, and on the CPU they are its per-tensor loop.
class Adam final : public Optimizer {
 public:
  Adam(const ParameterVector& parameters, const OptimizerOptions& options);

  StepFactors advance() override;
  UpdateRule rule() const override { return is_decoupled() ? UpdateRule::kAdamW : UpdateRule::kAdam; }

 protected:
  void update() override;

 private:
  // A step's update, m <- m + (1 - beta1) (g - m), v <- beta2 v + (1 - beta2) g^2,
  // w <- w - step_size m / (sqrt(v) / root_correction + epsilon).
  struct Update {
    double step_size;
    double root_correction;
  };

  bool is_decoupled() const { return options().kind == OptimizerKind::kAdamW; }
  Update next_update();
  double decay() const { return 1 - learning_rate() * options().weight_decay; }
};

}  // namespace cl_torch
