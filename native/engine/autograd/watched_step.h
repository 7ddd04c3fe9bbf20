#pragma once

#include <optional>

#include "base/parameter_vector.h"
#include "methods/hidden_parameters.h"
#include "methods/objective.h"
#include "methods/unit_gates.h"
#include "optim/optimizer.h"

namespace cl_torch {

// The optimiser's step under an objective's mask, through its gates and along its path, in PyTorch's operations.
class WatchedStep {
 public:
  // All must outlive the object. `steps`: of the epoch.
  WatchedStep(const ParameterVector& parameters, const Objective& objective, int64_t steps)
      : parameters_(parameters), objective_(objective), hidden_(parameters.values(), objective.hiding) {
    if (objective.score) intervals_.emplace(parameters.values(), objective.path, *objective.score);
    if (objective.gates) gates_.emplace(parameters, *objective.gates, steps);
  }

  // What the mask hides is 0 from here on, and the units have their gates,
  void hide() {
    hidden_.hide();
    if (gates_) gates_->open();
  }
  // until the gradient of the step's losses is there.
  void show() {
    if (gates_) gates_->close();
    hidden_.show();
  }

  // Adds what the gates add to the loss.
  void add_gate_loss(at::Tensor& total) const;

  // Whether the gradient of the losses is taken by itself, before the penalties are looked at.
  bool takes_loss_apart() const { return wants_loss_gradient() || objective_.hiding.defined() || gates_; }

  // Whether the gradient of the loss has to be there by itself before the penalties' is added.
  bool wants_loss_gradient() const {
    return objective_.path.defined() && objective_.path_gradient == PathGradient::kTask;
  }

  // The gradients are those of the loss now.
  void note_loss_gradient();

  // Updates the parameters with their gradients.
  void take(Optimizer& optimizer);

  // After the last one.
  void end_epoch() {
    if (intervals_) intervals_->end_epoch();
  }

 private:
  const ParameterVector& parameters_;
  const Objective& objective_;
  HiddenParameters hidden_;
  std::optional<PathIntervals> intervals_;
  std::optional<UnitGates> gates_;
  at::Tensor loss_gradient_;
};

}  // namespace cl_torch
