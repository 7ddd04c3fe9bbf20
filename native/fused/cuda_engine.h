#pragma once

#include <array>

#include "../core/engine.h"
#include "cuda_epoch.h"
#include "cuda_network.h"
#include "cuda_update.h"
#include "step_graphs.h"

namespace cl_torch::fused {

// The fast engine on a GPU: a training step is one CUDA graph, which finds its examples, its factors and the place of
// its loss by a count of steps on the device. The host only launches, a few steps ahead.
class CudaEngine final : public Engine {
 public:
  // The model's GPU must be the calling thread's current device.
  CudaEngine(Mlp& model, Precision precision);

  std::vector<float> train_epoch(const EpochPlan& plan, AdamW& optimizer, const OffDirectionPenalty* penalty,
                                 Observer& observer) override;
  int64_t count_correct(const TaskView& view, int64_t batch_size, Observer& observer) override;
  double loss(const at::Tensor& values, const Batch& batch) override;
  double add_gradient(const at::Tensor& values, const Batch& batch, double scale, at::Tensor& gradient) override;

 private:
  // Steps that are launched together, between two looks at whether to stop.
  static constexpr size_t kSteps = 8;
  static constexpr size_t kGroups = 3;  // that may be on their way to the device

  struct Group {
    std::array<AdamWFactors, kSteps> factors;
    float last_loss;
  };

  class Turn;
  class Pace;

  void enqueue_step(const StepArguments& arguments);
  void enqueue_forward(const at::Tensor& values, const Batch& batch);
  double mean_loss(int64_t rows);

  Mlp& model_;
  CudaNetwork network_;
  CudaEpoch epoch_;
  CudaUpdate update_;
  StepGraphs graphs_;
  PinnedArray<Group> groups_;
  std::array<Event, kGroups> group_done_;
  at::Tensor scalar_;  // int64 or float64 [1]: a result on its way to the host
  at::Tensor view_;    // one DeviceView
};

}  // namespace cl_torch::fused
