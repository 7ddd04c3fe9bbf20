#pragma once

#include "engine/autograd/reference_penalty.h"
#include "engine/autograd/watched_step.h"
#include "engine/engine.h"
#include "engine/interference.h"

namespace cl_torch {

// What PyTorch's eager mode does, operation for operation, and so bit-exact with it.
class AutogradEngine : public Engine {
 public:
  // On a GPU the precision is of the forward pass's products and convolutions, and so of their gradients'.
  explicit AutogradEngine(Network& network, Precision precision = Precision::kFp32)
      : network_(network), precision_(precision), interference_(*this, network) {}

  std::vector<float> train_epoch(const EpochPlan& plan, Optimizer& optimizer, const Objective& objective,
                                 Observer& observer) override;
  CorrectRows count_correct(const TaskView& view, int64_t batch_size, Observer& observer) override;
  double loss(const at::Tensor& values, const Batch& batch) override;
  double add_gradient(const at::Tensor& values, const Batch& batch, double scale, at::Tensor& gradient) override;

  void set_micro_batch_size(int64_t rows) override;
  at::Tensor logits(Network& network, const at::Tensor& inputs) override;

  void use_batch_statistics(bool uses) override { uses_batch_statistics_ = uses; }

  // Of a plain MLP by products, as the fused engine does; else row by row: a backward pass each, or one for each class.
  void add_importance(const at::Tensor& values, const Batch& batch, const ImportanceOptions& options,
                      at::Tensor& importance, Observer& observer) override;

 protected:
  Network& network() const { return network_; }
  bool has_micro_batches() const { return micro_batch_size_ > 0; }

  // The mean cross-entropy of a batch, as a graph.
  at::Tensor cross_entropy(const Batch& batch);

  // The losses of a step, 0-dimensional graphs.
  struct StepLoss {
    at::Tensor learnt;                      // undefined: nothing of the batches is learnt by
    bool has_gradient = false;              // whether its gradient is in the parameters already: it is no graph then
    const MemoryDraw* reference = nullptr;  // whose gradients the step's must not oppose; null: none
    Examples references{};                  // its examples
    at::Tensor logits{};                    // of the batch, [rows, classes], no graph
  };

  // Leaves the step's gradient in the parameters; returns the loss that was minimised, penalties included. `reference`
  // and `watched` may be null: the objective has no such penalty, and no path.
  at::Tensor backward(const StepLoss& losses, const Objective& objective, ReferencePenalty* reference,
                      WatchedStep* watched);

  // Adds the gradient of the squared length of the batch's outputs.
  void add_output_gradient(const at::Tensor& values, const Batch& batch, at::Tensor& gradient);

 private:
  StepLoss step_loss(const EpochPlan& plan, int64_t step, const Objective& objective, double rate);
  // Of examples of which the first `own` have targets, where the loss has any; undefined where it is nothing. A graph;
  // of micro-batches no graph, but their gradients are added to the parameters'.
  at::Tensor batch_loss(const Examples& examples, int64_t own, const BatchLoss& loss, BatchReader& reader);
  // Takes the rows in about equal parts of a micro-batch or less: `take(begin, count)` for each; or all at once.
  template <typename Take>
  void for_parts(int64_t rows, const Take& take) const;
  // What a network of the engine's makes of inputs, in float32: by the engine's precision.
  at::Tensor outputs(Network& network, const at::Tensor& inputs, Mode mode) const;
  // The network's outputs for what is learnt. Few rows, as the memory may give, have BatchNorm's running statistics.
  at::Tensor trained(const at::Tensor& inputs);
  // The network's outputs for a loss that is not learnt by in training. A batch that is too small for statistics of its
  // own has the running ones.
  at::Tensor measured(const at::Tensor& inputs);
  // The gradient in the parameters loses what opposes the draw's.
  void keep_from_opposing(const Examples& drawn, const MemoryDraw& draw);

  Network& network_;
  Precision precision_;
  Interference interference_;
  at::Tensor logits_;  // of the last batch
  BatchReader reader_;
  bool uses_batch_statistics_ = false;
  int64_t micro_batch_size_ = 0;           // 0: a batch passes the network whole
  std::vector<BatchReader> draw_readers_;  // graphs refer to what they read
  BatchReader reference_reader_;
};

}  // namespace cl_torch
