#pragma once

#include <memory>
#include <vector>

#include "adamw.h"
#include "epoch_plan.h"
#include "mlp.h"
#include "options.h"
#include "penalty.h"

namespace cl_torch {

// How a model is trained and measured: one interface, several ways to do the arithmetic.
class Engine {
 public:
  virtual ~Engine() = default;

  // Learns the plan's steps by AdamW. Returns the loss of each, penalty included; of fewer, when the observer did not
  // accept one. Throws ABORTED within a step of a cancel; the parameters then hold the last step's.
  virtual std::vector<float> train_epoch(const EpochPlan& plan, AdamW& optimizer, const OffDirectionPenalty* penalty,
                                         Observer& observer) = 0;

  // Rows of the view whose largest logit is their label's, and all whose logits are finite numbers. `batch_size`: rows at a time, where that changes digits.
  virtual int64_t count_correct(const TaskView& view, int64_t batch_size, Observer& observer) = 0;

  // Mean cross-entropy of the batch with the parameters `values`, [size]. The model's own parameters stay.
  virtual double loss(const at::Tensor& values, const Batch& batch) = 0;

  // The same; its gradient is added to `gradient`, scaled.
  virtual double add_gradient(const at::Tensor& values, const Batch& batch, double scale, at::Tensor& gradient) = 0;
};

// The engine for a model, which must outlive it.
std::unique_ptr<Engine> make_engine(const EngineOptions& options, Mlp& model);

// A step size that falls to a tenth at half and to a hundredth at three quarters of the iterations.
double stepped_rate(double rate, bool decays, int64_t iteration, int64_t iterations);

}  // namespace cl_torch
