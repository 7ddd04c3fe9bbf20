#pragma once

#include "engine/engine.h"
#include "engine/fused/cpu/arithmetic.h"
#include "engine/fused/cpu/network.h"
#include "engine/fused/cpu/team_watch.h"
#include "engine/interference.h"

namespace cl_torch::fused {

class UpdatePass;

// The fast engine on the CPU.
class CpuEngine final : public Engine {
 public:
  explicit CpuEngine(Mlp& model);

  std::vector<float> train_epoch(const EpochPlan& plan, Optimizer& optimizer, const Objective& objective,
                                 Observer& observer) override;
  CorrectRows count_correct(const TaskView& view, int64_t batch_size, Observer& observer) override;
  double loss(const at::Tensor& values, const Batch& batch) override;
  double add_gradient(const at::Tensor& values, const Batch& batch, double scale, at::Tensor& gradient) override;
  void add_importance(const at::Tensor& values, const Batch& batch, const ImportanceOptions& options,
                      at::Tensor& importance, Observer& observer) override;
  at::Tensor logits(Network& network, const at::Tensor& inputs) override;
  at::Tensor features(Network& network, const at::Tensor& inputs) override;
  const Arithmetic& arithmetic() const override { return arithmetic_; }

 private:
  void forward(const std::vector<Layer>& layers, const Batch& batch);
  void forward(const at::Tensor& inputs);
  // Leaves a step's gradient, before the penalties'; returns its loss.
  double learn(const EpochPlan& plan, int64_t step, const Objective& objective, UpdatePass& update, double rate);
  double learn(const Examples& examples);
  double learn_terms(const EpochPlan& plan, int64_t step, const Objective& objective, UpdatePass& update, double rate);
  // Examples of which the first `own` have targets where the loss has any.
  struct Part {
    Examples examples;
    int64_t own;
    const BatchLoss* loss;
  };
  double learn(const std::vector<Part>& parts, const std::vector<Layer>& gradients);
  // The step's gradient loses what opposes the draw's.
  void keep_from_opposing(const Examples& drawn, const MemoryDraw& draw, const Objective& objective);

  Mlp& model_;
  CpuNetwork network_;
  Interference interference_;
  std::vector<Layer> layers_;
  std::vector<Layer> gradients_;
  std::vector<at::Tensor> references_;  // gradients that the step's must not oppose, [size]
  TeamWatch team_;
  CpuArithmetic arithmetic_;
};

}  // namespace cl_torch::fused
