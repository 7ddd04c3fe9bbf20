#pragma once

#include <memory>
#include <vector>

#include "base/observer.h"
#include "data/epoch_plan.h"
#include "engine/options.h"
#include "methods/loss_function.h"
#include "methods/objective.h"
#include "nn/network.h"
#include "optim/optimizer.h"

namespace cl_torch {

// Rows that a model gets right.
struct CorrectRows {
  int64_t in_classes = 0;  // of the classes that the view's predictions go over
  int64_t in_own = 0;      // of the task's own classes; the same where the view has none of its own
};

// How a model is trained and measured: one interface, several ways to do the arithmetic.
class Engine : public LossFunction {
 public:
  // Learns the plan's steps by the optimiser. Returns the loss of each, penalties included; of fewer, when the observer
  // did not accept one. Throws ABORTED within a step of a cancel; the parameters then hold the last step's.
  virtual std::vector<float> train_epoch(const EpochPlan& plan, Optimizer& optimizer, const Objective& objective,
                                         Observer& observer) = 0;

  // Rows of the view whose largest logit, of a range of classes, is their label's, and all of whose logits there are
  // finite numbers. `batch_size`: rows at a time, in an engine whose results depend on it.
  virtual CorrectRows count_correct(const TaskView& view, int64_t batch_size, Observer& observer) = 0;

  // How many examples at most pass the network together, in training and in evaluation: the gradients of a batch's
  // parts add up to the batch's. 0, as at first: all of a batch. Throws ENGINE_UNAVAILABLE where an engine has no such
  // thing.
  virtual void set_micro_batch_size(int64_t rows);

  // What the network, which is the engine's own, makes of rows of inputs: [rows, classes], without a graph.
  virtual at::Tensor logits(Network& network, const at::Tensor& inputs);
  // The same of its last layer's inputs: [rows, features].
  virtual at::Tensor features(Network& network, const at::Tensor& inputs);

  // Adds, scaled, what the kind says of each row of the batch, at the parameters `values`, to `importance`, [size].
  // Where labels are sampled, the batch has them already.
  virtual void add_importance(const at::Tensor& values, const Batch& batch, const ImportanceOptions& options,
                              at::Tensor& importance, Observer& observer) = 0;
};

// The engine for a network, which must outlive it; one that can train it (engine/choice.h).
std::unique_ptr<Engine> make_engine(const EngineOptions& options, Network& network);

}  // namespace cl_torch
