#include "engine/autograd/watched_step.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace cl_torch {

void WatchedStep::note_loss_gradient() {
  const c10::NoGradGuard no_grad;
  if (wants_loss_gradient()) loss_gradient_ = parameters_.gradients().clone();
}

void WatchedStep::add_gate_loss(at::Tensor& total) const {
  if (gates_ && objective_.gates->capacity != 0) total = total + gates_->loss();
}

void WatchedStep::take(Optimizer& optimizer) {
  const c10::NoGradGuard no_grad;
  if (!objective_.watches_steps()) {
    optimizer.step();
    return;
  }
  at::Tensor values = parameters_.values();
  at::Tensor gradients = parameters_.gradients();
  const at::Tensor before = values.clone();
  at::Tensor frozen;
  if (objective_.mask.defined()) {
    frozen = objective_.mask.eq(0);
    gradients.masked_fill_(frozen, 0);
  }
  optimizer.step();
  if (frozen.defined()) values.copy_(at::where(frozen, before, values));
  if (gates_) {
    // The embedding's rate follows the schedule.
    const double rate = optimizer.options().learning_rate;
    gates_->step(before, rate > 0 ? optimizer.learning_rate() / rate : 1);
  }
  if (!objective_.path.defined()) return;
  at::Tensor path = objective_.path;
  const at::Tensor& gradient = wants_loss_gradient() ? loss_gradient_ : gradients;
  path.sub_(gradient * (values - before));
  if (!intervals_) return;
  intervals_->squares().add_(gradient * gradient);
  intervals_->end_step();
}

}  // namespace cl_torch
