#pragma once

#include "engine/engine.h"
#include "engine/fused/cpu/arithmetic.h"
#include "engine/fused/cpu/network.h"
#include "engine/fused/cpu/team_watch.h"

namespace cl_torch::fused {

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
  const Arithmetic& arithmetic() const override { return arithmetic_; }

 private:
  void forward(const std::vector<Layer>& layers, const Batch& batch);

  Mlp& model_;
  CpuNetwork network_;
  std::vector<Layer> layers_;
  std::vector<Layer> gradients_;
  TeamWatch team_;
  CpuArithmetic arithmetic_;
};

}  // namespace cl_torch::fused
